//! Lists of entries, with filters and pages.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::{Page, TimeEntry, TimeEntryFilter};
use clockwork_core::tracking::entries;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::entry_query::EntriesQuery;
use super::view::{EntryView, views};
use crate::api::lists::{self, LIMIT_DEFAULT, List, PageQuery};
use crate::error::ApiResult;
use crate::extract::{Allowed, Now, Pool, QueryParameters};

/// A state of an entry that was written so long before the list began was there when it began, however slow the request
/// that wrote it and however different the clocks of two servers.
const SETTLED: TimeDelta = TimeDelta::minutes(5);
/// Most entries that a list remembers having sent, 8 bytes each.
const REMEMBERED_MAX: usize = 1_000_000;

/// The entries that a caller sees.
struct Entries {
    caller: Permit<needs::SeeEntries>,
    filter: TimeEntryFilter,
    sent: SentEntries,
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
struct SentEntries {
    begun: DateTime<Utc>,
    pages: Vec<Box<[u64]>>,
    count: usize,
}

impl SentEntries {
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

/// Lists entries, newest first: the caller's, or with `member` those of others whose entries the caller sees. Without
/// `limit` all of them are answered; without any filter, the newest 100.
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
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_time_zone, invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_entries(
    caller: Allowed<needs::SeeEntries>,
    request: HttpRequest,
    pool: Pool,
    Now(now): Now,
    QueryParameters((query, page)): QueryParameters<(EntriesQuery, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let page = if query.is_filtered() { page } else { page.or_limit(LIMIT_DEFAULT) };
    let mut conn = pool.0.conn().await?;
    let range = query.range(&mut conn, caller.0, now).await?;
    let Some(filter) = query.filter(&mut conn, caller.0, range).await? else {
        return Ok(HttpResponse::Ok().json(views([])));
    };
    let list = Entries { caller: caller.0, filter, sent: SentEntries::new(now) };
    lists::answer(&request, &pool.0, conn, list, page).await
}
