//! Text that people read as the same, in all letters and whatever the locale of the database; and names of which
//! nothing can be seen.

use clockwork_core::database::migrations::{Change, LOCK_TIMEOUT, Migrator, WAIT};
use clockwork_devdb::testing;
use serde_json::json;

use crate::harness::{TestApp, config, migrate};

/// A server on a database whose locale knows ASCII only, as clusters that operators of Kubernetes make.
async fn in_locale_c() -> TestApp {
    let database = testing::server().await.unwrap().empty_in_locale("C").await.unwrap();
    migrate(&database.url()).await.unwrap();
    let app = TestApp::with_database(database).await;
    assert_eq!(
        app.count("SELECT count(*) FROM pg_database WHERE datname = current_database() AND datctype = 'C'").await,
        1
    );
    app
}

#[actix_web::test]
async fn names_of_which_nothing_can_be_seen_are_empty() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    for name in ["\u{200b}", "\u{2060}", "\u{2800}", "\u{ad}", "\u{feff}", "\u{200e}", "\u{3164}\u{200d} \u{fe0f}"] {
        for (path, code) in [
            ("/api/tags", "invalid_tag_name"),
            ("/api/clients", "invalid_client_name"),
            ("/api/projects", "invalid_project_name"),
            (categories.as_str(), "invalid_category_name"),
        ] {
            app.post(path, json!({"name": name})).await.refused(400, code).names("name", "empty");
        }
        app.patch("/api/me", json!({"name": name})).await.refused(400, "invalid_name").names("name", "empty");
    }
    let made = app.post("/api/tags", json!({"name": "\u{feff}👩\u{200d}💻 ❤\u{fe0f}\u{200b}"})).await.created();
    assert_eq!(made.json["name"], "👩\u{200d}💻 ❤\u{fe0f}");
}

#[actix_web::test]
async fn canonically_equal_names_are_one_name() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let categories = format!("/api/projects/{project}/categories");
    for (path, code) in [
        ("/api/tags", "duplicate_tag_name"),
        ("/api/clients", "duplicate_client_name"),
        (categories.as_str(), "duplicate_category_name"),
    ] {
        let made = app.post(path, json!({"name": "Cafe\u{301}"})).await.created();
        assert_eq!(made.json["name"], "Caf\u{e9}");
        for name in ["Caf\u{e9}", "CAFE\u{301}"] {
            app.post(path, json!({"name": name})).await.refused(409, code);
        }
    }
    // A row of a release that did not normalise.
    app.execute("UPDATE tags SET name = U&'Cafe\\0301'").await;
    app.post("/api/tags", json!({"name": "café"})).await.refused(409, "duplicate_tag_name");
}

#[actix_web::test]
async fn names_and_searches_know_all_letters_in_every_locale() {
    for app in [TestApp::spawn().await, in_locale_c().await] {
        app.tag("Ärger").await;
        app.post("/api/tags", json!({"name": "ärger"})).await.refused(409, "duplicate_tag_name");
        app.post("/api/clients", json!({"name": "ΣΊΣΥΦΟΣ"})).await.created();
        app.post("/api/clients", json!({"name": "σίσυφος"})).await.refused(409, "duplicate_client_name");
        let project = app.project("Ärger").await;
        let category = app.category(&project, "ЁЛКА").await;
        let categories = format!("/api/projects/{project}/categories");
        app.post(&categories, json!({"name": "ёлка"})).await.refused(409, "duplicate_category_name");
        // Names behind the server's back run into the same index.
        let twice = "INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
             SELECT gen_random_uuid(), workspace_id, 'ÄRGER', now(), now() FROM tags LIMIT 1";
        assert_eq!(app.violates(twice).await, "tags_name_key");

        let entry = app.entry(&category, 0, 60).await;
        app.patch(&format!("/api/time/entries/{entry}"), json!({"description": "Ärger mit dem Café-Drucker"}))
            .await
            .ok();
        let finds = async |q: &str| app.get(&format!("/api/time/entries?q={q}")).await.ok().ids().len();
        let found = ["%C3%A4rger", "%C3%84RGER", "A%CC%88rger", "CAF%C3%89", "cafe%CC%81-d", "DRUCKER", "drucker"];
        let missed = ["arger", "cafe", "%C3%A4%25r", "%C3%A4_ger"];
        for q in found {
            assert_eq!(finds(q).await, 1, "{q}");
        }
        for q in missed {
            assert_eq!(finds(q).await, 0, "{q}");
        }
        // An earlier release kept a description in the form in which it came.
        app.execute("UPDATE time_entries SET description = normalize(description, NFD)").await;
        for q in found {
            assert_eq!(finds(q).await, 1, "{q} in a decomposed description");
        }
        // The import finds the project, the category and the tag by the same rules.
        let file = "Project,Task,Tags,Start date,Start time,Duration\nÄRGER,ёЛКА,ÄRGER,2016-01-02,9:00,1:00:00\n";
        let answer = super::imports::import(&app, &[], file).await.ok();
        for kind in ["projects", "categories", "tags"] {
            assert_eq!(answer.json[kind], json!({"created": [], "existing": 1}), "{kind}");
        }
    }
}

#[actix_web::test]
async fn doubles_of_an_older_schema_are_told_apart_by_the_migration() {
    let database = testing::server().await.unwrap().empty_in_locale("C").await.unwrap();
    let migrator = Migrator::connect(&config(&database.url()).database, WAIT, LOCK_TIMEOUT).await.unwrap();
    let older = migrator.migrations().target("20261121000005").unwrap();
    migrator.perform(Change::Up(Some(older))).await.unwrap();
    let (client, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(
            "INSERT INTO workspaces (id, name, created_at, updated_at)
                 VALUES ('00000000-0000-7000-8000-000000000001', 'w', now(), now());
             INSERT INTO projects (id, workspace_id, name, color, billable, created_at, updated_at)
                 VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'p', '#000000', false, now(), now());
             CREATE TEMP TABLE names AS SELECT * FROM (VALUES
                 ('00000000-0000-7000-8000-0000000000a1'::uuid, 'Ärger', 1), ('00000000-0000-7000-8000-0000000000a2', 'ärger', 2),
                 ('00000000-0000-7000-8000-0000000000a3', U&'A\\0308rger', 3), ('00000000-0000-7000-8000-0000000000a4', 'Other', 4)
             ) AS n (id, name, number);
             INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
                 SELECT id, '00000000-0000-7000-8000-000000000001', name, to_timestamp(number), now() FROM names;
             INSERT INTO clients (id, workspace_id, name, created_at, updated_at)
                 SELECT id, '00000000-0000-7000-8000-000000000001', name, to_timestamp(number), now() FROM names;
             INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
                 SELECT id, '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', name, to_timestamp(number), now() FROM names;",
        )
        .await
        .unwrap();
    migrator.perform(Change::Up(None)).await.unwrap();
    for table in ["tags", "clients", "categories"] {
        let rows = client.query(&format!("SELECT name FROM {table} ORDER BY created_at"), &[]).await.unwrap();
        let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(names, ["Ärger", "ärger (000000a2)", "A\u{308}rger (000000a3)", "Other"], "{table}");
    }
}
