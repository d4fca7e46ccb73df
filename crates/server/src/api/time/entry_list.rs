//! Lists of entries, with filters and pages.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::{Page, TimeEntry, TimeEntryFilter};
use clockwork_core::tracking::entries;
use clockwork_core::values::ids::{CategoryId, ClientId, ProjectId, TagId};
use diesel_async::AsyncPgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{EntryView, views};
use crate::api::lists::{self, LIMIT_DEFAULT, List, PageQuery};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Allowed, Db, FromQuery, Now, Parameters, Query};

/// Most tags to look for at once: PostgreSQL plans each as a table of its own, and ten take it 25 ms, two hundred half
/// a minute.
const TAGS_MAX: usize = 10;

/// A state of an entry that was written so long before the list began was there when it began, however slow the request
/// that wrote it and however different the clocks of two servers.
const SETTLED: TimeDelta = TimeDelta::minutes(5);
/// Most entries that a list remembers having sent, 8 bytes each.
const REMEMBERED_MAX: usize = 1_000_000;

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
        })
    }
}

impl EntriesQuery {
    /// Whether anything narrows the list.
    fn is_filtered(&self) -> bool {
        self.from.is_some()
            || self.to.is_some()
            || self.category_id.is_some()
            || self.project_id.is_some()
            || self.client_id.is_some()
            || !self.tag_id.is_empty()
            || self.q.is_some()
            || self.billable.is_some()
            || self.running.is_some()
    }
}

/// The entries of one caller.
struct Entries {
    caller: Permit<needs::SeeEntries>,
    filter: TimeEntryFilter,
    sent: Sent,
}

impl List for Entries {
    type Row = TimeEntry;
    type View = EntryView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<TimeEntry>> {
        Ok(entries::list(conn, self.caller, &self.filter, page).await?)
    }

    fn without_repeated(&mut self, rows: Vec<TimeEntry>) -> Vec<TimeEntry> {
        self.sent.without_repeated(rows)
    }
}

/// Which entries a list has sent. The start of an entry that was sent may be set to an earlier time while the list goes
/// on, and a later page would have it again. Each is remembered by the random half of its id; only an entry that was
/// changed since the list began is looked for, so two that share these 62 bits matter only if one of them is just being
/// changed.
struct Sent {
    begun: DateTime<Utc>,
    pages: Vec<Box<[u64]>>,
    count: usize,
}

impl Sent {
    fn new(begun: DateTime<Utc>) -> Self {
        Self { begun, pages: Vec::new(), count: 0 }
    }

    fn without_repeated(&mut self, mut rows: Vec<TimeEntry>) -> Vec<TimeEntry> {
        let changed = rows.iter().filter(|row| row.revision > 1 && row.updated_at > self.begun - SETTLED);
        let mut changed: HashSet<u64> = changed.map(random_half).collect();
        if !changed.is_empty() {
            // One pass over all for all of a page's.
            let sent: HashSet<u64> = self.pages.iter().flatten().filter_map(|id| changed.take(id)).collect();
            rows.retain(|row| !sent.contains(&random_half(row)));
        }
        if self.count < REMEMBERED_MAX {
            self.count += rows.len();
            self.pages.push(rows.iter().map(random_half).collect());
        }
        rows
    }
}

fn random_half(row: &TimeEntry) -> u64 {
    Uuid::from(row.id).as_u64_pair().1
}

/// Lists the caller's entries, newest first.
#[utoipa::path(
    get,
    path = "/time/entries",
    tag = "time",
    params(EntriesQuery, PageQuery),
    responses(
        (status = 200, body = Vec<EntryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_entries(
    caller: Allowed<needs::SeeEntries>,
    request: HttpRequest,
    db: Db,
    Now(now): Now,
    Query((query, page)): Query<(EntriesQuery, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let page = if query.is_filtered() { page } else { page.or_limit(LIMIT_DEFAULT) };
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
    };
    let list = Entries { caller: caller.0, filter, sent: Sent::new(now) };
    lists::answer(&request, &db.0, conn, list, page).await
}
