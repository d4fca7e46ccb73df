//! Lists of entries, with filters and pages.

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use clockwork_core::entries;
use clockwork_core::ids::{CategoryId, ClientId, ProjectId, TagId};
use clockwork_core::models::{Cursor, TimeEntry, TimeEntryFilter};
use utoipa::IntoParams;
use uuid::Uuid;

use super::cursor;
use super::view::{EntryView, views};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Caller, Db, FromQuery, Parameters, Query};
use crate::middleware::base_path;

/// Entries on a page when nobody says how many.
const LIMIT_DEFAULT: i64 = 100;
/// Most entries on a page.
const LIMIT_MAX: i64 = 1_000;

/// Most tags to look for at once: PostgreSQL plans each as a table of its own, and ten take it 25 ms, two hundred half a minute.
const TAGS_MAX: usize = 10;

const X_NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");

/// Which entries to list. Without `limit` all of them are answered; without any filter, the newest 100.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct EntriesQuery {
    /// Started at or after.
    from: Option<DateTime<Utc>>,
    /// Started at or before.
    to: Option<DateTime<Utc>>,
    /// Of a category.
    category_id: Option<Uuid>,
    /// With `categoryId`: also of the categories below it.
    include_subcategories: Option<bool>,
    /// Of a project.
    project_id: Option<Uuid>,
    /// Of the projects of a client.
    client_id: Option<Uuid>,
    /// With a tag; repeated for several, at most 10, of which an entry then has all.
    #[param(required = false, max_items = 10)]
    tag_id: Vec<Uuid>,
    /// With this text in the description, without regard to case.
    q: Option<String>,
    /// Billable, or not.
    billable: Option<bool>,
    /// Running, or not.
    running: Option<bool>,
    /// Entries on a page, 1 to 1,000; 100 when only `cursor` is given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// The `X-Next-Cursor` of the page before.
    cursor: Option<String>,
}

impl FromQuery for EntriesQuery {
    fn from_query(parameters: &mut Parameters) -> ApiResult<Self> {
        let (from, to) = parameters.range()?;
        let tags = parameters.all("tagId");
        if tags.len() > TAGS_MAX {
            let message = format!("must be given at most {TAGS_MAX} times, is given {} times", tags.len());
            return Err(ApiError::field(ErrorCode::InvalidQuery, FieldError::new("tagId", "too_long", message)));
        }
        Ok(Self {
            from,
            to,
            category_id: parameters.id("categoryId")?,
            include_subcategories: parameters.flag("includeSubcategories")?,
            project_id: parameters.id("projectId")?,
            client_id: parameters.id("clientId")?,
            tag_id: tags.iter().map(|text| crate::extract::parse_id("tagId", text)).collect::<ApiResult<_>>()?,
            q: parameters.text("q")?,
            billable: parameters.flag("billable")?,
            running: parameters.flag("running")?,
            limit: parameters.one("limit")?.map(|text| limit(&text)).transpose()?,
            cursor: parameters.one("cursor")?,
        })
    }
}

fn limit(text: &str) -> ApiResult<i64> {
    text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| {
        let message = format!("must be a whole number from 1 to {LIMIT_MAX}");
        ApiError::field(ErrorCode::InvalidLimit, FieldError::new("limit", "out_of_range", message))
    })
}

impl EntriesQuery {
    /// How many entries to answer with; `None` for all.
    fn page(&self) -> Option<i64> {
        let filtered = self.from.is_some()
            || self.to.is_some()
            || self.category_id.is_some()
            || self.project_id.is_some()
            || self.client_id.is_some()
            || !self.tag_id.is_empty()
            || self.q.is_some()
            || self.billable.is_some()
            || self.running.is_some();
        self.limit.or_else(|| (self.cursor.is_some() || !filtered).then_some(LIMIT_DEFAULT))
    }
}

/// Lists the caller's entries, newest first.
#[utoipa::path(
    tag = "time",
    params(EntriesQuery),
    responses(
        (status = 200, body = Vec<EntryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_limit, invalid_cursor"),
    )
)]
#[get("/time/entries")]
pub(crate) async fn list_entries(
    request: HttpRequest,
    caller: Caller,
    db: Db,
    Query(query): Query<EntriesQuery>,
) -> ApiResult<HttpResponse> {
    let page = query.page();
    let after = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut conn = db.0.conn().await?;
    let categories = match query.category_id.map(CategoryId::from) {
        None => None,
        Some(id) => {
            let subcategories = query.include_subcategories == Some(true);
            match entries::category_scope(&mut conn, caller.0, id, subcategories).await? {
                Some(scope) => Some(scope),
                None => return Ok(HttpResponse::Ok().json(views([]))),
            }
        }
    };
    let filter = TimeEntryFilter {
        from: query.from,
        to: query.to,
        project: query.project_id.map(ProjectId::from),
        categories,
        client: query.client_id.map(ClientId::from),
        tags: query.tag_id.into_iter().map(TagId::from).collect(),
        text: query.q,
        billable: query.billable,
        running: query.running,
        after,
        // One more than asked for tells whether there is a next page.
        limit: page.map(|page| page + 1),
    };
    let mut rows = TimeEntry::list(&mut conn, caller.0, &filter).await?;
    let mut response = HttpResponse::Ok();
    if let Some(page) = page.and_then(|page| usize::try_from(page).ok())
        && rows.len() > page
    {
        rows.truncate(page);
        if let Some(last) = rows.last() {
            let next = cursor::encode(Cursor { started_at: last.started_at, id: last.id });
            response.insert_header((header::LINK, format!("<{}>; rel=\"next\"", next_page(&request, &next, page))));
            response.insert_header((X_NEXT_CURSOR, next));
        }
    }
    Ok(response.json(views(rows)))
}

/// The URL of the next page: this one's, with another cursor.
fn next_page(request: &HttpRequest, cursor: &str, limit: usize) -> String {
    let parameters = url::form_urlencoded::parse(request.query_string().as_bytes());
    let kept = parameters.filter(|(name, _)| name != "cursor" && name != "limit");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("limit", &limit.to_string())
        .append_pair("cursor", cursor)
        .finish();
    format!("{}{}?{query}", base_path::of(request), request.path())
}
