//! Changing the address of an account.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::attempts::{Attempt, AttemptError, Target};
use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use super::one_time_tokens::{self, Purpose};
use crate::access::{OnViolation, Rejection, RuleError};
use crate::database::transaction;
use crate::mail::Mail;
use crate::models::Account;
use crate::telemetry::RULE_TARGET;
use crate::values::EmailAddress;
use crate::values::ids::UserId;
use crate::values::secret_token::SecretToken;

/// Why an address was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AddressRejection {
    /// The link is not valid, or was used.
    #[error("the link is not valid")]
    InvalidToken,
    /// Another user has the address.
    #[error("another user has the address")]
    Taken,
}

impl Rejection for AddressRejection {
    const OBJECT: &'static str = "address";
}

/// Why an address was not changed.
pub type AddressError = RuleError<AddressRejection>;

/// Begins to change the address of a user, who has just shown who they are. The link goes to the new address; where
/// there is no mail, the token goes to the user.
///
/// # Errors
/// When too many links went to the address, or were asked for from this network; those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "addresses::begin", skip_all)]
pub async fn begin(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    link: &(dyn Fn(&str) -> Option<String> + Sync),
    user: UserId,
    email: &EmailAddress,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Option<SecretToken>, AttemptError> {
    let mailed = notify.is_set_up();
    if mailed {
        // Until it is confirmed, the address may be a stranger's, who could not make the messages stop.
        let owner = Account::by_email(conn, email).await?;
        let target = owner.as_ref().map_or(Target::Unknown(email), |owner| Target::User(owner.id));
        Attempt::mail(target, address).begin(conn, now).await?;
    }
    transaction(conn, async |conn| {
        let account = Account::lock(conn, user).await?;
        let payload = json!({"email": email.as_str(), "mailed": mailed});
        let token = one_time_tokens::issue(conn, Purpose::ChangeAddress, Some(user), payload, now).await?;
        if !mailed {
            return Ok(Some(token));
        }
        if let Some(link) = link(token.reveal()) {
            let language = account.language.clone();
            let to = Recipient { email: email.clone(), language };
            notify.queue(conn, &to, &Mail::ConfirmAddress { link }).await?;
        }
        Ok(None)
    })
    .await
}

/// Gives the account the address that the link was made for. Links to the old address stop working.
///
/// # Errors
/// When the link is not valid, another user has the address by now, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "addresses::confirm", skip_all)]
pub async fn confirm(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    token: &str,
    by: impl Fn(UserId) -> By,
    now: DateTime<Utc>,
) -> Result<UserId, AddressError> {
    transaction(conn, async |conn| {
        let redeemed = one_time_tokens::redeem(conn, Purpose::ChangeAddress, token, now).await?;
        let redeemed = redeemed.ok_or(AddressRejection::InvalidToken)?;
        let email = redeemed
            .payload
            .get("email")
            .and_then(|email| email.as_str())
            .and_then(|text| EmailAddress::parse(text).ok());
        let (Some(user), Some(email)) = (redeemed.user_id, email) else {
            return Err(AddressRejection::InvalidToken.into());
        };
        let account = Account::lock(conn, user).await?;
        // Only what was sent by mail shows that mail arrives.
        let verified_at = redeemed.payload.get("mailed").is_some_and(|mailed| mailed == true).then_some(now);
        let taken = |constraint: &str| (constraint == "users_email_key").then_some(AddressRejection::Taken);
        Account::set_email(conn, user, &email, verified_at, now).await.on_violation(taken)?;
        one_time_tokens::revoke(conn, Purpose::Reset, Some(user)).await?;
        let details = json!({"verified": verified_at.is_some()});
        audit::record(conn, by(user), "address.changed", Object::user(user), details, now).await?;
        if let Some(old) = Recipient::of(&account) {
            notify.queue(conn, &old, &Mail::AddressChanged).await?;
        }
        Ok(user)
    })
    .await
}
