//! Reports: one planner for every question about tracked time. It turns a [`ReportQuery`] into the statement of
//! [`crate::models::report`], so that lists, totals, the week strip, summaries, detailed reports and exports give the
//! same number for the same question. `docs/REPORTS.md` says what the numbers mean.

mod about;
mod buckets;
mod budgets;
pub mod export;
mod feed;
mod files;
mod freshness;
mod links;
mod money;
mod query;
mod run;
mod saved;
mod saved_question;
mod schedules;
pub(crate) mod sending;
mod times;
mod timing;
mod tree;
mod words;

pub use buckets::{BUCKETS_MAX, Bucket, TooManyBuckets};
pub use budgets::{
    BUDGETS_MAX, BudgetMeasure, BudgetNew, BudgetPatch, BudgetPeriod, BudgetSize, BudgetState, BudgetTarget,
    WATCHED_AT_ONCE, WatchBudgets, budgets, create_budget, delete_budget, record_alerts, update_budget,
    watched_workspaces,
};
pub use feed::{
    FEED_DAYS, FEED_MAX, FeedError, calendar_feed, create_calendar_feed, open_calendar_feed, revoke_calendar_feed,
};
pub use files::report_content;
pub use freshness::{Freshness, freshness};
pub use links::{
    LINKS_MAX, LinkError, LinkOptions, LinkRejection, OpenError, OpenRequest, OpenedReport, create_link, links,
    open_link, revoke_link,
};
pub use query::{Comparison, DateRange, Defaults, ReportQuery, ReportZone, defaults, with_subcategories};
pub use run::{Detailed, EntryCursor, GROUPS_MAX, Ranged, ReportError, Summary, detailed, summary};
pub use saved::{
    QUERY_MAX, SAVED_MAX, SavedError, SavedPatch, SavedRejection, delete_saved, save, saved, update_saved,
};
pub use saved_question::{Preset, SavedQuestion, UnreadableQuery};
pub use schedules::{
    RECIPIENTS_MAX, SCHEDULES_MAX, ScheduleError, ScheduleFormat, ScheduleNew, ScheduleOutcome, SchedulePatch,
    ScheduleRejection, SendReport, StopError, WORKSPACE_SCHEDULES_MAX, add_due_reports, create_schedule,
    delete_schedule, schedules, stop_scheduled_report, timing, try_schedule, update_schedule,
};
pub use times::{TimesOfWeek, WeekdayWord, parse_hour};
pub use timing::{DayMinute, Every, MONTH_DAY_MAX, Recurrence, Timing};
pub use tree::{GroupKey, Level, ReportGroup, ReportTree, Worth, name_kind};
pub use words::{AttributionWord, ComparisonWord, Group, RoundingModeWord, RoundingUnitWord, Sort};

#[cfg(test)]
mod tests {
    use super::export::CONTENT_ROWS_MAX;
    use super::sending::FILE_MAX;
    use super::*;
    use crate::money::RATES_MAX;

    /// A number as documents write it.
    fn written(number: impl TryInto<u64>) -> String {
        let digits = number.try_into().unwrap_or_default().to_string();
        let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn the_document_has_the_limits_of_the_code() {
        let document = include_str!("../../../../docs/REPORTS.md");
        let (_, limits) = document.split_once("## Limits").unwrap();
        let value = |limit: &str| {
            let row = limits.lines().find_map(|line| line.strip_prefix(&format!("| {limit} | ")));
            row.and_then(|row| row.split_once(" | ")).unwrap_or_else(|| panic!("no limit of {limit}")).0
        };
        assert_eq!(value("groups of the last level"), written(GROUPS_MAX));
        assert!(document.contains(&format!("at most {} groups of the last level", written(GROUPS_MAX))));
        assert_eq!(value("rows of a PDF"), written(CONTENT_ROWS_MAX));
        let pieces = value("pieces that a range is cut into");
        assert!(
            pieces.starts_with(&format!("{}: 27 years of days, 416 days of hours", written(BUCKETS_MAX))),
            "{pieces}"
        );
        assert!((27 * 366..28 * 365).contains(&BUCKETS_MAX) && BUCKETS_MAX / 24 == 416);
        assert_eq!(value("links of a saved report"), written(LINKS_MAX));
        let schedules = format!("{}, {}", written(SCHEDULES_MAX), written(WORKSPACE_SCHEDULES_MAX));
        assert_eq!(value("schedules of a saved report, and of a workspace"), schedules);
        assert_eq!(value("recipients of a schedule"), written(RECIPIENTS_MAX));
        let file = format!("{} rows, {} MiB", written(CONTENT_ROWS_MAX), FILE_MAX / 1024 / 1024);
        assert_eq!(value("the file of a schedule"), file);
        assert_eq!(value("rates of a workspace"), written(RATES_MAX));
    }
}
