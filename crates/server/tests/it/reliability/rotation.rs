//! The file with `DATABASE_URL` says something else while the server runs, as after the rotation of a password.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clockwork_devdb::testing::OwnServer;
use futures_util::future::join_all;
use serde_json::json;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use super::{category, client, server};
use crate::harness::{Process, Stream, migrate};

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);
/// What must not be read anywhere.
const SECRET: &str = "not-for-the-log";

/// A database of its own, a role for the application, and a mounted Secret.
struct Fixture {
    database: OwnServer,
    admin: Client,
    secret: Secret,
}

/// A Secret as Kubernetes mounts it: the file is a link into a directory that another link names, and that one is
/// swapped.
struct Secret {
    dir: TempDir,
    versions: u32,
}

impl Secret {
    fn new(text: &str) -> Self {
        let mut secret = Self { dir: tempfile::tempdir().unwrap(), versions: 0 };
        secret.write(text);
        symlink("..data/DATABASE_URL", secret.path()).unwrap();
        secret
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("DATABASE_URL")
    }

    fn write(&mut self, text: &str) {
        self.versions += 1;
        let version = format!("..version_{}", self.versions);
        let place = self.dir.path().join(&version);
        fs::create_dir(&place).unwrap();
        fs::write(place.join("DATABASE_URL"), text).unwrap();
        symlink(version, self.dir.path().join("..data_tmp")).unwrap();
        fs::rename(self.dir.path().join("..data_tmp"), self.dir.path().join("..data")).unwrap();
    }
}

