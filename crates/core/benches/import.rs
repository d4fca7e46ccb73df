//! How an import compares with COPY of the very same rows: `cargo bench -p clockwork-core --features db --bench import [ROWS]`.
//!
//! Both write the entries and their tags into a fresh database of the same schema with the same names in it, each in one
//! transaction. What counts is the ratio in one run.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use clockwork_core::clock;
use clockwork_core::config::DatabaseConfig;
use clockwork_core::db::migrations::{MigrationSet, migrate};
use clockwork_core::db::{DatabaseUrl, Db};
use clockwork_core::import::account::Account;
use clockwork_core::import::file::ImportFile;
use clockwork_core::import::{DEFAULT_CATEGORY, ImportOptions, OnError, Parser, run};
use clockwork_core::time_zone::TimeZone;
use clockwork_core::values::CategoryName;
use clockwork_core::workspaces::{BUILT_IN_CALLER, ensure_built_in};
use clockwork_devdb::testing::{self, TestDb};
use futures_util::{SinkExt as _, TryStreamExt as _, pin_mut};
use tokio_postgres::{Client, NoTls};

const NAMES: [&str; 4] = [
    "clients (id, workspace_id, name, archived_at, created_at, updated_at, revision)",
    "projects (id, workspace_id, client_id, name, description, color, billable, archived_at, created_at, updated_at, revision)",
    "categories (id, workspace_id, project_id, parent_category_id, name, description, color, archived_at, created_at, updated_at, revision)",
    "tags (id, workspace_id, name, color, created_at, updated_at, revision)",
];

const ROWS: [&str; 2] = [
    "time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable, import_key, created_at, updated_at, revision)",
    "time_entry_tags (workspace_id, time_entry_id, tag_id)",
];

#[tokio::main]
async fn main() {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let text = file(rows);
    let (parsed, reading) = timed(async { read(&text) }).await;
    println!("{rows} rows, {:.1} MB of CSV, read in {reading:.2?}", text.len() as f64 / 1e6);

    let (ours, theirs) = (database().await, database().await);
    let db = Db::connect(&config(&ours)).unwrap();
    let (account, dry) = timed(import(&db, &parsed, true)).await;
    println!("dry run        {dry:>9.2?}  {} new", account.entries.created);
    let (account, first) = timed(import(&db, &parsed, false)).await;
    println!("import         {first:>9.2?}  {} created", account.entries.created);
    let (account, second) = timed(import(&db, &parsed, false)).await;
    println!("import again   {second:>9.2?}  {} unchanged", account.entries.unchanged);

    let (from, to) = (connect(&ours).await, connect(&theirs).await);
    for table in NAMES {
        copy_in(&to, table, copy_out(&from, table).await).await;
    }
    let mut data = Vec::new();
    for table in ROWS {
        data.push(copy_out(&from, table).await);
    }
    let ((), copy) = timed(async {
        to.batch_execute("BEGIN").await.unwrap();
        for (table, data) in ROWS.into_iter().zip(data) {
            copy_in(&to, table, data).await;
        }
        to.batch_execute("COMMIT").await.unwrap();
    })
    .await;
    println!("COPY           {copy:>9.2?}");
    println!("import / COPY  {:.2}, with reading the file {:.2}", ratio(first, copy), ratio(first + reading, copy));
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let result = work.await;
    (result, began.elapsed())
}

/// A year of a large team: twenty projects of ten tasks, thirty tags, five people.
fn file(rows: usize) -> String {
    let mut text =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\r\n"
            .to_owned();
    for row in 0..rows {
        let (person, project, task, day) = (row % 5, row % 20, row % 200 / 20, row / 5 % 365);
        let date = chrono::NaiveDate::from_yo_opt(2025, u32::try_from(day + 1).unwrap()).unwrap();
        let (hour, minute, second) = (8 + row / 1825 % 10, row / 18_250 % 60, row % 60);
        writeln!(
            text,
            "Member {person},member{person}@example.com,Client {},Project {project},Task {task},\"Work item {row}, reviewed, and written down\",{},\
             {date},{hour:02}:{minute:02}:{second:02},{date},{:02}:{minute:02}:{second:02},01:00:00,\"Tag {}, Tag {}\"\r",
            project % 7,
            if row % 3 == 0 { "No" } else { "Yes" },
            hour + 1,
            row % 30,
            row % 29,
        )
        .unwrap();
    }
    text
}

fn read(text: &str) -> ImportFile {
    let mut parser = Parser::new(None).unwrap();
    for piece in text.as_bytes().chunks(64 * 1024) {
        parser.push(piece).unwrap();
    }
    parser.finish(&TimeZone::parse("Europe/Berlin").unwrap(), None).unwrap()
}

async fn import(db: &Db, file: &ImportFile, dry_run: bool) -> Account {
    let options = ImportOptions {
        dry_run,
        on_error: OnError::Stop,
        default_category: CategoryName::parse(DEFAULT_CATEGORY).unwrap(),
        time_zone: TimeZone::parse("Europe/Berlin").unwrap(),
    };
    run(&mut db.conn().await.unwrap(), BUILT_IN_CALLER, file, &options, clock::now()).await.unwrap()
}

async fn database() -> TestDb {
    let fingerprint = MigrationSet::load(None).unwrap().fingerprint();
    let server = testing::server().await.unwrap();
    server
        .cloned(&format!("{fingerprint} with the built-in workspace"), async |url: String| {
            let config = config_of(&url);
            migrate(&config).await.map_err(|error| error.to_string())?;
            let db = Db::connect(&config).map_err(|error| error.to_string())?;
            let mut conn = db.conn().await.map_err(|error| error.to_string())?;
            ensure_built_in(&mut conn, clock::now()).await.map_err(|error| error.to_string())
        })
        .await
        .unwrap()
}

fn config(database: &TestDb) -> DatabaseConfig {
    config_of(&database.url())
}

fn config_of(url: &str) -> DatabaseConfig {
    DatabaseConfig {
        url: Some(DatabaseUrl::parse(url).unwrap()),
        url_file: None,
        authorities: None,
        max_conns: 2,
        min_idle: 0,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(30),
        auto_migrate: false,
        migrations_dir: None,
    }
}

async fn connect(database: &TestDb) -> Client {
    let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn copy_out(client: &Client, table: &str) -> Vec<bytes::Bytes> {
    let (name, columns) = table.split_once(' ').unwrap();
    let columns = columns.trim_matches(['(', ')']);
    // In the order in which they were written, as a file would have them.
    let stream =
        client.copy_out(&format!("COPY (SELECT {columns} FROM {name} ORDER BY ctid) TO STDOUT")).await.unwrap();
    stream.try_collect().await.unwrap()
}

async fn copy_in(client: &Client, table: &str, data: Vec<bytes::Bytes>) {
    let sink = client.copy_in(&format!("COPY {table} FROM STDIN")).await.unwrap();
    pin_mut!(sink);
    // In pieces as large as psql's, not a message a row.
    for piece in data.concat().chunks(64 * 1024) {
        sink.send(bytes::Bytes::copy_from_slice(piece)).await.unwrap();
    }
    sink.finish().await.unwrap();
}
