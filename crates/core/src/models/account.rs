//! What a user signs in with.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;
use crate::database::schema::users;
use crate::values::EmailAddress;
use crate::values::ids::UserId;

/// What a row of `users` says about signing in.
#[derive(Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Account {
    pub id: UserId,
    pub name: String,
    pub email: Option<String>,
    pub language: Option<String>,
    pub password_hash: Option<String>,
    pub password_changed_at: Option<DateTime<Utc>>,
    pub email_verified_at: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub administrator: bool,
    pub deletion_due_at: Option<DateTime<Utc>>,
}

impl Account {
    /// The account with an address, in any spelling of it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn by_email(conn: &mut AsyncPgConnection, email: &EmailAddress) -> QueryResult<Option<Self>> {
        prepared(
            "SELECT id, name, email, language, password_hash, password_changed_at, email_verified_at, disabled_at, administrator,
                    deletion_due_at
             FROM users WHERE fold_name(email) = fold_name($1)",
        )
        .bind::<Text, _>(email.as_str().to_owned())
        .get_result(conn)
        .await
        .optional()
    }

    /// The account of a user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<Self>> {
        users::table.find(id).select(Self::as_select()).first(conn).await.optional()
    }

    /// The account of a user, locked until the transaction ends.
    ///
    /// # Errors
    /// `NotFound` if there is no such user; any error of the statement, such as a wait longer than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Self> {
        users::table.find(id).select(Self::as_select()).for_no_key_update().first(conn).await
    }

    /// Creates a user without a password.
    ///
    /// # Errors
    /// A violation of `users_email_key` when another user has the address; any other error of the statement.
    pub async fn create(
        conn: &mut AsyncPgConnection,
        id: UserId,
        name: &str,
        email: &EmailAddress,
        verified_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::insert_into(users::table)
            .values((
                users::id.eq(id),
                users::name.eq(name),
                users::email.eq(email.as_str()),
                users::email_verified_at.eq(verified_at),
                users::created_at.eq(now),
                users::updated_at.eq(now),
            ))
            .execute(conn)
            .await
    }

    /// Whether the installation has an administrator, which is what setting it up makes.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn has_administrator(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        diesel::select(exists(users::table.filter(users::administrator))).get_result(conn).await
    }

    /// Gives a user another password, or none.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn set_password(
        conn: &mut AsyncPgConnection,
        id: UserId,
        hash: Option<&str>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(users::table.find(id))
            .set((users::password_hash.eq(hash), users::password_changed_at.eq(now), users::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Stores the same password with other parameters, unless it was changed meanwhile.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn rehash(conn: &mut AsyncPgConnection, id: UserId, old: &str, new: &str) -> QueryResult<usize> {
        diesel::update(users::table.filter(users::id.eq(id).and(users::password_hash.eq(old))))
            .set(users::password_hash.eq(new))
            .execute(conn)
            .await
    }

    /// Gives a user an address; one of another user violates `users_email_key`.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn set_email(
        conn: &mut AsyncPgConnection,
        id: UserId,
        email: &EmailAddress,
        verified_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(users::table.find(id))
            .set((users::email.eq(email.as_str()), users::email_verified_at.eq(verified_at), users::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Notes that mail to the address arrives, unless it is another one by now.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn verify_email(
        conn: &mut AsyncPgConnection,
        id: UserId,
        email: &EmailAddress,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE users SET email_verified_at = coalesce(email_verified_at, $3)
             WHERE id = $1 AND fold_name(email) = fold_name($2)",
        )
        .bind::<Uuid, _>(id)
        .bind::<Text, _>(email.as_str().to_owned())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Makes a user an administrator of the installation, with a name if one is given.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn make_administrator(
        conn: &mut AsyncPgConnection,
        id: UserId,
        name: Option<&str>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared("UPDATE users SET administrator = true, name = coalesce($2, name), updated_at = $3 WHERE id = $1")
            .bind::<Uuid, _>(id)
            .bind::<Nullable<Text>, _>(name.map(str::to_owned))
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await
    }

    /// Makes a user an administrator of the installation, or one no longer.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn set_administrator(
        conn: &mut AsyncPgConnection,
        id: UserId,
        administrator: bool,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(users::table.find(id))
            .set((users::administrator.eq(administrator), users::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Disables an account from an instant on, or enables it again.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn set_disabled(
        conn: &mut AsyncPgConnection,
        id: UserId,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(users::table.find(id))
            .set((users::disabled_at.eq(since), users::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Makes setting up one thing at a time: the lock ends with the transaction.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock_setup(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        prepared("SELECT pg_advisory_xact_lock(hashtextextended('clockwork setup', 0))").execute(conn).await
    }
}
