//! Signing in with a password.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::attempts::{Attempt, AttemptError, Target};
use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use super::passwords::{HashingBusy, PasswordHasher, TypedPassword, Verdict};
use super::second_factor::{self, CodeVerdict};
use super::sessions::{self, Device, SessionLimits};
use super::setup::{self, Authority, Owner, SetupError};
use crate::database::{DatabaseFailure, Db, DbError, transaction};
use crate::mail::Mail;
use crate::models::{Account, KnownDevice, SecondFactor};
use crate::telemetry::RULE_TARGET;
use crate::values::EmailAddress;
use crate::values::ids::{SessionId, UserId};
use crate::values::secret_token::{SecretToken, TokenDigest};

/// What a user has typed, and where.
#[derive(Debug)]
pub struct PasswordSignIn<'a> {
    /// The address.
    pub email: EmailAddress,
    /// The password.
    pub password: TypedPassword,
    /// A code of the second factor, or a recovery code.
    pub code: Option<&'a str>,
    /// The browser.
    pub device: Device<'a>,
    /// The mark of a browser that has been signed in before.
    pub device_mark: Option<&'a str>,
    /// The secret of the session that the browser has now; it ends.
    pub session: Option<&'a str>,
}

/// What a user who has signed in types once more.
#[derive(Debug)]
pub struct Confirmation<'a> {
    /// The password.
    pub password: TypedPassword,
    /// A code of the second factor, or a recovery code.
    pub code: Option<&'a str>,
    /// From where.
    pub address: Option<IpAddr>,
    /// The mark of a browser that has been signed in before.
    pub device_mark: Option<&'a str>,
}

/// A user who has signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: UserId,
    /// The secret of the session.
    pub session: SecretToken,
    /// The mark of the browser, if it is a new one.
    pub device_mark: Option<SecretToken>,
}

/// Why a sign-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address, the password or the code is wrong, or the account is disabled: the answer does not tell which.
    #[error("the address or the password is wrong")]
    Wrong,
    /// The password is right, and a code is needed.
    #[error("a code of the second factor is needed")]
    CodeNeeded,
    /// The password is right, and the code is wrong.
    #[error("the code is wrong")]
    WrongCode,
    /// Too many wrong tries: after so long, the next one is looked at.
    #[error("too many wrong tries")]
    Wait(TimeDelta),
    /// Too many others sign in.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// No connection.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] diesel::result::Error),
}

impl From<diesel::result::Error> for SignInError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl From<AttemptError> for SignInError {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Wait(wait) => Self::Wait(wait),
            AttemptError::Database(error) => Self::Database(error),
        }
    }
}

impl DatabaseFailure for SignInError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

/// Signs a user in. For an address that is no user's the same is done, and the same answered.
///
/// No connection is checked out while the password is hashed.
///
/// # Errors
/// See [`SignInError`].
#[tracing::instrument(target = RULE_TARGET, name = "sign_in::with_password", skip_all)]
pub async fn with_password(
    db: &Db,
    hasher: &PasswordHasher,
    notify: &dyn Notify,
    limits: SessionLimits,
    request: &PasswordSignIn<'_>,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignInError> {
    hasher.check_room()?;
    let (account, attempt, known_device) = prepare(&mut *db.conn().await?, request, now).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let verdict = hasher.verify(&request.password, stored).await;
    let mut conn = db.conn().await?;
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(busy) => {
            attempt.take_back(&mut conn).await?;
            return Err(busy.into());
        }
    };
    let by = By::anonymous(account.as_ref().map(|account| account.id), request.device.address);
    let Some(account) = account.filter(|account| verdict != Verdict::Wrong && account.disabled_at.is_none()) else {
        fail(&mut conn, by, "password", now).await?;
        return Err(SignInError::Wrong);
    };
    let outcome = transaction(&mut conn, async |conn| {
        finish(conn, notify, limits, request, &account, &verdict, &attempt, known_device, now).await
    })
    .await;
    match &outcome {
        Err(SignInError::WrongCode) => fail(&mut conn, by, "code", now).await?,
        // The password was right: that is no wrong try.
        Err(SignInError::CodeNeeded) => attempt.take_back(&mut conn).await?,
        _ => {}
    }
    outcome
}

async fn fail(conn: &mut AsyncPgConnection, by: By, what: &str, now: DateTime<Utc>) -> Result<(), SignInError> {
    let object = Object::of_installation("session", None);
    Ok(audit::record(conn, by, "session.refused", object, json!({"wrong": what}), now).await?)
}

/// The account, and the try, which is counted.
async fn prepare(
    conn: &mut AsyncPgConnection,
    request: &PasswordSignIn<'_>,
    now: DateTime<Utc>,
) -> Result<(Option<Account>, Attempt, Option<TokenDigest>), SignInError> {
    let account = Account::by_email(conn, &request.email).await?;
    let mut known_device = None;
    if let Some(mark) = request.device_mark.map(TokenDigest::of) {
        // For an unknown address it is asked as well, of a user that there is not.
        let user = account.as_ref().map_or(UserId(uuid::Uuid::nil()), |account| account.id);
        known_device = KnownDevice::exists(conn, user, mark).await?.then_some(mark);
    }
    let target = account.as_ref().map_or(Target::Unknown(&request.email), |account| Target::User(account.id));
    let attempt = Attempt::sign_in(target, request.device.address, known_device);
    attempt.begin(conn, now).await?;
    Ok((account, attempt, known_device))
}

