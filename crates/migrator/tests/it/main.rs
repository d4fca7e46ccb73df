//! The migrator as a process, against a real PostgreSQL.

#[cfg(test)]
mod commands;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod process;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod waiting;
