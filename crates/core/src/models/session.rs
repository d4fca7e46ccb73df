//! Sessions of browsers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Bytea, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::PURGE_BATCH;
use super::membership::standing;
use crate::access::Role;
use crate::database::prepared;
use crate::database::schema::sessions;
use crate::values::ids::{SessionId, UserId, WorkspaceId};
use crate::values::secret_token::TokenDigest;

/// A row of `sessions`, without its secret.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: DateTime<Utc>,
    pub signed_in_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub user_agent: String,
    pub address: Option<String>,
    pub provider: Option<String>,
}

/// A session to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = sessions)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewSession<'a> {
    pub id: SessionId,
    pub user_id: UserId,
    pub token_sha256: &'a [u8],
    pub created_at: DateTime<Utc>,
    pub signed_in_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub user_agent: &'a str,
    pub address: Option<&'a str>,
    pub provider: Option<&'a str>,
    pub provider_subject: Option<&'a str>,
    pub provider_session: Option<&'a str>,
}

/// Whose a secret is, and what the user is in the workspace of the request.
#[derive(Clone, Debug, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Presented {
    #[diesel(sql_type = Uuid)]
    pub id: uuid::Uuid,
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
    /// When the user signed in; of a token, when it was made.
    #[diesel(sql_type = Timestamptz)]
    pub since: DateTime<Utc>,
    /// The scope of a token; none of a session.
    #[diesel(sql_type = Nullable<Text>)]
    pub scope: Option<String>,
    /// The only workspace that a token is for.
    #[diesel(sql_type = Nullable<Uuid>)]
    pub bound_to: Option<WorkspaceId>,
    #[diesel(sql_type = Bool)]
    pub administrator: bool,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub role: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    pub leads: Option<bool>,
}

impl Presented {
    /// The workspace of the request, the user's role there, and whether the user is a member who leads a project there;
    /// `None` where the user is no member.
    #[must_use]
    pub fn membership(&self) -> Option<(WorkspaceId, Role, bool)> {
        Some((self.workspace_id?, Role::parse(self.role.as_deref()?)?, self.leads.unwrap_or_default()))
    }
}

/// The membership of the request: in the workspace that it names, or else in the user's first one.
macro_rules! membership {
    ($user:literal, $named:literal) => {
        concat!(
            "LEFT JOIN LATERAL (
                 SELECT m.workspace_id, ",
            standing!(),
            " FROM memberships m
                 WHERE m.user_id = ",
            $user,
            " AND m.left_at IS NULL AND (",
            $named,
            " IS NULL OR m.workspace_id = ",
            $named,
            ") ORDER BY m.created_at, m.workspace_id LIMIT 1
             ) m ON true"
        )
    };
}
pub(super) use membership;

impl NewSession<'_> {
    /// Inserts the session.
    ///
    /// # Errors
    /// If the statement fails, or the user does not exist.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(sessions::table).values(self).execute(conn).await
    }
}

