//! An entry's times, once the order of dates and the zone are known: start and stop as instants, and what there is to
//! say about them.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::cells::Length;
use super::problem::ProblemCode;
use crate::values::TrackedTime;
use crate::values::time_zone::{LocalInstant, TimeZone};

/// Which of an entry's times is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeField {
    /// The start.
    Start,
    /// The stop.
    Stop,
    /// The length.
    Duration,
}

/// Something to say about an entry's times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeRemark {
    /// About which.
    pub field: TimeField,
    /// What is the matter.
    pub code: ProblemCode,
    /// The same for people.
    pub message: String,
}

/// Local times of one entry.
#[derive(Debug, Clone, Copy)]
pub struct LocalSpan {
    /// When it began.
    pub start: NaiveDateTime,
    /// When it ended, if the file says.
    pub stop: Option<NaiveDateTime>,
    /// How long it took, if the file says.
    pub duration: Option<Length>,
}

impl LocalSpan {
    fn length(self) -> TimeDelta {
        TimeDelta::seconds(self.duration.map_or(0, |length| length.seconds.into()))
    }
}

/// Start, stop, and remarks on how they were read.
pub type Span = (DateTime<Utc>, DateTime<Utc>, Vec<TimeRemark>);

/// Finds the instants.
///
/// # Errors
/// When the entry stops before it starts, or at a time out of range: the remark is why.
pub fn resolve(local: LocalSpan, zone: &TimeZone) -> Result<Span, TimeRemark> {
    let start = zone.instant(local.start);
    let mut remarks = Vec::new();
    let (started_at, stopped_at) = match local.stop {
        Some(local_stop) => {
            let stop = zone.instant(local_stop);
            let (started_at, stopped_at) = instants(local, local_stop, start, stop, zone);
            remark_on_zone(TimeField::Start, start, local.start, started_at, zone, &mut remarks);
            remark_on_zone(TimeField::Stop, stop, local_stop, stopped_at, zone, &mut remarks);
            remark_on_duration(local.duration, (stopped_at - started_at).num_seconds(), &mut remarks);
            (started_at, stopped_at)
        }
        None => {
            let [started_at, _] = start.candidates();
            remark_on_zone(TimeField::Start, start, local.start, started_at, zone, &mut remarks);
            (started_at, started_at + local.length())
        }
    };
    check(started_at, stopped_at, local)?;
    Ok((started_at, stopped_at, remarks))
}

/// Start and stop in seconds since 1970, as the key of an entry holds them: the instants of [`resolve`], without a look
/// at whether they make sense.
#[must_use]
pub fn key_span(local: LocalSpan, zone: &TimeZone) -> (i64, i64) {
    let start = zone.instant(local.start);
    let (started_at, stopped_at) = match local.stop {
        Some(stop) => instants(local, stop, start, zone.instant(stop), zone),
        None => {
            let [started_at, _] = start.candidates();
            (started_at, started_at + local.length())
        }
    };
    (started_at.timestamp(), stopped_at.timestamp())
}

/// The instants of an entry with a start and a stop.
fn instants(
    local: LocalSpan,
    local_stop: NaiveDateTime,
    start: LocalInstant,
    stop: LocalInstant,
    zone: &TimeZone,
) -> (DateTime<Utc>, DateTime<Utc>) {
    let (started_at, stopped_at) = choose(start, stop, local.duration);
    let passes_stop = stopped_at < started_at && local.start <= local_stop;
    if passes_stop && matches!(start, LocalInstant::Skipped(_)) {
        // Moved forward, the start would be after the stop. So it is read by clocks that had been put forward already,
        // as those that showed the stop.
        let offset = TimeDelta::seconds(zone.offset(started_at).into());
        return (local.start.and_utc() - offset, stopped_at);
    }
    (started_at, stopped_at)
}

/// Of the instants that start and stop may be, those that fit the duration best, else the earliest that are in order.
fn choose(start: LocalInstant, stop: LocalInstant, duration: Option<Length>) -> (DateTime<Utc>, DateTime<Utc>) {
    let [first, second] = start.candidates();
    let [third, fourth] = stop.candidates();
    let spans = [(first, third), (first, fourth), (second, third), (second, fourth)];
    let unfit = |(start, stop): &(DateTime<Utc>, DateTime<Utc>)| {
        let seconds = (*stop - *start).num_seconds();
        (seconds < 0, duration.map_or(0, |duration| (seconds - i64::from(duration.seconds)).abs()))
    };
    // The first of several that fit equally, which is the earliest.
    spans.into_iter().min_by_key(unfit).unwrap_or((first, third))
}

