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

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: TimeEntryId,
}

/// The spans of the entries of user $2 in workspace $1 that began at $4 or before (null: any time) and reach beyond $3. A running
/// entry reaches until $5; entries without length are left out.
///
/// Starts are indexed, stops are not, and an entry may have begun any time ago. So entries of less than a day are looked for
/// where such an entry can have begun, and the few others by an index of their own (`time_entries_long`).
macro_rules! reaching {
    () => {
        "SELECT id, started_at, stopped_at FROM time_entries
         WHERE workspace_id = $1 AND user_id = $2 AND duration_seconds < 86400 AND stopped_at > started_at
           AND started_at > $3 - interval '1 day' AND started_at <= coalesce($4, 'infinity')
           AND stopped_at > $3
         UNION ALL
         SELECT id, started_at, stopped_at FROM time_entries
         WHERE workspace_id = $1 AND user_id = $2 AND duration_seconds >= 86400
           AND started_at <= coalesce($4, 'infinity') AND stopped_at > $3
         UNION ALL
         SELECT id, started_at, $5 FROM time_entries
         WHERE workspace_id = $1 AND user_id = $2 AND stopped_at IS NULL
           AND started_at < $5 AND started_at <= coalesce($4, 'infinity') AND $5 > $3"
    };
}

impl TimeEntry {
    /// The ids of the caller's other entries that share time with this one, at most `limit`, newest first. A running entry
    /// reaches until `now`.
    pub async fn overlapping(
        &self,
        conn: &mut AsyncPgConnection,
        now: DateTime<Utc>,
        limit: i64,
    ) -> QueryResult<Vec<TimeEntryId>> {
        let stop = self.stopped_at.unwrap_or(now);
        // An entry without length shares time with none.
        if stop <= self.started_at {
            return Ok(Vec::new());
        }
        let rows: Vec<IdRow> = prepared(concat!(
            "SELECT id FROM (",
            reaching!(),
            ") AS other WHERE id <> $6 AND started_at < $4 ORDER BY started_at DESC, id DESC LIMIT $7"
        ))
        .bind::<sql_types::Uuid, _>(self.workspace_id)
        .bind::<sql_types::Uuid, _>(self.user_id)
        .bind::<sql_types::Timestamptz, _>(self.started_at)
        .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(Some(stop))
        .bind::<sql_types::Timestamptz, _>(now)
        .bind::<sql_types::Uuid, _>(self.id)
        .bind::<sql_types::Int8, _>(limit)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// When the caller's entries ran that reach into the range, by their starts, as they arrive: years of them need not be held at
    /// once. A running entry reaches until `now`; entries without length are left out.
    pub async fn spans<'conn>(
        conn: &'conn mut AsyncPgConnection,
        caller: Caller,
        from: DateTime<Utc>,
        to: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<impl Stream<Item = QueryResult<TimeSpan>> + use<'conn>> {
        prepared(concat!("SELECT * FROM (", reaching!(), ") AS span ORDER BY started_at, id"))
            .bind::<sql_types::Uuid, _>(caller.workspace)
            .bind::<sql_types::Uuid, _>(caller.user)
            .bind::<sql_types::Timestamptz, _>(from)
            .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(to)
            .bind::<sql_types::Timestamptz, _>(now)
            .load_stream(conn)
            .await
    }
}
