//! `/api/tags`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[actix_web::test]
async fn a_tag_is_made_read_changed_listed_and_deleted() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/api/tags").await.ok().text, "[]");
    let made = app.post("/api/tags", json!({"name": " Meeting ", "color": "#FF0000"})).await.created();
    assert_eq!((&made.json["name"], &made.json["color"]), (&json!("Meeting"), &json!("#ff0000")));
    let path = format!("/api/tags/{}", made.id());
    assert_eq!(app.get(&path).await.ok().json, made.json);
    app.advance(TimeDelta::seconds(1));
    let changed = app.patch(&path, json!({"color": null})).await.ok();
    assert_eq!(changed.json.get("color"), Some(&Value::Null));
    assert_eq!(changed.json["name"], "Meeting");
    assert_eq!(changed.json["updatedAt"], "2026-03-02T09:00:01.123456Z");
    app.tag("Admin").await;
    assert_eq!(app.get("/api/tags").await.ok().each("name"), ["Meeting", "Admin"], "oldest first");
    app.delete(&path).await.is(204);
    app.get(&path).await.refused(404, "not_found");
    app.patch(&path, json!({"name": "x"})).await.refused(404, "not_found");
    app.delete(&path).await.refused(404, "not_found");
}

#[actix_web::test]
async fn no_two_tags_have_the_same_name() {
    let app = TestApp::spawn().await;
    app.tag("Meeting").await;
    let other = format!("/api/tags/{}", app.tag("Other").await);
    for name in ["Meeting", "MEETING", " meeting"] {
        app.post("/api/tags", json!({"name": name})).await.refused(409, "duplicate_tag_name");
        app.patch(&other, json!({"name": name})).await.refused(409, "duplicate_tag_name");
    }
    assert_eq!(app.patch(&other, json!({"name": "OTHER"})).await.ok().json["name"], "OTHER");
}

#[actix_web::test]
async fn deleting_a_tag_takes_it_off_entries() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("a").await, "b").await;
    let (gone, kept) = (app.tag("gone").await, app.tag("kept").await);
    let body = json!({"categoryId": category, "tagIds": [gone, kept]});
    let entry = app.post("/api/time/start", body).await.created();
    assert_eq!(entry.json["tagIds"], json!([gone, kept]));
    app.delete(&format!("/api/tags/{gone}")).await.is(204);
    let entry = app.get(&format!("/api/time/entries/{}", entry.id())).await.ok();
    assert_eq!(entry.json["tagIds"], json!([kept]));
}

#[actix_web::test]
async fn each_bad_field_is_named() {
    let app = TestApp::spawn().await;
    let path = format!("/api/tags/{}", app.tag("a").await);
    for (field, value, code, field_code) in [
        ("name", json!(null), "invalid_tag_name", "required"),
        ("name", json!(""), "invalid_tag_name", "empty"),
        ("name", json!("x".repeat(256)), "invalid_tag_name", "too_long"),
        ("name", json!("\u{1b}[1m"), "invalid_tag_name", "control_characters"),
        ("name", json!(["x"]), "invalid_json", "invalid_type"),
        ("color", json!("#12345"), "invalid_color", "invalid_format"),
        ("color", json!(""), "invalid_color", "invalid_format"),
        ("colour", json!("#123456"), "invalid_json", "unknown_field"),
    ] {
        let mut body = json!({"name": "b"});
        body[field] = value;
        app.post("/api/tags", body.clone()).await.refused(400, code).names(field, field_code);
        app.patch(&path, body).await.refused(400, code).names(field, field_code);
    }
    app.get("/api/tags?archived=true").await.refused(400, "invalid_query").names("archived", "unknown_field");
    assert_eq!(app.get("/api/tags").await.ok().each("name"), ["a"]);
}
