//! `/api/saved-reports`

use serde_json::json;

use crate::harness::TestApp;

const QUERY: &str = "range=last-month&groupBy=project&groupBy=tag";

#[actix_web::test]
async fn a_report_is_saved_changed_and_deleted_by_its_owner() {
    let app = TestApp::spawn().await;
    let made = app.post("/api/saved-reports", json!({"name": " Month ", "query": QUERY})).await.created();
    assert_eq!(
        (&made.json["name"], &made.json["query"], &made.json["shared"]),
        (&json!("Month"), &json!(QUERY), &json!(false))
    );
    let path = format!("/api/saved-reports/{}", made.id());
    let member = app.as_member().await;
    assert_eq!(member.get("/api/saved-reports").await.ok().json, json!([]));
    member.patch(&path, json!({"name": "Mine"})).await.refused(404, "not_found");
    app.patch(&path, json!({"shared": true, "name": "All"})).await.ok();
    assert_eq!(member.get("/api/saved-reports").await.ok().each("name"), [json!("All")]);
    // Others find it, and leave it as it is.
    member.patch(&path, json!({"name": "Mine"})).await.refused(403, "forbidden");
    member.delete(&path).await.refused(403, "forbidden");
    app.as_viewer().await.post("/api/saved-reports", json!({"name": "Seen", "query": ""})).await.created();
    let stranger = app.acting_as(app.add_workspace().await);
    assert_eq!(stranger.get("/api/saved-reports").await.ok().json, json!([]));
    stranger.delete(&path).await.refused(404, "not_found");
    app.delete(&path).await.is(204);
    app.delete(&path).await.refused(404, "not_found");
    assert_eq!(app.get("/api/saved-reports").await.ok().json, json!([]));
}

#[actix_web::test]
async fn names_and_queries_have_bounds() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let long = "x".repeat(4_001);
    app.post("/api/saved-reports", json!({"name": "a", "query": long}))
        .await
        .refused(400, "invalid_saved_query")
        .names("query", "too_long");
    app.post("/api/saved-reports", json!({"name": " ", "query": ""}))
        .await
        .refused(400, "invalid_name")
        .names("name", "empty");
    app.post("/api/saved-reports", json!({"name": "a", "query": "a\nb"})).await.refused(400, "invalid_saved_query");
    app.execute(
        "INSERT INTO saved_reports (id, workspace_id, user_id, name, query, created_at, updated_at)
         SELECT gen_random_uuid(), workspace_id, user_id, 'Report ' || n, '', now(), now() FROM memberships, generate_series(1, 500) n",
    )
    .await;
    app.post("/api/saved-reports", json!({"name": "a", "query": ""})).await.refused(409, "too_many_saved_reports");
}
