//! `/api/projects/{projectId}/categories`: trees of what time is tracked on.

use std::collections::BTreeSet;

use actix_web::body::{BodySize, BoxBody, MessageBody as _};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::{Category, Page};
use clockwork_core::structure::categories::{
    self, Below, CREATED_AT_ONCE_MAX, CategoryInput, CategoryPatch, SiblingInput,
};
use clockwork_core::values::ids::{CategoryId, ProjectId};
use clockwork_core::values::{CategoryName, Color, Description};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::clients::ArchivedFilter;
use super::fields::{FieldErrors, Patch, patch};
use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{
    Allowed, FromQuery, IdempotentRequest, IfMatch, IfNoneMatch, JsonBody, Now, PathId, Pool, QueryParameters,
    Representation, UnreadParameters, show,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_all_categories, __path_list_all_categories)
        .operation(list_categories, __path_list_categories)
        .operation(create_category, __path_create_category)
        .operation(bulk_create_categories, __path_bulk_create_categories)
        .refuse_other_methods("/projects/{projectId}/categories/bulk-create")
        .operation(order_categories, __path_order_categories)
        // Otherwise another method on this path would be taken for one on the category of that id.
        .refuse_other_methods("/projects/{projectId}/categories/order")
        .operation(get_category, __path_get_category)
        .operation(update_category, __path_update_category)
        .operation(delete_category, __path_delete_category);
}

/// What time is tracked on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Category)]
pub struct CategoryView {
    id: Uuid,
    project_id: Uuid,
    /// Null for a root.
    #[schema(required)]
    parent_category_id: Option<Uuid>,
    name: String,
    /// Absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// `#rrggbb`; null for the project's.
    #[schema(required)]
    color: Option<String>,
    archived: bool,
    /// Its place among its siblings, from 1; null when none was chosen: such categories come last, by name.
    #[schema(required)]
    position: Option<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The number in the ETag of the category; `If-Match` takes it as `W/"<revision>"`.
    revision: i64,
}

