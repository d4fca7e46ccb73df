//! Reports entry by entry.

use std::rc::Rc;

use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::report::{Name, NameKind, Names, ReportEntry};
use clockwork_core::models::{Page, Paged, Position};
use clockwork_core::reports::{self, ReportQuery, Worth};
use clockwork_core::values::money::Currency;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::filters::ReportFilters;
use super::query::{GroupQuery, RangeQuery};
use super::view::AmountView;
use crate::api::lists::{self, LIMIT_DEFAULT, List, PageQuery};
use crate::error::ApiResult;
use crate::extract::{Allowed, Now, Pool, QueryParameters};

/// An entry of a report, with the names of what it belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportEntry)]
pub struct ReportEntryView {
    id: Uuid,
    /// The member.
    member: NamedView,
    /// The client of its project; null without one.
    #[schema(required)]
    client: Option<NamedView>,
    /// Its project.
    project: NamedView,
    /// Its category, with the names of those above it, the root first.
    category: CategoryPathView,
    /// Its tags, in the order in which they were made.
    tags: Vec<NamedView>,
    description: String,
    billable: bool,
    /// When it began, which may be before the range.
    started_at: DateTime<Utc>,
    /// When it ended; null while it runs.
    #[schema(required)]
    stopped_at: Option<DateTime<Utc>>,
    /// Its time in the range, in whole seconds. A running entry has time until now.
    duration_seconds: i64,
    /// The same, rounded by the rule of the report.
    rounded_seconds: i64,
    /// What it is worth in each currency: none, one, or another one for costs; only with `amounts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amounts: Option<Vec<AmountView>>,
}

/// Something with a name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Named)]
pub struct NamedView {
    id: Uuid,
    /// Its name.
    name: String,
}

/// A category with the names of those above it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CategoryPath)]
pub struct CategoryPathView {
    id: Uuid,
    /// The names, the root first and the category last.
    path: Vec<String>,
}

/// A row with the names of its page.
pub(crate) struct NamedEntry {
    entry: ReportEntry,
    names: Rc<Names>,
    costs: Option<Currency>,
}

impl Paged for NamedEntry {
    fn position(&self) -> Position {
        self.entry.position()
    }
}

impl From<NamedEntry> for ReportEntryView {
    fn from(NamedEntry { entry, names, costs }: NamedEntry) -> Self {
        let named = |kind: NameKind, id: Uuid| {
            let name = names.get(kind, id).map(|name| name.name.clone()).unwrap_or_default();
            NamedView { id, name }
        };
        let project = names.get(NameKind::Project, entry.project_id);
        let client = project.and_then(|project: &Name| project.holder).map(|id| named(NameKind::Client, id));
        let path = names.path(entry.category_id).into_iter().map(|(_, name)| name.name.clone()).collect();
        let amounts = entry.worth.is_some().then(|| AmountView::all(&Worth::of_entry(&entry, costs)));
        Self {
            id: entry.id.into(),
            member: named(NameKind::Member, entry.user_id.into()),
            client,
            project: named(NameKind::Project, entry.project_id.into()),
            category: CategoryPathView { id: entry.category_id.into(), path },
            tags: entry.tag_ids.iter().map(|tag| named(NameKind::Tag, (*tag).into())).collect(),
            description: entry.description,
            billable: entry.billable,
            started_at: entry.started_at,
            stopped_at: entry.stopped_at,
            duration_seconds: entry.seconds,
            rounded_seconds: entry.rounded,
            amounts,
        }
    }
}

impl ReportEntryView {
    /// The entries of a page, with their names.
    pub(crate) fn all(entries: Vec<ReportEntry>, names: Names, costs: Option<Currency>) -> Vec<Self> {
        let names = Rc::new(names);
        let named = |entry: ReportEntry| NamedEntry { entry, names: Rc::clone(&names), costs };
        entries.into_iter().map(|entry| Self::from(named(entry))).collect()
    }
}

struct Entries {
    caller: Permit<needs::SeeEntries>,
    query: ReportQuery,
    now: DateTime<Utc>,
}

impl List for Entries {
    type Row = NamedEntry;
    type View = ReportEntryView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<NamedEntry>> {
        let detailed = reports::detailed(conn, self.caller, &self.query, page, self.now).await?;
        let names = Rc::new(detailed.names);
        let costs = detailed.costs;
        let named = |entry: ReportEntry| NamedEntry { entry, names: Rc::clone(&names), costs };
        Ok(detailed.entries.into_iter().map(named).collect())
    }
}

/// The entries that the caller may see, newest first, each with its time in the range: a page of at most 1,000.
#[utoipa::path(
    get,
    path = "/reports/detailed",
    tag = "reports",
    params(RangeQuery, ReportFilters, PageQuery),
    responses(
        (status = 200, body = Vec<ReportEntryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_time_zone, invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_report_entries(
    caller: Allowed<needs::SeeEntries>,
    request: HttpRequest,
    pool: Pool,
    Now(now): Now,
    QueryParameters((range, filters, page)): QueryParameters<(RangeQuery, ReportFilters, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let query = range.query(&mut conn, caller.0, filters, GroupQuery::default(), now).await?;
    let list = Entries { caller: caller.0, query, now };
    lists::answer(&request, &pool.0, conn, list, page.or_limit(LIMIT_DEFAULT)).await
}
