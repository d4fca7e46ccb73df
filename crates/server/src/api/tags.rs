//! `/api/tags`: marks that entries of any project can carry.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::{Page, Tag};
use clockwork_core::structure::tags::{self, Deletion, TagPatch};
use clockwork_core::values::ids::TagId;
use clockwork_core::values::{Color, TagName};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{
    Allowed, IdempotentRequest, IfMatch, IfNoneMatch, JsonBody, Now, PathId, Pool, QueryParameters, Representation,
    show,
};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_tags, __path_list_tags)
        .operation(create_tag, __path_create_tag)
        .operation(get_tag, __path_get_tag)
        .operation(update_tag, __path_update_tag)
        .operation(delete_tag, __path_delete_tag);
}

/// A mark that entries of any project can carry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tag)]
pub struct TagView {
    id: Uuid,
    name: String,
    /// `#rrggbb`; null for none.
    #[schema(required)]
    color: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The number in the ETag of the tag; `If-Match` takes it as `W/"<revision>"`.
    revision: i64,
}

impl From<Tag> for TagView {
    fn from(row: Tag) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            color: row.color,
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for TagView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A tag to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateTag {
    /// 1 to 255 characters; no two tags have the same, without regard to case.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// `#rrggbb`; null for none.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    color: Option<String>,
}

/// Changes to a tag.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateTag {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// `#rrggbb`; null for none.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^#[0-9a-fA-F]{6}$")]
    color: Patch<String>,
}

impl UpdateTag {
    fn parse(self) -> ApiResult<TagPatch> {
        let mut fields = FieldErrors::new();
        let name = fields.change("name", ErrorCode::InvalidTagName, self.name, TagName::parse);
        let color = fields.clearable("color", ErrorCode::InvalidColor, self.color, Color::parse);
        fields.done(Some(TagPatch { name, color }))
    }
}

struct Tags {
    caller: Permit<needs::SeeWorkspace>,
}

impl List for Tags {
    type Row = Tag;
    type View = TagView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Tag>> {
        Ok(tags::list(conn, self.caller, page).await?)
    }
}

/// Lists tags, oldest first.
#[utoipa::path(
    get,
    path = "/tags",
    tag = "tags",
    params(PageQuery),
    responses(
        (status = 200, body = Vec<TagView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_tags(
    caller: Allowed<needs::SeeWorkspace>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters(page): QueryParameters<PageQuery>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    lists::answer(&request, &pool.0, conn, Tags { caller: caller.0 }, page).await
}

/// Makes a tag.
#[utoipa::path(
    post,
    path = "/tags",
    tag = "tags",
    request_body = CreateTag,
    responses(
        (status = 201, body = TagView),
        (status = 400, description = "invalid_tag_name, invalid_color"),
        (status = 409, description = "duplicate_tag_name"),
    )
)]
pub(crate) async fn create_tag(
    caller: Allowed<needs::ManageTags>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateTag>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let name = fields.required("name", ErrorCode::InvalidTagName, body.name.as_deref(), TagName::parse);
    let color = fields.optional("color", ErrorCode::InvalidColor, body.color.as_deref(), Color::parse);
    let name = fields.done(name)?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            tags::create(conn, caller.0, name.clone(), color.clone(), now).await.map(TagView::from)
        })
        .await
}

/// One tag.
#[utoipa::path(
    get,
    path = "/tags/{tagId}",
    tag = "tags",
    responses((status = 200, body = TagView), (status = 404, description = "not_found"))
)]
pub(crate) async fn get_tag(
    caller: Allowed<needs::SeeWorkspace>,
    pool: Pool,
    PathId(id): PathId<TagId>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let row = tags::find(&mut conn, caller.0, id).await?;
    Ok(if_none_match.show(&TagView::from(row)))
}

/// Changes a tag.
#[utoipa::path(
    patch,
    path = "/tags/{tagId}",
    tag = "tags",
    request_body = UpdateTag,
    responses(
        (status = 200, body = TagView),
        (status = 400, description = "invalid_tag_name, invalid_color"),
        (status = 404, description = "not_found"),
        (status = 409, description = "duplicate_tag_name"),
    )
)]
pub(crate) async fn update_tag(
    caller: Allowed<needs::ManageTags>,
    pool: Pool,
    PathId(id): PathId<TagId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateTag>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let row = tags::update(&mut conn, caller.0, id, expected, &patch, now).await?;
    Ok(show(&TagView::from(row)))
}

/// Deletes a tag, also from all entries that carry it. If these are many, their revisions follow within minutes.
#[utoipa::path(
    delete,
    path = "/tags/{tagId}",
    tag = "tags",
    responses(
        (status = 204, description = "deleted"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn delete_tag(
    caller: Allowed<needs::ManageTags>,
    pool: Pool,
    PathId(id): PathId<TagId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    state: Data<AppState>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    if tags::delete(&mut conn, caller.0, id, expected, now).await? == Deletion::Unfinished {
        state.tag_deletions.wake();
    }
    Ok(HttpResponse::NoContent().finish())
}
