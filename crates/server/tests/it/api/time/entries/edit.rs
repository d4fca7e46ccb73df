//! `PATCH /api/time/entries/{entryId}`

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::{TrackerApp, UNKNOWN_ID, at, entry, minute};

#[actix_web::test]
async fn each_field_changes_alone() {
    let tracker = TrackerApp::new().await;
    let (first, second) = (tracker.tag("first").await, tracker.tag("second").await);
    let elsewhere = tracker.project("Shop").await;
    let cart = tracker.category(&elsewhere, "Cart").await;
    let id = tracker.entry(&tracker.category, 0, 60).await;
    let mut expected = tracker.read(&id).await.json;
    let changes = [
        (json!({"categoryId": cart}), json!({"categoryId": cart, "projectId": elsewhere})),
        (json!({"startedAt": at(30)}), json!({"startedAt": at(30), "durationSeconds": 1800})),
        (json!({"stoppedAt": at(31)}), json!({"stoppedAt": at(31), "durationSeconds": 60})),
        (json!({"description": " cart "}), json!({"description": "cart"})),
        (json!({"tagIds": [second, first]}), json!({"tagIds": [first, second]})),
        (json!({"tagIds": [second]}), json!({"tagIds": [second]})),
        (json!({"billable": true}), json!({"billable": true})),
        (json!({"description": null}), json!({"description": ""})),
        (json!({"tagIds": []}), json!({"tagIds": []})),
    ];
    for (number, (change, effect)) in changes.into_iter().enumerate() {
        tracker.advance(TimeDelta::seconds(1));
        let changed = tracker.patch(&entry(&id), change.clone()).await.ok();
        let fields = expected.as_object_mut().unwrap();
        fields.extend(effect.as_object().unwrap().clone());
        fields.insert("updatedAt".into(), json!(tracker.now()));
        fields.insert("revision".into(), json!(number + 2));
        let read = tracker.read(&id).await;
        assert_eq!(read.json, expected, "{change}");
        assert_eq!(
            (changed.header("etag"), read.header("etag")),
            (read.header("etag"), &*format!("W/\"{}\"", number + 2))
        );
        assert_eq!(changed.json["overlaps"], json!([]), "{change}");
    }
}

#[actix_web::test]
async fn a_change_to_what_is_there_already_writes_nothing() {
    let tracker = TrackerApp::new().await;
    let tag = tracker.tag("a").await;
    let id = tracker.entry(&tracker.category, 30, 31).await;
    tracker.patch(&entry(&id), json!({"description": "cart", "tagIds": [tag], "billable": true})).await.ok();
    let before = tracker.read(&id).await;
    let events = tracker.count("SELECT count(*) FROM events").await;
    tracker.advance(TimeDelta::seconds(1));
    for same in [
        json!({}),
        json!({"description": " cart ", "billable": true}),
        json!({"tagIds": [tag, tag]}),
        json!({"categoryId": tracker.category, "startedAt": at(30), "stoppedAt": at(31)}),
    ] {
        let answer = tracker.patch(&entry(&id), same.clone()).await.ok();
        assert_eq!(answer.header("etag"), before.header("etag"), "{same}");
        assert_eq!(answer.json["updatedAt"], before.json["updatedAt"], "{same}");
    }
    let bulk =
        json!({"ids": [id], "changes": {"description": "cart", "tagIds": [tag], "categoryId": tracker.category}});
    tracker.post("/api/time/entries/bulk-edit", bulk).await.ok();
    assert_eq!(tracker.read(&id).await.json, before.json);
    assert_eq!(tracker.count("SELECT count(*) FROM events").await, events, "no live update is sent");
    let stale = tracker.request(Method::PATCH, &entry(&id)).header("If-Match", "\"1\"").json(&json!({}));
    tracker.send(stale).await.refused(412, "precondition_failed");
}

