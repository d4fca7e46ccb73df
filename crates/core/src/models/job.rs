//! Jobs and their schedules. Times are the database's clock: servers may differ.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Integer, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::PURGE_BATCH;
use crate::database::prepared;
use crate::database::schema::jobs;
use crate::values::ids::{JobId, JobLeaseId};

/// A row of `jobs`, without the payload.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub run_at: DateTime<Utc>,
    pub attempts: i32,
    pub locked_until: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub failed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A job that a worker has taken.
#[derive(Debug, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ClaimedJob {
    #[diesel(sql_type = Uuid)]
    pub id: JobId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = diesel::sql_types::Jsonb)]
    pub payload: Value,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Uuid)]
    pub lease: JobLeaseId,
    /// Whether the last attempt that its kind has was taken before, and its worker never stored an end: the process
    /// died, or the database was away. There is nothing left but to mark the job as dead.
    #[diesel(sql_type = Bool)]
    pub is_spent: bool,
}

/// A kind of job that a worker takes.
#[derive(Clone, Copy, Debug)]
pub struct ClaimedKind {
    /// Its name.
    pub name: &'static str,
    /// For how long a job is taken.
    pub held: Duration,
    /// How often one is tried.
    pub attempts: i32,
}

/// How many jobs of a kind there are.
#[derive(Debug, QueryableByName)]
pub struct JobCount {
    /// The kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Jobs that are due, run, or wait to be tried again. One that is due later, and was never tried, does not count.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Jobs that have failed for good.
    #[diesel(sql_type = BigInt)]
    pub dead: i64,
}

impl Job {
    /// Adds a job that is due after `delay`. Returns 0, and adds none, if a job of the kind with the key waits or runs.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn insert(
        conn: &mut AsyncPgConnection,
        kind: &str,
        payload: &Value,
        unique_key: Option<&str>,
        delay: Duration,
    ) -> QueryResult<usize> {
        prepared(
            "INSERT INTO jobs (id, kind, payload, unique_key, run_at) VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
             ON CONFLICT (kind, unique_key) WHERE failed_at IS NULL DO NOTHING",
        )
        .bind::<Uuid, _>(JobId::new())
        .bind::<Text, _>(kind.to_owned())
        .bind::<diesel::sql_types::Jsonb, _>(payload.clone())
        .bind::<Nullable<Text>, _>(unique_key.map(str::to_owned))
        .bind::<Double, _>(delay.as_secs_f64())
        .execute(conn)
        .await
    }

    /// Whether the database has the tables: a schema that is older than this release has not.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn is_available(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        #[derive(QueryableByName)]
        struct AvailableRow {
            #[diesel(sql_type = Bool)]
            available: bool,
        }
        let row: AvailableRow = prepared(
            "SELECT to_regclass('jobs') IS NOT NULL AND to_regclass('job_schedules') IS NOT NULL
                 AND to_regclass('report_schedules') IS NOT NULL AS available",
        )
        .get_result(conn)
        .await?;
        Ok(row.available)
    }

    /// Takes the job that has been due longest, of these kinds, each with the time for which it is taken. A job whose
    /// worker has not finished it by then is due again, or spent after its last attempt.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn claim(
        conn: &mut AsyncPgConnection,
        kinds: &[ClaimedKind],
        lease: JobLeaseId,
    ) -> QueryResult<Option<ClaimedJob>> {
        prepared(
            "WITH due AS MATERIALIZED (
                 SELECT id, attempts, locked_until FROM jobs
                 WHERE failed_at IS NULL AND run_at <= now() AND (locked_until IS NULL OR locked_until < now()) AND kind = ANY ($1)
                 ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
             )
             UPDATE jobs SET locked_until = now() + make_interval(secs => held.seconds), lease = $4,
                 attempts = CASE WHEN due.locked_until IS NOT NULL AND due.attempts >= held.attempts THEN due.attempts ELSE due.attempts + 1 END
             FROM due CROSS JOIN unnest($1, $2, $3) AS held (kind, seconds, attempts)
             WHERE jobs.id = due.id AND held.kind = jobs.kind
             RETURNING jobs.id, jobs.kind, payload, jobs.attempts, lease, jobs.attempts = due.attempts AS is_spent",
        )
        .bind::<Array<Text>, _>(kinds.iter().map(|kind| kind.name).collect::<Vec<_>>())
        .bind::<Array<Double>, _>(kinds.iter().map(|kind| kind.held.as_secs_f64()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(kinds.iter().map(|kind| kind.attempts).collect::<Vec<_>>())
        .bind::<Uuid, _>(lease)
        .get_result(conn)
        .await
        .optional()
    }

    /// In how long the next job of these kinds is due, or its lease ends. `None` if there is no job.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn next_due(conn: &mut AsyncPgConnection, kinds: &[&str]) -> QueryResult<Option<Duration>> {
        #[derive(QueryableByName)]
        struct DueRow {
            #[diesel(sql_type = Nullable<Double>)]
            seconds: Option<f64>,
        }
        let row: DueRow = prepared(
            "SELECT extract(epoch FROM min(greatest(run_at, locked_until)) - now())::float8 AS seconds
             FROM jobs WHERE failed_at IS NULL AND kind = ANY ($1)",
        )
        .bind::<Array<Text>, _>(kinds.to_vec())
        .get_result(conn)
        .await?;
        Ok(row.seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default()))
    }

    /// Lists jobs, the oldest first: dead ones, others, or all.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, dead: Option<bool>, limit: i64) -> QueryResult<Vec<Self>> {
        let mut query = jobs::table.select(Self::as_select()).into_boxed();
        match dead {
            Some(true) => query = query.filter(jobs::failed_at.is_not_null()),
            Some(false) => query = query.filter(jobs::failed_at.is_null()),
            None => {}
        }
        query.order((jobs::run_at, jobs::id)).limit(limit).load(conn).await
    }

    /// Counts the jobs of each kind: those that are to be done by now, and those that have failed for good. What is due
    /// next week keeps nobody waiting.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(conn: &mut AsyncPgConnection) -> QueryResult<Vec<JobCount>> {
        prepared(
            "SELECT kind, count(*) FILTER (WHERE failed_at IS NULL AND (run_at <= now() OR attempts > 0)) AS waiting,
                 count(*) FILTER (WHERE failed_at IS NOT NULL) AS dead
             FROM jobs GROUP BY kind ORDER BY kind",
        )
        .load(conn)
        .await
    }

    /// Makes dead jobs due again; without an id all of them. A job whose key another job has taken meanwhile stays
    /// dead.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn retry(conn: &mut AsyncPgConnection, id: Option<JobId>) -> QueryResult<usize> {
        prepared(
            "UPDATE jobs j SET failed_at = NULL, attempts = 0, run_at = now(), locked_until = NULL, lease = NULL
             FROM (
                 SELECT id AS newest, row_number() OVER (PARTITION BY kind, coalesce(unique_key, id::text) ORDER BY created_at DESC) AS n
                 FROM jobs WHERE failed_at IS NOT NULL AND ($1::uuid IS NULL OR id = $1)
             ) AS dead
             WHERE dead.newest = j.id AND dead.n = 1 AND NOT EXISTS (
                 SELECT FROM jobs o WHERE o.kind = j.kind AND o.unique_key = j.unique_key AND o.failed_at IS NULL)",
        )
        .bind::<Nullable<Uuid>, _>(id)
        .execute(conn)
        .await
    }

    /// Deletes a job, whatever its state.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(conn: &mut AsyncPgConnection, id: JobId) -> QueryResult<usize> {
        diesel::delete(jobs::table.find(id)).execute(conn).await
    }

    /// Deletes a job that has failed for good; its kind, if there was one.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete_dead(conn: &mut AsyncPgConnection, id: JobId) -> QueryResult<Option<String>> {
        diesel::delete(jobs::table.filter(jobs::id.eq(id).and(jobs::failed_at.is_not_null())))
            .returning(jobs::kind)
            .get_result(conn)
            .await
            .optional()
    }

    /// Deletes a batch of the jobs that failed for good more than `kept_for` ago.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge_dead(conn: &mut AsyncPgConnection, kept_for: Duration) -> QueryResult<usize> {
        prepared(
            "DELETE FROM jobs WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM jobs WHERE failed_at < now() - make_interval(secs => $1) LIMIT $2 FOR UPDATE SKIP LOCKED))",
        )
        .bind::<Double, _>(kept_for.as_secs_f64())
        .bind::<BigInt, _>(PURGE_BATCH)
        .execute(conn)
        .await
    }

    /// Returns jobs that were not finished to the queue, and notifies the other servers. The attempt does not count.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn give_back(conn: &mut AsyncPgConnection, leases: &[JobLeaseId]) -> QueryResult<usize> {
        prepared(
            "UPDATE jobs SET run_at = run_at, locked_until = NULL, lease = NULL, attempts = greatest(attempts - 1, 0)
             WHERE lease = ANY ($1)",
        )
        .bind::<Array<Uuid>, _>(leases.to_vec())
        .execute(conn)
        .await
    }
}

