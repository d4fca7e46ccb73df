//! `/api/budgets`: how much time or money projects and clients have, and how much of it is used.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::Budget;
use clockwork_core::reports::{
    self, BudgetMeasure, BudgetNew, BudgetPatch, BudgetPeriod, BudgetSize, BudgetState, BudgetTarget,
};
use clockwork_core::values::ids::{BudgetId, ClientId, ProjectId};
use clockwork_core::values::money::{Currency, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use super::money::optional_id;
use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{
    Allowed, IdempotentRequest, IfMatch, JsonBody, NoParameters, Now, PathId, Pool, QueryParameters, Representation,
    show,
};

/// The largest budget of time, in seconds: a million hours.
const SECONDS_MAX: i64 = 3_600_000_000;
/// Most alerts of a budget, and the largest percentage of one.
const ALERTS_MAX: usize = 10;
const PERCENT_MAX: i64 = 1_000;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_budgets, __path_list_budgets)
        .operation(create_budget, __path_create_budget)
        .operation(update_budget, __path_update_budget)
        .operation(delete_budget, __path_delete_budget);
}

/// A budget.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Budget)]
pub struct BudgetView {
    id: Uuid,
    /// The client of the projects that the budget is for.
    #[schema(required)]
    client_id: Option<Uuid>,
    /// The project that it is for.
    #[schema(required)]
    project_id: Option<Uuid>,
    /// `time` or `money`.
    measure: String,
    /// `total`: in all. `month`: for each month.
    period: String,
    /// How much time it is, in seconds; null of money.
    #[schema(required)]
    duration_seconds: Option<i64>,
    /// How much money it is, as a decimal in the currency of the client; null of time.
    #[schema(required)]
    amount: Option<String>,
    /// At which percentages it has alerts.
    alert_percents: Vec<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    revision: i64,
}

impl From<Budget> for BudgetView {
    fn from(row: Budget) -> Self {
        let is_money = row.measure == BudgetMeasure::Money.as_str();
        Self {
            id: row.id.into(),
            client_id: row.client_id.map(Uuid::from),
            project_id: row.project_id.map(Uuid::from),
            measure: row.measure,
            period: row.period,
            duration_seconds: (!is_money).then_some(row.size),
            amount: is_money.then(|| Rate::from_parts(row.size).to_string()),
            alert_percents: row.alert_percents,
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for BudgetView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A budget and how it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BudgetState)]
pub struct BudgetStateView {
    #[serde(flatten)]
    budget: BudgetView,
    /// The first day of the present month; null of a budget in all.
    #[schema(required)]
    period_start: Option<NaiveDate>,
    /// ISO 4217; null of time, and while the workspace has no currency.
    #[schema(required)]
    currency: Option<&'static str>,
    /// What is used of it: seconds, or a decimal.
    #[schema(value_type = Object)]
    used: Quantity,
    /// What is left of it: less than nothing if more is used.
    #[schema(value_type = Object)]
    left: Quantity,
    /// How much of it is used, in percent, cut.
    percent: i64,
    /// What will be used at the end of the month at the pace so far; null of a budget in all.
    #[schema(required, value_type = Option<Object>)]
    forecast: Option<Quantity>,
    /// The alerts that it has had in this period.
    alerts: Vec<AlertView>,
}

/// Seconds, or money.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Quantity {
    DurationSeconds(i64),
    Amount(String),
}

/// An alert of a budget.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BudgetAlert)]
pub struct AlertView {
    /// The percentage that was reached.
    percent: i32,
    /// When the server noticed.
    reached_at: DateTime<Utc>,
}

impl From<BudgetState> for BudgetStateView {
    fn from(state: BudgetState) -> Self {
        let percent = state.percent();
        let BudgetState { budget, period_start, used, size, forecast, currency, alerts } = state;
        let is_money = budget.measure == BudgetMeasure::Money.as_str();
        let quantity = |number: i128| match currency {
            Some(currency) => Quantity::Amount(currency.decimal(number)),
            // Without a currency nothing is worth anything.
            None if is_money => Quantity::Amount("0".to_owned()),
            None => Quantity::DurationSeconds(i64::try_from(number).unwrap_or(i64::MAX)),
        };
        Self {
            period_start,
            currency: currency.map(Currency::code),
            used: quantity(used),
            left: quantity(size - used),
            percent,
            forecast: forecast.map(quantity),
            alerts: alerts
                .into_iter()
                .map(|alert| AlertView { percent: alert.percent, reached_at: alert.reached_at })
                .collect(),
            budget: budget.into(),
        }
    }
}

