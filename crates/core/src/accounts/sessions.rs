//! Sessions of browsers: begun by a sign-in, ended by the user, by an administrator, by idleness or by age.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::audit::{self, By, Object};
use crate::database::transaction;
use crate::models::NewSession;
pub use crate::models::Session;
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{SessionId, UserId};
use crate::values::secret_token::{SecretToken, TokenDigest};
use crate::values::text::shorten;

/// Most sessions of one user. The one that was used longest ago makes way for a new one.
pub const SESSIONS_MAX: i64 = 100;

/// So much of the name of a browser is kept, in characters.
const USER_AGENT_MAX: usize = 500;

/// A sign-in is recent for so long. Sensitive changes ask for a recent one.
pub const RECENT: TimeDelta = TimeDelta::minutes(10);

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub age: Duration,
}

impl SessionLimits {
    /// A session that was last seen at this instant, or before, has ended.
    #[must_use]
    pub fn idle_since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::from_std(self.idle).unwrap_or(TimeDelta::MAX / 4)
    }

    fn ends(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::from_std(self.age).unwrap_or(TimeDelta::days(3_650))
    }
}

/// Where a session is used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Device<'a> {
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// From where it comes.
    pub address: Option<IpAddr>,
}

/// The sign-on provider that vouched for the user of a session.
#[derive(Clone, Debug)]
pub struct VouchedBy<'a> {
    /// The provider.
    pub provider: &'a str,
    /// Its name for the user.
    pub subject: &'a str,
    /// Its name for the session, if it gave one.
    pub session: Option<&'a str>,
}

/// Begins a session, in the transaction of the caller. The secret is always a new one, whatever the browser sent: a
/// secret that an attacker planted there opens nothing.
///
/// # Errors
/// Those of the database.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    user: UserId,
    device: Device<'_>,
    vouched_by: Option<&VouchedBy<'_>>,
    limits: SessionLimits,
    now: DateTime<Utc>,
) -> QueryResult<SecretToken> {
    let token = SecretToken::generate();
    let digest = token.digest();
    // Visible characters only: the text is shown in a list, and comes from any client.
    let user_agent: String = device.user_agent.chars().filter(|c| !c.is_control()).collect();
    let address = device.address.map(|address| address.to_string());
    let new = NewSession {
        id: SessionId::new(),
        user_id: user,
        token_sha256: digest.as_bytes(),
        created_at: now,
        signed_in_at: now,
        last_seen_at: now,
        expires_at: limits.ends(now),
        user_agent: &shorten(&user_agent, USER_AGENT_MAX),
        address: address.as_deref(),
        provider: vouched_by.map(|by| by.provider),
        provider_subject: vouched_by.map(|by| by.subject),
        provider_session: vouched_by.and_then(|by| by.session),
    };
    new.insert(conn).await?;
    Session::end_oldest(conn, user, SESSIONS_MAX).await?;
    Ok(token)
}

/// Replaces the secret of a session whose user has just shown who they are.
///
/// # Errors
/// Those of the database.
pub async fn renew(conn: &mut AsyncPgConnection, id: SessionId, now: DateTime<Utc>) -> QueryResult<SecretToken> {
    let token = SecretToken::generate();
    Session::renew(conn, id, token.digest(), now).await?;
    Ok(token)
}

/// Ends the session of a secret, and returns the sign-on provider that vouched for its user. Nothing happens when there
/// is none.
///
/// # Errors
/// Those of the database.
pub async fn end_presented(conn: &mut AsyncPgConnection, token: &str) -> QueryResult<Option<String>> {
    Session::end_presented(conn, TokenDigest::of(token)).await
}

/// Ends all sessions of a user, and with them their event streams. Other servers learn of it within a second.
///
/// # Errors
/// Those of the database.
pub async fn end_all_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<usize> {
    Session::end_all(conn, user, None).await
}

/// Ends all sessions of a user but one.
///
/// # Errors
/// Those of the database.
pub async fn end_others(conn: &mut AsyncPgConnection, user: UserId, kept: Option<SessionId>) -> QueryResult<usize> {
    Session::end_all(conn, user, kept).await
}

/// Ends one session of a user, and says whether there was one.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "sessions::end_one", skip_all)]
pub async fn end_one(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: SessionId,
    by: By,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    transaction(conn, async |conn| {
        if Session::end(conn, user, id).await? == 0 {
            return Ok(false);
        }
        audit::record(conn, by, "session.ended", Object::user(user), json!({"sessionId": id}), now).await?;
        Ok(true)
    })
    .await
}

/// Ends all sessions of a user but the one that asks.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "sessions::end_others_by", skip_all)]
pub async fn end_others_by(
    conn: &mut AsyncPgConnection,
    user: UserId,
    kept: Option<SessionId>,
    by: By,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    transaction(conn, async |conn| {
        let ended = end_others(conn, user, kept).await?;
        audit::record(conn, by, "session.others_ended", Object::user(user), json!({"ended": ended}), now).await?;
        Ok(ended)
    })
    .await
}

/// Ends the sessions that a sign-on provider has ended: one by its name, or all of a user there.
///
/// # Errors
/// Those of the database.
pub async fn end_of_provider(
    conn: &mut AsyncPgConnection,
    provider: &str,
    subject: Option<&str>,
    session: Option<&str>,
) -> QueryResult<usize> {
    Session::end_of_provider(conn, provider, subject, session).await
}
