//! `/api/events`: what is told, to whom.

mod connection;
mod database;
mod new_streams;
mod notifications;
mod resume;
mod visibility;

use serde_json::{Value, json};

use crate::harness::{TestApp, start_of_test};

/// The built-in caller and where they are, as [`clockwork_core::accounts::workspaces`] has them.
const WORKSPACE: &str = "00000000-0000-7000-8000-000000000002";

/// A statement that makes a tag in the caller's workspace.
fn insert_tag(id: &str, name: &str) -> String {
    format!(
        "INSERT INTO tags (id, workspace_id, name, created_at, updated_at) VALUES ('{id}', '{WORKSPACE}', '{name}', now(), now())"
    )
}

fn change(kind: &str, change: &str, id: &str, revision: impl Into<Value>, timer: bool) -> Value {
    json!({"kind": kind, "change": change, "id": id, "revision": revision.into(), "timer": timer})
}

#[actix_web::test]
async fn every_change_is_told_with_its_revision() {
    let app = TestApp::spawn().await;
    let me = app.get("/api/me").await.ok().json;
    let (user, workspace) = (me["user"]["id"].as_str().unwrap(), me["workspace"]["id"].as_str().unwrap());
    let mut stream = app.stream(None).await;
    // What happened during the last minute, while a page may have been loading: the caller's own making.
    let kinds: Vec<_> = stream.changes().await.iter().map(|change| change["kind"].clone()).collect();
    assert_eq!(kinds, ["workspace", "membership"]);

    let client = app.post("/api/clients", json!({"name": "Client"})).await.created().id();
    assert_eq!(stream.changes().await, [change("client", "created", &client, 1, false)]);
    let project = app.project("Project").await;
    assert_eq!(stream.changes().await, [change("project", "created", &project, 1, false)]);
    let category = app.category(&project, "Category").await;
    assert_eq!(stream.changes().await, [change("category", "created", &category, 1, false)]);
    let tag = app.tag("Tag").await;
    assert_eq!(stream.changes().await, [change("tag", "created", &tag, 1, false)]);

    app.patch(&format!("/api/projects/{project}"), json!({"name": "Renamed"})).await.ok();
    assert_eq!(stream.changes().await, [change("project", "updated", &project, 2, false)]);
    app.patch("/api/me", json!({"timeZone": "Europe/Berlin"})).await.ok();
    assert_eq!(stream.changes().await, [change("user", "updated", user, 2, false)]);
    app.patch("/api/workspace", json!({"name": "Renamed"})).await.ok();
    assert_eq!(stream.changes().await, [change("workspace", "updated", workspace, 2, false)]);

    let finished = app.entry(&category, 0, 60).await;
    assert_eq!(stream.changes().await, [change("entry", "created", &finished, 1, false)]);
    let path = format!("/api/time/entries/{finished}");
    app.patch(&path, json!({"tagIds": [tag]})).await.ok();
    assert_eq!(stream.changes().await, [change("entry", "updated", &finished, 2, false)]);

    let first = app.post("/api/time/start", json!({"categoryId": category, "tagIds": [tag]})).await.created().id();
    assert_eq!(stream.changes().await, [change("entry", "created", &first, 1, true)]);
    let second = app.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    let mut switched = stream.changes().await;
    switched.sort_by_key(|change| change["revision"].as_i64());
    assert_eq!(switched, [change("entry", "created", &second, 1, true), change("entry", "updated", &first, 2, true)]);
    app.act("/api/time/stop").await.ok();
    assert_eq!(stream.changes().await, [change("entry", "updated", &second, 2, true)]);

    app.delete(&path).await.is(204);
    assert_eq!(stream.changes().await, [change("entry", "deleted", &finished, None::<i64>, false)]);
    app.act(&format!("{path}/restore")).await.ok();
    let restored = stream.changes().await;
    assert_eq!((&restored[0]["id"], &restored[0]["change"]), (&json!(finished), &json!("created")));

    // The entries that carried it are changed by it.
    app.delete(&format!("/api/tags/{tag}")).await.is(204);
    let mut told = stream.changes().await;
    told.sort_by_key(|change| change["kind"].as_str().map(str::to_owned));
    let kinds: Vec<_> = told.iter().map(|change| (&change["kind"], &change["change"])).collect();
    let entry = (&json!("entry"), &json!("updated"));
    assert_eq!(kinds, [entry, entry, (&json!("tag"), &json!("deleted"))]);
}

#[actix_web::test]
async fn a_rejected_request_creates_no_event() {
    let app = TestApp::spawn().await;
    app.tag("Taken").await;
    let mut stream = app.stream(None).await;
    stream.changes().await;
    app.post("/api/tags", json!({"name": "taken"})).await.refused(409, "duplicate_tag_name");
    app.act("/api/time/stop").await.refused(409, "no_active_timer");
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn nothing_of_another_workspace_and_nothing_private_of_a_colleague_is_told() {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let beginning = stream.last_id.clone();

    let neighbour = app.neighbour().await;
    let colleague = "0c000000-0000-7000-8000-000000000001";
    app.execute(&format!(
        "UPDATE projects SET name = 'Neighbour, renamed' WHERE id = '{}';
         DELETE FROM time_entry_tags WHERE tag_id = '{}';
         INSERT INTO users (id, name, created_at, updated_at) VALUES ('{colleague}', 'Colleague', now(), now());
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
         VALUES ('{WORKSPACE}', '{colleague}', 'member', now(), now());
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, created_at, updated_at)
         VALUES ('{colleague}', '{WORKSPACE}', '{colleague}', '{project}', '{category}', '{}', now(), now());
         UPDATE users SET name = 'Colleague, renamed' WHERE id = '{colleague}';",
        neighbour.project,
        neighbour.tag,
        start_of_test()
    ))
    .await;
    stream.has_nothing_more(&app).await;
    app.stream(beginning.as_deref()).await.ids(1).await;
    let mut resumed = app.stream(beginning.as_deref()).await;
    assert_eq!(resumed.changes().await[0]["kind"], "tag");
}