#[expect(clippy::too_many_arguments, reason = "what one transaction needs, from three places")]
async fn finish(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    limits: SessionLimits,
    request: &PasswordSignIn<'_>,
    account: &Account,
    verdict: &Verdict,
    attempt: &Attempt,
    known_device: Option<TokenDigest>,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignInError> {
    let user = account.id;
    let locked = Account::lock(conn, user).await?;
    // The password may have been changed, or the account disabled, while this one was hashed.
    if locked.password_hash != account.password_hash || locked.disabled_at.is_some() {
        return Err(SignInError::Wrong);
    }
    check_code(conn, user, request.code, now).await?;
    if let (Verdict::Outdated(new), Some(old)) = (verdict, &account.password_hash) {
        Account::rehash(conn, user, old, new).await?;
    }
    if let Some(present) = request.session {
        sessions::end_presented(conn, present).await?;
    }
    let session = sessions::begin(conn, user, request.device, None, limits, now).await?;
    let device_mark = note_device(conn, user, known_device, now).await?;
    if let (Some(_), Some(recipient)) = (&device_mark, Recipient::of(account)) {
        let address = request.device.address.map(|address| address.to_string());
        let user_agent = request.device.user_agent.to_owned();
        notify.queue(conn, &recipient, &Mail::NewDevice { device: user_agent, address }).await?;
    }
    attempt.succeed(conn).await?;
    let by = By::anonymous(Some(user), request.device.address);
    let details = json!({"method": "password", "newDevice": device_mark.is_some()});
    audit::record(conn, by, "session.begun", Object::user(user), details, now).await?;
    Ok(SignedIn { user, session, device_mark })
}

/// Sets the installation up, and signs its first administrator in.
///
/// # Errors
/// Those of [`setup::create_owner`].
pub async fn set_up(
    conn: &mut AsyncPgConnection,
    authority: Authority<'_>,
    owner: &Owner<'_>,
    by: By,
    device: Device<'_>,
    limits: SessionLimits,
    now: DateTime<Utc>,
) -> Result<SignedIn, SetupError> {
    transaction(conn, async |conn| {
        let user = setup::create_owner(conn, authority, owner, by, now).await?;
        let session = sessions::begin(conn, user, device, None, limits, now).await?;
        let device_mark = note_device(conn, user, None, now).await?;
        Ok(SignedIn { user, session, device_mark })
    })
    .await
}

async fn check_code(
    conn: &mut AsyncPgConnection,
    user: UserId,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), SignInError> {
    let factor = SecondFactor::find(conn, user).await?.filter(|factor| factor.confirmed_at.is_some());
    let Some(factor) = factor else { return Ok(()) };
    let code = code.ok_or(SignInError::CodeNeeded)?;
    match second_factor::take_code(conn, &factor, code, now).await? {
        CodeVerdict::Wrong => Err(SignInError::WrongCode),
        CodeVerdict::App | CodeVerdict::Recovery => Ok(()),
    }
}

/// Shows once more who a user is who has signed in: sensitive changes ask for it. The session gets another secret.
///
/// # Errors
/// See [`SignInError`].
#[tracing::instrument(target = RULE_TARGET, name = "sign_in::confirm", skip_all)]
pub async fn confirm(
    db: &Db,
    hasher: &PasswordHasher,
    user: UserId,
    session: Option<SessionId>,
    request: &Confirmation<'_>,
    now: DateTime<Utc>,
) -> Result<Option<SecretToken>, SignInError> {
    hasher.check_room()?;
    let (account, attempt) = {
        let mut conn = db.conn().await?;
        let account = Account::find(&mut conn, user).await?.ok_or(diesel::result::Error::NotFound)?;
        let mark = request.device_mark.map(TokenDigest::of);
        let known_device = match mark {
            Some(mark) => KnownDevice::exists(&mut conn, user, mark).await?.then_some(mark),
            None => None,
        };
        let attempt = Attempt::sign_in(Target::User(user), request.address, known_device);
        attempt.begin(&mut conn, now).await?;
        (account, attempt)
    };
    let verdict = hasher.verify(&request.password, account.password_hash.as_deref()).await;
    let mut conn = db.conn().await?;
    if let Err(busy) = verdict {
        attempt.take_back(&mut conn).await?;
        return Err(busy.into());
    }
    let outcome = transaction(&mut conn, async |conn| {
        let locked = Account::lock(conn, user).await?;
        if verdict == Ok(Verdict::Wrong) || locked.password_hash != account.password_hash {
            return Err(SignInError::Wrong);
        }
        check_code(conn, user, request.code, now).await?;
        attempt.succeed(conn).await?;
        Ok(match session {
            Some(session) => Some(sessions::renew(conn, session, now).await?),
            None => None,
        })
    })
    .await;
    let by = By::anonymous(Some(user), request.address);
    match &outcome {
        Err(SignInError::Wrong) => fail(&mut conn, by, "password", now).await?,
        Err(SignInError::WrongCode) => fail(&mut conn, by, "code", now).await?,
        Err(SignInError::CodeNeeded) => attempt.take_back(&mut conn).await?,
        _ => {}
    }
    outcome
}

/// Notes that the user has signed in with a browser; the mark for it, if it is a new one.
///
/// # Errors
/// Those of the database.
pub(crate) async fn note_device(
    conn: &mut AsyncPgConnection,
    user: UserId,
    known: Option<TokenDigest>,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<SecretToken>> {
    let new = known.is_none().then(SecretToken::generate);
    if let Some(mark) = known.or(new.as_ref().map(SecretToken::digest)) {
        KnownDevice::note(conn, user, mark, now).await?;
    }
    Ok(new)
}
