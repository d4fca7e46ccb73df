//! What a saved report asks: its query is the query string of the page, whose words
//! `client/src/features/reports/search.ts` has. Links to saved reports read it here.
//!
//! The page leaves out what it cannot read. Here a filter that is left out would show more than the report says, so a
//! query with a part that cannot be read is refused as a whole.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use uuid::Uuid;

use super::buckets::first_day;
use super::query::{DateRange, Defaults, ReportQuery, ReportZone, defaults, with_subcategories};
use super::times::{TimesOfWeek, WeekdayWord, parse_hour};
use super::words::{ComparisonWord, Group, RoundingModeWord, Sort};
use crate::access::{Permit, needs};
use crate::models::report::{Attribution, Rounding, RoundingUnit};
use crate::models::{Choice, EntryConditions, SearchText, TimeEntryFilter};
use crate::values::TimeZone;
use crate::values::ids::{CategoryId, ClientId, ProjectId, TagId, UserId};
use crate::values::settings::{FirstDayOfWeek, choice};

/// Most ids of one kind, as the API takes them.
const IDS_MAX: usize = 100;
/// Most tags of which an entry has all.
const TAGS_MAX: usize = 10;
/// Most levels of groups.
const GROUPS_MAX: usize = 3;
/// In the place of ids: entries without a client, or without a tag.
const NONE: &str = "none";
/// The groups of a summary whose query names none.
const DEFAULT_GROUPS: [Group; 2] = [Group::Project, Group::Category];
/// To how many minutes time is rounded if the query does not say.
const DEFAULT_ROUND_TO: u8 = 15;

/// The query of a saved report has a part that this release cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} of the saved report cannot be read")]
pub struct UnreadableQuery(pub String);

choice!(
    /// Days relative to today.
    Preset {
        /// Today.
        Today = "today",
        /// The day before.
        Yesterday = "yesterday",
        /// This week.
        Week = "week",
        /// The week before.
        LastWeek = "last-week",
        /// This month.
        Month = "month",
        /// The month before.
        LastMonth = "last-month",
        /// This year.
        Year = "year",
        /// The year before.
        LastYear = "last-year",
    }
);

/// Which days are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SavedRange {
    Relative(Preset),
    Fixed(DateRange),
}

/// Ids, or entries without any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    ids: Vec<Uuid>,
    none: bool,
}

/// On whose clocks a question is asked, and on which day.
struct Place {
    zone: TimeZone,
    today: NaiveDate,
    week: FirstDayOfWeek,
}

/// What a saved report asks. It has no range yet: `last-month` is another one each month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedQuestion {
    /// Whether it shows entries instead of sums.
    pub is_detailed: bool,
    range: SavedRange,
    groups: Vec<Group>,
    sort: Option<Sort>,
    comparison: Option<ComparisonWord>,
    rounding: Option<Rounding>,
    projects: Vec<Uuid>,
    categories: Vec<Uuid>,
    own_categories: bool,
    clients: Wanted,
    tags: Wanted,
    members: Vec<Uuid>,
    billable: Option<bool>,
    description: Option<String>,
    times: TimesOfWeek,
    text: Option<String>,
}

/// The parameters of a query string that have not been read yet. A value that is JSON is what it says, as the page
/// writes it; any other is a text.
struct Unread(Vec<(String, Value)>);

