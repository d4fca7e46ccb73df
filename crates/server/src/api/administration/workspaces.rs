//! `/api/administration/workspaces`: which workspaces there are, and the end of one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::accounts::administration::{self, WorkspaceSummary};
use clockwork_core::accounts::workspaces;
use clockwork_core::models::Page;
use clockwork_core::values::ids::WorkspaceId;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::TextQuery;
use crate::api::lists::{self, LIMIT_DEFAULT, List, PageQuery};
use crate::api::routes::Routes;
use crate::api::workspaces::DeleteWorkspace;
use crate::error::ApiResult;
use crate::extract::{
    Administrator, JsonBody, Now, PathId, PathParameter, QueryParameters, RecentAdministrator, Sender,
};
use crate::state::AppState;

/// Mounts the operations.
pub(super) fn configure(config: &mut impl Routes) {
    config
        .operation(list_all_workspaces, __path_list_all_workspaces)
        .operation(delete_any_workspace, __path_delete_any_workspace);
}

/// A workspace, as administrators of the installation see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkspaceSummary)]
pub struct WorkspaceSummaryView {
    id: Uuid,
    name: String,
    /// The number of members who have an account.
    members: i64,
    /// The names of its owners, at most ten.
    owners: Vec<String>,
    created_at: DateTime<Utc>,
}

impl From<WorkspaceSummary> for WorkspaceSummaryView {
    fn from(row: WorkspaceSummary) -> Self {
        let WorkspaceSummary { id, name, members, owners, created_at } = row;
        Self { id: id.into(), name, members, owners, created_at }
    }
}

/// A workspace of the installation in a path, whether or not the caller is a member.
#[derive(Clone, Copy, Debug)]
pub struct AnyWorkspace(WorkspaceId);

impl From<Uuid> for AnyWorkspace {
    fn from(id: Uuid) -> Self {
        Self(WorkspaceId(id))
    }
}

impl PathParameter for AnyWorkspace {
    const NAME: &'static str = "workspaceId";
}

struct Workspaces {
    text: Option<String>,
}

impl List for Workspaces {
    type Row = WorkspaceSummary;
    type View = WorkspaceSummaryView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<WorkspaceSummary>> {
        Ok(administration::list_workspaces(conn, self.text.as_deref(), page).await?)
    }
}

/// Lists the workspaces of the installation, the oldest first, 100 unless a limit is given.
#[utoipa::path(
    get,
    path = "/administration/workspaces",
    tag = "administration",
    params(TextQuery, PageQuery),
    responses(
        (status = 200, body = Vec<WorkspaceSummaryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_all_workspaces(
    _: Administrator,
    request: HttpRequest,
    state: Data<AppState>,
    QueryParameters((query, page)): QueryParameters<(TextQuery, PageQuery)>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let conn = state.db.conn().await?;
    lists::answer(&request, &state.db, conn, Workspaces { text: query.q }, page.or_limit(LIMIT_DEFAULT)).await
}

/// Deletes a workspace with everything in it, also one in which the caller is no member. No request finds it from then
/// on; its rows are deleted within minutes.
#[utoipa::path(
    delete,
    path = "/administration/workspaces/{workspaceId}",
    tag = "administration",
    request_body = DeleteWorkspace,
    responses(
        (status = 204, description = "deleted"),
        (status = 400, description = "invalid_confirmation"),
        (status = 404, description = "not_found"),
        (status = 409, description = "first_workspace"),
    )
)]
pub(crate) async fn delete_any_workspace(
    caller: RecentAdministrator,
    PathId(AnyWorkspace(workspace)): PathId<AnyWorkspace>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<DeleteWorkspace>,
) -> ApiResult<HttpResponse> {
    let name = body.parse()?;
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let by = sender.by(caller.actor);
    workspaces::delete_any(&mut conn, caller.user(), workspace, name.as_str(), by, now).await?;
    Ok(HttpResponse::NoContent().finish())
}
