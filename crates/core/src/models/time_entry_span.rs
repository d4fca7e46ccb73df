//! When entries ran, and which of them share time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::Stream;

use super::TimeEntry;
use crate::caller::Caller;
use crate::db::prepared;
use crate::ids::TimeEntryId;

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

/// The spans of the entries of a user in a workspace that began at `$to` or before (null: any time) and reach beyond `$from`. A running
/// entry reaches until `$now`; entries without length are left out. All arguments are SQL expressions.
///
/// Starts are indexed, stops are not, and an entry may have begun any time ago. So entries of less than a day are looked for
/// where such an entry can have begun, and the few others by an index of their own (`time_entries_long`).
macro_rules! reaching {
    ($workspace:literal, $user:literal, $from:literal, $to:literal, $now:literal) => {
        concat!(
            "SELECT o.id, o.started_at, o.stopped_at FROM time_entries o
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
            "
             UNION ALL
             SELECT o.id, o.started_at, o.stopped_at FROM time_entries o
             WHERE o.workspace_id = ",
            $workspace,
            " AND o.user_id = ",
            $user,
            " AND o.duration_seconds >= 86400
               AND o.started_at <= coalesce(",
            $to,
            ", 'infinity') AND o.stopped_at > ",
            $from,
            "
             UNION ALL
             SELECT o.id, o.started_at, ",
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
            $from
        )
    };
}
pub(super) use reaching;

impl TimeEntry {
    /// When the caller's entries ran that reach into the range, by their starts, as they arrive: years of them need not be held at
    /// once. A running entry reaches until `now`; entries without length are left out.
    pub async fn spans<'conn>(
        conn: &'conn mut AsyncPgConnection,
        caller: Caller,
        from: DateTime<Utc>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<impl Stream<Item = QueryResult<TimeSpan>> + use<'conn>> {
        prepared(concat!(
            "SELECT * FROM (",
            reaching!("$1", "$2", "$3", "$4", "$5"),
            ") AS span ORDER BY started_at, id"
        ))
        .bind::<sql_types::Uuid, _>(caller.workspace)
        .bind::<sql_types::Uuid, _>(caller.user)
        .bind::<sql_types::Timestamptz, _>(from)
        .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(to)
        .bind::<sql_types::Timestamptz, _>(now)
        .load_stream(conn)
        .await
    }
}
