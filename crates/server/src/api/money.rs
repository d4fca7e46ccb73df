//! `/api/currencies`, `/api/rates`, `/api/fixed-prices`: what time is worth.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::{CurrencyOf, FixedPrice, HourlyRate};
use clockwork_core::money::{self, RateKind, RateNew, RatePatch, RateTarget};
use clockwork_core::values::InvalidValue;
use clockwork_core::values::ids::{CategoryId, ClientId, CurrencyId, ProjectId, RateId, UserId};
use clockwork_core::values::money::{Currency, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{
    Allowed, IdempotentRequest, IfMatch, JsonBody, NoParameters, Now, PathId, Pool, QueryParameters, Representation,
    show,
};

/// The day from which on a rate holds that names none: all of time.
const ALWAYS: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_currencies, __path_list_currencies)
        .operation(set_currency, __path_set_currency)
        .operation(delete_currency, __path_delete_currency)
        .operation(list_rates, __path_list_rates)
        .operation(create_rate, __path_create_rate)
        .operation(update_rate, __path_update_rate)
        .operation(delete_rate, __path_delete_rate)
        .operation(list_fixed_prices, __path_list_fixed_prices)
        .operation(set_fixed_price, __path_set_fixed_price)
        .operation(delete_fixed_price, __path_delete_fixed_price);
}

/// The currency of the workspace or of a client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CurrencySetting)]
pub struct CurrencyView {
    id: Uuid,
    /// The client; null for the workspace.
    #[schema(required)]
    client_id: Option<Uuid>,
    /// ISO 4217.
    currency: String,
    updated_at: DateTime<Utc>,
    revision: i64,
}

