//! The development database of a checkout: started, shared, stopped, recovered.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clockwork_devdb::{DevDb, DevDbError, DevDbOptions, Stopped, Variables};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid},
};
use tempfile::TempDir;
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls, error::SqlState};

/// Longer than anything here takes, however busy the machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A checkout that every account may enter.
fn checkout() -> TempDir {
    directory(0o755)
}

fn directory(mode: u32) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    // Whatever the umask says.
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
    dir
}

fn options(checkout: &Path) -> DevDbOptions {
    DevDbOptions::new(checkout.join(".clockwork"))
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn write(database: &DevDb) {
    let client = connect(&database.url()).await.unwrap();
    client.batch_execute("CREATE TABLE kept (value text); INSERT INTO kept VALUES ('Ä')").await.unwrap();
}

async fn read(url: &str) -> String {
    connect(url).await.unwrap().query_one("SELECT lower(value) FROM kept", &[]).await.unwrap().get(0)
}

fn postmaster(dir: &Path) -> Option<Pid> {
    let text = fs::read_to_string(dir.join("data/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok().map(Pid::from_raw)
}

/// Until the condition holds; a failure names it.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < DEADLINE, "still waiting: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Another process that uses the database.
struct User {
    process: Child,
    url: String,
}

impl User {
    fn of(checkout: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_devdb"))
            .arg("--dir")
            .arg(checkout.join(".clockwork"))
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }

    fn signal(&mut self, signal: Signal) {
        kill(Pid::from_raw(self.process.id().cast_signed()), signal).unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn a_restart_keeps_data_address_and_password() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    write(&database).await;
    let (url, dir) = (database.url(), database.dir().to_owned());
    assert_eq!(dir, checkout.path().canonicalize().unwrap().join(".clockwork/postgres"));
    assert_eq!(database.stop().await.unwrap(), Stopped::Ended);
    assert_eq!(postmaster(&dir), None);
    assert!(connect(&url).await.is_err());

    let database = DevDb::start(options(checkout.path())).await.unwrap();
    assert_eq!(database.url(), url);
    assert_eq!(read(&url).await, "ä");
}

#[tokio::test]
async fn dropping_stops_it() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let dir = database.dir().to_owned();
    assert!(postmaster(&dir).is_some());
    drop(database);
    assert_eq!(postmaster(&dir), None);
}

#[tokio::test]
async fn other_accounts_of_the_machine_stay_outside() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(database.dir().to_owned()), 0o700);
    assert_eq!(mode(database.dir().join("password")), 0o600);
    let address: tokio_postgres::Config = database.url().parse().unwrap();
    let mut guess = address.clone();
    guess.password("guess");
    let error = guess.connect(NoTls).await.err().unwrap();
    assert_eq!(error.code(), Some(&SqlState::INVALID_PASSWORD));
}

#[tokio::test]
async fn two_at_once_share_it_and_the_last_one_stops_it() {
    let checkout = checkout();
    let (first, second) = tokio::join!(DevDb::start(options(checkout.path())), DevDb::start(options(checkout.path())));
    let (first, second) = (first.unwrap(), second.unwrap());
    let mut third = User::of(checkout.path());
    assert_eq!(first.url(), second.url());
    assert_eq!(first.url(), third.url);
    write(&first).await;
    let dir = first.dir().to_owned();
    assert_eq!(first.stop().await.unwrap(), Stopped::LeftRunning);
    assert_eq!(read(&second.url()).await, "ä");
    third.signal(Signal::SIGTERM);
    assert_eq!(read(&second.url()).await, "ä");
    assert_eq!(second.stop().await.unwrap(), Stopped::Ended);
    assert_eq!(postmaster(&dir), None);
}

#[tokio::test]
async fn many_first_starts_at_once_end_in_one_database() {
    let checkout = checkout();
    let starts = futures_util::future::join_all((0..8).map(|_| DevDb::start(options(checkout.path())))).await;
    let users: Vec<DevDb> = starts.into_iter().collect::<Result<_, _>>().unwrap();
    for user in &users {
        assert_eq!((user.url(), user.dir()), (users[0].url(), users[0].dir()));
    }
    write(&users[0]).await;
    assert_eq!(read(&users[7].url()).await, "ä");
}

#[tokio::test]
async fn a_killed_user_s_database_ends_by_itself() {
    let checkout = checkout();
    let mut user = User::of(checkout.path());
    let dir = checkout.path().join(".clockwork/postgres");
    assert!(postmaster(&dir).is_some());
    user.signal(Signal::SIGKILL);
    until("the supervisor stops the database", async || postmaster(&dir).is_none()).await;
}

#[tokio::test]
async fn a_killed_user_takes_nothing_from_the_others() {
    let checkout = checkout();
    let mut killed = User::of(checkout.path());
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    write(&database).await;
    killed.signal(Signal::SIGKILL);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(read(&database.url()).await, "ä");
}

#[tokio::test]
async fn an_orphaned_server_process_is_taken_over() {
    let checkout = checkout();
    let mut user = User::of(checkout.path());
    let dir = checkout.path().join(".clockwork/postgres");
    let before = postmaster(&dir).unwrap();
    end_supervisor(&dir);
    user.signal(Signal::SIGKILL);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(postmaster(&dir), Some(before));

    let database = DevDb::start(options(checkout.path())).await.unwrap();
    assert_eq!(postmaster(&dir), Some(before));
    write(&database).await;
    assert_eq!(database.stop().await.unwrap(), Stopped::Ended);
    assert_eq!(postmaster(&dir), None);
}

#[tokio::test]
async fn a_killed_server_process_is_started_again_under_its_users() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    write(&database).await;
    kill(postmaster(database.dir()).unwrap(), Signal::SIGKILL).unwrap();
    until("the database is back", async || connect(&database.url()).await.is_ok()).await;
    assert_eq!(read(&database.url()).await, "ä");
    assert_eq!(database.stop().await.unwrap(), Stopped::Ended);
}

