//! `GET /api/time/totals`

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clockwork_core::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::TrackerApp;
use crate::harness::{SentAs, insert_scattered, seconds_within, span, utc};

async fn totals(tracker: &TrackerApp, query: &str) -> Value {
    tracker.get(&format!("/api/time/totals?{query}")).await.ok().json
}

async fn tracked(tracker: &TrackerApp, start: &str, stop: &str, billable: bool) {
    let body = json!({"categoryId": tracker.category, "startedAt": start, "stoppedAt": stop, "billable": billable});
    tracker.post("/api/time/entries", body).await.created();
}

/// Entries, seconds and billable seconds.
fn sums(totals: &Value) -> [i64; 3] {
    ["entries", "durationSeconds", "billableSeconds"].map(|name| totals[name].as_i64().unwrap())
}

fn days(totals: &Value) -> Vec<(&str, [i64; 3])> {
    let days = totals["days"].as_array().unwrap();
    days.iter().map(|day| (day["date"].as_str().unwrap(), sums(day))).collect()
}

#[actix_web::test]
async fn a_weekend_of_work_is_in_both_of_its_weeks() {
    let tracker = TrackerApp::new().await;
    tracker.patch("/api/me", json!({"timeZone": "Europe/Berlin"})).await.ok();
    // Friday 17:00 to Monday 9:00 in Berlin.
    tracked(&tracker, "2026-10-02T15:00:00Z", "2026-10-05T07:00:00Z", true).await;
    tracked(&tracker, "2026-10-05T08:00:00Z", "2026-10-05T08:30:00Z", false).await;
    let week = totals(&tracker, "fromDate=2026-10-05&toDate=2026-10-11&days=true").await;
    assert_eq!(sums(&week), [2, 9 * 3600 + 1800, 9 * 3600]);
    assert_eq!(days(&week)[..2], [("2026-10-05", [2, 9 * 3600 + 1800, 9 * 3600]), ("2026-10-06", [0, 0, 0])]);
    assert_eq!(days(&week).len(), 7);
    assert_eq!(
        (&week["timeZone"], &week["from"], &week["to"]),
        (&json!("Europe/Berlin"), &json!("2026-10-04T22:00:00Z"), &json!("2026-10-11T22:00:00Z"))
    );
    let before = totals(&tracker, "fromDate=2026-09-28&toDate=2026-10-04&days=true").await;
    let day = 86_400;
    assert_eq!(sums(&before), [1, 7 * 3600 + 2 * day, 7 * 3600 + 2 * day]);
    assert_eq!(
        days(&before)[3..],
        [
            ("2026-10-01", [0, 0, 0]),
            ("2026-10-02", [1, 7 * 3600, 7 * 3600]),
            ("2026-10-03", [1, day, day]),
            ("2026-10-04", [1, day, day]),
        ]
    );
    // The same without days, by instants, and without a range.
    let same = totals(&tracker, "overlapFrom=2026-10-04T22:00:00Z&overlapTo=2026-10-11T22:00:00Z").await;
    assert_eq!(sums(&same), sums(&week));
    assert_eq!((same.get("days"), same.get("timeZone")), (None, None));
    let all = totals(&tracker, "").await;
    assert_eq!(sums(&all), [2, 64 * 3600 + 1800, 64 * 3600]);
    assert_eq!((&all["from"], &all["to"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn days_have_the_hours_that_the_clocks_gave_them() {
    let tracker = TrackerApp::new().await;
    // A year and a half without a pause.
    tracked(&tracker, "2025-06-01T00:00:00Z", "2027-01-01T00:00:00Z", false).await;
    tracked(&tracker, "2011-12-01T00:00:00Z", "2012-02-01T00:00:00Z", false).await;
    tracked(&tracker, "2018-11-01T00:00:00Z", "2018-12-01T00:00:00Z", false).await;
    for (zone, date, hours) in [
        ("Europe/Berlin", "2026-03-29", 23.0),
        ("Europe/Berlin", "2026-10-25", 25.0),
        ("America/New_York", "2026-03-08", 23.0),
        ("America/New_York", "2026-11-01", 25.0),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Kathmandu", "2026-03-29", 24.0),
        ("America/Sao_Paulo", "2018-11-04", 23.0),
        ("Pacific/Apia", "2011-12-29", 24.0),
        ("Pacific/Apia", "2011-12-30", 0.0),
        ("Pacific/Apia", "2011-12-31", 24.0),
    ] {
        let answer = totals(&tracker, &format!("fromDate={date}&toDate={date}&timeZone={zone}&days=true")).await;
        let seconds = answer["durationSeconds"].as_i64().unwrap();
        assert_eq!(seconds as f64 / 3600.0, hours, "{zone} {date}: {answer}");
    }
    let three = totals(&tracker, "fromDate=2011-12-29&toDate=2011-12-31&timeZone=Pacific/Apia&days=true").await;
    assert_eq!(
        days(&three),
        [("2011-12-29", [1, 86_400, 0]), ("2011-12-30", [0, 0, 0]), ("2011-12-31", [1, 86_400, 0])]
    );
}

#[actix_web::test]
async fn a_running_entry_counts_up_to_the_instant_that_is_told() {
    let tracker = TrackerApp::new().await;
    tracker.post("/api/time/start", json!({"categoryId": tracker.category, "billable": true})).await.created();
    tracker.advance(TimeDelta::hours(20) + TimeDelta::milliseconds(600));
    let two_days = "fromDate=2026-03-02&toDate=2026-03-03&days=true";
    let answer = totals(&tracker, two_days).await;
    assert_eq!(utc(&answer["asOf"]), tracker.now());
    assert_eq!((sums(&answer), &answer["running"]), ([1, 72_000, 72_000], &json!(1)));
    let midnight = 15 * 3600 - 1;
    assert_eq!(
        days(&answer),
        [("2026-03-02", [1, midnight, midnight]), ("2026-03-03", [1, 72_000 - midnight, 72_000 - midnight])]
    );
    assert_eq!(answer["days"][1]["running"], 1);
    // What is still to come has nothing of it.
    assert_eq!(sums(&totals(&tracker, "fromDate=2026-03-04").await), [0, 0, 0]);
    assert_eq!(sums(&totals(&tracker, "running=false").await), [0, 0, 0]);
    assert_eq!(sums(&totals(&tracker, "running=true").await), [1, 72_000, 72_000]);
    assert_eq!(sums(&totals(&tracker, "fromDate=2026-03-02&toDate=2026-03-02").await), [1, midnight, midnight]);
}

#[actix_web::test]
async fn the_parts_of_an_entry_add_up_to_its_seconds() {
    let tracker = TrackerApp::new().await;
    // 1.8 s over midnight: 0.9 s on each day, of which the first has no whole second yet.
    tracked(&tracker, "2026-03-02T23:59:59.100Z", "2026-03-03T00:00:00.900Z", false).await;
    let answer = totals(&tracker, "fromDate=2026-03-02&toDate=2026-03-03&days=true").await;
    assert_eq!(sums(&answer), [1, 1, 0]);
    assert_eq!(days(&answer), [("2026-03-02", [1, 0, 0]), ("2026-03-03", [1, 1, 0])]);
}

#[actix_web::test]
async fn totals_are_those_of_the_person() {
    let tracker = TrackerApp::new().await;
    tracked(&tracker, "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", true).await;
    let colleague = tracker.add_member(Role::Member).await;
    let theirs = async |query: &str| {
        let request = tracker.request(Method::GET, &format!("/api/time/totals?{query}"));
        tracker.send(request.sent_as(colleague)).await.ok().json
    };
    assert_eq!(sums(&theirs("").await), [0, 0, 0]);
    let body = json!({"categoryId": tracker.category, "startedAt": "2026-03-01T22:00:00Z", "stoppedAt": "2026-03-02T02:00:00Z"});
    tracker.send(tracker.request(Method::POST, "/api/time/entries").json(&body).sent_as(colleague)).await.created();
    let zone = tracker.request(Method::PATCH, "/api/me").json(&json!({"timeZone": "Asia/Tokyo"}));
    tracker.send(zone.sent_as(colleague)).await.ok();
    let day = "fromDate=2026-03-02&toDate=2026-03-02&days=true";
    assert_eq!(days(&theirs(day).await), [("2026-03-02", [1, 4 * 3600, 0])], "by their clocks");
    assert_eq!(days(&totals(&tracker, day).await), [("2026-03-02", [1, 3600, 3600])]);
}

#[actix_web::test]
async fn a_range_of_days_has_both_ends_and_a_bound() {
    let tracker = TrackerApp::new().await;
    for (query, field) in [
        ("days=true", "fromDate"),
        ("days=true&toDate=2026-03-02", "fromDate"),
        ("days=true&fromDate=2026-03-02", "toDate"),
        ("days=true&overlapFrom=2026-03-02T00:00:00Z", "overlapTo"),
    ] {
        tracker
            .get(&format!("/api/time/totals?{query}"))
            .await
            .refused(400, "invalid_time_range")
            .names(field, "required");
    }
    let bounded = totals(&tracker, "days=true&fromDate=2025-01-01&toDate=2026-02-04").await;
    assert_eq!(bounded["days"].as_array().unwrap().len(), 400);
    for (query, field) in [
        ("fromDate=2025-01-01&toDate=2026-02-05", "toDate"),
        ("overlapFrom=2025-01-01T00:00:00Z&overlapTo=2026-02-05T00:00:01Z", "overlapTo"),
    ] {
        let refused =
            tracker.get(&format!("/api/time/totals?days=true&{query}")).await.refused(400, "invalid_time_range");
        let error = refused.names(field, "too_long").json["fields"][0].clone();
        assert_eq!((&error["limits"], &error["found"]), (&json!({"max": 400}), &json!(401)), "{error}");
        assert!(error["message"].as_str().unwrap().contains("400 days, ends one of 401"), "{error}");
    }
    // Without days a range may be as long as one likes.
    assert_eq!(sums(&totals(&tracker, "fromDate=1970-01-01&toDate=2099-12-31").await), [0, 0, 0]);
    tracker.get("/api/time/totals?days=maybe").await.refused(400, "invalid_query").names("days", "invalid_format");
    tracker.get("/api/time/totals?limit=5").await.refused(400, "invalid_query").names("limit", "unknown_field");
}

/// Entries of all kinds, some of them with a tag.
async fn scatter(tracker: &TrackerApp, random: &mut fastrand::Rng) {
    let other = tracker.category(&tracker.project("Shop").await, "Stock").await;
    let tag = tracker.tag("urgent").await;
    let user = "00000000-0000-7000-8000-000000000001";
    let entries = insert_scattered(random, user, &[&tracker.category, &other], 120, 40);
    let tagged = format!(
        "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
         SELECT workspace_id, id, '{tag}' FROM time_entries WHERE description = 'note 1'"
    );
    tracker.execute(&format!("{entries}; {tagged}")).await;
}

/// What the totals of listed entries are, computed from the list alone.
fn summed(list: &Value, from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> [i64; 3] {
    let mut sums = [0; 3];
    for entry in list.as_array().unwrap() {
        let (start, stop) = span(entry, now);
        let is_inside = start < to && (stop > from || start >= from);
        if is_inside {
            let seconds = seconds_within(entry, from, to, now);
            let billable = if entry["billable"] == true { seconds } else { 0 };
            sums = [sums[0] + 1, sums[1] + seconds, sums[2] + billable];
        }
    }
    sums
}

#[actix_web::test]
async fn totals_are_the_sums_of_the_lists_parts() {
    const SEED: u64 = 20_261_127;
    let mut random = fastrand::Rng::with_seed(SEED);
    let tracker = TrackerApp::new().await;
    scatter(&tracker, &mut random).await;
    tracker
        .post("/api/time/start", json!({"categoryId": tracker.category, "startedAt": "2026-02-27T21:30:00.5Z"}))
        .await
        .created();
    tracker.advance(TimeDelta::days(3));
    let tag = tracker.get("/api/tags").await.ok().ids().remove(0);
    let filters = [
        String::new(),
        format!("&projectId={}", tracker.project),
        format!("&categoryId={}&includeSubcategories=true", tracker.category),
        "&billable=true".to_owned(),
        "&q=note+2".to_owned(),
        "&q=shop".to_owned(),
        format!("&tagId={tag}&billable=false"),
        "&running=false&from=2026-02-20T00:00:00Z".to_owned(),
    ];
    let zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"];
    let mut entries = 0;
    for round in 0..60 {
        let (zone, filter) = (random.choice(zones).unwrap(), random.choice(&filters).unwrap());
        let first = NaiveDate::from_ymd_opt(2026, 2, 10).unwrap() + TimeDelta::days(random.i64(0..45));
        let last = first + TimeDelta::days(random.i64(0..14));
        let range = format!("fromDate={first}&toDate={last}&timeZone={zone}{filter}");
        let said = format!("seed {SEED}, round {round}: {range}");
        let list = tracker.get(&format!("/api/time/entries?{range}")).await.ok().json;
        let answer = totals(&tracker, &format!("{range}&days=true")).await;
        let (from, to, now) = (utc(&answer["from"]), utc(&answer["to"]), utc(&answer["asOf"]));
        assert_eq!(sums(&answer), summed(&list, from, to, now), "{said}");
        assert_eq!(
            sums(&answer)[0],
            i64::try_from(list.as_array().unwrap().len()).unwrap(),
            "{said}: all listed, no others"
        );
        let without_days = totals(&tracker, &range).await;
        assert_eq!((sums(&without_days), &without_days["running"]), (sums(&answer), &answer["running"]), "{said}");
        let mut at = from;
        let mut added = [0; 2];
        for day in answer["days"].as_array().unwrap() {
            assert_eq!(utc(&day["from"]), at, "{said}: days follow one another");
            at = utc(&day["to"]);
            let of_day = sums(day);
            assert_eq!(of_day, summed(&list, utc(&day["from"]), at, now), "{said}: {day}");
            added = [added[0] + of_day[1], added[1] + of_day[2]];
        }
        assert_eq!((at, added), (to, [sums(&answer)[1], sums(&answer)[2]]), "{said}: days add up to the range");
        entries += sums(&answer)[0];
    }
    assert!(entries > 300, "{entries}: the ranges have something in them");
}
