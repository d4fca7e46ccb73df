//! How long requests take when there are a million entries: `cargo bench -p clockwork-server --bench latency
//! [ENTRIES]`.
//!
//! A server in this process, on a database of its own with the entries of five people over some years, is asked one
//! request after the other over loopback.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

mod database;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clockwork_core::database::Db;
use clockwork_core::database::migrations::MigrationSet;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::values::clock::{self, Clock};
use clockwork_server::app::Application;
use clockwork_server::state::AppState;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

/// How often each request is sent, after a tenth of that to warm up.
const TIMES: usize = 300;

/// Five people, of whom the caller is one; twenty projects, each with the tree 5 > 15 > 30 of categories; ten tags.
/// Each user tracks 100 entries of ten minutes a day: more than people do, so that a week is long and the history deep.
const FILL: &str = "
INSERT INTO users (id, name, created_at, updated_at)
    SELECT ('00000000-0000-7000-8000-00000000010' || n)::uuid, 'Colleague ' || n, now(), now() FROM generate_series(1, 4) AS n;
INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
    SELECT w.id, u.id, 'member', now(), now() FROM workspaces w, users u ON CONFLICT DO NOTHING;
INSERT INTO clients (id, workspace_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), id, 'Client ' || n, now(), now() FROM workspaces, generate_series(1, 5) AS n;
INSERT INTO projects (id, workspace_id, client_id, name, color, created_at, updated_at)
    SELECT gen_random_uuid(), workspace_id, id, name || ', project ' || n, '#000000', now(), now() FROM clients, generate_series(1, 4) AS n;
INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), workspace_id, id, 'Root ' || n, now(), now() FROM projects, generate_series(1, 5) AS n;
INSERT INTO categories (id, workspace_id, project_id, parent_category_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), workspace_id, project_id, id, 'Child ' || n, now(), now() FROM categories, generate_series(1, 3) AS n;
INSERT INTO categories (id, workspace_id, project_id, parent_category_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), workspace_id, project_id, id, 'Grandchild ' || n, now(), now()
    FROM categories, generate_series(1, 2) AS n WHERE parent_category_id IS NOT NULL;
INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), id, 'Tag ' || n, now(), now() FROM workspaces, generate_series(1, 10) AS n;
WITH places AS (SELECT row_number() OVER (ORDER BY id) - 1 AS place, * FROM categories),
     people AS (SELECT row_number() OVER (ORDER BY user_id) - 1 AS person, * FROM memberships)
INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable, created_at, updated_at)
    -- Ids of version 7, as the server makes them.
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - n / 5 * 864000), 12, '0') || '7' || substr(md5(n::text), 1, 3)
               || '8' || substr(md5(n::text), 4, 15))::uuid,
           people.workspace_id, people.user_id, places.project_id, places.id,
           date_trunc('minute', now()) - (n / 5) * interval '14.4 minutes' - interval '1 hour',
           date_trunc('minute', now()) - (n / 5) * interval '14.4 minutes' - interval '50 minutes',
           (ARRAY['Review', 'Planning', 'Support call', 'Write documentation', 'Fix the build'])[(n % 5)::int + 1] || ' for ticket ' || n % 9973,
           n % 3 = 0, now(), now()
    FROM generate_series(0, $ENTRIES$::bigint - 1) AS n
    JOIN people ON person = n % 5 JOIN places ON place = (n / 5 * 7919 + n % 5) % (SELECT count(*) FROM categories);
INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
    SELECT e.workspace_id, e.id, t.id FROM (SELECT row_number() OVER (ORDER BY id) AS n, workspace_id, id FROM time_entries) AS e
    JOIN (SELECT row_number() OVER (ORDER BY id) AS place, id FROM tags) AS t ON t.place = e.n % 20;
";

struct Bench {
    client: Client,
    url: String,
}

