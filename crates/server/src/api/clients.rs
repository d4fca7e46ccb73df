//! `/api/clients`: the customers of projects.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::{Client, Page};
use clockwork_core::structure::clients::{self, ClientPatch};
use clockwork_core::values::ClientName;
use clockwork_core::values::ids::ClientId;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{
    Allowed, FromQuery, IdempotentRequest, IfMatch, IfNoneMatch, JsonBody, Now, PathId, Pool, QueryParameters,
    Representation, UnreadParameters, show,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_clients, __path_list_clients)
        .operation(create_client, __path_create_client)
        .operation(get_client, __path_get_client)
        .operation(update_client, __path_update_client)
        .operation(delete_client, __path_delete_client);
}

/// The customer of projects.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Client)]
pub struct ClientView {
    id: Uuid,
    name: String,
    archived: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The number in the ETag of the client; `If-Match` takes it as `W/"<revision>"`.
    revision: i64,
}

impl From<Client> for ClientView {
    fn from(row: Client) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            archived: row.archived_at.is_some(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for ClientView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A client to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateClient {
    /// 1 to 255 characters; no two clients have the same, without regard to case.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
}

/// Changes to a client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateClient {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// An archived client is hidden from pickers.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    archived: Patch<bool>,
}

impl UpdateClient {
    fn parse(self) -> ApiResult<ClientPatch> {
        let mut fields = FieldErrors::new();
        let name = fields.change("name", ErrorCode::InvalidClientName, self.name, ClientName::parse);
        let archived = fields.flag("archived", self.archived);
        fields.done(Some(ClientPatch { name, archived }))
    }
}

/// Which ones to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArchivedFilter {
    /// Only archived ones (`true`) or only others (`false`).
    pub archived: Option<bool>,
}

impl FromQuery for ArchivedFilter {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self { archived: parameters.flag("archived")? })
    }
}

struct Clients {
    caller: Permit<needs::SeeWorkspace>,
    archived: Option<bool>,
}

impl List for Clients {
    type Row = Client;
    type View = ClientView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Client>> {
        Ok(clients::list(conn, self.caller, self.archived, page).await?)
    }
}

/// Lists clients, oldest first.
#[utoipa::path(
    get,
    path = "/clients",
    tag = "clients",
    params(ArchivedFilter, PageQuery),
    responses(
        (status = 200, body = Vec<ClientView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_clients(
    caller: Allowed<needs::SeeWorkspace>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters((filter, page)): QueryParameters<(ArchivedFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    let list = Clients { caller: caller.0, archived: filter.archived };
    lists::answer(&request, &pool.0, conn, list, page).await
}

/// Makes a client.
#[utoipa::path(
    post,
    path = "/clients",
    tag = "clients",
    request_body = CreateClient,
    responses(
        (status = 201, body = ClientView),
        (status = 400, description = "invalid_client_name"),
        (status = 409, description = "duplicate_client_name"),
    )
)]
pub(crate) async fn create_client(
    caller: Allowed<needs::ManageProjects>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateClient>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let name = fields.required("name", ErrorCode::InvalidClientName, body.name.as_deref(), ClientName::parse);
    let name = fields.done(name)?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            clients::create(conn, caller.0, name.clone(), now).await.map(ClientView::from)
        })
        .await
}

/// One client.
#[utoipa::path(
    get,
    path = "/clients/{clientId}",
    tag = "clients",
    responses((status = 200, body = ClientView), (status = 404, description = "not_found"))
)]
pub(crate) async fn get_client(
    caller: Allowed<needs::SeeWorkspace>,
    pool: Pool,
    PathId(id): PathId<ClientId>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let row = clients::find(&mut conn, caller.0, id).await?;
    Ok(if_none_match.show(&ClientView::from(row)))
}

/// Changes a client.
#[utoipa::path(
    patch,
    path = "/clients/{clientId}",
    tag = "clients",
    request_body = UpdateClient,
    responses(
        (status = 200, body = ClientView),
        (status = 400, description = "invalid_client_name"),
        (status = 404, description = "not_found"),
        (status = 409, description = "duplicate_client_name"),
    )
)]
pub(crate) async fn update_client(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    PathId(id): PathId<ClientId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateClient>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let row = clients::update(&mut conn, caller.0, id, expected, &patch, now).await?;
    Ok(show(&ClientView::from(row)))
}

/// Deletes a client that has no projects.
#[utoipa::path(
    delete,
    path = "/clients/{clientId}",
    tag = "clients",
    responses(
        (status = 204, description = "deleted"),
        (status = 404, description = "not_found"),
        (status = 409, description = "client_in_use"),
    )
)]
pub(crate) async fn delete_client(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    PathId(id): PathId<ClientId>,
    IfMatch(expected): IfMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    clients::delete(&mut conn, caller.0, id, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
