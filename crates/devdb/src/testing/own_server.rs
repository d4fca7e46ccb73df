//! A PostgreSQL server that one test has for itself, to be killed, paused, and replaced by a standby.

use std::{
    ffi::OsStr,
    fs, io,
    io::Write as _,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio_postgres::Client;

use super::{NEXT, PROCESS, Programs};
use crate::{DATABASE, ROLE, error::DevDbError, sql};

/// Longer than a start, a backup or a promotion takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Ends the server when its own standard input ends, which it does however the test's process ends.
const SUPERVISOR: &str = r#""$@" & server=$!; read -r _; kill -INT $server 2>/dev/null; wait"#;

/// A server with a directory and a port of its own, ended with this value. Every account of this machine may connect,
/// as the superuser `clockwork`, to the databases `postgres` and `clockwork`. Other roles need their password.
#[derive(Debug)]
pub struct OwnServer {
    programs: Programs,
    dir: PathBuf,
    durability: Durability,
    supervisor: Option<Child>,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

/// What a commit waits for.
#[derive(Debug)]
enum Durability {
    /// Nothing: tests lose their data anyway.
    None,
    /// The disk, as in production. The library, if there is one, is loaded into every process of the server before all
    /// others.
    Disk { preload: Option<PathBuf> },
}

impl OwnServer {
    /// Makes and starts a server.
    ///
    /// # Errors
    ///
    /// No PostgreSQL, or one that does not start.
    pub async fn start() -> Result<Self, DevDbError> {
        Self::place(&std::env::temp_dir(), Durability::None)?.initialise().await
    }

    /// Makes and starts a server for measurements. Its data lie below `parent`, and PostgreSQL's own defaults decide
    /// when it flushes them to the disk. `preload` is a shared library to be loaded into its processes first, which may
    /// make the disk slower than it is.
    ///
    /// # Errors
    ///
    /// No PostgreSQL, or one that does not start.
    pub async fn durable(parent: &Path, preload: Option<&Path>) -> Result<Self, DevDbError> {
        let mut server = Self::place(parent, Durability::Disk { preload: None })?;
        if let Some(library) = preload {
            // The account may not be allowed to enter the directory that the library was built in.
            let copy = server.dir.join("preload.so");
            fs::copy(library, &copy)
                .and_then(|_| server.programs.own(&copy))
                .map_err(failed("copying the library to preload"))?;
            server.durability = Durability::Disk { preload: Some(copy) };
        }
        server.initialise().await
    }

    async fn initialise(mut self) -> Result<Self, DevDbError> {
        let server = &mut self;
        let initdb = server.programs.path("initdb");
        let arguments = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username", ROLE, "-D"];
        let data = server.data();
        server.run(&initdb, arguments.map(OsStr::new).into_iter().chain([data.as_os_str()]))?;
        let hba = data.join("pg_hba.conf");
        let rules = format!(
            "host all {ROLE} 127.0.0.1/32 trust\nhost replication {ROLE} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        );
        fs::write(&hba, rules).and_then(|()| server.programs.own(&hba)).map_err(failed("writing pg_hba.conf"))?;
        server.run_again().await?;
        let admin = server.connect("postgres").await?;
        admin
            .batch_execute(&format!("CREATE DATABASE {DATABASE}"))
            .await
            .map_err(DevDbError::sql("creating the database of a server"))?;
        Ok(self)
    }

    /// A standby of this server. From now on this server acknowledges a commit when the standby has it, too. It is
    /// stopped for a moment, so no connection may be open yet.
    ///
    /// # Errors
    ///
    /// A copy that fails, or a server that does not start.
    pub async fn standby(&mut self) -> Result<Self, DevDbError> {
        const DOING: &str = "setting up replication";
        let mut standby = Self::place(&std::env::temp_dir(), Durability::None)?;
        // The files of a server that was stopped well are a backup, and need no other program.
        self.collect();
        let (from, to) = (self.data(), standby.data());
        standby.run(Path::new("/bin/cp"), [OsStr::new("-a"), from.as_os_str(), to.as_os_str()].into_iter())?;
        let follow = format!("\nprimary_conninfo = 'host=127.0.0.1 port={} user={ROLE}'\n", self.port);
        for (name, text) in [("postgresql.auto.conf", follow.as_str()), ("standby.signal", "")] {
            let path = to.join(name);
            let file = fs::File::options().create(true).append(true).open(&path);
            file.and_then(|mut file| file.write_all(text.as_bytes()))
                .and_then(|()| standby.programs.own(&path))
                .map_err(failed("writing the settings of a standby"))?;
        }
        self.run_again().await?;
        standby.run_again().await?;
        let admin = self.connect("postgres").await?;
        for statement in ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"] {
            admin.batch_execute(statement).await.map_err(DevDbError::sql(DOING))?;
        }
        let begun = Instant::now();
        let following = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while admin.query_one(following, &[]).await.map_err(DevDbError::sql(DOING))?.get::<_, i64>(0) == 0 {
            if begun.elapsed() > TIMEOUT {
                return Err(DevDbError::Interrupted("the standby does not follow".to_owned()));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(standby)
    }

    /// Makes a standby a server of its own, that accepts writes.
    ///
    /// # Errors
    ///
    /// The server's.
    pub async fn promote(&self) -> Result<(), DevDbError> {
        let admin = self.connect("postgres").await?;
        admin.execute("SELECT pg_promote()", &[]).await.map_err(DevDbError::sql("promoting a standby")).map(|_| ())
    }

    /// The address of its database `clockwork`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    /// The address of one of its databases, whether or not it exists.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Ends it with all its processes, without giving them a chance to do anything. Returns when they are gone.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn kill(&mut self) -> io::Result<()> {
        let processes = self.processes()?;
        signal_all(&processes, Signal::SIGKILL)?;
        self.collect();
        let begun = Instant::now();
        while processes.iter().any(|process| lives(*process)) {
            if begun.elapsed() > TIMEOUT {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "its processes do not go away"));
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    /// Stops all its processes where they are: connections stay open without an answer.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn pause(&self) -> io::Result<()> {
        // The postmaster first, so that it makes no others meanwhile.
        signal_all(&self.processes()?, Signal::SIGSTOP)
    }

    /// Lets all its processes go on.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn resume(&self) -> io::Result<()> {
        signal_all(&self.processes()?, Signal::SIGCONT)
    }

    /// Starts it after [`Self::kill`], and waits until it answers.
    ///
    /// # Errors
    ///
    /// A server that does not start.
    pub async fn run_again(&mut self) -> Result<(), DevDbError> {
        let log = fs::File::options().create(true).append(true).open(self.dir.join("log"));
        let mut command = self.programs.command(Path::new("/bin/sh"));
        command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(self.programs.path("postgres"))
            .arg("-D")
            .arg(self.data())
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={}", self.port)])
            .args(["-c", "unix_socket_directories=", "-c", "max_connections=100"]);
        match &self.durability {
            Durability::None => {
                command.args(["-c", "fsync=off"]);
            }
            Durability::Disk { preload } => {
                command.envs(preload.iter().map(|library| ("LD_PRELOAD", library)));
            }
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log.map_err(failed("opening the log of a server"))?);
        self.supervisor = Some(command.spawn().map_err(failed("starting a server"))?);
        let begun = Instant::now();
        loop {
            match self.connect("postgres").await {
                Ok(_) => return Ok(()),
                Err(_) if begun.elapsed() < TIMEOUT => tokio::time::sleep(POLL_INTERVAL).await,
                Err(error) => return Err(error),
            }
        }
    }

    async fn connect(&self, database: &str) -> Result<Client, DevDbError> {
        sql::connect(&format!("postgres://{ROLE}@127.0.0.1:{}/{database}", self.port)).await
    }

    fn place(parent: &Path, durability: Durability) -> Result<Self, DevDbError> {
        let programs = Programs::find()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = parent.join(format!("clockwork-server-{:016x}-{number}", *PROCESS));
        fs::create_dir(&dir).and_then(|()| programs.own(&dir)).map_err(failed("making the directory of a server"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = listener.map_err(failed("looking for a free port"))?.port();
        Ok(Self { programs, dir, durability, supervisor: None, port })
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn run<'a>(&self, program: &Path, arguments: impl Iterator<Item = &'a OsStr>) -> Result<(), DevDbError> {
        let mut command: Command = self.programs.command(program);
        let output: Output = command.args(arguments).output().map_err(failed("running a program of PostgreSQL"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(DevDbError::Interrupted(format!("{}: {said}", program.display())))
    }

    /// The postmaster and its children, the postmaster first.
    ///
    /// # Errors
    ///
    /// A server that does not run.
    pub fn processes(&self) -> io::Result<Vec<Pid>> {
        let pid_file = fs::read_to_string(self.data().join("postmaster.pid"))?;
        let postmaster: i32 = pid_file.lines().next().and_then(|line| line.parse().ok()).unwrap_or_default();
        let children = fs::read_dir("/proc")?.flatten().filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let (_, parent) = state_and_parent(&stat)?;
            (parent == postmaster).then_some(Pid::from_raw(pid))
        });
        Ok([Pid::from_raw(postmaster)].into_iter().chain(children).filter(|pid| pid.as_raw() > 1).collect())
    }

    /// Ends the supervisor, and with it the server if there still is one.
    fn collect(&mut self) {
        if let Some(mut supervisor) = self.supervisor.take() {
            if let Some(mut input) = supervisor.stdin.take() {
                let _ = input.write_all(b"\n");
            }
            let _ = supervisor.wait();
        }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        if self.supervisor.is_some() {
            let _ = self.resume();
            self.collect();
        }
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Whether a process still does something. Without an init process that collects them the dead remain as zombies, which
/// can be signalled.
fn lives(process: Pid) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat"))
        .is_ok_and(|stat| state_and_parent(&stat).is_some_and(|(state, _)| !matches!(state, "Z" | "X")))
}

/// "1234 (postgres) S 1200 …": what follows the name.
fn state_and_parent(stat: &str) -> Option<(&str, i32)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    Some((fields.next()?, fields.next()?.parse().ok()?))
}

fn signal_all(processes: &[Pid], signal: Signal) -> io::Result<()> {
    for process in processes {
        match kill(*process, signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn failed(doing: &'static str) -> impl Fn(io::Error) -> DevDbError {
    move |error| DevDbError::Interrupted(format!("{doing}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zombie_processes_count_as_ended() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_raw(child.id().try_into().unwrap());
        assert!(lives(pid));
        child.kill().unwrap();
        let begun = Instant::now();
        while lives(pid) {
            assert!(begun.elapsed() < TIMEOUT, "a zombie is taken for alive");
            std::thread::sleep(POLL_INTERVAL);
        }
        assert!(kill(pid, None).is_ok(), "until it is waited for, it can be signalled");
        child.wait().unwrap();
    }
}
