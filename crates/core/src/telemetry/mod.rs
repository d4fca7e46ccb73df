//! What the program tells those who run it: logs and metrics. What is told is decided where it happens.

mod logs;
pub mod metrics;

pub use logs::{Sink, init, layer};
