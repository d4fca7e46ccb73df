//! `/api/me` and `/api/workspace`

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[actix_web::test]
async fn without_accounts_every_caller_owns_the_workspace() {
    let app = TestApp::spawn().await;
    let me = app.get("/api/me").await.ok();
    assert_eq!(me.json["user"]["name"], "Me");
    assert_eq!(me.json["user"].get("email"), Some(&Value::Null));
    assert_eq!(me.json["user"].get("timeZone"), Some(&Value::Null), "until one is chosen");
    assert_eq!(me.json["workspace"].get("timeZone"), Some(&Value::Null));
    assert_eq!(me.json["workspace"]["name"], "My workspace");
    assert_eq!((&me.json["role"], &me.json["authMode"]), (&json!("owner"), &json!("none")));
    assert_eq!(app.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(app.get("/api/me").await.ok().json, me.json);
}

#[actix_web::test]
async fn a_database_that_was_emptied_under_the_server_is_furnished_again() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    for path in ["/api/me", "/api/clients"] {
        app.execute("TRUNCATE users, workspaces CASCADE").await;
        let ask = async || match path {
            "/api/me" => app.get(path).await,
            _ => app.post(path, json!({"name": "Acme"})).await,
        };
        ask().await.refused(500, "internal_error");
        assert!(ask().await.status.is_success(), "one failure is enough to look again");
    }
}

#[actix_web::test]
async fn names_and_time_zones_are_changed_one_by_one() {
    let app = TestApp::spawn().await;
    for (path, which) in [("/api/me", "user"), ("/api/workspace", "workspace")] {
        let named = app.patch(path, json!({"name": " Ada "})).await.ok();
        assert_eq!((&named.json[which]["name"], &named.json[which]["timeZone"]), (&json!("Ada"), &Value::Null));
        let moved = app.patch(path, json!({"timeZone": "Europe/Berlin"})).await.ok();
        assert_eq!(
            (&moved.json[which]["name"], &moved.json[which]["timeZone"]),
            (&json!("Ada"), &json!("Europe/Berlin"))
        );
        assert_eq!(app.patch(path, json!({})).await.ok().json, moved.json);
        assert_eq!(app.get("/api/me").await.ok().json, moved.json);
    }
}

#[actix_web::test]
async fn each_bad_field_is_named() {
    let app = TestApp::spawn().await;
    let before = app.get("/api/me").await.ok();
    for path in ["/api/me", "/api/workspace"] {
        for (field, value, code, field_code) in [
            ("name", json!(null), "invalid_name", "required"),
            ("name", json!(" "), "invalid_name", "empty"),
            ("name", json!("x".repeat(256)), "invalid_name", "too_long"),
            ("name", json!("a\u{9f}"), "invalid_name", "control_characters"),
            ("timeZone", json!(null), "invalid_time_zone", "required"),
            ("timeZone", json!(""), "invalid_time_zone", "invalid_format"),
            ("timeZone", json!("Mars/Olympus"), "invalid_time_zone", "invalid_format"),
            ("timeZone", json!("+02:00"), "invalid_time_zone", "invalid_format"),
            ("timeZone", json!("../etc/passwd"), "invalid_time_zone", "invalid_format"),
            ("timeZone", json!(2), "invalid_json", "invalid_type"),
            ("email", json!("a@example.com"), "invalid_json", "unknown_field"),
            ("role", json!("owner"), "invalid_json", "unknown_field"),
        ] {
            let mut body = json!({"name": "x"});
            body[field] = value;
            app.patch(path, body).await.refused(400, code).names(field, field_code);
        }
    }
    assert_eq!(app.get("/api/me").await.ok().json, before.json);
}

#[actix_web::test]
async fn a_change_of_settings_to_what_they_are_already_writes_nothing() {
    let app = TestApp::spawn().await;
    for (path, table) in [("/api/me", "users"), ("/api/workspace", "workspaces")] {
        let same = json!({"name": "Ada", "timeZone": "Europe/Berlin"});
        let first = app.patch(path, same.clone()).await.ok();
        let seen = format!(
            "SELECT (SELECT count(*) FROM events) + (SELECT extract(epoch FROM updated_at)::bigint FROM {table})"
        );
        let before = app.count(&seen).await;
        for body in [same, json!({"name": "Ada"}), json!({"timeZone": "Europe/Berlin"}), json!({})] {
            let again = app.patch(path, body).await.ok();
            assert_eq!((again.header("etag"), &again.json), (first.header("etag"), &first.json));
        }
        assert_eq!(app.count(&seen).await, before, "{path} tells of a change");
        let next = app.patch(path, json!({"timeZone": "Europe/Rome"})).await.ok();
        assert_ne!(next.header("etag"), first.header("etag"));
    }
}

fn settings(app: &TestApp, method: &Method, path: &str, header: &str, tag: &str) -> reqwest::RequestBuilder {
    let request = app.request(method.clone(), path).header(header, tag);
    if *method == Method::PATCH { request.json(&json!({"name": tag.replace('"', "")})) } else { request }
}

#[actix_web::test]
async fn settings_are_spared_and_guarded_by_their_tag() {
    let app = TestApp::spawn().await;
    let read = async |tag: &str| app.send(settings(&app, &Method::GET, "/api/me", "If-None-Match", tag)).await;
    let change = async |path: &str, tag: &str| app.send(settings(&app, &Method::PATCH, path, "If-Match", tag)).await;
    let first = app.get("/api/me").await.ok().header("etag").to_owned();
    assert_eq!(first, "W/\"1.1.owner\"");
    let spared = read(&first).await.is(304);
    assert_eq!((spared.text.as_str(), spared.header("etag")), ("", &*first));

    let changed = change("/api/me", &first).await.ok();
    assert_eq!(changed.header("etag"), "W/\"2.1.owner\"");
    assert_eq!(app.get("/api/me").await.ok().header("etag"), changed.header("etag"));
    read(&first).await.ok();
    change("/api/me", &first).await.refused(412, "precondition_failed");
    // A change of the user does not conflict with a change of the workspace, nor the other way round.
    let moved = change("/api/workspace", &first).await.ok();
    assert_eq!(moved.header("etag"), "W/\"2.2.owner\"");
    change("/api/workspace", &first).await.refused(412, "precondition_failed");
    change("/api/me", changed.header("etag")).await.ok();
    for form in ["*", "\"1.1.owner\", \"3.2.owner-gzip\"", "W/\"5.5.owner\", W/\"5.3.owner\""] {
        for path in ["/api/me", "/api/workspace"] {
            let answer = change(path, form).await;
            assert!([200, 412].contains(&answer.status.as_u16()), "{form}: {}", answer.text);
        }
    }
    for bad in ["\"1\"", "\"1.1\"", "\"x.1.owner\"", "1.1.owner", "\"1.1.owner\", \"2\"", ""] {
        change("/api/me", bad).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
    }
}

#[actix_web::test]
async fn of_two_changes_from_the_same_settings_one_is_held_back() {
    let app = TestApp::spawn().await;
    for path in ["/api/me", "/api/workspace"] {
        let tag = app.get("/api/me").await.ok().header("etag").to_owned();
        let change = async || app.send(settings(&app, &Method::PATCH, path, "If-Match", &tag)).await.status.as_u16();
        let (one, other) = tokio::join!(change(), change());
        assert_eq!(BTreeSet::from([one, other]), BTreeSet::from([200, 412]), "{path}");
    }
}
