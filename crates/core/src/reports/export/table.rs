//! Reports as tables of typed cells.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::models::report::{NameKind, Names, ReportEntry, TimeTotals};
use crate::reports::tree::{GroupKey, Level, ReportGroup, Worth, name_kind};
use crate::reports::words::Group;
use crate::values::TimeZone;
use crate::values::money::Currency;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Texts.
    Text,
    /// Days.
    Date,
    /// Instants, which people see as the time zone's clocks show them.
    Time,
    /// Numbers.
    Number,
    /// Seconds.
    Duration,
    /// Amounts of the currency in the column before.
    Amount,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// An instant, and what the clocks show then.
    Time(DateTime<Utc>, NaiveDateTime),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(i64),
    /// Seconds.
    Duration(i64),
    /// An amount in minor units.
    Amount(Currency, i128),
}

impl Cell {
    fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }
}

const fn column(key: &'static str, title: &'static str, kind: ColumnKind) -> Column {
    Column { key, title, kind }
}

const ENTRY: [Column; 11] = [
    column("date", "Date", ColumnKind::Date),
    column("startedAt", "Start", ColumnKind::Time),
    column("stoppedAt", "End", ColumnKind::Time),
    column("member", "Member", ColumnKind::Text),
    column("client", "Client", ColumnKind::Text),
    column("project", "Project", ColumnKind::Text),
    column("category", "Category", ColumnKind::Text),
    column("tags", "Tags", ColumnKind::Text),
    column("description", "Description", ColumnKind::Text),
    column("billable", "Billable", ColumnKind::Text),
    column("durationSeconds", "Duration", ColumnKind::Duration),
];
const ROUNDED: Column = column("roundedSeconds", "Rounded", ColumnKind::Duration);
const MONEY: [Column; 2] =
    [column("currency", "Currency", ColumnKind::Text), column("amount", "Amount", ColumnKind::Amount)];
const ID: Column = column("id", "Id", ColumnKind::Text);

/// The columns of a detailed report.
#[must_use]
pub fn detailed_columns(is_rounded: bool, has_amounts: bool) -> Vec<Column> {
    let mut columns = ENTRY.to_vec();
    columns.extend(is_rounded.then_some(ROUNDED));
    if has_amounts {
        columns.extend(MONEY);
    }
    columns.push(ID);
    columns
}

/// An entry as a row of these columns; days and times are those of the clocks of `zone`.
#[must_use]
pub fn detailed_row(
    entry: &ReportEntry,
    names: &Names,
    zone: &TimeZone,
    is_rounded: bool,
    has_amounts: bool,
) -> Vec<Cell> {
    let name = |kind: NameKind, id: uuid::Uuid| names.get(kind, id).map(|name| name.name.as_str());
    let project = names.get(NameKind::Project, entry.project_id);
    let client = project.and_then(|project| project.holder).and_then(|id| name(NameKind::Client, id));
    let path: Vec<&str> = names.path(entry.category_id).into_iter().map(|(_, name)| name.name.as_str()).collect();
    let tags: Vec<&str> = entry.tag_ids.iter().filter_map(|tag| name(NameKind::Tag, (*tag).into())).collect();
    let time = |at: DateTime<Utc>| Cell::Time(at, zone.local(at));
    let mut row = vec![
        Cell::Date(zone.local(entry.started_at).date()),
        time(entry.started_at),
        entry.stopped_at.map_or(Cell::Empty, time),
        Cell::text(name(NameKind::Member, entry.user_id.into())),
        Cell::text(client),
        Cell::text(project.map(|project| project.name.as_str())),
        Cell::Text(path.join(" / ")),
        Cell::Text(tags.join(", ")),
        Cell::Text(entry.description.clone()),
        Cell::Flag(entry.billable),
        Cell::Duration(entry.seconds),
    ];
    row.extend(is_rounded.then_some(Cell::Duration(entry.rounded)));
    if has_amounts {
        row.extend(money(&Worth::of_entry(entry, None)));
    }
    row.push(Cell::Text(entry.id.to_string()));
    row
}

/// The currency and the amount; a row has at most one.
fn money(worth: &Worth) -> [Cell; 2] {
    match worth.amounts.iter().next() {
        Some((currency, amount)) => [Cell::Text(currency.code().to_owned()), Cell::Amount(*currency, *amount)],
        None => [Cell::Empty, Cell::Empty],
    }
}

