//! Schedules of saved reports, and the members whom they are sent to.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::membership::role_of;
use crate::access::Role;
use crate::database::prepared;
use crate::values::ids::{JobId, ReportScheduleId, SavedReportId, UserId, WorkspaceId};

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

/// A recipient to insert.
#[derive(Clone, Debug)]
pub struct NewRecipient {
    /// The member.
    pub user: UserId,
    /// The secret of the link that takes the member off the list.
    pub stop_token: String,
}

/// A member who may become a recipient: a present one.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Candidate {
    /// The member.
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
    /// Whether the member has an address.
    #[diesel(sql_type = Bool)]
    pub has_address: bool,
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

/// A schedule that takes its report to be sent: what it needs, and what its owner may do at the moment.
#[derive(Debug, QueryableByName)]
struct RunningRow {
    #[diesel(sql_type = Uuid)]
    workspace_id: WorkspaceId,
    #[diesel(sql_type = Text)]
    workspace: String,
    #[diesel(sql_type = Text)]
    format: String,
    #[diesel(sql_type = Bool)]
    amounts: bool,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Bool)]
    paused: bool,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    query: String,
    #[diesel(sql_type = Uuid)]
    user_id: UserId,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Bool)]
    leads: bool,
    #[diesel(sql_type = Bool)]
    left: bool,
    #[diesel(sql_type = Bool)]
    disabled: bool,
}

/// A schedule that runs.
#[derive(Clone, Debug)]
pub struct RunningSchedule {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The name of the workspace.
    pub workspace_name: String,
    /// The format of the file.
    pub format: String,
    /// Whether the file has amounts.
    pub amounts: bool,
    /// The time zone of the schedule.
    pub time_zone: String,
    /// Whether it was paused since it was due.
    pub paused: bool,
    /// The name of the report.
    pub name: String,
    /// The query of the report.
    pub query: String,
    /// The member who saved the report.
    pub owner: UserId,
    /// The name of that member.
    pub owner_name: String,
    /// What the owner is in the workspace, or was.
    pub role: Role,
    /// Whether the owner is a member who leads a project.
    pub leads: bool,
    /// Whether the owner has left, or the workspace is deleted.
    pub left: bool,
    /// Whether the owner's account is disabled.
    pub disabled: bool,
}

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

/// A member whom a report is to be sent to.
#[derive(Clone, QueryableByName)]
pub struct Reader {
    /// The member.
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
    /// The address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// The language of the member, if one was chosen.
    #[diesel(sql_type = Nullable<Text>)]
    pub language: Option<String>,
    /// The secret of the link that takes the member off the list; a member who is not on it has none.
    #[diesel(sql_type = Nullable<Text>)]
    pub stop_token: Option<String>,
    /// Whether the message of this run, or of a later one, was sent to the member.
    #[diesel(sql_type = Bool)]
    pub is_sent: bool,
}

/// Debug output has neither an address nor a secret.
impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("user_id", &self.user_id).field("is_sent", &self.is_sent).finish_non_exhaustive()
    }
}

/// A recipient who is taken off the list, with the schedule.
#[derive(Clone, Copy, Debug, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct StoppedRecipient {
    #[diesel(sql_type = Uuid)]
    pub workspace_id: WorkspaceId,
    #[diesel(sql_type = Uuid)]
    pub schedule_id: ReportScheduleId,
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
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

    /// A schedule of a saved report, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
        id: ReportScheduleId,
    ) -> QueryResult<Option<Self>> {
        prepared(concat!(
            "SELECT ",
            columns!(),
            ", ",
            recipients!(),
            " FROM report_schedules s WHERE s.workspace_id = $1 AND s.saved_report_id = $2 AND s.id = $3 FOR NO KEY UPDATE OF s"
        ))
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(report)
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

    /// Those of the users who are present members, in the order of their ids. Their memberships are locked until the
    /// transaction ends, so that none of them ends meanwhile.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for a lock than `lock_timeout`.
    pub async fn candidates(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        users: &[UserId],
    ) -> QueryResult<Vec<Candidate>> {
        prepared(
            "SELECT m.user_id, u.email IS NOT NULL AS has_address FROM memberships m JOIN users u ON u.id = m.user_id
             WHERE m.workspace_id = $1 AND m.user_id = ANY ($2) AND m.left_at IS NULL ORDER BY m.user_id FOR SHARE OF m",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(users.to_vec())
        .load(conn)
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

    /// Takes other recipients; those who stay keep their secrets, and what they were sent.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn set_recipients(
        &self,
        conn: &mut AsyncPgConnection,
        recipients: &[NewRecipient],
    ) -> QueryResult<usize> {
        let (users, tokens) = columns_of(recipients);
        prepared(
            "WITH removed AS (
                 DELETE FROM report_schedule_recipients WHERE workspace_id = $1 AND schedule_id = $2 AND user_id <> ALL ($3)
             )
             INSERT INTO report_schedule_recipients (workspace_id, schedule_id, user_id, stop_token)
             SELECT $1, $2, added.* FROM unnest($3::uuid[], $4::text[]) AS added
             ON CONFLICT (workspace_id, schedule_id, user_id) DO NOTHING",
        )
        .bind::<Uuid, _>(self.workspace_id)
        .bind::<Uuid, _>(self.id)
        .bind::<Array<Uuid>, _>(users)
        .bind::<Array<Text>, _>(tokens)
        .execute(conn)
        .await
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

    /// Ends what a member who leaves has to do with schedules: those of the member's own reports, and being a recipient
    /// of others.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn end_of_member(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<usize> {
        let own = prepared(
            "DELETE FROM report_schedules s USING saved_reports r
             WHERE r.workspace_id = $1 AND r.user_id = $2 AND s.workspace_id = r.workspace_id AND s.saved_report_id = r.id",
        );
        let deleted = own.bind::<Uuid, _>(workspace).bind::<Uuid, _>(user).execute(conn).await?;
        prepared("DELETE FROM report_schedule_recipients WHERE workspace_id = $1 AND user_id = $2")
            .bind::<Uuid, _>(workspace)
            .bind::<Uuid, _>(user)
            .execute(conn)
            .await?;
        Ok(deleted)
    }

    /// The recipient whose secret it is; the schedule is locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock_stopped(conn: &mut AsyncPgConnection, token: &str) -> QueryResult<Option<StoppedRecipient>> {
        prepared(
            "SELECT r.workspace_id, r.schedule_id, r.user_id FROM report_schedule_recipients r
             JOIN report_schedules s ON s.workspace_id = r.workspace_id AND s.id = r.schedule_id
             WHERE r.stop_token = $1 FOR NO KEY UPDATE OF s",
        )
        .bind::<Text, _>(token.to_owned())
        .get_result(conn)
        .await
        .optional()
    }
}

