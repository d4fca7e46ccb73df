//! Budgets: how much of them is used, what is left, and what they will have come to.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};

use super::query::{DateRange, ReportQuery, ReportZone};
use super::run::{ReportError, totals};
use super::times::TimesOfWeek;
use crate::access::{EntryScope, OnViolation as _, Permit, needs};
use crate::database::transaction;
use crate::jobs::Payload;
use crate::models::report::Attribution;
use crate::models::{Budget, BudgetAlert, Choice, CurrencyOf, EntryConditions, NewBudget, TimeEntryFilter, Workspace};
use crate::money::{MoneyError, MoneyRejection};
use crate::telemetry::RULE_TARGET;
use crate::values::TimeZone;
use crate::values::ids::{BudgetId, ClientId, ProjectId, WorkspaceId};
use crate::values::money::{Currency, Rate};
use crate::values::revision::ExpectedRevision;
use crate::values::settings::{FirstDayOfWeek, choice};

/// Most budgets of a workspace: each costs a statement when they are shown.
pub const BUDGETS_MAX: usize = 200;
/// Workspaces whose budgets one job looks at.
pub const WATCHED_AT_ONCE: usize = 100;

choice!(
    /// What a budget counts.
    BudgetMeasure {
        /// Tracked time.
        Time = "time",
        /// What clients pay.
        Money = "money",
    }
);
choice!(
    /// What a budget is for.
    BudgetPeriod {
        /// All of time.
        Total = "total",
        /// Each month.
        Month = "month",
    }
);

/// The project or the client that the budget is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetTarget {
    /// The projects of a client.
    Client(ClientId),
    /// A project.
    Project(ProjectId),
}

/// A budget to make.
#[derive(Clone, Debug)]
pub struct BudgetNew {
    /// The workspace of the budget.
    pub target: BudgetTarget,
    /// What it counts.
    pub measure: BudgetMeasure,
    /// What it is for.
    pub period: BudgetPeriod,
    /// Seconds, or ten-thousandths of the currency.
    pub size: i64,
    /// At which percentages it has alerts.
    pub alert_percents: Vec<i32>,
}

/// Changes to a budget; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct BudgetPatch {
    /// Seconds, or ten-thousandths of the currency, as the budget's measure wants it.
    pub size: Option<BudgetSize>,
    /// At which percentages it has alerts.
    pub alert_percents: Option<Vec<i32>>,
}

/// How much a budget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetSize {
    /// Seconds.
    Time(i64),
    /// Money.
    Money(Rate),
}

/// A budget and how it stands.
#[derive(Clone, Debug)]
pub struct BudgetState {
    /// The budget.
    pub budget: Budget,
    /// The first day of the present period; `None` of a budget in all.
    pub period_start: Option<NaiveDate>,
    /// Seconds that are used, or minor units of the currency.
    pub used: i128,
    /// The size, in the same unit.
    pub size: i128,
    /// What will be used at the end of the period at its pace so far; `None` of a budget in all.
    pub forecast: Option<i128>,
    /// The currency of money; `None` if there is none, and then nothing is used.
    pub currency: Option<Currency>,
    /// The alerts of the present period.
    pub alerts: Vec<BudgetAlert>,
}

impl BudgetState {
    /// How much of the budget is used, in percent, cut.
    #[must_use]
    pub fn percent(&self) -> i64 {
        i64::try_from(self.used * 100 / self.size.max(1)).unwrap_or(i64::MAX)
    }
}

/// All budgets of the workspace, and how they stand.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "reports::budgets", skip_all)]
pub async fn budgets(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeAmounts>,
    now: DateTime<Utc>,
) -> Result<Vec<BudgetState>, ReportError> {
    states(conn, caller.workspace, now).await
}

