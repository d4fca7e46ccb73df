//! Which entries a list or a total is about: the parameters that both take, so that the same question has the same
//! answer in both.

use chrono::{DateTime, NaiveDate, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::accounts::workspaces;
use clockwork_core::models::{Members, SearchText, TimeEntryFilter, TimeRange};
use clockwork_core::tracking::entries;
use clockwork_core::values::TimeZone;
use clockwork_core::values::ids::{CategoryId, ClientId, ProjectId, TagId, UserId};
use diesel_async::AsyncPgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{FromQuery, UnreadParameters, parse_id};

/// Most tags to look for at once: PostgreSQL plans each as a table of its own, and ten take it 25 ms, two hundred half
/// a minute.
const TAGS_MAX: usize = 10;

/// Most members to ask for at once.
const MEMBERS_MAX: usize = 100;
/// What stands for all members.
const ALL_MEMBERS: &str = "all";

/// Which entries are meant. All filters have to hold.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct EntriesQuery {
    /// Started at or after.
    from: Option<DateTime<Utc>>,
    /// Started at or before.
    to: Option<DateTime<Utc>>,
    /// With time at or after this instant. A running entry has time until now.
    overlap_from: Option<DateTime<Utc>>,
    /// With time before this instant.
    overlap_to: Option<DateTime<Utc>>,
    /// With time on this day or a later one; not together with `overlapFrom` or `overlapTo`.
    from_date: Option<NaiveDate>,
    /// With time on this day or an earlier one; not together with `overlapFrom` or `overlapTo`.
    to_date: Option<NaiveDate>,
    /// The IANA time zone in which days begin and end; the person's when left out, or else the workspace's, or else
    /// UTC.
    #[param(value_type = Option<String>)]
    time_zone: Option<TimeZone>,
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
    /// With each of these words in the description, or in the name of the project, its client, the category or one
    /// above it, or a tag; without regard to case.
    q: Option<String>,
    /// Billable, or not.
    billable: Option<bool>,
    /// Running, or not.
    running: Option<bool>,
    /// Of a member, of those that the caller sees; repeated for several, at most 100, or `all`. The caller's own when
    /// left out.
    #[param(required = false, value_type = Vec<String>, max_items = 100)]
    member: Members,
}

/// The members whose entries are meant.
fn members(texts: &[String]) -> ApiResult<Members> {
    if texts.len() > MEMBERS_MAX {
        let message = format!("must be given at most {MEMBERS_MAX} times, is given {} times", texts.len());
        let field = FieldError::too_long("member", MEMBERS_MAX, message).found_number(texts.len());
        return Err(ApiError::field(ErrorCode::InvalidQuery, field));
    }
    match texts {
        [] => Ok(Members::Own),
        texts if texts.iter().any(|text| text == ALL_MEMBERS) => Ok(Members::All),
        texts => {
            let ids = texts.iter().map(|text| parse_id("member", text).map(UserId::from));
            ids.collect::<ApiResult<_>>().map(Members::Some)
        }
    }
}

impl FromQuery for EntriesQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let (from, to) = parameters.range()?;
        let (overlap_from, overlap_to) = parameters.range_named("overlapFrom", "overlapTo")?;
        let (from_date, to_date) = parameters.dates("fromDate", "toDate")?;
        for (name, is_given) in [("overlapFrom", overlap_from.is_some()), ("overlapTo", overlap_to.is_some())] {
            if is_given && (from_date.or(to_date)).is_some() {
                let field = FieldError::format(name, "alone", "must not be given together with fromDate or toDate");
                return Err(ApiError::field(ErrorCode::InvalidQuery, field));
            }
        }
        let tags = parameters.all("tagId");
        if tags.len() > TAGS_MAX {
            let message = format!("must be given at most {TAGS_MAX} times, is given {} times", tags.len());
            let field = FieldError::too_long("tagId", TAGS_MAX, message).found_number(tags.len());
            return Err(ApiError::field(ErrorCode::InvalidQuery, field));
        }
        Ok(Self {
            from,
            to,
            overlap_from,
            overlap_to,
            from_date,
            to_date,
            time_zone: parameters.time_zone("timeZone")?,
            category_id: parameters.id("categoryId")?,
            include_subcategories: parameters.flag("includeSubcategories")?,
            project_id: parameters.id("projectId")?,
            client_id: parameters.id("clientId")?,
            tag_id: tags.iter().map(|text| parse_id("tagId", text)).collect::<ApiResult<_>>()?,
            q: parameters.text("q")?,
            billable: parameters.flag("billable")?,
            running: parameters.flag("running")?,
            member: members(&parameters.all("member"))?,
        })
    }
}

