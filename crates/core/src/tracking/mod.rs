//! Tracked time: the timer that starts and stops entries, and the entries themselves.

pub mod entries;
pub mod timer;
