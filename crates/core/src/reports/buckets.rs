//! The buckets of a report: where a time zone cuts a range of days, and what the pieces are called.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

use super::query::DateRange;
use super::times::{TimesOfWeek, weekday};
use super::words::Group;
use crate::models::report::Calendar;
use crate::values::TimeZone;
use crate::values::settings::FirstDayOfWeek;

/// The largest number of pieces that a report cuts its range into: 27 years of days, or 416 days of hours.
pub const BUCKETS_MAX: usize = 10_000;

/// A report would cut its range into more than [`BUCKETS_MAX`] pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the report has {found} buckets, which is more than {BUCKETS_MAX}")]
pub struct TooManyBuckets {
    /// How many, or more.
    pub found: usize,
}

/// A stretch of time that a report is grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// A word for programs: `2026-11-27`, the first day of a week, `2026-11`, `2026-Q4`, `2026`, `monday`, `09`.
    pub key: String,
    /// The same for people: weeks that begin on Mondays by ISO 8601, such as `2026-W48`.
    pub name: String,
    /// Its days in the range, the first and the last; `None` if it comes again and again.
    pub dates: Option<(NaiveDate, NaiveDate)>,
}

/// How many days a weekday comes after the first day of the week.
fn days_into_week(date: NaiveDate, first: FirstDayOfWeek) -> u32 {
    date.weekday().days_since(weekday(first))
}

/// The first day of what a date belongs to.
pub(super) fn first_day(date: NaiveDate, group: Group, week: FirstDayOfWeek) -> NaiveDate {
    let of_month = |month: u32| NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
    match group {
        Group::Week => date.checked_sub_days(Days::new(days_into_week(date, week).into())).unwrap_or(date),
        Group::Month => of_month(date.month()),
        Group::Quarter => of_month(date.month0() / 3 * 3 + 1),
        Group::Year => of_month(1),
        _ => date,
    }
}

/// The first day of what follows.
fn next_day(first: NaiveDate, group: Group) -> NaiveDate {
    let next = match group {
        Group::Week => first.checked_add_days(Days::new(7)),
        Group::Month => first.checked_add_months(Months::new(1)),
        Group::Quarter => first.checked_add_months(Months::new(3)),
        Group::Year => first.checked_add_months(Months::new(12)),
        _ => first.checked_add_days(Days::new(1)),
    };
    next.unwrap_or(NaiveDate::MAX)
}

fn names(first: NaiveDate, group: Group, week: FirstDayOfWeek) -> (String, String) {
    let key = match group {
        Group::Month => format!("{}-{:02}", first.year(), first.month()),
        Group::Quarter => format!("{}-Q{}", first.year(), first.month0() / 3 + 1),
        Group::Year => first.year().to_string(),
        _ => first.to_string(),
    };
    let name = if group == Group::Week && week == FirstDayOfWeek::Monday {
        let iso = first.iso_week();
        format!("{}-W{:02}", iso.year(), iso.week())
    } else {
        key.clone()
    };
    (key, name)
}

/// All buckets of a group of time in a range, in order.
pub(super) fn buckets(range: DateRange, group: Group, week: FirstDayOfWeek) -> Vec<Bucket> {
    let cyclic = |key: String| Bucket { name: key.clone(), key, dates: None };
    match group {
        Group::Weekday => {
            let start = (0..7).position(|n| weekday(week).num_days_from_monday() == n).unwrap_or_default();
            FirstDayOfWeek::WORDS.iter().cycle().skip(start).take(7).map(|word| cyclic((*word).to_owned())).collect()
        }
        Group::Hour => (0..24).map(|hour| cyclic(format!("{hour:02}"))).collect(),
        _ => {
            let mut found = Vec::new();
            let mut first = first_day(range.from, group, week);
            while first <= range.to {
                let next = next_day(first, group);
                let (key, name) = names(first, group, week);
                let last = next.pred_opt().unwrap_or(next).min(range.to);
                found.push(Bucket { key, name, dates: Some((first.max(range.from), last)) });
                first = next;
            }
            found
        }
    }
}

/// What cuts a range.
pub(super) struct Cuts<'a> {
    /// The days.
    pub(super) range: DateRange,
    /// The groups of the report.
    pub(super) groups: &'a [Group],
    /// Where weeks begin.
    pub(super) week: FirstDayOfWeek,
    /// Whether days are cut as well and have a column, the last one.
    pub(super) by_day: bool,
    /// Which time counts; the rest is cut out.
    pub(super) times: &'a TimesOfWeek,
    /// Further instants at which entries are cut.
    pub(super) instants: &'a [DateTime<Utc>],
}