async fn states(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<Vec<BudgetState>, ReportError> {
    let zone = Workspace::find(conn, workspace).await?.and_then(|workspace| workspace.time_zone);
    let zone = zone.and_then(|name| TimeZone::parse(&name).ok()).unwrap_or_else(TimeZone::utc);
    let limit = i64::try_from(BUDGETS_MAX).unwrap_or(i64::MAX);
    let alerts = BudgetAlert::list(conn, workspace).await?;
    let currencies = CurrencyOf::list(conn, workspace).await?;
    let mut states = Vec::new();
    for (budget, client) in Budget::list_with_clients(conn, workspace, limit).await? {
        let currency = currency(&currencies, client);
        states.push(state(conn, budget, currency, &alerts, &zone, now).await?);
    }
    Ok(states)
}

/// The currency in which a client pays: its own, or else the workspace's.
fn currency(currencies: &[CurrencyOf], client: Option<ClientId>) -> Option<Currency> {
    let of = |client: Option<ClientId>| currencies.iter().find(|row| row.client_id == client);
    let row = client.and_then(|client| of(Some(client))).or_else(|| of(None))?;
    Currency::parse(&row.currency).ok()
}

async fn state(
    conn: &mut AsyncPgConnection,
    budget: Budget,
    currency: Option<Currency>,
    alerts: &[BudgetAlert],
    zone: &TimeZone,
    now: DateTime<Utc>,
) -> Result<BudgetState, ReportError> {
    let range = range(&budget, zone.local(now).date());
    let is_money = budget.measure == BudgetMeasure::Money.as_str();
    let only = |projects, clients| EntryConditions {
        projects: Choice { any_of: projects, none_of: Vec::new() },
        clients: Choice { any_of: clients, none_of: Vec::new() },
        now,
        ..EntryConditions::default()
    };
    let conditions = only(budget.project_id.into_iter().collect(), budget.client_id.into_iter().collect());
    let query = ReportQuery {
        range,
        zone: ReportZone::One(zone.clone()),
        week: FirstDayOfWeek::Monday,
        attribution: Attribution::Split,
        filter: TimeEntryFilter { conditions, ..TimeEntryFilter::default() },
        times: TimesOfWeek::default(),
        groups: Vec::new(),
        category_depth: None,
        sort: None,
        fill_empty: false,
        comparison: None,
        rounding: None,
        amounts: is_money,
    };
    let (time, worth) = totals(conn, EntryScope::all_members(budget.workspace_id), &query, now).await?;
    let currency = currency.filter(|_| is_money);
    let (used, size) = match currency {
        Some(currency) => {
            let used = worth.amounts.get(&currency).copied().unwrap_or_default();
            (used, currency.price(Rate::from_parts(budget.size)))
        }
        None if is_money => (0, i128::from(budget.size)),
        None => (i128::from(time.duration_seconds), i128::from(budget.size)),
    };
    let is_monthly = budget.period == BudgetPeriod::Month.as_str();
    let forecast = is_monthly.then(|| {
        let length = |from: DateTime<Utc>, to: DateTime<Utc>| i128::from((to - from).num_seconds().max(1));
        let begin = range.begin(zone);
        used * length(begin, range.end(zone)) / length(begin, now)
    });
    let mine = alerts.iter().filter(|alert| alert.budget_id == budget.id && alert.period_start == range.from);
    let alerts = mine.cloned().collect();
    let period_start = is_monthly.then_some(range.from);
    Ok(BudgetState { budget, period_start, used, size, forecast, currency, alerts })
}

/// The days of the present period.
fn range(budget: &Budget, today: NaiveDate) -> DateRange {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
    if budget.period == BudgetPeriod::Total.as_str() {
        return DateRange { from: day(1970, 1, 1), to: day(2099, 12, 31) };
    }
    let from = day(today.year(), today.month(), 1);
    let next = if today.month() == 12 { day(today.year() + 1, 1, 1) } else { day(today.year(), today.month() + 1, 1) };
    DateRange { from, to: next.pred_opt().unwrap_or(next) }
}

/// Looks whether budgets have reached their alerts: a job that one server does every ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchBudgets {
    /// Where the round goes on: after this workspace. `None` is its beginning.
    #[serde(default)]
    pub after: Option<WorkspaceId>,
}

impl Payload for WatchBudgets {
    const KIND: &'static str = "watch_budgets";
}

/// The next workspaces of the round whose budgets have alerts, by their ids; fewer than [`WATCHED_AT_ONCE`] are the
/// last ones.
///
/// # Errors
/// Those of the database.
pub async fn watched_workspaces(conn: &mut AsyncPgConnection, job: WatchBudgets) -> QueryResult<Vec<WorkspaceId>> {
    Budget::watched(conn, job.after, i64::try_from(WATCHED_AT_ONCE).unwrap_or(i64::MAX)).await
}