impl ClaimedJob {
    /// Deletes the job, which is done, unless another worker has taken it meanwhile.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn finish(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(jobs::table.filter(jobs::id.eq(self.id).and(jobs::lease.eq(self.lease)))).execute(conn).await
    }

    /// Makes the job due again after a pause, up to a quarter shorter or longer at random, or marks it as dead.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn fail(
        &self,
        conn: &mut AsyncPgConnection,
        error: &str,
        pause: Duration,
        for_good: bool,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE jobs SET locked_until = NULL, lease = NULL, last_error = left($3, 500),
                 run_at = now() + make_interval(secs => $4 * (0.75 + random() / 2)), failed_at = CASE WHEN $5 THEN now() END
             WHERE id = $1 AND lease = $2",
        )
        .bind::<Uuid, _>(self.id)
        .bind::<Uuid, _>(self.lease)
        .bind::<Text, _>(error.to_owned())
        .bind::<Double, _>(pause.as_secs_f64())
        .bind::<Bool, _>(for_good)
        .execute(conn)
        .await
    }
}

/// The statements about `job_schedules`.
#[derive(Debug)]
pub struct JobSchedule;

impl JobSchedule {
    /// Moves a schedule on by `interval` if it is due, and adds its job, which has an empty payload, in the same
    /// statement. Of several callers one gets true. A new schedule is due at once; after an outage a schedule is due
    /// once. A schedule that is not due is neither locked nor written.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn add_due(conn: &mut AsyncPgConnection, kind: &str, interval: Duration) -> QueryResult<bool> {
        prepared(
            "WITH due AS (
                 INSERT INTO job_schedules (kind, next_run_at) SELECT $1, now() + make_interval(secs => $2)
                 WHERE NOT EXISTS (SELECT FROM job_schedules WHERE kind = $1 AND next_run_at > now())
                 ON CONFLICT (kind) DO UPDATE SET next_run_at = excluded.next_run_at WHERE job_schedules.next_run_at <= now()
                 RETURNING kind
             )
             INSERT INTO jobs (id, kind, payload) SELECT $3, kind, '{}' FROM due",
        )
        .bind::<Text, _>(kind.to_owned())
        .bind::<Double, _>(interval.as_secs_f64())
        .bind::<Uuid, _>(JobId::new())
        .execute(conn)
        .await
        .map(|rows| rows == 1)
    }
}
