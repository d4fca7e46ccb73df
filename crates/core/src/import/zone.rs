//! Local times to instants, with the two impossible hours of daylight-saving changes.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How far back to look for the time before a gap. The longest one so far was a whole day (Samoa, 2011-12-30).
const GAP_MAX: TimeDelta = TimeDelta::days(2);

/// What instant a local time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instant {
    /// Exactly one.
    One(DateTime<Utc>),
    /// None: clocks went from before to after it. The instant is the one that clocks not put forward would have shown it at, which
    /// moves it forward by the gap.
    Skipped(DateTime<Utc>),
    /// Two, the earlier first: clocks went back over it.
    Twice(DateTime<Utc>, DateTime<Utc>),
}

impl Instant {
    /// The instants that it may be, the earlier first.
    #[must_use]
    pub fn candidates(self) -> [DateTime<Utc>; 2] {
        match self {
            Self::One(instant) | Self::Skipped(instant) => [instant, instant],
            Self::Twice(earlier, later) => [earlier, later],
        }
    }
}

/// Finds the instant of a local time.
#[must_use]
pub fn instant(zone: Tz, local: NaiveDateTime) -> Instant {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) => Instant::One(instant.to_utc()),
        MappedLocalTime::Ambiguous(earlier, later) => Instant::Twice(earlier.to_utc(), later.to_utc()),
        MappedLocalTime::None => Instant::Skipped(skipped(zone, local)),
    }
}

/// Reads a skipped time by the offset in force before the gap.
fn skipped(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let step = TimeDelta::minutes(15);
    let mut back = step;
    while back <= GAP_MAX {
        if let Some(before) = zone.from_local_datetime(&(local - back)).latest() {
            return before.to_utc() + back;
        }
        back += step;
    }
    // No zone has so long a gap; its standard reading would be UTC's.
    local.and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: Tz, text: &str) -> Instant {
        instant(zone, text.parse().expect("a local time"))
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_hour_that_is_skipped_moves_forward_by_the_gap() {
        assert_eq!(at(Tz::Europe__Berlin, "2016-03-27T02:30:00"), Instant::Skipped(utc("2016-03-27T01:30:00Z")));
        assert_eq!(at(Tz::America__New_York, "2016-03-13T02:00:00"), Instant::Skipped(utc("2016-03-13T07:00:00Z")));
        // Half an hour, and a whole day.
        assert_eq!(at(Tz::Australia__Lord_Howe, "2016-10-02T02:10:00"), Instant::Skipped(utc("2016-10-01T15:40:00Z")));
        assert_eq!(at(Tz::Pacific__Apia, "2011-12-30T12:00:00"), Instant::Skipped(utc("2011-12-30T22:00:00Z")));
    }

    #[test]
    fn the_hour_that_repeats_has_two_instants() {
        assert_eq!(
            at(Tz::Europe__Berlin, "2016-10-30T02:30:00"),
            Instant::Twice(utc("2016-10-30T00:30:00Z"), utc("2016-10-30T01:30:00Z"))
        );
        assert_eq!(at(Tz::Europe__Berlin, "2016-10-30T03:00:00"), Instant::One(utc("2016-10-30T02:00:00Z")));
        assert_eq!(at(Tz::UTC, "2016-10-30T02:30:00"), Instant::One(utc("2016-10-30T02:30:00Z")));
    }
}
