//! The members whom a schedule sends its report to.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;
use crate::values::ids::{ReportScheduleId, UserId, WorkspaceId};

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

impl Candidate {
    /// Those of the users who are present members, in the order of their ids. Their memberships are locked until the
    /// transaction ends, so that none of them ends meanwhile.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for a lock than `lock_timeout`.
    pub async fn lock(
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
}

impl NewRecipient {
    /// Gives a locked schedule these recipients and no others; those who stay keep their secrets, and what they were
    /// sent.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn set_all(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        schedule: ReportScheduleId,
        recipients: &[Self],
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
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(schedule)
        .bind::<Array<Uuid>, _>(users)
        .bind::<Array<Text>, _>(tokens)
        .execute(conn)
        .await
    }
}

impl StoppedRecipient {
    /// The recipient whose secret it is; the schedule is locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, token: &str) -> QueryResult<Option<StoppedRecipient>> {
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

    /// Takes the recipient off the list. 0 if that has happened already, even if the member is on it again by now, with
    /// another secret.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn remove(&self, conn: &mut AsyncPgConnection, token: &str, now: DateTime<Utc>) -> QueryResult<usize> {
        prepared(
            "WITH removed AS (
                 DELETE FROM report_schedule_recipients
                 WHERE workspace_id = $1 AND schedule_id = $2 AND user_id = $3 AND stop_token = $5 RETURNING 1
             )
             UPDATE report_schedules SET updated_at = $4 WHERE workspace_id = $1 AND id = $2 AND EXISTS (SELECT FROM removed)",
        )
        .bind::<Uuid, _>(self.workspace_id)
        .bind::<Uuid, _>(self.schedule_id)
        .bind::<Uuid, _>(self.user_id)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(token.to_owned())
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

/// The columns of several recipients.
pub(super) fn columns_of(recipients: &[NewRecipient]) -> (Vec<UserId>, Vec<String>) {
    recipients.iter().map(|recipient| (recipient.user, recipient.stop_token.clone())).unzip()
}
