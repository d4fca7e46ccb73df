//! The rules, queries and configuration that Clockwork's binaries share.
