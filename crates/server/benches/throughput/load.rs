//! The load: what is asked, how often, and what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clockwork_devdb::testing::TestDb;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use super::program::Program;

/// As many people at once.
pub(crate) const CONNECTIONS: usize = 64;

/// What one round saw.
pub(crate) struct Round {
    took: Duration,
    cpu: Duration,
    /// How long each request took, sorted.
    times: Vec<Duration>,
}

impl Round {
    pub(crate) fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }

    /// In milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        self.times[(self.times.len() - 1) * percent / 100].as_secs_f64() * 1e3
    }

    /// The server's processor time for each request, in microseconds.
    pub(crate) fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.times.len() as f64
    }
}

/// Makes a project with a category through the API, and returns the category's id.
pub(crate) async fn prepare(url: &str) -> String {
    let client = Client::new();
    let post = async |path: String, body: Value| -> Value {
        let answer = client.post(format!("{url}{path}")).json(&body).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    };
    let project = post("/api/projects".to_owned(), json!({"name": "Project"})).await;
    let id = project["id"].as_str().unwrap();
    let category = post(format!("/api/projects/{id}/categories"), json!({"name": "Category"})).await;
    category["id"].as_str().unwrap().to_owned()
}

/// Gives another database the same user, workspace, project and category, and returns how many categories that were.
pub(crate) async fn copy_place(from: &TestDb, to: &TestDb) -> u64 {
    let (from, to) = (connect(from).await, connect(to).await);
    let mut copied = 0;
    for table in ["users", "workspaces", "memberships", "projects", "categories"] {
        let rows = from.query(&format!("SELECT to_jsonb(t)::text FROM {table} t"), &[]).await.unwrap();
        copied = 0;
        for row in rows {
            let row: String = row.get(0);
            let insert =
                format!("INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1::text::jsonb)");
            copied += to.execute(&insert, &[&row]).await.unwrap();
        }
    }
    copied
}

/// Deletes all entries: each round begins with as many as any other.
pub(crate) async fn clear(database: &TestDb) {
    let sql = connect(database).await;
    sql.batch_execute("TRUNCATE time_entries CASCADE").await.unwrap();
    sql.batch_execute("VACUUM ANALYZE time_entries").await.unwrap();
}

async fn connect(database: &TestDb) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&database.admin_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Loads a program for some time.
pub(crate) async fn run(program: &Program, category: &str, length: Duration) -> Round {
    let (before, began) = (program.cpu(), Instant::now());
    let start = Arc::new(json!({"categoryId": category}).to_string());
    let people: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(one_person(program.url.clone(), Arc::clone(&start), began + length)))
        .collect();
    let mut times = Vec::new();
    for person in people {
        times.extend(person.await.unwrap());
    }
    times.sort();
    Round { took: began.elapsed(), cpu: program.cpu() - before, times }
}

/// Sends one request after the other over one connection, and returns how long each took.
async fn one_person(url: String, start: Arc<String>, until: Instant) -> Vec<Duration> {
    let client = Client::builder().pool_max_idle_per_host(1).build().unwrap();
    let at = |path: &str| format!("{url}/api/time/{path}");
    let (starting, active, entries, stopping) = (at("start"), at("active"), at("entries?limit=50"), at("stop"));
    let mut times = Vec::new();
    while Instant::now() < until {
        for (request, also) in [
            (client.post(&starting).header("content-type", "application/json").body(start.to_string()), None),
            (client.get(&active), None),
            (client.get(&entries), None),
            (client.get(&active), None),
            // All connections are the same person: another one may have stopped the timer.
            (client.post(&stopping), Some(StatusCode::CONFLICT)),
        ] {
            let sent = Instant::now();
            let answer = request.send().await.unwrap();
            let status = answer.status();
            answer.bytes().await.unwrap();
            assert!(status.is_success() || Some(status) == also, "answered with {status}");
            times.push(sent.elapsed());
        }
    }
    times
}
