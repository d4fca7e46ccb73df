//! What single cells say: dates, times of day, lengths of time, yes and no. Shared by all sources.
//!
//! The functions here know nothing of lines and columns; their callers do.

use chrono::{NaiveDate, NaiveTime};

/// In which order a date is written. One that begins with a year of four digits needs no decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/12/2016`
    DayMonthYear,
    /// `12/31/2016`
    MonthDayYear,
    /// `2016-12-31` and `16/12/31`
    YearMonthDay,
}

impl DateOrder {
    /// How such a date is written, for messages.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::DayMonthYear => "DD/MM/YYYY or YYYY-MM-DD",
            Self::MonthDayYear => "MM/DD/YYYY or YYYY-MM-DD",
            Self::YearMonthDay => "YYYY-MM-DD or YY/MM/DD",
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
    /// Both the first and the last have two digits, and either may be the year.
    EitherEnd(u32, u32, u32),
}

impl DateParts {
    /// Takes a date apart: three numbers separated by `-`, `/` or `.`. The year has four digits, or two in a date with
    /// `/` or `.`, which is how spreadsheets write it: at the end, unless the order says otherwise. With `-` two digits
    /// are as likely a year at the beginning, so they are not read.
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
            (1, 2) if separator != '-' => {
                Some(Self::YearLast(two_digits(first)?, two_digits(second)?, full_year(two_digits(third)?)))
            }
            (2, 2) if separator != '-' => {
                Some(Self::EitherEnd(two_digits(first)?, two_digits(second)?, two_digits(third)?))
            }
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
            (Self::EitherEnd(day, month, year), DateOrder::DayMonthYear)
            | (Self::EitherEnd(month, day, year), DateOrder::MonthDayYear)
            | (Self::EitherEnd(year, month, day), DateOrder::YearMonthDay) => {
                NaiveDate::from_ymd_opt(full_year(year), month, day)
            }
            (Self::YearLast(..), DateOrder::YearMonthDay) => None,
        }
    }
}

/// 00 to 69 are 2000 to 2069, and 70 to 99 are 1970 to 1999: time is tracked from 1970 on.
fn full_year(two_digits: u32) -> i32 {
    two_digits.cast_signed() + if two_digits < 70 { 2000 } else { 1900 }
}

/// What stands before or after a time of the first half of the day, without blanks and dots, in lower case.
const BEFORE_NOON: &[&str] = &["am", "a", "午前", "上午", "오전", "πμ", "vorm", "dop"];
/// The same of the second half.
const AFTER_NOON: &[&str] = &["pm", "p", "午後", "下午", "오후", "μμ", "nachm", "odp"];

/// Of these words, those whose clocks go from 0 to 11: in Japanese noon is both `午後0:00` and `午後12:00`.
const FROM_ZERO: &[&str] = &["午前", "午後"];

/// Reads `H:MM` or `H:MM:SS`, with 24 hours, or with AM and PM in the ways in which spreadsheets write them: `9:00 a.
/// m.`, `午前9:00`.
#[must_use]
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    let of_clock = |character: char| character.is_ascii_digit() || character == ':';
    let (start, end) = (text.find(of_clock)?, text.rfind(of_clock)? + 1);
    let half = match (half_of_day(text.get(..start)?), half_of_day(text.get(end..)?)) {
        (before, after) if before.is_empty() || after.is_empty() => before + &after,
        _ => return None,
    };
    let (hour, minute, second) = hours_minutes_seconds(text.get(start..end)?)?;
    let offset = match half.as_str() {
        "" => return NaiveTime::from_hms_opt(hour, minute, second),
        half if BEFORE_NOON.contains(&half) => 0,
        half if AFTER_NOON.contains(&half) => 12,
        _ => return None,
    };
    let first_hour = u32::from(!FROM_ZERO.contains(&half.as_str()));
    (first_hour..=12).contains(&hour).then(|| NaiveTime::from_hms_opt(hour % 12 + offset, minute, second)).flatten()
}

fn half_of_day(text: &str) -> String {
    let letters = text.chars().filter(|character| !character.is_whitespace() && *character != '.');
    letters.flat_map(char::to_lowercase).collect()
}

