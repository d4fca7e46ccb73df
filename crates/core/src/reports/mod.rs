//! Reports: one planner for every question about tracked time. It turns a [`ReportQuery`] into the statement of
//! [`crate::models::report`], so that lists, totals, the week strip, summaries, detailed reports and exports give the
//! same number for the same question. `docs/REPORTS.md` says what the numbers mean.

mod buckets;
mod freshness;
mod query;
mod run;
mod tree;
mod words;

pub use buckets::{BUCKETS_MAX, Bucket, TooManyBuckets};
pub use freshness::{Freshness, freshness};
pub use query::{Comparison, DateRange, Defaults, ReportQuery, ReportZone, defaults, with_subcategories};
pub use run::{Detailed, GROUPS_MAX, Ranged, ReportError, Summary, detailed, summary};
pub use tree::{GroupKey, Level, ReportGroup, ReportTree, name_kind};
pub use words::{AttributionWord, ComparisonWord, Group, RoundingModeWord, RoundingUnitWord, Sort};
