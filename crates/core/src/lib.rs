//! The rules, queries and configuration that Clockwork's binaries share.
//!
//! Everything that needs a database is behind the feature `db`, so that the health probe stays tiny.

#[cfg(feature = "db")]
mod archive;
pub mod build_info;
#[cfg(feature = "db")]
pub mod caller;
#[cfg(feature = "db")]
pub mod categories;
#[cfg(feature = "db")]
mod changes;
#[cfg(feature = "db")]
pub mod clean_text;
#[cfg(feature = "db")]
pub mod cleaning;
#[cfg(feature = "db")]
pub mod clients;
#[cfg(feature = "db")]
pub mod clock;
#[cfg(feature = "db")]
pub mod config;
#[cfg(feature = "db")]
pub mod db;
#[cfg(feature = "db")]
pub mod entries;
#[cfg(feature = "db")]
pub mod events;
#[cfg(feature = "db")]
pub mod health;
#[cfg(feature = "db")]
pub mod idempotency;
#[cfg(feature = "db")]
pub mod ids;
#[cfg(feature = "db")]
pub mod import;
#[cfg(feature = "db")]
pub mod jobs;
#[cfg(feature = "db")]
pub mod models;
pub mod probe;
#[cfg(feature = "db")]
pub mod projects;
#[cfg(feature = "db")]
pub mod rate_limit;
#[cfg(feature = "db")]
pub mod redis;
#[cfg(feature = "db")]
pub mod revision;
#[cfg(feature = "db")]
pub mod tags;
#[cfg(feature = "db")]
pub mod telemetry;
#[cfg(feature = "db")]
pub mod text;
#[cfg(feature = "db")]
pub mod time_zone;
#[cfg(feature = "db")]
pub mod timer_lock;
#[cfg(feature = "db")]
pub mod tracking;
#[cfg(feature = "db")]
pub mod values;
#[cfg(feature = "db")]
pub mod workspaces;

pub use build_info::VERSION;
