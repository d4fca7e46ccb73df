//! What Clockwork does, seen through HTTP on a real port with a real PostgreSQL. The tree mirrors the URLs.

mod api;
mod harness;
