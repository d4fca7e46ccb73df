//! What single cells say: dates, times of day, lengths of time, yes and no. Shared by all sources.
//!
//! The functions here know nothing of lines and columns; who calls them does.

use chrono::{NaiveDate, NaiveTime};

/// In which order a date with the year at its end is written. Years have four digits; a date that begins with the year needs no decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/12/2016`
    DayMonthYear,
    /// `12/31/2016`
    MonthDayYear,
    /// `2016-12-31` only
    YearMonthDay,
}

impl DateOrder {
    /// How such a date is written, for messages.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::DayMonthYear => "DD/MM/YYYY or YYYY-MM-DD",
            Self::MonthDayYear => "MM/DD/YYYY or YYYY-MM-DD",
            Self::YearMonthDay => "YYYY-MM-DD",
        }
    }
}

/// The three numbers of a date, before it is known which is which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateParts {
    /// The year came first.
    YearFirst(i32, u32, u32),
    /// The year came last, after these two.
    YearLast(u32, u32, i32),
}

impl DateParts {
    /// Takes a date apart: three numbers separated by `-`, `/` or `.`, the year with four digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let separator = text.chars().find(|character| !character.is_ascii_digit())?;
        if !matches!(separator, '-' | '/' | '.') {
            return None;
        }
        let mut parts = text.split(separator);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        match (first.len(), third.len()) {
            (4, 1..=2) => Some(Self::YearFirst(digits(first)?.cast_signed(), two_digits(second)?, two_digits(third)?)),
            (1..=2, 4) => Some(Self::YearLast(two_digits(first)?, two_digits(second)?, digits(third)?.cast_signed())),
            _ => None,
        }
    }

    /// The day meant, when there is such a day.
    #[must_use]
    pub fn date(self, order: DateOrder) -> Option<NaiveDate> {
        match (self, order) {
            (Self::YearFirst(year, month, day), _)
            | (Self::YearLast(day, month, year), DateOrder::DayMonthYear)
            | (Self::YearLast(month, day, year), DateOrder::MonthDayYear) => NaiveDate::from_ymd_opt(year, month, day),
            (Self::YearLast(..), DateOrder::YearMonthDay) => None,
        }
    }
}

/// Reads `H:MM` or `H:MM:SS`, with 24 hours or with AM and PM.
#[must_use]
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    let upper = text.to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(0)),
        (_, Some(clock)) => (clock.trim_end(), Some(12)),
        _ => (upper.as_str(), None),
    };
    let (hour, minute, second) = hours_minutes_seconds(clock)?;
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// Reads `H:MM:SS` or `H:MM`, with as many hours as there are, to seconds.
#[must_use]
pub fn duration_seconds(text: &str) -> Option<i64> {
    let (hours, minutes, seconds) = hours_minutes_seconds(text)?;
    (minutes < 60 && seconds < 60).then(|| i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds))
}

/// Reads yes or no as the trackers write them.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn hours_minutes_seconds(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(':');
    let (hours, minutes) = (digits(parts.next()?)?, two_digits(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), two_digits)?;
    parts.next().is_none().then_some((hours, minutes, seconds))
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() <= 2).then(|| digits(text)).flatten()
}

/// At most six digits and nothing else: `str::parse` would also take a sign.
fn digits(text: &str) -> Option<u32> {
    ((1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_order_of_the_file() {
        let date =
            |text, order| DateParts::parse(text).and_then(|parts| parts.date(order)).map(|date| date.to_string());
        for order in [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay] {
            assert_eq!(date("2016-02-29", order).as_deref(), Some("2016-02-29"));
            assert_eq!(date("2016/2/9", order).as_deref(), Some("2016-02-09"));
        }
        assert_eq!(date("03.04.2016", DateOrder::DayMonthYear).as_deref(), Some("2016-04-03"));
        assert_eq!(date("03/04/2016", DateOrder::MonthDayYear).as_deref(), Some("2016-03-04"));
        assert_eq!(date("03/04/2016", DateOrder::YearMonthDay), None);
        assert_eq!(date("31/02/2016", DateOrder::DayMonthYear), None);
        for text in [
            "",
            "2016",
            "2016-01",
            "16-01-02",
            "2016-01-02-03",
            "2016-01/02",
            "+016-01-02",
            "2016-1-222",
            "20160102",
            "2016 01 02",
            "２０１６-01-02",
        ] {
            assert_eq!(DateParts::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_day_are_read_with_and_without_halves() {
        let time = |text| time_of_day(text).map(|time| time.to_string());
        for (text, expected) in [
            ("9:05", "09:05:00"),
            ("23:59:59", "23:59:59"),
            ("12:00 AM", "00:00:00"),
            ("12:30:01 pm", "12:30:01"),
            ("1:02PM", "13:02:00"),
            ("10:23\u{202f}AM", "10:23:00"),
        ] {
            assert_eq!(time(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "9",
            "24:00",
            "9:60",
            "9:00:60",
            "13:00 PM",
            "0:30 AM",
            "9:00:00:00",
            "-1:00",
            "9:00 XM",
            "AM",
            "9: 00",
            "9:000",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn durations_may_pass_a_day() {
        assert_eq!(duration_seconds("00:30:00"), Some(1800));
        assert_eq!(duration_seconds("0:13"), Some(780));
        assert_eq!(duration_seconds("125:00:01"), Some(450_001));
        for text in ["", "1.5", "00:60:00", "00:00:60", "-1:00:00", "47:06 min", "9999999:00:00"] {
            assert_eq!(duration_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(["Yes", "true", "1"].map(yes_or_no), [Some(true); 3]);
        assert_eq!(["No", "FALSE", "0"].map(yes_or_no), [Some(false); 3]);
        assert_eq!(["", "maybe", "ja"].map(yes_or_no), [None; 3]);
    }
}
