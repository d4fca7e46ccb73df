//! What Clockwork does, seen through HTTP on a real port with a real PostgreSQL. The tree mirrors the URLs.

#![expect(unreachable_pub, reason = "nothing outside reaches into a test")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod access;
mod accounts;
mod api;
mod bad_input;
mod cleaning;
mod cli;
mod concurrency;
mod contract;
mod disconnects;
mod harness;
mod health;
mod idempotency;
mod jobs;
mod lifecycle;
mod mail;
mod metrics;
mod pairs;
mod reliability;
mod request_log;
mod schema;
mod security;
#[cfg(target_os = "linux")]
mod service_manager;
mod several_users;
mod spa;
mod statements;
mod telemetry;
