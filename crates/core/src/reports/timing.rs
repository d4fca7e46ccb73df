//! When a schedule is due: a time of day in a time zone, on every day, or on one day of the week or the month.
//!
//! Where clocks jump over the time of day, the jump is the time; where they show it twice, the first time is. A day
//! that a time zone skipped is no day of a daily schedule.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::times::{WeekdayWord, weekday};
use crate::values::settings::choice;
use crate::values::{InvalidValue, TimeZone};

/// The last day of a month that every month has.
pub const MONTH_DAY_MAX: u8 = 28;

/// Days among which every schedule has a day: two months.
const DAYS: u64 = 63;

choice!(
    /// How often a schedule is due.
    Every {
        /// On each day.
        Day = "day",
        /// On one day of the week.
        Week = "week",
        /// On one day of the month.
        Month = "month",
        /// On the last day of the month.
        MonthEnd = "month_end",
    }
);

/// On which days a schedule is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recurrence {
    /// On each.
    Day,
    /// On this day of the week.
    Week(WeekdayWord),
    /// On this day of the month, at most [`MONTH_DAY_MAX`].
    Month(u8),
    /// On the last one of the month.
    MonthEnd,
}

impl Recurrence {
    /// How often it is.
    #[must_use]
    pub fn every(self) -> Every {
        match self {
            Self::Day => Every::Day,
            Self::Week(_) => Every::Week,
            Self::Month(_) => Every::Month,
            Self::MonthEnd => Every::MonthEnd,
        }
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Option<WeekdayWord> {
        if let Self::Week(day) = self { Some(day) } else { None }
    }

    /// The day of the month.
    #[must_use]
    pub fn month_day(self) -> Option<u8> {
        if let Self::Month(day) = self { Some(day) } else { None }
    }

    fn has(self, date: NaiveDate) -> bool {
        match self {
            Self::Day => true,
            Self::Week(day) => date.weekday() == weekday(day),
            Self::Month(day) => date.day() == u32::from(day),
            Self::MonthEnd => date.succ_opt().is_none_or(|next| next.day() == 1),
        }
    }
}

/// A time of day, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayMinute(i16);

impl DayMinute {
    /// Reads a time such as `08:30`.
    ///
    /// # Errors
    /// If it is no time of day, or has seconds.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let expected = InvalidValue::Format { format: "time_of_day", expected: "a time of day such as 08:30" };
        let number = |text: &str, max: i16| {
            let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|number| is_number && *number <= max)
        };
        let (hour, minute) = text.split_once(':').ok_or_else(|| expected.clone())?;
        let hour: i16 = number(hour, 23).ok_or_else(|| expected.clone())?;
        Ok(Self(hour * 60 + number(minute, 59).ok_or(expected)?))
    }

    /// The time of so many minutes since midnight, which the database has checked.
    #[must_use]
    pub fn from_minutes(minutes: i16) -> Self {
        Self(minutes.clamp(0, 1_439))
    }

    /// The minutes since midnight.
    #[must_use]
    pub fn minutes(self) -> i16 {
        self.0
    }

    fn time(self) -> NaiveTime {
        NaiveTime::MIN + TimeDelta::minutes(self.0.into())
    }
}

impl std::fmt::Display for DayMinute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// When a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// On which days.
    pub recurrence: Recurrence,
    /// At which time of day.
    pub at: DayMinute,
    /// On whose clocks.
    pub zone: TimeZone,
}