#[actix_web::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let tracker = TrackerApp::new().await;
    let id = tracker.entry(&tracker.category, 0, 60).await;
    let before = tracker.read(&id).await.json;
    for (change, code, field, problem) in [
        (json!({"stoppedAt": at(-1)}), "invalid_time_range", "stoppedAt", "out_of_range"),
        (json!({"startedAt": at(61)}), "invalid_time_range", "stoppedAt", "out_of_range"),
        (json!({"startedAt": at(5), "stoppedAt": at(4)}), "invalid_time_range", "stoppedAt", "out_of_range"),
        (json!({"startedAt": null}), "invalid_time", "startedAt", "required"),
        (json!({"startedAt": "yesterday"}), "invalid_time", "startedAt", "invalid_format"),
        (json!({"categoryId": UNKNOWN_ID}), "invalid_category", "categoryId", "not_found"),
        (json!({"categoryId": null}), "invalid_id", "categoryId", "invalid_format"),
        (json!({"tagIds": [UNKNOWN_ID]}), "invalid_tag", "tagIds", "not_found"),
        (json!({"tagIds": null}), "invalid_tag", "tagIds", "required"),
        (json!({"billable": null}), "invalid_json", "billable", "invalid_type"),
        (json!({"description": "x".repeat(5_001)}), "invalid_description", "description", "too_long"),
        (json!({"durationSeconds": 5}), "invalid_json", "durationSeconds", "unknown_field"),
    ] {
        tracker.patch(&entry(&id), change).await.refused(400, code).names(field, problem);
    }
    assert_eq!(tracker.read(&id).await.json, before);
    tracker.patch(&entry(UNKNOWN_ID), json!({})).await.refused(404, "not_found");
    tracker.patch(&entry("x"), json!({})).await.refused(400, "invalid_id");
}

