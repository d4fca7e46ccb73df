//! Accounts, as the administrators of an installation see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Page;
use super::page::paged_oldest_first;
use crate::database::prepared;
use crate::values::ids::UserId;

/// An account, and how it is used. Nothing of what its user tracks.
#[derive(Clone, Debug, QueryableByName)]
pub struct AccountSummary {
    /// The user.
    #[diesel(sql_type = Uuid)]
    pub id: UserId,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The address that it signs in with.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Whether it runs the installation.
    #[diesel(sql_type = Bool)]
    pub administrator: bool,
    /// Since when it cannot sign in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// When it is to be deleted, as its user has asked.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub deletion_due_at: Option<DateTime<Utc>>,
    /// Whether it has a password.
    #[diesel(sql_type = Bool)]
    pub has_password: bool,
    /// Whether it is linked with a provider of single sign-on.
    #[diesel(sql_type = Bool)]
    pub has_single_sign_on: bool,
    /// Whether it asks for a second factor.
    #[diesel(sql_type = Bool)]
    pub has_second_factor: bool,
    /// In how many workspaces its user is a member.
    #[diesel(sql_type = BigInt)]
    pub workspaces: i64,
    /// When one of its sessions that have not ended was last used.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

paged_oldest_first!(AccountSummary);

/// Accounts of people: neither placeholders nor what is left of accounts that were deleted.
macro_rules! accounts {
    ($condition:literal) => {
        concat!(
            "SELECT u.id, u.name, u.email, u.administrator, u.disabled_at, u.deletion_due_at, u.created_at,
                    u.password_hash IS NOT NULL AS has_password,
                    EXISTS (SELECT FROM sign_on_identities i WHERE i.user_id = u.id) AS has_single_sign_on,
                    EXISTS (SELECT FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS has_second_factor,
                    (SELECT count(*) FROM memberships m WHERE m.user_id = u.id AND m.left_at IS NULL) AS workspaces,
                    (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id) AS last_seen_at
             FROM users u WHERE NOT is_placeholder_id(u.id) AND u.erased_at IS NULL AND ",
            $condition
        )
    };
}

impl AccountSummary {
    /// The account of a user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<Self>> {
        prepared(accounts!("u.id = $1")).bind::<Uuid, _>(id).get_result(conn).await.optional()
    }

    /// A page of accounts, the oldest first; with a text only those that have it in their name or address, in any case.
    /// Each page reads all accounts, of which an installation has thousands and not millions.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, text: Option<&str>, page: Page) -> QueryResult<Vec<Self>> {
        prepared(accounts!(
            "($1::text IS NULL OR strpos(fold_name(u.name), fold_name($1)) > 0 OR strpos(fold_name(u.email), fold_name($1)) > 0)
                 AND ($2::timestamptz IS NULL OR (u.created_at, u.id) > ($2, $3))
             ORDER BY u.created_at, u.id LIMIT $4"
        ))
        .bind::<Nullable<Text>, _>(text.map(str::to_owned))
        .bind::<Nullable<Timestamptz>, _>(page.after.map(|position| position.at))
        .bind::<Nullable<Uuid>, _>(page.after.map(|position| position.id))
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await
    }
}
