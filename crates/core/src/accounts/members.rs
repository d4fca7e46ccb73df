//! The members of a workspace: their roles, and how a membership ends.
//!
//! Every change first locks the row of the workspace and looks at the caller anew, so that two changes come one after
//! the other: of two owners who leave at once, the second is the last one. The removal of a member and a change of a
//! role have locked that member's timer before.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::audit::{self, By, Object};
use super::invitations;
use super::people::{check_rank, lock_people};
use crate::access::{Caller, Capability, Permit, Rejection, Role, RuleError, needs};
use crate::models::timer_lock::{LockedTimer, Timers, with_timers};
use crate::models::{Invitation, Member, MemberAccess, Membership, Page, Placeholder, ProjectMember, TimeEntry};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{UserId, WorkspaceId};
use crate::values::revision::ExpectedRevision;

/// Why a member was not changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum MemberRejection {
    /// The member is the only owner.
    #[error("the member is the last owner")]
    LastOwner,
    /// The member is a placeholder, which has no rights.
    #[error("the member is a placeholder")]
    Placeholder,
    /// The entries of the placeholder are about to become a member's.
    #[error("the placeholder is claimed")]
    Claimed,
}

impl Rejection for MemberRejection {
    const OBJECT: &'static str = "member";
}

/// Why a member was not read, changed or removed.
pub type MemberError = RuleError<MemberRejection>;

/// A page of the members, oldest first: former ones, others, or both. Addresses are for those who manage members.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "members::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    former: Option<bool>,
    page: Page,
) -> Result<Vec<Member>, MemberError> {
    let mut members = Membership::list(conn, caller.workspace, former, page).await?;
    if caller.permit::<needs::ManageMembers>().is_err() {
        members.iter_mut().for_each(|member| member.email = None);
    }
    Ok(members)
}

/// Gives a member another role. The timer of one who becomes a viewer stops: a viewer could not stop it.
///
/// # Errors
/// When there is no such member, one of the roles is above the caller's, or the member is the last owner.
#[tracing::instrument(target = RULE_TARGET, name = "members::change_role", skip_all)]
pub async fn change_role(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageMembers>,
    user: UserId,
    expected: ExpectedRevision,
    role: Role,
    by: By,
    now: DateTime<Utc>,
) -> Result<Member, MemberError> {
    with_timers(conn, Timers::Of(user), async |conn, timer| {
        let caller = lock_people(conn, caller).await?;
        let member = present(conn, *caller, user).await?;
        expected.check(member.revision)?;
        if user.is_placeholder() {
            return Err(MemberRejection::Placeholder.into());
        }
        let before = member.role()?;
        check_rank(*caller, before)?;
        check_rank(*caller, role)?;
        if role == before {
            return Ok(member);
        }
        if before == Role::Owner {
            check_other_owner(conn, *caller).await?;
        }
        set_role(conn, timer, caller.workspace, user, role, now).await?;
        let details = json!({"before": before.as_str(), "after": role.as_str()});
        let object = Object::in_workspace(caller.workspace, "membership", user);
        audit::record(conn, by, "membership.role_changed", object, details, now).await?;
        present(conn, *caller, user).await
    })
    .await
}

/// Gives a member another role, in the transaction that has locked the member's timer and the workspace. What the role
/// does not allow ends with it: a running timer, and invitations to a role above.
pub(super) async fn set_role(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    if !role.tracks_time() {
        TimeEntry::stop_running(conn, workspace, user, timer, now).await?;
    }
    Membership::set_role(conn, workspace, user, role, now).await?;
    invitations::end_beyond(conn, workspace, user, Some(role), now).await
}

/// Removes a member, or lets the caller leave. The member's entries stay; the running timer stops, and so do the
/// memberships of projects and what gives out data by itself ([`MemberAccess`]); the member's own invitations and the
/// one to the member's address are revoked. A placeholder without entries is deleted.
///
/// # Errors
/// When there is no such member, their role is above the caller's, the caller may only leave, the member is the last
/// owner, or the placeholder is claimed.
#[tracing::instrument(target = RULE_TARGET, name = "members::remove", skip_all)]
pub async fn remove(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::RemoveMembers>,
    user: UserId,
    expected: ExpectedRevision,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    with_timers(conn, Timers::Of(user), async |conn, timer| {
        let caller = lock_people(conn, caller).await?;
        let member = present(conn, *caller, user).await?;
        if !caller.reaches(user) {
            return Err(MemberError::Forbidden(Capability::RemoveMembers));
        }
        expected.check(member.revision)?;
        check_rank(*caller, member.role()?)?;
        if user.is_placeholder() {
            end_placeholder(conn, *caller, &member, now).await?;
        } else {
            end(conn, timer, *caller, &member, now).await?;
        }
        let details = json!({"role": member.role_word(), "left": user == caller.user()});
        let object = Object::in_workspace(caller.workspace, "membership", user);
        Ok(audit::record(conn, by, "membership.ended", object, details, now).await?)
    })
    .await
}

/// Ends a membership, in the transaction that has locked the member's timer and the workspace.
async fn end(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Caller,
    member: &Member,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    if member.role()? == Role::Owner {
        check_other_owner(conn, caller).await?;
    }
    TimeEntry::stop_running(conn, caller.workspace, member.user_id, timer, now).await?;
    Membership::end(conn, caller.workspace, member.user_id, now).await?;
    ProjectMember::delete_all_of(conn, caller.workspace, member.user_id).await?;
    MemberAccess::end(conn, caller.workspace, member.user_id).await?;
    invitations::end_beyond(conn, caller.workspace, member.user_id, None, now).await?;
    if let Some(email) = &member.email {
        Invitation::revoke_to(conn, caller.workspace, email, None, now).await?;
    }
    Ok(())
}

/// Removes a placeholder, in the same transaction. Its lock keeps an import from adding entries meanwhile.
async fn end_placeholder(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    member: &Member,
    now: DateTime<Utc>,
) -> Result<(), MemberError> {
    let (workspace, user) = (caller.workspace, member.user_id);
    if member.claimed_by.is_some() {
        return Err(MemberRejection::Claimed.into());
    }
    // The job that moves a claimed one does not lock the workspace, but the workspace keeps claims away.
    Placeholder::lock(conn, workspace, user).await?;
    Placeholder::end_invitations(conn, workspace, user, None, now).await?;
    if Placeholder::has_entries(conn, workspace, user).await? {
        Membership::end(conn, workspace, user, now).await?;
        ProjectMember::delete_all_of(conn, workspace, user).await?;
    } else {
        Placeholder::delete(conn, workspace, user).await?;
    }
    Ok(())
}

/// A member who has not left.
async fn present(conn: &mut AsyncPgConnection, caller: Caller, user: UserId) -> Result<Member, MemberError> {
    let member = Membership::find(conn, caller.workspace, user).await?;
    member.filter(|member| member.left_at.is_none()).ok_or_else(MemberError::not_found)
}

/// The last owner can neither leave nor be demoted. The workspace is locked, so no other change does either meanwhile.
async fn check_other_owner(conn: &mut AsyncPgConnection, caller: Caller) -> Result<(), MemberError> {
    let owners = Membership::count_owners(conn, caller.workspace).await?;
    if owners > 1 { Ok(()) } else { Err(MemberRejection::LastOwner.into()) }
}
