//! The planner: from a query to its statement, and from the statement's rows to the answer.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::buckets::{Cuts, TooManyBuckets, buckets};
use super::query::{DateRange, ReportQuery, ReportZone};
use super::tree::{Level, ReportTree, Shape, name_kind};
use super::words::Group;
use crate::access::{Permit, needs};
use crate::models::report::{
    Attribution, Calendars, GroupColumn, NameKind, Names, ReportEntry, ReportPlan, ReportRows, ReportSums,
    RoundingUnit, SumRow, UsedIds,
};
use crate::models::{Page, TimeEntryFilter, TimeRange, User};
use crate::telemetry::RULE_TARGET;
use crate::values::TimeZone;

/// The largest number of groups of the last level that a summary has.
pub const GROUPS_MAX: usize = 20_000;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The range would be cut into too many pieces.
    #[error(transparent)]
    TooManyBuckets(#[from] TooManyBuckets),
    /// There are more than [`GROUPS_MAX`] groups.
    #[error("the report has more than {GROUPS_MAX} groups")]
    TooManyGroups,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
}

/// Sums of a range.
#[derive(Clone, Debug)]
pub struct Ranged {
    /// The days.
    pub range: DateRange,
    /// When the range begins; with several time zones, in the first of them.
    pub from: DateTime<Utc>,
    /// When it ends; with several time zones, in the last of them.
    pub to: DateTime<Utc>,
    /// What the levels of groups are.
    pub levels: Vec<Level>,
    /// The groups.
    pub tree: ReportTree,
}

/// The answer to a query for sums.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The range of the query.
    pub main: Ranged,
    /// The range that it is compared with.
    pub compared: Option<Ranged>,
    /// The names of all groups.
    pub names: Names,
}

/// A page of the entries of a report.
#[derive(Clone, Debug)]
pub struct Detailed {
    /// The entries, newest first.
    pub entries: Vec<ReportEntry>,
    /// The names of what they belong to.
    pub names: Names,
}

/// The time zones of a report.
enum Zones {
    One(TimeZone),
    /// The first is that of members without one.
    ByMember {
        zones: Vec<TimeZone>,
        members: Vec<crate::values::ids::UserId>,
        numbers: Vec<i32>,
    },
}

/// A query with what it takes to cut entries.
struct Prepared<'a> {
    query: &'a ReportQuery,
    caller: Permit<needs::SeeEntries>,
    zones: Zones,
    now: DateTime<Utc>,
}

/// Sums of the entries that the caller may see, by the groups of the query.
///
/// # Errors
/// When the report would be too large, and those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "reports::summary", skip_all)]
pub async fn summary(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    query: &ReportQuery,
    now: DateTime<Utc>,
) -> Result<Summary, ReportError> {
    let prepared = Prepared::new(conn, caller, query, now).await?;
    let ranges = [Some(query.range), query.comparison.and_then(|with| query.range.compared(with))];
    let mut summed = Vec::new();
    for range in ranges.into_iter().flatten() {
        summed.push((range, prepared.sums(conn, range).await?));
    }
    let mut used = UsedIds::default();
    for (_, (rows, _)) in &summed {
        note_used(&query.groups, rows, &mut used);
    }
    let names = Names::load(conn, caller.workspace, &used).await?;
    let mut ranged = summed.into_iter().map(|(range, (rows, (from, to)))| {
        let levels = prepared.levels(range);
        let tree = Shape {
            levels: &levels,
            names: &names,
            category_depth: query.category_depth,
            sort: query.sort,
            fill_empty: query.fill_empty,
        }
        .tree(&rows);
        Ranged { range, from, to, levels, tree }
    });
    let main = ranged.next().ok_or(diesel::result::Error::NotFound)?;
    let compared = ranged.next();
    drop(ranged);
    Ok(Summary { main, compared, names })
}

/// A page of the entries that the caller may see, each with its time in the range of the query.
///
/// # Errors
/// When the report would be too large, and those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "reports::detailed", skip_all)]
pub async fn detailed(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    query: &ReportQuery,
    page: Page,
    now: DateTime<Utc>,
) -> Result<Detailed, ReportError> {
    let prepared = Prepared::new(conn, caller, query, now).await?;
    let calendars = prepared.calendars(query.range, &[])?;
    let (filter, _) = prepared.ranged(query.range);
    let plan = prepared.plan(&filter, &calendars);
    let entries = ReportRows::new(&plan, page).load(conn).await?;
    let mut used = UsedIds::default();
    for entry in &entries {
        used.add(NameKind::Member, entry.user_id.into());
        used.add(NameKind::Project, entry.project_id.into());
        used.add(NameKind::Category, entry.category_id.into());
        entry.tag_ids.iter().for_each(|tag| used.add(NameKind::Tag, (*tag).into()));
    }
    let names = Names::load(conn, caller.workspace, &used).await?;
    Ok(Detailed { entries, names })
}

/// The instants between which the entries of a query lie.
type Ends = (DateTime<Utc>, DateTime<Utc>);

