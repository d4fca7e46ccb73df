//! What operating a server takes: health checks, diagnostics, cleaning, jobs, the end of deleted tags, metrics of
//! background work, rate limits, signals, and the optional Redis.

pub mod background_metrics;
pub mod cleaning;
pub mod diagnostics;
pub mod health;
pub mod jobs;
pub mod rate_limit;
pub mod redis;
pub mod signals;
pub mod tag_deletions;