/// A budget to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateBudget {
    /// The client; either it or the project is given.
    #[schema(value_type = Option<Uuid>)]
    client_id: Option<String>,
    /// The project.
    #[schema(value_type = Option<Uuid>)]
    project_id: Option<String>,
    /// `time` or `money`.
    #[schema(required, value_type = String)]
    measure: Option<String>,
    /// `total` or `month`.
    #[schema(required, value_type = String)]
    period: Option<String>,
    /// How much time, in seconds; with `measure=time`.
    #[schema(minimum = 1, maximum = 3_600_000_000_i64)]
    duration_seconds: Option<i64>,
    /// How much money, as a decimal; with `measure=money`.
    amount: Option<String>,
    /// At which percentages it has alerts: at most 10, from 1 to 1,000.
    #[schema(max_items = 10)]
    alert_percents: Option<Vec<i64>>,
}

/// Changes to a budget.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateBudget {
    /// How much time, in seconds, of a budget of time.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = 1, maximum = 3_600_000_000_i64)]
    duration_seconds: Patch<i64>,
    /// How much money, of a budget of money.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    amount: Patch<String>,
    /// At which percentages it has alerts.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Vec<i64>>, nullable = false, max_items = 10)]
    alert_percents: Patch<Vec<i64>>,
}

fn seconds(fields: &mut FieldErrors, number: i64) -> Option<BudgetSize> {
    if (1..=SECONDS_MAX).contains(&number) {
        return Some(BudgetSize::Time(number));
    }
    let message = format!("must be a whole number from 1 to {SECONDS_MAX}");
    let error = FieldError::out_of_range("durationSeconds", 1, SECONDS_MAX, message);
    fields.refuse(ErrorCode::InvalidMoney, error);
    None
}

fn amount(fields: &mut FieldErrors, text: &str) -> Option<BudgetSize> {
    let amount = fields
        .required("amount", ErrorCode::InvalidMoney, Some(text), |text: &str| Rate::parse(text, Rate::PRICE_MAX))?;
    if amount.parts() > 0 {
        return Some(BudgetSize::Money(amount));
    }
    fields.refuse(ErrorCode::InvalidMoney, FieldError::format("amount", "decimal", "must be more than 0"));
    None
}

fn percents(fields: &mut FieldErrors, numbers: &[i64]) -> Vec<i32> {
    if numbers.len() > ALERTS_MAX {
        let message = format!("must have at most {ALERTS_MAX} items, has {}", numbers.len());
        let error = FieldError::too_long("alertPercents", ALERTS_MAX, message).found_number(numbers.len());
        fields.refuse(ErrorCode::InvalidMoney, error);
        return Vec::new();
    }
    let mut percents = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        match i32::try_from(*number) {
            Ok(percent) if (1..=PERCENT_MAX).contains(number) => percents.push(percent),
            _ => {
                let message = format!("must be a whole number from 1 to {PERCENT_MAX}");
                let name = format!("alertPercents[{at}]");
                fields.refuse(ErrorCode::InvalidMoney, FieldError::out_of_range(name, 1, PERCENT_MAX, message));
            }
        }
    }
    percents.sort_unstable();
    percents.dedup();
    percents
}