impl<'a> Prepared<'a> {
    async fn new(
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        query: &'a ReportQuery,
        now: DateTime<Utc>,
    ) -> Result<Self, ReportError> {
        let zones = match &query.zone {
            ReportZone::One(zone) => Zones::One(zone.clone()),
            ReportZone::Member(shared) => Zones::by_member(User::time_zones(conn, caller.workspace).await?, shared),
        };
        Ok(Self { query, caller, zones, now })
    }

    /// The rows of a range, and its ends.
    async fn sums(&self, conn: &mut AsyncPgConnection, range: DateRange) -> Result<(Vec<SumRow>, Ends), ReportError> {
        let groups = &self.query.groups;
        let calendars = self.calendars(range, groups)?;
        let (filter, ends) = self.ranged(range);
        let plan = self.plan(&filter, &calendars);
        let columns = columns(groups);
        let limit = i64::try_from(GROUPS_MAX).unwrap_or(i64::MAX) + 1;
        let rows = ReportSums::new(&plan, &columns, limit).load(conn).await?;
        if rows.len() > GROUPS_MAX {
            return Err(ReportError::TooManyGroups);
        }
        Ok((rows, ends))
    }

    fn plan<'b>(&self, filter: &'b TimeEntryFilter, calendars: &'b Calendars) -> ReportPlan<'b> {
        let ReportQuery { attribution, rounding, .. } = *self.query;
        ReportPlan { scope: self.caller.scope(), filter, calendars, attribution, rounding, now: self.now }
    }

    /// The filter with the range as instants, and these.
    fn ranged(&self, range: DateRange) -> (TimeEntryFilter, Ends) {
        let zones = self.zones.all();
        let from = zones.iter().map(|zone| range.begin(zone)).min().unwrap_or(self.now);
        let to = zones.iter().map(|zone| range.end(zone)).max().unwrap_or(self.now);
        let filter = self.query.filter.clone();
        let filter = match self.query.attribution {
            Attribution::Split => {
                let overlap = Some(TimeRange { from: Some(from), to: Some(to), now: self.now });
                TimeEntryFilter { overlap, ..filter }
            }
            // PostgreSQL keeps microseconds.
            Attribution::Start => {
                TimeEntryFilter { from: Some(from), to: Some(to - TimeDelta::microseconds(1)), ..filter }
            }
        };
        (filter, (from, to))
    }

    fn calendars(&self, range: DateRange, groups: &[Group]) -> Result<Calendars, ReportError> {
        let by_day = self.query.rounding.is_some_and(|rounding| rounding.unit == RoundingUnit::Day);
        let cuts = Cuts { range, groups, week: self.query.week, by_day, instants: &[] };
        Ok(match &self.zones {
            Zones::One(zone) => Calendars::One(cuts.calendar(zone)?),
            Zones::ByMember { zones, members, numbers } => Calendars::ByMember {
                calendars: zones.iter().map(|zone| cuts.calendar(zone)).collect::<Result<_, _>>()?,
                members: members.clone(),
                numbers: numbers.clone(),
            },
        })
    }

    fn levels(&self, range: DateRange) -> Vec<Level> {
        let level = |group: &Group| {
            let of_time = if group.is_time() { buckets(range, *group, self.query.week) } else { Vec::new() };
            Level { group: *group, buckets: of_time }
        };
        self.query.groups.iter().map(level).collect()
    }
}

impl Zones {
    fn by_member(chosen: Vec<(crate::values::ids::UserId, String)>, shared: &TimeZone) -> Self {
        let mut zones = vec![shared.clone()];
        let mut known = BTreeMap::from([(shared.name(), 0)]);
        let (mut members, mut numbers) = (Vec::new(), Vec::new());
        for (member, name) in chosen {
            // A name that this release does not know was written by a later one.
            let Ok(zone) = TimeZone::parse(&name) else { continue };
            let next = i32::try_from(zones.len()).unwrap_or_default();
            let number = *known.entry(zone.name()).or_insert(next);
            if number == next {
                zones.push(zone);
            }
            members.push(member);
            numbers.push(number);
        }
        Self::ByMember { zones, members, numbers }
    }

    fn all(&self) -> &[TimeZone] {
        match self {
            Self::One(zone) => std::slice::from_ref(zone),
            Self::ByMember { zones, .. } => zones,
        }
    }
}

/// The columns of groups: those of time are numbered in the order of the calendar's.
fn columns(groups: &[Group]) -> Vec<GroupColumn> {
    let mut times = 0..;
    let column = |group: &Group| match group {
        Group::Project => GroupColumn::Project,
        Group::Category => GroupColumn::Category,
        Group::Client => GroupColumn::Client,
        Group::Member => GroupColumn::Member,
        Group::Tag => GroupColumn::Tag,
        Group::Billable => GroupColumn::Billable,
        Group::Description => GroupColumn::Description,
        _ => GroupColumn::Bucket(times.next().unwrap_or_default()),
    };
    groups.iter().map(column).collect()
}

/// Notes the ids among the keys of rows.
fn note_used(groups: &[Group], rows: &[SumRow], used: &mut UsedIds) {
    for row in rows {
        for (group, key) in groups.iter().zip(row.keys()) {
            let id = key.and_then(|text| text.parse::<Uuid>().ok());
            if let (Some(kind), Some(id)) = (name_kind(*group), id) {
                used.add(kind, id);
            }
        }
    }
}
