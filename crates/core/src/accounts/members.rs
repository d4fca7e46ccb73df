//! The members of a workspace: their roles, and how a membership ends.
//!
//! Every change first locks the row of the workspace and looks at the caller anew, so that two changes come one after
//! the other: of two owners who leave at once, the second is the last one. The removal of a member has locked that
//! member's timer before.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel_async::AsyncPgConnection;

use super::workspaces;
use crate::access::{Caller, Capability, Need, Permit, Rejection, Role, RuleError, needs};
use crate::database::transaction;
use crate::models::timer_lock::{LockedTimer, Timers, with_timers};
use crate::models::{Member, Membership, Page, ProjectMember, TimeEntry, Workspace};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::UserId;
use crate::values::revision::ExpectedRevision;

/// Why a member was not changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum MemberRejection {
    /// The member is the only owner.
    #[error("the member is the last owner")]
    LastOwner,
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

/// Gives a member another role.
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
    now: DateTime<Utc>,
) -> Result<Member, MemberError> {
    transaction(conn, async |conn| {
        let caller = lock_people(conn, caller).await?;
        let member = present(conn, *caller, user).await?;
        expected.check(member.revision)?;
        let before = member.role()?;
        check_rank(*caller, before)?;
        check_rank(*caller, role)?;
        if role == before {
            return Ok(member);
        }
        if before == Role::Owner {
            check_other_owner(conn, *caller).await?;
        }
        Membership::set_role(conn, caller.workspace, user, role, now).await?;
        present(conn, *caller, user).await
    })
    .await
}

/// Removes a member, or lets the caller leave: what they tracked stays, their running timer stops, they are in no
/// project any more.
///
/// # Errors
/// When there is no such member, their role is above the caller's, the caller may only leave, or the member is the last
/// owner.
#[tracing::instrument(target = RULE_TARGET, name = "members::remove", skip_all)]
pub async fn remove(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::RemoveMembers>,
    user: UserId,
    expected: ExpectedRevision,
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
        end(conn, timer, *caller, &member, now).await
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
    Ok(())
}

/// Locks the workspace against other changes of its members, and asks anew what the caller may do: the answer holds
/// until the transaction ends.
pub(crate) async fn lock_people<N: Need, R: Rejection>(
    conn: &mut AsyncPgConnection,
    caller: Permit<N>,
) -> Result<Permit<N>, RuleError<R>> {
    Workspace::lock(conn, caller.workspace).await.optional()?.ok_or(RuleError::NotFound("workspace"))?;
    let present = workspaces::caller(conn, caller.actor, caller.workspace).await?;
    Ok(present.ok_or(RuleError::NotFound("workspace"))?.permit()?)
}

/// A member who has not left.
async fn present(conn: &mut AsyncPgConnection, caller: Caller, user: UserId) -> Result<Member, MemberError> {
    let member = Membership::find(conn, caller.workspace, user).await?;
    member.filter(|member| member.left_at.is_none()).ok_or_else(MemberError::not_found)
}

/// A member changes and gives only roles up to their own. Only the owner's is above one that manages members.
pub(crate) fn check_rank<R: Rejection>(caller: Caller, role: Role) -> Result<(), RuleError<R>> {
    if role > caller.role {
        caller.permit::<needs::ManageOwners>()?;
    }
    Ok(())
}

/// The last owner can neither leave nor be demoted. The workspace is locked, so no other change does either meanwhile.
async fn check_other_owner(conn: &mut AsyncPgConnection, caller: Caller) -> Result<(), MemberError> {
    let owners = Membership::count_owners(conn, caller.workspace).await?;
    if owners > 1 { Ok(()) } else { Err(MemberRejection::LastOwner.into()) }
}
