//! Clockwork's migrator.

fn main() {}