#[actix_web::test]
async fn a_finished_entry_runs_again_unless_another_does() {
    let tracker = TrackerApp::new().await;
    let finished = tracker.entry(&tracker.category, -60, -30).await;
    let running = tracker.start().await.id();
    let path = entry(&finished);
    let reopen = || tracker.patch(&path, json!({"stoppedAt": null}));
    reopen().await.refused(409, "timer_running");
    assert_eq!(tracker.read(&finished).await.json["stoppedAt"], at(-30));
    tracker.delete(&entry(&running)).await.is(204);
    let reopened = reopen().await.ok().json;
    assert_eq!((&reopened["stoppedAt"], &reopened["durationSeconds"]), (&Value::Null, &Value::Null));
    assert_eq!(tracker.get("/api/time/active").await.ok().id(), finished);
    reopen().await.ok();

    let stopped = tracker.patch(&entry(&finished), json!({"stoppedAt": at(0)})).await.ok();
    assert_eq!(stopped.json["durationSeconds"], 3600);
    assert_eq!(tracker.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn what_runs_cannot_start_in_the_future() {
    let tracker = TrackerApp::new().await;
    let running = tracker.start().await.id();
    tracker.advance(TimeDelta::minutes(10));
    let path = entry(&running);
    let later = minute(10) + TimeDelta::microseconds(1);
    tracker
        .patch(&path, json!({"startedAt": later}))
        .await
        .refused(400, "invalid_time")
        .names("startedAt", "out_of_range");
    assert_eq!(tracker.patch(&path, json!({"startedAt": at(10)})).await.ok().json["startedAt"], at(10));
    assert_eq!(tracker.patch(&path, json!({"startedAt": at(-10)})).await.ok().json["startedAt"], at(-10));
    let planned = tracker.entry(&tracker.category, 100, 110).await;
    tracker.act("/api/time/stop").await.ok();
    tracker.patch(&entry(&planned), json!({"stoppedAt": null})).await.refused(400, "invalid_time");
}

#[actix_web::test]
async fn an_entry_of_an_archived_category_can_be_edited_but_none_moved_there() {
    let tracker = TrackerApp::new().await;
    let other = tracker.category(&tracker.project, "Other").await;
    let (inside, outside) = (tracker.entry(&tracker.category, 0, 1).await, tracker.entry(&other, 1, 2).await);
    let child = tracker.subcategory(&tracker.project, &tracker.category, "Icons").await;
    tracker.archive(&tracker.category_path(), true).await;
    let kept = json!({"categoryId": tracker.category, "description": "still mine"});
    tracker.patch(&entry(&inside), kept).await.ok();
    for category in [&tracker.category, &child] {
        tracker.patch(&entry(&outside), json!({"categoryId": category})).await.refused(409, "category_archived");
    }
    tracker.archive(&format!("/api/projects/{}", tracker.project), true).await;
    tracker.patch(&entry(&outside), json!({"categoryId": child})).await.refused(409, "project_archived");
    tracker.patch(&entry(&inside), json!({"billable": true})).await.ok();
    assert_eq!(tracker.read(&outside).await.json["categoryId"], json!(other));
}

#[actix_web::test]
async fn if_match_holds_a_change_back_that_was_made_from_an_old_copy() {
    let tracker = TrackerApp::new().await;
    let path = entry(&tracker.entry(&tracker.category, 0, 1).await);
    let change = |tag: &str| {
        tracker.send(tracker.request(Method::PATCH, &path).header("If-Match", tag).json(&json!({"description": tag})))
    };
    change("\"1\"").await.ok();
    change("\"1\"").await.refused(412, "precondition_failed");
    let weak = change("W/\"2\"").await.ok();
    assert_eq!(weak.header("etag"), "W/\"3\"", "the answer has more than a read of the entry, under the same tag");
    change("*").await.ok();
    for bad in ["2", "\"x\"", "\"4\", \"x\"", "\"4\", *", "\"4-zip\"", ""] {
        change(bad).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
    }
    let delete = |tag: &str| tracker.send(tracker.request(Method::DELETE, &path).header("If-Match", tag));
    delete("\"3\"").await.refused(412, "precondition_failed");
    assert_eq!(tracker.get(&path).await.ok().json["description"], "*");
    delete("\"3\", W/\"4\"").await.is(204);
    delete("\"4\"").await.refused(404, "not_found");
}

#[actix_web::test]
async fn if_match_takes_every_form_in_which_caches_and_proxies_give_a_tag_back() {
    let tracker = TrackerApp::new().await;
    let path = entry(&tracker.entry(&tracker.category, 0, 1).await);
    let request = |tags: &[&str]| {
        let lines =
            tags.iter().fold(tracker.request(Method::PATCH, &path), |request, tag| request.header("If-Match", *tag));
        lines.json(&json!({"description": tags.concat()}))
    };
    let forms: [&[&str]; 9] = [
        &["W/\"1\""],
        &["\"2\""],
        &["\"3-gzip\""],
        &["W/\"4-br\""],
        &["\"5-zstd\""],
        &["\"1\", \"2\", W/\"6\""],
        &["\"7\",,\"1\" "],
        &["\"1\"", "W/\"8-gzip\", \"2\""],
        &[" * "],
    ];
    for (number, form) in forms.iter().enumerate() {
        let changed = tracker.send(request(form)).await.ok();
        assert_eq!(changed.header("etag"), format!("W/\"{}\"", number + 2), "{form:?}");
    }
    for old in [&["\"9\""][..], &["\"9-gzip\""], &["\"1\", W/\"9\""], &["\"1\"", "\"2\""]] {
        tracker.send(request(old)).await.refused(412, "precondition_failed");
    }
    let many = ["\"10\""; 9].join(", ");
    tracker.send(request(&[&many])).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
}

#[actix_web::test]
async fn if_none_match_spares_what_the_caller_has() {
    let tracker = TrackerApp::new().await;
    let path = entry(&tracker.entry(&tracker.category, 0, 1).await);
    let read = |tag: &str| tracker.send(tracker.request(Method::GET, &path).header("If-None-Match", tag));
    for tag in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "\"1-gzip\"", "\"a\",, W/\"1-br\"", "*"] {
        let spared = read(tag).await.is(304);
        assert_eq!((spared.text.as_str(), spared.header("etag")), ("", "W/\"1\""), "{tag}");
    }
    tracker.patch(&path, json!({"description": "changed"})).await.ok();
    assert_eq!(read("\"1\"").await.ok().header("etag"), "W/\"2\"");
}

#[actix_web::test]
async fn deleting_a_tag_changes_the_entries_that_carried_it() {
    let tracker = TrackerApp::new().await;
    let (gone, kept) = (tracker.tag("gone").await, tracker.tag("kept").await);
    let body = json!({"categoryId": tracker.category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": [gone, kept]});
    let tagged = tracker.post("/api/time/entries", body).await.created();
    let other = tracker.entry(&tracker.category, 1, 2).await;
    tracker.advance(TimeDelta::seconds(1));
    tracker.delete(&format!("/api/tags/{gone}")).await.is(204);

    let path = entry(&tagged.id());
    let cached = tracker.request(Method::GET, &path).header("If-None-Match", tagged.header("etag"));
    let read = tracker.send(cached).await.ok();
    assert_eq!((&read.json["tagIds"], &read.json["updatedAt"]), (&json!([kept]), &json!(tracker.now())));
    let stale =
        tracker.request(Method::PATCH, &path).header("If-Match", tagged.header("etag")).json(&json!({"tagIds": []}));
    tracker.send(stale).await.refused(412, "precondition_failed");
    assert_eq!(tracker.read(&other).await.header("etag"), "W/\"1\"", "what never had it stays");
}
