//! `/api/audit-log`: the audit log of the workspace.

use std::fmt::Write as _;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::accounts::audit;
use clockwork_core::models::{AuditEntry, AuditFilter, Page};
use clockwork_core::values::ids::UserId;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::{Allowed, FromQuery, Pool, QueryParameters, UnreadParameters};

/// Most lines of an export.
pub(super) const EXPORTED_MAX: i64 = 10_000;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config.operation(list_audit_log, __path_list_audit_log).operation(export_audit_log, __path_export_audit_log);
}

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditLogLine)]
pub struct AuditLogLineView {
    id: Uuid,
    at: DateTime<Utc>,
    /// The credentials of the user: `session`, `token` or `built_in`; or `anonymous`, `command` or `job`.
    actor: String,
    /// The user; null for commands and jobs.
    #[schema(required)]
    user_id: Option<Uuid>,
    /// The address of the client; null without a request.
    #[schema(required)]
    address: Option<String>,
    /// The action, such as `membership.role_changed`.
    action: String,
    /// The kind of the object, such as `membership`.
    object: String,
    /// The id of the object.
    #[schema(required)]
    object_id: Option<Uuid>,
    /// The values before and after, of fields that concern access.
    #[schema(value_type = Object)]
    details: serde_json::Value,
}

impl From<AuditEntry> for AuditLogLineView {
    fn from(row: AuditEntry) -> Self {
        Self {
            id: row.id.into(),
            at: row.created_at,
            actor: row.actor,
            user_id: row.user_id.map(Uuid::from),
            address: row.address,
            action: row.action,
            object: row.object_kind,
            object_id: row.object_id,
            details: row.details,
        }
    }
}

/// The filters of lines. A line has to match all of them.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct AuditLogFilter {
    /// The actions of this user.
    user_id: Option<Uuid>,
    /// This action, such as `membership.role_changed`.
    action: Option<String>,
    /// At or after this instant.
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    to: Option<DateTime<Utc>>,
}

impl FromQuery for AuditLogFilter {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let (from, to) = parameters.range()?;
        Ok(Self { user_id: parameters.id("userId")?, action: parameters.text("action")?, from, to })
    }
}

impl From<AuditLogFilter> for AuditFilter {
    fn from(filter: AuditLogFilter) -> Self {
        let AuditLogFilter { user_id, action, from, to } = filter;
        Self { user: user_id.map(UserId::from), action, from, to }
    }
}

struct Lines {
    caller: Permit<needs::SeeAuditLog>,
    filter: AuditFilter,
}

impl List for Lines {
    type Row = AuditEntry;
    type View = AuditLogLineView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<AuditEntry>> {
        Ok(audit::list(conn, self.caller, &self.filter, page).await?)
    }
}

/// Lists lines of the audit log, newest first.
#[utoipa::path(
    get,
    path = "/audit-log",
    tag = "audit log",
    params(AuditLogFilter, PageQuery),
    responses(
        (status = 200, body = Vec<AuditLogLineView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_audit_log(
    caller: Allowed<needs::SeeAuditLog>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters((filter, page)): QueryParameters<(AuditLogFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    lists::answer(&request, &pool.0, conn, Lines { caller: caller.0, filter: filter.into() }, page).await
}

/// The newest 10,000 lines that match the filters, as CSV.
#[utoipa::path(
    get,
    path = "/audit-log/export",
    tag = "audit log",
    params(AuditLogFilter),
    responses(
        (status = 200, content_type = "text/csv", body = String),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range"),
    )
)]
pub(crate) async fn export_audit_log(
    caller: Allowed<needs::SeeAuditLog>,
    pool: Pool,
    QueryParameters(filter): QueryParameters<AuditLogFilter>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let page = Page { after: None, limit: EXPORTED_MAX };
    let lines = audit::list(&mut conn, caller.0, &filter.into(), page).await?;
    drop(conn);
    Ok(as_csv(lines))
}

/// Lines as a file.
pub(super) fn as_csv(lines: Vec<AuditEntry>) -> HttpResponse {
    let mut csv = String::from("at,actor,user_id,address,action,object,object_id,details\r\n");
    for line in lines {
        let at = line.created_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let (user, object) = (id(line.user_id.map(Uuid::from)), id(line.object_id));
        let address = line.address.unwrap_or_default();
        let details = cell(&line.details.to_string());
        let (actor, action, kind) = (line.actor, line.action, line.object_kind);
        let _ = write!(csv, "{at},{actor},{user},{address},{action},{kind},{object},{details}\r\n");
    }
    let disposition = HeaderValue::from_static("attachment; filename=\"audit-log.csv\"");
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(csv)
}

/// A quoted cell. The cell is a JSON object and begins with a brace, so a spreadsheet does not read it as a formula;
/// the other columns hold words, ids and addresses that the server has written.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
