//! The planner: from a query to its statement, and from the statement's rows to the answer.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::buckets::{Cuts, TooManyBuckets, buckets};
use super::money::money;
use super::query::{DateRange, ReportQuery, ReportZone};
use super::tree::{Level, ReportTree, Shape, Worth, name_kind};
use super::words::Group;
use crate::access::{EntryScope, Permit, needs};
use crate::database::DbError;
use crate::database::transaction::{commit, read_snapshot};
use crate::models::report::{
    Attribution, Calendars, GroupColumn, MoneyPlan, NameKind, Names, ReportEntry, ReportPlan, ReportRows, ReportSums,
    RoundingUnit, SumRow, TimeTotals, UsedIds, fetch_entries,
};
use crate::models::{Page, TimeEntryFilter, TimeRange, User, Workspace};
use crate::telemetry::RULE_TARGET;
use crate::values::TimeZone;
use crate::values::ids::{UserId, WorkspaceId};
use crate::values::money::Currency;

/// The largest number of groups of the last level that a summary has: a year of 550 categories by week.
pub const GROUPS_MAX: usize = 30_000;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The range would be cut into too many pieces.
    #[error(transparent)]
    TooManyBuckets(#[from] TooManyBuckets),
    /// There are more than [`GROUPS_MAX`] groups.
    #[error("the report has more than {GROUPS_MAX} groups")]
    TooManyGroups,
    /// There are more than [`CONTENT_ROWS_MAX`](super::export::CONTENT_ROWS_MAX) rows to be read as a whole.
    #[error("the report has too many rows for a document")]
    TooManyRows,
    /// There is no connection.
    #[error(transparent)]
    Connection(#[from] DbError),
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
    /// The currency of costs, if amounts are wanted.
    pub costs: Option<Currency>,
}

/// The time zones of a report.
enum Zones {
    One(TimeZone),
    /// The first is that of members without one.
    ByMember {
        zones: Vec<TimeZone>,
        members: Vec<UserId>,
        numbers: Vec<i32>,
    },
}

/// A query with what it takes to cut entries.
struct Prepared<'a> {
    query: &'a ReportQuery,
    /// What time is worth, and where rates change.
    money: Option<(MoneyPlan, Vec<DateTime<Utc>>)>,
    scope: EntryScope,
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
    let prepared = Prepared::new(conn, caller.scope(), query, now).await?;
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
            sort: query.sort,
            fill_empty: query.fill_empty,
            costs: prepared.costs(),
        }
        .tree(&rows);
        Ranged { range, from, to, levels, tree }
    });
    let main = ranged.next().ok_or(diesel::result::Error::NotFound)?;
    let compared = ranged.next();
    drop(ranged);
    Ok(Summary { main, compared, names })
}

/// The sums of a query without groups: its time, and what that is worth. Amounts are rounded once.
pub(super) async fn totals(
    conn: &mut AsyncPgConnection,
    scope: EntryScope,
    query: &ReportQuery,
    now: DateTime<Utc>,
) -> Result<(TimeTotals, Worth), ReportError> {
    let prepared = Prepared::new(conn, scope, query, now).await?;
    let (rows, _) = prepared.sums(conn, query.range).await?;
    let levels = prepared.levels(query.range);
    let costs = prepared.costs();
    let shape = Shape { levels: &levels, names: &Names::default(), sort: None, fill_empty: false, costs };
    let tree = shape.tree(&rows);
    Ok((tree.total, tree.worth))
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
    let prepared = Prepared::new(conn, caller.scope(), query, now).await?;
    let calendars = prepared.calendars(query.range, &[])?;
    let (filter, _) = prepared.ranged(query.range);
    let plan = prepared.plan(&filter, &calendars);
    let entries = ReportRows::new(&plan, page).load(conn).await?;
    let names = Names::load(conn, caller.workspace, &used_by(&entries)).await?;
    Ok(Detailed { entries, names, costs: prepared.costs() })
}

/// Entries of a report that are read from one snapshot, a batch at a time. The connection is in a transaction until the
/// end; one that is given back before is closed by the pool, which ends the query.
#[derive(Debug)]
pub struct EntryCursor {
    workspace: WorkspaceId,
    /// The names of what all entries so far belong to.
    pub names: Names,
    /// The time zone of all members, or of those without one.
    shared: TimeZone,
    /// Those of members who have their own days.
    zones: HashMap<UserId, TimeZone>,
}

impl EntryCursor {
    /// Opens the cursor, in a transaction of its own.
    ///
    /// # Errors
    /// When the report would be too large, and those of the database.
    #[tracing::instrument(target = RULE_TARGET, name = "reports::open", skip_all)]
    pub async fn open(
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        query: &ReportQuery,
        now: DateTime<Utc>,
    ) -> Result<Self, ReportError> {
        read_snapshot(conn).await?;
        let prepared = Prepared::new(conn, caller.scope(), query, now).await?;
        let calendars = prepared.calendars(query.range, &[])?;
        let (filter, _) = prepared.ranged(query.range);
        let plan = prepared.plan(&filter, &calendars);
        ReportRows::all(&plan).declare(conn).await?;
        let (shared, zones) = (query.zone.shared().clone(), prepared.zones.of_members());
        Ok(Self { workspace: caller.workspace, names: Names::default(), shared, zones })
    }

