//! When entries ran, and which of them share time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::TimeEntry;
use crate::access::Caller;
use crate::database::prepared;
use crate::values::ids::TimeEntryId;

/// When an entry ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct TimeSpan {
    /// The entry.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: TimeEntryId,
    /// Its start.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// Its stop, or the present while it runs.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub stopped_at: DateTime<Utc>,
}

/// The spans of the stopped entries of a user in a workspace that began at `$to` or before (null: any time) and reach
/// beyond `$from`; entries without length are left out. All arguments are SQL expressions. Each of the two parts may be
/// restricted further by `$condition`, and ends with `$page`, an order and a limit.
///
/// Starts are indexed, stops are not, and an entry may have begun any time ago. So entries of less than a day are
/// looked for where such an entry can have begun, and the few others by an index of their own (`time_entries_long`).
macro_rules! stopped_reaching {
    ($workspace:literal, $user:literal, $from:literal, $to:literal, $condition:literal, $page:literal) => {
        concat!(
            "(SELECT o.id, o.started_at, o.stopped_at FROM time_entries o
             WHERE o.workspace_id = ",
            $workspace,
            " AND o.user_id = ",
            $user,
            "
               AND o.duration_seconds < 86400 AND o.stopped_at > o.started_at
               AND o.started_at > ",
            $from,
            " - interval '1 day' AND o.started_at <= coalesce(",
            $to,
            ", 'infinity')
               AND o.stopped_at > ",
            $from,
            " ",
            $condition,
            " ",
            $page,
            ") UNION ALL
             (SELECT o.id, o.started_at, o.stopped_at FROM time_entries o
             WHERE o.workspace_id = ",
            $workspace,
            " AND o.user_id = ",
            $user,
            " AND o.duration_seconds >= 86400
               AND o.started_at <= coalesce(",
            $to,
            ", 'infinity') AND o.stopped_at > ",
            $from,
            " ",
            $condition,
            " ",
            $page,
            ")"
        )
    };
}
pub(super) use stopped_reaching;

/// The same with the running entry, which reaches until `$now`. There is at most one, so that `$page`, the order and
/// limit of the others, is not asked of it: OFFSET 0 keeps PostgreSQL from reading all entries in this order for it.
macro_rules! reaching {
    ($workspace:literal, $user:literal, $from:literal, $to:literal, $now:literal) => {
        reaching!($workspace, $user, $from, $to, $now, "", "")
    };
    (
        $workspace:literal, $user:literal, $from:literal, $to:literal, $now:literal, $condition:literal, $page:literal
    ) => {
        concat!(
            stopped_reaching!($workspace, $user, $from, $to, $condition, $page),
            " UNION ALL
             (SELECT o.id, o.started_at, ",
            $now,
            " FROM time_entries o
             WHERE o.workspace_id = ",
            $workspace,
            " AND o.user_id = ",
            $user,
            " AND o.stopped_at IS NULL
               AND o.started_at < ",
            $now,
            " AND o.started_at <= coalesce(",
            $to,
            ", 'infinity') AND ",
            $now,
            " > ",
            $from,
            " ",
            $condition,
            " OFFSET 0)"
        )
    };
}
pub(super) use reaching;

impl TimeEntry {
    /// When the caller's entries ran that reach into the range: a page of at most `limit`, by their starts and ids, of
    /// those `after` a start and id. A running entry reaches until `now`; entries without length are left out.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn spans(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        from: DateTime<Utc>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        after: Option<(DateTime<Utc>, TimeEntryId)>,
        limit: i64,
    ) -> QueryResult<Vec<TimeSpan>> {
        // No entry begins earlier.
        let (after_start, after_id) = after.unwrap_or((DateTime::UNIX_EPOCH, TimeEntryId::from(Uuid::nil())));
        prepared(concat!(
            "SELECT * FROM (",
            // The limit in each part lets it be read from its index in order, and no further.
            reaching!(
                "$1",
                "$2",
                "$3",
                "$4",
                "$5",
                "AND (o.started_at, o.id) > ($6, $7)",
                "ORDER BY o.started_at, o.id LIMIT $8"
            ),
            ") AS span ORDER BY started_at, id LIMIT $8"
        ))
        .bind::<sql_types::Uuid, _>(caller.workspace)
        .bind::<sql_types::Uuid, _>(caller.user())
        .bind::<sql_types::Timestamptz, _>(from)
        .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(to)
        .bind::<sql_types::Timestamptz, _>(now)
        .bind::<sql_types::Timestamptz, _>(after_start)
        .bind::<sql_types::Uuid, _>(after_id)
        .bind::<sql_types::Int8, _>(limit)
        .load(conn)
        .await
    }
}