impl From<CurrencyOf> for CurrencyView {
    fn from(row: CurrencyOf) -> Self {
        Self {
            id: row.id.into(),
            client_id: row.client_id.map(Uuid::from),
            currency: row.currency,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for CurrencyView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A currency to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetCurrency {
    /// ISO 4217, such as `EUR`.
    #[schema(required, value_type = String)]
    currency: Option<String>,
    /// The client; the workspace if left out or null.
    #[schema(value_type = Option<Uuid>)]
    client_id: Option<String>,
}

/// What an hour is worth from a day on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Rate)]
pub struct RateView {
    id: Uuid,
    /// `billable`: what clients pay. `cost`: what members cost.
    kind: String,
    /// The member.
    #[schema(required)]
    member_id: Option<Uuid>,
    /// The client.
    #[schema(required)]
    client_id: Option<Uuid>,
    /// The project.
    #[schema(required)]
    project_id: Option<Uuid>,
    /// The category, with what is below it.
    #[schema(required)]
    category_id: Option<Uuid>,
    /// The day from which on it holds, in the time zone of the workspace.
    valid_from: NaiveDate,
    /// What an hour is worth, as a decimal; null if the target has no rate of its own from then on.
    #[schema(required)]
    hourly: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    revision: i64,
}

impl From<HourlyRate> for RateView {
    fn from(row: HourlyRate) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind,
            member_id: row.user_id.map(Uuid::from),
            client_id: row.client_id.map(Uuid::from),
            project_id: row.project_id.map(Uuid::from),
            category_id: row.category_id.map(Uuid::from),
            valid_from: row.valid_from,
            hourly: row.hourly.map(|parts| Rate::from_parts(parts).to_string()),
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for RateView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A rate to make. Its target is a member in a project, a category, a project, a client, a member or, with none of
/// these, the workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateRate {
    /// `billable` or `cost`.
    #[schema(required, value_type = String)]
    kind: Option<String>,
    /// The member, alone or with a project.
    #[schema(value_type = Option<Uuid>)]
    member_id: Option<String>,
    /// The client, alone.
    #[schema(value_type = Option<Uuid>)]
    client_id: Option<String>,
    /// The project, alone, with a member or with a category.
    #[schema(value_type = Option<Uuid>)]
    project_id: Option<String>,
    /// A category of the project.
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<String>,
    /// The day from which on it holds; all of time if left out or null.
    #[schema(value_type = Option<NaiveDate>)]
    valid_from: Option<String>,
    /// A decimal with up to four digits after the point, such as `85.50`; null ends the rate.
    #[serde(default, deserialize_with = "patch")]
    #[schema(required, value_type = Option<String>)]
    hourly: Patch<String>,
}

/// Changes to a rate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateRate {
    /// The day from which on it holds.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<NaiveDate>, nullable = false)]
    valid_from: Patch<String>,
    /// A decimal; null ends the rate.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    hourly: Patch<String>,
}

/// The price of a project that is paid as a whole.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FixedPrice)]
pub struct FixedPriceView {
    project_id: Uuid,
    /// In the currency of its client, as a decimal.
    price: String,
    updated_at: DateTime<Utc>,
    revision: i64,
}

impl From<FixedPrice> for FixedPriceView {
    fn from(row: FixedPrice) -> Self {
        Self {
            project_id: row.project_id.into(),
            price: Rate::from_parts(row.price).to_string(),
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for FixedPriceView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A price to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetFixedPrice {
    /// The project.
    #[schema(required, value_type = Uuid)]
    project_id: Option<String>,
    /// A decimal, such as `12000`.
    #[schema(required, value_type = String)]
    price: Option<String>,
}

fn date(text: &str) -> Result<NaiveDate, InvalidValue> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| date.to_string() == text);
    let is_tracked = |date: &NaiveDate| ("1970-01-01".."2100-01-01").contains(&date.to_string().as_str());
    let refused = InvalidValue::Format { format: "date", expected: "a date from 1970-01-01 to 2099-12-31" };
    date.filter(is_tracked).ok_or(refused)
}

fn hourly(text: &str) -> Result<Rate, InvalidValue> {
    Rate::parse(text, Rate::HOURLY_MAX)
}

pub(super) fn optional_id<T: From<Uuid>>(fields: &mut FieldErrors, name: &str, text: Option<&String>) -> Option<T> {
    text.and_then(|text| fields.id(name, Some(text)))
}

impl CreateRate {
    fn parse(self) -> ApiResult<RateNew> {
        let mut fields = FieldErrors::new();
        let code = ErrorCode::InvalidMoney;
        let kind = fields.required("kind", code, self.kind.as_deref(), RateKind::parse);
        let member: Option<UserId> = optional_id(&mut fields, "memberId", self.member_id.as_ref());
        let client: Option<ClientId> = optional_id(&mut fields, "clientId", self.client_id.as_ref());
        let project: Option<ProjectId> = optional_id(&mut fields, "projectId", self.project_id.as_ref());
        let category: Option<CategoryId> = optional_id(&mut fields, "categoryId", self.category_id.as_ref());
        let valid_from = fields.optional("validFrom", code, self.valid_from.as_deref(), date).unwrap_or(ALWAYS);
        if self.hourly.is_none() {
            fields.refuse(code, FieldError::new("hourly", "required", "is required"));
        }
        let hourly = fields.clearable("hourly", code, self.hourly, hourly).flatten();
        let kind = fields.done(kind)?;
        let target = match (member, client, project, category) {
            (None, None, None, None) => Ok(RateTarget::Workspace),
            (Some(member), None, None, None) => Ok(RateTarget::Member(member)),
            (None, Some(client), None, None) => Ok(RateTarget::Client(client)),
            (None, None, Some(project), None) => Ok(RateTarget::Project(project)),
            (None, None, Some(project), Some(category)) => Ok(RateTarget::Category(project, category)),
            (Some(member), None, Some(project), None) => Ok(RateTarget::ProjectMember(project, member)),
            (_, _, None, Some(_)) => Err(FieldError::new("projectId", "required", "is required with categoryId")),
            (_, Some(_), ..) => Err(FieldError::format("clientId", "alone", "must be the only target")),
            _ => Err(FieldError::format("categoryId", "alone", "must not be given together with memberId")),
        };
        let target = match (kind, target) {
            (
                RateKind::Cost,
                Ok(
                    RateTarget::Client(_)
                    | RateTarget::Project(_)
                    | RateTarget::Category(..)
                    | RateTarget::ProjectMember(..),
                ),
            ) => Err(FieldError::format("kind", "alone", "is of members or the workspace")),
            (_, target) => target,
        };
        let target = target.map_err(|error| ApiError::field(ErrorCode::InvalidTarget, error))?;
        Ok(RateNew { kind, target, valid_from, hourly })
    }
}

/// The currency of the workspace, if it has one, and those of clients that have another one.
#[utoipa::path(
    get, path = "/currencies", tag = "money",
    responses((status = 200, body = Vec<CurrencyView>))
)]
pub(crate) async fn list_currencies(
    caller: Allowed<needs::SeeAmounts>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let rows = money::currencies(&mut conn, caller.0).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(CurrencyView::from).collect::<Vec<_>>()))
}

/// Sets the currency of the workspace or of a client. Amounts keep their numbers.
#[utoipa::path(
    post, path = "/currencies", tag = "money", request_body = SetCurrency,
    responses((status = 201, body = CurrencyView), (status = 400, description = "invalid_money, invalid_id, invalid_target"))
)]
pub(crate) async fn set_currency(
    caller: Allowed<needs::ManageRates>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<SetCurrency>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let currency = fields.required("currency", ErrorCode::InvalidMoney, body.currency.as_deref(), Currency::parse);
    let client = optional_id(&mut fields, "clientId", body.client_id.as_ref());
    let currency = fields.done(currency)?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            money::set_currency(conn, caller.0, client, currency, now).await.map(CurrencyView::from)
        })
        .await
}

