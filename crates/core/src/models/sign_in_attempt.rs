//! Wrong tries to sign in, and the browsers that are known to belong to a user.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Integer, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::PURGE_BATCH;
use crate::database::prepared;
use crate::database::schema::known_devices;
use crate::values::ids::UserId;
use crate::values::secret_token::TokenDigest;

/// What wrong tries are counted for, and how the pauses grow there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptSubject {
    /// SHA-256 of the subject.
    pub digest: [u8; 32],
    /// So many wrong tries have no pause after them.
    pub free: i32,
    /// The longest pause, in seconds.
    pub longest: i32,
}

/// The statements about `sign_in_attempts`.
#[derive(Debug)]
pub struct SignInAttempt;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Bytea)]
    subject: Vec<u8>,
}

#[derive(QueryableByName)]
struct Until {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
}

impl SignInAttempt {
    /// Counts a try as a wrong one for every subject, in their order, and says for how many. One that has to wait is
    /// not counted. What was wrong before `forgotten_before` is forgotten.
    ///
    /// Before the password is looked at: any number of tries at once are counted one after the other.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(
        conn: &mut AsyncPgConnection,
        subjects: &[AttemptSubject],
        now: DateTime<Utc>,
        forgotten_before: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let mut ordered = subjects.to_vec();
        ordered.sort_by_key(|subject| subject.digest);
        // The pause after the n-th wrong try beyond the free ones is 2^n seconds, up to the longest.
        let counted: Vec<Counted> = prepared(
            "INSERT INTO sign_in_attempts AS a (subject, failures, last_failed_at, blocked_until)
             SELECT s.subject, 1, $4, $4 FROM unnest($1, $2, $3) AS s (subject, free, longest) ORDER BY s.subject
             ON CONFLICT (subject) DO UPDATE SET
                 failures = CASE WHEN a.last_failed_at < $5 THEN 1 ELSE least(a.failures, 1000000) + 1 END,
                 last_failed_at = $4,
                 blocked_until = $4 + CASE WHEN a.last_failed_at < $5 THEN interval '0' ELSE (
                     SELECT CASE WHEN a.failures + 1 <= s.free THEN 0
                            ELSE least(s.longest, 2 ^ least(a.failures + 1 - s.free, 20)) END * interval '1 second'
                     FROM unnest($1, $2, $3) AS s (subject, free, longest) WHERE s.subject = a.subject) END
             WHERE a.blocked_until <= $4
             RETURNING subject",
        )
        .bind::<Array<Bytea>, _>(ordered.iter().map(|subject| subject.digest.to_vec()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(ordered.iter().map(|subject| subject.free).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(ordered.iter().map(|subject| subject.longest).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(forgotten_before)
        .load(conn)
        .await?;
        Ok(counted.iter().filter(|counted| counted.subject.len() == 32).count())
    }

    /// Until when the longest pause of the subjects lasts.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn blocked_until(
        conn: &mut AsyncPgConnection,
        subjects: &[AttemptSubject],
    ) -> QueryResult<Option<DateTime<Utc>>> {
        let until: Until =
            prepared("SELECT max(blocked_until) AS until FROM sign_in_attempts WHERE subject = ANY ($1)")
                .bind::<Array<Bytea>, _>(subjects.iter().map(|subject| subject.digest.to_vec()).collect::<Vec<_>>())
                .get_result(conn)
                .await?;
        Ok(until.until)
    }

    /// Takes a counted try back from every subject: it was right, or was not looked at.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn take_back(conn: &mut AsyncPgConnection, subjects: &[AttemptSubject]) -> QueryResult<usize> {
        prepared(
            "UPDATE sign_in_attempts SET failures = failures - 1, blocked_until = last_failed_at
             WHERE subject IN (SELECT subject FROM sign_in_attempts WHERE subject = ANY ($1) AND failures > 0
                               ORDER BY subject FOR NO KEY UPDATE)",
        )
        .bind::<Array<Bytea>, _>(subjects.iter().map(|subject| subject.digest.to_vec()).collect::<Vec<_>>())
        .execute(conn)
        .await
    }

    /// Forgets the tries of subjects.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn forget(conn: &mut AsyncPgConnection, subjects: &[AttemptSubject]) -> QueryResult<usize> {
        prepared(
            "DELETE FROM sign_in_attempts WHERE subject IN (
                 SELECT subject FROM sign_in_attempts WHERE subject = ANY ($1) ORDER BY subject FOR UPDATE)",
        )
        .bind::<Array<Bytea>, _>(subjects.iter().map(|subject| subject.digest.to_vec()).collect::<Vec<_>>())
        .execute(conn)
        .await
    }

    /// Forgets a batch of subjects without a wrong try since `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM sign_in_attempts WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM sign_in_attempts WHERE last_failed_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            PURGE_BATCH,
        )
        .await
    }
}

/// The statements about `known_devices`.
#[derive(Debug)]
pub struct KnownDevice;

impl KnownDevice {
    /// Whether a user has signed in with this browser before.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn exists(conn: &mut AsyncPgConnection, user: UserId, digest: TokenDigest) -> QueryResult<bool> {
        let device = known_devices::table.find((user, digest.as_bytes()));
        diesel::select(diesel::dsl::exists(device)).get_result(conn).await
    }

    /// Notes that a user has signed in with this browser.
    ///
    /// # Errors
    /// If the statement fails, or the user does not exist.
    pub async fn note(
        conn: &mut AsyncPgConnection,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::insert_into(known_devices::table)
            .values((
                known_devices::user_id.eq(user),
                known_devices::token_sha256.eq(digest.as_bytes()),
                known_devices::created_at.eq(now),
                known_devices::last_seen_at.eq(now),
            ))
            .on_conflict((known_devices::user_id, known_devices::token_sha256))
            .do_update()
            .set(known_devices::last_seen_at.eq(now))
            .execute(conn)
            .await
    }

    /// Forgets a batch of browsers without a sign-in since `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM known_devices WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM known_devices WHERE last_seen_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            PURGE_BATCH,
        )
        .await
    }
}
