//! `PATCH /api/time/entries/{entryId}`

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::{Desk, NOBODY, at, entry, minute};

#[actix_web::test]
async fn each_field_changes_alone() {
    let desk = Desk::new().await;
    let (first, second) = (desk.tag("first").await, desk.tag("second").await);
    let elsewhere = desk.project("Shop").await;
    let cart = desk.category(&elsewhere, "Cart").await;
    let id = desk.entry(&desk.category, 0, 60).await;
    let mut expected = desk.read(&id).await.json;
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
        desk.advance(TimeDelta::seconds(1));
        let changed = desk.patch(&entry(&id), change.clone()).await.ok();
        let fields = expected.as_object_mut().unwrap();
        fields.extend(effect.as_object().unwrap().clone());
        fields.insert("updatedAt".into(), json!(desk.now()));
        fields.insert("revision".into(), json!(number + 2));
        let read = desk.read(&id).await;
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
    let desk = Desk::new().await;
    let tag = desk.tag("a").await;
    let id = desk.entry(&desk.category, 30, 31).await;
    desk.patch(&entry(&id), json!({"description": "cart", "tagIds": [tag], "billable": true})).await.ok();
    let before = desk.read(&id).await;
    let events = desk.count("SELECT count(*) FROM events").await;
    desk.advance(TimeDelta::seconds(1));
    for same in [
        json!({}),
        json!({"description": " cart ", "billable": true}),
        json!({"tagIds": [tag, tag]}),
        json!({"categoryId": desk.category, "startedAt": at(30), "stoppedAt": at(31)}),
    ] {
        let answer = desk.patch(&entry(&id), same.clone()).await.ok();
        assert_eq!(answer.header("etag"), before.header("etag"), "{same}");
        assert_eq!(answer.json["updatedAt"], before.json["updatedAt"], "{same}");
    }
    let bulk = json!({"ids": [id], "changes": {"description": "cart", "tagIds": [tag], "categoryId": desk.category}});
    desk.post("/api/time/entries/bulk-edit", bulk).await.ok();
    assert_eq!(desk.read(&id).await.json, before.json);
    assert_eq!(desk.count("SELECT count(*) FROM events").await, events, "no live update is sent");
    let stale = desk.request(Method::PATCH, &entry(&id)).header("If-Match", "\"1\"").json(&json!({}));
    desk.send(stale).await.refused(412, "precondition_failed");
}

#[actix_web::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let desk = Desk::new().await;
    let id = desk.entry(&desk.category, 0, 60).await;
    let before = desk.read(&id).await.json;
    for (change, code, field, problem) in [
        (json!({"stoppedAt": at(-1)}), "invalid_time_range", "stoppedAt", "out_of_range"),
        (json!({"startedAt": at(61)}), "invalid_time_range", "stoppedAt", "out_of_range"),
        (json!({"startedAt": at(5), "stoppedAt": at(4)}), "invalid_time_range", "stoppedAt", "out_of_range"),
        (json!({"startedAt": null}), "invalid_time", "startedAt", "required"),
        (json!({"startedAt": "yesterday"}), "invalid_time", "startedAt", "invalid_format"),
        (json!({"categoryId": NOBODY}), "invalid_category", "categoryId", "not_found"),
        (json!({"categoryId": null}), "invalid_id", "categoryId", "invalid_format"),
        (json!({"tagIds": [NOBODY]}), "invalid_tag", "tagIds", "not_found"),
        (json!({"tagIds": null}), "invalid_tag", "tagIds", "required"),
        (json!({"billable": null}), "invalid_json", "billable", "invalid_type"),
        (json!({"description": "x".repeat(5_001)}), "invalid_description", "description", "too_long"),
        (json!({"durationSeconds": 5}), "invalid_json", "durationSeconds", "unknown_field"),
    ] {
        desk.patch(&entry(&id), change).await.refused(400, code).names(field, problem);
    }
    assert_eq!(desk.read(&id).await.json, before);
    desk.patch(&entry(NOBODY), json!({})).await.refused(404, "not_found");
    desk.patch(&entry("x"), json!({})).await.refused(400, "invalid_id");
}

