//! Settings of a person: `GET` and `PATCH /api/me`.

use clockwork_core::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{SentAs, TestApp};

#[actix_web::test]
async fn settings_are_chosen_one_by_one_and_given_back_to_the_browser() {
    let app = TestApp::spawn().await;
    let unset = json!({
        "language": null, "hourCycle": null, "firstDayOfWeek": null, "durationFormat": null, "density": null, "theme": null,
        "singleKeyShortcuts": true,
    });
    assert_eq!(app.get("/api/me").await.ok().json["user"]["settings"], unset);
    let mut expected = unset.clone();
    for (name, value) in [
        ("language", json!("de")),
        ("hourCycle", json!("24h")),
        ("firstDayOfWeek", json!("sunday")),
        ("durationFormat", json!("h:mm")),
        ("density", json!("compact")),
        ("theme", json!("dark")),
        ("singleKeyShortcuts", json!(false)),
        ("durationFormat", json!("decimal")),
        ("theme", Value::Null),
    ] {
        let mut settings = json!({});
        settings[name] = value.clone();
        expected[name] = value;
        let changed = app.patch("/api/me", json!({"settings": settings})).await.ok();
        assert_eq!(changed.json["user"]["settings"], expected, "{name}");
        assert_eq!(app.get("/api/me").await.ok().json, changed.json);
    }
    let all = json!({"name": "Ada", "timeZone": "Europe/Berlin", "settings": {"language": null, "hourCycle": "12h"}});
    let changed = app.patch("/api/me", all).await.ok().json;
    assert_eq!((&changed["user"]["name"], &changed["user"]["settings"]["hourCycle"]), (&json!("Ada"), &json!("12h")));
    assert_eq!(changed["user"]["settings"]["language"], Value::Null);
}

#[actix_web::test]
async fn a_setting_that_is_not_known_is_refused_with_those_that_are() {
    let app = TestApp::spawn().await;
    let before = app.get("/api/me").await.ok();
    for (name, value, allowed) in [
        ("language", "fr", json!(["en", "de"])),
        ("hourCycle", "24", json!(["12h", "24h"])),
        ("durationFormat", "hh:mm", json!(["h:mm", "h:mm:ss", "decimal"])),
        ("density", "", json!(["comfortable", "compact"])),
        ("theme", "system", json!(["light", "dark"])),
    ] {
        let mut settings = json!({"singleKeyShortcuts": false});
        settings[name] = json!(value);
        let refused = app.patch("/api/me", json!({"settings": settings})).await.refused(400, "invalid_setting");
        let error = &refused.json["fields"][0];
        assert_eq!(error["field"], format!("settings.{name}"));
        assert_eq!((&error["limits"], &error["found"]), (&json!({"allowed": allowed}), &json!(value)), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.ends_with(&format!(", is {value}")), "{message}");
    }
    let several = json!({"settings": {"firstDayOfWeek": "Monday", "theme": "blue"}});
    let refused = app.patch("/api/me", several).await.refused(400, "invalid_setting");
    refused.names("settings.firstDayOfWeek", "invalid_format").names("settings.theme", "invalid_format");
    for (settings, field, code) in [
        (json!({"singleKeyShortcuts": null}), "settings.singleKeyShortcuts", "invalid_type"),
        (json!({"singleKeyShortcuts": "no"}), "settings.singleKeyShortcuts", "invalid_type"),
        (json!({"font": "large"}), "settings.font", "unknown_field"),
        (json!({"theme": 1}), "settings.theme", "invalid_type"),
        (json!([]), "settings", "invalid_type"),
        (Value::Null, "settings", "invalid_type"),
    ] {
        app.patch("/api/me", json!({"settings": settings})).await.refused(400, "invalid_json").names(field, code);
    }
    app.patch("/api/workspace", json!({"settings": {}}))
        .await
        .refused(400, "invalid_json")
        .names("settings", "unknown_field");
    let after = app.get("/api/me").await.ok();
    assert_eq!((after.json.clone(), after.header("etag")), (before.json.clone(), before.header("etag")));
}

#[actix_web::test]
async fn settings_are_guarded_by_the_tag_and_told_to_the_other_devices() {
    let app = TestApp::spawn().await;
    let tag = app.get("/api/me").await.ok().header("etag").to_owned();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let change = async |theme: &str, tag: &str| {
        let request = app.request(Method::PATCH, "/api/me").header("If-Match", tag);
        app.send(request.json(&json!({"settings": {"theme": theme}}))).await
    };
    let changed = change("dark", &tag).await.ok();
    let user = changed.json["user"]["id"].clone();
    assert_eq!(
        stream.changes().await,
        [json!({"kind": "user", "change": "updated", "id": user, "revision": 2, "timer": false})]
    );
    change("light", &tag).await.refused(412, "precondition_failed");
    // Setting the current value again is no change and creates no event.
    let same = change("dark", changed.header("etag")).await.ok();
    assert_eq!(same.header("etag"), changed.header("etag"));
    change("light", changed.header("etag")).await.ok();
    assert_eq!(stream.changes().await[0]["revision"], 3);
}

#[actix_web::test]
async fn each_person_has_settings_of_their_own() {
    let app = TestApp::spawn().await;
    let colleague = app.add_member(Role::Member).await;
    app.patch("/api/me", json!({"settings": {"language": "de"}})).await.ok();
    let theirs = app.send(app.request(Method::GET, "/api/me").sent_as(colleague)).await.ok();
    assert_eq!(theirs.json["user"]["settings"]["language"], Value::Null);
}

#[actix_web::test]
async fn the_database_refuses_what_no_page_could_show() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    for (column, bad) in [
        ("language", "English"),
        ("hour_cycle", "24"),
        ("first_day_of_week", "Monday"),
        ("duration_format", ""),
        ("density", "tight"),
        ("theme", "system"),
    ] {
        let constraint = app.violates(&format!("UPDATE users SET {column} = '{bad}'")).await;
        assert_eq!(constraint, format!("users_{column}_valid"));
    }
    // A later release may know more languages, and this one shows what it has written.
    app.execute("UPDATE users SET language = 'pt-BR'").await;
    assert_eq!(app.get("/api/me").await.ok().json["user"]["settings"]["language"], "pt-BR");
}
