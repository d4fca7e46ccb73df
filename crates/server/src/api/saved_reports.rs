//! `/api/saved-reports`: names for questions.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::SavedReport;
use clockwork_core::reports::{self, QUERY_MAX, SavedPatch};
use clockwork_core::values::ids::SavedReportId;
use clockwork_core::values::{DisplayName, InvalidValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{
    Allowed, IdempotentRequest, IfMatch, JsonBody, NoParameters, Now, PathId, Pool, QueryParameters, Representation,
    show,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_saved_reports, __path_list_saved_reports)
        .operation(save_report, __path_save_report)
        .operation(update_saved_report, __path_update_saved_report)
        .operation(delete_saved_report, __path_delete_saved_report);
}

/// A name for a question.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedReport)]
pub struct SavedReportView {
    id: Uuid,
    /// The member who saved the report.
    member_id: Uuid,
    name: String,
    /// The query string of the page that shows it, such as `range=last-month&by=project`.
    query: String,
    /// Whether all members find it. Each sees in it what they may see.
    shared: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    revision: i64,
}

impl From<SavedReport> for SavedReportView {
    fn from(row: SavedReport) -> Self {
        let SavedReport { id, user_id, name, query, shared, created_at, updated_at, revision, .. } = row;
        Self { id: id.into(), member_id: user_id.into(), name, query, shared, created_at, updated_at, revision }
    }
}

impl Representation for SavedReportView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A report to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaveReport {
    /// 1 to 255 characters.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// The query string, at most 4,000 characters.
    #[schema(required, value_type = String, max_length = 4000)]
    query: Option<String>,
    /// Whether all members find it; not if left out.
    shared: Option<bool>,
}

/// Changes to a saved report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateSavedReport {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// The query string, at most 4,000 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, max_length = 4000)]
    query: Patch<String>,
    /// Whether all members find it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    shared: Patch<bool>,
}

fn query(text: &str) -> Result<String, InvalidValue> {
    if let Some(control) = text.chars().find(|character| character.is_control()) {
        return Err(InvalidValue::ControlCharacter(control.into()));
    }
    match text.chars().count() {
        found if found > QUERY_MAX => Err(InvalidValue::TooLong { max: QUERY_MAX, found }),
        _ => Ok(text.to_owned()),
    }
}

/// One's own saved reports and those that others share, the oldest first.
#[utoipa::path(get, path = "/saved-reports", tag = "reports", responses((status = 200, body = Vec<SavedReportView>)))]
pub(crate) async fn list_saved_reports(
    caller: Allowed<needs::SeeEntries>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let rows = reports::saved(&mut conn, caller.0).await?;
    Ok(HttpResponse::Ok().json(rows.into_iter().map(SavedReportView::from).collect::<Vec<_>>()))
}

/// Saves a report.
#[utoipa::path(
    post, path = "/saved-reports", tag = "reports", request_body = SaveReport,
    responses(
        (status = 201, body = SavedReportView),
        (status = 400, description = "invalid_name, invalid_saved_query"),
        (status = 409, description = "too_many_saved_reports"),
    )
)]
pub(crate) async fn save_report(
    caller: Allowed<needs::SaveReports>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<SaveReport>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let name = fields.required("name", ErrorCode::InvalidName, body.name.as_deref(), DisplayName::parse);
    let query = fields.required("query", ErrorCode::InvalidSavedQuery, body.query.as_deref(), query);
    let (name, query) = fields.done(name.zip(query))?;
    let shared = body.shared == Some(true);
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            let saved = reports::save(conn, caller.0, name.clone(), query.clone(), shared, now).await;
            saved.map(SavedReportView::from)
        })
        .await
}

/// Changes a saved report of one's own.
#[utoipa::path(
    patch, path = "/saved-reports/{savedReportId}", tag = "reports", request_body = UpdateSavedReport,
    responses(
        (status = 200, body = SavedReportView),
        (status = 400, description = "invalid_name, invalid_saved_query"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn update_saved_report(
    caller: Allowed<needs::SaveReports>,
    pool: Pool,
    PathId(id): PathId<SavedReportId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateSavedReport>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let name = fields.change("name", ErrorCode::InvalidName, body.name, DisplayName::parse);
    let query = fields.change("query", ErrorCode::InvalidSavedQuery, body.query, query);
    let shared = fields.flag("shared", body.shared);
    let patch = fields.done(Some(SavedPatch { name, query, shared }))?;
    let mut conn = pool.0.conn().await?;
    let row = reports::update_saved(&mut conn, caller.0, id, expected, patch, now).await?;
    Ok(show(&SavedReportView::from(row)))
}

/// Deletes a saved report of one's own.
#[utoipa::path(
    delete, path = "/saved-reports/{savedReportId}", tag = "reports",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_saved_report(
    caller: Allowed<needs::SaveReports>,
    pool: Pool,
    PathId(id): PathId<SavedReportId>,
    IfMatch(expected): IfMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    reports::delete_saved(&mut conn, caller.0, id, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
