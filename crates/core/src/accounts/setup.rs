//! Setting an installation up: its first administrator, who owns the workspace that is there from the beginning.
//!
//! The built-in user becomes this administrator. So an installation that was used with `AUTH_MODE=none` keeps every
//! entry, and goes on with the same owner under `AUTH_MODE=none` again.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::audit::{self, By, Object};
use super::one_time_tokens::{self, Purpose};
use super::workspaces::{BUILT_IN_CALLER, ensure_built_in};
use crate::access::{OnViolation, Rejection, RuleError};
use crate::database::transaction;
use crate::models::Account;
use crate::telemetry::RULE_TARGET;
use crate::values::ids::UserId;
use crate::values::secret_token::SecretToken;
use crate::values::{DisplayName, EmailAddress};

/// Why an installation was not set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupRejection {
    /// There is an administrator already.
    #[error("the installation is set up")]
    Done,
    /// The token is not one for setting up, or too old.
    #[error("the token is not valid")]
    InvalidToken,
    /// Another user has the address.
    #[error("another user has the address")]
    AddressTaken,
}

impl Rejection for SetupRejection {
    const OBJECT: &'static str = "installation";
}

/// Why an installation was not set up.
pub type SetupError = RuleError<SetupRejection>;

/// The first administrator.
#[derive(Debug)]
pub struct Owner<'a> {
    /// How they are called; the name stays when there is none here.
    pub name: Option<DisplayName>,
    /// Their address.
    pub email: EmailAddress,
    /// The hash of their password; none where they sign in with a provider only.
    pub password_hash: Option<&'a str>,
}

/// How the request shows that it may set the installation up.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// By the token from the log.
    Token(&'a str),
    /// The token was checked before the user went to a sign-on provider.
    Checked,
    /// It is a command on the machine.
    Command,
}

/// Whether there is still no administrator.
///
/// # Errors
/// Those of the database.
pub async fn is_needed(conn: &mut AsyncPgConnection) -> diesel::QueryResult<bool> {
    Account::has_administrator(conn).await.map(|there| !there)
}

/// A token for setting up; `None` when there is an administrator. Tokens that were made before stay valid: each server
/// of an installation shows one of its own.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "setup::token", skip_all)]
pub async fn token(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> diesel::QueryResult<Option<SecretToken>> {
    if !is_needed(conn).await? {
        return Ok(None);
    }
    one_time_tokens::issue(conn, Purpose::Setup, None, json!({}), now).await.map(Some)
}

/// Whether a token may set the installation up: what is looked at before a password is hashed.
///
/// # Errors
/// When it may not, or the database fails.
pub async fn check(conn: &mut AsyncPgConnection, token: &str, now: DateTime<Utc>) -> Result<(), SetupError> {
    if !is_needed(conn).await? {
        return Err(SetupRejection::Done.into());
    }
    match one_time_tokens::peek(conn, Purpose::Setup, token, now).await? {
        Some(_) => Ok(()),
        None => Err(SetupRejection::InvalidToken.into()),
    }
}

/// Makes the first administrator. Of several requests at once, one does.
///
/// # Errors
/// When the installation is set up already, the token is not valid, another user has the address, or the database
/// fails.
#[tracing::instrument(target = RULE_TARGET, name = "setup::create_owner", skip_all)]
pub async fn create_owner(
    conn: &mut AsyncPgConnection,
    authority: Authority<'_>,
    owner: &Owner<'_>,
    by: By,
    now: DateTime<Utc>,
) -> Result<UserId, SetupError> {
    let user = BUILT_IN_CALLER.user();
    transaction(conn, async |conn| {
        Account::lock_setup(conn).await?;
        if !is_needed(conn).await? {
            return Err(SetupRejection::Done.into());
        }
        if let Authority::Token(token) = authority
            && one_time_tokens::redeem(conn, Purpose::Setup, token, now).await?.is_none()
        {
            return Err(SetupRejection::InvalidToken.into());
        }
        ensure_built_in(conn, now).await?;
        Account::lock(conn, user).await?;
        let taken = |constraint: &str| (constraint == "users_email_key").then_some(SetupRejection::AddressTaken);
        // The token from the log proves control of the server, so the address counts as verified as well.
        Account::set_email(conn, user, &owner.email, Some(now), now).await.on_violation(taken)?;
        if owner.password_hash.is_some() {
            Account::set_password(conn, user, owner.password_hash, now).await?;
        }
        let name = owner.name.as_ref().map(DisplayName::as_str);
        Account::make_administrator(conn, user, name, now).await?;
        one_time_tokens::revoke(conn, Purpose::Setup, None).await?;
        audit::record(conn, by, "installation.set_up", Object::user(user), json!({}), now).await?;
        Ok(user)
    })
    .await
}
