//! Signing up with the link of an invitation, for an address that has no account.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::attempts::{Attempt, AttemptError};
use super::audit::{self, By, Object};
use super::invitations;
use super::passwords::{HashingBusy, NewPassword, PasswordHasher, PasswordRejected};
use super::sessions::{self, Device, SessionLimits};
use super::sign_in::{SignedIn, note_device};
use crate::access::Role;
use crate::database::constraint::violated;
use crate::database::{DatabaseFailure, Db, DbError, transaction};
use crate::models::{Account, User, Workspace};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::UserId;
use crate::values::{DisplayName, EmailAddress};

/// What an invitation says to a visitor who has its link.
#[derive(Debug)]
pub struct Preview {
    /// The name of the workspace.
    pub workspace: String,
    /// The name of the inviter.
    pub inviter: String,
    /// The invited address.
    pub email: EmailAddress,
    /// The role that the user gets.
    pub role: Role,
    /// Whether an account has the address: its user signs in and accepts. Otherwise the visitor can sign up.
    pub has_account: bool,
}

/// What a visitor has typed, and where.
#[derive(Debug)]
pub struct SignUp<'a> {
    /// The secret of the link.
    pub token: &'a str,
    /// How the user is called.
    pub name: DisplayName,
    /// The password, not yet compared with the address.
    pub password: &'a str,
    /// The browser.
    pub device: Device<'a>,
    /// The secret of the session that the browser has now; it ends.
    pub session: Option<&'a str>,
}

/// Why an invitation was not shown, or no account made.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The link is unknown, was used, has ended or expired: the answer does not tell which.
    #[error("the link is not valid")]
    InvalidToken,
    /// An account has the invited address.
    #[error("an account has the address")]
    AddressTaken,
    /// The password is not taken.
    #[error(transparent)]
    Rejected(#[from] PasswordRejected),
    /// Too many wrong links from this network.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
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

impl DatabaseFailure for SignUpError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Attempt(error) => error.database_error(),
            _ => None,
        }
    }
}

/// Shows an invitation to a visitor who has its link. A link that is not valid counts for the network.
///
/// # Errors
/// When the link is not valid, the network has tried too many of those, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "sign_up::preview", skip_all)]
pub async fn preview(
    conn: &mut AsyncPgConnection,
    token: &str,
    device: Device<'_>,
    now: DateTime<Utc>,
) -> Result<Preview, SignUpError> {
    let attempt = Attempt::secret(device.address);
    attempt.begin(conn, now).await?;
    let invitation = invitations::by_token(conn, token, now).await?.ok_or(SignUpError::InvalidToken)?;
    attempt.take_back(conn).await?;
    let email = address(&invitation.email)?;
    let workspace = Workspace::find(conn, invitation.workspace_id).await?.ok_or(SignUpError::InvalidToken)?;
    let inviter = User::find(conn, invitation.invited_by).await?.ok_or(SignUpError::InvalidToken)?;
    let has_account = Account::by_email(conn, &email).await?.is_some();
    Ok(Preview { workspace: workspace.name, inviter: inviter.name, role: invitation.role()?, email, has_account })
}

/// Makes an account for the invited address, makes its user a member of the workspace, and signs the user in. Of two
/// requests with the same link, one does.
///
/// No connection is checked out while the password is hashed.
///
/// # Errors
/// See [`SignUpError`].
#[tracing::instrument(target = RULE_TARGET, name = "sign_up::with_invitation", skip_all)]
pub async fn with_invitation(
    db: &Db,
    hasher: &PasswordHasher,
    limits: SessionLimits,
    request: &SignUp<'_>,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignUpError> {
    let invited = {
        let mut conn = db.conn().await?;
        let invited = preview(&mut conn, request.token, request.device, now).await?;
        if invited.has_account {
            // Another request may have made it with this very link, just after it was found valid.
            let valid = invitations::by_token(&mut conn, request.token, now).await?;
            return Err(valid.map_or(SignUpError::InvalidToken, |_| SignUpError::AddressTaken));
        }
        invited
    };
    let hash = hasher.hash(&NewPassword::parse(request.password, Some(&invited.email))?).await?;
    let mut conn = db.conn().await?;
    transaction(&mut conn, async |conn| finish(conn, limits, request, &hash, now).await).await
}

async fn finish(
    conn: &mut AsyncPgConnection,
    limits: SessionLimits,
    request: &SignUp<'_>,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignUpError> {
    let invitation = invitations::lock_by_token(conn, request.token, now).await?.ok_or(SignUpError::InvalidToken)?;
    let email = address(&invitation.email)?;
    let user = UserId::new();
    // Where the inviter passes the link on, the inviter can follow it as well: it proves nothing about the mailbox, and
    // an address that counted as verified would link the account of the mailbox's owner at a sign-on provider.
    let verified_at = invitation.mailed.then_some(now);
    let created = Account::create(conn, user, request.name.as_str(), &email, verified_at, now).await;
    created.map_err(|error| match violated(&error) {
        Some("users_email_key") => SignUpError::AddressTaken,
        _ => error.into(),
    })?;
    Account::set_password(conn, user, Some(hash), now).await?;
    let by = By::anonymous(Some(user), request.device.address);
    let details = json!({"invitationId": invitation.id});
    audit::record(conn, by, "user.created", Object::user(user), details, now).await?;
    invitations::join(conn, &invitation, user, by, now).await?;
    if let Some(present) = request.session {
        sessions::end_presented(conn, present).await?;
    }
    let session = sessions::begin(conn, user, request.device, None, limits, now).await?;
    let device_mark = note_device(conn, user, None, now).await?;
    let details = json!({"method": "sign_up", "newDevice": device_mark.is_some()});
    audit::record(conn, by, "session.begun", Object::user(user), details, now).await?;
    Ok(SignedIn { user, session, device_mark })
}

/// The invited address. The table holds only addresses that were parsed.
fn address(text: &str) -> Result<EmailAddress, SignUpError> {
    EmailAddress::parse(text).map_err(|_| SignUpError::InvalidToken)
}
