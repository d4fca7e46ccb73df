//! Reports as wholes: what is read for files that are written when all of it is there, in one snapshot.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::about::about;
use super::export::{
    Bar, CONTENT_ROWS_MAX, ExportKind, PdfStyle, ReportContent, Words, detailed_columns, detailed_row, summary_columns,
    summary_rows,
};
use super::query::ReportQuery;
use super::run::{EntryCursor, Ranged, ReportError, summary};
use super::tree::{GroupKey, Worth};
use super::words::Group;
use crate::access::{Permit, needs};
use crate::database::transaction::{commit, read_snapshot};
use crate::models::Workspace;
use crate::models::report::TimeTotals;
use crate::telemetry::RULE_TARGET;

/// Entries that are read at a time.
const ROWS: u16 = 2_000;

/// Reads what a report says: the rows, the totals and the chart of the same moment. Without a title it has the word for
/// a report. The connection is in a transaction after an error, and is closed when it goes back to the pool.
///
/// # Errors
/// When the report has more than [`CONTENT_ROWS_MAX`] rows, and those of the report.
#[tracing::instrument(target = RULE_TARGET, name = "reports::report_content", skip_all)]
pub async fn report_content(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    query: &ReportQuery,
    kind: ExportKind,
    title: Option<String>,
    style: PdfStyle,
    now: DateTime<Utc>,
) -> Result<ReportContent, ReportError> {
    let words = Words::new(style.language);
    let (is_rounded, has_amounts) = (query.rounding.is_some(), query.amounts);
    let mut report = match kind {
        ExportKind::Summary => {
            read_snapshot(conn).await?;
            let found = summary(conn, caller, query, now).await?;
            let Ranged { levels, tree, .. } = &found.main;
            ReportContent {
                title: String::new(),
                about: Vec::new(),
                bars: Vec::new(),
                columns: summary_columns(levels, is_rounded, has_amounts),
                rows: summary_rows(&tree.groups, levels, &found.names, is_rounded, has_amounts),
                totals: tree.total,
                worth: tree.worth.clone(),
                rows_overlap: query.rows_overlap(),
            }
        }
        ExportKind::Detailed => entries(conn, caller, query, now).await?,
    };
    if report.rows.len() > CONTENT_ROWS_MAX {
        return Err(ReportError::TooManyRows);
    }
    report.bars = bars(conn, caller, query, now).await?;
    let workspace = Workspace::find(conn, caller.workspace).await?.map(|workspace| workspace.name);
    report.about = workspace.into_iter().collect();
    report.about.extend(about(conn, caller.workspace, query, words).await?);
    report.title = title.unwrap_or_else(|| words.untitled(kind == ExportKind::Summary).to_owned());
    commit(conn).await?;
    Ok(report)
}

/// The entries, read in a snapshot of their own that goes on.
async fn entries(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    query: &ReportQuery,
    now: DateTime<Utc>,
) -> Result<ReportContent, ReportError> {
    let (is_rounded, has_amounts) = (query.rounding.is_some(), query.amounts);
    let mut cursor = EntryCursor::open(conn, caller, query, now).await?;
    let (mut rows, mut totals, mut worth) = (Vec::new(), TimeTotals::default(), Worth::default());
    loop {
        let found = cursor.next(conn, ROWS).await?;
        for entry in &found {
            let zone = cursor.zone_of(entry.user_id);
            rows.push(detailed_row(entry, &cursor.names, zone, is_rounded, has_amounts));
            let billable = |seconds: i64| if entry.billable { seconds } else { 0 };
            totals += TimeTotals {
                entries: 1,
                running: i64::from(entry.stopped_at.is_none()),
                duration_seconds: entry.seconds,
                billable_seconds: billable(entry.seconds),
                rounded_seconds: entry.rounded,
                rounded_billable_seconds: billable(entry.rounded),
            };
            worth += Worth::of_entry(entry, None);
        }
        if rows.len() > CONTENT_ROWS_MAX {
            return Err(ReportError::TooManyRows);
        }
        if found.len() < usize::from(ROWS) {
            break;
        }
    }
    Ok(ReportContent {
        title: String::new(),
        about: Vec::new(),
        bars: Vec::new(),
        columns: detailed_columns(is_rounded, has_amounts),
        rows,
        totals,
        worth,
        rows_overlap: false,
    })
}

/// What a bar is, by the length of the range, as on the page.
fn bars_by_length(days: u64) -> Group {
    match days {
        0..=1 => Group::Hour,
        2..=45 => Group::Day,
        46..=190 => Group::Week,
        191..=1_100 => Group::Month,
        _ => Group::Year,
    }
}

/// The bars of the chart: a bar for each stretch of time.
async fn bars(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    query: &ReportQuery,
    now: DateTime<Utc>,
) -> Result<Vec<Bar>, ReportError> {
    let group = bars_by_length(query.range.len());
    let by_time = ReportQuery {
        groups: vec![group],
        sort: None,
        fill_empty: true,
        comparison: None,
        amounts: false,
        ..query.clone()
    };
    let Ranged { levels, tree, .. } = summary(conn, caller, &by_time, now).await?.main;
    let Some(level) = levels.first() else { return Ok(Vec::new()) };
    let bar = |key: &GroupKey, totals: &TimeTotals| {
        let GroupKey::Bucket(number) = key else { return None };
        let name = &level.buckets.get(*number)?.name;
        // The year stands in the range above.
        let label = if group == Group::Day { name.get(5..).unwrap_or(name) } else { name };
        Some(Bar { label: label.to_owned(), seconds: totals.duration_seconds, billable: totals.billable_seconds })
    };
    Ok(tree.groups.iter().filter_map(|group| bar(&group.key, &group.totals)).collect())
}