impl Fixture {
    async fn new() -> Self {
        let database = OwnServer::start().await.unwrap();
        migrate(&database.url()).await.unwrap();
        let (admin, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        let secret = Secret::new(&url_of(&database, "first", SECRET));
        let setting = Self { database, admin, secret };
        setting.role("first", SECRET).await;
        setting
    }

    async fn role(&self, name: &str, password: &str) {
        self.sql(&format!("CREATE ROLE {name} LOGIN PASSWORD '{password}' IN ROLE clockwork")).await;
    }

    async fn sql(&self, statements: &str) {
        self.admin.batch_execute(statements).await.unwrap();
    }

    fn url(&self, role: &str, password: &str) -> String {
        url_of(&self.database, role, password)
    }

    async fn server(&self) -> Process {
        let file = self.secret.path().display().to_string();
        // Passwords are checked slowly without optimisation.
        server(&[("DATABASE_URL_FILE", &file), ("DATABASE_ACQUIRE_TIMEOUT", "60s")]).await
    }

    async fn connections_of(&self, role: &str) -> i64 {
        let statement = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1";
        self.admin.query_one(statement, &[&role]).await.unwrap().get(0)
    }

    /// Ends all connections of the application, so that new ones are needed.
    async fn end_connections(&self) {
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('first', 'second')").await;
    }
}

fn url_of(database: &OwnServer, role: &str, password: &str) -> String {
    database.url().replace("//clockwork@", &format!("//{role}:{password}@"))
}

async fn status(server: &Process) -> u16 {
    client::once(&server.url, "GET", "/api/projects", "application/json", b"").await.unwrap().status
}

/// Waits until requests are answered, which they are once it is noticed that connections were ended.
async fn answers(server: &Process) {
    let begun = Instant::now();
    while status(server).await != 200 {
        assert!(begun.elapsed() < DEADLINE, "requests fail without end");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits for a line of the log, and lets other tasks go on meanwhile.
async fn logged(mut server: Process, text: &str) -> Process {
    let text = text.to_owned();
    let waiting = tokio::task::spawn_blocking(move || {
        server.wait_for_line(&text);
        server
    });
    waiting.await.unwrap()
}

#[actix_web::test]
async fn a_changed_password_is_used_without_a_restart() {
    let mut setting = Fixture::new().await;
    let server = setting.server().await;
    let category = category(&server.url).await;
    let mut stream = Stream::open(&server.url, None).await;

    setting.sql("ALTER ROLE first PASSWORD 'changed'").await;
    assert_eq!(status(&server).await, 200, "connections go on");
    setting.secret.write(&setting.url("first", "changed"));
    setting.end_connections().await;
    answers(&server).await;

    let body = json!({"categoryId": category}).to_string();
    let begun = client::once(&server.url, "POST", "/api/time/start", "application/json", body.as_bytes()).await;
    assert_eq!(begun.unwrap().status, 201);
    // Live updates have a connection of their own.
    assert_eq!(stream.event().await.name, "changes");
    let mut server = logged(server, "DATABASE_URL has changed").await;
    server.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(server.wait().success());
    let log = format!("{:?}", server.log);
    assert!(!log.contains(SECRET) && !log.contains("changed@"), "{log}");
}

#[actix_web::test]
async fn a_changed_password_in_a_file_of_its_own_is_used_without_a_restart() {
    let setting = Fixture::new().await;
    let mut password = Secret::new(SECRET);
    let url = setting.database.url();
    let (_, place) = url.rsplit_once('@').unwrap();
    let (address, name) = place.split_once('?').map_or(place, |(address, _)| address).split_once('/').unwrap();
    let (host, port) = address.rsplit_once(':').unwrap();
    let file = password.path().display().to_string();
    let parts = [("DATABASE_HOST", host), ("DATABASE_PORT", port), ("DATABASE_NAME", name), ("DATABASE_USER", "first")];
    let more = [("DATABASE_PASSWORD_FILE", file.as_str()), ("DATABASE_ACQUIRE_TIMEOUT", "60s")];
    let server = server(&[&parts[..], &more[..]].concat()).await;
    answers(&server).await;

    setting.sql("ALTER ROLE first PASSWORD 'changed:/@'").await;
    password.write("changed:/@");
    setting.end_connections().await;
    answers(&server).await;
    let server = logged(server, "DATABASE_URL has changed").await;
    let log = format!("{:?}", server.log);
    assert!(!log.contains(SECRET) && !log.contains("changed:/@"), "{log}");
}

#[actix_web::test]
async fn connections_of_the_former_role_are_given_up_and_no_request_notices() {
    let mut setting = Fixture::new().await;
    setting.role("second", "other").await;
    let server = setting.server().await;
    let _stream = Stream::open(&server.url, None).await;
    answers(&server).await;
    let begun = Instant::now();
    while setting.connections_of("first").await < 2 {
        assert!(begun.elapsed() < DEADLINE, "there is no connection for live updates");
        tokio::time::sleep(PAUSE).await;
    }

    setting.secret.write(&setting.url("second", "other"));
    let begun = Instant::now();
    while setting.connections_of("first").await > 0 || setting.connections_of("second").await < 2 {
        assert_eq!(status(&server).await, 200);
        assert!(begun.elapsed() < DEADLINE, "connections of the former role are still there");
        tokio::time::sleep(PAUSE).await;
    }
    // Nothing needs the former role any more.
    setting.sql("DROP ROLE first").await;
    setting.end_connections().await;
    answers(&server).await;
}

#[actix_web::test]
async fn the_file_may_be_changed_before_the_password_and_no_request_fails() {
    let mut setting = Fixture::new().await;
    let server = setting.server().await;
    answers(&server).await;
    setting.secret.write(&setting.url("first", "changed"));
    let server = logged(server, "the new DATABASE_URL cannot be used").await;
    assert_eq!(status(&server).await, 200);

    setting.sql("ALTER ROLE first PASSWORD 'changed'").await;
    // More at once than there are connections, so that others are opened.
    let statuses = join_all((0..8).map(|_| status(&server))).await;
    assert_eq!(statuses, [200; 8]);
    logged(server, "DATABASE_URL has changed").await;
}

#[actix_web::test]
async fn a_file_that_cannot_be_used_changes_nothing_and_is_told_once() {
    let mut setting = Fixture::new().await;
    let mut server = setting.server().await;
    answers(&server).await;
    let wrong = setting.url("first", &format!("{SECRET}-at-all"));
    for unusable in [format!("{SECRET}@nowhere"), String::new(), wrong] {
        setting.secret.write(&unusable);
        server = logged(server, "the new DATABASE_URL cannot be used").await;
        setting.end_connections().await;
        answers(&server).await;
    }
    fs::remove_file(setting.secret.path()).unwrap();
    server = logged(server, "the new DATABASE_URL cannot be used").await;
    setting.end_connections().await;
    answers(&server).await;

    // The server is still able to follow.
    setting.sql("ALTER ROLE first PASSWORD 'changed'").await;
    fs::write(setting.secret.path(), setting.url("first", "changed")).unwrap();
    setting.end_connections().await;
    answers(&server).await;
    let mut server = logged(server, "DATABASE_URL has changed").await;
    server.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(server.wait().success());
    let problems: Vec<_> = server.log.iter().filter_map(|line| line["problem"].as_str()).collect();
    let expected = ["does not begin with postgres://", "is empty", "password authentication failed", "cannot be read"];
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    assert!(expected.iter().zip(&problems).all(|(expected, problem)| problem.contains(expected)), "{problems:?}");
    let log = format!("{:?}", server.log);
    assert!(!log.contains(SECRET), "{log}");
}