impl EntriesQuery {
    /// Whether anything narrows the list.
    pub(super) fn is_filtered(&self) -> bool {
        self.from.is_some()
            || self.to.is_some()
            || self.overlap_from.is_some()
            || self.overlap_to.is_some()
            || self.has_dates()
            || self.category_id.is_some()
            || self.project_id.is_some()
            || self.client_id.is_some()
            || !self.tag_id.is_empty()
            || self.q.is_some()
            || self.billable.is_some()
            || self.running.is_some()
            || self.member != Members::Own
    }

    /// The time zone of the days: one statement unless the query names it.
    pub(super) async fn zone(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
    ) -> ApiResult<TimeZone> {
        match &self.time_zone {
            Some(zone) => Ok(zone.clone()),
            None => Ok(workspaces::time_zone(conn, caller.caller()).await?),
        }
    }

    /// The range that the entries overlap; `None` when the query has none. The time zone is looked up only for days.
    pub(super) async fn range(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        now: DateTime<Utc>,
    ) -> ApiResult<Option<TimeRange>> {
        let zone = if self.has_dates() { self.zone(conn, caller).await? } else { TimeZone::utc() };
        let range = self.range_in(&zone, now);
        Ok((range.from.is_some() || range.to.is_some()).then_some(range))
    }

    /// The same with the time zone of its days.
    pub(super) fn range_in(&self, zone: &TimeZone, now: DateTime<Utc>) -> TimeRange {
        let (from, to) = if self.has_dates() {
            let after = self.to_date.and_then(|date| date.succ_opt());
            (self.from_date.map(|date| zone.start_of_day(date)), after.map(|date| zone.start_of_day(date)))
        } else {
            (self.overlap_from, self.overlap_to)
        };
        TimeRange { from, to, now }
    }

    /// The names of the parameters that begin and end the range, for errors.
    pub(super) fn range_names(&self) -> (&'static str, &'static str) {
        let instants = self.overlap_from.is_some() || self.overlap_to.is_some();
        if instants { ("overlapFrom", "overlapTo") } else { ("fromDate", "toDate") }
    }

    fn has_dates(&self) -> bool {
        self.from_date.is_some() || self.to_date.is_some()
    }

    /// The filter, with a range that was found by [`Self::range`]. `None` when the category does not exist, which no
    /// entry then has. A category costs a statement, which finds its project and what is below it.
    pub(super) async fn filter(
        self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        overlap: Option<TimeRange>,
    ) -> ApiResult<Option<TimeEntryFilter>> {
        let categories = match self.category_id.map(CategoryId::from) {
            None => None,
            Some(id) => {
                let subcategories = self.include_subcategories == Some(true);
                match entries::category_scope(conn, caller, id, subcategories).await? {
                    Some(scope) => Some(scope),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(TimeEntryFilter {
            from: self.from,
            to: self.to,
            overlap,
            project: self.project_id.map(ProjectId::from),
            categories,
            client: self.client_id.map(ClientId::from),
            tags: self.tag_id.into_iter().map(TagId::from).collect(),
            text: self.q.as_deref().and_then(SearchText::new),
            billable: self.billable,
            running: self.running,
            members: self.member,
            ..TimeEntryFilter::default()
        }))
    }
}