#[tokio::test]
async fn when_everything_was_killed_the_next_start_recovers() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    write(&database).await;
    drop(database);
    let dir = checkout.path().join(".clockwork/postgres");
    let mut user = User::of(checkout.path());
    end_supervisor(&dir);
    let server = postmaster(&dir).unwrap();
    user.signal(Signal::SIGKILL);
    kill(server, Signal::SIGKILL).unwrap();
    assert_eq!(postmaster(&dir), Some(server), "the file is left over");

    let database = DevDb::start(options(checkout.path())).await.unwrap();
    assert_eq!(read(&database.url()).await, "ä");
}

#[tokio::test]
async fn a_pid_file_that_names_a_stranger_is_no_obstacle() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let data = database.dir().join("data");
    write(&database).await;
    drop(database);
    let me = std::process::id();
    fs::write(data.join("postmaster.pid"), format!("{me}\n{}\n1\n5432\n\n127.0.0.1\n\nready\n", data.display()))
        .unwrap();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    assert_eq!(read(&database.url()).await, "ä");
}

#[tokio::test]
async fn an_interrupted_creation_is_begun_again() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let dir = database.dir().to_owned();
    drop(database);
    fs::rename(dir.join("data"), dir.join("data.unfinished")).unwrap();
    fs::remove_file(dir.join("data.unfinished/PG_VERSION")).unwrap();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    write(&database).await;
}

#[tokio::test]
async fn a_deep_checkout_works() {
    let checkout = checkout();
    let deep = checkout.path().join("a-directory-with-a-long-name/".repeat(8)).join("with 'quotes', \"and\" \\ spaces");
    fs::create_dir_all(&deep).unwrap();
    let database = DevDb::start(options(&deep)).await.unwrap();
    write(&database).await;
    assert_eq!(read(&database.url()).await, "ä");
    assert_eq!(database.stop().await.unwrap(), Stopped::Ended);
}

#[tokio::test]
async fn odd_characters_in_the_path_work_with_the_socket_too() {
    let checkout = checkout();
    let odd = checkout.path().join("it's \"odd\", \\ ä");
    let database = DevDb::start(options(&odd)).await.unwrap();
    let sockets = fs::read_dir(database.dir().join("socket")).unwrap().count();
    assert_eq!(sockets, 2, "the socket and its lock");
}

