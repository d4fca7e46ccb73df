//! `GET /api/time/entries?q=`: words in descriptions and in the names that are shown with an entry.

use serde_json::json;

use super::super::TrackerApp;

/// Entries by a name, each with a category, a description and tags.
async fn library() -> (TrackerApp, Vec<(&'static str, String)>) {
    let tracker = TrackerApp::new().await;
    let client = tracker.post("/api/clients", json!({"name": "Müller & Söhne"})).await.created().id();
    let project = json!({"name": "Relaunch", "clientId": client});
    let project = tracker.post("/api/projects", project).await.created().id();
    let review = tracker.category(&project, "UX Review").await;
    let sketches = tracker.subcategory(&project, &review, "Sketches 100%").await;
    let remote = tracker.tag("On-site_work").await;
    let plain = tracker.post("/api/tags", json!({"name": "rarely"})).await.created().id();
    let mut ids = Vec::new();
    for (name, minute, category, description, tags) in [
        ("design", 0, &tracker.category, "Weekly call", vec![]),
        ("review", 10, &review, "", vec![]),
        ("sketches", 20, &sketches, "Icons for the call", vec![&remote]),
        ("tagged", 30, &tracker.category, "", vec![&remote, &plain]),
    ] {
        let body = json!({
            "categoryId": category, "startedAt": super::super::at(minute), "stoppedAt": super::super::at(minute + 5),
            "description": description, "tagIds": tags,
        });
        ids.push((name, tracker.post("/api/time/entries", body).await.created().id()));
    }
    (tracker, ids)
}

#[actix_web::test]
async fn every_word_is_found_in_whatever_is_shown_with_an_entry() {
    let (tracker, names) = library().await;
    for (q, expected) in [
        // Descriptions.
        ("weekly", &["design"][..]),
        ("call", &["sketches", "design"]),
        // Projects, clients, categories and those below them, tags.
        ("website", &["tagged", "design"]),
        ("relaunch", &["sketches", "review"]),
        ("müller", &["sketches", "review"]),
        ("MÜLLER söhne", &["sketches", "review"]),
        ("mu\u{308}ller", &["sketches", "review"]),
        ("ux review", &["sketches", "review"]),
        ("sketches", &["sketches"]),
        ("on-site", &["tagged", "sketches"]),
        ("rarely", &["tagged"]),
        // Each word somewhere: the description, the path and the tags of one entry.
        ("UX Review Relaunch", &["sketches", "review"]),
        ("review icons müller on-site", &["sketches"]),
        ("relaunch weekly", &[]),
        ("call nowhere", &[]),
        // Literally, in names as well.
        ("100%", &["sketches"]),
        ("%", &["sketches"]),
        ("site_w", &["tagged", "sketches"]),
        ("site-w", &[]),
        // More words than are looked for one by one: the rest as it stands.
        ("i c o n s f o icons the", &[]),
        ("ux review sketches icons for the call relaunch", &["sketches"]),
        ("u x r e v i e icons for the call", &["sketches"]),
        (" \t ", &["tagged", "sketches", "review", "design"]),
    ] {
        let url = format!("{}/api/time/entries", tracker.url);
        let request = crate::harness::TestApp::http_client().get(url).query(&[("q", q), ("running", "false")]);
        let found = tracker.send(request).await.ok().ids();
        let found: Vec<_> = found.iter().map(|id| names.iter().find(|(_, known)| known == id).unwrap().0).collect();
        assert_eq!(found, expected, "{q}");
    }
}

#[actix_web::test]
async fn names_are_those_of_the_moment() {
    let (tracker, names) = library().await;
    let tagged = &names.iter().find(|(name, _)| *name == "tagged").unwrap().1;
    assert_eq!(tracker.get("/api/time/entries?q=rarely").await.ok().ids(), [tagged.as_str()]);
    let tags = tracker.get("/api/tags").await.ok();
    let rarely = tags.json.as_array().unwrap().iter().find(|tag| tag["name"] == "rarely").unwrap()["id"].clone();
    let tag = format!("/api/tags/{}", rarely.as_str().unwrap());
    tracker.patch(&tag, json!({"name": "often"})).await.ok();
    assert_eq!(tracker.get("/api/time/entries?q=rarely").await.ok().text, "[]");
    assert_eq!(tracker.get("/api/time/entries?q=often").await.ok().ids(), [tagged.as_str()]);
    tracker.delete(&tag).await.is(204);
    assert_eq!(tracker.get("/api/time/entries?q=often").await.ok().text, "[]");
    tracker.patch(&format!("/api/projects/{}", tracker.project), json!({"name": "Shop"})).await.ok();
    assert_eq!(tracker.get("/api/time/entries?q=website").await.ok().text, "[]");
    assert_eq!(tracker.get("/api/time/entries?q=shop").await.ok().ids().len(), 2);
}

#[actix_web::test]
async fn names_of_another_workspace_find_nothing() {
    let (tracker, _) = library().await;
    let owner = tracker.add_workspace().await;
    let sql = format!(
        "INSERT INTO projects (id, workspace_id, name, color, created_at, updated_at)
         SELECT id, '{}', 'Elsewhere', '#000000', now(), now() FROM (SELECT gen_random_uuid() AS id) AS new",
        owner.workspace
    );
    tracker.execute(&sql).await;
    assert_eq!(tracker.get("/api/time/entries?q=elsewhere").await.ok().text, "[]");
}