fn remark_on_zone(
    field: TimeField,
    read: LocalInstant,
    local: NaiveDateTime,
    chosen: DateTime<Utc>,
    zone: &TimeZone,
    remarks: &mut Vec<TimeRemark>,
) {
    let name = zone.name();
    let (code, message) = match read {
        LocalInstant::One(_) => return,
        LocalInstant::Skipped(_) => {
            let moved = zone.local(chosen);
            (
                ProblemCode::NonexistentTime,
                format!("{local} does not exist in {name}: clocks were put forward; read as {moved}"),
            )
        }
        LocalInstant::Twice(earlier, _) => {
            let occurrence = if chosen == earlier { "first" } else { "second" };
            (
                ProblemCode::AmbiguousTime,
                format!("{local} came twice in {name}: clocks were put back; read as the {occurrence} ({chosen:?})"),
            )
        }
    };
    remarks.push(TimeRemark { field, code, message });
}

fn remark_on_duration(stated: Option<Length>, seconds: i64, remarks: &mut Vec<TimeRemark>) {
    let Some(Length { seconds: stated, precision }) = stated else { return };
    if (i64::from(stated) - seconds).abs() >= i64::from(precision) {
        let message =
            format!("the duration is {stated} s, but from start to stop it is {seconds} s; start and stop are kept");
        remarks.push(TimeRemark { field: TimeField::Duration, code: ProblemCode::DurationDiffers, message });
    }
}

