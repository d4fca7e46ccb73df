//! How the server starts and ends, seen from outside of the real binary.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use clockwork_devdb::testing::TestDb;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, StatusCode};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_postgres::NoTls;

use crate::harness::{Process, Stream, TestApp, migrated_database};

/// A directory without configuration files, that PostgreSQL's account may enter.
fn directory() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    // Whatever the umask says.
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

async fn server(environment: &[(&str, &str)]) -> (TestDb, Process) {
    let database = migrated_database().await;
    let url = database.url();
    let environment: Vec<_> = environment.iter().copied().chain([("DATABASE_URL", url.as_str())]).collect();
    let process = Process::start(&std::env::temp_dir(), &environment);
    (database, process)
}

/// A lock that stops every request for projects, until the connection is dropped.
async fn hold_up(database: &TestDb) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; LOCK TABLE projects IN ACCESS EXCLUSIVE MODE").await.unwrap();
    client
}

async fn until_waiting(client: &tokio_postgres::Client) {
    let begun = Instant::now();
    // The table has the same number in every database of the cluster, since all are copies of one.
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'projects'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "the request does not reach the database");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[track_caller]
fn in_order(messages: &[String], steps: &[&str]) {
    let mut rest = messages.iter();
    for step in steps {
        assert!(rest.any(|message| message.contains(step)), "{step:?} is missing or out of order in {messages:#?}");
    }
}

/// Operations L1, as far as there is something to close.
const STEPS: [&str; 6] = [
    "not ready, draining",
    "drained",
    "closed: the HTTP server",
    "closed: the job workers",
    "closed: the connections to the database",
    "closed: the telemetry",
];

/// Waits until a server is ready. On a busy machine a database may take longer than the second that a look at it lasts.
async fn until_ready(url: &str) {
    let (client, begun) = (TestApp::http_client(), Instant::now());
    while client.get(format!("{url}/readyz")).send().await.unwrap().status() != StatusCode::OK {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not become ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn a_signal_drains_first() {
    for (signal, name) in [(Signal::SIGTERM, "SIGTERM"), (Signal::SIGINT, "SIGINT")] {
        let (_database, mut process) = server(&[("SHUTDOWN_DRAIN", "5s")]).await;
        let client: Client = TestApp::http_client();
        let url = process.url.clone();
        let get = |path: &str| client.get(format!("{url}{path}")).send();
        until_ready(&url).await;
        let before = get("/api/projects").await.unwrap();
        assert!(!before.headers().contains_key("connection"), "{:?}", before.headers());

        let begun = Instant::now();
        process.signal(signal);
        while get("/readyz").await.unwrap().status() == StatusCode::OK {
            assert!(begun.elapsed() < Duration::from_secs(4), "readiness turns before the drain is over");
        }
        let ready = get("/readyz").await.unwrap();
        assert_eq!(ready.status(), 503);
        assert_eq!(ready.json::<serde_json::Value>().await.unwrap()["status"], "draining");
        let words = get("/ready").await.unwrap().json::<serde_json::Value>().await.unwrap();
        assert_eq!((&words["status"], &words["error"]), (&"not ready".into(), &"the server is shutting down".into()));
        assert_eq!(get("/livez").await.unwrap().status(), 200);
        let during = get("/api/projects").await.unwrap();
        assert_eq!((during.status().as_u16(), &during.headers()["connection"]), (200, &"close".parse().unwrap()));

        assert_eq!(process.wait().code(), Some(0));
        assert!(begun.elapsed() >= Duration::from_secs(5), "it goes on answering while it drains");
        in_order(&process.messages(), &STEPS);
        assert!(process.messages().iter().any(|message| message.contains(name)));
        assert!(get("/livez").await.unwrap_err().is_connect());
    }
}

#[actix_web::test]
async fn a_request_in_flight_is_finished() {
    let (database, mut process) = server(&[]).await;
    let blocker = hold_up(&database).await;
    let request = tokio::spawn(TestApp::http_client().get(format!("{}/api/projects", process.url)).send());
    until_waiting(&blocker).await;
    process.signal(Signal::SIGTERM);
    process.wait_for_line("drained");
    drop(blocker);
    let answer = request.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), "[]");
    assert_eq!(process.wait().code(), Some(0));
    in_order(&process.messages(), &STEPS);
}