impl Unread {
    fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
        let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        Self(pairs.map(|(name, text)| (name.into_owned(), value(&text))).collect())
    }

    /// All values of a parameter; those of a list are values of their own.
    fn all(&mut self, name: &str) -> Option<Vec<Value>> {
        let (found, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0).into_iter().partition(|(key, _)| key == name);
        self.0 = rest;
        let values =
            found.iter().flat_map(|(_, value)| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
        (!found.is_empty()).then(|| values.collect())
    }

    fn one<T>(&mut self, name: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, UnreadableQuery> {
        let Some(values) = self.all(name) else { return Ok(None) };
        let value = match values.as_slice() {
            [value] => read(value),
            _ => None,
        };
        value.map(Some).ok_or_else(|| UnreadableQuery(name.to_owned()))
    }

    fn word<T, E>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> Result<Option<T>, UnreadableQuery> {
        self.one(name, |value| parse(value.as_str()?).ok())
    }

    fn flag(&mut self, name: &str) -> Result<Option<bool>, UnreadableQuery> {
        self.one(name, Value::as_bool)
    }

    /// A text. One that looks like a number was read as one.
    fn text(&mut self, name: &str) -> Result<Option<String>, UnreadableQuery> {
        self.one(name, |value| match value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    fn date(&mut self, name: &str) -> Result<Option<NaiveDate>, UnreadableQuery> {
        self.one(name, |value| {
            let date: NaiveDate = value.as_str()?.parse().ok()?;
            (1970..2100).contains(&date.year()).then_some(date)
        })
    }

    fn ids(&mut self, name: &str, max: usize) -> Result<Vec<Uuid>, UnreadableQuery> {
        let unreadable = || UnreadableQuery(name.to_owned());
        let Some(values) = self.all(name) else { return Ok(Vec::new()) };
        let ids: Option<Vec<Uuid>> = values.iter().map(|value| value.as_str()?.parse().ok()).collect();
        ids.filter(|ids| (1..=max).contains(&ids.len())).ok_or_else(unreadable)
    }

    fn wanted(&mut self, name: &str, max: usize) -> Result<Wanted, UnreadableQuery> {
        let is_none = |(key, value): &(String, Value)| {
            key == name && (value == NONE || value.as_array().is_some_and(|all| all.iter().any(|one| one == NONE)))
        };
        if !self.0.iter().any(is_none) {
            return Ok(Wanted { ids: self.ids(name, max)?, none: false });
        }
        self.one(name, |value| (value == NONE).then_some(()))?;
        Ok(Wanted { ids: Vec::new(), none: true })
    }

    /// One value or more, none of them twice.
    fn some<T: PartialEq>(
        &mut self,
        name: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Choice<T>, UnreadableQuery> {
        let Some(values) = self.all(name) else { return Ok(Choice::default()) };
        let mut any_of = Vec::new();
        for value in values {
            let value = read(&value).filter(|value| !any_of.contains(value));
            any_of.push(value.ok_or_else(|| UnreadableQuery(name.to_owned()))?);
        }
        if any_of.is_empty() {
            Err(UnreadableQuery(name.to_owned()))
        } else {
            Ok(Choice { any_of, none_of: Vec::new() })
        }
    }

    fn times(&mut self) -> Result<TimesOfWeek, UnreadableQuery> {
        Ok(TimesOfWeek {
            weekdays: self.some("weekday", |value| WeekdayWord::parse(value.as_str()?).ok())?,
            // By itself, an hour that begins with another digit than 0 is a number.
            hours: self.some("hour", |value| match value {
                Value::Number(number) => parse_hour(&number.to_string()),
                value => parse_hour(value.as_str()?),
            })?,
        })
    }

    fn groups(&mut self) -> Result<Option<Vec<Group>>, UnreadableQuery> {
        let unreadable = || UnreadableQuery("by".to_owned());
        let Some(values) = self.all("by") else { return Ok(None) };
        let mut groups = Vec::new();
        for value in values {
            let group = value.as_str().and_then(|word| Group::parse(word).ok()).ok_or_else(unreadable)?;
            if groups.contains(&group) || groups.len() == GROUPS_MAX {
                return Err(unreadable());
            }
            groups.push(group);
        }
        if groups.is_empty() { Err(unreadable()) } else { Ok(Some(groups)) }
    }

    fn range(&mut self) -> Result<SavedRange, UnreadableQuery> {
        let preset = self.word("range", Preset::parse)?;
        match (self.date("from")?, self.date("to")?) {
            (Some(from), Some(to)) => Ok(SavedRange::Fixed(DateRange { from: from.min(to), to: from.max(to) })),
            (None, None) => Ok(SavedRange::Relative(preset.unwrap_or(Preset::Week))),
            _ => Err(UnreadableQuery("the range".to_owned())),
        }
    }

    fn rounding(&mut self) -> Result<Option<Rounding>, UnreadableQuery> {
        let mode = self.word("round", RoundingModeWord::parse)?.and_then(RoundingModeWord::mode);
        let minutes = self.one("roundTo", |value| {
            let minutes = u8::try_from(value.as_u64()?).ok()?;
            (minutes > 0 && 60 % minutes == 0).then_some(minutes)
        })?;
        let by_day = self.one("roundPer", |value| (value == "day").then_some(()))?;
        let unit = by_day.map_or(RoundingUnit::Entry, |()| RoundingUnit::Day);
        Ok(mode.map(|mode| Rounding { mode, minutes: minutes.unwrap_or(DEFAULT_ROUND_TO), unit }))
    }
}

impl SavedQuestion {
    /// Reads the query of a saved report.
    ///
    /// # Errors
    /// When a part of it is unknown, or has a value that the page would leave out.
    pub fn parse(query: &str) -> Result<Self, UnreadableQuery> {
        let mut unread = Unread::parse(query);
        let is_detailed = unread.one("view", |value| (value == "detailed").then_some(()))?.is_some();
        let groups = unread.groups()?;
        // What a bar of the page's chart is.
        unread.word("bars", |word| Group::parse(word).ok().filter(|group| group.is_time()).ok_or(()))?;
        let question = Self {
            is_detailed,
            range: unread.range()?,
            groups: if is_detailed { Vec::new() } else { groups.unwrap_or_else(|| DEFAULT_GROUPS.to_vec()) },
            sort: unread.word("sort", Sort::parse)?,
            comparison: unread.word("compare", ComparisonWord::parse)?,
            rounding: unread.rounding()?,
            projects: unread.ids("project", IDS_MAX)?,
            categories: unread.ids("category", IDS_MAX)?,
            own_categories: unread.flag("own")? == Some(true),
            clients: unread.wanted("client", IDS_MAX)?,
            tags: unread.wanted("tag", TAGS_MAX)?,
            members: unread.ids("member", IDS_MAX)?,
            billable: unread.flag("billable")?,
            description: unread.text("description")?,
            times: unread.times()?,
            text: unread.text("q")?,
        };
        match unread.0.into_iter().find(|(name, _)| !name.is_empty()) {
            None => Ok(question),
            Some((name, _)) => Err(UnreadableQuery(name)),
        }
    }

    /// The days that are meant at a time.
    fn range(&self, today: NaiveDate, week: FirstDayOfWeek) -> DateRange {
        let preset = match self.range {
            SavedRange::Fixed(range) => return range,
            SavedRange::Relative(preset) => preset,
        };
        let first = |group: Group| first_day(today, group, week);
        let plus_days = |date: NaiveDate, days: u64| date.checked_add_days(Days::new(days)).unwrap_or(date);
        let minus_days = |date: NaiveDate, days: u64| date.checked_sub_days(Days::new(days)).unwrap_or(date);
        let months = |date: NaiveDate, months: u32| date.checked_add_months(Months::new(months)).unwrap_or(date);
        let minus_months = |date: NaiveDate, months: u32| date.checked_sub_months(Months::new(months)).unwrap_or(date);
        let (from, to) = match preset {
            Preset::Today => (today, today),
            Preset::Yesterday => (minus_days(today, 1), minus_days(today, 1)),
            Preset::Week => (first(Group::Week), plus_days(first(Group::Week), 6)),
            Preset::LastWeek => (minus_days(first(Group::Week), 7), minus_days(first(Group::Week), 1)),
            Preset::Month => (first(Group::Month), minus_days(months(first(Group::Month), 1), 1)),
            Preset::LastMonth => (minus_months(first(Group::Month), 1), minus_days(first(Group::Month), 1)),
            Preset::Year => (first(Group::Year), minus_days(months(first(Group::Year), 12), 1)),
            Preset::LastYear => (minus_months(first(Group::Year), 12), minus_days(first(Group::Year), 1)),
        };
        DateRange { from, to }
    }

    /// The query at a time, with the time zone and the first day of the week of the caller: one statement for these,
    /// and one for what is below categories.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn query(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        amounts: bool,
        now: DateTime<Utc>,
    ) -> QueryResult<ReportQuery> {
        let Defaults { zone, week, .. } = defaults(conn, caller).await?;
        self.resolved(conn, caller, Place { today: zone.local(now).date(), zone, week }, amounts, now).await
    }

    /// The same on the clocks of another time zone, with the ranges of the day that they show at `day_of`.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn query_in(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        (zone, day_of): (TimeZone, DateTime<Utc>),
        amounts: bool,
        now: DateTime<Utc>,
    ) -> QueryResult<ReportQuery> {
        let week = defaults(conn, caller).await?.week;
        self.resolved(conn, caller, Place { today: zone.local(day_of).date(), zone, week }, amounts, now).await
    }

    async fn resolved(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        Place { zone, today, week }: Place,
        amounts: bool,
        now: DateTime<Utc>,
    ) -> QueryResult<ReportQuery> {
        let mut categories: Vec<CategoryId> = typed(&self.categories);
        if !categories.is_empty() && !self.own_categories {
            categories = with_subcategories(conn, caller, &categories).await?;
        }
        let (has_description, description) = match self.description.as_deref() {
            None => (None, None),
            Some("") => (Some(false), None),
            Some(text) => (None, Some(text.to_owned())),
        };
        let conditions = EntryConditions {
            projects: any_of::<ProjectId>(&self.projects),
            categories: Choice { any_of: categories, none_of: Vec::new() },
            clients: any_of::<ClientId>(&self.clients.ids),
            members: any_of::<UserId>(&self.members),
            has_client: self.clients.none.then_some(false),
            has_tags: self.tags.none.then_some(false),
            has_description,
            description,
            now,
            ..EntryConditions::default()
        };
        let by_amount = |sort: &Sort| matches!(sort, Sort::Amount | Sort::AmountDescending);
        Ok(ReportQuery {
            range: self.range(today, week),
            zone: ReportZone::One(zone),
            week,
            attribution: Attribution::Split,
            filter: TimeEntryFilter {
                tags: typed::<TagId>(&self.tags.ids),
                text: self.text.as_deref().and_then(SearchText::new),
                billable: self.billable,
                conditions,
                ..TimeEntryFilter::default()
            },
            times: self.times.clone(),
            groups: self.groups.clone(),
            category_depth: None,
            sort: self.sort.filter(|sort| amounts || !by_amount(sort)),
            fill_empty: false,
            comparison: if self.is_detailed { None } else { self.comparison },
            rounding: self.rounding,
            amounts,
        })
    }
}

fn typed<T: From<Uuid>>(ids: &[Uuid]) -> Vec<T> {
    ids.iter().copied().map(T::from).collect()
}

fn any_of<T: From<Uuid>>(ids: &[Uuid]) -> Choice<T> {
    Choice { any_of: typed(ids), none_of: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(query: &str, today: &str, week: FirstDayOfWeek) -> String {
        let DateRange { from, to } = SavedQuestion::parse(query).unwrap().range(date(today), week);
        format!("{from} {to}")
    }

    #[test]
    fn relative_ranges_follow_today() {
        let monday = FirstDayOfWeek::Monday;
        assert_eq!(days("range=today", "2026-03-01", monday), "2026-03-01 2026-03-01");
        assert_eq!(days("range=yesterday", "2026-03-01", monday), "2026-02-28 2026-02-28");
        assert_eq!(days("", "2026-03-01", monday), "2026-02-23 2026-03-01");
        assert_eq!(days("range=week", "2026-03-01", FirstDayOfWeek::Sunday), "2026-03-01 2026-03-07");
        assert_eq!(days("range=last-week", "2026-03-01", monday), "2026-02-16 2026-02-22");
        assert_eq!(days("range=month", "2028-02-10", monday), "2028-02-01 2028-02-29");
        assert_eq!(days("range=last-month", "2026-03-31", monday), "2026-02-01 2026-02-28");
        assert_eq!(days("range=year", "2026-03-31", monday), "2026-01-01 2026-12-31");
        assert_eq!(days("range=last-year", "2026-03-31", monday), "2025-01-01 2025-12-31");
        assert_eq!(days("from=2026-03-31&to=2026-03-01", "2020-01-01", monday), "2026-03-01 2026-03-31");
    }

    #[test]
    fn the_words_of_the_page_are_read() {
        let id = "01900000-0000-7000-8000-000000000001";
        let query = format!(
            "view=detailed&range=last-month&by=%5B%22client%22%2C%22week%22%5D&round=up&roundTo=6&roundPer=day&client=none\
             &tag=%5B%22{id}%22%5D&billable=true&description=%222026%22&q=web+design&weekday=monday\
             &hour=%5B%2209%22%2C%2210%22%5D"
        );
        let read = SavedQuestion::parse(&query).unwrap();
        assert!(read.is_detailed && read.groups.is_empty() && read.clients.none);
        assert_eq!(read.tags.ids, [Uuid::parse_str(id).unwrap()]);
        assert_eq!((read.billable, read.description.as_deref()), (Some(true), Some("2026")));
        assert_eq!(read.text.as_deref(), Some("web design"));
        assert_eq!(read.rounding.map(|rounding| (rounding.minutes, rounding.unit)), Some((6, RoundingUnit::Day)));
        assert_eq!((read.times.weekdays.any_of, read.times.hours.any_of), (vec![WeekdayWord::Monday], vec![9, 10]));
        let hours = |query: &str| SavedQuestion::parse(query).unwrap().times.hours.any_of;
        assert_eq!((hours("hour=10"), hours("hour=09")), (vec![10], vec![9]));
        let summary = SavedQuestion::parse("by=client&by=week&description=").unwrap();
        assert_eq!(
            (summary.groups.as_slice(), summary.description.as_deref()),
            (&[Group::Client, Group::Week][..], Some(""))
        );
        assert_eq!(SavedQuestion::parse("").unwrap().groups, DEFAULT_GROUPS);
    }

    #[test]
    fn what_would_widen_the_report_is_refused() {
        for (query, part) in [
            ("project=nonsense", "project"),
            ("project=%5B%5D", "project"),
            ("tag=%5B%22none%22%2C%2201900000-0000-7000-8000-000000000001%22%5D", "tag"),
            ("projectId=01900000-0000-7000-8000-000000000001", "projectId"),
            ("range=last-decade", "range"),
            ("from=2026-03-01", "the range"),
            ("by=nothing", "by"),
            ("by=day&by=day", "by"),
            ("billable=maybe", "billable"),
            ("roundTo=7", "roundTo"),
            ("bars=project", "bars"),
            ("weekday=someday", "weekday"),
            ("weekday=monday&weekday=monday", "weekday"),
            ("weekday=%5B%5D", "weekday"),
            ("hour=24", "hour"),
            ("hour=9", "hour"),
        ] {
            assert_eq!(SavedQuestion::parse(query), Err(UnreadableQuery(part.to_owned())), "{query}");
        }
    }
}
