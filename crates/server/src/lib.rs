//! Clockwork's HTTP server: it speaks HTTP, and leaves rules to `clockwork_core` and invariants to PostgreSQL.

// A request may send anything: an index out of bounds would be a panic.
#![warn(clippy::indexing_slicing)]

pub mod access_page;
pub mod api;
pub mod app;
pub mod cli;
pub mod client_address;
pub mod describe;
pub mod error;
pub mod extract;
mod identity;
mod import_budget;
pub mod lifecycle;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod request;
pub mod serve;
pub mod service_manager;
mod sign_on;
mod site;
pub mod slow_readers;
pub mod spa;
pub mod state;
pub mod telemetry;
