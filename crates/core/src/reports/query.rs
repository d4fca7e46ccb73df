//! What a report asks.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::times::TimesOfWeek;
use super::words::{ComparisonWord, Group, Sort};
use crate::access::{Permit, needs};
use crate::models::report::{Attribution, Rounding};
use crate::models::{Category, TimeEntryFilter, User};
use crate::values::TimeZone;
use crate::values::ids::CategoryId;
use crate::values::settings::FirstDayOfWeek;

/// A range of days, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, not before the first.
    pub to: NaiveDate,
}

impl DateRange {
    /// How many days it has.
    #[must_use]
    pub fn len(self) -> u64 {
        u64::try_from((self.to - self.from).num_days() + 1).unwrap_or_default()
    }

    /// Whether it has no day.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Its days in order.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |date| *date <= self.to)
    }

    /// When it begins in a time zone.
    #[must_use]
    pub fn begin(self, zone: &TimeZone) -> DateTime<Utc> {
        zone.start_of_day(self.from)
    }

    /// When it ends in a time zone, which is not part of it.
    #[must_use]
    pub fn end(self, zone: &TimeZone) -> DateTime<Utc> {
        zone.start_of_day(self.to.succ_opt().unwrap_or(self.to))
    }

    /// Whether it has whole months.
    fn is_months(self) -> bool {
        self.from.day() == 1 && self.to.succ_opt().is_some_and(|next| next.day() == 1)
    }

    /// The same range, this many months before. Whole months stay whole.
    fn months_before(self, months: u32) -> Option<Self> {
        let from = self.from.checked_sub_months(Months::new(months))?;
        let to = if self.is_months() {
            self.to.succ_opt()?.checked_sub_months(Months::new(months))?.pred_opt()?
        } else {
            self.to.checked_sub_months(Months::new(months))?
        };
        Some(Self { from, to })
    }

    /// What it is compared with; `None` before the beginning of time.
    #[must_use]
    pub fn compared(self, with: Comparison) -> Option<Self> {
        match with {
            Comparison::Year => self.months_before(12),
            Comparison::Previous if self.is_months() => {
                let months = (self.to.year() - self.from.year()) * 12 + i32::try_from(self.to.month()).ok()?
                    - i32::try_from(self.from.month()).ok()?
                    + 1;
                self.months_before(u32::try_from(months).ok()?)
            }
            Comparison::Previous => {
                let to = self.from.pred_opt()?;
                Some(Self { from: to.checked_sub_days(Days::new(self.len() - 1))?, to })
            }
        }
    }
}

/// With what a report is compared.
pub type Comparison = ComparisonWord;

/// In whose time zone days begin and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportZone {
    /// In one for all.
    One(TimeZone),
    /// In that of the member whose entry it is; this one is that of members without one.
    Member(TimeZone),
}

impl ReportZone {
    /// The one for all, or for members without one.
    #[must_use]
    pub fn shared(&self) -> &TimeZone {
        match self {
            Self::One(zone) | Self::Member(zone) => zone,
        }
    }
}

/// What a report asks.
#[derive(Clone, Debug)]
pub struct ReportQuery {
    /// The days.
    pub range: DateRange,
    /// Where they begin and end.
    pub zone: ReportZone,
    /// Where weeks begin.
    pub week: FirstDayOfWeek,
    /// Which time counts where.
    pub attribution: Attribution,
    /// Which entries; without a range.
    pub filter: TimeEntryFilter,
    /// Which time of the week.
    pub times: TimesOfWeek,
    /// Up to three groups, in any order, none of them twice.
    pub groups: Vec<Group>,
    /// How many levels of categories are told apart, from 1; what is below counts for the one above it. `None` is all.
    pub category_depth: Option<usize>,
    /// The order of groups. `None` is time in its order, and everything else by time, the largest first.
    pub sort: Option<Sort>,
    /// Whether groups of time without entries are there as well.
    pub fill_empty: bool,
    /// With what it is compared.
    pub comparison: Option<Comparison>,
    /// How time is rounded.
    pub rounding: Option<Rounding>,
    /// Whether amounts are computed. Who asks must be permitted to see them.
    pub amounts: bool,
}

impl ReportQuery {
    /// Whether an entry may be in several groups, so that groups add up to more than the total.
    #[must_use]
    pub fn rows_overlap(&self) -> bool {
        self.groups.contains(&Group::Tag)
    }
}

/// What a query need not say.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The caller's time zone, or else the workspace's, or else UTC.
    pub zone: TimeZone,
    /// The time zone of the workspace, or UTC.
    pub workspace_zone: TimeZone,
    /// The first day of the caller's weeks, or else Monday.
    pub week: FirstDayOfWeek,
}

/// What the caller has chosen of what a query may leave out.
///
/// # Errors
/// Those of the database.
pub async fn defaults(conn: &mut AsyncPgConnection, caller: Permit<needs::SeeEntries>) -> QueryResult<Defaults> {
    let (own, shared, week) = User::report_defaults(conn, caller.user(), caller.workspace).await?;
    // A name that this release does not know was written by a later one.
    let read = |name: Option<String>| name.and_then(|name| TimeZone::parse(&name).ok());
    let workspace_zone = read(shared).unwrap_or_else(TimeZone::utc);
    Ok(Defaults {
        zone: read(own).unwrap_or_else(|| workspace_zone.clone()),
        workspace_zone,
        week: week.and_then(|word| FirstDayOfWeek::parse(&word).ok()).unwrap_or(FirstDayOfWeek::Monday),
    })
}

/// Categories with all that are below them. Those that do not exist stay in the list: no entry has them.
///
/// # Errors
/// Those of the database.
pub async fn with_subcategories(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    categories: &[CategoryId],
) -> QueryResult<Vec<CategoryId>> {
    let mut found = Category::subtrees(conn, caller.workspace, categories).await?;
    found.extend(categories);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
