//! Saved reports: a name for a question, of one member, for all to find if it is shared.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use crate::access::{Capability, Permit, Rejection, RuleError, needs};
use crate::database::transaction;
use crate::models::{NewSavedReport, SavedReport, SavedReportChanges};
use crate::telemetry::RULE_TARGET;
use crate::values::DisplayName;
use crate::values::changes::differing;
use crate::values::ids::SavedReportId;
use crate::values::revision::ExpectedRevision;

/// Most saved reports of a member in a workspace.
pub const SAVED_MAX: i64 = 500;
/// The longest query of a saved report, in characters.
pub const QUERY_MAX: usize = 4_000;
/// Most saved reports that are listed: a member's own, and what others share.
const LISTED_MAX: i64 = 5_000;

/// Why a report was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SavedRejection {
    /// The member has [`SAVED_MAX`] of them.
    #[error("the member has {SAVED_MAX} saved reports")]
    TooMany,
}

impl Rejection for SavedRejection {
    const OBJECT: &'static str = "saved report";
}

/// Why a saved report was not read or changed.
pub type SavedError = RuleError<SavedRejection>;

/// Changes to a saved report, or a new one; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct SavedPatch {
    /// The name.
    pub name: Option<DisplayName>,
    /// The parameters of the question.
    pub query: Option<String>,
    /// Whether all members find it.
    pub shared: Option<bool>,
}

/// The caller's own saved reports and those that others share, the oldest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "reports::saved", skip_all)]
pub async fn saved(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
) -> Result<Vec<SavedReport>, SavedError> {
    Ok(SavedReport::list(conn, caller.workspace, caller.user(), LISTED_MAX).await?)
}

/// Saves a report.
///
/// # Errors
/// When the member has too many.
#[tracing::instrument(target = RULE_TARGET, name = "reports::save", skip_all)]
pub async fn save(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    name: DisplayName,
    query: String,
    shared: bool,
    now: DateTime<Utc>,
) -> Result<SavedReport, SavedError> {
    // Two at once may go over by one, which harms nothing.
    if SavedReport::count(conn, caller.workspace, caller.user()).await? >= SAVED_MAX {
        return Err(SavedRejection::TooMany.into());
    }
    let new = NewSavedReport {
        id: SavedReportId::new(),
        workspace_id: caller.workspace,
        user_id: caller.user(),
        name: name.into(),
        query,
        shared,
        created_at: now,
        updated_at: now,
    };
    Ok(new.insert(conn).await?)
}

/// Changes a saved report of the caller's own, under a lock on the row.
///
/// # Errors
/// When there is no such report, it is another member's, or it has none of the expected revisions.
#[tracing::instrument(target = RULE_TARGET, name = "reports::update_saved", skip_all)]
pub async fn update_saved(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    id: SavedReportId,
    expected: ExpectedRevision,
    patch: SavedPatch,
    now: DateTime<Utc>,
) -> Result<SavedReport, SavedError> {
    transaction(conn, async |conn| {
        let report = own::<SavedRejection>(conn, caller, id, expected).await?;
        let changes = SavedReportChanges {
            name: differing(patch.name.clone().map(String::from), &report.name),
            query: differing(patch.query.clone(), &report.query),
            shared: differing(patch.shared, &report.shared),
        };
        if changes == SavedReportChanges::default() {
            return Ok(report);
        }
        Ok(report.update(conn, &changes, now).await?)
    })
    .await
}

/// Deletes a saved report of the caller's own.
///
/// # Errors
/// When there is no such report, it is another member's, or it has none of the expected revisions.
#[tracing::instrument(target = RULE_TARGET, name = "reports::delete_saved", skip_all)]
pub async fn delete_saved(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    id: SavedReportId,
    expected: ExpectedRevision,
) -> Result<(), SavedError> {
    transaction(conn, async |conn| {
        own::<SavedRejection>(conn, caller, id, expected).await?.delete(conn).await?;
        Ok(())
    })
    .await
}

/// Locks a report that the caller may change.
pub(super) async fn own<R: Rejection>(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    id: SavedReportId,
    expected: ExpectedRevision,
) -> Result<SavedReport, RuleError<R>> {
    let found = SavedReport::lock(conn, caller.workspace, caller.user(), id).await?;
    let report = is_own(caller, found)?;
    expected.check(report.revision)?;
    Ok(report)
}

/// A report that was found, if it is the caller's own: those that others share are seen, and left as they are.
pub(super) fn is_own<R: Rejection>(
    caller: Permit<needs::SaveReports>,
    found: Option<SavedReport>,
) -> Result<SavedReport, RuleError<R>> {
    let report = found.ok_or(RuleError::NotFound(SavedRejection::OBJECT))?;
    if report.user_id == caller.user() { Ok(report) } else { Err(RuleError::Forbidden(Capability::SaveReports)) }
}