impl CreateBudget {
    fn parse(self) -> ApiResult<BudgetNew> {
        let mut fields = FieldErrors::new();
        let code = ErrorCode::InvalidMoney;
        let client: Option<ClientId> = optional_id(&mut fields, "clientId", self.client_id.as_ref());
        let project: Option<ProjectId> = optional_id(&mut fields, "projectId", self.project_id.as_ref());
        let measure = fields.required("measure", code, self.measure.as_deref(), BudgetMeasure::parse);
        let period = fields.required("period", code, self.period.as_deref(), BudgetPeriod::parse);
        let time = self.duration_seconds.and_then(|number| seconds(&mut fields, number));
        let money = self.amount.as_deref().and_then(|text| amount(&mut fields, text));
        let alert_percents = percents(&mut fields, self.alert_percents.as_deref().unwrap_or_default());
        let (measure, period) = fields.done(measure.zip(period))?;
        let refused = |error| Err(ApiError::field(ErrorCode::InvalidTarget, error));
        let target = match (client, project) {
            (Some(client), None) => BudgetTarget::Client(client),
            (None, Some(project)) => BudgetTarget::Project(project),
            (None, None) => {
                return refused(FieldError::new("projectId", "required", "or clientId is required"));
            }
            (Some(_), Some(_)) => {
                return refused(FieldError::format("clientId", "alone", "must not be given together with projectId"));
            }
        };
        let size = match (measure, time, money) {
            (BudgetMeasure::Time, Some(BudgetSize::Time(seconds)), None) => seconds,
            (BudgetMeasure::Money, None, Some(BudgetSize::Money(amount))) => amount.parts(),
            (BudgetMeasure::Time, None, _) => {
                return refused(FieldError::new("durationSeconds", "required", "is required with measure time"));
            }
            (BudgetMeasure::Money, _, None) => {
                return refused(FieldError::new("amount", "required", "is required with measure money"));
            }
            _ => return refused(FieldError::format("measure", "alone", "fits one of durationSeconds and amount")),
        };
        Ok(BudgetNew { target, measure, period, size, alert_percents })
    }
}

/// All budgets of the workspace, and how they stand.
#[utoipa::path(get, path = "/budgets", tag = "money", responses((status = 200, body = Vec<BudgetStateView>)))]
pub(crate) async fn list_budgets(
    caller: Allowed<needs::SeeAmounts>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let states = reports::budgets(&mut conn, caller.0, now).await?;
    Ok(HttpResponse::Ok().json(states.into_iter().map(BudgetStateView::from).collect::<Vec<_>>()))
}

/// Makes a budget of a project or a client.
#[utoipa::path(
    post, path = "/budgets", tag = "money", request_body = CreateBudget,
    responses(
        (status = 201, body = BudgetView),
        (status = 400, description = "invalid_money, invalid_id, invalid_target"),
        (status = 409, description = "duplicate_budget, too_many_budgets"),
    )
)]
pub(crate) async fn create_budget(
    caller: Allowed<needs::ManageRates>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateBudget>,
) -> ApiResult<HttpResponse> {
    let budget = body.parse()?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            reports::create_budget(conn, caller.0, budget.clone(), now).await.map(BudgetView::from)
        })
        .await
}

/// Changes the size or the alerts of a budget. Alerts that it has had stay.
#[utoipa::path(
    patch, path = "/budgets/{budgetId}", tag = "money", request_body = UpdateBudget,
    responses(
        (status = 200, body = BudgetView),
        (status = 400, description = "invalid_money, invalid_target"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn update_budget(
    caller: Allowed<needs::ManageRates>,
    pool: Pool,
    PathId(id): PathId<BudgetId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateBudget>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    for (name, is_null) in [
        ("durationSeconds", body.duration_seconds == Some(None)),
        ("amount", body.amount == Some(None)),
        ("alertPercents", body.alert_percents == Some(None)),
    ] {
        if is_null {
            fields.refuse(ErrorCode::InvalidMoney, FieldError::new(name, "required", "must not be null"));
        }
    }
    let time = body.duration_seconds.flatten().and_then(|number| seconds(&mut fields, number));
    let money = body.amount.flatten().and_then(|text| amount(&mut fields, &text));
    let alert_percents = body.alert_percents.flatten().map(|numbers| percents(&mut fields, &numbers));
    let patch = fields.done(Some(BudgetPatch { size: time.or(money), alert_percents }))?;
    let mut conn = pool.0.conn().await?;
    let row = reports::update_budget(&mut conn, caller.0, id, expected, patch, now).await?;
    Ok(show(&BudgetView::from(row)))
}

/// Deletes a budget with its alerts.
#[utoipa::path(
    delete, path = "/budgets/{budgetId}", tag = "money",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_budget(
    caller: Allowed<needs::ManageRates>,
    pool: Pool,
    PathId(id): PathId<BudgetId>,
    IfMatch(expected): IfMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    reports::delete_budget(&mut conn, caller.0, id, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
