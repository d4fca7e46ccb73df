//! An installation from before accounts, which gets them: nothing that was tracked is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use clockwork_core::database::migrations::{Change, Migrator};
use clockwork_devdb::testing;
use serde_json::{Value, json};

use crate::harness::{Browser, PASSWORD, TestApp, config, config_with};

/// The last migration before the first one of accounts.
const BEFORE_ACCOUNTS: &str = "20261127000076";

/// Rows as the servers of that time wrote them: the built-in user has tracked 2,000 entries in two projects, one of
/// them with a tag, and a timer is running.
const USED: &str = "
    INSERT INTO users (id, name, time_zone, language, created_at, updated_at)
        VALUES ('00000000-0000-7000-8000-000000000001', 'Grace', 'Europe/Berlin', 'de', '2025-01-01Z', '2025-01-01Z');
    INSERT INTO workspaces (id, name, created_at, updated_at)
        VALUES ('00000000-0000-7000-8000-000000000002', 'Studio', '2025-01-01Z', '2025-01-01Z');
    INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
        VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'owner', '2025-01-01Z', '2025-01-01Z');
    INSERT INTO projects (id, workspace_id, name, color, billable, created_at, updated_at)
        SELECT ('00000000-0000-7000-8000-00000000001' || n)::uuid, '00000000-0000-7000-8000-000000000002', 'Project ' || n, '#000000', true,
               '2025-01-01Z', '2025-01-01Z'
        FROM generate_series(0, 1) AS n;
    INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
        SELECT ('00000000-0000-7000-8000-00000000002' || n)::uuid, '00000000-0000-7000-8000-000000000002',
               ('00000000-0000-7000-8000-00000000001' || n)::uuid, 'Design', '2025-01-01Z', '2025-01-01Z'
        FROM generate_series(0, 1) AS n;
    INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
        VALUES ('00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000002', 'Urgent', '2025-01-01Z', '2025-01-01Z');
    INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, created_at, updated_at)
        SELECT ('00000000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, '00000000-0000-7000-8000-000000000002',
               '00000000-0000-7000-8000-000000000001', ('00000000-0000-7000-8000-00000000001' || n % 2)::uuid,
               ('00000000-0000-7000-8000-00000000002' || n % 2)::uuid, '2025-01-01Z'::timestamptz + n * interval '1 hour',
               CASE WHEN n < 2000 THEN '2025-01-01Z'::timestamptz + n * interval '1 hour' + interval '25 minutes' END,
               'Entry ' || n, '2025-01-01Z', '2025-01-01Z'
        FROM generate_series(0, 2000) AS n;
    INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
        VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8001-000000000007', '00000000-0000-7000-8000-000000000031');";

#[actix_web::test]
async fn a_database_from_before_accounts_gets_an_owner_who_has_every_entry() {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let wait = Duration::from_secs(60);
    let migrator = Migrator::connect(&config(&database.url()).database, wait, wait).await.unwrap();
    let older = migrator.migrations().target(BEFORE_ACCOUNTS).unwrap();
    migrator.perform(Change::Up(Some(older))).await.unwrap();
    let (client, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let accounts = client.query("SELECT FROM pg_attribute WHERE attname = 'password_hash'", &[]).await.unwrap();
    assert!(accounts.is_empty(), "the schema is one from before accounts");
    client.batch_execute(USED).await.unwrap();
    migrator.perform(Change::Up(None)).await.unwrap();

    // First as before: without accounts, every request is the user's.
    let url = database.url();
    let app = TestApp::with_database(database).await;
    let before = entries(&Browser::new(&app)).await;
    assert_eq!(before.len(), 2_001);

    // Then with accounts: nothing is shown before the owner is set up.
    let settings = [("AUTH_MODE", "accounts"), ("PUBLIC_URL", "http://localhost")];
    let server = app.another_server_with(&config_with(&url, &settings)).await;
    let owner = Browser::at(&app, &server.url);
    owner.get("/api/time/entries").await.refused(401, "unauthenticated");
    assert_eq!(owner.get("/api/auth/session").await.ok().json["setupNeeded"], json!(true));
    let token = app.setup_token().await;
    let body = json!({"token": token, "name": "Grace Hopper", "email": "grace@example.org", "password": PASSWORD});
    owner.post("/api/auth/setup", body).await.created();

    let me = owner.get("/api/me").await.ok().json;
    assert_eq!((&me["role"], &me["workspace"]["name"]), (&json!("owner"), &json!("Studio")));
    let user = &me["user"];
    // The choices of before are the owner's.
    assert_eq!((&user["timeZone"], &user["settings"]["language"]), (&json!("Europe/Berlin"), &json!("de")));
    assert_eq!(entries(&owner).await, before, "the same entries, as they were");
    let tagged = owner.get("/api/time/entries/00000000-0000-7000-8001-000000000007").await.ok().json;
    assert_eq!(tagged["tagIds"], json!(["00000000-0000-7000-8000-000000000031"]));
    let total = owner.get("/api/time/totals").await.ok().json;
    let since: chrono::DateTime<chrono::Utc> = "2025-03-25T08:00:00Z".parse().unwrap();
    let seconds = 2_000 * 25 * 60 + (app.now() - since).num_seconds();
    assert_eq!((&total["entries"], &total["durationSeconds"]), (&json!(2_001), &json!(seconds)));
    // The timer goes on, and the owner stops it.
    assert_eq!(owner.get("/api/time/active").await.ok().json["description"], json!("Entry 2000"));
    owner.act("/api/time/stop").await.ok();

    // Signed in again elsewhere: the account is one like any other.
    let elsewhere = Browser::at(&app, &server.url);
    elsewhere.sign_in("grace@example.org").await.ok();
    assert_eq!(entries(&elsewhere).await.len(), 2_001);
    assert_eq!(app.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM memberships").await, 1);
}

/// Every entry that a browser is shown: its id, description, times, project and category.
async fn entries(browser: &Browser<'_>) -> BTreeSet<String> {
    let fields = ["id", "description", "startedAt", "stoppedAt", "projectId", "categoryId", "tagIds"];
    let text = |entry: &Value| fields.map(|field| entry[field].to_string()).join(" ");
    let mut entries = BTreeSet::new();
    let mut path = "/api/time/entries?limit=1000".to_owned();
    loop {
        let page = browser.get(&path).await.ok();
        entries.extend(page.json.as_array().unwrap().iter().map(text));
        match page.header("x-next-cursor") {
            "" => return entries,
            cursor => path = format!("/api/time/entries?limit=1000&cursor={cursor}"),
        }
    }
}
