//! What an administrator of the installation does with accounts: disables them and enables them again, makes other
//! administrators, and makes links with which users choose a new password. None of it shows what a user tracks, nor
//! does the list of workspaces; `workspaces::delete_any` deletes one of them.
//!
//! Every change of who the administrators are takes the lock of setting up, and looks again whether the caller still is
//! one: of two administrators who act on each other at once, the second one no longer is.

use chrono::{DateTime, Utc};
use diesel::{OptionalExtension, QueryResult};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use super::one_time_tokens::{self, Purpose};
use super::sessions;
use crate::access::{Rejection, RuleError};
use crate::database::transaction;
use crate::mail::Mail;
use crate::models::timer_lock::{LockedTimer, Timers, with_timers};
use crate::models::{Account, DeletionMarks, Job, Page, SignOnIdentity, TimeEntry};
pub use crate::models::{AccountSummary, WorkspaceSummary};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{JobId, UserId};

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationRejection {
    /// The caller is no administrator any more.
    #[error("the caller is no administrator")]
    NotAdministrator,
    /// Administrators do not lock themselves out.
    #[error("the account is the caller's own")]
    OwnAccount,
    /// The installation would be without an administrator.
    #[error("the user is the last administrator")]
    LastAdministrator,
    /// A disabled account signs in with no password.
    #[error("the account is disabled")]
    Disabled,
    /// The account has no address to sign in with.
    #[error("the account has no address")]
    NoAddress,
    /// The account signs in with a provider, and has no password.
    #[error("the account signs in with a provider")]
    SignsInElsewhere,
}

impl Rejection for AdministrationRejection {
    const OBJECT: &'static str = "user";
}

/// Why an account was not changed.
pub type AdministrationError = RuleError<AdministrationRejection>;

/// What to change on an account; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Whether it can sign in.
    pub disabled: Option<bool>,
    /// Whether it runs the installation.
    pub administrator: Option<bool>,
}

/// A page of accounts, the oldest first; with a text only those that have it in their name or address.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &mut AsyncPgConnection, text: Option<&str>, page: Page) -> QueryResult<Vec<AccountSummary>> {
    AccountSummary::list(conn, text, page).await
}

/// A page of workspaces, the oldest first; with a text only those that have it in their name.
///
/// # Errors
/// Those of the database.
pub async fn list_workspaces(
    conn: &mut AsyncPgConnection,
    text: Option<&str>,
    page: Page,
) -> QueryResult<Vec<WorkspaceSummary>> {
    WorkspaceSummary::list(conn, text, page).await
}

/// Changes an account. One that is disabled loses its sessions, and its timer stops; its tokens, links and feeds work
/// again when it is enabled.
///
/// # Errors
/// See [`AdministrationRejection`]; when there is no such user, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "administration::change", skip_all)]
pub async fn change(
    conn: &mut AsyncPgConnection,
    caller: UserId,
    user: UserId,
    change: AccountChange,
    by: By,
    now: DateTime<Utc>,
) -> Result<AccountSummary, AdministrationError> {
    with_timers(conn, Timers::Of(user), async |conn, timer| {
        let account = lock(conn, caller, user).await?;
        if let Some(disabled) = change.disabled.filter(|disabled| *disabled != account.disabled_at.is_some()) {
            if caller == user {
                return Err(AdministrationRejection::OwnAccount.into());
            }
            disable(conn, timer, user, disabled, by, now).await?;
        }
        if let Some(administrator) = change.administrator.filter(|wanted| *wanted != account.administrator) {
            // Only the caller's own can be the last one.
            if !administrator && !DeletionMarks::another_administrator(conn, user).await? {
                return Err(AdministrationRejection::LastAdministrator.into());
            }
            Account::set_administrator(conn, user, administrator, now).await?;
            let action = if administrator { "administrator.granted" } else { "administrator.revoked" };
            audit::record(conn, by, action, Object::user(user), json!({}), now).await?;
        }
        AccountSummary::find(conn, user).await?.ok_or_else(AdministrationError::not_found)
    })
    .await
}

/// Whether the caller is an administrator, which then stays so until the transaction ends.
pub(super) async fn lock_administrators(conn: &mut AsyncPgConnection, caller: UserId) -> QueryResult<bool> {
    Account::lock_setup(conn).await?;
    let present = Account::find(conn, caller).await?;
    Ok(present.is_some_and(|present| present.administrator && present.disabled_at.is_none()))
}

