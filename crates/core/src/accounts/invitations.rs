//! Invitations to a workspace.
//!
//! Every change first locks the row of the workspace, as changes of members do. An invitation is valid as long as its
//! inviter may invite to the role: when the inviter loses that right, or leaves, their invitations end in the same
//! transaction.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::attempts::{Attempt, AttemptError};
use super::audit::{self, By, Object};
use super::people::{check_rank, lock_people};
use super::placeholders;
use super::workspaces;
use crate::access::{Actor, Capability, Credential, OnViolation, Permit, Reach, Rejection, Role, RuleError, needs};
use crate::database::transaction;
use crate::mail::{self, Mail, Mailer, Message};
use crate::models::{Invitation, Membership, NewInvitation, Page, Placeholder, User, Workspace};
use crate::telemetry::RULE_TARGET;
use crate::values::EmailAddress;
use crate::values::ids::{InvitationId, UserId, WorkspaceId};
use crate::values::secret_token::{SecretToken, TokenDigest};

/// How long an invitation can be accepted.
pub const VALID_FOR: TimeDelta = TimeDelta::days(7);

/// Most open invitations of a workspace.
pub const OPEN_MAX: i64 = 500;

/// How long an invitation waits before it can be sent again, so that it cannot fill a mailbox.
pub const RESEND_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// Most workspaces that a new user of a sign-on provider joins at once; the other invitations wait for their links.
const JOINED_MAX: i64 = 20;

/// The page of the client that takes the secret of an invitation.
const PAGE: &str = "invitation";

/// Why an invitation was not made, sent again or accepted.
#[derive(Debug, thiserror::Error)]
pub enum InvitationRejection {
    /// A member has the address already.
    #[error("a member has the address")]
    AlreadyMember,
    /// The address has an open invitation.
    #[error("the address is invited already")]
    AlreadyInvited,
    /// Another open invitation names the placeholder.
    #[error("the placeholder is invited already")]
    PlaceholderInvited,
    /// There is no present placeholder of this id, or a member has claimed it.
    #[error("names no placeholder that can be claimed")]
    PlaceholderNotFound,
    /// The workspace has the largest number of open invitations.
    #[error("the workspace has {OPEN_MAX} open invitations")]
    TooMany,
    /// The invitation was sent less than [`RESEND_PAUSE`] ago.
    #[error("the invitation was sent a moment ago")]
    SentJustNow,
    /// So many messages went to the address, or from the caller, that the next one has to wait so long.
    #[error("too many invitations were mailed")]
    MailedTooOften(TimeDelta),
    /// Another user has accepted it, it was revoked or has expired, or its inviter may no longer invite to the role.
    #[error("the invitation is no longer valid")]
    Ended,
    /// The invitation is for another address than the user's.
    #[error("the invitation is for another address")]
    OtherAddress,
}

impl Rejection for InvitationRejection {
    const OBJECT: &'static str = "invitation";
}

/// Why an invitation was not made, changed or accepted.
pub type InvitationError = RuleError<InvitationRejection>;

/// An invitation that was just made or sent again, with its link, which no other operation shows.
#[derive(Debug)]
pub struct Sent {
    /// The invitation.
    pub invitation: Invitation,
    /// The page that accepts it.
    pub link: String,
}