impl Cuts<'_> {
    /// The pieces of the range in a time zone.
    ///
    /// # Errors
    /// When there are more than [`BUCKETS_MAX`].
    pub(super) fn calendar(&self, zone: &TimeZone) -> Result<Calendar, TooManyBuckets> {
        let by_day = self.by_day.then_some(Group::Day);
        let columns: Vec<Group> = self.groups.iter().copied().filter(|group| group.is_time()).chain(by_day).collect();
        let mut pieces = Pieces::default();
        let starts = Starts::new(self.range, &columns, self.week);
        let end = self.range.end(zone);
        // Without groups of time all days are one piece.
        let days = if columns.is_empty() && self.times.is_any() { 1 } else { usize::MAX };
        let hours = columns.iter().position(|group| *group == Group::Hour);
        let by_hour = hours.is_some() || !self.times.hours.is_any();
        for date in self.range.days().take(days) {
            let begin = zone.start_of_day(date);
            let numbers = self.times.has_day(date).then(|| starts.numbers(date));
            if by_hour && numbers.is_some() {
                let next = date.succ_opt().map_or(end, |next| zone.start_of_day(next));
                for (instant, hour) in zone.hours(begin, next) {
                    let mut numbers = numbers.clone().filter(|_| self.times.has_hour(hour));
                    if let (Some(numbers), Some(hours)) = (&mut numbers, hours)
                        && let Some(number) = numbers.get_mut(hours)
                    {
                        *number = i32::try_from(hour).unwrap_or_default();
                    }
                    pieces.push(instant, numbers);
                }
            } else {
                pieces.push(begin, numbers);
            }
            if pieces.0.len() > BUCKETS_MAX {
                return Err(TooManyBuckets { found: pieces.0.len() });
            }
        }
        self.instants.iter().for_each(|instant| pieces.cut(*instant, end));
        if pieces.0.len() > BUCKETS_MAX {
            return Err(TooManyBuckets { found: pieces.0.len() });
        }
        Ok(self.finished(pieces, columns.len(), end))
    }

    fn finished(&self, pieces: Pieces, columns: usize, end: DateTime<Utc>) -> Calendar {
        let mut pieces = pieces.0;
        // What begins where the range ends has nothing of it.
        pieces.retain(|(begin, _)| *begin < end);
        let column = |number: usize| {
            let number = |numbers: &Vec<i32>| numbers.get(number).copied();
            pieces.iter().map(|(_, numbers)| numbers.as_ref().and_then(number).unwrap_or_default()).collect()
        };
        let leaves_out = !self.times.is_any();
        let of_level = |level: usize| self.groups.iter().take(level).filter(|group| group.is_time()).count();
        let earlier = (0..=self.groups.len()).map(|level| {
            let times = of_level(level);
            (times > 0 || leaves_out).then(|| {
                let mut seen = HashMap::new();
                let numbered = (1..).zip(&pieces);
                numbered
                    .map(|(at, (_, numbers))| {
                        let numbers = numbers.as_ref().map(|numbers| numbers.get(..times).unwrap_or_default());
                        numbers.and_then(|numbers| seen.insert(numbers, at)).unwrap_or(0)
                    })
                    .collect()
            })
        });
        let earlier = earlier.collect();
        let columns = (0..columns).map(column).collect();
        let counted = leaves_out.then(|| pieces.iter().map(|(_, numbers)| numbers.is_some()).collect());
        let borders = pieces.iter().map(|(begin, _)| *begin).chain([end]).collect();
        Calendar { borders, columns, earlier, counted }
    }
}

/// The numbers of the buckets that a date belongs to.
struct Starts {
    /// For each column the first day of each bucket; none for those that come again and again.
    columns: Vec<(Group, Vec<NaiveDate>)>,
    week: FirstDayOfWeek,
}

impl Starts {
    fn new(range: DateRange, columns: &[Group], week: FirstDayOfWeek) -> Self {
        let starts = |group: &Group| {
            let buckets = buckets(range, *group, week);
            (*group, buckets.iter().filter_map(|bucket| bucket.dates).map(|(first, _)| first).collect())
        };
        Self { columns: columns.iter().map(starts).collect(), week }
    }

    fn numbers(&self, date: NaiveDate) -> Vec<i32> {
        let number = |(group, starts): &(Group, Vec<NaiveDate>)| match group {
            Group::Weekday => i32::try_from(days_into_week(date, self.week)).unwrap_or_default(),
            Group::Hour => 0,
            _ => {
                let after = starts.partition_point(|first| *first <= date);
                i32::try_from(after).unwrap_or(i32::MAX) - 1
            }
        };
        self.columns.iter().map(number).collect()
    }
}

/// Pieces of time in order: when each begins, and what it belongs to; `None` does not count.
#[derive(Default)]
struct Pieces(Vec<(DateTime<Utc>, Option<Vec<i32>>)>);

impl Pieces {
    /// Adds a piece. One of the same kind as the last is part of it, and one without length makes room for the next.
    fn push(&mut self, begin: DateTime<Utc>, numbers: Option<Vec<i32>>) {
        match self.0.last_mut() {
            Some((last, known)) if *last >= begin => *known = numbers,
            Some((_, known)) if *known == numbers => {}
            _ => self.0.push((begin, numbers)),
        }
    }

    /// Cuts the piece that an instant lies in.
    fn cut(&mut self, at: DateTime<Utc>, end: DateTime<Utc>) {
        let after = self.0.partition_point(|(begin, _)| *begin <= at);
        let Some((begin, numbers)) = after.checked_sub(1).and_then(|before| self.0.get(before)) else { return };
        if *begin < at && at < end {
            let numbers = numbers.clone();
            self.0.insert(after, (at, numbers));
        }
    }
}
