//! Which entries a report is about: the filters of lists, with several values of each kind, and each also negated.

use chrono::{DateTime, NaiveTime, Timelike as _, Utc};
use clockwork_core::access::{Permit, Role, needs};
use clockwork_core::models::{Choice, EntryConditions, LengthRange, SearchText, TimeEntryFilter, TimesOfDay};
use clockwork_core::reports::{self, TimesOfWeek, WeekdayWord};
use clockwork_core::values::ids::{CategoryId, ClientId, ProjectId, TagId, UserId};
use clockwork_core::values::{InvalidValue, TimeZone};
use diesel_async::AsyncPgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{FromQuery, UnreadParameters, parse_id};

/// Most values of a filter.
const VALUES_MAX: usize = 100;
/// Most tags of which an entry has all: each is a table of its own to PostgreSQL's planner.
const ALL_TAGS_MAX: usize = 10;
/// The longest length of an entry that can be asked for, in seconds: all the time that can be tracked.
const LENGTH_MAX: i64 = 4_102_444_800;

/// How many hours a day has.
const HOURS: usize = 24;

const ROLES: &[&str] = &["owner", "admin", "manager", "member", "viewer"];
const TAG_MATCHES: &[&str] = &["all", "any"];

/// Which entries are meant. All filters have to hold; a filter that is repeated holds if one of its values does.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ReportFilters {
    /// Of a project.
    #[param(required = false, max_items = 100)]
    project_id: Vec<Uuid>,
    /// Not of a project.
    #[param(required = false, max_items = 100)]
    not_project_id: Vec<Uuid>,
    /// Of a category.
    #[param(required = false, max_items = 100)]
    category_id: Vec<Uuid>,
    /// Not of a category.
    #[param(required = false, max_items = 100)]
    not_category_id: Vec<Uuid>,
    /// With `categoryId` and `notCategoryId`: also of the categories below them.
    include_subcategories: Option<bool>,
    /// Of the projects of a client.
    #[param(required = false, max_items = 100)]
    client_id: Vec<Uuid>,
    /// Not of the projects of a client.
    #[param(required = false, max_items = 100)]
    not_client_id: Vec<Uuid>,
    /// Of projects with a client, or without.
    has_client: Option<bool>,
    /// Of a member.
    #[param(required = false, max_items = 100)]
    member_id: Vec<Uuid>,
    /// Not of a member.
    #[param(required = false, max_items = 100)]
    not_member_id: Vec<Uuid>,
    /// Of members with a role: `owner`, `admin`, `manager`, `member` or `viewer`.
    #[param(required = false, max_items = 5, value_type = Vec<String>)]
    role: Vec<Role>,
    /// Not of members with a role.
    #[param(required = false, max_items = 5, value_type = Vec<String>)]
    not_role: Vec<Role>,
    /// With a tag.
    #[param(required = false, max_items = 100)]
    tag_id: Vec<Uuid>,
    /// Whether an entry has `all` of `tagId` (if left out), which then is given at most 10 times, or `any` of them.
    #[param(value_type = Option<String>)]
    tag_match: Option<TagMatch>,
    /// Without a tag; of several without all of them.
    #[param(required = false, max_items = 100)]
    not_tag_id: Vec<Uuid>,
    /// With tags, or without.
    has_tags: Option<bool>,
    /// Billable, or not.
    billable: Option<bool>,
    /// Running, or not.
    running: Option<bool>,
    /// With each of these words in the description, or in the name of the project, its client, the category or one
    /// above it, or a tag; without regard to case.
    q: Option<String>,
    /// Without one of these words.
    not_q: Option<String>,
    /// With this description.
    description: Option<String>,
    /// With a description, or without.
    has_description: Option<bool>,
    /// Not shorter than so many seconds. Running entries are as long as they are now.
    #[param(minimum = 0, maximum = 4_102_444_800_i64)]
    min_duration: Option<i64>,
    /// Not longer than so many seconds.
    #[param(minimum = 0, maximum = 4_102_444_800_i64)]
    max_duration: Option<i64>,
    /// Shorter than `minDuration` or longer than `maxDuration` instead.
    not_duration: Option<bool>,
    /// Begun at this time of day or later, such as `09:00`. Not with `timeZone=member`.
    #[param(value_type = Option<String>)]
    starts_from: Option<i32>,
    /// Begun before this time of day. Before `startsFrom` it is that of the next day, so
    /// `startsFrom=17:00&startsTo=09:00` is what `startsFrom=09:00&startsTo=17:00` is not.
    #[param(value_type = Option<String>)]
    starts_to: Option<i32>,
    /// Only time on a day of the week, such as `monday`, in the time zone of the report: as in the group of that name,
    /// entries are cut, and only what lies on the day counts.
    #[param(required = false, max_items = 7, value_type = Vec<String>)]
    weekday: Vec<WeekdayWord>,
    /// No time on a day of the week.
    #[param(required = false, max_items = 7, value_type = Vec<String>)]
    not_weekday: Vec<WeekdayWord>,
    /// Only time in an hour of the day, from `00` to `23`; in the same way.
    #[param(required = false, max_items = 24, value_type = Vec<String>)]
    hour: Vec<u32>,
    /// No time in an hour of the day.
    #[param(required = false, max_items = 24, value_type = Vec<String>)]
    not_hour: Vec<u32>,
}

