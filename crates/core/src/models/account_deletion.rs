//! The deletion of an account: the marks on the row of the user, and everything that goes with it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;
use crate::values::ids::{UserId, WorkspaceId};

/// A workspace of a user, and who else is there.
#[derive(Clone, Debug, QueryableByName)]
pub struct SharedWorkspace {
    /// The workspace.
    #[diesel(sql_type = Uuid)]
    pub id: WorkspaceId,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The user's role, in the word of the table.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// How many other present members there are, placeholders left out.
    #[diesel(sql_type = BigInt)]
    pub others: i64,
    /// How many of them are owners.
    #[diesel(sql_type = BigInt)]
    pub other_owners: i64,
}

/// The marks of a deletion on the row of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct DeletionMarks {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub deletion_due_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub erased_at: Option<DateTime<Utc>>,
}

/// What goes with an account. Each has a bound of its own, so that one statement each deletes them. What belongs to a
/// member goes also in workspaces that the user has left before.
const BELONGINGS: [&str; 14] = [
    "DELETE FROM sessions WHERE user_id = $1",
    "DELETE FROM api_tokens WHERE user_id = $1",
    "DELETE FROM one_time_tokens WHERE user_id = $1",
    "DELETE FROM known_devices WHERE user_id = $1",
    "DELETE FROM recovery_codes WHERE user_id = $1",
    "DELETE FROM second_factors WHERE user_id = $1",
    "DELETE FROM sign_on_identities WHERE user_id = $1",
    "DELETE FROM data_exports WHERE user_id = $1",
    // They have the address, or a name.
    "DELETE FROM imported_people WHERE user_id = $1",
    "DELETE FROM invitations WHERE accepted_by = $1",
    // Answers to requests with a key, which hold what the user has sent.
    "DELETE FROM idempotency_keys WHERE user_id = $1",
    "DELETE FROM calendar_feeds f USING memberships m WHERE m.user_id = $1 AND f.workspace_id = m.workspace_id AND f.user_id = m.user_id",
    // With their links and schedules. Their names and queries are the user's words.
    "DELETE FROM saved_reports r USING memberships m WHERE m.user_id = $1 AND r.workspace_id = m.workspace_id AND r.user_id = m.user_id",
    "DELETE FROM report_schedule_recipients r USING memberships m
     WHERE m.user_id = $1 AND r.workspace_id = m.workspace_id AND r.user_id = m.user_id",
];

impl SharedWorkspace {
    /// At most `limit` workspaces in which a user is a member, in the order of their ids.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list_of(conn: &mut AsyncPgConnection, user: UserId, limit: i64) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT w.id, w.name, m.role, o.others, o.other_owners
             FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
             CROSS JOIN LATERAL (
                 SELECT count(*) AS others, count(*) FILTER (WHERE o.role = 'owner') AS other_owners
                 FROM memberships o WHERE o.workspace_id = m.workspace_id AND o.user_id <> m.user_id AND o.left_at IS NULL
                   AND NOT is_placeholder_id(o.user_id)
             ) o
             WHERE m.user_id = $1 AND m.left_at IS NULL ORDER BY w.id LIMIT $2",
        )
        .bind::<Uuid, _>(user)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
    }
}

impl DeletionMarks {
    /// Those of a user.
    ///
    /// # Errors
    /// `NotFound` if there is no such user; any error of the statement.
    pub async fn find(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Self> {
        prepared("SELECT deletion_due_at, erased_at FROM users WHERE id = $1")
            .bind::<Uuid, _>(user)
            .get_result(conn)
            .await
    }

    /// Notes when the account is to be deleted, or that it is not.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn set_due(
        conn: &mut AsyncPgConnection,
        user: UserId,
        due: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared("UPDATE users SET deletion_due_at = $2, updated_at = $3 WHERE id = $1")
            .bind::<Uuid, _>(user)
            .bind::<Nullable<Timestamptz>, _>(due)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await
    }

    /// Whether another user runs the installation.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn another_administrator(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<bool> {
        let found = prepared("SELECT 1 FROM users WHERE administrator AND disabled_at IS NULL AND id <> $1 LIMIT 1")
            .bind::<Uuid, _>(user)
            .execute(conn)
            .await?;
        Ok(found > 0)
    }

    /// Deletes what belongs to the account.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn delete_belongings(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
        for statement in BELONGINGS {
            prepared(statement).bind::<Uuid, _>(user).execute(conn).await?;
        }
        Ok(())
    }

    /// Deletes what belongs to the account, and leaves a row that says nothing of its user but a time zone, by which
    /// the days of the entries are counted that others keep.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn erase(
        conn: &mut AsyncPgConnection,
        user: UserId,
        name: &str,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        Self::delete_belongings(conn, user).await?;
        prepared(
            "UPDATE users SET name = $2, email = NULL, email_verified_at = NULL, password_hash = NULL, password_changed_at = NULL,
                 administrator = false, disabled_at = coalesce(disabled_at, $3), erased_at = $3, deletion_due_at = NULL,
                 language = NULL, hour_cycle = NULL, first_day_of_week = NULL, duration_format = NULL, density = NULL, theme = NULL,
                 updated_at = $3
             WHERE id = $1",
        )
        .bind::<Uuid, _>(user)
        .bind::<Text, _>(name.to_owned())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Deletes the saved reports of a member.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete_saved_reports(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<usize> {
        prepared("DELETE FROM saved_reports WHERE workspace_id = $1 AND user_id = $2")
            .bind::<Uuid, _>(workspace)
            .bind::<Uuid, _>(user)
            .execute(conn)
            .await
    }
}
