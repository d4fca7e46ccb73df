//! `Idempotency-Key`: a POST that is sent twice has its effect once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::time::TrackerApp;
use crate::api::time::entries::pages::fill;
use crate::harness::{Answer, TestApp, start_of_test};

/// POST with a key.
async fn keyed(app: &TestApp, key: &str, path: &str, body: &Value) -> Answer {
    app.send(app.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
}

fn replayed(answer: &Answer) -> bool {
    match answer.header("idempotency-replayed") {
        "" => false,
        value => {
            assert_eq!(value, "true");
            true
        }
    }
}

/// A server with a category.
async fn prepared() -> (TestApp, String) {
    let app = TestApp::spawn().await;
    let project = app.project("Website").await;
    let category = app.category(&project, "Design").await;
    (app, category)
}

#[actix_web::test]
async fn the_second_request_gets_the_first_answer() {
    let (app, category) = prepared().await;
    let body = json!({"categoryId": category, "description": "once"});
    let first = keyed(&app, "k", "/api/time/start", &body).await.created();
    app.advance(TimeDelta::minutes(1));
    let second = keyed(&app, "k", "/api/time/start", &body).await.created();
    assert_eq!((replayed(&first), replayed(&second)), (false, true));
    assert_eq!(second.text, first.text, "to the byte");
    for header in ["etag", "content-type"] {
        assert_eq!(second.header(header), first.header(header), "{header}");
    }
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 1);
    let other = keyed(&app, "K", "/api/time/start", &body).await.created();
    assert!(!replayed(&other), "another key is another request");
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 2);
}

#[actix_web::test]
async fn every_post_can_be_sent_twice() {
    let (app, category) = prepared().await;
    let at = |minutes| json!(start_of_test() + TimeDelta::minutes(minutes));
    let project = app.project("Shop").await;
    let entry = app.entry(&category, 0, 60).await;
    let deleted = [app.entry(&category, 60, 70).await, app.entry(&category, 70, 80).await];
    app.post("/api/time/entries/bulk-delete", json!({"ids": deleted})).await.ok();
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
    let path = |action: &str| format!("/api/time/entries/{entry}/{action}");
    for (number, (path, body)) in [
        ("/api/clients".to_owned(), json!({"name": "Acme"})),
        ("/api/projects".to_owned(), json!({"name": "Acme"})),
        (format!("/api/projects/{project}/categories"), json!({"name": "Acme"})),
        (
            format!("/api/projects/{project}/categories/bulk-create"),
            json!({"categories": [{"name": "Zeta"}, {"name": "Eta"}]}),
        ),
        ("/api/tags".to_owned(), json!({"name": "Acme"})),
        ("/api/time/stop".to_owned(), Value::Null),
        ("/api/time/start".to_owned(), json!({"categoryId": category})),
        ("/api/time/entries".to_owned(), json!({"categoryId": category, "startedAt": at(0), "stoppedAt": at(1)})),
        (path("resume"), Value::Null),
        (path("duplicate"), Value::Null),
        (path("split"), json!({"at": at(30)})),
        (format!("/api/time/entries/{}/restore", deleted[0]), Value::Null),
        ("/api/time/entries/bulk-restore".to_owned(), json!({"ids": [deleted[1]]})),
        ("/api/time/entries/bulk-edit".to_owned(), json!({"ids": [entry], "changes": {"description": "x"}})),
        ("/api/time/entries/bulk-delete".to_owned(), json!({"ids": [entry]})),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("key-{number}");
        let first = keyed(&app, &key, &path, &body).await;
        assert!(first.status.is_success(), "{path}: {}", first.text);
        let second = keyed(&app, &key, &path, &body).await;
        assert_eq!((replayed(&first), replayed(&second)), (false, true), "{path}");
        assert_eq!((second.status, &second.text), (first.status, &first.text), "{path}");
        assert_eq!(second.header("etag"), first.header("etag"), "{path}");
    }
}

#[actix_web::test]
async fn a_key_stands_for_one_request() {
    let (app, category) = prepared().await;
    let body = json!({"name": "Acme"});
    keyed(&app, "k", "/api/clients", &body).await.created();
    for (path, body) in [
        ("/api/clients", json!({"name": "Zeta"})),
        ("/api/tags", body.clone()),
        ("/api/clients?x=1", body.clone()),
        ("/api/time/start", json!({"categoryId": category})),
    ] {
        let answer = keyed(&app, "k", path, &body).await;
        assert!(!replayed(&answer));
        // A query that no path takes is refused before the key is looked at, or is part of what the key stands for.
        answer.refused(409, "idempotency_key_reused");
    }
    assert!(replayed(&keyed(&app, "k", "/api/clients", &body).await.created()), "the first answer is still there");
    assert_eq!(app.count("SELECT count(*) FROM tags").await, 0);
}

#[actix_web::test]
async fn a_request_that_was_refused_may_be_sent_again() {
    let (app, category) = prepared().await;
    let stop = json!(null);
    keyed(&app, "k", "/api/time/stop", &stop).await.refused(409, "no_active_timer");
    assert_eq!(app.count("SELECT count(*) FROM idempotency_keys").await, 0);
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
    let stopped = keyed(&app, "k", "/api/time/stop", &stop).await.ok();
    assert!(!replayed(&stopped));
    assert!(replayed(&keyed(&app, "k", "/api/time/stop", &stop).await.ok()));

    keyed(&app, "bad", "/api/clients", &json!({"name": ""})).await.refused(400, "invalid_client_name");
    keyed(&app, "bad", "/api/clients", &json!({"name": "Acme"})).await.created();
    keyed(&app, "dup", "/api/clients", &json!({"name": "acme"})).await.refused(409, "duplicate_client_name");
    assert_eq!(app.count("SELECT count(*) FROM idempotency_keys").await, 2);
}

