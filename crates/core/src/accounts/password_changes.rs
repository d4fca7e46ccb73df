//! Changing a password, and choosing one in place of a forgotten one.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::attempts::{Attempt, AttemptError, Target};
use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use super::one_time_tokens::{self, Purpose};
use super::passwords::{HashingBusy, NewPassword, PasswordHasher, PasswordRejected};
use super::sessions;
use crate::database::{DatabaseFailure, Db, DbError, transaction};
use crate::mail::Mail;
use crate::models::{Account, SignOnIdentity};
use crate::telemetry::RULE_TARGET;
use crate::values::EmailAddress;
use crate::values::ids::{SessionId, UserId};
use crate::values::secret_token::SecretToken;

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordChangeError {
    /// The new password is not taken.
    #[error(transparent)]
    Rejected(#[from] PasswordRejected),
    /// The account has no address to sign in with.
    #[error("the account has no address")]
    NoAddress,
    /// The account signs in with a provider, and has no password: one would be a second way in that the provider does
    /// not know of.
    #[error("the account signs in with a provider")]
    SignsInElsewhere,
    /// The link is not valid, or was used.
    #[error("the link is not valid")]
    InvalidToken,
    /// Too many passwords wait to be hashed.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// No connection.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
}

impl DatabaseFailure for PasswordChangeError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

/// The address of an account whose password may be changed.
async fn address(conn: &mut AsyncPgConnection, account: &Account) -> Result<EmailAddress, PasswordChangeError> {
    if account.password_hash.is_none() && !SignOnIdentity::list(conn, account.id).await?.is_empty() {
        return Err(PasswordChangeError::SignsInElsewhere);
    }
    let email = account.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    email.ok_or(PasswordChangeError::NoAddress)
}

/// Changes the password of a user who has just shown who they are. All other sessions end, and this one gets another
/// secret.
///
/// # Errors
/// See [`PasswordChangeError`].
#[tracing::instrument(target = RULE_TARGET, name = "passwords::change", skip_all)]
#[expect(clippy::too_many_arguments, reason = "the services and the request")]
pub async fn change(
    db: &Db,
    hasher: &PasswordHasher,
    notify: &dyn Notify,
    user: UserId,
    session: Option<SessionId>,
    password: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<Option<SecretToken>, PasswordChangeError> {
    let email = {
        let mut conn = db.conn().await?;
        let account = Account::find(&mut conn, user).await?.ok_or(diesel::result::Error::NotFound)?;
        address(&mut conn, &account).await?
    };
    let hash = hasher.hash(&NewPassword::parse(password, Some(&email))?).await?;
    let mut conn = db.conn().await?;
    transaction(&mut conn, async |conn| {
        let account = Account::lock(conn, user).await?;
        address(conn, &account).await?;
        set(conn, notify, &account, &hash, by, now).await?;
        sessions::end_others(conn, user, session).await?;
        Ok(match session {
            Some(session) => Some(sessions::renew(conn, session, now).await?),
            None => None,
        })
    })
    .await
}

async fn set(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    account: &Account,
    hash: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), PasswordChangeError> {
    Account::set_password(conn, account.id, Some(hash), now).await?;
    one_time_tokens::revoke(conn, Purpose::Reset, Some(account.id)).await?;
    audit::record(conn, by, "password.changed", Object::user(account.id), json!({}), now).await?;
    if let Some(recipient) = Recipient::of(account) {
        notify.queue(conn, &recipient, &Mail::PasswordChanged).await?;
    }
    Ok(())
}

/// Sends a link to choose a new password to an account. For an address that is no user's, or a user without a password,
/// the same statements are sent, and no mail.
///
/// # Errors
/// When too many links were asked for, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "passwords::forgotten", skip_all)]
pub async fn forgotten(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    link: &(dyn Fn(&str) -> Option<String> + Sync),
    email: &EmailAddress,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<(), AttemptError> {
    let account = Account::by_email(conn, email).await?;
    let target = account.as_ref().map_or(Target::Unknown(email), |account| Target::User(account.id));
    Attempt::mail(target, address).begin(conn, now).await?;
    let account = account.filter(|account| account.password_hash.is_some() && account.disabled_at.is_none());
    transaction(conn, async |conn| {
        let user = account.as_ref().map(|account| account.id);
        // A token of no user opens nothing, and no answer tells of it.
        let token = one_time_tokens::issue(conn, Purpose::Reset, user, json!({"mailed": true}), now).await?;
        let by = By::anonymous(user, address);
        audit::record(conn, by, "password.forgotten", Object::of_installation("user", None), json!({}), now).await?;
        match (account.as_ref().and_then(Recipient::of), link(token.reveal())) {
            // To the address of the account, and never to the one in the request: they may look alike.
            (Some(recipient), Some(link)) => notify.queue(conn, &recipient, &Mail::ResetPassword { link }).await?,
            _ => notify.queue_placeholder(conn).await?,
        }
        Ok(())
    })
    .await
}

/// Makes a link to choose a new password, for an administrator or a command that passes it on; `None` when there is no
/// such user, or the user has no address.
///
/// # Errors
/// Those of the database.
pub async fn reset_token(
    conn: &mut AsyncPgConnection,
    email: &EmailAddress,
    by: By,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<SecretToken>> {
    transaction(conn, async |conn| {
        let Some(account) = Account::by_email(conn, email).await? else { return Ok(None) };
        let payload = json!({"mailed": false});
        let token = one_time_tokens::issue(conn, Purpose::Reset, Some(account.id), payload, now).await?;
        audit::record(conn, by, "password.reset_link", Object::user(account.id), json!({}), now).await?;
        Ok(Some(token))
    })
    .await
}

/// Chooses a new password with a link. All sessions of the user end; the second factor stays.
///
/// # Errors
/// See [`PasswordChangeError`].
#[tracing::instrument(target = RULE_TARGET, name = "passwords::reset", skip_all)]
pub async fn reset(
    db: &Db,
    hasher: &PasswordHasher,
    notify: &dyn Notify,
    token: &str,
    password: &str,
    address_of_caller: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<UserId, PasswordChangeError> {
    let (user, email) = {
        let mut conn = db.conn().await?;
        let redeemed = one_time_tokens::peek(&mut conn, Purpose::Reset, token, now).await?;
        let user = redeemed.and_then(|redeemed| redeemed.user_id).ok_or(PasswordChangeError::InvalidToken)?;
        let account = Account::find(&mut conn, user).await?.ok_or(PasswordChangeError::InvalidToken)?;
        (user, address(&mut conn, &account).await?)
    };
    let hash = hasher.hash(&NewPassword::parse(password, Some(&email))?).await?;
    let mut conn = db.conn().await?;
    transaction(&mut conn, async |conn| {
        let account = Account::lock(conn, user).await?;
        let redeemed = one_time_tokens::redeem(conn, Purpose::Reset, token, now).await?;
        let redeemed = redeemed.filter(|redeemed| redeemed.user_id == Some(user) && account.disabled_at.is_none());
        let redeemed = redeemed.ok_or(PasswordChangeError::InvalidToken)?;
        address(conn, &account).await?;
        let by = By::anonymous(Some(user), address_of_caller);
        set(conn, notify, &account, &hash, by, now).await?;
        if redeemed.payload.get("mailed").is_some_and(|mailed| mailed == true) {
            Account::verify_email(conn, user, &email, now).await?;
        }
        sessions::end_all_of(conn, user).await?;
        Ok(user)
    })
    .await
}