impl From<Category> for CategoryView {
    fn from(row: Category) -> Self {
        Self {
            id: row.id.into(),
            project_id: row.project_id.into(),
            parent_category_id: row.parent_category_id.map(Uuid::from),
            name: row.name,
            description: row.description,
            color: row.color,
            archived: row.archived_at.is_some(),
            position: row.position,
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for CategoryView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A category to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateCategory {
    /// 1 to 1,000 characters; siblings have different ones, without regard to case.
    #[schema(required, value_type = String, min_length = 1, max_length = 1000)]
    name: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// A category of the same project; null or absent for a root.
    #[schema(format = Uuid)]
    parent_category_id: Option<String>,
    /// `#rrggbb`; null for the project's.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    color: Option<String>,
}

impl CreateCategory {
    fn parse(self) -> ApiResult<CategoryInput> {
        let mut fields = FieldErrors::new();
        let name = fields.required("name", ErrorCode::InvalidCategoryName, self.name.as_deref(), CategoryName::parse);
        let description = fields.optional(
            "description",
            ErrorCode::InvalidDescription,
            self.description.as_deref(),
            Description::parse,
        );
        let parent = self.parent_category_id.and_then(|id| fields.id("parentCategoryId", Some(&id)));
        let color = fields.optional("color", ErrorCode::InvalidColor, self.color.as_deref(), Color::parse);
        let description = description.unwrap_or_default();
        fields.done(name.map(|name| CategoryInput { name, description, parent, color }))
    }
}

/// Categories to make at one place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BulkCreateCategories {
    /// The category below which they go; null or absent for roots.
    #[schema(format = Uuid)]
    parent_category_id: Option<String>,
    /// 1 to 100, in the order in which they are answered.
    #[schema(required, value_type = Vec<CreateSibling>, min_items = 1, max_items = 100)]
    categories: Option<Vec<CreateSibling>>,
}

/// One of several categories to make at a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateSibling {
    /// 1 to 1,000 characters; siblings have different ones, without regard to case.
    #[schema(required, value_type = String, min_length = 1, max_length = 1000)]
    name: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// `#rrggbb`; null for the project's.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    color: Option<String>,
}

impl BulkCreateCategories {
    fn parse(self) -> ApiResult<(Option<CategoryId>, Vec<SiblingInput>)> {
        let mut fields = FieldErrors::new();
        let parent = self.parent_category_id.and_then(|id| fields.id("parentCategoryId", Some(&id)));
        let all = self.categories.unwrap_or_default();
        if !(1..=CREATED_AT_ONCE_MAX).contains(&all.len()) {
            let message = format!("must have 1 to {CREATED_AT_ONCE_MAX} categories, has {}", all.len());
            let max = i64::try_from(CREATED_AT_ONCE_MAX).unwrap_or(i64::MAX);
            let field = FieldError::out_of_range("categories", 1, max, message).found_number(all.len());
            fields.refuse(ErrorCode::InvalidJson, field);
            return fields.done(None);
        }
        let inputs: Vec<_> = all.into_iter().enumerate().filter_map(|(n, one)| one.parse(n, &mut fields)).collect();
        fields.done(Some((parent, inputs)))
    }
}

impl CreateSibling {
    fn parse(self, place: usize, fields: &mut FieldErrors) -> Option<SiblingInput> {
        let field = |name: &str| format!("categories[{place}].{name}");
        let code = ErrorCode::InvalidCategoryName;
        let name = fields.required(&field("name"), code, self.name.as_deref(), CategoryName::parse);
        let text = self.description.as_deref();
        let description =
            fields.optional(&field("description"), ErrorCode::InvalidDescription, text, Description::parse);
        let color = fields.optional(&field("color"), ErrorCode::InvalidColor, self.color.as_deref(), Color::parse);
        Some(SiblingInput { name: name?, description: description.unwrap_or_default(), color })
    }
}

/// Changes to a category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateCategory {
    /// 1 to 1,000 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 1000)]
    name: Patch<String>,
    /// At most 5,000 characters; null or empty for none.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    description: Patch<String>,
    /// Moves the category with all below it; null makes it a root.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Uuid>)]
    parent_category_id: Patch<String>,
    /// `#rrggbb`; null for the project's.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^#[0-9a-fA-F]{6}$")]
    color: Patch<String>,
    /// An archived category takes no new time, and neither do those below it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    archived: Patch<bool>,
}

impl UpdateCategory {
    fn parse(self) -> ApiResult<CategoryPatch> {
        let mut fields = FieldErrors::new();
        let patch = CategoryPatch {
            name: fields.change("name", ErrorCode::InvalidCategoryName, self.name, CategoryName::parse),
            description: fields
                .clearable("description", ErrorCode::InvalidDescription, self.description, Description::parse)
                .map(Option::unwrap_or_default),
            parent: self.parent_category_id.map(|id| id.and_then(|id| fields.id("parentCategoryId", Some(&id)))),
            color: fields.clearable("color", ErrorCode::InvalidColor, self.color, Color::parse),
            archived: fields.flag("archived", self.archived),
        };
        fields.done(Some(patch))
    }
}

/// Most categories that are put in order at once.
const ORDERED_MAX: usize = 1_000;

/// An order of siblings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OrderCategories {
    /// The category below which they lie; null or absent for the roots of the project.
    #[schema(format = Uuid)]
    parent_category_id: Option<String>,
    /// The categories in their order, each once, 1 to 1,000. Siblings that are not among them follow by their names.
    #[schema(required, value_type = Vec<Uuid>, min_items = 1, max_items = 1000)]
    category_ids: Option<Vec<String>>,
}

