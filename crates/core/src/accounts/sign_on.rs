//! Signing in with a provider of single sign-on: which account a verified identity belongs to, and which role it
//! brings.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::audit::{self, By, Object};
use super::sessions::{self, Device, SessionLimits, VouchedBy};
use super::setup::{self, Authority, Owner, SetupRejection};
use super::sign_in::{SignedIn, note_device};
use super::workspaces::BUILT_IN_CALLER;
use super::{invitations, members};
use crate::access::{Rejection, Role, RuleError};
use crate::database::constraint::violated;
use crate::database::transaction::transaction_from;
use crate::database::{Begin, DatabaseFailure};
use crate::models::timer_lock::{LockedTimer, Timers};
use crate::models::{Account, KnownDevice, Membership, SignOnIdentity, Workspace};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::UserId;
use crate::values::secret_token::TokenDigest;
use crate::values::{DisplayName, EmailAddress};

/// What a provider has vouched for. Its signature, audience, nonce and times have been checked.
#[derive(Debug)]
pub struct Identity<'a> {
    /// The provider.
    pub provider: &'a str,
    /// The provider's name for the user, which never changes.
    pub subject: &'a str,
    /// The provider's name for the session, if there is one.
    pub session: Option<&'a str>,
    /// The address, if the provider has verified that it is the user's.
    pub verified_email: Option<EmailAddress>,
    /// How the user is called there.
    pub name: Option<DisplayName>,
    /// The role that the provider brings; none when it has no say, or said nothing.
    pub role: Option<Role>,
}

/// What the operator allows the provider.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The only domains whose users may sign in; all when it is empty.
    pub allowed_domains: &'a [String],
    /// Whether a user without an account gets one, also without an invitation.
    pub auto_join: bool,
}

/// The browser that signs in.
#[derive(Clone, Copy, Debug)]
pub struct SignOnBrowser<'a> {
    /// What it is.
    pub device: Device<'a>,
    /// The mark of a browser in which a user has signed in before.
    pub device_mark: Option<&'a str>,
    /// The secret of the session that it has now; it ends.
    pub session: Option<&'a str>,
}

/// Why the sign-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum SignOnRejection {
    /// The user has no account and no invitation, and the provider may not make an account.
    #[error("the user has no account")]
    NoAccount,
    /// There is an account with the address, but not both sides have verified it: it may be another user's.
    #[error("the account cannot be linked")]
    NotLinked,
    /// The address is not in one of the allowed domains.
    #[error("the domain is not allowed")]
    Domain,
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The installation was set up meanwhile.
    #[error("the installation is set up")]
    AlreadySetUp,
}

impl Rejection for SignOnRejection {
    const OBJECT: &'static str = "account";
}

/// Why the sign-in was refused.
pub type SignOnError = RuleError<SignOnRejection>;