/// A length of time as a cell states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// How long, in seconds.
    pub seconds: u32,
    /// From which difference on another length is another one, in seconds: 1, or what the last digit of a decimal
    /// number is worth.
    pub precision: u16,
}

/// The units of a length, in lower case and without a dot, as trackers abbreviate them in their languages.
const HOURS: &[&str] = &["h", "hr", "hrs", "hour", "hours", "std", "ч", "год", "t", "u", "時間", "시간"];
const MINUTES: &[&str] = &["min", "mins", "minute", "minutes", "m", "мин", "хв", "分", "분"];
const SECONDS: &[&str] = &["sec", "secs", "s", "sek", "seg", "с", "сек", "秒", "초"];

/// Reads a length of time in the formats that a Toggl profile offers: `H:MM:SS` or `H:MM` with as many hours as there
/// are, `M:SS min`, `S sec`, and hours as a decimal number, `0.50 h` or `0.25`. A number without a separator or a unit
/// is none: nothing tells its unit.
#[must_use]
pub fn length(text: &str) -> Option<Length> {
    let exact = |seconds| Some(Length { seconds, precision: 1 });
    let number_end =
        text.find(|character: char| !matches!(character, '0'..='9' | ':' | '.' | ',')).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(number_end)?;
    let unit = unit.trim().trim_end_matches('.').to_lowercase();
    let unit = unit.as_str();
    if unit.is_empty() && number.contains(':') {
        let (hours, minutes, seconds) = hours_minutes_seconds(number)?;
        return (minutes < 60 && seconds < 60).then_some(hours * 3600 + minutes * 60 + seconds).and_then(exact);
    }
    if MINUTES.contains(&unit) {
        let (minutes, seconds) = number.split_once(':').unwrap_or((number, "0"));
        let (minutes, seconds) = (digits(minutes)?, two_digits(seconds)?);
        return (seconds < 60).then_some(minutes * 60 + seconds).and_then(exact);
    }
    if SECONDS.contains(&unit) {
        return digits(number).and_then(exact);
    }
    if HOURS.contains(&unit) || (unit.is_empty() && number.contains(['.', ','])) {
        return decimal_hours(number);
    }
    None
}

/// Hours with up to four digits behind a point or a comma.
fn decimal_hours(text: &str) -> Option<Length> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "00"));
    if !(1..=4).contains(&fraction.len()) {
        return None;
    }
    // Trackers write hundredths; one digit alone has lost its zero in a spreadsheet.
    let parts = 10_u32.pow(u32::try_from(fraction.len()).ok()?);
    let seconds = (digits(fraction)? * 3600 + parts / 2) / parts;
    let precision = u16::try_from(3600 / parts.max(100)).ok()?.max(1);
    Some(Length { seconds: digits(whole)? * 3600 + seconds, precision })
}

/// Yes in the languages that trackers and spreadsheets are used in, in lower case.
const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "1",
    "ja",
    "j",
    "oui",
    "sí",
    "si",
    "sim",
    "sì",
    "tak",
    "ano",
    "áno",
    "kyllä",
    "jah",
    "jā",
    "taip",
    "да",
    "так",
    "da",
    "igen",
    "ναι",
    "evet",
    "はい",
    "예",
    "네",
    "是",
    "có",
    "ya",
    "ใช่",
    "כן",
    "نعم",
];
/// No in the same languages.
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "0",
    "nein",
    "non",
    "não",
    "nao",
    "nee",
    "nie",
    "ne",
    "nej",
    "nei",
    "ei",
    "nē",
    "нет",
    "ні",
    "не",
    "nu",
    "nem",
    "όχι",
    "hayır",
    "いいえ",
    "아니요",
    "아니오",
    "否",
    "không",
    "tidak",
    "ไม่ใช่",
    "לא",
    "لا",
];

/// Reads yes or no, as trackers write them in the language of the person who exports.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    let folded = text.to_lowercase();
    let is = |words: &[&str]| words.contains(&folded.as_str());
    if is(YES) { Some(true) } else { is(NO).then_some(false) }
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

