//! Clockwork's server.

fn main() {}
