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
    BUDGETS_MAX, BudgetMeasure, BudgetNew, BudgetPatch, BudgetPeriod, BudgetSize, BudgetState, BudgetTarget, budgets,
    create_budget, delete_budget, record_alerts, update_budget,
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