impl OrderCategories {
    fn parse(self) -> ApiResult<(Option<CategoryId>, Vec<CategoryId>)> {
        let mut fields = FieldErrors::new();
        let parent = self.parent_category_id.and_then(|id| fields.id("parentCategoryId", Some(&id)));
        let named = self.category_ids.unwrap_or_default();
        let ids: Vec<CategoryId> = fields.ids("categoryIds", &named);
        let each_once = ids.iter().copied().collect::<BTreeSet<_>>().len() == ids.len();
        if named.is_empty() || named.len() > ORDERED_MAX || !each_once {
            let message = format!("must name 1 to {ORDERED_MAX} categories, each once, names {}", named.len());
            let field = FieldError::out_of_range("categoryIds", 1, 1_000, message).found_number(named.len());
            fields.refuse(ErrorCode::InvalidIds, field);
        }
        fields.done(Some((parent, ids)))
    }
}

/// What to delete with a category.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct DeletionQuery {
    /// Also the categories below it, instead of lifting its children to its parent. None of them may have time entries.
    include_subcategories: Option<bool>,
}

impl FromQuery for DeletionQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self { include_subcategories: parameters.flag("includeSubcategories")? })
    }
}

/// The categories of one project, or of all.
struct Categories {
    caller: Permit<needs::SeeWorkspace>,
    project: Option<ProjectId>,
    archived: Option<bool>,
}

impl List for Categories {
    type Row = Category;
    type View = CategoryView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Category>> {
        Ok(categories::list(conn, self.caller, self.project, self.archived, page).await?)
    }
}