fn check(started_at: DateTime<Utc>, stopped_at: DateTime<Utc>, local: LocalSpan) -> Result<(), TimeRemark> {
    let refuse = |field, code, message: String| Err(TimeRemark { field, code, message });
    if stopped_at < started_at {
        let message = format!("the entry stops before it starts ({})", local.start);
        return refuse(TimeField::Stop, ProblemCode::StopBeforeStart, message);
    }
    if let Err(why) = TrackedTime::new(started_at) {
        return refuse(TimeField::Start, ProblemCode::OutOfRange, why.to_string());
    }
    if let Err(why) = TrackedTime::new(stopped_at) {
        let field = if local.stop.is_some() { TimeField::Stop } else { TimeField::Duration };
        return refuse(field, ProblemCode::OutOfRange, why.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        start: &str,
        stop: Option<&str>,
        duration: Option<u32>,
    ) -> Result<(String, String, Vec<ProblemCode>), ProblemCode> {
        let local = |text: &str| text.parse().expect("a local time");
        let duration = duration.map(|seconds| Length { seconds, precision: 1 });
        let span = LocalSpan { start: local(start), stop: stop.map(local), duration };
        resolve(span, &TimeZone::parse("Europe/Berlin").expect("a time zone"))
            .map(|(start, stop, remarks)| {
                (format!("{start:?}"), format!("{stop:?}"), remarks.into_iter().map(|remark| remark.code).collect())
            })
            .map_err(|remark| remark.code)
    }

    fn span(start: &str, stop: &str, codes: &[ProblemCode]) -> Result<(String, String, Vec<ProblemCode>), ProblemCode> {
        Ok((start.to_owned(), stop.to_owned(), codes.to_vec()))
    }

    #[test]
    fn a_repeated_hour_is_read_so_that_the_duration_agrees() {
        use ProblemCode::{AmbiguousTime, DurationDiffers};
        let (start, stop) = ("2016-10-30T02:10:00", Some("2016-10-30T02:40:00"));
        let (first, second) = ("2016-10-30T00:10:00Z", "2016-10-30T01:10:00Z");
        assert_eq!(read(start, stop, Some(1800)), span(first, "2016-10-30T00:40:00Z", &[AmbiguousTime, AmbiguousTime]));
        assert_eq!(read(start, stop, Some(5400)), span(first, "2016-10-30T01:40:00Z", &[AmbiguousTime, AmbiguousTime]));
        assert_eq!(read(start, stop, None), span(first, "2016-10-30T00:40:00Z", &[AmbiguousTime, AmbiguousTime]));
        // A second off, as Toggl cuts fractions: still the nearer one.
        assert_eq!(
            read(start, stop, Some(5399)),
            span(first, "2016-10-30T01:40:00Z", &[AmbiguousTime, AmbiguousTime, DurationDiffers])
        );
        // Started in the second of the two hours.
        assert_eq!(
            read(start, Some("2016-10-30T03:10:00"), Some(3600)),
            span(second, "2016-10-30T02:10:00Z", &[AmbiguousTime])
        );
        // In order only when the stop is in the second.
        assert_eq!(
            read("2016-10-30T02:40:00", Some("2016-10-30T02:10:00"), None),
            span("2016-10-30T00:40:00Z", second, &[AmbiguousTime, AmbiguousTime])
        );
        assert_eq!(read(start, None, Some(60)), span(first, "2016-10-30T00:11:00Z", &[AmbiguousTime]));
    }

    #[test]
    fn a_skipped_time_moves_forward() {
        assert_eq!(
            read("2016-03-27T02:30:00", Some("2016-03-27T04:00:00"), Some(1800)),
            span("2016-03-27T01:30:00Z", "2016-03-27T02:00:00Z", &[ProblemCode::NonexistentTime])
        );
    }

    #[test]
    fn a_skipped_start_does_not_pass_its_stop() {
        use ProblemCode::{NonexistentTime, StopBeforeStart};
        let start = "2016-03-27T02:50:00";
        let expected = span("2016-03-27T00:50:00Z", "2016-03-27T01:10:00Z", &[NonexistentTime]);
        assert_eq!(read(start, Some("2016-03-27T03:10:00"), Some(1200)), expected);
        assert_eq!(read(start, Some("2016-03-27T03:10:00"), None), expected);
        // The clocks that were put forward do not explain these.
        assert_eq!(read(start, Some("2016-03-27T02:40:00"), None), Err(StopBeforeStart));
        assert_eq!(read(start, Some("2016-03-27T01:50:00"), None), Err(StopBeforeStart));
        let key = |start: &str, stop: &str| {
            let local = |text: &str| text.parse().expect("a local time");
            let span = LocalSpan { start: local(start), stop: Some(local(stop)), duration: None };
            key_span(span, &TimeZone::parse("Europe/Berlin").expect("a time zone"))
        };
        // 2016-03-27T01:00:00Z, when the clocks were put forward.
        let change = 1_459_040_400;
        assert_eq!(key(start, "2016-03-27T03:10:00"), (change - 600, change + 600));
        assert_eq!(key("2016-03-27T02:30:00", "2016-03-27T04:00:00"), (change + 1800, change + 3600));
    }

    #[test]
    fn start_and_stop_win_over_the_duration() {
        assert_eq!(
            read("2016-01-02T13:00:00", Some("2016-01-02T13:30:00"), Some(1799)),
            span("2016-01-02T12:00:00Z", "2016-01-02T12:30:00Z", &[ProblemCode::DurationDiffers])
        );
    }

    #[test]
    fn hundredths_of_an_hour_are_compared_as_such() {
        let differs = |stated: &str, stop: &str| {
            let local = |text: &str| text.parse().expect("a local time");
            let span = LocalSpan {
                start: local("2016-01-02T13:00:00"),
                stop: Some(local(stop)),
                duration: crate::import::cells::length(stated),
            };
            let (_, _, remarks) = resolve(span, &TimeZone::utc()).expect("a span");
            !remarks.is_empty()
        };
        assert!(!differs("0.50 h", "2016-01-02T13:30:35"));
        assert!(differs("0.50 h", "2016-01-02T13:30:36"));
        assert!(!differs("0.50 h", "2016-01-02T13:29:25"));
        assert!(differs("0:30:00", "2016-01-02T13:30:01"));
    }

    #[test]
    fn impossible_spans_are_refused() {
        assert_eq!(read("2016-01-02T13:00:00", Some("2016-01-02T12:59:59"), None), Err(ProblemCode::StopBeforeStart));
        assert_eq!(read("1969-12-31T13:00:00", Some("2016-01-02T12:59:59"), None), Err(ProblemCode::OutOfRange));
        assert_eq!(read("2099-12-31T13:00:00", Some("2100-01-02T12:59:59"), None), Err(ProblemCode::OutOfRange));
        assert_eq!(read("2016-01-02T13:00:00", None, Some(3_599_999_999)), Err(ProblemCode::OutOfRange));
    }
}
