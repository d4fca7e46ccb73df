//! Schedules of saved reports.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::report_recipient::{NewRecipient, columns_of};
use crate::database::prepared;
use crate::values::ids::{ReportScheduleId, SavedReportId, UserId, WorkspaceId};

/// A row of `report_schedules` with its recipients.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ReportSchedule {
    #[diesel(sql_type = Uuid)]
    pub id: ReportScheduleId,
    #[diesel(sql_type = Uuid)]
    pub workspace_id: WorkspaceId,
    #[diesel(sql_type = Uuid)]
    pub saved_report_id: SavedReportId,
    #[diesel(sql_type = Text)]
    pub format: String,
    #[diesel(sql_type = Bool)]
    pub amounts: bool,
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
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_run_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_run_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub last_outcome: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub revision: i64,
    /// The members whom it is sent to, in the order of their ids.
    #[diesel(sql_type = Array<Uuid>)]
    pub recipients: Vec<UserId>,
}

/// The columns of a [`ReportSchedule`] `s`.
macro_rules! columns {
    () => {
        "s.id, s.workspace_id, s.saved_report_id, s.format, s.amounts, s.every, s.weekday, s.month_day, s.day_minute, s.time_zone,
         s.next_run_at, s.last_run_at, s.last_outcome, s.created_at, s.updated_at, s.revision"
    };
}

/// The recipients of a [`ReportSchedule`] `s`.
macro_rules! recipients {
    () => {
        "ARRAY(SELECT r.user_id FROM report_schedule_recipients r
               WHERE r.workspace_id = s.workspace_id AND r.schedule_id = s.id ORDER BY r.user_id) AS recipients"
    };
}

/// How many schedules there are.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct ScheduleCounts {
    /// Of the saved report.
    #[diesel(sql_type = BigInt)]
    pub of_report: i64,
    /// Of the workspace.
    #[diesel(sql_type = BigInt)]
    pub of_workspace: i64,
}

impl ReportSchedule {
    /// The schedules of a saved report, the oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
    ) -> QueryResult<Vec<Self>> {
        prepared(concat!(
            "SELECT ",
            columns!(),
            ", ",
            recipients!(),
            " FROM report_schedules s WHERE s.workspace_id = $1 AND s.saved_report_id = $2 ORDER BY s.created_at, s.id"
        ))
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(report)
        .load(conn)
        .await
    }

    /// A schedule of a saved report, locked until the transaction ends, with its recipients as they are then: they are
    /// read once the lock is held, because the snapshot of a statement that waits for it is older than what it waits
    /// for. Whatever adds recipients has locked their schedule; one who says that they want it no more, or leaves, may
    /// still go.
    ///
    /// # Errors
    /// If a statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
        id: ReportScheduleId,
    ) -> QueryResult<Option<Self>> {
        let locked = prepared(
            "SELECT id FROM report_schedules WHERE workspace_id = $1 AND saved_report_id = $2 AND id = $3 FOR NO KEY UPDATE",
        );
        let locked =
            locked.bind::<Uuid, _>(workspace).bind::<Uuid, _>(report).bind::<Uuid, _>(id).execute(conn).await?;
        if locked == 0 {
            return Ok(None);
        }
        prepared(concat!(
            "SELECT ",
            columns!(),
            ", ",
            recipients!(),
            " FROM report_schedules s WHERE s.workspace_id = $1 AND s.id = $2"
        ))
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .get_result(conn)
        .await
        .optional()
    }

    /// How many schedules the saved report and its workspace have.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
    ) -> QueryResult<ScheduleCounts> {
        prepared(
            "SELECT count(*) FILTER (WHERE saved_report_id = $2) AS of_report, count(*) AS of_workspace
             FROM report_schedules WHERE workspace_id = $1",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(report)
        .get_result(conn)
        .await
    }

    /// Inserts the schedule with its recipients.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the tables.
    pub async fn insert(&self, conn: &mut AsyncPgConnection, recipients: &[NewRecipient]) -> QueryResult<usize> {
        let (users, tokens) = columns_of(recipients);
        prepared(
            "WITH made AS (
                 INSERT INTO report_schedules (id, workspace_id, saved_report_id, format, amounts, every, weekday, month_day, day_minute,
                                               time_zone, next_run_at, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
                 RETURNING id, workspace_id
             )
             INSERT INTO report_schedule_recipients (workspace_id, schedule_id, user_id, stop_token)
             SELECT made.workspace_id, made.id, added.* FROM made, unnest($13::uuid[], $14::text[]) AS added",
        )
        .bind::<Uuid, _>(self.id)
        .bind::<Uuid, _>(self.workspace_id)
        .bind::<Uuid, _>(self.saved_report_id)
        .bind::<Text, _>(&self.format)
        .bind::<Bool, _>(self.amounts)
        .bind::<Text, _>(&self.every)
        .bind::<Nullable<Text>, _>(&self.weekday)
        .bind::<Nullable<SmallInt>, _>(self.month_day)
        .bind::<SmallInt, _>(self.day_minute)
        .bind::<Text, _>(&self.time_zone)
        .bind::<Nullable<Timestamptz>, _>(self.next_run_at)
        .bind::<Timestamptz, _>(self.created_at)
        .bind::<Array<Uuid>, _>(users)
        .bind::<Array<Text>, _>(tokens)
        .execute(conn)
        .await
    }

    /// Writes what a member has changed, and returns the new revision.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn update(&self, conn: &mut AsyncPgConnection) -> QueryResult<i64> {
        #[derive(QueryableByName)]
        struct RevisionRow {
            #[diesel(sql_type = BigInt)]
            revision: i64,
        }
        let row: RevisionRow = prepared(
            "UPDATE report_schedules SET format = $3, amounts = $4, every = $5, weekday = $6, month_day = $7, day_minute = $8,
                 time_zone = $9, next_run_at = $10, updated_at = $11
             WHERE workspace_id = $1 AND id = $2 RETURNING revision",
        )
        .bind::<Uuid, _>(self.workspace_id)
        .bind::<Uuid, _>(self.id)
        .bind::<Text, _>(&self.format)
        .bind::<Bool, _>(self.amounts)
        .bind::<Text, _>(&self.every)
        .bind::<Nullable<Text>, _>(&self.weekday)
        .bind::<Nullable<SmallInt>, _>(self.month_day)
        .bind::<SmallInt, _>(self.day_minute)
        .bind::<Text, _>(&self.time_zone)
        .bind::<Nullable<Timestamptz>, _>(self.next_run_at)
        .bind::<Timestamptz, _>(self.updated_at)
        .get_result(conn)
        .await?;
        Ok(row.revision)
    }

    /// Deletes a schedule.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: ReportScheduleId,
    ) -> QueryResult<usize> {
        prepared("DELETE FROM report_schedules WHERE workspace_id = $1 AND id = $2")
            .bind::<Uuid, _>(workspace)
            .bind::<Uuid, _>(id)
            .execute(conn)
            .await
    }
}
