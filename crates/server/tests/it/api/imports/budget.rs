//! What imports leave to other requests.

use std::time::Duration;

use futures_util::future::{join, join_all};

use super::{classic, entries, import, rows};
use crate::harness::{TestApp, config, migrated_database};

fn file(name: &str) -> String {
    let row = |n: u32| format!(",,,{name},,Entry {n},,2016-07-01,09:00,2016-07-01,10:00,,");
    let rows: Vec<String> = (0..50).map(row).collect();
    classic(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Another server's import into the workspace holds its lock, so every import here has to wait. With two connections,
/// two that wait with one each would leave none.
#[actix_web::test]
async fn imports_that_wait_take_no_connection_from_other_requests() {
    let database = migrated_database().await;
    let mut config = config(&database.url());
    config.database.max_conns = 2;
    // So that a request that finds no connection fails before the imports go on.
    config.database.acquire_timeout = Duration::from_secs(5);
    let app = TestApp::with_config(database, config).await;
    let me = app.get("/api/me").await.ok();
    let workspace = me.json["workspace"]["id"].as_str().unwrap();
    let other_server = app.sql().await;
    let lock = format!("pg_advisory_lock(hashtextextended('clockwork import {workspace}', 0))");
    other_server.batch_execute(&format!("SELECT {lock}")).await.unwrap();

    let imports = join_all((0..5).map(|n| {
        let app = &app;
        async move { import(app, &[], file(&format!("Project {}", n % 3))).await }
    }));
    let requests = async {
        for n in 0..20 {
            app.project(&format!("Meanwhile {n}")).await;
            app.get("/api/time/entries").await.ok();
        }
        assert_eq!(rows(&app).await[0], 0, "the imports wait still");
        other_server.batch_execute(&format!("SELECT {}", lock.replace("lock(", "unlock("))).await.unwrap();
    };
    let (imports, ()) = join(imports, requests).await;
    let mut created: Vec<u64> = imports.into_iter().map(|answer| entries(&answer.ok())[0]).collect();
    created.sort_unstable();
    assert_eq!(created, [0, 0, 50, 50, 50]);
}

/// Whose sender goes away is rolled back, or was written whole; either way the next one has its turn.
#[actix_web::test]
async fn an_import_that_is_given_up_leaves_the_turn_to_the_next() {
    let app = TestApp::spawn().await;
    for _ in 0..5 {
        let given_up = tokio::time::timeout(Duration::from_millis(20), import(&app, &[], file("Plot"))).await;
        drop(given_up);
    }
    let done = entries(&import(&app, &[], file("Plot")).await.ok());
    assert_eq!(done[0] + done[1], 50);
    assert_eq!(rows(&app).await[0], 50);
}
