//! The log of what has changed. Triggers write it; here it is read, in pages that each say what they have seen.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Integer, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Event, LogCursor, PURGE_BATCH};
use crate::access::{EntryScope, event_in_scope};
use crate::database::prepared;
use crate::values::ids::WorkspaceId;

/// The most events that a reconnecting subscriber receives. One that has missed more reloads everything, which is
/// less work for all.
const MISSED_MAX: u16 = 1_000;
/// The most events that the listener reads at once: what some seconds of the busiest installation leave. If there are
/// more, all its subscribers reload everything.
pub(crate) const READ_MAX: u16 = 5_000;

/// Tells the triggers of `time_entries`, until the end of the transaction, that many rows are changed: more than 100,
/// as [`EVENTS_PER_STATEMENT`] says. An SQL expression. The triggers fire when a statement has ended, so the statement
/// itself may evaluate it.
macro_rules! many_rows {
    () => {
        "set_config('clockwork.many_rows', 'on', true)"
    };
}
pub(crate) use many_rows;

/// Up to how many rows the log tells of one by one: `events_per_statement()` in the migrations.
const EVENTS_PER_STATEMENT: usize = 100;

/// Says that this transaction is about to change `rows` entries. Of more than 100 of them the log then tells with one
/// event for each person, and not of each entry.
///
/// # Errors
/// Whatever the database answers.
pub(crate) async fn announce_bulk_change(conn: &mut AsyncPgConnection, rows: usize) -> QueryResult<()> {
    if rows > EVENTS_PER_STATEMENT {
        prepared(concat!("SELECT ", many_rows!())).execute(conn).await?;
    }
    Ok(())
}

/// Which database of which running PostgreSQL a connection leads to. While this is the same, so is `event_log_name()`:
/// the name changes with the database, with the cluster, and with the timeline, which a server gets only while it
/// starts or is promoted, and a standby that is promoted started at another time than the primary before. Unlike that
/// function this opens no subtransaction and reads no file, so that it can be asked with every page.
macro_rules! server {
    () => {
        "extract(epoch FROM pg_postmaster_start_time())::text || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())"
    };
}

/// The columns of an event.
macro_rules! columns {
    () => {
        "transaction_id, workspace_id, user_id, kind, change, object_id, revision, timer"
    };
}

/// How a page begins: the snapshot of this very statement and the first transaction that it cannot see. After a dump is
/// restored into a newer cluster, rows may carry transaction ids that the cluster has not reached. They are ignored.
macro_rules! here {
    () => {
        "here AS (SELECT pg_current_snapshot() AS snapshot, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS horizon)"
    };
}

/// The columns that every page has: the snapshot, the server, the transaction of the oldest row.
macro_rules! head {
    () => {
        concat!(
            "snapshot::text AS snapshot, ",
            server!(),
            " AS server, coalesce((SELECT min(transaction_id) FROM events WHERE transaction_id < horizon), 0) AS oldest"
        )
    };
}

/// The name of the log and the server that said so.
pub(crate) const LOG_NAME: &str = concat!("SELECT event_log_name(), ", server!());

/// What has become visible since a cursor: `$1` its xmax, `$2` what ran then, `$3` and `$4` the workspaces and users to
/// whom it is told, or null for all, `$5` how many events at most. The migration of the function says why it is one.
pub(crate) const SINCE: &str = concat!(
    "SELECT page.snapshot, ",
    server!(),
    " AS server, page.oldest, page.events, false AS truncated FROM read_events($1, $2, $3, $4, $5) AS page"
);

/// Whether anything in a workspace has changed since a cursor, of any user: `$1` its xmax, `$2` what ran then, `$3`
/// the workspace.
const CHANGES_OF_WORKSPACE: &str = concat!(
    "SELECT page.snapshot, ",
    server!(),
    " AS server, page.oldest, page.events, false AS truncated FROM read_events($1, $2, ARRAY[$3], ARRAY(
         SELECT m.user_id FROM memberships m WHERE m.workspace_id = $3), 1) AS page"
);

/// The transactions of the last `$3` seconds, for a scope without a cursor: `$1` the workspace, `$2` the owner. No
/// index knows the times, so only the newest rows of the workspace are looked at. When there are more, the page is
/// truncated: among the others may be those of a transaction that began long ago and was committed just now.
const RECENT_FOR: &str = concat!(
    "WITH ",
    here!(),
    ", newest AS (
         SELECT events.* FROM events, here WHERE workspace_id = $1 AND transaction_id < horizon
         ORDER BY transaction_id DESC, id DESC LIMIT 1001
     )
     SELECT ",
    head!(),
    ", (SELECT coalesce(json_agg(e), '[]')::text FROM (SELECT ",
    columns!(),
    " FROM newest WHERE ",
    event_in_scope!("$1", "$2"),
    " AND transaction_id IN (SELECT transaction_id FROM newest WHERE created_at > now() - make_interval(secs => $3))
         ORDER BY id) AS e) AS events, (SELECT count(*) FROM newest) > 1000 AS truncated FROM here"
);