#[actix_web::test]
async fn an_answer_is_kept_for_a_day() {
    let (app, category) = prepared().await;
    let body = json!({"categoryId": category});
    let first = keyed(&app, "k", "/api/time/start", &body).await.created();
    app.advance(TimeDelta::hours(24));
    assert!(replayed(&keyed(&app, "k", "/api/time/start", &body).await.created()));
    app.advance(TimeDelta::microseconds(1));
    let again = keyed(&app, "k", "/api/time/start", &body).await.created();
    assert!(!replayed(&again));
    assert_ne!(again.id(), first.id());
    assert_eq!(keyed(&app, "k", "/api/time/start", &body).await.created().id(), again.id(), "and for a day again");

    app.advance(TimeDelta::hours(25));
    keyed(&app, "k", "/api/tags", &json!({"name": "free for another request"})).await.created();
}

#[actix_web::test]
async fn a_replay_is_the_answer_of_then() {
    let (app, category) = prepared().await;
    let body = json!({"categoryId": category, "description": "then"});
    let first = keyed(&app, "k", "/api/time/start", &body).await.created();
    let path = format!("/api/time/entries/{}", first.id());
    let changed = app.patch(&path, json!({"description": "now"})).await.ok();
    let replay = keyed(&app, "k", "/api/time/start", &body).await.created();
    assert_eq!((&replay.json, replay.header("etag")), (&first.json, "W/\"1\""));
    assert_ne!(changed.header("etag"), replay.header("etag"), "a change made from the replay is held back");
    app.delete(&path).await.is(204);
    assert_eq!(keyed(&app, "k", "/api/time/start", &body).await.created().json, first.json);
    app.get(&path).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_key_is_visible_ascii_of_1_to_255() {
    let (app, _) = prepared().await;
    let longest = "~".repeat(255);
    keyed(&app, &longest, "/api/tags", &json!({"name": "fits"})).await.created();
    for (key, name) in
        [("~".repeat(256), "too long"), (String::new(), "empty"), ("a b".to_owned(), "blank"), ("é".to_owned(), "é")]
    {
        let answer = keyed(&app, &key, "/api/tags", &json!({"name": name})).await;
        answer.refused(400, "invalid_header").names("Idempotency-Key", "invalid_format");
    }
    assert_eq!(app.get("/api/tags").await.ok().each("name"), ["fits"]);
}

#[actix_web::test]
async fn the_same_key_at_once_has_one_effect() {
    let (app, category) = prepared().await;
    let body = json!({"categoryId": category});
    let answers = join_all((0..20).map(|_| keyed(&app, "k", "/api/time/start", &body))).await;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.text), (201, &answers[0].text));
    }
    assert_eq!(answers.iter().filter(|answer| !replayed(answer)).count(), 1);
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 1);
}

#[actix_web::test]
async fn one_key_for_two_requests_at_once_serves_one_of_them() {
    let (app, _) = prepared().await;
    let names: Vec<_> = (0..10).map(|n| json!({"name": format!("Client {n}")})).collect();
    let answers = join_all(names.iter().map(|name| keyed(&app, "k", "/api/clients", name))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "idempotency_key_reused");
    }
    assert_eq!(app.count("SELECT count(*) FROM clients").await, 1);
}

#[actix_web::test]
async fn an_answer_that_is_too_large_to_be_stored_is_read_again_and_has_no_second_effect() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 300, 3).await;
    let ids = tracker.get("/api/time/entries?limit=300").await.ok().ids();
    let edit = |key: &str, description: &str| {
        let body = json!({"ids": ids, "changes": {"description": description}});
        tracker.send(
            tracker.request(Method::POST, "/api/time/entries/bulk-edit").header("Idempotency-Key", key).json(&body),
        )
    };
    let long = "a long story ".repeat(300);
    let first = edit("large", &long).await.ok();
    assert!(first.text.len() > 1_000_000);
    assert_eq!(tracker.count("SELECT count(response_body) FROM idempotency_keys WHERE key = 'large'").await, 0);
    let again = edit("large", &long).await.ok();
    assert_eq!((again.header("idempotency-replayed"), &again.json), ("true", &first.json));
    edit("large", "another").await.refused(409, "idempotency_key_reused");

    // The same after other changes: what is there is shown, and nothing is written.
    tracker.patch(&format!("/api/time/entries/{}", ids[0]), json!({"description": "mine"})).await.ok();
    tracker.delete(&format!("/api/time/entries/{}", ids[1])).await.is(204);
    let later = edit("large", &long).await.ok();
    assert_eq!(later.ids(), [&ids[..1], &ids[2..]].concat());
    assert_eq!(later.json[0]["description"], "mine");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries WHERE revision > 3").await, 0);

    // A small answer is stored as it is.
    let small = edit("small", "short").await;
    small.refused(404, "not_found");
}
