//! Second factors and recovery codes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::schema::{recovery_codes, second_factors};
use crate::values::ids::UserId;
use crate::values::secret_token::TokenDigest;

/// A row of `second_factors`.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = second_factors)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct SecondFactor {
    pub user_id: UserId,
    pub secret: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub last_step: i64,
}

impl SecondFactor {
    /// The factor of a user, confirmed or not.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Self>> {
        second_factors::table.find(user).select(Self::as_select()).first(conn).await.optional()
    }

    /// Begins a factor, in place of one that was not confirmed. Zero rows when there is a confirmed one.
    ///
    /// # Errors
    /// If the statement fails, or the user does not exist.
    pub async fn begin(
        conn: &mut AsyncPgConnection,
        user: UserId,
        secret: &[u8],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::delete(second_factors::table.find(user))
            .filter(second_factors::confirmed_at.is_null())
            .execute(conn)
            .await?;
        diesel::insert_into(second_factors::table)
            .values((
                second_factors::user_id.eq(user),
                second_factors::secret.eq(secret),
                second_factors::created_at.eq(now),
                second_factors::last_step.eq(0),
            ))
            .on_conflict(second_factors::user_id)
            .do_nothing()
            .execute(conn)
            .await
    }

    /// Notes that the code of a time step was taken; zero rows when it, or a later one, was taken before.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn take_step(conn: &mut AsyncPgConnection, user: UserId, step: i64) -> QueryResult<usize> {
        let factor =
            second_factors::table.filter(second_factors::user_id.eq(user).and(second_factors::last_step.lt(step)));
        diesel::update(factor).set(second_factors::last_step.eq(step)).execute(conn).await
    }

    /// Confirms a factor.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn confirm(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<usize> {
        diesel::update(second_factors::table.find(user)).set(second_factors::confirmed_at.eq(now)).execute(conn).await
    }

    /// Removes the factor of a user with its recovery codes.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn remove(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<usize> {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn).await?;
        diesel::delete(second_factors::table.find(user)).execute(conn).await
    }
}

/// The statements about `recovery_codes`.
#[derive(Debug)]
pub struct RecoveryCode;

impl RecoveryCode {
    /// Gives a user new codes in place of all others.
    ///
    /// # Errors
    /// If the statement fails, or the user does not exist.
    pub async fn replace(
        conn: &mut AsyncPgConnection,
        user: UserId,
        codes: &[TokenDigest],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn).await?;
        let rows: Vec<_> = codes
            .iter()
            .map(|code| {
                (
                    recovery_codes::user_id.eq(user),
                    recovery_codes::code_sha256.eq(code.as_bytes()),
                    recovery_codes::created_at.eq(now),
                )
            })
            .collect();
        diesel::insert_into(recovery_codes::table).values(rows).execute(conn).await
    }

    /// Takes a code; zero rows when there is no such code, or it was taken before.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for another request with the code than `lock_timeout`.
    pub async fn take(
        conn: &mut AsyncPgConnection,
        user: UserId,
        code: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let unused = recovery_codes::table
            .filter(recovery_codes::user_id.eq(user).and(recovery_codes::code_sha256.eq(code.as_bytes())))
            .filter(recovery_codes::used_at.is_null());
        diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(conn).await
    }

    /// How many codes of a user are left.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn left(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
        recovery_codes::table
            .filter(recovery_codes::user_id.eq(user).and(recovery_codes::used_at.is_null()))
            .count()
            .get_result(conn)
            .await
    }
}