#[tokio::test]
async fn a_checkout_that_the_account_may_not_enter() {
    if !Uid::effective().is_root() {
        // Every other account runs PostgreSQL itself, and a directory that they may not enter stops them before.
        let error = DevDb::start(DevDbOptions::new("/root/clockwork/.clockwork")).await.unwrap_err();
        assert!(matches!(error, DevDbError::Io { .. }), "{error}");
        return;
    }
    let checkout = directory(0o700);
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let dir = database.dir().to_owned();
    assert!(dir.starts_with("/var/lib/clockwork-dev"), "{}", dir.display());
    write(&database).await;
    assert_eq!(database.stop().await.unwrap(), Stopped::Ended);

    let database = DevDb::start(options(checkout.path())).await.unwrap();
    assert_eq!(database.dir(), dir, "the same checkout, the same place");
    assert_eq!(read(&database.url()).await, "ä");
    database.stop().await.unwrap();
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn data_of_another_major_version_is_refused() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let version = database.dir().join("data/PG_VERSION");
    drop(database);
    fs::write(version, "9\n").unwrap();
    let error = DevDb::start(options(checkout.path())).await.unwrap_err().to_string();
    assert!(error.contains("was made by PostgreSQL 9, and the installed version is"), "{error}");
}

#[tokio::test]
async fn without_binaries_the_error_says_what_to_install() {
    let (checkout, empty) = (checkout(), checkout());
    let environment = Variables { binaries: Some(empty.path().to_owned()), ..Variables::of_process() };
    let options = DevDbOptions { dir: checkout.path().join(".clockwork"), environment };
    let error = DevDb::start(options).await.unwrap_err().to_string();
    assert!(error.contains(&format!("{}: has no initdb", empty.path().display())), "{error}");
    for advice in ["apt-get install postgresql", "brew install postgresql", "CLOCKWORK_PG_BIN", "DATABASE_URL"] {
        assert!(error.contains(advice), "{advice} in {error}");
    }
    let nothing = DevDbError::NoBinaries { rejected: Vec::new() }.to_string();
    assert!(nothing.contains("found no PostgreSQL server programs"), "{nothing}");
}

#[tokio::test]
async fn a_version_that_is_too_old_is_named() {
    let (checkout, old) = (checkout(), checkout());
    for program in ["initdb", "pg_ctl", "postgres"] {
        let path = old.path().join(program);
        fs::write(&path, "#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let environment = Variables { binaries: Some(old.path().to_owned()), ..Variables::of_process() };
    let error = DevDb::start(DevDbOptions { dir: checkout.path().join(".clockwork"), environment }).await.unwrap_err();
    assert!(error.to_string().contains("is version 13, and Clockwork needs 15 or newer"), "{error}");
}

#[tokio::test]
async fn reset_deletes_but_not_under_users() {
    let checkout = checkout();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    write(&database).await;
    let error = clockwork_devdb::reset(options(checkout.path())).await.unwrap_err();
    assert!(matches!(error, DevDbError::InUse { .. }), "{error}");
    assert_eq!(read(&database.url()).await, "ä");
    database.stop().await.unwrap();

    clockwork_devdb::reset(options(checkout.path())).await.unwrap();
    let database = DevDb::start(options(checkout.path())).await.unwrap();
    let client = connect(&database.url()).await.unwrap();
    let error = client.query_one("SELECT * FROM kept", &[]).await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::UNDEFINED_TABLE));
}

#[test]
fn run_gives_a_command_the_url_and_takes_its_exit_code() {
    let checkout = checkout();
    let output = Command::new(env!("CARGO_BIN_EXE_devdb"))
        .arg("--dir")
        .arg(checkout.path().join(".clockwork"))
        .args(["run", "--", "sh", "-c", "echo $DATABASE_URL; exit 7"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("postgres://clockwork:"));
    assert_eq!(postmaster(&checkout.path().join(".clockwork/postgres")), None);
}

/// Kills the supervising shell and its `flock`, as a power failure of processes would.
fn end_supervisor(dir: &Path) {
    let script = dir.join("supervisor.sh");
    let mut ended = 0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let mut arguments = command.split(|byte| *byte == 0);
        if arguments.any(|argument| argument == script.as_os_str().as_encoded_bytes()) {
            let pid: i32 = entry.file_name().to_str().unwrap().parse().unwrap();
            kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
            ended += 1;
        }
    }
    assert!(ended > 0, "there was no supervisor");
}