/// Whether an entry has all tags or any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TagMatch {
    All,
    Any,
}

/// Reads a parameter that is given at most so many times.
fn several<T>(
    parameters: &mut UnreadParameters,
    name: &str,
    max: usize,
    parse: impl FnMut(&String) -> ApiResult<T>,
) -> ApiResult<Vec<T>> {
    let texts = parameters.all(name);
    if texts.len() > max {
        let message = format!("must be given at most {max} times, is given {} times", texts.len());
        let field = FieldError::too_long(name, max, message).found_number(texts.len());
        return Err(ApiError::field(ErrorCode::InvalidQuery, field));
    }
    texts.iter().map(parse).collect()
}

fn ids(parameters: &mut UnreadParameters, name: &str, max: usize) -> ApiResult<Vec<Uuid>> {
    several(parameters, name, max, |text| parse_id(name, text))
}

fn weekdays(parameters: &mut UnreadParameters, name: &str) -> ApiResult<Vec<WeekdayWord>> {
    several(parameters, name, WeekdayWord::WORDS.len(), |text| {
        WeekdayWord::parse(text)
            .map_err(|error| ApiError::field(ErrorCode::InvalidQuery, FieldError::invalid(name, &error, text)))
    })
}

fn hours(parameters: &mut UnreadParameters, name: &str) -> ApiResult<Vec<u32>> {
    several(parameters, name, HOURS, |text| {
        reports::parse_hour(text).ok_or_else(|| {
            let field = FieldError::format(name, "hour", "must be an hour of the day from 00 to 23").found(text);
            ApiError::field(ErrorCode::InvalidQuery, field)
        })
    })
}

fn seconds(parameters: &mut UnreadParameters, name: &str) -> ApiResult<Option<i64>> {
    number(parameters, name, 0, LENGTH_MAX)
}

fn roles(parameters: &mut UnreadParameters, name: &str) -> ApiResult<Vec<Role>> {
    let role = |text: String| Role::parse(&text).ok_or_else(|| not_a_word(name, ROLES, &text));
    parameters.all(name).into_iter().map(role).collect()
}

/// The second of the day.
fn time_of_day(parameters: &mut UnreadParameters, name: &str) -> ApiResult<Option<i32>> {
    let parse = |text: String| {
        let time = NaiveTime::parse_from_str(&text, "%H:%M").ok().filter(|_| text.len() == 5);
        let refused = || {
            let field = FieldError::format(name, "time_of_day", "must be a time of day such as 09:00").found(&text);
            ApiError::field(ErrorCode::InvalidQuery, field)
        };
        let time = time.ok_or_else(refused)?;
        Ok(i32::try_from(time.num_seconds_from_midnight()).unwrap_or_default())
    };
    parameters.one(name)?.map(parse).transpose()
}

impl FromQuery for ReportFilters {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let tag_match = |text: String| match text.as_str() {
            "all" => Ok(TagMatch::All),
            "any" => Ok(TagMatch::Any),
            text => Err(not_a_word("tagMatch", TAG_MATCHES, text)),
        };
        let tag_match = parameters.one("tagMatch")?.map(tag_match).transpose()?;
        let tags_max = if tag_match == Some(TagMatch::Any) { VALUES_MAX } else { ALL_TAGS_MAX };
        Ok(Self {
            project_id: ids(parameters, "projectId", VALUES_MAX)?,
            not_project_id: ids(parameters, "notProjectId", VALUES_MAX)?,
            category_id: ids(parameters, "categoryId", VALUES_MAX)?,
            not_category_id: ids(parameters, "notCategoryId", VALUES_MAX)?,
            include_subcategories: parameters.flag("includeSubcategories")?,
            client_id: ids(parameters, "clientId", VALUES_MAX)?,
            not_client_id: ids(parameters, "notClientId", VALUES_MAX)?,
            has_client: parameters.flag("hasClient")?,
            member_id: ids(parameters, "memberId", VALUES_MAX)?,
            not_member_id: ids(parameters, "notMemberId", VALUES_MAX)?,
            role: roles(parameters, "role")?,
            not_role: roles(parameters, "notRole")?,
            tag_id: ids(parameters, "tagId", tags_max)?,
            tag_match,
            not_tag_id: ids(parameters, "notTagId", VALUES_MAX)?,
            has_tags: parameters.flag("hasTags")?,
            billable: parameters.flag("billable")?,
            running: parameters.flag("running")?,
            q: parameters.text("q")?,
            not_q: parameters.text("notQ")?,
            description: parameters.text("description")?,
            has_description: parameters.flag("hasDescription")?,
            min_duration: seconds(parameters, "minDuration")?,
            max_duration: seconds(parameters, "maxDuration")?,
            not_duration: parameters.flag("notDuration")?,
            starts_from: time_of_day(parameters, "startsFrom")?,
            starts_to: time_of_day(parameters, "startsTo")?,
            weekday: weekdays(parameters, "weekday")?,
            not_weekday: weekdays(parameters, "notWeekday")?,
            hour: hours(parameters, "hour")?,
            not_hour: hours(parameters, "notHour")?,
        })
    }
}

