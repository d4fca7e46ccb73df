//! What a service manager hears from the real binary: a socket as systemd has one, and what comes to it. Operations W3.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram as StdUnixDatagram};
use std::time::Duration;

use clockwork_devdb::testing::{self, TestDb};
use nix::sys::signal::Signal;
use tempfile::TempDir;
use tokio::net::UnixDatagram;
use tokio::time::timeout;

use crate::harness::{Process, TestApp, migrate, migrated_database};

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// Something that listens as systemd does.
struct Manager {
    socket: UnixDatagram,
    name: String,
    _directory: TempDir,
}

impl Manager {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        Self { socket, name: path.to_str().unwrap().to_owned(), _directory: directory }
    }

    fn start(&self, environment: &[(&str, &str)]) -> Process {
        let environment: Vec<_> = environment.iter().copied().chain([("NOTIFY_SOCKET", self.name.as_str())]).collect();
        Process::start(&std::env::temp_dir(), &environment)
    }

    /// The next message, line by line.
    async fn receive(&self) -> Vec<String> {
        let mut buffer = vec![0; 4096];
        let length = timeout(DEADLINE, self.socket.recv(&mut buffer)).await.expect("a message in time").unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap().lines().map(str::to_owned).collect()
    }

    /// The next message that has a line which begins like that; others are passed over.
    async fn hear_of(&self, line: &str) -> Vec<String> {
        loop {
            let message = self.receive().await;
            if message.iter().any(|received| received.starts_with(line)) {
                return message;
            }
        }
    }
}

async fn get(process: &Process, path: &str) -> u16 {
    TestApp::http_client().get(format!("{}{path}", process.url)).send().await.unwrap().status().as_u16()
}

async fn served(manager: &Manager, more: &[(&str, &str)]) -> (TestDb, Process) {
    let database = migrated_database().await;
    let url = database.url();
    let process = manager.start(&[more, &[("DATABASE_URL", url.as_str())]].concat());
    (database, process)
}

#[actix_web::test]
async fn it_is_told_when_the_server_is_ready_and_first_of_all_when_it_ends() {
    let manager = Manager::new();
    let (_database, mut process) = served(&manager, &[("SHUTDOWN_DRAIN", "10m"), ("SHUTDOWN_TIMEOUT", "90s")]).await;
    let ready = manager.receive().await;
    assert_eq!(ready[0], "READY=1");
    assert!(ready[1].starts_with("STATUS=serving, version "), "{ready:?}");
    assert_eq!((ready.len(), get(&process, "/readyz").await), (2, 200));

    process.signal(Signal::SIGTERM);
    let stopping = manager.receive().await;
    // The drain, the requests, and some time to close.
    let longest = (600 + 90 + 15) * 1_000_000;
    assert_eq!(stopping[..2], ["STOPPING=1".to_owned(), format!("EXTEND_TIMEOUT_USEC={longest}")]);
    assert_eq!(stopping[2], "STATUS=not ready any more, and draining for 600s");
    // Nothing is closed: it goes on answering for ten minutes.
    assert_eq!((get(&process, "/livez").await, get(&process, "/readyz").await), (200, 503));
    process.wait_for_line("shutdown requested by SIGTERM");
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(143));
    assert!(!process.messages().iter().any(|message| message.contains("closed")), "{:?}", process.messages());
}

#[actix_web::test]
async fn it_is_told_of_each_step_of_the_end() {
    let manager = Manager::new();
    let (_database, mut process) = served(&manager, &[]).await;
    manager.hear_of("READY=1").await;
    process.signal(Signal::SIGINT);
    assert_eq!(process.wait().code(), Some(0));
    assert_eq!(manager.receive().await[0], "STOPPING=1");
    assert_eq!(manager.receive().await, ["STATUS=finishing requests in flight"]);
    assert_eq!(manager.receive().await, ["STATUS=closing"]);
}

#[actix_web::test]
async fn the_watchdog_hears_a_beat_for_as_long_as_the_server_serves() {
    let manager = Manager::new();
    let (_database, mut process) = served(&manager, &[("WATCHDOG_USEC", "400000"), ("SHUTDOWN_DRAIN", "10m")]).await;
    assert_eq!(manager.receive().await[0], "READY=1");
    for _ in 0..3 {
        assert_eq!(manager.receive().await, ["WATCHDOG=1"]);
    }
    process.signal(Signal::SIGTERM);
    manager.hear_of("STOPPING=1").await;
    // While it drains, it serves.
    assert_eq!(manager.receive().await, ["WATCHDOG=1"]);
    process.signal(Signal::SIGTERM);
    process.wait();
}

#[actix_web::test]
async fn a_watchdog_of_another_process_hears_nothing() {
    let manager = Manager::new();
    let (_database, mut process) = served(&manager, &[("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "1")]).await;
    assert_eq!(manager.receive().await[0], "READY=1");
    process.signal(Signal::SIGTERM);
    assert_eq!(manager.receive().await[0], "STOPPING=1");
    process.wait();
}

#[actix_web::test]
async fn a_start_waits_a_moment_for_the_database_and_then_says_what_is_missing_until_it_is_there() {
    let manager = Manager::new();
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let _process = manager.start(&[("DATABASE_URL", &database.url()), ("WATCHDOG_USEC", "2000000")]);
    let ready = manager.receive().await;
    assert_eq!(ready[0], "READY=1");
    assert!(ready[1].contains("not ready, version ") && ready[1].contains(": migrations: "), "{ready:?}");
    migrate(&database.url()).await.unwrap();
    // It may have been looked at between two migrations.
    manager.hear_of("STATUS=serving, version ").await;
}

#[actix_web::test]
async fn a_server_without_its_database_is_started() {
    let manager = Manager::new();
    let process = manager.start(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")]);
    let ready = manager.receive().await;
    assert_eq!(ready[0], "READY=1");
    assert!(ready[1].contains(": database: "), "{ready:?}");
    assert_eq!((get(&process, "/livez").await, get(&process, "/readyz").await), (200, 503));
}

#[actix_web::test]
async fn an_abstract_socket_is_one_too() {
    let mut manager = Manager::new();
    let name = format!("clockwork-tests/{}", manager.name);
    let socket = StdUnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    socket.set_nonblocking(true).unwrap();
    manager.socket = UnixDatagram::from_std(socket).unwrap();
    manager.name = format!("@{name}");
    let (_database, _process) = served(&manager, &[]).await;
    assert_eq!(manager.receive().await[0], "READY=1");
}

#[actix_web::test]
async fn a_missing_service_manager_does_not_stop_the_server() {
    let database = migrated_database().await;
    let nowhere = [("DATABASE_URL", database.url()), ("NOTIFY_SOCKET", "/nonexistent/notify".to_owned())];
    let nowhere: Vec<_> = nowhere.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut process = Process::start(&std::env::temp_dir(), &nowhere);
    process.wait_for_line("the service manager cannot be notified");
    assert_eq!(get(&process, "/readyz").await, 200);
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
}
