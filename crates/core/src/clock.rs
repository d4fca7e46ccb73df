//! The one clock. Everything else takes `now` as an argument, so that tests can choose it.

use chrono::{DateTime, SubsecRound, Utc};

/// The present instant, cut to microseconds: PostgreSQL keeps no more, and an answer must not differ from what a later read gives.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}