fn choice<T: From<Uuid>>(any_of: Vec<Uuid>, none_of: Vec<Uuid>) -> Choice<T> {
    let typed = |ids: Vec<Uuid>| ids.into_iter().map(T::from).collect();
    Choice { any_of: typed(any_of), none_of: typed(none_of) }
}

impl ReportFilters {
    /// Whether times of day are asked for, which need one time zone for all; the first parameter that asks.
    pub(super) fn times_of_day(&self) -> Option<&'static str> {
        if self.starts_from.is_some() { Some("startsFrom") } else { self.starts_to.map(|_| "startsTo") }
    }

    /// Which time of the week counts.
    pub(super) fn times_of_week(&self) -> TimesOfWeek {
        TimesOfWeek {
            weekdays: Choice { any_of: self.weekday.clone(), none_of: self.not_weekday.clone() },
            hours: Choice { any_of: self.hour.clone(), none_of: self.not_hour.clone() },
        }
    }

    /// The filter. Categories cost a statement, which finds what is below them. Categories that do not exist have no
    /// entries.
    pub(super) async fn filter(
        self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        zone: &TimeZone,
        now: DateTime<Utc>,
    ) -> ApiResult<TimeEntryFilter> {
        let times_of_day = self.times_of_day().map(|_| {
            let (changes, offsets) = zone.offsets();
            let (from, to) = (self.starts_from.unwrap_or(0), self.starts_to.unwrap_or(86_400));
            TimesOfDay { from, to, changes, offsets }
        });
        let subcategories = self.include_subcategories == Some(true);
        let mut categories: Choice<CategoryId> = choice(self.category_id, self.not_category_id);
        for list in [&mut categories.any_of, &mut categories.none_of] {
            if subcategories && !list.is_empty() {
                *list = reports::with_subcategories(conn, caller, list).await?;
            }
        }
        let any_tag = self.tag_match == Some(TagMatch::Any);
        let (all_tags, any_tags) = if any_tag { (Vec::new(), self.tag_id) } else { (self.tag_id, Vec::new()) };
        let length = (self.min_duration.is_some() || self.max_duration.is_some()).then(|| LengthRange {
            min: self.min_duration,
            max: self.max_duration,
            is_negated: self.not_duration == Some(true),
        });
        let conditions = EntryConditions {
            projects: choice::<ProjectId>(self.project_id, self.not_project_id),
            categories,
            clients: choice::<ClientId>(self.client_id, self.not_client_id),
            members: choice::<UserId>(self.member_id, self.not_member_id),
            roles: Choice { any_of: self.role, none_of: self.not_role },
            tags: choice::<TagId>(any_tags, self.not_tag_id),
            has_client: self.has_client,
            has_tags: self.has_tags,
            has_description: self.has_description,
            description: self.description,
            no_text: self.not_q.as_deref().and_then(SearchText::new),
            length,
            times_of_day,
            now,
        };
        Ok(TimeEntryFilter {
            tags: all_tags.into_iter().map(TagId::from).collect(),
            text: self.q.as_deref().and_then(SearchText::new),
            billable: self.billable,
            running: self.running,
            conditions,
            ..TimeEntryFilter::default()
        })
    }
}

/// A word that is not one of those allowed, as an error.
pub(super) fn not_a_word(name: &str, allowed: &'static [&'static str], text: &str) -> ApiError {
    let error = InvalidValue::not_allowed(allowed, text);
    ApiError::field(ErrorCode::InvalidQuery, FieldError::invalid(name, &error, text))
}

/// Reads a whole number within limits.
pub(super) fn number(parameters: &mut UnreadParameters, name: &str, min: i64, max: i64) -> ApiResult<Option<i64>> {
    let parse = |text: String| {
        let number = text.parse().ok().filter(|number| (min..=max).contains(number) && text == number.to_string());
        number.ok_or_else(|| {
            let message = format!("must be a whole number from {min} to {max}");
            let field = FieldError::out_of_range(name, min, max, message).found(&text);
            ApiError::field(ErrorCode::InvalidQuery, field)
        })
    };
    parameters.one(name)?.map(parse).transpose()
}
