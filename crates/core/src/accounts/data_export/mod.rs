//! What the installation has about a user, as one archive: requested by the user, written by a job, and gone after a
//! week.
//!
//! The archive lies in the database, in pieces of a mebibyte, because servers have no disk that they share. Each user
//! has one at a time, of at most 256 MiB, and requests one a day.

mod archive;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::audit::{self, By, Object};
use super::notices::{Notify, Recipient};
use crate::access::{Rejection, RuleError};
use crate::database::transaction;
use crate::database::transaction::Begin;
use crate::jobs::{self, JobOptions, Payload};
use crate::mail::Mail;
use crate::models::Account;
pub use crate::models::DataExport;
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{DataExportId, JobLeaseId, UserId};

pub(crate) use archive::Archive;

/// How long an archive is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// How long a user waits for the next archive.
pub const PAUSE: TimeDelta = TimeDelta::days(1);

/// The job that writes an archive.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ExportData {
    /// The user.
    pub user: UserId,
    /// The archive. If the user has another one by now, or none, nothing is written.
    pub export: DataExportId,
}

impl Payload for ExportData {
    const KIND: &'static str = "export_data";
}

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum ExportRejection {
    /// One was requested within the last day; the next one can be after so long.
    #[error("an archive was requested within the last day")]
    TooSoon(TimeDelta),
    /// It is not ready yet, or could not be written.
    #[error("the archive is not ready")]
    NotReady,
    /// Its week is over.
    #[error("the archive has expired")]
    Expired,
}

impl Rejection for ExportRejection {
    const OBJECT: &'static str = "archive";
}

/// Why there is no archive.
pub type ExportError = RuleError<ExportRejection>;

/// Requests an archive, which takes the place of an earlier one.
///
/// # Errors
/// When the user has requested one within the last day, unless that failed.
#[tracing::instrument(target = RULE_TARGET, name = "data_export::request", skip_all)]
pub async fn request(
    conn: &mut AsyncPgConnection,
    user: UserId,
    by: By,
    now: DateTime<Utc>,
) -> Result<DataExport, ExportError> {
    transaction(conn, async |conn| {
        // Of two requests at once the second one finds the first one's archive.
        Account::lock(conn, user).await?;
        let id = DataExportId::new();
        let Some(export) = DataExport::request(conn, id, user, now - PAUSE, now + KEPT_FOR, now).await? else {
            let earlier = DataExport::of(conn, user).await?.map_or(now, |export| export.requested_at);
            return Err(ExportRejection::TooSoon(earlier + PAUSE - now).into());
        };
        let key = id.to_string();
        let options = JobOptions { unique_key: Some(&key), ..JobOptions::default() };
        jobs::enqueue(conn, &ExportData { user, export: id }, options).await?;
        audit::record(conn, by, "account.data_requested", Object::user(user), json!({}), now).await?;
        Ok(export)
    })
    .await
}

/// The archive of a user, if there is one.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "data_export::of", skip_all)]
pub async fn of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Option<DataExport>> {
    Ok(DataExport::of(conn, user).await?.filter(|export| export.expires_at > now))
}

/// A finished archive of the user, whose pieces [`piece`] reads, and its size in bytes.
///
/// # Errors
/// When the user has no such archive, it is not ready, or it has expired.
#[tracing::instrument(target = RULE_TARGET, name = "data_export::open", skip_all)]
pub async fn open(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: DataExportId,
    by: By,
    now: DateTime<Utc>,
) -> Result<i64, ExportError> {
    let export = DataExport::of(conn, user).await?.filter(|export| export.id == id);
    let export = export.ok_or_else(ExportError::not_found)?;
    if export.expires_at <= now {
        return Err(ExportRejection::Expired.into());
    }
    let size = export.size.ok_or(ExportRejection::NotReady)?;
    audit::record(conn, by, "account.data_taken", Object::user(user), json!({}), now).await?;
    Ok(size)
}

/// A piece of an archive; `None` after the last one.
///
/// # Errors
/// Those of the database.
pub async fn piece(
    conn: &mut AsyncPgConnection,
    id: DataExportId,
    number: i32,
) -> diesel::QueryResult<Option<Vec<u8>>> {
    DataExport::chunk(conn, id, number).await
}

/// Begins to write an archive, anew if an attempt was broken off. False if it is not to be written: it is finished, or
/// gone. The job may run twice, so a finished one keeps its pieces.
pub(crate) async fn begin(conn: &mut AsyncPgConnection, id: DataExportId) -> diesel::QueryResult<bool> {
    transaction::begin(conn, &Begin::Plain).await?;
    let is_wanted = DataExport::lock_unfinished(conn, id).await?;
    if is_wanted {
        // A statement of its own, which sees the pieces that were added while the first one waited.
        DataExport::begin_anew(conn, id).await?;
    }
    transaction::commit(conn).await?;
    Ok(is_wanted)
}

/// Notes that the archive is whole, and tells the user. False if it is not, because another attempt has written to it.
/// Without an archive, which was requested anew or has gone with its account, nothing is to be done.
pub(crate) async fn finish(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    link: String,
    job: ExportData,
    lease: JobLeaseId,
    size: i64,
    now: DateTime<Utc>,
) -> diesel::QueryResult<bool> {
    if DataExport::finish(conn, job.export, lease, size, now).await? == 0 {
        let present = DataExport::of(conn, job.user).await?;
        return Ok(present.is_none_or(|present| present.id != job.export || present.finished_at.is_some()));
    }
    // Without a transaction: a message that is lost costs a look at the page.
    let account = Account::find(conn, job.user).await?;
    if let Some(recipient) = account.as_ref().and_then(Recipient::of) {
        notify.queue(conn, &recipient, &Mail::DataReady { link }).await?;
    }
    Ok(true)
}

/// Notes that the archive could not be written, unless another attempt has the job by now, or has finished it. The user
/// may request another one at once.
pub(crate) async fn fail(
    conn: &mut AsyncPgConnection,
    id: DataExportId,
    lease: JobLeaseId,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    transaction::begin(conn, &Begin::Plain).await?;
    DataExport::fail(conn, id, lease, now).await?;
    transaction::commit(conn).await
}