/// The columns of a summary: one for each level of groups, and the sums.
#[must_use]
pub fn summary_columns(levels: &[Level], is_rounded: bool, has_amounts: bool) -> Vec<Column> {
    let level = |level: &Level| {
        let title = match level.group {
            Group::Project => "Project",
            Group::Category => "Category",
            Group::Client => "Client",
            Group::Member => "Member",
            Group::Tag => "Tag",
            Group::Billable => "Billable",
            Group::Description => "Description",
            Group::Day => "Day",
            Group::Week => "Week",
            Group::Month => "Month",
            Group::Quarter => "Quarter",
            Group::Year => "Year",
            Group::Weekday => "Weekday",
            Group::Hour => "Hour",
        };
        column(level.group.as_str(), title, ColumnKind::Text)
    };
    let mut columns: Vec<Column> = levels.iter().map(level).collect();
    columns.push(column("entries", "Entries", ColumnKind::Number));
    columns.push(column("durationSeconds", "Duration", ColumnKind::Duration));
    columns.push(column("billableSeconds", "Billable", ColumnKind::Duration));
    columns.extend(is_rounded.then_some(ROUNDED));
    if has_amounts {
        columns.extend(MONEY);
    }
    columns
}

/// The groups of the last level as rows of these columns. A group with amounts in several currencies has a row for
/// each, of which the first has the time.
#[must_use]
pub fn summary_rows(
    groups: &[ReportGroup],
    levels: &[Level],
    names: &Names,
    is_rounded: bool,
    has_amounts: bool,
) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    let mut labels = Vec::new();
    push_rows(groups, levels, names, is_rounded, has_amounts, &mut labels, &mut rows);
    rows
}

fn push_rows(
    groups: &[ReportGroup],
    levels: &[Level],
    names: &Names,
    is_rounded: bool,
    has_amounts: bool,
    labels: &mut Vec<Cell>,
    rows: &mut Vec<Vec<Cell>>,
) {
    let Some((level, below)) = levels.split_first() else { return };
    for group in groups {
        labels.push(label(&group.key, level, names));
        if below.is_empty() {
            rows.extend(sums(labels, &group.totals, &group.worth, is_rounded, has_amounts));
        } else {
            push_rows(&group.groups, below, names, is_rounded, has_amounts, labels, rows);
        }
        labels.pop();
    }
}

fn sums(labels: &[Cell], totals: &TimeTotals, worth: &Worth, is_rounded: bool, has_amounts: bool) -> Vec<Vec<Cell>> {
    let mut first = labels.to_vec();
    first.push(Cell::Number(totals.entries));
    first.push(Cell::Duration(totals.duration_seconds));
    first.push(Cell::Duration(totals.billable_seconds));
    first.extend(is_rounded.then_some(Cell::Duration(totals.rounded_seconds)));
    if !has_amounts {
        return vec![first];
    }
    let further = worth.amounts.iter().skip(1).map(|(currency, amount)| {
        let mut row = labels.to_vec();
        row.resize(first.len(), Cell::Empty);
        row.extend([Cell::Text(currency.code().to_owned()), Cell::Amount(*currency, *amount)]);
        row
    });
    let further: Vec<_> = further.collect();
    first.extend(money(worth));
    std::iter::once(first).chain(further).collect()
}

fn label(key: &GroupKey, level: &Level, names: &Names) -> Cell {
    match key {
        GroupKey::None => Cell::Empty,
        GroupKey::Flag(flag) => Cell::Flag(*flag),
        GroupKey::Text(text) => Cell::Text(text.clone()),
        GroupKey::Bucket(number) => Cell::text(level.buckets.get(*number).map(|bucket| bucket.name.as_str())),
        GroupKey::Id(id) if level.group == Group::Category => {
            let path = names.path((*id).into());
            Cell::Text(path.iter().map(|(_, name)| name.name.as_str()).collect::<Vec<_>>().join(" / "))
        }
        GroupKey::Id(id) => {
            let name = name_kind(level.group).and_then(|kind| names.get(kind, *id));
            Cell::text(name.map(|name| name.name.as_str()))
        }
    }
}
