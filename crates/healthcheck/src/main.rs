//! Clockwork's healthcheck.

fn main() {}
