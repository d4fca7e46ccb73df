//! The log of what has changed. Triggers write it; here it is read, in pages that each say what they have seen.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::caller::Caller;
use crate::events::{Cursor, Event};

/// More at once than anybody asks for one by one. Somebody who has missed more asks for everything anew, which is less work for all.
pub(crate) const PAGE_MAX: usize = 1_000;

/// How a page begins: the snapshot of this very statement, the log's name, the oldest row. A dump that was restored into a younger cluster
/// brings rows whose transactions have not begun here yet; they are nobody's news.
macro_rules! page {
    ($condition:literal) => {
        concat!(
            "WITH here AS (SELECT pg_current_snapshot() AS snapshot, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS horizon)
             SELECT snapshot::text AS snapshot, event_log_name() AS log,
                    coalesce((SELECT min(transaction_id) FROM events WHERE transaction_id < horizon), 0) AS oldest,
                    (SELECT coalesce(json_agg(e), '[]')::text FROM (
                         SELECT transaction_id, workspace_id, user_id, kind, change, object_id, revision, timer
                         FROM events WHERE transaction_id < horizon AND (",
            $condition,
            ") ORDER BY id LIMIT 1001) AS e) AS events
             FROM here"
        )
    };
}

/// What has become visible since a cursor, in all workspaces: `$1` its xmax, `$2` what ran then.
pub(crate) const SINCE: &str = page!("transaction_id >= $1 OR transaction_id = ANY ($2)");

/// The same for one caller: `$3` the workspace, `$4` the user. With `$5` only what was written during the last minute.
const SINCE_FOR: &str = page!(
    "workspace_id = $3 AND (user_id IS NULL OR user_id = $4) AND (transaction_id >= $1 OR transaction_id = ANY ($2))
     AND (NOT $5 OR created_at > now() - interval '1 minute')"
);

/// Rows older than an hour go. What goes is always a beginning of the log, so that its oldest row tells what is complete: nothing of
/// a transaction that runs, nothing after it, and never the newest of the old.
const PURGE: &str = "
    DELETE FROM events WHERE transaction_id < (
        SELECT max(transaction_id) FROM events WHERE transaction_id < least(
            (SELECT min(transaction_id) FROM events WHERE created_at > now() - interval '1 hour'),
            pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        )
    ) OR (transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint AND created_at < now() - interval '1 hour')";

/// The log.
#[derive(Debug)]
pub struct EventLog {
    /// What was seen by whoever read this page.
    pub cursor: Cursor,
    /// The transaction of the oldest row.
    pub oldest: i64,
    /// What was asked for, oldest first. When there are more than a thousand, some are missing.
    pub events: Vec<Event>,
}

#[derive(QueryableByName)]
struct PageRow {
    #[diesel(sql_type = Text)]
    snapshot: String,
    #[diesel(sql_type = Text)]
    log: String,
    #[diesel(sql_type = BigInt)]
    oldest: i64,
    #[diesel(sql_type = Text)]
    events: String,
}

impl EventLog {
    /// Reads the columns of a page; `None` when they are not what PostgreSQL and the triggers write.
    pub(crate) fn read(snapshot: &str, log: &str, oldest: i64, events: &str) -> Option<Self> {
        Some(Self { cursor: Cursor::of_snapshot(log, snapshot)?, oldest, events: serde_json::from_str(events).ok()? })
    }

    /// What a caller may know and has not seen; without a cursor what happened during the last minute.
    pub async fn since(conn: &mut AsyncPgConnection, caller: Caller, cursor: Option<&Cursor>) -> QueryResult<Self> {
        let row: PageRow = diesel::sql_query(SINCE_FOR)
            .bind::<BigInt, _>(cursor.map_or(0, Cursor::xmax))
            .bind::<Array<BigInt>, _>(cursor.map(Cursor::running).unwrap_or_default())
            .bind::<Uuid, _>(caller.workspace)
            .bind::<Uuid, _>(caller.user)
            .bind::<Bool, _>(cursor.is_none())
            .get_result(conn)
            .await?;
        Self::read(&row.snapshot, &row.log, row.oldest, &row.events)
            .ok_or_else(|| diesel::result::Error::DeserializationError("a page of the log cannot be read".into()))
    }

    /// Forgets what is older than an hour.
    pub(crate) async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::sql_query(PURGE).execute(conn).await
    }
}
