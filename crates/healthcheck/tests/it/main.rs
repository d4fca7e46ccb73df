//! The program itself against tiny servers.

#[cfg(test)]
mod program;
