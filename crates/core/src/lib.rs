//! The rules, queries and configuration that Clockwork's binaries share. This file is the table of contents: a module
//! uses those below it, and `just check-modules` holds that.

// A request may send anything: an index out of bounds would be a panic.
#![warn(clippy::indexing_slicing)]

// What runs it: health checks, cleaning, metrics of background tasks, rate limits, Redis.
pub mod operations;

// What moves time in and out.
pub mod import;

// What tracks time: the timer and the entries.
pub mod tracking;

// What sums it up: one planner for totals, reports and exports.
pub mod reports;

// What time is worth: currencies, rates, fixed prices.
pub mod money;

// What structures it: clients, projects, categories, tags.
pub mod structure;

// Users and their workspaces.
pub mod accounts;

// Mail, and adding jobs, which run after a request.
pub mod jobs;
pub mod mail;

// What tells clients of changes, and what makes a repeated request safe.
pub mod events;
pub mod idempotency;

// Rows, and their statements.
pub mod models;

// Access.
pub mod access;

// Connections, transactions and migrations of PostgreSQL.
pub mod database;

// Settings.
pub mod config;

// Logs and metrics.
pub mod telemetry;

// Values that are checked once, at the edge.
pub mod values;

pub use clockwork_probe as probe;
pub use clockwork_probe::{VERSION, build_info};
