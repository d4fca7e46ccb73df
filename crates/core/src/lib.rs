//! The rules, queries and configuration that Clockwork's binaries share. This file is the table of contents.
//!
//! A module uses what stands below it in this list. Everything that needs a database is behind the feature `db`, so that the health probe
//! stays tiny.

// What runs it: health, cleaning, metrics of background work, rate limits, Redis.
#[cfg(feature = "db")]
pub mod operations;

// What moves time in and out.
#[cfg(feature = "db")]
pub mod import;

// What tracks time: the timer and the entries.
#[cfg(feature = "db")]
pub mod tracking;

// What structures it: clients, projects, categories, tags.
#[cfg(feature = "db")]
pub mod structure;

// Users and their workspaces.
#[cfg(feature = "db")]
pub mod accounts;

// What tells clients of changes.
#[cfg(feature = "db")]
pub mod events;

// What makes a repeated request safe.
#[cfg(feature = "db")]
pub mod idempotency;

// Rows, and their statements.
#[cfg(feature = "db")]
pub mod models;

// Who may do what.
#[cfg(feature = "db")]
pub mod access;

// Connections, transactions and migrations of PostgreSQL.
#[cfg(feature = "db")]
pub mod database;

// Settings.
#[cfg(feature = "db")]
pub mod config;

// Logs and metrics.
#[cfg(feature = "db")]
pub mod telemetry;

// Values that are checked once, at the edge.
#[cfg(feature = "db")]
pub mod values;

// What the health probe and the server must agree on.
pub mod build_info;
pub mod probe;

pub use build_info::VERSION;
