//! The deletion of a user's own account: it says first what stays, can be undone for a week, and is then done by a job.
//!
//! Entries stay in workspaces of others, of a member without a name. A workspace in which the user is alone is deleted.
//! One that would be without an owner keeps the account from being deleted, and so does the installation when it would
//! be without an administrator.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use super::workspaces::{self, BUILT_IN_CALLER};
use super::{invitations, sessions};
use crate::access::{Rejection, Role, RuleError};
use crate::database::transaction;
use crate::jobs::{self, JobOptions, Payload};
use crate::mail::Mail;
use crate::models::timer_lock::{LockedTimer, Timers, with_timers};
use crate::models::{
    Account, DeletionMarks, Invitation, MemberAccess, Membership, ProjectMember, SharedWorkspace, TimeEntry, Workspace,
};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{SessionId, UserId};

/// How long a deletion can be undone.
pub const UNDONE_WITHIN: TimeDelta = TimeDelta::days(7);

/// What the former member is called of whom only entries are left.
pub const FORMER_MEMBER: &str = "Former member";

/// Most memberships that one transaction ends; the job goes on with the next ones.
const BATCH: i64 = 100;

/// Most workspaces that the answer names.
const SHOWN_MAX: i64 = 1_000;

/// When the job looks again for what a request has written that ran beside the job. No request runs for so long.
const AFTERWARDS: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// The job that deletes an account.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EraseAccount {
    /// The user.
    pub user: UserId,
    /// The deletion that it is for: one that was undone, and asked for again, is due at another time.
    pub due_at: DateTime<Utc>,
}

impl Payload for EraseAccount {
    const KIND: &'static str = "erase_account";
}

/// Why an account cannot be deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeletionRejection {
    /// Workspaces with other members would be without an owner; or the first workspace of the installation would.
    #[error("the user is the last owner of workspaces")]
    LastOwner,
    /// The installation would be without an administrator.
    #[error("the user is the last administrator")]
    LastAdministrator,
}

impl Rejection for DeletionRejection {
    const OBJECT: &'static str = "account";
}

/// Why an account was not deleted.
pub type DeletionError = RuleError<DeletionRejection>;

/// What becomes of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays, with the entries of the user.
    Stays,
    /// It is deleted, because the user is alone there.
    Deleted,
    /// It needs another owner first.
    NeedsOwner,
}

/// What the deletion of an account does.
#[derive(Debug)]
pub struct Preview {
    /// When it is due, if the user has asked for it.
    pub due_at: Option<DateTime<Utc>>,
    /// What becomes of the user's workspaces; at most the first thousand.
    pub workspaces: Vec<(SharedWorkspace, Fate)>,
    /// Whether the user is the only administrator of the installation.
    pub last_administrator: bool,
}

impl Preview {
    fn check(&self) -> Result<(), DeletionError> {
        if self.last_administrator {
            return Err(DeletionRejection::LastAdministrator.into());
        }
        let needs_owner = self.workspaces.iter().any(|(_, fate)| *fate == Fate::NeedsOwner);
        if needs_owner { Err(DeletionRejection::LastOwner.into()) } else { Ok(()) }
    }
}

/// What a batch of the job has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Memberships are left.
    Continues,
    /// The account is gone, or is not to be deleted.
    Ended,
}

fn fate(workspace: &SharedWorkspace) -> Fate {
    let is_last_owner = workspace.role == Role::Owner.as_str() && workspace.other_owners == 0;
    match (is_last_owner, workspace.others) {
        (false, _) => Fate::Stays,
        // An installation without accounts needs it, so it is not deleted either.
        (true, 0) if workspace.id != BUILT_IN_CALLER.workspace => Fate::Deleted,
        (true, _) => Fate::NeedsOwner,
    }
}

/// What the deletion of an account would do at the moment.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "deletion::preview", skip_all)]
pub async fn preview(conn: &mut AsyncPgConnection, user: UserId) -> Result<Preview, DeletionError> {
    let account = Account::find(conn, user).await?.ok_or_else(DeletionError::not_found)?;
    let DeletionMarks { deletion_due_at, .. } = DeletionMarks::find(conn, user).await?;
    let workspaces = SharedWorkspace::list_of(conn, user, SHOWN_MAX).await?;
    let last_administrator = account.administrator && !DeletionMarks::another_administrator(conn, user).await?;
    Ok(Preview {
        due_at: deletion_due_at,
        workspaces: workspaces.into_iter().map(with_fate).collect(),
        last_administrator,
    })
}

fn with_fate(workspace: SharedWorkspace) -> (SharedWorkspace, Fate) {
    let fate = fate(&workspace);
    (workspace, fate)
}

/// Asks for the deletion of the account of a user who has just shown who they are. All other sessions end. A second
/// request changes nothing.
///
/// # Errors
/// When the user is the last owner of a workspace or the last administrator, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "deletion::request", skip_all)]
pub async fn request(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    user: UserId,
    session: Option<SessionId>,
    by: By,
    now: DateTime<Utc>,
) -> Result<Preview, DeletionError> {
    transaction(conn, async |conn| {
        let account = Account::lock(conn, user).await?;
        let mut preview = preview(conn, user).await?;
        if preview.due_at.is_some() {
            return Ok(preview);
        }
        preview.check()?;
        let due_at = now + UNDONE_WITHIN;
        DeletionMarks::set_due(conn, user, Some(due_at), now).await?;
        sessions::end_others(conn, user, session).await?;
        enqueue(conn, EraseAccount { user, due_at }, UNDONE_WITHIN.to_std().unwrap_or_default()).await?;
        audit::record(conn, by, "account.deletion_requested", Object::user(user), json!({"dueAt": due_at}), now)
            .await?;
        if let Some(recipient) = Recipient::of(&account) {
            let day = due_at.date_naive().to_string();
            notify.queue(conn, &recipient, &Mail::AccountDeletion { day }).await?;
        }
        preview.due_at = Some(due_at);
        Ok(preview)
    })
    .await
}

