//! `GET /api/time/entries`: ranges that entries overlap.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::super::TrackerApp;
use super::pages::{fill, follow};

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Makes entries and names them.
async fn named(tracker: &TrackerApp, entries: &[(&'static str, &str, &str)]) -> Vec<(&'static str, String)> {
    let mut ids = Vec::new();
    for (name, start, stop) in entries {
        let body = json!({"categoryId": tracker.category, "startedAt": start, "stoppedAt": stop});
        ids.push((*name, tracker.post("/api/time/entries", body).await.created().id()));
    }
    ids
}

/// The names of the entries that a query finds, sorted.
async fn found<'a>(tracker: &TrackerApp, names: &[(&'a str, String)], query: &str) -> BTreeSet<&'a str> {
    let ids = tracker.get(&format!("/api/time/entries?{query}")).await.ok().ids();
    let name = |id: &String| names.iter().find(|(_, known)| known == id).map_or("?", |(name, _)| *name);
    let found: BTreeSet<_> = ids.iter().map(name).collect();
    assert_eq!(found.len(), ids.len(), "{query}: none comes twice");
    found
}

#[actix_web::test]
async fn an_entry_overlaps_a_range_if_it_has_time_in_it() {
    let tracker = TrackerApp::new().await;
    let names = named(
        &tracker,
        &[
            ("touches the start", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"),
            ("an instant inside", "2026-03-02T09:00:00Z", "2026-03-02T10:00:00.000001Z"),
            ("no length at the start", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
            ("no length before", "2026-03-02T09:59:59Z", "2026-03-02T09:59:59Z"),
            ("inside", "2026-03-02T10:30:00Z", "2026-03-02T11:00:00Z"),
            ("all of it", "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z"),
            ("the last instant", "2026-03-02T11:59:59.999999Z", "2026-03-02T12:00:00Z"),
            ("begins at the end", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z"),
            ("no length at the end", "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"),
            ("a day, touching", "2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z"),
            ("a day and an instant", "2026-03-01T10:00:00Z", "2026-03-02T10:00:00.000001Z"),
            ("an instant earlier", "2026-03-01T09:59:59.999999Z", "2026-03-02T10:00:00.000001Z"),
            ("long, touching", "2026-02-20T10:00:00Z", "2026-03-02T10:00:00Z"),
            ("weeks", "2026-02-20T10:00:00Z", "2026-03-20T10:00:00Z"),
            ("weeks before", "2026-02-01T10:00:00Z", "2026-02-20T10:00:00Z"),
        ],
    )
    .await;
    let range = "overlapFrom=2026-03-02T10:00:00Z&overlapTo=2026-03-02T12:00:00Z";
    let inside = BTreeSet::from([
        "an instant inside",
        "no length at the start",
        "inside",
        "all of it",
        "the last instant",
        "a day and an instant",
        "an instant earlier",
        "weeks",
    ]);
    assert_eq!(found(&tracker, &names, range).await, inside);
    // Each end works alone, and the parameters of starts beside them.
    let open = found(&tracker, &names, "overlapFrom=2026-03-02T12:00:00Z").await;
    assert_eq!(open, BTreeSet::from(["begins at the end", "no length at the end", "weeks"]));
    let open = found(&tracker, &names, "overlapTo=2026-02-20T10:00:00Z").await;
    assert_eq!(open, BTreeSet::from(["weeks before"]));
    let starting = found(&tracker, &names, &format!("{range}&from=2026-03-02T10:30:00Z")).await;
    assert_eq!(starting, BTreeSet::from(["inside", "the last instant"]));
    // No instant is in an empty range, and none after the end.
    let empty = "overlapFrom=2026-03-02T10:30:00Z&overlapTo=2026-03-02T10:30:00Z";
    assert_eq!(found(&tracker, &names, empty).await, BTreeSet::new());
    tracker
        .get("/api/time/entries?overlapFrom=2026-03-02T10:30:00Z&overlapTo=2026-03-02T10:29:59Z")
        .await
        .refused(400, "invalid_time_range")
        .names("overlapTo", "out_of_range");
}

#[actix_web::test]
async fn a_running_entry_is_in_every_range_that_it_has_reached() {
    let tracker = TrackerApp::new().await;
    let started = tracker.now();
    let id = tracker.start().await.id();
    let running = |from: DateTime<Utc>, to: DateTime<Utc>| {
        let path = format!("/api/time/entries?overlapFrom={}&overlapTo={}", written(from), written(to));
        let tracker = &tracker;
        async move { tracker.get(&path).await.ok().ids() }
    };
    let day = TimeDelta::days(1);
    assert_eq!(running(started, started + day).await, std::slice::from_ref(&id), "it has begun in the range");
    assert_eq!(running(started - day, started).await, [""; 0]);
    let later = started + TimeDelta::days(5);
    assert_eq!(running(later, later + day).await, [""; 0], "it has not got there yet");
    tracker.advance(TimeDelta::days(5));
    assert_eq!(running(later, later + day).await, [""; 0], "until now is not beyond it");
    tracker.advance(TimeDelta::microseconds(1));
    for days in 0..=5 {
        assert_eq!(
            running(started + day * days, started + day * (days + 1)).await,
            std::slice::from_ref(&id),
            "{days}"
        );
    }
    assert_eq!(running(later + day, later + day * 2).await, [""; 0]);
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

#[actix_web::test]
async fn dates_are_days_of_a_time_zone() {
    let tracker = TrackerApp::new().await;
    let names = named(
        &tracker,
        &[
            // 2026-03-29 in Berlin lasts from 28 March 23:00 to 29 March 22:00, in New York from 29 March 4:00 to 30
            // March 4:00.
            ("until midnight", "2026-03-28T22:00:00Z", "2026-03-28T23:00:00Z"),
            ("over midnight", "2026-03-28T22:30:00Z", "2026-03-28T23:30:00Z"),
            ("midday", "2026-03-29T10:00:00Z", "2026-03-29T11:00:00Z"),
            ("next midnight", "2026-03-29T22:00:00Z", "2026-03-29T22:30:00Z"),
            ("the day after", "2026-03-30T04:00:00Z", "2026-03-30T05:00:00Z"),
        ],
    )
    .await;
    let day = "fromDate=2026-03-29&toDate=2026-03-29";
    let berlin = BTreeSet::from(["over midnight", "midday"]);
    let new_york = BTreeSet::from(["midday", "next midnight"]);
    assert_eq!(found(&tracker, &names, &format!("{day}&timeZone=Europe/Berlin")).await, berlin);
    assert_eq!(found(&tracker, &names, &format!("{day}&timeZone=america/new_york")).await, new_york);
    assert_eq!(
        found(&tracker, &names, day).await,
        BTreeSet::from(["midday", "next midnight"]),
        "UTC while no time zone is chosen"
    );
    tracker.patch("/api/workspace", json!({"timeZone": "America/New_York"})).await.ok();
    assert_eq!(found(&tracker, &names, "toDate=2026-03-28").await, BTreeSet::from(["until midnight", "over midnight"]));
    tracker.patch("/api/me", json!({"timeZone": "Europe/Berlin"})).await.ok();
    assert_eq!(found(&tracker, &names, day).await, berlin, "the person's goes before the workspace's");
    let from = found(&tracker, &names, "fromDate=2026-03-30").await;
    assert_eq!(from, BTreeSet::from(["next midnight", "the day after"]));
    // A day that never was has no time.
    let skipped = "fromDate=2011-12-30&toDate=2011-12-30&timeZone=Pacific/Apia";
    tracker.post(
        "/api/time/entries",
        json!({"categoryId": tracker.category, "startedAt": "2011-12-29T00:00:00Z", "stoppedAt": "2011-12-31T00:00:00Z"}),
    )
    .await
    .created();
    assert_eq!(found(&tracker, &names, skipped).await, BTreeSet::new());
}

#[actix_web::test]
async fn pages_of_a_range_show_each_entry_once_in_order() {
    let tracker = TrackerApp::new().await;
    // Until April each, several at a start; and one that began before all of them and runs.
    fill(&tracker, 60, 7).await;
    tracker
        .post("/api/time/start", json!({"categoryId": tracker.category, "startedAt": "2025-11-01T00:00:00Z"}))
        .await
        .created();
    tracker.advance(TimeDelta::days(20));
    let range = "overlapFrom=2026-03-10T00:00:00Z&overlapTo=2026-03-11T00:00:00Z";
    let all = tracker.get(&format!("/api/time/entries?{range}")).await.ok();
    let starts: Vec<_> = all.each("startedAt").iter().map(|start| utc(start.as_str().unwrap())).collect();
    assert_eq!((starts.len(), starts.is_sorted_by(|a, b| a >= b)), (61, true));
    for limit in [1, 7, 60, 61, 62] {
        let pages = follow(&tracker, &format!("/api/time/entries?{range}&limit={limit}")).await;
        assert_eq!(pages.concat(), all.ids(), "{limit}");
    }
    let billable = follow(&tracker, &format!("/api/time/entries?{range}&billable=true&limit=4")).await.concat();
    assert_eq!(billable.len(), 30);
}

#[actix_web::test]
async fn a_range_that_cannot_be_read_is_refused() {
    let tracker = TrackerApp::new().await;
    for (query, code, field, problem) in [
        ("overlapFrom=2026-03-02", "invalid_time", "overlapFrom", "invalid_format"),
        ("overlapTo=9999-01-01T00:00:00Z", "invalid_time", "overlapTo", "out_of_range"),
        ("fromDate=2026-02-30", "invalid_time", "fromDate", "invalid_format"),
        ("toDate=2100-01-01", "invalid_time", "toDate", "out_of_range"),
        ("fromDate=2026-03-02&toDate=2026-03-01", "invalid_time_range", "toDate", "out_of_range"),
        ("fromDate=2026-03-02&overlapTo=2026-03-02T00:00:00Z", "invalid_query", "overlapTo", "invalid_format"),
        ("toDate=2026-03-02&overlapFrom=2026-03-02T00:00:00Z", "invalid_query", "overlapFrom", "invalid_format"),
        ("fromDate=2026-03-02&timeZone=Mars/Olympus", "invalid_time_zone", "timeZone", "invalid_format"),
    ] {
        for path in ["/api/time/entries", "/api/time/totals"] {
            tracker.get(&format!("{path}?{query}")).await.refused(400, code).names(field, problem);
        }
    }
    let early =
        tracker.get("/api/time/entries?fromDate=2026-03-02&toDate=2026-03-01").await.refused(400, "invalid_time_range");
    assert_eq!(early.json["fields"][0]["limits"], json!({"earliest": "2026-03-02"}));
    let late = tracker.get("/api/time/entries?toDate=2100-01-01").await.refused(400, "invalid_time");
    assert_eq!(late.json["fields"][0]["limits"], json!({"earliest": "1970-01-01", "latest": "2099-12-31"}));
    assert_eq!(late.json["fields"][0]["found"], "2100-01-01");
}