impl Timing {
    /// The first time after an instant.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> DateTime<Utc> {
        let today = self.zone.local(after).date();
        let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let found = first.iter_days().take_while(|date| (*date - first).num_days().unsigned_abs() <= DAYS);
        let next = found.filter_map(|date| self.on(date)).find(|at| *at > after);
        next.unwrap_or(after + TimeDelta::days(1))
    }

    /// The last time up to an instant.
    #[must_use]
    pub fn latest_until(&self, until: DateTime<Utc>) -> DateTime<Utc> {
        let today = self.zone.local(until).date();
        let last = today.checked_add_days(Days::new(1)).unwrap_or(today);
        let found = (0..=DAYS).filter_map(|days| last.checked_sub_days(Days::new(days)));
        found.filter_map(|date| self.on(date)).find(|at| *at <= until).unwrap_or(until)
    }

    /// The time on a day, if it is one of the days.
    fn on(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        let exists = || {
            let next = date.succ_opt().unwrap_or(date);
            self.zone.start_of_day(date) < self.zone.start_of_day(next)
        };
        let is_due = self.recurrence.has(date) && (self.recurrence != Recurrence::Day || exists());
        is_due.then(|| self.zone.first_instant(date.and_time(self.at.time())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn timing(recurrence: Recurrence, time: &str, zone: &str) -> Timing {
        Timing { recurrence, at: DayMinute::parse(time).unwrap(), zone: TimeZone::parse(zone).unwrap() }
    }

    /// The next times, each after the one before.
    fn times(timing: &Timing, after: &str, count: usize) -> Vec<String> {
        let mut now = at(after);
        (0..count)
            .map(|_| {
                let next = timing.next_after(now);
                assert_eq!(
                    (timing.latest_until(next), timing.latest_until(next - TimeDelta::seconds(1)) < next),
                    (next, true)
                );
                now = next;
                next.format("%Y-%m-%dT%H:%MZ").to_string()
            })
            .collect()
    }

    #[test]
    fn every_day_has_its_local_time_when_clocks_change() {
        let daily = timing(Recurrence::Day, "02:30", "Europe/Berlin");
        // On 29 March clocks go from 2 to 3: the report comes at 3. On 25 October 2:30 is there twice: it comes once.
        let spring = times(&daily, "2026-03-27T12:00:00Z", 3);
        assert_eq!(spring, ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]);
        let autumn = times(&daily, "2026-10-23T12:00:00Z", 3);
        assert_eq!(autumn, ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]);
        assert_eq!(daily.next_after(at("2026-10-25T00:30:00Z")), at("2026-10-26T01:30:00Z"));
        // Half an hour on Lord Howe: 2:15 does not exist, and the clocks jump to 2:30.
        let lord_howe = timing(Recurrence::Day, "02:15", "Australia/Lord_Howe");
        let jump = times(&lord_howe, "2026-10-02T16:00:00Z", 2);
        assert_eq!(jump, ["2026-10-03T15:30Z", "2026-10-04T15:15Z"]);
        // Midnight did not exist in São Paulo: the day began at 1.
        let midnight = timing(Recurrence::Day, "00:00", "America/Sao_Paulo");
        assert_eq!(times(&midnight, "2018-11-03T12:00:00Z", 2), ["2018-11-04T03:00Z", "2018-11-05T02:00Z"]);
    }

    #[test]
    fn a_day_that_never_was_has_no_report() {
        let daily = timing(Recurrence::Day, "08:00", "Pacific/Apia");
        let found = times(&daily, "2011-12-28T20:00:00Z", 2);
        // The 29th at UTC-10, then the 31st at UTC+14.
        assert_eq!(found, ["2011-12-29T18:00Z", "2011-12-30T18:00Z"]);
    }

    #[test]
    fn weeks_and_months_have_one_day() {
        let weekly = timing(Recurrence::Week(WeekdayWord::Friday), "17:00", "America/New_York");
        let fridays = times(&weekly, "2026-03-02T09:00:00Z", 2);
        assert_eq!(fridays, ["2026-03-06T22:00Z", "2026-03-13T21:00Z"]);
        let monthly = timing(Recurrence::Month(28), "00:00", "UTC");
        assert_eq!(times(&monthly, "2026-01-28T00:00:00Z", 2), ["2026-02-28T00:00Z", "2026-03-28T00:00Z"]);
        let last = timing(Recurrence::MonthEnd, "23:59", "Asia/Kathmandu");
        let ends = times(&last, "2028-01-31T18:14:00Z", 3);
        assert_eq!(ends, ["2028-02-29T18:14Z", "2028-03-31T18:14Z", "2028-04-30T18:14Z"]);
    }

    #[test]
    fn the_latest_time_of_many_that_were_missed_is_known() {
        let daily = timing(Recurrence::Day, "08:00", "Europe/Berlin");
        assert_eq!(daily.latest_until(at("2026-03-05T12:00:00Z")), at("2026-03-05T07:00:00Z"));
        assert_eq!(daily.latest_until(at("2026-03-05T06:59:59Z")), at("2026-03-04T07:00:00Z"));
        let monthly = timing(Recurrence::Month(1), "08:00", "Europe/Berlin");
        assert_eq!(monthly.latest_until(at("2026-03-31T22:00:00Z")), at("2026-03-01T07:00:00Z"));
    }

    #[test]
    fn times_of_day_have_two_digits_each() {
        assert_eq!(DayMinute::parse("08:05").unwrap().to_string(), "08:05");
        assert_eq!(DayMinute::parse("23:59").unwrap().minutes(), 1_439);
        for bad in ["", "8:00", "24:00", "08:60", "08:00:00", "0800", "+8:00", "08:+1", "-1:00", "08.00"] {
            assert!(DayMinute::parse(bad).is_err(), "{bad}");
        }
    }
}