/// An import is a request as others are, only longer: it is held up in the middle of its transaction.
#[actix_web::test]
async fn an_import_in_flight_is_finished() {
    let (database, mut process) = server(&[]).await;
    let blocker = hold_up(&database).await;
    let file = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
                Me,me@example.com,,Website,,Review,No,2026-03-02,09:00:00,2026-03-02,10:00:00,01:00:00,\n";
    let form = Form::new().part("file", Part::text(file).file_name("toggl.csv"));
    let request = TestApp::http_client().post(format!("{}/api/imports", process.url)).multipart(form);
    let request = tokio::spawn(request.send());
    until_waiting(&blocker).await;
    process.signal(Signal::SIGTERM);
    process.wait_for_line("drained");
    drop(blocker);
    let answer = request.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["entries"]["created"], 1);
    assert_eq!(process.wait().code(), Some(0));
    in_order(&process.messages(), &STEPS);
    let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let count: i64 = client.query_one("SELECT count(*) FROM time_entries", &[]).await.unwrap().get(0);
    assert_eq!(count, 1);
}

/// Each worker that has nothing to do ends at once, whatever the others do. A connection to the database that was
/// opened on behalf of one of its requests must not end with it.
#[actix_web::test]
async fn a_request_in_flight_keeps_its_connection_to_the_database_when_other_workers_end() {
    let (database, mut process) = server(&[]).await;
    let address = process.url.trim_start_matches("http://").to_owned();
    // One connection after the other goes round among the workers; each of them meets the one connection to the
    // database.
    for _ in 0..std::thread::available_parallelism().unwrap().get() {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        stream.write_all(b"GET /api/projects HTTP/1.1\r\nHost: clockwork\r\nConnection: close\r\n\r\n").await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    }
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: clockwork\r\nConnection: close\r\n\r\n").await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    let blocker = hold_up(&database).await;
    let request = tokio::spawn(TestApp::http_client().get(format!("{}/api/projects", process.url)).send());
    until_waiting(&blocker).await;
    process.signal(Signal::SIGTERM);
    process.wait_for_line("drained");
    // The idle workers are gone by now.
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(blocker);
    assert_eq!(request.await.unwrap().unwrap().status(), 200);
    assert_eq!(process.wait().code(), Some(0));
}

#[actix_web::test]
async fn each_step_of_the_end_is_logged_with_its_time() {
    let (_database, mut process) = server(&[]).await;
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
    in_order(&process.messages(), &STEPS);
    for step in &STEPS[1..] {
        let line =
            process.log.iter().find(|line| line["message"].as_str().is_some_and(|message| message.contains(step)));
        let after = line.unwrap()["after"].as_str().unwrap();
        assert!(after.ends_with('s') && after.starts_with(|c: char| c.is_ascii_digit()), "{step}: {after}");
    }
}

#[actix_web::test]
async fn a_request_that_does_not_finish_is_not_waited_for_longer_than_configured() {
    let (database, mut process) = server(&[("SHUTDOWN_TIMEOUT", "1s")]).await;
    let blocker = hold_up(&database).await;
    let request = tokio::spawn(TestApp::http_client().get(format!("{}/api/projects", process.url)).send());
    until_waiting(&blocker).await;
    let begun = Instant::now();
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(request.await.unwrap().is_err());
}

#[actix_web::test]
async fn an_idle_connection_holds_nothing_up() {
    let (_database, mut process) = server(&[("SHUTDOWN_TIMEOUT", "10m")]).await;
    let client = TestApp::http_client();
    client.get(format!("{}/livez", process.url)).send().await.unwrap().text().await.unwrap();
    let _silent = tokio::net::TcpStream::connect(process.url.trim_start_matches("http://")).await.unwrap();
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
}