/// Deletes a currency: the client then has that of the workspace, the workspace none, and so no amounts.
#[utoipa::path(
    delete, path = "/currencies/{currencyId}", tag = "money",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_currency(
    caller: Allowed<needs::ManageRates>,
    pool: Pool,
    PathId(id): PathId<CurrencyId>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    money::delete_currency(&mut conn, caller.0, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// All rates of the workspace, the earliest first.
#[utoipa::path(get, path = "/rates", tag = "money", responses((status = 200, body = Vec<RateView>)))]
pub(crate) async fn list_rates(
    caller: Allowed<needs::SeeAmounts>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let rows = money::list_rates(&mut conn, caller.0).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(RateView::from).collect::<Vec<_>>()))
}

/// Makes a rate, which holds until the next one of its target.
#[utoipa::path(
    post, path = "/rates", tag = "money", request_body = CreateRate,
    responses(
        (status = 201, body = RateView),
        (status = 400, description = "invalid_money, invalid_id, invalid_target"),
        (status = 409, description = "duplicate_rate, too_many_rates"),
    )
)]
pub(crate) async fn create_rate(
    caller: Allowed<needs::ManageRates>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateRate>,
) -> ApiResult<HttpResponse> {
    let rate = body.parse()?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            money::create_rate(conn, caller.0, rate, now).await.map(RateView::from)
        })
        .await
}

/// Changes a rate. A day that is past changes what was tracked since.
#[utoipa::path(
    patch, path = "/rates/{rateId}", tag = "money", request_body = UpdateRate,
    responses(
        (status = 200, body = RateView),
        (status = 400, description = "invalid_money"),
        (status = 404, description = "not_found"),
        (status = 409, description = "duplicate_rate"),
    )
)]
pub(crate) async fn update_rate(
    caller: Allowed<needs::ManageRates>,
    pool: Pool,
    PathId(id): PathId<RateId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateRate>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let code = ErrorCode::InvalidMoney;
    let valid_from = fields.change("validFrom", code, body.valid_from, date);
    let hourly = fields.clearable("hourly", code, body.hourly, hourly);
    let patch = fields.done(Some(RatePatch { valid_from, hourly }))?;
    let mut conn = pool.0.conn().await?;
    let row = money::update_rate(&mut conn, caller.0, id, expected, patch, now).await?;
    Ok(show(&RateView::from(row)))
}

/// Deletes a rate: the one before then holds.
#[utoipa::path(
    delete, path = "/rates/{rateId}", tag = "money",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_rate(
    caller: Allowed<needs::ManageRates>,
    pool: Pool,
    PathId(id): PathId<RateId>,
    IfMatch(expected): IfMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    money::delete_rate(&mut conn, caller.0, id, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The projects that are paid as a whole.
#[utoipa::path(get, path = "/fixed-prices", tag = "money", responses((status = 200, body = Vec<FixedPriceView>)))]
pub(crate) async fn list_fixed_prices(
    caller: Allowed<needs::SeeAmounts>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let rows = money::fixed_prices(&mut conn, caller.0).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(FixedPriceView::from).collect::<Vec<_>>()))
}

/// Lets a project be paid as a whole: its hours then have no amounts of their own.
#[utoipa::path(
    post, path = "/fixed-prices", tag = "money", request_body = SetFixedPrice,
    responses((status = 201, body = FixedPriceView), (status = 400, description = "invalid_money, invalid_id, invalid_target"))
)]
pub(crate) async fn set_fixed_price(
    caller: Allowed<needs::ManageRates>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<SetFixedPrice>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let project: Option<ProjectId> = fields.id("projectId", body.project_id.as_deref());
    let price = fields.required("price", ErrorCode::InvalidMoney, body.price.as_deref(), |text: &str| {
        Rate::parse(text, Rate::PRICE_MAX)
    });
    let (project, price) = fields.done(project.zip(price))?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            money::set_fixed_price(conn, caller.0, project, price, now).await.map(FixedPriceView::from)
        })
        .await
}

/// Lets a project be paid by the hour again.
#[utoipa::path(
    delete, path = "/fixed-prices/{projectId}", tag = "money",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_fixed_price(
    caller: Allowed<needs::ManageRates>,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    money::delete_fixed_price(&mut conn, caller.0, project).await?;
    Ok(HttpResponse::NoContent().finish())
}
