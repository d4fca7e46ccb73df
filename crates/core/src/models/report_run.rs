//! Schedules that are due, and what a run of one needs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::membership::standing;
use crate::access::Role;
use crate::database::prepared;
use crate::values::ids::{JobId, ReportScheduleId, UserId, WorkspaceId};

/// A schedule that is due.
#[derive(Clone, Debug, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct DueSchedule {
    #[diesel(sql_type = Uuid)]
    pub id: ReportScheduleId,
    #[diesel(sql_type = Timestamptz)]
    pub next_run_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub every: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub weekday: Option<String>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub month_day: Option<i16>,
    #[diesel(sql_type = SmallInt)]
    pub day_minute: i16,
    #[diesel(sql_type = Text)]
    pub time_zone: String,
}

/// A schedule that takes its report to be sent: what it needs, and what its owner may do at the moment.
#[derive(Clone, Debug, QueryableByName)]
pub struct RunningSchedule {
    /// The workspace.
    #[diesel(sql_type = Uuid)]
    pub workspace: WorkspaceId,
    /// The name of the workspace.
    #[diesel(sql_type = Text)]
    pub workspace_name: String,
    /// The format of the file.
    #[diesel(sql_type = Text)]
    pub format: String,
    /// Whether the file has amounts.
    #[diesel(sql_type = Bool)]
    pub amounts: bool,
    /// The time zone of the schedule.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Whether it was paused since it was due.
    #[diesel(sql_type = Bool)]
    pub paused: bool,
    /// The name of the report.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The query of the report.
    #[diesel(sql_type = Text)]
    pub query: String,
    /// The member who saved the report.
    #[diesel(sql_type = Uuid)]
    pub owner: UserId,
    /// The name of that member.
    #[diesel(sql_type = Text)]
    pub owner_name: String,
    /// The address of that member.
    #[diesel(sql_type = Nullable<Text>)]
    pub owner_email: Option<String>,
    /// The language of that member, if one was chosen.
    #[diesel(sql_type = Nullable<Text>)]
    pub owner_language: Option<String>,
    /// What the owner is in the workspace, or was.
    #[diesel(sql_type = Text)]
    pub role: Role,
    /// Whether the owner is a member who leads a project.
    #[diesel(sql_type = Bool)]
    pub leads: bool,
    /// Whether the owner has left, or the workspace is deleted.
    #[diesel(sql_type = Bool)]
    pub left: bool,
    /// Whether the owner's account is disabled.
    #[diesel(sql_type = Bool)]
    pub disabled: bool,
}

impl DueSchedule {
    /// At most so many schedules that are due, the longest due first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, now: DateTime<Utc>, limit: i64) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT id, next_run_at, every, weekday, month_day, day_minute, time_zone FROM report_schedules
             WHERE next_run_at <= $1 ORDER BY next_run_at, id LIMIT $2",
        )
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
    }

    /// When the next schedule is due. `None` if there is none, or all are paused.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn next(conn: &mut AsyncPgConnection) -> QueryResult<Option<DateTime<Utc>>> {
        #[derive(QueryableByName)]
        struct NextRow {
            #[diesel(sql_type = Nullable<Timestamptz>)]
            next_run_at: Option<DateTime<Utc>>,
        }
        let row: NextRow =
            prepared("SELECT min(next_run_at) AS next_run_at FROM report_schedules").get_result(conn).await?;
        Ok(row.next_run_at)
    }

    /// Moves the schedule on to its next run, and adds its job in the same statement, unless a job of the schedule
    /// waits. Of several servers one does it: the others find that the schedule has moved. False if so.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn move_on(
        &self,
        conn: &mut AsyncPgConnection,
        next: DateTime<Utc>,
        kind: &str,
        payload: &Value,
    ) -> QueryResult<bool> {
        prepared(
            "WITH moved AS (
                 UPDATE report_schedules SET next_run_at = $3 WHERE id = $1 AND next_run_at = $2 RETURNING id
             )
             INSERT INTO jobs (id, kind, payload, unique_key) SELECT $4, $5, $6, moved.id::text FROM moved
             ON CONFLICT (kind, unique_key) WHERE failed_at IS NULL DO NOTHING",
        )
        .bind::<Uuid, _>(self.id)
        .bind::<Timestamptz, _>(self.next_run_at)
        .bind::<Timestamptz, _>(next)
        .bind::<Uuid, _>(JobId::new())
        .bind::<Text, _>(kind.to_owned())
        .bind::<Jsonb, _>(payload.clone())
        .execute(conn)
        .await
        .map(|added| added == 1)
    }
}

impl RunningSchedule {
    /// A schedule with its report, and its owner as a member is at the moment. `None` if it is gone.
    ///
    /// # Errors
    /// If the statement fails, or the table has a role that this release does not know.
    pub async fn find(conn: &mut AsyncPgConnection, id: ReportScheduleId) -> QueryResult<Option<Self>> {
        prepared(concat!(
            "SELECT s.workspace_id AS workspace, w.name AS workspace_name, s.format, s.amounts, s.time_zone,
                    s.next_run_at IS NULL AS paused, r.name, r.query, r.user_id AS owner, u.name AS owner_name,
                    u.email AS owner_email, u.language AS owner_language, ",
            standing!(),
            ",
                    m.left_at IS NOT NULL OR w.deleted_at IS NOT NULL AS left, u.disabled_at IS NOT NULL AS disabled
             FROM report_schedules s
             JOIN saved_reports r ON r.workspace_id = s.workspace_id AND r.id = s.saved_report_id
             JOIN memberships m ON m.workspace_id = r.workspace_id AND m.user_id = r.user_id
             JOIN users u ON u.id = r.user_id
             JOIN workspaces w ON w.id = s.workspace_id
             WHERE s.id = $1",
        ))
        .bind::<Uuid, _>(id)
        .get_result(conn)
        .await
        .optional()
    }

    /// Notes what came of a run.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn conclude(
        conn: &mut AsyncPgConnection,
        id: ReportScheduleId,
        outcome: &'static str,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared("UPDATE report_schedules SET last_run_at = $2, last_outcome = $3 WHERE id = $1")
            .bind::<Uuid, _>(id)
            .bind::<Timestamptz, _>(now)
            .bind::<Text, _>(outcome)
            .execute(conn)
            .await
    }

    /// Pauses the schedule, and notes why. Whether it was due again; `None` if it is gone.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn pause(
        conn: &mut AsyncPgConnection,
        id: ReportScheduleId,
        outcome: &'static str,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<bool>> {
        #[derive(QueryableByName)]
        struct PausedRow {
            #[diesel(sql_type = Bool)]
            was_due: bool,
        }
        let row: Option<PausedRow> = prepared(
            "WITH before AS (
                 SELECT id, next_run_at IS NOT NULL AS was_due FROM report_schedules WHERE id = $1 FOR NO KEY UPDATE
             )
             UPDATE report_schedules s SET next_run_at = NULL, last_run_at = $2, last_outcome = $3, updated_at = $2
             FROM before WHERE s.id = before.id RETURNING before.was_due",
        )
        .bind::<Uuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(outcome)
        .get_result(conn)
        .await
        .optional()?;
        Ok(row.map(|row| row.was_due))
    }
}