/// Invites an address, and queues the message. With a placeholder, what an import has brought for it becomes the
/// invited user's when they accept.
///
/// # Errors
/// When the role is above the caller's, or one of [`InvitationRejection`] holds: nothing is stored, and nothing sent.
#[tracing::instrument(target = RULE_TARGET, name = "invitations::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageMembers>,
    mailer: &Mailer,
    (email, role): (&EmailAddress, Role),
    placeholder: Option<UserId>,
    by: By,
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    transaction(conn, async |conn| {
        let caller = lock_people(conn, caller).await?;
        check_rank(*caller, role)?;
        let member = Membership::find_by_email(conn, caller.workspace, email.as_str()).await?;
        if member.is_some_and(|member| member.left_at.is_none()) {
            return Err(InvitationRejection::AlreadyMember.into());
        }
        // An expired invitation makes room for the new one.
        Invitation::revoke_to(conn, caller.workspace, email.as_str(), Some(now), now).await?;
        if let Some(placeholder) = placeholder {
            check_claimable(conn, caller.workspace, placeholder).await?;
            Placeholder::forget_expired(conn, caller.workspace, placeholder, now).await?;
        }
        if Invitation::count_open(conn, caller.workspace).await? >= OPEN_MAX {
            return Err(InvitationRejection::TooMany.into());
        }
        let secret = SecretToken::generate();
        let new = NewInvitation {
            id: InvitationId::new(),
            workspace_id: caller.workspace,
            email: email.as_str(),
            role,
            token: secret.digest(),
            invited_by: caller.user(),
            placeholder,
            mailed: mailer.delivers(),
            expires_at: now + VALID_FOR,
            now,
        };
        let taken = |constraint: &str| match constraint {
            "invitations_open_address_key" => Some(InvitationRejection::AlreadyInvited),
            "invitations_placeholder_key" => Some(InvitationRejection::PlaceholderInvited),
            _ => None,
        };
        let invitation = new.insert(conn).await.on_violation(taken)?;
        record(conn, by, "invitation.created", &invitation, now).await?;
        send(conn, mailer, invitation, &secret, now).await
    })
    .await
}

/// A page of the open invitations, oldest first, with the expired ones.
///
/// # Errors
/// If a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "invitations::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageMembers>,
    page: Page,
) -> Result<Vec<Invitation>, InvitationError> {
    Ok(Invitation::list_open(conn, caller.workspace, page).await?)
}

/// Sends an open invitation again, with another link: the link before stops working. The caller is its inviter from now
/// on.
///
/// # Errors
/// When there is no such invitation, its role is above the caller's, it was sent less than [`RESEND_PAUSE`] ago, or too
/// many messages went to the address.
#[tracing::instrument(target = RULE_TARGET, name = "invitations::resend", skip_all)]
pub async fn resend(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageMembers>,
    mailer: &Mailer,
    id: InvitationId,
    by: By,
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    transaction(conn, async |conn| {
        let caller = lock_people(conn, caller).await?;
        let invitation = open(conn, caller.workspace, id).await?;
        check_rank(*caller, invitation.role()?)?;
        if invitation.sent_at + RESEND_PAUSE > now {
            return Err(InvitationRejection::SentJustNow.into());
        }
        let secret = SecretToken::generate();
        let (by_user, until) = (caller.user(), now + VALID_FOR);
        let renewed = invitation.renew(conn, secret.digest(), mailer.delivers(), by_user, until, now).await?;
        record(conn, by, "invitation.sent_again", &renewed, now).await?;
        send(conn, mailer, renewed, &secret, now).await
    })
    .await
}

/// Revokes an open invitation.
///
/// # Errors
/// When there is no such invitation, or its role is above the caller's.
#[tracing::instrument(target = RULE_TARGET, name = "invitations::revoke", skip_all)]
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageMembers>,
    id: InvitationId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), InvitationError> {
    transaction(conn, async |conn| {
        let caller = lock_people(conn, caller).await?;
        let invitation = open(conn, caller.workspace, id).await?;
        check_rank(*caller, invitation.role()?)?;
        invitation.revoke(conn, now).await?;
        Ok(record(conn, by, "invitation.revoked", &invitation, now).await?)
    })
    .await
}