/// At most six digits and nothing else: `str::parse` would also take a sign. So many hours are fewer seconds than a
/// `u32` holds.
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
    fn a_year_of_two_digits_is_the_last_part_unless_the_order_says_otherwise() {
        let date =
            |text, order| DateParts::parse(text).and_then(|parts| parts.date(order)).map(|date| date.to_string());
        for (text, expected) in [
            ("31.03.26", "2026-03-31"),
            ("1/2/00", "2000-02-01"),
            ("01.02.69", "2069-02-01"),
            ("01.02.70", "1970-02-01"),
            ("01.02.99", "1999-02-01"),
        ] {
            assert_eq!(date(text, DateOrder::DayMonthYear).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(date("3/31/26", DateOrder::MonthDayYear).as_deref(), Some("2026-03-31"));
        for (text, expected) in [
            ("31.03.26", Some("2031-03-26")),
            ("26/11/29", Some("2026-11-29")),
            ("26/1/05", Some("2026-01-05")),
            ("00/01/31", Some("2000-01-31")),
            ("99/12/31", Some("1999-12-31")),
            ("26/11/31", None),
            ("3/11/26", None),
        ] {
            assert_eq!(date(text, DateOrder::YearMonthDay).as_deref(), expected, "{text}");
        }
        // A year may come first between dashes, so nothing tells which part it is.
        for text in ["26-03-31", "31-03-26", "31.03.6", "31.03.026"] {
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
            ("9:00 a. m.", "09:00:00"),
            ("9:00\u{a0}p.\u{a0}m.", "21:00:00"),
            ("9:00\u{202f}p.\u{202f}m.", "21:00:00"),
            ("12:05:09 A.M.", "00:05:09"),
            ("午後1:02", "13:02:00"),
            ("午後0:30", "12:30:00"),
            ("午後12:30", "12:30:00"),
            ("午前0:05", "00:05:00"),
            ("午前12:05", "00:05:00"),
            ("오전 9:05", "09:05:00"),
            ("1:02 μ.μ.", "13:02:00"),
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
            "0:30 PM",
            "오후 0:30",
            "午後13:00",
            "9:00:00:00",
            "-1:00",
            "9:00 XM",
            "AM",
            "AM 9:00 AM",
            "9:00 a b",
            "9: 00",
            "9:000",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_read_in_the_formats_of_a_toggl_profile() {
        let exact = |seconds| Some(Length { seconds, precision: 1 });
        let decimal = |seconds, precision| Some(Length { seconds, precision });
        for (text, expected) in [
            ("00:30:00", exact(1800)),
            ("0:13", exact(780)),
            ("125:00:01", exact(450_001)),
            ("18:25 min", exact(1105)),
            ("47:06\u{a0}Min.", exact(2826)),
            ("25 sec", exact(25)),
            ("25 Sek.", exact(25)),
            ("01:18:25", exact(4705)),
            ("0.50 h", decimal(1800, 36)),
            ("0.25", decimal(900, 36)),
            ("0,33 h", decimal(1188, 36)),
            ("1.5", decimal(5400, 36)),
            ("2 h", decimal(7200, 36)),
            ("0.333 h", decimal(1199, 3)),
            ("0.3333", decimal(1200, 1)),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
        for text in [
            "",
            "2",
            "00:60:00",
            "00:00:60",
            "18:60 min",
            "-1:00:00",
            "9999999:00:00",
            "1.5 d",
            "1.2.3",
            ".5",
            "1.",
            "0.12345",
            "h",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no_are_read_in_many_languages() {
        assert_eq!(["Yes", "true", "1", "はい", "JA", "Sí", "ДА"].map(yes_or_no), [Some(true); 7]);
        assert_eq!(["No", "FALSE", "0", "いいえ", "Nein", "NÃO", "Нет"].map(yes_or_no), [Some(false); 7]);
        assert_eq!(["", "maybe", "2"].map(yes_or_no), [None; 3]);
        assert!(YES.iter().all(|word| !NO.contains(word)));
        for word in YES.iter().chain(NO) {
            assert_eq!(word.to_lowercase(), *word);
        }
    }
}
