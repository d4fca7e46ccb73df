//! The plans of exports: those of the very statements that the server sends, as PostgreSQL's `auto_explain` notes them.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_postgres::{Client, NoTls};

use super::ME;
use crate::harness::{TestApp, config, migrated_database};

/// More than what no index has in order: the entries that run, one for each user.
const FEW: f64 = 50.0;

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A server whose statements are explained in the log of PostgreSQL, and a connection that may read the log.
async fn explained() -> (TestApp, Client) {
    let database = migrated_database().await;
    let (admin, connection) = tokio_postgres::connect(&database.admin_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let settings = [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("log_min_messages", "log"),
        // A table of a few pages is read as a whole and sorted sooner than by an index, which is none of a million
        // rows.
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
    ];
    admin.batch_execute("LOAD 'auto_explain'").await.expect("auto_explain comes with PostgreSQL");
    for (name, value) in settings {
        let set = format!("ALTER DATABASE {} SET {name} = '{value}'", database.name());
        admin.batch_execute(&set).await.unwrap();
    }
    let config = config(&database.url());
    (TestApp::with_config(database, config).await, admin)
}

/// The plans of so many exports. The last one is noted when the server ends its transaction, which may be after the
/// answer.
async fn plans(admin: &Client, number: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let found = noted(admin).await;
        if found.len() >= number || begun.elapsed() > DEADLINE {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The plans of the exports so far.
async fn noted(admin: &Client) -> Vec<Value> {
    let log = "SELECT pg_read_file(current_setting('data_directory') || '/../postgres.log')";
    let log: String = admin.query_one(log, &[]).await.unwrap().get(0);
    // A message goes on in lines that begin with a tabulator.
    let messages = log.split("plan:\n").skip(1).map(|rest| {
        let lines = rest.lines().take_while(|line| line.starts_with('\t'));
        lines.map(|line| &line[1..]).collect::<Vec<_>>().join("\n")
    });
    let of_export = |text: &String| text.contains("DECLARE report_entries");
    messages.filter(of_export).map(|text| serde_json::from_str(&text).unwrap()).collect()
}

/// The nodes of a plan, each with those below it.
fn nodes(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(nodes);
    std::iter::once(plan).chain(below).collect()
}

fn rows(node: &Value) -> f64 {
    node["Actual Rows"].as_f64().unwrap() * node["Actual Loops"].as_f64().unwrap()
}

#[actix_web::test]
async fn an_export_reads_entries_from_indexes_in_order_and_sorts_none() {
    let (app, admin) = explained().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let member = app.as_member().await;
    // Twelve a day of each of two users, now and then one of two days, and one that runs.
    app.execute(&format!(
        "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description,
                                   created_at, updated_at)
         SELECT gen_random_uuid(), c.workspace_id, u.id, c.project_id, c.id, at.start,
                CASE WHEN n < 6000 THEN at.start + interval '1 hour' * CASE WHEN n % 400 = 0 THEN 48 ELSE 1 END END, '', now(), now()
         FROM categories c, (VALUES ('{ME}'::uuid), ('{member}')) AS u (id), generate_series(1, 6000) n,
              LATERAL (SELECT timestamptz '2024-09-01Z' + n * interval '2 hours' AS start) at
         WHERE c.id = '{category}';
         ANALYZE",
        member = member.caller.user(),
    ))
    .await;
    let year = "fromDate=2024-10-01&toDate=2025-09-30&timeZone=Europe/Berlin";
    let questions = [
        "format=csv",
        "format=ndjson",
        "format=xlsx",
        "format=csv&round=up&roundTo=15",
        "format=csv&attribution=start",
    ];
    let everybodys = questions.map(|question| (app.request(reqwest::Method::GET, &path(year, question)), question));
    for (number, (request, question)) in everybodys.into_iter().enumerate() {
        app.send(request).await.ok();
        check(&plans(&admin, number + 1).await, number + 1, question);
    }
    member.get(&path(year, "format=csv")).await.ok();
    check(&plans(&admin, questions.len() + 1).await, questions.len() + 1, "of a member");
    // The same is seen when no index has the order.
    let lost = "SELECT string_agg(format('DROP INDEX %s', indexrelid::regclass), '; ') FROM pg_index
                WHERE indrelid = 'time_entries'::regclass AND NOT indisunique AND pg_get_indexdef(indexrelid) LIKE '%started_at%'";
    let lost: String = app.sql().await.query_one(lost, &[]).await.unwrap().get(0);
    app.execute(&lost).await;
    member.get(&path(year, "format=csv")).await.ok();
    let plans = plans(&admin, questions.len() + 2).await;
    let sorted = most_sorted(&plans.last().unwrap()["Plan"]);
    assert!(sorted > 4_000.0, "{sorted} rows are sorted without an index");
}

fn path(range: &str, question: &str) -> String {
    format!("/api/reports/export?{range}&{question}")
}

/// The last of so many plans reads many entries, and sorts but a few.
fn check(plans: &[Value], number: usize, question: &str) {
    assert_eq!(plans.len(), number, "{question}: an export sends one statement");
    let plan = &plans[number - 1]["Plan"];
    let nodes = nodes(plan);
    let read = nodes.iter().filter(|node| node["Relation Name"] == "time_entries").map(|node| rows(node)).sum::<f64>();
    assert!(read > 4_000.0, "{question}: {read} entries are read: {plan:#}");
    let sorted = most_sorted(plan);
    assert!(sorted < FEW, "{question}: {sorted} rows are sorted: {plan:#}");
}

/// The most rows that are sorted at once. The tags of an entry are sorted as well, each time a few.
fn most_sorted(plan: &Value) -> f64 {
    let sorts = nodes(plan).into_iter().filter(|node| node["Node Type"] == "Sort");
    sorts.map(|node| node["Actual Rows"].as_f64().unwrap()).fold(0.0, f64::max)
}
