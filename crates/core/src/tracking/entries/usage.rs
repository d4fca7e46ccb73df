//! How much categories and tags are used.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::{Permit, needs};
use crate::models::{TimeEntry, Usage};
use crate::telemetry::RULE_TARGET;

/// How much the caller's own entries use categories and tags. What no entry has is left out.
#[derive(Debug, Default)]
pub struct UsageReport {
    /// The categories; an entry counts in its own category and not in those above.
    pub categories: Vec<Usage>,
    /// The tags; an entry with several counts in each.
    pub tags: Vec<Usage>,
}

/// How much the caller's own entries use categories and tags.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "entries::usage", skip_all)]
pub async fn usage(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    now: DateTime<Utc>,
) -> QueryResult<UsageReport> {
    Ok(UsageReport {
        categories: TimeEntry::usage_of_categories(conn, caller.own_scope(), now).await?,
        tags: TimeEntry::usage_of_tags(conn, caller.own_scope(), now).await?,
    })
}
