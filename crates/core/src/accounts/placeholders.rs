//! Claims of placeholders: what an import has brought for a person without an account becomes a member's, when the
//! member accepts an invitation that names the placeholder, or when somebody who manages members says who it is.
//!
//! A claim is noted in the transaction of the request, which has locked the workspace; a placeholder is claimed once. A
//! job then moves everything in one transaction, so that each reader finds either all of it at the placeholder or all
//! of it at the member. Until then the placeholder is listed with the member who has claimed it.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::audit::{self, By, Object};
use super::people::lock_people;
use crate::access::{Permit, Rejection, RuleError, needs};
use crate::database::transaction;
use crate::jobs::{self, JobOptions, Payload};
use crate::models::timer_lock::{Timers, with_timers};
use crate::models::{Member, Membership, MovedEntries, Placeholder, Workspace, announce_bulk_change};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{InvitationId, UserId, WorkspaceId};

/// Most placeholders of a workspace, removed ones included: several times what the largest file of a team has people.
pub const PLACEHOLDERS_MAX: usize = 1_000;

/// Entries in one statement of a claim: some tenths of a second.
const ENTRIES_PER_STATEMENT: usize = 5_000;

/// The job that moves what belongs to a claimed placeholder.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ClaimPlaceholder {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The placeholder. Its membership says who has claimed it.
    pub placeholder: UserId,
}

impl Payload for ClaimPlaceholder {
    const KIND: &'static str = "claim_placeholder";
}

/// Why a placeholder was not claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimRejection {
    /// The member in the path has an account.
    #[error("the member is no placeholder")]
    NotPlaceholder,
    /// Another member has claimed it, and a job moves its entries.
    #[error("the placeholder is claimed")]
    Claimed,
    /// There is no present member of this id with an account.
    #[error("names no member with an account")]
    MemberNotFound,
}

impl Rejection for ClaimRejection {
    const OBJECT: &'static str = "member";
}

/// Why a placeholder was not claimed.
pub type ClaimError = RuleError<ClaimRejection>;

/// What became of an attempt of the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Everything is the member's now, or was before.
    Done,
    /// An import into the workspace runs; the job waits for its end.
    ImportRunning,
}

/// Says that a placeholder is a present member: what it has becomes the member's. Returns the member. Saying the same
/// again changes nothing.
///
/// # Errors
/// When there is no such member, it is no placeholder, another member has claimed it, or `member` is no present member
/// with an account.
#[tracing::instrument(target = RULE_TARGET, name = "placeholders::merge", skip_all)]
pub async fn merge(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageMembers>,
    placeholder: UserId,
    member: UserId,
    by: By,
    now: DateTime<Utc>,
) -> Result<Member, ClaimError> {
    transaction(conn, async |conn| {
        let caller = lock_people(conn, caller).await?;
        let found = Membership::find(conn, caller.workspace, placeholder).await?;
        let found = found.filter(|found| found.left_at.is_none()).ok_or_else(ClaimError::not_found)?;
        if !placeholder.is_placeholder() {
            return Err(ClaimRejection::NotPlaceholder.into());
        }
        if found.claimed_by.is_some_and(|claimer| claimer != member) {
            return Err(ClaimRejection::Claimed.into());
        }
        let target = Membership::find(conn, caller.workspace, member).await?;
        let target = target.filter(|target| target.left_at.is_none() && !member.is_placeholder());
        let target = target.ok_or(ClaimRejection::MemberNotFound)?;
        claim(conn, caller.workspace, placeholder, member, None, by, now).await?;
        Ok(target)
    })
    .await
}

/// Notes that a user, who is a member, has claimed a placeholder, and adds the job that moves what belongs to it. The
/// caller has locked the workspace. Nothing happens if the placeholder was claimed or removed.
pub(super) async fn claim(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    placeholder: UserId,
    member: UserId,
    invitation: Option<InvitationId>,
    by: By,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    if Placeholder::claim(conn, workspace, placeholder, member, now).await? == 0 {
        return Ok(());
    }
    Placeholder::end_invitations(conn, workspace, placeholder, invitation, now).await?;
    let key = placeholder.to_string();
    let options = JobOptions { unique_key: Some(&key), ..JobOptions::default() };
    jobs::enqueue(conn, &ClaimPlaceholder { workspace, placeholder }, options).await?;
    let object = Object::in_workspace(workspace, "membership", member);
    let details = json!({"placeholder": placeholder, "invitation": invitation});
    audit::record(conn, by, "membership.placeholder_claimed", object, details, now).await
}

/// Moves everything that belongs to a claimed placeholder, in one transaction, and deletes the placeholder.
///
/// The lock of the placeholder keeps new entries of it away, the lock of imports those that an import has planned. The
/// workspace is not locked: whatever else changes a placeholder leaves a claimed one alone.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "placeholders::move_claimed", skip_all)]
pub async fn move_claimed(
    conn: &mut AsyncPgConnection,
    job: ClaimPlaceholder,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Claimed> {
    let ClaimPlaceholder { workspace, placeholder } = job;
    with_timers(conn, Timers::Of(placeholder), async |conn, _| {
        if !Workspace::try_lock_imports(conn, workspace).await? {
            return Ok(Claimed::ImportRunning);
        }
        let found = Placeholder::lock(conn, workspace, placeholder).await?;
        let Some(member) = found.and_then(|found| found.claimed_by) else { return Ok(Claimed::Done) };
        let moved = move_entries(conn, workspace, placeholder, member, now).await?;
        Placeholder::move_rest(conn, workspace, placeholder, member, now).await?;
        Placeholder::end_invitations(conn, workspace, placeholder, None, now).await?;
        Placeholder::delete(conn, workspace, placeholder).await?;
        let object = Object::in_workspace(workspace, "membership", member);
        let MovedEntries { moved, duplicates } = moved;
        let details = json!({"placeholder": placeholder, "entries": moved, "duplicates": duplicates});
        audit::record(conn, By::job(), "membership.placeholder_moved", object, details, now).await?;
        Ok(Claimed::Done)
    })
    .await
}

async fn move_entries(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    placeholder: UserId,
    member: UserId,
    now: DateTime<Utc>,
) -> diesel::QueryResult<MovedEntries> {
    let ids = Placeholder::entry_ids(conn, workspace, placeholder).await?;
    announce_bulk_change(conn, ids.len()).await?;
    let may_repeat = Placeholder::has_imported(conn, workspace, member).await?;
    let mut done = MovedEntries::default();
    for ids in ids.chunks(ENTRIES_PER_STATEMENT) {
        if may_repeat {
            done.duplicates += Placeholder::delete_duplicates(conn, workspace, placeholder, member, ids).await?;
        }
        done.moved += Placeholder::move_entries(conn, workspace, placeholder, member, ids, now).await?;
    }
    Ok(done)
}
