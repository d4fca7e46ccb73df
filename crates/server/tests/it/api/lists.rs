//! The lists of clients, projects, categories and tags: pages, and everything.

use super::time::entries::pages::{follow, next};
use crate::harness::TestApp;

/// The list with its table, and the columns that a row must have beside those of all tables, with their values.
const LISTS: [(&str, &str, &str, &str); 4] = [
    ("/api/clients", "clients", "", ""),
    ("/api/projects", "projects", ", color", ", '#123456'"),
    ("/api/categories", "categories", ", project_id", ", (SELECT id FROM projects LIMIT 1)"),
    ("/api/tags", "tags", "", ""),
];

/// Makes rows of a table, seven at each instant so that only the id orders them.
async fn fill(app: &TestApp, (_, table, columns, values): (&str, &str, &str, &str), rows: i64) {
    let sql = format!(
        "INSERT INTO {table} (id, workspace_id, name, created_at, updated_at{columns})
         SELECT gen_random_uuid(), '00000000-0000-7000-8000-000000000002', 'name ' || n,
                '2026-01-01'::timestamptz + (n / 7) * interval '1 minute', now(){values} FROM generate_series(1, {rows}) n"
    );
    app.execute(&sql).await;
}

async fn ids_in_order(app: &TestApp, table: &str) -> Vec<String> {
    let sql = format!("SELECT id::text FROM {table} ORDER BY created_at, id");
    app.sql().await.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn following_the_links_shows_each_object_once_in_order() {
    let app = TestApp::spawn().await;
    let project = app.project("first").await;
    for list in LISTS {
        fill(&app, list, 45).await;
        let (path, table, ..) = list;
        let all = ids_in_order(&app, table).await;
        assert_eq!(app.get(path).await.ok().ids(), all, "{path}");
        for limit in [1, 7, 44, 45, 46, 1000] {
            let pages = follow(&app, &format!("{path}?limit={limit}")).await;
            assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit), "{path}: {limit}");
            assert_eq!(pages.concat(), all, "{path}: {limit}");
        }
    }
    let of_project = format!("/api/projects/{project}/categories");
    assert_eq!(follow(&app, &format!("{of_project}?limit=7")).await.concat().len(), {
        app.get(&of_project).await.ok().ids().len()
    });
}

#[actix_web::test]
async fn the_links_keep_the_filters_and_a_cursor_alone_means_a_hundred() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    fill(&app, LISTS[0], 240).await;
    app.execute(
        "UPDATE clients SET archived_at = now() WHERE id IN (SELECT id FROM clients ORDER BY created_at, id LIMIT 210)",
    )
    .await;
    let archived = app.get("/api/clients?archived=true").await.ok();
    assert_eq!((archived.ids().len(), next(&archived)), (210, None));
    let pages = follow(&app, "/api/clients?archived=true&limit=50").await;
    assert_eq!((pages.len(), pages.concat()), (5, archived.ids()));
    let first = app.get("/api/clients?archived=true&limit=1").await.ok();
    let cursor = first.header("x-next-cursor");
    let second = app.get(&format!("/api/clients?archived=true&cursor={cursor}")).await.ok();
    assert_eq!(second.ids(), archived.ids()[1..101]);
}

#[actix_web::test]
async fn a_long_list_is_streamed_with_each_object_once() {
    let app = TestApp::spawn().await;
    app.project("first").await;
    for list in LISTS {
        fill(&app, list, 3_000).await;
        let (path, table, ..) = list;
        let answer = app.get(path).await.ok();
        assert_eq!(answer.header("transfer-encoding"), "chunked", "{path}");
        assert_eq!(answer.ids(), ids_in_order(&app, table).await, "{path}");
    }
}