/// Signs a user in whom a provider vouches for. With `sets_up`, the user becomes the first administrator.
///
/// # Errors
/// See [`SignOnRejection`].
#[tracing::instrument(target = RULE_TARGET, name = "sign_on::sign_in", skip_all)]
pub async fn sign_in(
    conn: &mut AsyncPgConnection,
    identity: &Identity<'_>,
    policy: Policy<'_>,
    sets_up: bool,
    from: SignOnBrowser<'_>,
    limits: SessionLimits,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignOnError> {
    let allowed = |email: &EmailAddress| policy.allowed_domains.iter().any(|domain| domain == email.domain());
    if !policy.allowed_domains.is_empty() && !identity.verified_email.as_ref().is_some_and(allowed) {
        return Err(SignOnRejection::Domain.into());
    }
    for _ in 0..ATTEMPTS {
        match attempt(conn, identity, policy, sets_up, from, limits, now).await {
            Ok(signed_in) => return Ok(signed_in),
            Err(Unfinished::Again) => {}
            Err(Unfinished::Refused(error)) => return Err(error),
        }
    }
    Err(SignOnRejection::NotLinked.into())
}

/// How often a sign-in is tried beside others of the same identity, each of which may change whose it is.
const ATTEMPTS: u32 = 3;

/// Why an attempt has no end; nothing was written.
enum Unfinished {
    /// Another request has linked the identity meanwhile, or made the account: the next attempt finds it.
    Again,
    /// The sign-in is refused, or the database failed.
    Refused(SignOnError),
}

impl From<diesel::result::Error> for Unfinished {
    fn from(error: diesel::result::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<SignOnError> for Unfinished {
    fn from(error: SignOnError) -> Self {
        Self::Refused(error)
    }
}

impl From<SignOnRejection> for Unfinished {
    fn from(rejection: SignOnRejection) -> Self {
        Self::Refused(rejection.into())
    }
}

impl DatabaseFailure for Unfinished {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Again => None,
            Self::Refused(error) => error.database_error(),
        }
    }
}

async fn attempt(
    conn: &mut AsyncPgConnection,
    identity: &Identity<'_>,
    policy: Policy<'_>,
    sets_up: bool,
    from: SignOnBrowser<'_>,
    limits: SessionLimits,
    now: DateTime<Utc>,
) -> Result<SignedIn, Unfinished> {
    let address = from.device.address;
    // The timer of a user who becomes a viewer stops, and its lock comes before every other.
    let stops_for = match identity.role {
        Some(role) if !role.tracks_time() => expected_user(conn, identity).await?,
        _ => None,
    };
    let (begin, timer) = match stops_for.map(|user| LockedTimer::begin(Timers::Of(user))) {
        Some((begin, timer)) => (begin, Some(timer)),
        None => (Begin::Plain, None),
    };
    transaction_from(conn, &begin, async |conn| {
        let found = match SignOnIdentity::user(conn, identity.provider, identity.subject).await? {
            Some(user) => Found { user, is_new: false },
            None if sets_up => Found { user: set_up(conn, identity, address, now).await?, is_new: true },
            None => link(conn, identity, policy, address, now).await?,
        };
        let user = found.user;
        let account = Account::lock(conn, user).await?;
        if account.disabled_at.is_some() {
            return Err(SignOnRejection::Disabled.into());
        }
        SignOnIdentity::used(conn, identity.provider, identity.subject, now).await?;
        if let Some(role) = identity.role {
            let timer = timer.filter(|_| stops_for == Some(user));
            follow_role(conn, timer, found, role, identity.provider, now).await?;
        }
        if let Some(present) = from.session {
            sessions::end_presented(conn, present).await?;
        }
        let vouched_by =
            VouchedBy { provider: identity.provider, subject: identity.subject, session: identity.session };
        let session = sessions::begin(conn, user, from.device, Some(&vouched_by), limits, now).await?;
        let known = match from.device_mark.map(TokenDigest::of) {
            Some(mark) => KnownDevice::exists(conn, user, mark).await?.then_some(mark),
            None => None,
        };
        let device_mark = note_device(conn, user, known, now).await?;
        let details = json!({"method": identity.provider, "newDevice": device_mark.is_some()});
        let by = By::anonymous(Some(user), address);
        audit::record(conn, by, "session.begun", Object::user(user), details, now).await?;
        Ok(SignedIn { user, session, device_mark })
    })
    .await
}

/// The user of an identity.
#[derive(Clone, Copy)]
struct Found {
    user: UserId,
    /// Whether the sign-in has made the account, so that nobody else knows of it yet.
    is_new: bool,
}

/// Who the user will be, as far as it can be said before the transaction.
async fn expected_user(conn: &mut AsyncPgConnection, identity: &Identity<'_>) -> diesel::QueryResult<Option<UserId>> {
    if let Some(user) = SignOnIdentity::user(conn, identity.provider, identity.subject).await? {
        return Ok(Some(user));
    }
    let Some(email) = &identity.verified_email else { return Ok(None) };
    Ok(Account::by_email(conn, email).await?.map(|account| account.id))
}

/// Makes the user of the provider the first administrator.
async fn set_up(
    conn: &mut AsyncPgConnection,
    identity: &Identity<'_>,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<UserId, Unfinished> {
    let email = identity.verified_email.clone().ok_or(SignOnRejection::NotLinked)?;
    let owner = Owner { name: identity.name.clone(), email, password_hash: None };
    let by = By::anonymous(None, address);
    let user = setup::create_owner(conn, Authority::Checked, &owner, by, now).await.map_err(|error| match error {
        RuleError::Rejected(SetupRejection::Done | SetupRejection::InvalidToken) => {
            SignOnError::from(SignOnRejection::AlreadySetUp)
        }
        RuleError::Rejected(SetupRejection::AddressTaken) => SignOnRejection::NotLinked.into(),
        RuleError::Database(error) => SignOnError::Database(error),
        _ => SignOnError::not_found(),
    })?;
    insert_link(conn, identity, user, now).await?;
    Ok(user)
}

/// The account of a user who comes for the first time.
async fn link(
    conn: &mut AsyncPgConnection,
    identity: &Identity<'_>,
    policy: Policy<'_>,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Found, Unfinished> {
    let Some(email) = &identity.verified_email else { return Err(SignOnRejection::NotLinked.into()) };
    let found = match Account::by_email(conn, email).await? {
        // An address that was not verified here may have been entered by any visitor.
        Some(account) if account.email_verified_at.is_none() => return Err(SignOnRejection::NotLinked.into()),
        Some(account) => Found { user: account.id, is_new: false },
        None => Found { user: create(conn, identity, email, policy, address, now).await?, is_new: true },
    };
    insert_link(conn, identity, found.user, now).await?;
    let details = json!({"provider": identity.provider});
    let by = By::anonymous(Some(found.user), address);
    audit::record(conn, by, "sign_on.linked", Object::user(found.user), details, now).await?;
    Ok(found)
}

/// Makes an account for a user who has none: an invited one becomes a member where the invitation says, and any user
/// where the operator lets the provider decide.
async fn create(
    conn: &mut AsyncPgConnection,
    identity: &Identity<'_>,
    email: &EmailAddress,
    policy: Policy<'_>,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<UserId, Unfinished> {
    let invited = invitations::lock_by_address(conn, email, now).await?;
    if invited.is_empty() && !policy.auto_join {
        return Err(SignOnRejection::NoAccount.into());
    }
    let user = UserId::new();
    let name = identity.name.as_ref().map_or(email.local_part(), DisplayName::as_str);
    // Another request has just made an account with the address, perhaps this one's twin.
    Account::create(conn, user, name, email, Some(now), now).await.map_err(|error| match violated(&error) {
        Some("users_email_key") => Unfinished::Again,
        _ => error.into(),
    })?;
    let by = By::anonymous(Some(user), address);
    // An invitation to the same workspace says another role.
    let role = policy.auto_join.then(|| identity.role.unwrap_or(Role::Member));
    let details = json!({"provider": identity.provider, "role": role.map(Role::as_str), "invitations": invited.len()});
    audit::record(conn, by, "user.created", Object::user(user), details, now).await?;
    for invitation in &invited {
        invitations::join(conn, invitation, user, by, now).await?;
    }
    if let Some(role) = role {
        Membership::ensure(conn, BUILT_IN_CALLER.workspace, user, role, now).await?;
    }
    Ok(user)
}

async fn insert_link(
    conn: &mut AsyncPgConnection,
    identity: &Identity<'_>,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<(), Unfinished> {
    let (provider, subject) = (identity.provider.to_owned(), identity.subject.to_owned());
    let link = SignOnIdentity { provider, subject, user_id: user, created_at: now, last_used_at: now };
    link.insert(conn).await.map_err(|error| match violated(&error) {
        Some("sign_on_identities_pkey") => Unfinished::Again,
        // Another account of the same provider has the address by now: a person, not a rule, says which one it is.
        Some("sign_on_identities_user_key") => SignOnRejection::NotLinked.into(),
        _ => error.into(),
    })?;
    Ok(())
}

/// The role follows the provider in the workspace that is there from the beginning. An owner stays an owner, and a user
/// who is no member does not become one. With the role ends what it does not allow, as in `members`: `timer` is there
/// if it may be a running one.
async fn follow_role(
    conn: &mut AsyncPgConnection,
    timer: Option<LockedTimer>,
    Found { user, is_new }: Found,
    role: Role,
    provider: &str,
    now: DateTime<Utc>,
) -> Result<(), Unfinished> {
    let workspace = BUILT_IN_CALLER.workspace;
    // As every change of members does: no two at the same time.
    Workspace::lock(conn, workspace).await?;
    let present = Membership::standing(conn, workspace, user).await?.map(|(role, _)| role);
    let Some(before) = present.filter(|present| *present != Role::Owner && *present != role) else { return Ok(()) };
    match timer {
        Some(timer) => members::set_role(conn, timer, workspace, user, role, now).await?,
        None if role.tracks_time() || is_new => {
            Membership::set_role(conn, workspace, user, role, now).await?;
            invitations::end_beyond(conn, workspace, user, Some(role), now).await?;
        }
        // The identity is another user's than before the transaction, whose timer is not locked.
        None => return Err(Unfinished::Again),
    }
    let details = json!({"from": before.as_str(), "to": role.as_str(), "provider": provider});
    let object = Object::in_workspace(workspace, "membership", user);
    Ok(audit::record(conn, By::job(), "membership.role_changed", object, details, now).await?)
}