/// Lists the categories of all projects, oldest first.
#[utoipa::path(
    get,
    path = "/categories",
    tag = "categories",
    params(ArchivedFilter, PageQuery),
    responses(
        (status = 200, body = Vec<CategoryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_all_categories(
    caller: Allowed<needs::SeeWorkspace>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters((filter, page)): QueryParameters<(ArchivedFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    let list = Categories { caller: caller.0, project: None, archived: filter.archived };
    lists::answer(&request, &pool.0, conn, list, page).await
}

/// Lists the categories of a project, oldest first.
#[utoipa::path(
    get,
    path = "/projects/{projectId}/categories",
    tag = "categories",
    params(ArchivedFilter, PageQuery),
    responses(
        (status = 200, body = Vec<CategoryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn list_categories(
    caller: Allowed<needs::SeeWorkspace>,
    request: HttpRequest,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    QueryParameters((filter, page)): QueryParameters<(ArchivedFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    let list = Categories { caller: caller.0, project: Some(project), archived: filter.archived };
    lists::answer(&request, &pool.0, conn, list, page).await
}

/// Makes a category.
#[utoipa::path(
    post,
    path = "/projects/{projectId}/categories",
    tag = "categories",
    request_body = CreateCategory,
    responses(
        (status = 201, body = CategoryView),
        (status = 400, description = "invalid_category_name, invalid_description, invalid_color, invalid_parent, cross_project_parent"),
        (status = 404, description = "not_found"),
        (status = 409, description = "duplicate_category_name"),
    )
)]
pub(crate) async fn create_category(
    caller: Allowed<needs::ManageProjects>,
    request: IdempotentRequest,
    PathId(project): PathId<ProjectId>,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateCategory>,
) -> ApiResult<HttpResponse> {
    let input = body.parse()?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            categories::create(conn, caller.0, project, &input, now).await.map(CategoryView::from)
        })
        .await
}

/// Makes categories at one place, all or none: children of a category, or roots of a project. A refusal names each of
/// them that is wrong.
#[utoipa::path(
    post,
    path = "/projects/{projectId}/categories/bulk-create",
    tag = "categories",
    request_body = BulkCreateCategories,
    responses(
        (status = 201, body = Vec<CategoryView>),
        (status = 400, description = "invalid_category_name, invalid_description, invalid_color, invalid_id, invalid_parent, cross_project_parent"),
        (status = 404, description = "not_found"),
        (status = 409, description = "duplicate_category_name"),
    )
)]
pub(crate) async fn bulk_create_categories(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    request: IdempotentRequest,
    PathId(project): PathId<ProjectId>,
    Now(now): Now,
    JsonBody(body): JsonBody<BulkCreateCategories>,
) -> ApiResult<HttpResponse> {
    let (parent, inputs) = body.parse()?;
    let views = |made: Vec<Category>| made.into_iter().map(CategoryView::from).collect::<Vec<_>>();
    let response = request
        .run(caller, StatusCode::CREATED, async |conn| {
            categories::create_all(conn, caller.0, project, parent, &inputs, now).await.map(views)
        })
        .await?;
    if !matches!(response.body().size(), BodySize::None | BodySize::Sized(0)) {
        return Ok(response);
    }
    // The body of a replay was too large to be stored: it has the categories as they are now.
    let mut conn = pool.0.conn().await?;
    let found = categories::named(&mut conn, caller.permit()?, project, parent, &inputs).await?;
    drop(conn);
    let body = serde_json::to_vec(&views(found)).map_err(ApiError::internal)?;
    let mut response = response.set_body(BoxBody::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Puts the categories of one place in an order: the children of a category, or the roots of a project.
#[utoipa::path(
    post,
    path = "/projects/{projectId}/categories/order",
    tag = "categories",
    request_body = OrderCategories,
    responses(
        (status = 204, description = "they have this order"),
        (status = 400, description = "invalid_ids, invalid_id, invalid_parent, cross_project_parent"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn order_categories(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    Now(now): Now,
    JsonBody(body): JsonBody<OrderCategories>,
) -> ApiResult<HttpResponse> {
    let (parent, ids) = body.parse()?;
    let mut conn = pool.0.conn().await?;
    categories::order(&mut conn, caller.0, project, parent, &ids, now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// One category.
#[utoipa::path(
    get,
    path = "/projects/{projectId}/categories/{categoryId}",
    tag = "categories",
    responses((status = 200, body = CategoryView), (status = 404, description = "not_found"))
)]
pub(crate) async fn get_category(
    caller: Allowed<needs::SeeWorkspace>,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    PathId(id): PathId<CategoryId>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let row = categories::find(&mut conn, caller.0, project, id).await?;
    Ok(if_none_match.show(&CategoryView::from(row)))
}

/// Changes a category, and moves it with its subtree when it gets another parent.
#[utoipa::path(
    patch,
    path = "/projects/{projectId}/categories/{categoryId}",
    tag = "categories",
    request_body = UpdateCategory,
    responses(
        (status = 200, body = CategoryView),
        (status = 400, description = "invalid_category_name, invalid_description, invalid_color, invalid_parent, cross_project_parent"),
        (status = 404, description = "not_found"),
        (status = 409, description = "duplicate_category_name, category_cycle"),
    )
)]
pub(crate) async fn update_category(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    PathId(id): PathId<CategoryId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateCategory>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let row = categories::update(&mut conn, caller.0, project, id, expected, &patch, now).await?;
    Ok(show(&CategoryView::from(row)))
}

/// Deletes a category that has no time entries; its children go to its parent, or are deleted with it.
#[utoipa::path(
    delete,
    path = "/projects/{projectId}/categories/{categoryId}",
    tag = "categories",
    params(DeletionQuery),
    responses(
        (status = 204, description = "deleted"),
        (status = 404, description = "not_found"),
        (status = 409, description = "category_in_use, duplicate_category_name"),
    )
)]
pub(crate) async fn delete_category(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    PathId(id): PathId<CategoryId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    QueryParameters(deletion): QueryParameters<DeletionQuery>,
) -> ApiResult<HttpResponse> {
    let below = if deletion.include_subcategories == Some(true) { Below::Delete } else { Below::Lift };
    let mut conn = pool.0.conn().await?;
    categories::delete(&mut conn, caller.0, project, id, expected, below, now).await?;
    Ok(HttpResponse::NoContent().finish())
}
