//! Dated rates.

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncPgConnection;

use super::{MoneyError, MoneyRejection};
use crate::access::{OnViolation, Permit, needs};
use crate::database::transaction;
use crate::models::{HourlyRate, HourlyRateChanges, NewHourlyRate};
use crate::telemetry::RULE_TARGET;
use crate::values::changes::differing;
use crate::values::ids::{CategoryId, ClientId, ProjectId, RateId, UserId};
use crate::values::money::Rate;
use crate::values::revision::ExpectedRevision;
use crate::values::settings::choice;

/// Most rates of a workspace: reports read all of them.
pub const RATES_MAX: i64 = 5_000;

choice!(
    /// What a rate is for.
    RateKind {
        /// What clients pay.
        Billable = "billable",
        /// What members cost.
        Cost = "cost",
    }
);

/// What a rate is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateTarget {
    /// Everything in the workspace.
    Workspace,
    /// A member.
    Member(UserId),
    /// The projects of a client.
    Client(ClientId),
    /// A project.
    Project(ProjectId),
    /// A category of a project with what is below it.
    Category(ProjectId, CategoryId),
    /// A member in a project.
    ProjectMember(ProjectId, UserId),
}

/// A rate to make.
#[derive(Clone, Copy, Debug)]
pub struct RateNew {
    /// What it is for.
    pub kind: RateKind,
    /// What it is about. Costs are of members or of the workspace.
    pub target: RateTarget,
    /// The day from which on it holds.
    pub valid_from: NaiveDate,
    /// What an hour is worth; `None` ends the rate.
    pub hourly: Option<Rate>,
}

/// Changes to a rate; `None` leaves a field as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct RatePatch {
    /// The day from which on it holds.
    pub valid_from: Option<NaiveDate>,
    /// What an hour is worth; `Some(None)` ends the rate.
    pub hourly: Option<Option<Rate>>,
}

/// All rates of the workspace, the earliest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "money::list_rates", skip_all)]
pub async fn list_rates(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeAmounts>,
) -> Result<Vec<HourlyRate>, MoneyError> {
    Ok(HourlyRate::list(conn, caller.workspace, RATES_MAX).await?)
}

/// Makes a rate.
///
/// # Errors
/// When the target does not exist or has a rate from that day on, or there are too many rates.
#[tracing::instrument(target = RULE_TARGET, name = "money::create_rate", skip_all)]
pub async fn create_rate(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    rate: RateNew,
    now: DateTime<Utc>,
) -> Result<HourlyRate, MoneyError> {
    // Two at once may go over by one, which harms nothing.
    if HourlyRate::count(conn, caller.workspace).await? >= RATES_MAX {
        return Err(MoneyRejection::TooManyRates.into());
    }
    let RateNew { kind, target, valid_from, hourly } = rate;
    let (mut user_id, mut client_id, mut project_id, mut category_id) = (None, None, None, None);
    match target {
        RateTarget::Workspace => {}
        RateTarget::Member(user) => user_id = Some(user),
        RateTarget::Client(client) => client_id = Some(client),
        RateTarget::Project(project) => project_id = Some(project),
        RateTarget::Category(project, category) => (project_id, category_id) = (Some(project), Some(category)),
        RateTarget::ProjectMember(project, user) => (project_id, user_id) = (Some(project), Some(user)),
    }
    let new = NewHourlyRate {
        id: RateId::new(),
        workspace_id: caller.workspace,
        kind: kind.as_str(),
        user_id,
        client_id,
        project_id,
        category_id,
        valid_from,
        hourly: hourly.map(Rate::parts),
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await.on_violation(MoneyRejection::of)
}

/// Changes a rate, under a lock on the row.
///
/// # Errors
/// When there is no such rate, it has none of the expected revisions, or the target has a rate from that day on.
#[tracing::instrument(target = RULE_TARGET, name = "money::update_rate", skip_all)]
pub async fn update_rate(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: RateId,
    expected: ExpectedRevision,
    patch: RatePatch,
    now: DateTime<Utc>,
) -> Result<HourlyRate, MoneyError> {
    transaction(conn, async |conn| {
        let rate = lock(conn, caller, id, expected).await?;
        let changes = HourlyRateChanges {
            valid_from: differing(patch.valid_from, &rate.valid_from),
            hourly: differing(patch.hourly.map(|hourly| hourly.map(Rate::parts)), &rate.hourly),
        };
        if changes == HourlyRateChanges::default() {
            return Ok(rate);
        }
        rate.update(conn, &changes, now).await.on_violation(MoneyRejection::of)
    })
    .await
}

/// Deletes a rate.
///
/// # Errors
/// When there is no such rate, or it has none of the expected revisions.
#[tracing::instrument(target = RULE_TARGET, name = "money::delete_rate", skip_all)]
pub async fn delete_rate(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: RateId,
    expected: ExpectedRevision,
) -> Result<(), MoneyError> {
    transaction(conn, async |conn| {
        lock(conn, caller, id, expected).await?.delete(conn).await?;
        Ok(())
    })
    .await
}

/// Locks a rate that has one of the expected revisions.
async fn lock(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: RateId,
    expected: ExpectedRevision,
) -> Result<HourlyRate, MoneyError> {
    let rate = HourlyRate::lock(conn, caller.workspace, id).await?.ok_or_else(MoneyError::not_found)?;
    expected.check(rate.revision)?;
    Ok(rate)
}