#[actix_web::test]
async fn a_second_signal_ends_it_at_once() {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let (_database, mut process) = server(&[("SHUTDOWN_DRAIN", "10m")]).await;
        process.signal(Signal::SIGTERM);
        process.wait_for_line("shutdown requested by SIGTERM");
        process.signal(signal);
        assert_eq!(process.wait().code(), Some(code));
    }
}

#[actix_web::test]
async fn without_a_database_url_it_brings_its_own_and_stops_it() {
    let checkout = directory();
    let mut process = Process::start(checkout.path(), &[("DB_AUTO_MIGRATE", "true")]);
    let get = |path: &str| TestApp::http_client().get(format!("{}{path}", process.url)).send();
    until_ready(&process.url).await;
    assert_eq!(get("/api/projects").await.unwrap().status(), 200);
    let pid_file = checkout.path().join(".clockwork/postgres/data/postmaster.pid");
    assert!(pid_file.exists());
    process.signal(Signal::SIGINT);
    assert_eq!(process.wait().code(), Some(0));
    assert!(!pid_file.exists(), "PostgreSQL is stopped with the server");
    in_order(&process.messages(), &[&STEPS[..], &["private PostgreSQL released"]].concat());
}

/// Operations L5, with the private PostgreSQL, which is started again when it dies.
#[actix_web::test]
async fn a_start_tells_that_the_database_is_connected_or_what_it_waits_for_without_being_asked() {
    let (_database, mut server) = server(&[]).await;
    server.wait_for_line("the database is connected and has the schema that this version needs");

    let empty = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let mut server = Process::start(directory().path(), &[("DATABASE_URL", &empty.url())]);
    server.wait_for_line("not ready: this version needs migrations");
    crate::harness::migrate(&empty.url()).await.unwrap();
    server.wait_for_line("the database is connected and has the schema that this version needs");
}

#[actix_web::test]
async fn a_database_that_dies_is_503_until_it_is_back_and_nothing_is_restarted() {
    let checkout = directory();
    let process = Process::start(checkout.path(), &[("DB_AUTO_MIGRATE", "true")]);
    let client: Client = TestApp::http_client();
    let get = |path: &str| client.get(format!("{}{path}", process.url)).send();
    assert_eq!(get("/api/projects").await.unwrap().status(), 200);

    let postmaster = || -> Option<i32> {
        let file = fs::read_to_string(checkout.path().join(".clockwork/postgres/data/postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok()
    };
    let killed = postmaster().unwrap();
    kill(Pid::from_raw(killed), Signal::SIGKILL).unwrap();
    let begun = Instant::now();
    let mut recovered = false;
    while !recovered {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come back");
        assert_eq!(get("/livez").await.unwrap().status(), 200);
        let answer = get("/api/projects").await.unwrap();
        match answer.status().as_u16() {
            200 => recovered = postmaster().is_some_and(|pid| pid != killed),
            503 => assert!(answer.headers().contains_key("retry-after")),
            other => panic!("{other}: {}", answer.text().await.unwrap()),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    until_ready(&process.url).await;
}

/// A stream would never end by itself. Its client comes back to another server, and goes on where it was.
#[actix_web::test]
async fn event_streams_are_told_when_to_come_back_and_hold_nothing_up() {
    let (database, mut process) = server(&[("SHUTDOWN_TIMEOUT", "10m")]).await;
    let mut stream = Stream::open(&process.url, None).await;
    stream.changes().await;
    process.signal(Signal::SIGTERM);
    let mut last = stream.event().await;
    while let Some(event) = stream.next().await {
        last = event;
    }
    assert!(last.retry.is_some(), "{last:?}");
    assert_eq!(process.wait().code(), Some(0));
    in_order(&process.messages(), &["drained", "closed: the event streams", "closed: the connections to the database"]);

    let next = TestApp::with_database(database).await;
    let mut resumed = next.stream(stream.last_id.as_deref()).await;
    resumed.has_nothing_more(&next).await;
}