    /// The time zone in which the days of a member's entries begin and end.
    #[must_use]
    pub fn zone_of(&self, member: UserId) -> &TimeZone {
        self.zones.get(&member).unwrap_or(&self.shared)
    }

    /// The next entries, at most so many; none at the end.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn next(&mut self, conn: &mut AsyncPgConnection, rows: u16) -> Result<Vec<ReportEntry>, ReportError> {
        let entries = fetch_entries(conn, rows).await?;
        self.names.extend(conn, self.workspace, &used_by(&entries)).await?;
        Ok(entries)
    }

    /// Ends the transaction, so that the connection can be used again.
    ///
    /// # Errors
    /// Those of COMMIT.
    pub async fn close(&self, conn: &mut AsyncPgConnection) -> Result<(), ReportError> {
        Ok(commit(conn).await?)
    }
}

fn used_by(entries: &[ReportEntry]) -> UsedIds {
    let mut used = UsedIds::default();
    for entry in entries {
        used.add(NameKind::Member, entry.user_id.into());
        used.add(NameKind::Project, entry.project_id.into());
        used.add(NameKind::Category, entry.category_id.into());
        entry.tag_ids.iter().for_each(|tag| used.add(NameKind::Tag, (*tag).into()));
    }
    used
}

/// The instants between which the entries of a query lie.
type Ends = (DateTime<Utc>, DateTime<Utc>);

impl<'a> Prepared<'a> {
    async fn new(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        query: &'a ReportQuery,
        now: DateTime<Utc>,
    ) -> Result<Self, ReportError> {
        let zones = match &query.zone {
            ReportZone::One(zone) => Zones::One(zone.clone()),
            ReportZone::Member(shared) => Zones::by_member(User::time_zones(conn, scope.workspace()).await?, shared),
        };
        let money = if query.amounts {
            let workspace = Workspace::find(conn, scope.workspace()).await?;
            let zone = workspace.and_then(|workspace| workspace.time_zone).and_then(|name| TimeZone::parse(&name).ok());
            Some(money(conn, scope.workspace(), &zone.unwrap_or_else(TimeZone::utc)).await?)
        } else {
            None
        };
        Ok(Self { query, money, scope, zones, now })
    }

    /// The rows of a range, and its ends.
    async fn sums(&self, conn: &mut AsyncPgConnection, range: DateRange) -> Result<(Vec<SumRow>, Ends), ReportError> {
        let groups = &self.query.groups;
        let calendars = self.calendars(range, groups)?;
        let (filter, ends) = self.ranged(range);
        let plan = self.plan(&filter, &calendars);
        let columns = columns(groups, self.query.category_depth);
        let limit = i64::try_from(GROUPS_MAX).unwrap_or(i64::MAX) + 1;
        let rows = ReportSums::new(&plan, &columns, limit).load(conn).await?;
        if rows.len() > GROUPS_MAX {
            return Err(ReportError::TooManyGroups);
        }
        Ok((rows, ends))
    }

    /// The currency of costs.
    fn costs(&self) -> Option<Currency> {
        let (plan, _) = self.money.as_ref()?;
        plan.currency.as_deref().and_then(|code| Currency::parse(code).ok())
    }

    fn plan<'b>(&'b self, filter: &'b TimeEntryFilter, calendars: &'b Calendars) -> ReportPlan<'b> {
        let ReportQuery { attribution, rounding, .. } = *self.query;
        let money = self.money.as_ref().map(|(plan, _)| plan);
        ReportPlan { scope: self.scope, filter, calendars, attribution, rounding, money, now: self.now }
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
        let instants: &[_] = self.money.as_ref().map(|(_, instants)| instants.as_slice()).unwrap_or_default();
        let cuts = Cuts { range, groups, week: self.query.week, by_day, times: &self.query.times, instants };
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
    fn by_member(chosen: Vec<(UserId, String)>, shared: &TimeZone) -> Self {
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

    /// Those of members who have their own days.
    fn of_members(&self) -> HashMap<UserId, TimeZone> {
        let Self::ByMember { zones, members, numbers } = self else { return HashMap::new() };
        let zone = |number: &i32| usize::try_from(*number).ok().and_then(|number| zones.get(number)).cloned();
        members.iter().zip(numbers).filter_map(|(member, number)| Some((*member, zone(number)?))).collect()
    }

    fn all(&self) -> &[TimeZone] {
        match self {
            Self::One(zone) => std::slice::from_ref(zone),
            Self::ByMember { zones, .. } => zones,
        }
    }
}

/// The columns of groups: those of time are numbered in the order of the calendar's.
fn columns(groups: &[Group], category_depth: Option<usize>) -> Vec<GroupColumn> {
    let mut times = 0..;
    let column = |group: &Group| match group {
        Group::Project => GroupColumn::Project,
        Group::Category => {
            GroupColumn::Category(category_depth.map(|depth| i32::try_from(depth.max(1)).unwrap_or(i32::MAX)))
        }
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