impl StoppedRecipient {
    /// Takes the recipient off the list. 0 if that has happened already.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn remove(&self, conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
        prepared(
            "WITH removed AS (
                 DELETE FROM report_schedule_recipients WHERE workspace_id = $1 AND schedule_id = $2 AND user_id = $3 RETURNING 1
             )
             UPDATE report_schedules SET updated_at = $4 WHERE workspace_id = $1 AND id = $2 AND EXISTS (SELECT FROM removed)",
        )
        .bind::<Uuid, _>(self.workspace_id)
        .bind::<Uuid, _>(self.schedule_id)
        .bind::<Uuid, _>(self.user_id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }
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
        let row: Option<RunningRow> = prepared(
            "SELECT s.workspace_id, w.name AS workspace, s.format, s.amounts, s.time_zone, s.next_run_at IS NULL AS paused,
                    r.name, r.query, r.user_id, u.name AS owner, m.role,
                    m.role = 'member' AND EXISTS (
                        SELECT FROM project_members p
                        WHERE p.workspace_id = m.workspace_id AND p.user_id = m.user_id AND p.lead
                    ) AS leads,
                    m.left_at IS NOT NULL OR w.deleted_at IS NOT NULL AS left, u.disabled_at IS NOT NULL AS disabled
             FROM report_schedules s
             JOIN saved_reports r ON r.workspace_id = s.workspace_id AND r.id = s.saved_report_id
             JOIN memberships m ON m.workspace_id = r.workspace_id AND m.user_id = r.user_id
             JOIN users u ON u.id = r.user_id
             JOIN workspaces w ON w.id = s.workspace_id
             WHERE s.id = $1",
        )
        .bind::<Uuid, _>(id)
        .get_result(conn)
        .await
        .optional()?;
        let running = |row: RunningRow| {
            Ok(Self {
                workspace: row.workspace_id,
                workspace_name: row.workspace,
                format: row.format,
                amounts: row.amounts,
                time_zone: row.time_zone,
                paused: row.paused,
                name: row.name,
                query: row.query,
                owner: row.user_id,
                owner_name: row.owner,
                role: role_of(&row.role)?,
                leads: row.leads,
                left: row.left,
                disabled: row.disabled,
            })
        };
        row.map(running).transpose()
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

    /// Pauses the schedule, and notes why. 0 if it is gone.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn pause(
        conn: &mut AsyncPgConnection,
        id: ReportScheduleId,
        outcome: &'static str,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE report_schedules SET next_run_at = NULL, last_run_at = $2, last_outcome = $3, updated_at = $2 WHERE id = $1",
        )
        .bind::<Uuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(outcome)
        .execute(conn)
        .await
    }
}

impl Reader {
    /// The recipients of a schedule who are present members with an account that is not disabled and has an address.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn of_schedule(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        schedule: ReportScheduleId,
        run: DateTime<Utc>,
    ) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT r.user_id, u.email, u.language, r.stop_token, coalesce(r.sent_for >= $3, false) AS is_sent
             FROM report_schedule_recipients r
             JOIN memberships m ON m.workspace_id = r.workspace_id AND m.user_id = r.user_id AND m.left_at IS NULL
             JOIN users u ON u.id = r.user_id AND u.disabled_at IS NULL AND u.email IS NOT NULL
             WHERE r.workspace_id = $1 AND r.schedule_id = $2 ORDER BY r.user_id",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(schedule)
        .bind::<Timestamptz, _>(run)
        .load(conn)
        .await
    }

    /// One member, whether or not on the list, as the reader of a trial.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn of_trial(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT m.user_id, u.email, u.language, NULL::text AS stop_token, false AS is_sent
             FROM memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL AND u.email IS NOT NULL
             WHERE m.workspace_id = $1 AND m.user_id = $2 AND m.left_at IS NULL",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(user)
        .load(conn)
        .await
    }

    /// Notes that the message of a run was sent to the reader.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn set_sent(
        &self,
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        schedule: ReportScheduleId,
        run: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE report_schedule_recipients SET sent_for = $4 WHERE workspace_id = $1 AND schedule_id = $2 AND user_id = $3",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(schedule)
        .bind::<Uuid, _>(self.user_id)
        .bind::<Timestamptz, _>(run)
        .execute(conn)
        .await
    }
}

fn columns_of(recipients: &[NewRecipient]) -> (Vec<UserId>, Vec<String>) {
    recipients.iter().map(|recipient| (recipient.user, recipient.stop_token.clone())).unzip()
}
