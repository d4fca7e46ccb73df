//! `/api/projects`

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::TestApp;

#[actix_web::test]
async fn a_project_is_made_read_changed_listed_and_deleted() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/api/projects").await.ok().json, json!([]));

    let made = app.post("/api/projects", json!({"name": "  Website ", "description": "the new one"})).await.created();
    let project = format!("/api/projects/{}", made.id());
    assert_eq!(made.json["name"], "Website");
    assert_eq!(made.json["description"], "the new one");
    assert_eq!(made.json["createdAt"], made.json["updatedAt"]);
    assert_eq!(made.json["createdAt"], "2026-03-02T09:00:00.123456Z");
    assert_eq!(app.get(&project).await.ok().json, made.json);

    app.advance(TimeDelta::seconds(1));
    let changed = app.patch(&project, json!({"name": "Site"})).await.ok();
    assert_eq!(changed.json["name"], "Site");
    assert_eq!(changed.json["description"], "the new one", "what a patch leaves out stays");
    assert_eq!(changed.json["updatedAt"], "2026-03-02T09:00:01.123456Z");
    let cleared = app.patch(&project, json!({"description": null})).await.ok();
    assert_eq!(cleared.json.get("description"), None, "absent when there is none");

    app.project("Second").await;
    assert_eq!(app.get("/api/projects").await.ok().each("name"), ["Site", "Second"]);
    app.delete(&project).await.is(204);
    app.get(&project).await.refused(404, "not_found");
    assert_eq!(app.count("SELECT count(*) FROM projects").await, 1);
}