impl Session {
    /// Whose a secret is, in one statement, which also notes the use if the last one noted is from `seen_before` or
    /// earlier. A session that was not used since `idle_since` has ended.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn present(
        conn: &mut AsyncPgConnection,
        digest: TokenDigest,
        workspace: Option<WorkspaceId>,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
        seen_before: DateTime<Utc>,
    ) -> QueryResult<Option<Presented>> {
        // The row is not waited for: another request has noted the use.
        prepared(concat!(
            "WITH s AS (
                 SELECT s.id, s.user_id, s.signed_in_at, s.last_seen_at, u.administrator
                 FROM sessions s JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
                 WHERE s.token_sha256 = $1 AND s.expires_at > $2 AND s.last_seen_at > $3
             ), seen AS (
                 UPDATE sessions SET last_seen_at = $2 WHERE id = (
                     SELECT id FROM sessions WHERE id = (SELECT id FROM s WHERE last_seen_at <= $4)
                     FOR NO KEY UPDATE SKIP LOCKED)
             )
             SELECT s.id, s.user_id, s.signed_in_at AS since, NULL::text AS scope, NULL::uuid AS bound_to,
                    s.administrator, m.workspace_id, m.role, m.leads
             FROM s ",
            membership!("s.user_id", "$5::uuid")
        ))
        .bind::<Bytea, _>(digest.0.to_vec())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(idle_since)
        .bind::<Timestamptz, _>(seen_before)
        .bind::<Nullable<Uuid>, _>(workspace)
        .get_result(conn)
        .await
        .optional()
    }

    /// The sessions of a user that have not ended, the last seen first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        user: UserId,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
    ) -> QueryResult<Vec<Self>> {
        sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::expires_at.gt(now).and(sessions::last_seen_at.gt(idle_since)))
            .order((sessions::last_seen_at.desc(), sessions::id))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Ends one session of a user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end(conn: &mut AsyncPgConnection, user: UserId, id: SessionId) -> QueryResult<usize> {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user).and(sessions::id.eq(id)))).execute(conn).await
    }

    /// Ends the session of a secret, of any user; the sign-on provider that vouched for the user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end_presented(conn: &mut AsyncPgConnection, digest: TokenDigest) -> QueryResult<Option<String>> {
        let ended: Option<Option<String>> =
            diesel::delete(sessions::table.filter(sessions::token_sha256.eq(digest.as_bytes())))
                .returning(sessions::provider)
                .get_result(conn)
                .await
                .optional()?;
        Ok(ended.flatten())
    }

    /// Ends all sessions of a user, but for one.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end_all(conn: &mut AsyncPgConnection, user: UserId, except: Option<SessionId>) -> QueryResult<usize> {
        let of_user = sessions::table.filter(sessions::user_id.eq(user));
        match except {
            Some(kept) => diesel::delete(of_user.filter(sessions::id.ne(kept))).execute(conn).await,
            None => diesel::delete(of_user).execute(conn).await,
        }
    }

    /// Ends the sessions of a user that were used longest ago, so that `max` are left.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end_oldest(conn: &mut AsyncPgConnection, user: UserId, max: i64) -> QueryResult<usize> {
        let oldest = sessions::table
            .filter(sessions::user_id.eq(user))
            .order((sessions::last_seen_at.desc(), sessions::id.desc()))
            .offset(max)
            .select(sessions::id)
            .load::<SessionId>(conn)
            .await?;
        if oldest.is_empty() {
            return Ok(0);
        }
        diesel::delete(sessions::table.filter(sessions::id.eq_any(oldest))).execute(conn).await
    }

    /// Ends what a sign-on provider has ended: one session, or all of a user there.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end_of_provider(
        conn: &mut AsyncPgConnection,
        provider: &str,
        subject: Option<&str>,
        session: Option<&str>,
    ) -> QueryResult<usize> {
        prepared(
            "DELETE FROM sessions WHERE provider = $1 AND ($2::text IS NULL OR provider_subject = $2)
             AND ($3::text IS NULL OR provider_session = $3) AND NOT ($2 IS NULL AND $3 IS NULL)",
        )
        .bind::<Text, _>(provider.to_owned())
        .bind::<Nullable<Text>, _>(subject.map(str::to_owned))
        .bind::<Nullable<Text>, _>(session.map(str::to_owned))
        .execute(conn)
        .await
    }

    /// Replaces the secret of a session, which shows that the user has just proved who they are.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn renew(
        conn: &mut AsyncPgConnection,
        id: SessionId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(sessions::table.find(id))
            .set((
                sessions::token_sha256.eq(digest.as_bytes()),
                sessions::signed_in_at.eq(now),
                sessions::last_seen_at.eq(now),
            ))
            .execute(conn)
            .await
    }

    /// Forgets a batch of sessions that ended before `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM sessions WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM sessions WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            PURGE_BATCH,
        )
        .await
    }
}