/// Notes the alerts that budgets of a workspace have reached: each once, whichever server comes first. Returns how many
/// are new.
///
/// # Errors
/// Those of the database.
pub async fn record_alerts(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<usize, ReportError> {
    let reached: Vec<BudgetAlert> = states(conn, workspace, now).await?.iter().flat_map(reached(now)).collect();
    if reached.is_empty() {
        return Ok(0);
    }
    Ok(BudgetAlert::note(conn, &reached).await?)
}

/// The alerts that a budget has reached and not had.
fn reached(now: DateTime<Utc>) -> impl Fn(&BudgetState) -> Vec<BudgetAlert> {
    move |state| {
        let had = |percent: i32| state.alerts.iter().any(|alert| alert.percent == percent);
        let percents = state.budget.alert_percents.iter().copied();
        let due = percents.filter(|percent| i64::from(*percent) <= state.percent() && !had(*percent));
        let alert = |percent| BudgetAlert {
            workspace_id: state.budget.workspace_id,
            budget_id: state.budget.id,
            period_start: state.period_start.or(NaiveDate::from_ymd_opt(1970, 1, 1)).unwrap_or_default(),
            percent,
            reached_at: now,
        };
        due.map(alert).collect()
    }
}

/// Makes a budget.
///
/// # Errors
/// When the target does not exist or has such a budget, or there are too many budgets.
#[tracing::instrument(target = RULE_TARGET, name = "reports::create_budget", skip_all)]
pub async fn create_budget(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    budget: BudgetNew,
    now: DateTime<Utc>,
) -> Result<Budget, MoneyError> {
    let limit = i64::try_from(BUDGETS_MAX).unwrap_or(i64::MAX);
    // Two at once may go over by one, which harms nothing.
    if Budget::list(conn, caller.workspace, limit).await?.len() >= BUDGETS_MAX {
        return Err(MoneyRejection::TooManyBudgets.into());
    }
    let (client_id, project_id) = match budget.target {
        BudgetTarget::Client(client) => (Some(client), None),
        BudgetTarget::Project(project) => (None, Some(project)),
    };
    let new = NewBudget {
        id: BudgetId::new(),
        workspace_id: caller.workspace,
        client_id,
        project_id,
        measure: budget.measure.as_str(),
        period: budget.period.as_str(),
        size: budget.size,
        alert_percents: budget.alert_percents,
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await.on_violation(MoneyRejection::of_budget)
}

/// Changes a budget, under a lock on the row.
///
/// # Errors
/// When there is no such budget, it has none of the expected revisions, or counts something else than the new size.
#[tracing::instrument(target = RULE_TARGET, name = "reports::update_budget", skip_all)]
pub async fn update_budget(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: BudgetId,
    expected: ExpectedRevision,
    patch: BudgetPatch,
    now: DateTime<Utc>,
) -> Result<Budget, MoneyError> {
    transaction(conn, async |conn| {
        let budget = lock(conn, caller, id, expected).await?;
        let is_money = budget.measure == BudgetMeasure::Money.as_str();
        let size = match patch.size {
            None => budget.size,
            Some(BudgetSize::Time(seconds)) if !is_money => seconds,
            Some(BudgetSize::Money(amount)) if is_money => amount.parts(),
            Some(_) => return Err(MoneyRejection::OtherMeasure.into()),
        };
        let present = budget.alert_percents.clone();
        let percents = patch.alert_percents.clone().unwrap_or_else(|| present.clone());
        if size == budget.size && percents == present {
            return Ok(budget);
        }
        Ok(budget.update(conn, size, &percents, now).await?)
    })
    .await
}

/// Deletes a budget with its alerts.
///
/// # Errors
/// When there is no such budget, or it has none of the expected revisions.
#[tracing::instrument(target = RULE_TARGET, name = "reports::delete_budget", skip_all)]
pub async fn delete_budget(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: BudgetId,
    expected: ExpectedRevision,
) -> Result<(), MoneyError> {
    transaction(conn, async |conn| {
        lock(conn, caller, id, expected).await?.delete(conn).await?;
        Ok(())
    })
    .await
}

/// Locks a budget that has one of the expected revisions.
async fn lock(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageRates>,
    id: BudgetId,
    expected: ExpectedRevision,
) -> Result<Budget, MoneyError> {
    let not_found = || MoneyError::NotFound("budget");
    let budget = Budget::lock(conn, caller.workspace, id).await?.ok_or_else(not_found)?;
    expected.check(budget.revision)?;
    Ok(budget)
}
