//! What a user signs in with, as the user sees it.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::Error;
use diesel_async::AsyncPgConnection;

use crate::models::{Account, RecoveryCode, SecondFactor};
use crate::values::ids::UserId;

/// What a user signs in with.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SignInProfile {
    pub id: UserId,
    pub name: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub administrator: bool,
    pub has_password: bool,
    pub second_factor: bool,
    pub recovery_codes_left: i64,
    pub deletion_due_at: Option<DateTime<Utc>>,
}

/// That of a user.
///
/// # Errors
/// When there is no such user, or the database fails.
pub async fn of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<SignInProfile> {
    let account = Account::find(conn, user).await?.ok_or(Error::NotFound)?;
    let factor = SecondFactor::find(conn, user).await?.filter(|factor| factor.confirmed_at.is_some());
    let recovery_codes_left = match &factor {
        Some(_) => RecoveryCode::left(conn, user).await?,
        None => 0,
    };
    Ok(SignInProfile {
        id: account.id,
        name: account.name,
        email: account.email,
        email_verified: account.email_verified_at.is_some(),
        administrator: account.administrator,
        has_password: account.password_hash.is_some(),
        second_factor: factor.is_some(),
        recovery_codes_left,
        deletion_due_at: account.deletion_due_at,
    })
}
