//! A start or a stop of the timer in one statement, which takes the lock of the timer, has the effect, and stores the
//! answer under the key of the request. It commits by itself.
//!
//! What the statement sees is as old as its beginning, except the account and the membership. If it has waited for the
//! lock, another transaction may have changed what runs: then the partial unique index refuses a second running entry,
//! or nothing is found to be stopped.
//! Whatever does not simply succeed is left to the transaction that takes the lock before it looks.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::category::destination;
use super::time_entry_span::stopped_reaching;
use super::time_entry_write::{columns, overlaps_of_stopped_w, overlaps_of_w, tags_of_w};
use super::{NewTimeEntry, TimeEntry, WrittenEntry, deleted_tags};
use crate::access::Caller;
use crate::database::{Prepared, prepared};
use crate::idempotency::IdempotencyKey;
use crate::models::timer_lock;

/// The status of the answer under the key of a request.
#[derive(Clone, Copy, Debug)]
pub struct KeyedAnswer<'a> {
    /// The key.
    pub key: &'a IdempotencyKey,
    /// The HTTP status, 200 to 299.
    pub status: i16,
}

/// Stores `answer` under a key: `$workspace` and `$user` of the caller, the key `$key` with its digest, the status, and
/// the present.
macro_rules! stored {
    ($workspace:literal, $user:literal, $key:literal, $digest:literal, $status:literal, $now:literal) => {
        concat!(
            ", stored AS (
                 INSERT INTO idempotency_keys (workspace_id, user_id, key, request_digest, entry_status, entry, created_at)
                 SELECT ", $workspace, ", ", $user, ", ", $key, ", ", $digest, ", ", $status, ", to_jsonb(answer), ", $now, " FROM answer
             )"
        )
    };
}

// Neither a former member starts anything nor a viewer nor a user whose account is disabled. The removal of a member, a
// change of a role and the disabling of an account hold the lock of the timer, so they may commit while this statement
// waits. The statement's snapshot is older than that: `lock_timer_of_member` looks after it has the lock, and what it
// sees stays so until the end of the transaction.
macro_rules! start {
    ($stored:expr) => {
        concat!(
            "WITH member AS MATERIALIZED (
                 SELECT FROM lock_timer_of_member($8, $2, $3) AS is_member WHERE is_member
             ), ", destination!("$2", "$4", "$9"), ", stopped AS (
                 UPDATE time_entries e SET stopped_at = greatest(e.started_at, $5), updated_at = $5 FROM member CROSS JOIN destination d
                 WHERE e.user_id = $3 AND e.stopped_at IS NULL AND NOT (d.project_archived OR d.branch_archived) RETURNING e.stopped_at
             ), inserted AS (
                 INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, description, billable,
                                           created_at, updated_at)
                 SELECT $1, $2, $3, project_id, category_id, coalesce((SELECT stopped_at FROM stopped), $5), $6, coalesce($7, billable), $5, $5
                 FROM member CROSS JOIN destination WHERE NOT (project_archived OR branch_archived) RETURNING ", columns!(), "
             ), answer AS (SELECT ", columns!(), ", '{}'::uuid[] AS tag_ids, '{}'::uuid[] AS overlaps FROM inserted)",
            $stored, " SELECT * FROM answer"
        )
    };
}

// The answer shows the tags, which the statement reads as they were when it began. If it has waited, for the timer or
// for the entry, another transaction may have changed both: then it finds a revision that it has not seen, and does
// nothing.
macro_rules! stop {
    ($stored:expr) => {
        concat!(
            "WITH timer AS MATERIALIZED (SELECT pg_advisory_xact_lock($4)), stopped AS (
                 UPDATE time_entries e SET stopped_at = greatest(e.started_at, $3), updated_at = $3 FROM timer
                 WHERE e.workspace_id = $1 AND e.user_id = $2 AND e.stopped_at IS NULL
                   AND e.revision = (SELECT seen.revision FROM time_entries seen WHERE seen.user_id = $2 AND seen.stopped_at IS NULL)
                 RETURNING e.*
             ), w AS (SELECT ",
            columns!(),
            ", stopped_at AS stop FROM stopped), answer AS (
                 SELECT ",
            columns!(),
            ", ",
            tags_of_w!(),
            " AS tag_ids, ",
            overlaps_of_stopped_w!(),
            " AS overlaps FROM w
             )",
            $stored,
            " SELECT * FROM answer"
        )
    };
}

const START: &str = start!("");
const START_WITH_KEY: &str = start!(stored!("$2", "$3", "$10", "$11", "$12", "$5"));
const STOP: &str = stop!("");
const STOP_WITH_KEY: &str = stop!(stored!("$1", "$2", "$5", "$6", "$7", "$3"));

fn with_key<'a>(statement: Prepared<'a>, answer: Option<KeyedAnswer<'a>>) -> Prepared<'a> {
    let Some(KeyedAnswer { key, status }) = answer else { return statement };
    statement.bind::<Text, _>(key.key.as_str()).bind::<Bytea, _>(key.digest.as_slice()).bind::<SmallInt, _>(status)
}

impl NewTimeEntry {
    /// Stops the running entry of the person, and starts this one, which starts now and has no tags. `None` when its
    /// category does not exist or takes no new time, or the person is no longer a member who tracks time or has a
    /// disabled account.
    ///
    /// # Errors
    /// Violations of what [`Self::start`] may violate, of `time_entries_one_running_per_user` when the statement has
    /// waited for the lock, and of `idempotency_keys_pkey` when the key has been used.
    pub async fn start_at_once(
        &self,
        conn: &mut AsyncPgConnection,
        answer: Option<KeyedAnswer<'_>>,
    ) -> QueryResult<Option<WrittenEntry>> {
        let statement = prepared(if answer.is_some() { START_WITH_KEY } else { START })
            .bind::<Uuid, _>(self.id)
            .bind::<Uuid, _>(self.workspace_id)
            .bind::<Uuid, _>(self.user_id)
            .bind::<Uuid, _>(self.category_id)
            .bind::<Timestamptz, _>(self.now)
            .bind::<Text, _>(self.description.as_str())
            .bind::<diesel::sql_types::Nullable<diesel::sql_types::Bool>, _>(self.billable)
            .bind::<BigInt, _>(timer_lock::number(self.user_id))
            .bind::<diesel::sql_types::Nullable<Uuid>, _>(self.viewer);
        with_key(statement, answer).get_result(conn).await.optional()
    }
}

impl TimeEntry {
    /// Stops the caller's entry that runs in their workspace. `None` when none is seen to run, or another transaction
    /// has changed it while the statement waited.
    ///
    /// # Errors
    /// A violation of `idempotency_keys_pkey` when the key has been used.
    pub async fn stop_at_once(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        answer: Option<KeyedAnswer<'_>>,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<WrittenEntry>> {
        let statement = prepared(if answer.is_some() { STOP_WITH_KEY } else { STOP })
            .bind::<Uuid, _>(caller.workspace)
            .bind::<Uuid, _>(caller.user())
            .bind::<Timestamptz, _>(now)
            .bind::<BigInt, _>(timer_lock::number(caller.user()));
        with_key(statement, answer).get_result(conn).await.optional()
    }
}