async fn enqueue(
    conn: &mut AsyncPgConnection,
    job: EraseAccount,
    delay: std::time::Duration,
) -> Result<(), DeletionError> {
    let key = format!("{} {}", job.user, job.due_at.timestamp_micros());
    // Beside the job that runs, which has the same key.
    let key = if delay == AFTERWARDS { format!("{key} afterwards") } else { key };
    jobs::enqueue(conn, &job, JobOptions { delay, unique_key: Some(&key) }).await?;
    Ok(())
}

/// Undoes the deletion. Without one, nothing happens.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "deletion::undo", skip_all)]
pub async fn undo(conn: &mut AsyncPgConnection, user: UserId, by: By, now: DateTime<Utc>) -> Result<(), DeletionError> {
    transaction(conn, async |conn| {
        Account::lock(conn, user).await?;
        if DeletionMarks::find(conn, user).await?.deletion_due_at.is_none() {
            return Ok(());
        }
        DeletionMarks::set_due(conn, user, None, now).await?;
        Ok(audit::record(conn, by, "account.deletion_undone", Object::user(user), json!({}), now).await?)
    })
    .await
}

/// Does a part of the deletion, whose job is due: ends memberships, stops the timer, deletes workspaces in which the
/// user is alone, and at last everything that the account consists of. What was done is not done again.
///
/// If a workspace would be without an owner by now, the deletion is called off, and the user is told.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "deletion::erase_batch", skip_all)]
pub async fn erase_batch(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    job: EraseAccount,
    now: DateTime<Utc>,
) -> Result<Progress, DeletionError> {
    let user = job.user;
    with_timers(conn, Timers::Of(user), async |conn, timer| {
        // Of two administrators whose accounts are due at once, the second one is the last.
        Account::lock_setup(conn).await?;
        let account = Account::lock(conn, user).await?;
        let marks = DeletionMarks::find(conn, user).await?;
        // Undone, or asked for again since: that has a job of its own. Whether the week is over, the queue has decided,
        // by the database's clock: a server whose own is late would end the only job that there is.
        let is_meant = marks.deletion_due_at == Some(job.due_at);
        if !is_meant && marks.erased_at.is_none() {
            return Ok(Progress::Ended);
        }
        // In the order of their ids, and before the members are counted.
        let workspaces = SharedWorkspace::list_of(conn, user, BATCH).await?;
        for workspace in &workspaces {
            Workspace::lock(conn, workspace.id).await?;
        }
        let preview = preview(conn, user).await?;
        if marks.erased_at.is_none() && preview.check().is_err() {
            call_off(conn, notify, &account, now).await?;
            return Ok(Progress::Ended);
        }
        let batch = usize::try_from(BATCH).unwrap_or(usize::MAX);
        for (workspace, fate) in preview.workspaces.iter().take(batch) {
            // One that the user has joined since is left to the next batch.
            if workspaces.iter().any(|locked| locked.id == workspace.id) {
                leave(conn, timer, user, workspace, *fate, now).await?;
            }
        }
        if workspaces.len() >= batch {
            return Ok(Progress::Continues);
        }
        if marks.erased_at.is_none() {
            DeletionMarks::erase(conn, user, FORMER_MEMBER, now).await?;
            audit::record(conn, By::job(), "account.deleted", Object::user(user), json!({}), now).await?;
            enqueue(conn, job, AFTERWARDS).await?;
        } else {
            DeletionMarks::delete_belongings(conn, user).await?;
        }
        Ok(Progress::Ended)
    })
    .await
}

/// Ends the membership in a locked workspace, or deletes the workspace.
async fn leave(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    user: UserId,
    workspace: &SharedWorkspace,
    fate: Fate,
    now: DateTime<Utc>,
) -> Result<(), DeletionError> {
    TimeEntry::stop_running(conn, workspace.id, user, timer, now).await?;
    if fate == Fate::Deleted {
        workspaces::delete_locked(conn, workspace.id, now).await?;
        let object = Object::workspace(workspace.id);
        return Ok(audit::record(conn, By::job(), "workspace.deleted", object, json!({}), now).await?);
    }
    Membership::end(conn, workspace.id, user, now).await?;
    ProjectMember::delete_all_of(conn, workspace.id, user).await?;
    invitations::end_beyond(conn, workspace.id, user, None, now).await?;
    MemberAccess::end(conn, workspace.id, user).await?;
    DeletionMarks::delete_saved_reports(conn, workspace.id, user).await?;
    if let Some(account) = Account::find(conn, user).await?
        && let Some(email) = account.email
    {
        Invitation::revoke_to(conn, workspace.id, &email, None, now).await?;
    }
    let object = Object::in_workspace(workspace.id, "membership", user);
    let details = json!({"role": workspace.role, "left": true});
    Ok(audit::record(conn, By::job(), "membership.ended", object, details, now).await?)
}

/// The account stays: others have left since the user asked for the deletion.
async fn call_off(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<(), DeletionError> {
    DeletionMarks::set_due(conn, account.id, None, now).await?;
    if let Some(recipient) = Recipient::of(account) {
        notify.queue(conn, &recipient, &Mail::AccountDeletionCalledOff).await?;
    }
    let object = Object::user(account.id);
    Ok(audit::record(conn, By::job(), "account.deletion_called_off", object, json!({}), now).await?)
}
