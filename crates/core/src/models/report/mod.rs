//! The statement of reports: how much time the selected entries have, cut at borders and summed by groups. Totals of
//! lists, the week strip, summaries and detailed reports are all made of the same fragments.
//!
//! - [`Calendar`]: the borders of buckets as instants, and what each bucket is called in each group;
//! - `parts`: each entry cut at the borders, with the seconds of each part, exact and rounded;
//! - `sums`: the parts summed by up to three groups;
//! - `rows`: entries with their sums, for detailed reports and exports.
//!
//! Seconds of an entry are whole and counted from its start: the part between two instants has the seconds that are
//! complete at the second instant, less those that are complete at the first. So the parts of an entry add up to its
//! `duration_seconds`, the buckets to the range, and the entries to the total, whatever fractions of a second starts
//! and stops have. Rounding works in the same way: what is rounded is the time since the start, at both ends of a part.

mod money;
mod names;
mod parts;
mod rows;
mod sums;

use chrono::{DateTime, Utc};

pub use money::{MoneyPlan, RateSpans};
pub use names::{Name, NameKind, Names, UsedIds};
pub(crate) use rows::fetch as fetch_entries;
pub use rows::{ReportEntry, ReportRows};
pub use sums::{ReportSums, SumRow, TimeTotals};

use super::TimeEntryFilter;
use crate::access::EntryScope;
use crate::values::ids::UserId;

/// What parts of entries are summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupColumn {
    /// The project.
    Project,
    /// The category. With a depth, from 1, what is deeper counts for the category above it at that depth.
    Category(Option<i32>),
    /// The client of the project.
    Client,
    /// The member.
    Member,
    /// Each tag: an entry with two is in both groups.
    Tag,
    /// Billable or not.
    Billable,
    /// The description.
    Description,
    /// The bucket, as the calendar's column of this number calls it.
    Bucket(usize),
}

/// The buckets of a range: half-open, in order, without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Where each bucket begins, and where the last one ends. Strictly increasing.
    pub borders: Vec<DateTime<Utc>>,
    /// For each group of time, what each bucket belongs to.
    pub columns: Vec<Vec<i32>>,
    /// For no group, the first, the first two and so on: the number of the last bucket before this one that counts and
    /// belongs to the same groups of time, or 0. An entry is counted once in a group, however many of its buckets it is
    /// in. `None` where all buckets belong together.
    pub earlier: Vec<Option<Vec<i32>>>,
    /// Whether the time in each bucket counts; `None` where all of it does.
    pub counted: Option<Vec<bool>>,
}

impl Calendar {
    /// One bucket, and no groups of time.
    #[must_use]
    pub fn whole(from: DateTime<Utc>, to: DateTime<Utc>, groups: usize) -> Self {
        Self { borders: vec![from, to], columns: Vec::new(), earlier: vec![None; groups + 1], counted: None }
    }
}

/// The buckets of all members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Calendars {
    /// The same for all.
    One(Calendar),
    /// One for each time zone. The first is that of members who are not listed.
    ByMember {
        /// One for each time zone.
        calendars: Vec<Calendar>,
        /// The members.
        members: Vec<UserId>,
        /// The number of the calendar of each, from 0.
        numbers: Vec<i32>,
    },
}

impl Calendars {
    /// Any of them: they have the same groups.
    fn first(&self) -> Option<&Calendar> {
        match self {
            Self::One(calendar) => Some(calendar),
            Self::ByMember { calendars, .. } => calendars.first(),
        }
    }

    /// Whether there is one bucket, so that nothing is cut.
    fn is_one_bucket(&self) -> bool {
        matches!(self, Self::One(calendar) if calendar.borders.len() == 2 && calendar.counted.is_none())
    }

    /// Whether the time in some buckets does not count.
    fn leaves_out(&self) -> bool {
        self.first().is_some_and(|calendar| calendar.counted.is_some())
    }
}

/// Which time of an entry counts in which bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribution {
    /// The time in the bucket.
    Split,
    /// All of it in the bucket in which it began.
    Start,
}

/// In which direction time is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingMode {
    /// To the next multiple; exact multiples stay.
    Up,
    /// To the multiple before.
    Down,
    /// To the nearest multiple, from the half on up.
    Nearest,
}

/// What is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundingUnit {
    /// Each entry.
    Entry,
    /// What one member tracked on one day in one project with one description, together. The calendar has a column for
    /// the days, which comes last.
    Day,
}

/// A rule by which time is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// The direction.
    pub mode: RoundingMode,
    /// To multiples of so many minutes, 1 to 60.
    pub minutes: u8,
    /// What is rounded.
    pub unit: RoundingUnit,
}

impl Rounding {
    /// Rounds a time in seconds.
    #[must_use]
    pub fn apply(self, seconds: i64) -> i64 {
        let step = i64::from(self.minutes) * 60;
        let lifted = match self.mode {
            RoundingMode::Up => seconds + step - 1,
            RoundingMode::Down => seconds,
            RoundingMode::Nearest => seconds + step / 2,
        };
        lifted.div_euclid(step) * step
    }

    /// The same of an SQL expression that is a bigint and not negative.
    fn sql(self, seconds: &str) -> String {
        let step = i64::from(self.minutes) * 60;
        let lift = match self.mode {
            RoundingMode::Up => step - 1,
            RoundingMode::Down => 0,
            RoundingMode::Nearest => step / 2,
        };
        format!("(({seconds} + {lift}) / {step} * {step})")
    }
}

/// Which entries a report is about, and how they are cut.
#[derive(Clone, Debug)]
pub struct ReportPlan<'a> {
    /// Whose entries.
    pub scope: EntryScope,
    /// Which of them. Its range is that of all calendars together.
    pub filter: &'a TimeEntryFilter,
    /// Where they are cut.
    pub calendars: &'a Calendars,
    /// Which time counts where.
    pub attribution: Attribution,
    /// How time is rounded, beside the exact time.
    pub rounding: Option<Rounding>,
    /// What their time is worth; `None` leaves money out. With a plan, entries are cut where rates change.
    pub money: Option<&'a MoneyPlan>,
    /// Until when running entries count.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(mode: RoundingMode, minutes: u8) -> Rounding {
        Rounding { mode, minutes, unit: RoundingUnit::Entry }
    }

    #[test]
    fn exact_multiples_stay_and_others_go_where_the_rule_says() {
        use RoundingMode::{Down, Nearest, Up};
        for (mode, seconds, expected) in [
            (Up, 0, 0),
            (Up, 1, 900),
            (Up, 900, 900),
            (Up, 901, 1800),
            (Down, 899, 0),
            (Down, 900, 900),
            (Nearest, 449, 0),
            (Nearest, 450, 900),
            (Nearest, 1349, 900),
            (Nearest, 1350, 1800),
        ] {
            assert_eq!(rule(mode, 15).apply(seconds), expected, "{mode:?} {seconds}");
        }
    }

    proptest! {
        #[test]
        fn rounding_keeps_order_and_moves_by_less_than_a_step(
            one in 0_i64..1_000_000, other in 0_i64..1_000_000, minutes in 1_u8..=60, mode in 0_usize..3,
        ) {
            let rule = rule([RoundingMode::Up, RoundingMode::Down, RoundingMode::Nearest][mode], minutes);
            prop_assert!(one > other || rule.apply(one) <= rule.apply(other));
            let moved = rule.apply(one) - one;
            let step = i64::from(minutes) * 60;
            prop_assert!(moved.abs() < step);
            prop_assert_eq!(rule.apply(one) % step, 0);
            prop_assert_eq!(rule.apply(rule.apply(one)), rule.apply(one));
        }
    }
}
