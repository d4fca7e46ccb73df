//! Texts that would be something else in another language stay texts.

use serde_json::json;

use crate::harness::TestApp;

const HOSTILE_TEXTS: [&str; 4] =
    ["'; DROP TABLE projects; --", "$1) OR (1=1", "<script>alert(1)</script>", "%' OR name LIKE '%"];

#[actix_web::test]
async fn statements_and_markup_are_kept_as_they_are_and_find_nothing_else() {
    let app = TestApp::spawn().await;
    for text in HOSTILE_TEXTS {
        let project = app.post("/api/projects", json!({"name": text})).await.created();
        assert_eq!(project.json["name"], text);
    }
    let mut names = app.get("/api/projects").await.ok().each("name");
    names.sort_by_key(ToString::to_string);
    let mut expected: Vec<_> = HOSTILE_TEXTS.iter().map(|text| json!(text)).collect();
    expected.sort_by_key(ToString::to_string);
    assert_eq!(names, expected);
    let category = app.category(&app.project("Plain").await, "Plain").await;
    app.entry(&category, 0, 10).await;
    for text in HOSTILE_TEXTS.iter().chain(&["%", "_", "\\"]) {
        let request = app.request(reqwest::Method::GET, "/api/time/entries").query(&[("q", text)]);
        assert!(app.send(request).await.ok().ids().is_empty(), "{text} finds what it does not say");
    }
}