#[actix_web::test]
async fn the_long_form_of_the_path_is_the_same_stream() {
    let app = TestApp::spawn().await;
    let neighbour = app.neighbour().await;
    app.get(&format!("/api/workspaces/{}/events", neighbour.workspace)).await.refused(404, "not_found");
    let path = format!("{}/api/workspaces/{WORKSPACE}/events", app.url);
    let response = TestApp::http_client().get(path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
}

#[actix_web::test]
async fn a_change_to_what_is_there_already_is_no_change() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "Client"})).await.created().id();
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    let tag = app.tag("Tag").await;
    let mut stream = app.stream(None).await;
    stream.changes().await;
    for (path, body) in [
        (format!("/api/clients/{client}"), json!({"name": "Client", "archived": false})),
        (format!("/api/projects/{project}"), json!({"name": " Project", "clientId": null, "archived": false})),
        (
            format!("/api/projects/{project}/categories/{category}"),
            json!({"name": "Category", "parentCategoryId": null, "archived": false}),
        ),
        (format!("/api/tags/{tag}"), json!({"name": "Tag", "color": null})),
        ("/api/me".to_owned(), json!({"name": "Me"})),
        ("/api/workspace".to_owned(), json!({"name": "My workspace"})),
    ] {
        let shown = if path == "/api/workspace" { "/api/me" } else { &path };
        let before = app.get(shown).await.ok();
        for body in [body, json!({})] {
            let after = app.patch(&path, body).await.ok();
            assert_eq!((after.header("etag"), &after.json), (before.header("etag"), &before.json));
        }
    }
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn many_changes_of_one_statement_are_one() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let many = |count: u32, name: &str| {
        format!(
            "INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
             SELECT gen_random_uuid(), '{WORKSPACE}', '{name} ' || n, now(), now() FROM generate_series(1, {count}) AS n"
        )
    };
    app.execute(&many(100, "Some")).await;
    assert_eq!(stream.changes().await.len(), 100);
    let one = |change: &str| json!({"kind": "tag", "change": change, "id": null, "revision": null, "timer": false});
    app.execute(&many(101, "More")).await;
    assert_eq!(stream.changes().await, [one("created")]);
    app.execute("UPDATE tags SET color = '#000000'").await;
    assert_eq!(stream.changes().await, [one("updated")]);
    app.execute("DELETE FROM tags").await;
    assert_eq!(stream.changes().await, [one("deleted")]);
}

/// A transaction that says that it changes many entries tells of each person once, whatever its statements, and nothing
/// is missing in the log after a rollback to a savepoint.
#[actix_web::test]
async fn many_changes_of_entries_in_one_transaction_are_one_for_each_person() {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    let entry = app.entry(&category, 0, 10).await;
    app.execute(
        "INSERT INTO users (id, name, created_at, updated_at) VALUES ('0e000000-0000-7000-8000-000000000001', 'B', now(), now());
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
         SELECT id, '0e000000-0000-7000-8000-000000000001', 'member', now(), now() FROM workspaces",
    )
    .await;
    app.execute("DELETE FROM events").await;
    let insert = |count: u32| {
        format!(
            "INSERT INTO time_entries
                 (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
             SELECT gen_random_uuid(), m.workspace_id, m.user_id, c.project_id, c.id, now(), now(), now(), now()
             FROM memberships m, categories c, generate_series(1, {count})"
        )
    };
    let update = "UPDATE time_entries SET description = description || 'x'";
    let transaction = format!(
        "SET LOCAL clockwork.many_rows = 'on'; SAVEPOINT s; {}; {update}; ROLLBACK TO s; {}; {}; {update}; {update}",
        insert(3),
        insert(2),
        insert(150),
    );
    app.execute(&format!("BEGIN; {transaction}; COMMIT")).await;
    let told = "SELECT count(*) FROM events WHERE kind = 'entry' AND object_id IS NULL";
    assert_eq!(app.count(&format!("{told} AND change = 'created' AND NOT timer")).await, 2);
    assert_eq!(app.count(&format!("{told} AND change = 'updated' AND timer")).await, 2);
    assert_eq!(app.count("SELECT count(*) FROM events").await, 4);
    // The next transaction of a session says so itself, or is told of one by one.
    let sql = app.sql().await;
    let again = format!("BEGIN; SET LOCAL clockwork.many_rows = 'on'; {}; COMMIT", insert(1));
    for _ in 0..2 {
        sql.batch_execute(&again).await.unwrap();
    }
    assert_eq!(app.count(&format!("{told} AND change = 'created'")).await, 6);
    sql.batch_execute(&format!("{update} WHERE id = '{entry}'")).await.unwrap();
    assert_eq!(
        app.count(&format!("SELECT count(*) FROM events WHERE object_id = '{entry}' AND revision > 1")).await,
        1
    );
}
