//! `/api/time`

use chrono::{SecondsFormat, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};

use super::{UNKNOWN_ID, fields, is_id, is_time};
use crate::harness::{TestApp, start_of_test};

/// An app with two categories.
async fn with_categories() -> (TestApp, String, String) {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let (one, two) = (app.category(&project, "One").await, app.category(&project, "Two").await);
    (app, one, two)
}

/// So many minutes after the start of the test, in UTC with an offset that is not `Z`.
fn with_offset(minutes: i64) -> String {
    let offset = chrono::FixedOffset::east_opt(7_200).unwrap();
    let time = (start_of_test() + TimeDelta::minutes(minutes)).with_timezone(&offset);
    time.to_rfc3339_opts(SecondsFormat::Micros, false)
}

#[actix_web::test]
async fn starting_answers_201_and_stops_what_runs_at_the_same_instant() {
    let (app, one, two) = with_categories().await;
    let first = app.post("/api/time/start", json!({"categoryId": one})).await.created();
    assert!(is_id(&first.json["id"]) && is_time(&first.json["startedAt"]), "{}", first.text);
    assert!(is_time(&first.json["createdAt"]) && is_time(&first.json["updatedAt"]), "{}", first.text);
    assert_eq!(first.json["categoryId"], one);
    assert_eq!(first.json.get("stoppedAt"), Some(&Value::Null));
    assert_eq!(first.json.get("durationSeconds"), Some(&Value::Null));
    assert_eq!(first.json["startedAt"], "2026-03-02T09:00:00.123456Z");

    app.advance(TimeDelta::milliseconds(90_900));
    let second = app.post("/api/time/start", json!({"categoryId": two})).await.created();
    let entries = app.get("/api/time/entries").await.ok();
    assert_eq!(entries.each("id"), [second.json["id"].clone(), first.json["id"].clone()], "newest first");
    assert_eq!(entries.json[1]["stoppedAt"], second.json["startedAt"]);
    assert_eq!(entries.json[1]["durationSeconds"], 90, "whole seconds");
}

#[actix_web::test]
async fn starting_needs_a_category() {
    let (app, _, _) = with_categories().await;
    for body in [json!({}), json!({"categoryId": null}), json!({"categoryId": ""}), json!({"categoryId": "x"})] {
        app.post("/api/time/start", body).await.refused(400, "invalid_id");
    }
    for body in ["", "null", "[]", r#"{"categoryId":5}"#, r#"{"category":"x"}"#, r#"{"categoryId":"x"} 1"#] {
        app.send(app.request(Method::POST, "/api/time/start").body(body)).await.refused(400, "invalid_json");
    }
    app.post("/api/time/start", json!({"categoryId": UNKNOWN_ID})).await.refused(404, "not_found");
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 0);
}

#[actix_web::test]
async fn stopping_answers_the_entry_or_409() {
    let (app, one, _) = with_categories().await;
    app.act("/api/time/stop").await.refused(409, "no_active_timer");
    let started = app.post("/api/time/start", json!({"categoryId": one})).await.created();
    app.advance(TimeDelta::minutes(3));
    let stopped = app.act("/api/time/stop").await.ok();
    assert_eq!(stopped.json["id"], started.json["id"]);
    assert_eq!(stopped.json["stoppedAt"], "2026-03-02T09:03:00.123456Z");
    assert_eq!(stopped.json["durationSeconds"], 180);
    app.act("/api/time/stop").await.refused(409, "no_active_timer");
}

#[actix_web::test]
async fn what_runs_is_an_entry_or_the_literal_null() {
    let (app, one, _) = with_categories().await;
    let nothing = app.get("/api/time/active").await.ok();
    assert_eq!((nothing.text.as_str(), nothing.header("content-type")), ("null", "application/json"));
    let started = app.post("/api/time/start", json!({"categoryId": one})).await.created();
    let active = app.get("/api/time/active").await.ok();
    assert_eq!(active.json["id"], started.json["id"]);
    for field in ["id", "categoryId", "startedAt", "stoppedAt", "durationSeconds", "createdAt", "updatedAt"] {
        assert!(fields(&active.json).contains(&field), "{}", active.text);
    }
    app.act("/api/time/stop").await.ok();
    assert_eq!(app.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn entries_are_filtered_by_category_and_by_inclusive_bounds() {
    let (app, one, two) = with_categories().await;
    assert_eq!(app.get("/api/time/entries").await.ok().text, "[]");
    let (a, b, c) = (app.entry(&one, 0, 5).await, app.entry(&two, 10, 15).await, app.entry(&one, 20, 25).await);
    let (from, to) = (with_offset(10), with_offset(20));
    for (query, expected) in [
        (vec![], vec![&c, &b, &a]),
        (vec![("categoryId", one.as_str())], vec![&c, &a]),
        (vec![("from", from.as_str())], vec![&c, &b]),
        (vec![("to", from.as_str())], vec![&b, &a]),
        (vec![("from", from.as_str()), ("to", to.as_str())], vec![&c, &b]),
        (vec![("from", from.as_str()), ("to", from.as_str())], vec![&b]),
        (vec![("categoryId", one.as_str()), ("from", from.as_str()), ("to", to.as_str())], vec![&c]),
        (vec![("categoryId", UNKNOWN_ID)], vec![]),
    ] {
        let answer = app.send(app.request(Method::GET, "/api/time/entries").query(&query)).await.ok();
        assert_eq!(answer.ids().iter().collect::<Vec<_>>(), expected, "{query:?}");
    }
    let unescaped = app.get(&format!("/api/time/entries?from={from}")).await.ok();
    assert_eq!(unescaped.ids(), [c, b], "a plus sign that was not escaped");
}

#[actix_web::test]
async fn bad_filters_are_refused() {
    let (app, _, _) = with_categories().await;
    for (query, code) in [
        ("categoryId=x", "invalid_id"),
        ("from=yesterday", "invalid_time"),
        ("to=2026-03-02", "invalid_time"),
        ("from=2026-03-02T10:00:00Z&to=2026-03-02T09:00:00Z", "invalid_time_range"),
    ] {
        app.get(&format!("/api/time/entries?{query}")).await.refused(400, code);
    }
    // Old clients send their form as it is: an empty field is no filter.
    assert_eq!(app.get("/api/time/entries?categoryId=&from=&to=").await.ok().text, "[]");
}
