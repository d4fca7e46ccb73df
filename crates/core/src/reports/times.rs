//! Days of the week and hours of the day: which of their time a report is about.

use chrono::{Datelike as _, NaiveDate, Weekday};

use crate::models::Choice;
use crate::values::settings::FirstDayOfWeek;

/// A day of the week.
pub type WeekdayWord = FirstDayOfWeek;

/// The day of the week that a word stands for.
pub(super) fn weekday(word: WeekdayWord) -> Weekday {
    match word {
        WeekdayWord::Monday => Weekday::Mon,
        WeekdayWord::Tuesday => Weekday::Tue,
        WeekdayWord::Wednesday => Weekday::Wed,
        WeekdayWord::Thursday => Weekday::Thu,
        WeekdayWord::Friday => Weekday::Fri,
        WeekdayWord::Saturday => Weekday::Sat,
        WeekdayWord::Sunday => Weekday::Sun,
    }
}

/// Reads an hour of the day as groups by hour call it: from `00` to `23`.
#[must_use]
pub fn parse_hour(text: &str) -> Option<u32> {
    (0..24).find(|hour| text == format!("{hour:02}"))
}

/// Which time of the week counts, on the clocks of the report. As the range does, it cuts entries: what remains of them
/// is what the groups by weekday and by hour have of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimesOfWeek {
    /// The days of the week.
    pub weekdays: Choice<WeekdayWord>,
    /// The hours of the day, from 0 to 23.
    pub hours: Choice<u32>,
}

impl TimesOfWeek {
    /// Whether all time counts.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.weekdays.is_any() && self.hours.is_any()
    }

    /// Whether time on a day counts.
    pub(super) fn has_day(&self, date: NaiveDate) -> bool {
        self.weekdays.admits(|word| weekday(*word) == date.weekday())
    }

    /// Whether time in an hour of the day counts.
    pub(super) fn has_hour(&self, hour: u32) -> bool {
        self.hours.admits(|one| *one == hour)
    }
}
