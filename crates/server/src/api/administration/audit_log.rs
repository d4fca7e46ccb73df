//! `/api/administration/audit-log`: the lines of the audit log that belong to no workspace.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use clockwork_core::accounts::audit;
use clockwork_core::models::{AuditEntry, AuditFilter, NamedAuditEntry, Page};
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::audit_log::{AuditLogFilter, AuditLogLineView, EXPORTED_MAX, as_csv};
use crate::api::lists::{self, LIMIT_DEFAULT, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::{Administrator, QueryParameters};
use crate::state::AppState;

/// Mounts the operations.
pub(super) fn configure(config: &mut impl Routes) {
    config
        .operation(list_installation_audit_log, __path_list_installation_audit_log)
        .operation(export_installation_audit_log, __path_export_installation_audit_log);
}

/// A line of the audit log that belongs to no workspace.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InstallationAuditLogLine)]
pub struct InstallationLineView {
    #[serde(flatten)]
    line: AuditLogLineView,
    /// The name of the user; null without one, or if the account is gone.
    #[schema(required)]
    user_name: Option<String>,
    /// The name of the user that something was done to; null if the object is none, or is gone.
    #[schema(required)]
    object_name: Option<String>,
}

impl From<NamedAuditEntry> for InstallationLineView {
    fn from(row: NamedAuditEntry) -> Self {
        let NamedAuditEntry { entry, user_name, object_name } = row;
        Self { line: entry.into(), user_name, object_name }
    }
}

struct Lines {
    filter: AuditFilter,
}

impl List for Lines {
    type Row = NamedAuditEntry;
    type View = InstallationLineView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<NamedAuditEntry>> {
        let lines = audit::list_of_installation(conn, &self.filter, page).await?;
        Ok(AuditEntry::with_names(conn, lines).await?)
    }
}

/// Lists lines of the audit log that belong to no workspace, newest first, 100 unless a limit is given: sign-ins,
/// accounts, administrators, jobs. Those of a workspace are for its owners and admins.
#[utoipa::path(
    get,
    path = "/administration/audit-log",
    tag = "administration",
    params(AuditLogFilter, PageQuery),
    responses(
        (status = 200, body = Vec<InstallationLineView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_installation_audit_log(
    _: Administrator,
    request: HttpRequest,
    state: Data<AppState>,
    QueryParameters((filter, page)): QueryParameters<(AuditLogFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let conn = state.db.conn().await?;
    let lines = Lines { filter: filter.into() };
    lists::answer(&request, &state.db, conn, lines, page.or_limit(LIMIT_DEFAULT)).await
}

/// The newest 10,000 of these lines that match the filters, as CSV.
#[utoipa::path(
    get,
    path = "/administration/audit-log/export",
    tag = "administration",
    params(AuditLogFilter),
    responses(
        (status = 200, content_type = "text/csv", body = String),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range"),
    )
)]
pub(crate) async fn export_installation_audit_log(
    _: Administrator,
    state: Data<AppState>,
    QueryParameters(filter): QueryParameters<AuditLogFilter>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let page = Page { after: None, limit: EXPORTED_MAX };
    let lines = audit::list_of_installation(&mut conn, &filter.into(), page).await?;
    drop(conn);
    Ok(as_csv(lines))
}