/// Makes the user a member of the workspace that a link invites to, and returns it. A present member keeps the role,
/// and the link that a user has accepted leads to the workspace again.
///
/// # Errors
/// When there is no such invitation, it has ended, or it is for another address.
#[tracing::instrument(target = RULE_TARGET, name = "invitations::accept", skip_all)]
pub async fn accept(
    conn: &mut AsyncPgConnection,
    actor: Actor,
    token: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<(Workspace, Role), InvitationError> {
    transaction(conn, async |conn| {
        let found = Invitation::find_by_token(conn, TokenDigest::of(token)).await?;
        let found = found.ok_or_else(InvitationError::not_found)?;
        let (workspace, invitation) = lock(conn, &found).await?.ok_or(InvitationRejection::Ended)?;
        let present = workspaces::caller(conn, actor, workspace.id).await?;
        if invitation.accepted_by == Some(actor.user) {
            let present = present.ok_or(InvitationRejection::Ended)?;
            return Ok((workspace, present.role));
        }
        if !can_be_accepted(conn, &invitation, now).await? {
            return Err(InvitationRejection::Ended.into());
        }
        if !invitation.is_for(conn, actor.user).await? {
            return Err(InvitationRejection::OtherAddress.into());
        }
        join(conn, &invitation, actor.user, by, now).await?;
        let role = present.map_or(invitation.role()?, |present| present.role);
        Ok((workspace, role))
    })
    .await
}

/// The invitation of a link, as long as it can be accepted.
pub(super) async fn by_token(
    conn: &mut AsyncPgConnection,
    token: &str,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<Invitation>> {
    let Some(found) = Invitation::find_by_token(conn, TokenDigest::of(token)).await? else { return Ok(None) };
    Ok(can_be_accepted(conn, &found, now).await?.then_some(found))
}

/// The same, for [`join`]: its workspace is locked, and so is the invitation.
pub(super) async fn lock_by_token(
    conn: &mut AsyncPgConnection,
    token: &str,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<Invitation>> {
    let Some(found) = Invitation::find_by_token(conn, TokenDigest::of(token)).await? else { return Ok(None) };
    lock_valid(conn, &found, now).await
}

/// The invitations of an address that can be accepted, in different workspaces, for [`join`]. Their workspaces are
/// locked in the order of their ids.
pub(super) async fn lock_by_address(
    conn: &mut AsyncPgConnection,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Vec<Invitation>> {
    let mut valid = Vec::new();
    for found in Invitation::open_to(conn, email.as_str(), now, JOINED_MAX).await? {
        valid.extend(lock_valid(conn, &found, now).await?);
    }
    Ok(valid)
}

/// Makes a user a member by a locked invitation that can be accepted. A present member keeps the role. The placeholder
/// that the invitation names is claimed.
pub(super) async fn join(
    conn: &mut AsyncPgConnection,
    invitation: &Invitation,
    user: UserId,
    by: By,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    Membership::begin(conn, invitation.workspace_id, user, invitation.role()?, now).await?;
    invitation.accept(conn, user, now).await?;
    record(conn, by, "invitation.accepted", invitation, now).await?;
    let Some(placeholder) = invitation.placeholder_id else { return Ok(()) };
    placeholders::claim(conn, invitation.workspace_id, placeholder, user, Some(invitation.id), by, now).await
}

/// Checks that an invitation may name a placeholder. The workspace is locked, so this holds until the transaction ends.
async fn check_claimable(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    placeholder: UserId,
) -> Result<(), InvitationError> {
    let found = Placeholder::find(conn, workspace, placeholder).await?;
    let can_be_claimed = found.is_some_and(|found| found.claimed_by.is_none() && found.left_at.is_none());
    if can_be_claimed { Ok(()) } else { Err(InvitationRejection::PlaceholderNotFound.into()) }
}

/// Deletes a batch of the invitations that ended a month ago.
///
/// # Errors
/// If a statement fails.
pub async fn purge(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> diesel::QueryResult<usize> {
    Invitation::purge(conn, now - TimeDelta::days(30)).await
}

/// Revokes the invitations of a member to roles to which the member, with this role or none, may no longer invite.
pub(super) async fn end_beyond(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    inviter: UserId,
    role: Option<Role>,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    let ended: Vec<Role> = Role::ALL.into_iter().filter(|invited| !may_invite(role, *invited)).collect();
    Invitation::revoke_made_by(conn, workspace, inviter, &ended, now).await.map(|_| ())
}

/// Whether a member with a role may invite to the role `invited`.
fn may_invite(role: Option<Role>, invited: Role) -> bool {
    role.is_some_and(|role| {
        invited <= role && Capability::ManageMembers.reach(role, Credential::Session) == Some(Reach::Workspace)
    })
}

/// Locks the workspace of an invitation and then the invitation, and reads both again: another transaction may have
/// changed them before. `None` when either is gone.
async fn lock(
    conn: &mut AsyncPgConnection,
    found: &Invitation,
) -> diesel::QueryResult<Option<(Workspace, Invitation)>> {
    let Some(workspace) = Workspace::lock(conn, found.workspace_id).await? else { return Ok(None) };
    let invitation = Invitation::lock(conn, found.workspace_id, found.id).await?;
    Ok(invitation.map(|invitation| (workspace, invitation)))
}

async fn lock_valid(
    conn: &mut AsyncPgConnection,
    found: &Invitation,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<Invitation>> {
    let Some((_, invitation)) = lock(conn, found).await? else { return Ok(None) };
    Ok(can_be_accepted(conn, &invitation, now).await?.then_some(invitation))
}

async fn can_be_accepted(
    conn: &mut AsyncPgConnection,
    invitation: &Invitation,
    now: DateTime<Utc>,
) -> diesel::QueryResult<bool> {
    if !invitation.is_open() || invitation.expires_at <= now {
        return Ok(false);
    }
    // The loss of the right revokes it; this check also holds for roles that another program has written.
    let inviter = Membership::standing(conn, invitation.workspace_id, invitation.invited_by).await?;
    Ok(may_invite(inviter.map(|(role, _)| role), invitation.role()?))
}

/// Adds a line to the audit log, without the address, which is personal: the id leads to it while the invitation is
/// kept.
async fn record(
    conn: &mut AsyncPgConnection,
    by: By,
    action: &'static str,
    invitation: &Invitation,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    let object = Object::in_workspace(invitation.workspace_id, "invitation", invitation.id);
    audit::record(conn, by, action, object, json!({"role": invitation.role_word()}), now).await
}

async fn open(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    id: InvitationId,
) -> Result<Invitation, InvitationError> {
    let invitation = Invitation::lock(conn, workspace, id).await?;
    invitation.filter(Invitation::is_open).ok_or_else(InvitationError::not_found)
}

/// Queues the message, in the language of the inviter. Where messages are delivered, each is counted, as the last lock
/// of the transaction: an address that is nobody's here could not make them stop.
async fn send(
    conn: &mut AsyncPgConnection,
    mailer: &Mailer,
    invitation: Invitation,
    secret: &SecretToken,
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    let workspace = Workspace::find(conn, invitation.workspace_id).await?.ok_or_else(InvitationError::not_found)?;
    let inviter = User::find(conn, invitation.invited_by).await?.ok_or_else(InvitationError::not_found)?;
    let link = mailer.links().with_secret(PAGE, secret);
    if let Ok(to) = EmailAddress::parse(&invitation.email) {
        if invitation.mailed {
            Attempt::invitation(&to, inviter.id).begin(conn, now).await.map_err(|error| match error {
                AttemptError::Wait(wait) => InvitationRejection::MailedTooOften(wait).into(),
                AttemptError::Database(error) => InvitationError::Database(error),
            })?;
        }
        let mail = Mail::Invitation { workspace: workspace.name, inviter: inviter.name, link: link.clone() };
        mail::enqueue(conn, &Message::new(&to, inviter.settings.language.as_deref(), mail)).await?;
    }
    Ok(Sent { invitation, link })
}