/// Deletes a batch of rows older than an hour. What goes is always a beginning of the log, so that its oldest row tells
/// from where on it is complete: whole transactions, none that runs and none after it, and never the newest of the old.
/// So the batch is what comes before the last transaction, of those that begin the log, which is old enough to go;
/// `candidates` has `$1` rows and the next transaction's first, so that a transaction with more rows than that goes as
/// well.
const PURGE: &str = "
    WITH beginning AS (
        SELECT transaction_id, created_at FROM events
        WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY transaction_id, id LIMIT $1
    ), next AS (
        SELECT transaction_id, created_at FROM events
        WHERE transaction_id > (SELECT max(transaction_id) FROM beginning)
          AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY transaction_id, id LIMIT 1
    ), candidates AS (SELECT * FROM beginning UNION ALL SELECT * FROM next)
    DELETE FROM events WHERE transaction_id < (
        SELECT max(transaction_id) FROM candidates WHERE transaction_id < coalesce(
            (SELECT min(transaction_id) FROM candidates WHERE created_at > now() - interval '1 hour'), 9223372036854775807)
    )";

/// Deletes a batch of old rows of transactions that have not begun here yet, which a dump brings that is restored into
/// a younger cluster.
const PURGE_FOREIGN: &str = "
    DELETE FROM events WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM events WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
          AND created_at < now() - interval '1 hour' LIMIT $1 FOR UPDATE SKIP LOCKED))";

/// A page of the log.
#[derive(Debug)]
pub struct EventLog {
    /// Where the page was read: pages of the same server belong to the same log.
    pub(crate) server: String,
    /// What was visible, as PostgreSQL writes a snapshot.
    snapshot: String,
    /// The transaction of the oldest row.
    pub oldest: i64,
    /// What was asked for, oldest first.
    pub events: Vec<Event>,
    /// Whether some of what was asked for is missing.
    pub truncated: bool,
}

#[derive(QueryableByName)]
struct PageRow {
    #[diesel(sql_type = Text)]
    snapshot: String,
    #[diesel(sql_type = Text)]
    server: String,
    #[diesel(sql_type = BigInt)]
    oldest: i64,
    #[diesel(sql_type = Text)]
    events: String,
    #[diesel(sql_type = Bool)]
    truncated: bool,
}

impl EventLog {
    /// From the columns of [`SINCE`] and its like; `None` when they are not what PostgreSQL and the triggers write.
    /// There are more events when there are more than `max`.
    pub(crate) fn read(snapshot: &str, server: &str, oldest: i64, events: &str, max: u16) -> Option<Self> {
        let events: Vec<Event> = serde_json::from_str(events).ok()?;
        let truncated = events.len() > usize::from(max);
        Some(Self { server: server.to_owned(), snapshot: snapshot.to_owned(), oldest, events, truncated })
    }

    /// The place in the log that a reader of this page has reached, where the log has this name; `None` when PostgreSQL
    /// wrote the snapshot in a form that this version does not know.
    pub(crate) fn cursor(&self, log: &Arc<str>) -> Option<LogCursor> {
        LogCursor::of_snapshot(log, &self.snapshot)
    }

    /// What is in a scope and was not seen.
    ///
    /// # Errors
    /// When the database is unavailable, or answers in a form that this version does not know.
    pub async fn since(conn: &mut AsyncPgConnection, scope: EntryScope, cursor: &LogCursor) -> QueryResult<Self> {
        let page = prepared(SINCE)
            .bind::<BigInt, _>(cursor.xmax())
            .bind::<Array<BigInt>, _>(cursor.running())
            .bind::<Array<Uuid>, _>(vec![scope.workspace()])
            .bind::<Nullable<Array<Uuid>>, _>(scope.owner().map(|owner| vec![owner]))
            .bind::<Integer, _>(i32::from(MISSED_MAX) + 1);
        page.get_result::<PageRow>(conn).await?.page()
    }

    /// What is in a scope, of the transactions of the last while. Truncated when the workspace has had more than a
    /// thousand events in the last hour.
    ///
    /// # Errors
    /// When the database is unavailable, or answers in a form that this version does not know.
    pub async fn recent(conn: &mut AsyncPgConnection, scope: EntryScope, lookback: Duration) -> QueryResult<Self> {
        let page = prepared(RECENT_FOR)
            .bind::<Uuid, _>(scope.workspace())
            .bind::<Nullable<Uuid>, _>(scope.owner())
            .bind::<Double, _>(lookback.as_secs_f64());
        page.get_result::<PageRow>(conn).await?.page()
    }

    /// Where the log is, and whether anything in a workspace has changed since a cursor.
    ///
    /// # Errors
    /// When the database cannot be asked, or answers in a form that this version does not know.
    pub(crate) async fn changes_of_workspace(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        since: Option<&LogCursor>,
    ) -> QueryResult<(Self, bool)> {
        let page = prepared(CHANGES_OF_WORKSPACE)
            .bind::<BigInt, _>(since.map_or(i64::MAX, LogCursor::xmax))
            .bind::<Array<BigInt>, _>(since.map(LogCursor::running).unwrap_or_default())
            .bind::<Uuid, _>(workspace);
        let page = page.get_result::<PageRow>(conn).await?.page()?;
        let has_changed = !page.events.is_empty();
        Ok((page, has_changed))
    }

    /// Forgets a batch of what is older than an hour.
    pub(crate) async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        let old = prepared(PURGE).bind::<BigInt, _>(PURGE_BATCH).execute(conn).await?;
        let foreign = prepared(PURGE_FOREIGN).bind::<BigInt, _>(PURGE_BATCH).execute(conn).await?;
        Ok(old + foreign)
    }
}

impl PageRow {
    fn page(self) -> QueryResult<EventLog> {
        let mut page = EventLog::read(&self.snapshot, &self.server, self.oldest, &self.events, MISSED_MAX)
            .ok_or_else(|| diesel::result::Error::DeserializationError("a page of the log cannot be read".into()))?;
        page.truncated |= self.truncated;
        Ok(page)
    }
}