/// Locks the account of a user, for a caller who is an administrator until the transaction ends.
async fn lock(conn: &mut AsyncPgConnection, caller: UserId, user: UserId) -> Result<Account, AdministrationError> {
    if !lock_administrators(conn, caller).await? {
        return Err(AdministrationRejection::NotAdministrator.into());
    }
    let account = Account::lock(conn, user).await.optional()?.ok_or_else(AdministrationError::not_found)?;
    // Neither a placeholder nor what is left of an account.
    AccountSummary::find(conn, user).await?.ok_or_else(AdministrationError::not_found)?;
    Ok(account)
}

async fn disable(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    user: UserId,
    disabled: bool,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), AdministrationError> {
    Account::set_disabled(conn, user, disabled.then_some(now), now).await?;
    let mut ended = 0;
    if disabled {
        ended = sessions::end_all_of(conn, user).await?;
        one_time_tokens::revoke(conn, Purpose::Reset, Some(user)).await?;
        TimeEntry::stop_everywhere(conn, user, timer, now).await?;
    }
    let action = if disabled { "user.disabled" } else { "user.enabled" };
    let details = if disabled { json!({"sessionsEnded": ended}) } else { json!({}) };
    Ok(audit::record(conn, by, action, Object::user(user), details, now).await?)
}

/// Makes a link with which a user chooses a new password; earlier ones stop working. If mail is set up it goes to the
/// user alone, and the result is `None`; else the caller passes it on.
///
/// # Errors
/// See [`AdministrationRejection`]; when there is no such user, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "administration::reset_link", skip_all)]
pub async fn reset_link(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    link: &(dyn Fn(&str) -> String + Sync),
    caller: UserId,
    user: UserId,
    by: By,
    now: DateTime<Utc>,
) -> Result<Option<String>, AdministrationError> {
    transaction(conn, async |conn| {
        let account = lock(conn, caller, user).await?;
        if account.disabled_at.is_some() {
            return Err(AdministrationRejection::Disabled.into());
        }
        if account.password_hash.is_none() && !SignOnIdentity::list(conn, user).await?.is_empty() {
            return Err(AdministrationRejection::SignsInElsewhere.into());
        }
        let recipient = Recipient::of(&account).ok_or(AdministrationRejection::NoAddress)?;
        let mailed = notify.is_set_up();
        let token = one_time_tokens::issue(conn, Purpose::Reset, Some(user), json!({"mailed": mailed}), now).await?;
        audit::record(conn, by, "password.reset_link", Object::user(user), json!({"mailed": mailed}), now).await?;
        let link = link(token.reveal());
        if !mailed {
            return Ok(Some(link));
        }
        notify.queue(conn, &recipient, &Mail::ResetPassword { link }).await?;
        Ok(None)
    })
    .await
}

/// Why a job was not tried again or deleted.
#[derive(Debug, thiserror::Error)]
pub enum JobRejection {}

impl Rejection for JobRejection {
    const OBJECT: &'static str = "job";
}

/// Has a job that has failed for good tried again.
///
/// # Errors
/// When no dead job has the id, or another one does the same by now; or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "administration::retry_job", skip_all)]
pub async fn retry_job(
    conn: &mut AsyncPgConnection,
    id: JobId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), RuleError<JobRejection>> {
    transaction(conn, async |conn| {
        if Job::retry(conn, Some(id)).await? == 0 {
            return Err(RuleError::not_found());
        }
        let object = Object::of_installation("job", Some(id.0));
        Ok(audit::record(conn, by, "job.retried", object, json!({}), now).await?)
    })
    .await
}

/// Deletes a job that has failed for good.
///
/// # Errors
/// When no dead job has the id, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "administration::delete_job", skip_all)]
pub async fn delete_job(
    conn: &mut AsyncPgConnection,
    id: JobId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), RuleError<JobRejection>> {
    transaction(conn, async |conn| {
        let Some(kind) = Job::delete_dead(conn, id).await? else { return Err(RuleError::not_found()) };
        let object = Object::of_installation("job", Some(id.0));
        Ok(audit::record(conn, by, "job.deleted", object, json!({"kind": kind}), now).await?)
    })
    .await
}
