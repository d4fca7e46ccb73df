//! Who a user is for a single sign-on provider.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::schema::sign_on_identities;
use crate::values::ids::UserId;

/// A row of `sign_on_identities`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_on_identities)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct SignOnIdentity {
    pub provider: String,
    pub subject: String,
    pub user_id: UserId,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
}

impl SignOnIdentity {
    /// The user with this name at a provider.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn user(conn: &mut AsyncPgConnection, provider: &str, subject: &str) -> QueryResult<Option<UserId>> {
        let identity = sign_on_identities::table.find((provider, subject));
        identity.select(sign_on_identities::user_id).first(conn).await.optional()
    }

    /// Links a user to a provider's name for them. Another account of the same provider violates
    /// `sign_on_identities_user_key`.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(sign_on_identities::table).values(self).execute(conn).await
    }

    /// Notes a sign-in.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn used(
        conn: &mut AsyncPgConnection,
        provider: &str,
        subject: &str,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(sign_on_identities::table.find((provider, subject)))
            .set(sign_on_identities::last_used_at.eq(now))
            .execute(conn)
            .await
    }

    /// What a user is linked to.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Self>> {
        sign_on_identities::table
            .filter(sign_on_identities::user_id.eq(user))
            .order(sign_on_identities::provider)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Unlinks a user from a provider.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn remove(conn: &mut AsyncPgConnection, user: UserId, provider: &str) -> QueryResult<usize> {
        let link = sign_on_identities::table
            .filter(sign_on_identities::user_id.eq(user).and(sign_on_identities::provider.eq(provider)));
        diesel::delete(link).execute(conn).await
    }
}