impl Bench {
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = if let Some(body) = body { request.json(body) } else { request };
        request.send().await.unwrap().error_for_status().unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, None).await
    }

    /// Sends requests until their answers are read, and prints how long that took and how long the last answer was.
    async fn measure(&self, name: &str, requests: &[(Method, String, Option<Value>)]) {
        let mut times = Vec::with_capacity(TIMES);
        let mut bytes = 0;
        for n in 0..TIMES + TIMES / 10 {
            let began = Instant::now();
            for (method, path, body) in requests {
                bytes = self.send(method.clone(), path, body.as_ref()).await.bytes().await.unwrap().len();
            }
            if n >= TIMES / 10 {
                times.push(began.elapsed());
            }
        }
        times.sort();
        let percentile = |p: usize| millis(times[(times.len() - 1) * p / 100]);
        println!("{name:<34} {:>9.2} {:>9.2} {:>9.2} {bytes:>10}", percentile(50), percentile(99), percentile(100));
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn get(path: impl Into<String>) -> Vec<(Method, String, Option<Value>)> {
    vec![(Method::GET, path.into(), None)]
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[actix_web::main]
async fn main() {
    let entries: u64 = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);

    let database = database::migrated().await;
    let url = database.url();
    let config = database::config::config(&[
        ("HOST", "127.0.0.1"),
        ("PORT", "0"),
        ("AUTH_MODE", "none"),
        ("DATABASE_URL", &url),
    ]);
    let db = Db::connect(&config.database).unwrap();
    let background = BackgroundMetrics::new();
    let health = Arc::new(Health::new(db.clone(), MigrationSet::load(None).unwrap(), background.clone()));
    let state = AppState::new(db, Clock::system(), &config.auth, health, background);
    let application = Application::build(&config, state).unwrap();
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let bench = Bench { client: Client::new(), url: format!("http://{}", application.address()) };
    actix_web::rt::spawn(application.run());
    bench.get("/api/me").await;

    let (sql, connection) = tokio_postgres::connect(&database.admin_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let began = Instant::now();
    // The rows are right by construction; checking a foreign key for each of them would take minutes.
    sql.batch_execute("SET session_replication_role = replica").await.unwrap();
    sql.batch_execute(&FILL.replace("$ENTRIES$", &entries.to_string())).await.unwrap();
    sql.batch_execute("VACUUM ANALYZE").await.unwrap();
    println!(
        "{entries} entries of 5 people in {:.1?}; {TIMES} requests of each kind, one after the other\n",
        began.elapsed()
    );

    let categories: Value = bench.get("/api/categories").await.json().await.unwrap();
    let categories = categories.as_array().unwrap();
    let root = categories.iter().find(|category| category["parentCategoryId"].is_null()).unwrap();
    let leaf = categories.iter().find(|category| category["name"] == "Grandchild 1").unwrap();
    let tags: Value = bench.get("/api/tags").await.json().await.unwrap();
    let (root, leaf, tag) = (text(&root["id"]), text(&leaf["id"]), text(&tags[0]["id"]));
    let (project, client) = (text(&categories[0]["projectId"]), client_of(&bench).await);

    println!("{:<34} {:>9} {:>9} {:>9} {:>10}", "", "p50 ms", "p99 ms", "max ms", "bytes");
    let now = clock::now();
    let start = (Method::POST, "/api/time/start".to_owned(), Some(json!({"categoryId": leaf})));
    let stop = (Method::POST, "/api/time/stop".to_owned(), None);
    bench.measure("start + stop", &[start.clone(), stop]).await;
    bench.send(start.0, &start.1, start.2.as_ref()).await;
    let ago = |days| stamp(now - TimeDelta::days(days));
    let old = json!({"categoryId": leaf, "startedAt": ago(200), "stoppedAt": ago(200)});
    let list = "/api/time/entries";
    for (name, requests) in [
        ("active", get("/api/time/active")),
        ("entry by hand, 200 days ago", vec![(Method::POST, list.to_owned(), Some(old))]),
        ("first page", get(list)),
        ("a week", get(format!("{list}?from={}&to={}", ago(107), ago(100)))),
        ("page 500, by cursor", get(page_500(&bench).await)),
        ("category with subtree, page", get(format!("{list}?categoryId={root}&includeSubcategories=true&limit=100"))),
        ("category with subtree, all", get(format!("{list}?categoryId={root}&includeSubcategories=true"))),
        ("category, page", get(format!("{list}?categoryId={leaf}&limit=100"))),
        ("project, page", get(format!("{list}?projectId={project}&limit=100"))),
        ("client, page", get(format!("{list}?clientId={client}&limit=100"))),
        ("tag, page", get(format!("{list}?tagId={tag}&limit=100"))),
        ("running", get(format!("{list}?running=true"))),
        ("text in a month", get(format!("{list}?q=TICKET+77&from={}&to={}", ago(130), ago(100)))),
        ("overlaps of a week", get(format!("/api/time/overlaps?from={}&to={}", ago(107), ago(100)))),
    ] {
        bench.measure(name, &requests).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn client_of(bench: &Bench) -> String {
    let clients: Value = bench.get("/api/clients").await.json().await.unwrap();
    text(&clients[0]["id"])
}

/// The path of the page after 49,900 entries.
async fn page_500(bench: &Bench) -> String {
    let mut cursor = String::new();
    for limit in [vec![1_000; 49], vec![900]].concat() {
        let answer = bench.get(&format!("/api/time/entries?limit={limit}&cursor={cursor}")).await;
        let Some(next) = answer.headers().get("x-next-cursor") else { break };
        cursor = next.to_str().unwrap().to_owned();
    }
    format!("/api/time/entries?limit=100&cursor={cursor}")
}
