//! Entries of all kinds, made by a generator with a seed, and what a part of one is, computed from the list alone.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use serde_json::Value;

/// A statement that inserts so many entries of a user, within so many days from 15 February 2026: some on the border of
/// a day, most short, some of days. Their descriptions are `note 0` to `note 3`.
pub fn insert_scattered(
    random: &mut fastrand::Rng,
    user: impl std::fmt::Display,
    categories: &[&str],
    count: usize,
    days: i64,
) -> String {
    let begin = Utc.with_ymd_and_hms(2026, 2, 15, 0, 0, 0).unwrap();
    let mut values = Vec::new();
    for _ in 0..count {
        let start = begin + TimeDelta::microseconds(random.i64(0..days * 86_400_000_000));
        let start =
            if random.u8(0..5) == 0 { start.date_naive().and_hms_opt(23, 0, 0).unwrap().and_utc() } else { start };
        let length = match random.u8(0..10) {
            0 => 0,
            1..=7 => random.i64(0..36_000_000_000),
            8 => 3_600_000_000,
            _ => random.i64(0..6 * 86_400_000_000),
        };
        let stop = start + TimeDelta::microseconds(length);
        let category = random.choice(categories).unwrap();
        values.push(format!(
            "(gen_random_uuid(), '{category}'::uuid, '{start}'::timestamptz, '{stop}'::timestamptz, {}, 'note {}')",
            random.bool(),
            random.u8(0..4)
        ));
    }
    format!(
        "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, billable,
                                   description, created_at, updated_at)
         SELECT e.id, c.workspace_id, '{user}', c.project_id, c.id, e.start, e.stop, e.billable, e.description, now(), now()
         FROM (VALUES {}) AS e (id, category, start, stop, billable, description) JOIN categories c ON c.id = e.category",
        values.join(", ")
    )
}

/// An instant as the API writes it.
pub fn utc(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// When a listed entry began and ended; a running one ends now.
pub fn span(entry: &Value, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let start = utc(&entry["startedAt"]);
    (start, if entry["stoppedAt"].is_null() { now.max(start) } else { utc(&entry["stoppedAt"]) })
}

/// The whole seconds that a listed entry has in a range.
pub fn seconds_within(entry: &Value, from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let (start, stop) = span(entry, now);
    (stop.min(to) - start).num_seconds() - (start.max(from) - start).num_seconds()
}