#[actix_web::test]
async fn a_finished_entry_runs_again_unless_another_does() {
    let desk = Desk::new().await;
    let finished = desk.entry(&desk.category, -60, -30).await;
    let running = desk.start().await.id();
    let path = entry(&finished);
    let reopen = || desk.patch(&path, json!({"stoppedAt": null}));
    reopen().await.refused(409, "timer_running");
    assert_eq!(desk.read(&finished).await.json["stoppedAt"], at(-30));
    desk.delete(&entry(&running)).await.is(204);
    let reopened = reopen().await.ok().json;
    assert_eq!((&reopened["stoppedAt"], &reopened["durationSeconds"]), (&Value::Null, &Value::Null));
    assert_eq!(desk.get("/api/time/active").await.ok().id(), finished);
    reopen().await.ok();

    let stopped = desk.patch(&entry(&finished), json!({"stoppedAt": at(0)})).await.ok();
    assert_eq!(stopped.json["durationSeconds"], 3600);
    assert_eq!(desk.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn what_runs_cannot_start_in_the_future() {
    let desk = Desk::new().await;
    let running = desk.start().await.id();
    desk.advance(TimeDelta::minutes(10));
    let path = entry(&running);
    let later = minute(10) + TimeDelta::microseconds(1);
    desk.patch(&path, json!({"startedAt": later}))
        .await
        .refused(400, "invalid_time")
        .names("startedAt", "out_of_range");
    assert_eq!(desk.patch(&path, json!({"startedAt": at(10)})).await.ok().json["startedAt"], at(10));
    assert_eq!(desk.patch(&path, json!({"startedAt": at(-10)})).await.ok().json["startedAt"], at(-10));
    let planned = desk.entry(&desk.category, 100, 110).await;
    desk.act("/api/time/stop").await.ok();
    desk.patch(&entry(&planned), json!({"stoppedAt": null})).await.refused(400, "invalid_time");
}

#[actix_web::test]
async fn an_entry_of_an_archived_category_can_be_edited_but_none_moved_there() {
    let desk = Desk::new().await;
    let other = desk.category(&desk.project, "Other").await;
    let (inside, outside) = (desk.entry(&desk.category, 0, 1).await, desk.entry(&other, 1, 2).await);
    let child = desk.subcategory(&desk.project, &desk.category, "Icons").await;
    desk.archive(&desk.category_path(), true).await;
    let kept = json!({"categoryId": desk.category, "description": "still mine"});
    desk.patch(&entry(&inside), kept).await.ok();
    for category in [&desk.category, &child] {
        desk.patch(&entry(&outside), json!({"categoryId": category})).await.refused(409, "category_archived");
    }
    desk.archive(&format!("/api/projects/{}", desk.project), true).await;
    desk.patch(&entry(&outside), json!({"categoryId": child})).await.refused(409, "project_archived");
    desk.patch(&entry(&inside), json!({"billable": true})).await.ok();
    assert_eq!(desk.read(&outside).await.json["categoryId"], json!(other));
}

#[actix_web::test]
async fn if_match_holds_a_change_back_that_was_made_from_an_old_copy() {
    let desk = Desk::new().await;
    let path = entry(&desk.entry(&desk.category, 0, 1).await);
    let change = |tag: &str| {
        desk.send(desk.request(Method::PATCH, &path).header("If-Match", tag).json(&json!({"description": tag})))
    };
    change("\"1\"").await.ok();
    change("\"1\"").await.refused(412, "precondition_failed");
    let weak = change("W/\"2\"").await.ok();
    assert_eq!(weak.header("etag"), "W/\"3\"", "the answer has more than a read of the entry, under the same tag");
    change("*").await.ok();
    for bad in ["2", "\"x\"", "\"4\", \"x\"", "\"4\", *", "\"4-zip\"", ""] {
        change(bad).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
    }
    let delete = |tag: &str| desk.send(desk.request(Method::DELETE, &path).header("If-Match", tag));
    delete("\"3\"").await.refused(412, "precondition_failed");
    assert_eq!(desk.get(&path).await.ok().json["description"], "*");
    delete("\"3\", W/\"4\"").await.is(204);
    delete("\"4\"").await.refused(404, "not_found");
}

#[actix_web::test]
async fn if_match_takes_every_form_in_which_caches_and_proxies_give_a_tag_back() {
    let desk = Desk::new().await;
    let path = entry(&desk.entry(&desk.category, 0, 1).await);
    let request = |tags: &[&str]| {
        let lines =
            tags.iter().fold(desk.request(Method::PATCH, &path), |request, tag| request.header("If-Match", *tag));
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
        let changed = desk.send(request(form)).await.ok();
        assert_eq!(changed.header("etag"), format!("W/\"{}\"", number + 2), "{form:?}");
    }
    for old in [&["\"9\""][..], &["\"9-gzip\""], &["\"1\", W/\"9\""], &["\"1\"", "\"2\""]] {
        desk.send(request(old)).await.refused(412, "precondition_failed");
    }
    let many = ["\"10\""; 9].join(", ");
    desk.send(request(&[&many])).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
}

#[actix_web::test]
async fn if_none_match_spares_what_the_caller_has() {
    let desk = Desk::new().await;
    let path = entry(&desk.entry(&desk.category, 0, 1).await);
    let read = |tag: &str| desk.send(desk.request(Method::GET, &path).header("If-None-Match", tag));
    for tag in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "\"1-gzip\"", "\"a\",, W/\"1-br\"", "*"] {
        let spared = read(tag).await.is(304);
        assert_eq!((spared.text.as_str(), spared.header("etag")), ("", "W/\"1\""), "{tag}");
    }
    desk.patch(&path, json!({"description": "changed"})).await.ok();
    assert_eq!(read("\"1\"").await.ok().header("etag"), "W/\"2\"");
}

#[actix_web::test]
async fn deleting_a_tag_changes_the_entries_that_carried_it() {
    let desk = Desk::new().await;
    let (gone, kept) = (desk.tag("gone").await, desk.tag("kept").await);
    let body = json!({"categoryId": desk.category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": [gone, kept]});
    let tagged = desk.post("/api/time/entries", body).await.created();
    let other = desk.entry(&desk.category, 1, 2).await;
    desk.advance(TimeDelta::seconds(1));
    desk.delete(&format!("/api/tags/{gone}")).await.is(204);

    let path = entry(&tagged.id());
    let cached = desk.request(Method::GET, &path).header("If-None-Match", tagged.header("etag"));
    let read = desk.send(cached).await.ok();
    assert_eq!((&read.json["tagIds"], &read.json["updatedAt"]), (&json!([kept]), &json!(desk.now())));
    let stale =
        desk.request(Method::PATCH, &path).header("If-Match", tagged.header("etag")).json(&json!({"tagIds": []}));
    desk.send(stale).await.refused(412, "precondition_failed");
    assert_eq!(desk.read(&other).await.header("etag"), "W/\"1\"", "what never had it stays");
}
