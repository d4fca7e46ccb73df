//! Links and codes that work once: for setting up, a forgotten password, a new address, the way back from a sign-on
//! provider.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::Value;

use crate::models::NewOneTimeToken;
pub use crate::models::Redeemed;
use crate::values::ids::{OneTimeTokenId, UserId};
use crate::values::secret_token::{SecretToken, TokenDigest};

/// What a token is for. A token for one purpose is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first administrator.
    Setup,
    /// Chooses a password in place of a forgotten one.
    Reset,
    /// Shows that mail to a new address arrives, which then becomes the account's.
    ChangeAddress,
    /// Comes back from a sign-on provider: the `state` of OpenID Connect.
    SignOn,
}

impl Purpose {
    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Reset => "reset",
            Self::ChangeAddress => "change_address",
            Self::SignOn => "sign_on",
        }
    }

    /// How long a token can be used.
    #[must_use]
    pub fn valid_for(self) -> TimeDelta {
        match self {
            Self::Setup => TimeDelta::days(7),
            Self::Reset => TimeDelta::hours(1),
            Self::ChangeAddress => TimeDelta::days(1),
            Self::SignOn => TimeDelta::minutes(10),
        }
    }
}

/// Makes a token, in the transaction of the caller. The text is shown once. Earlier tokens of the user for the same
/// purpose stop working.
///
/// # Errors
/// Those of the database.
pub async fn issue(
    conn: &mut AsyncPgConnection,
    purpose: Purpose,
    user: Option<UserId>,
    payload: Value,
    now: DateTime<Utc>,
) -> QueryResult<SecretToken> {
    if user.is_some() {
        NewOneTimeToken::revoke(conn, purpose.as_str(), user).await?;
    }
    let token = SecretToken::generate();
    let digest = token.digest();
    let new = NewOneTimeToken {
        id: OneTimeTokenId::new(),
        purpose: purpose.as_str(),
        token_sha256: digest.as_bytes(),
        user_id: user,
        payload,
        created_at: now,
        expires_at: now + purpose.valid_for(),
    };
    new.insert(conn).await?;
    Ok(token)
}

/// Takes a token, in the transaction of the caller: it is used when that is committed. `None` when there is no such
/// token for this purpose, or it was used before, or is too old. Of two requests with the same token, one gets it.
///
/// # Errors
/// Those of the database.
pub async fn redeem(
    conn: &mut AsyncPgConnection,
    purpose: Purpose,
    token: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<Redeemed>> {
    NewOneTimeToken::redeem(conn, purpose.as_str(), TokenDigest::of(token), now).await
}

/// What a token is for, without taking it: what a page shows before its form is sent.
///
/// # Errors
/// Those of the database.
pub async fn peek(
    conn: &mut AsyncPgConnection,
    purpose: Purpose,
    token: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<Redeemed>> {
    NewOneTimeToken::peek(conn, purpose.as_str(), TokenDigest::of(token), now).await
}

/// Makes the tokens of a user for a purpose useless; without a user, those that belong to no user.
///
/// # Errors
/// Those of the database.
pub async fn revoke(conn: &mut AsyncPgConnection, purpose: Purpose, user: Option<UserId>) -> QueryResult<()> {
    NewOneTimeToken::revoke(conn, purpose.as_str(), user).await.map(|_| ())
}
