//! Starts and stops the server process of one home.

use std::{
    fmt::Write as _,
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    error::DevDbError,
    home::Home,
    installation::Installation,
    lease::{Gate, Lease, Vacancy},
    postmaster::Postmaster,
    supervisor::{self, Farewell},
};

/// The superuser of every cluster of ours.
pub(crate) const SUPERUSER: &str = "postgres";

/// Crash recovery of a development database is a matter of seconds.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// A port can be taken between the look and the start, and a killed server's backends need a moment to notice.
const START_ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(25);

/// What a cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Keeps its data, through crashes too.
    Development,
    /// Fast, and gone when the tests are.
    Tests,
}

/// What became of a cluster when one of its users left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It was the last user: the server process has ended.
    Ended,
    /// Others use it, or a next user is awaited.
    LeftRunning,
}

/// One use of a running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) home: Home,
    pub(crate) port: u16,
    pub(crate) password: String,
    installation: Installation,
    purpose: Purpose,
    lease: Option<Lease>,
}

impl Purpose {
    fn farewell(self) -> Farewell {
        match self {
            Self::Development => Farewell {
                linger: Duration::ZERO,
                erase: false,
            },
            // The next test binary of the same run comes within seconds.
            Self::Tests => Farewell {
                linger: Duration::from_secs(10),
                erase: true,
            },
        }
    }

    fn settings(self) -> &'static str {
        match self {
            Self::Development => "max_connections = 100\nlog_min_messages = warning\n",
            Self::Tests => {
                "max_connections = 400\nlog_min_messages = fatal\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n\
                 wal_level = minimal\nmax_wal_senders = 0\nautovacuum = off\nshared_buffers = 128MB\nmax_wal_size = 256MB\n\
                 checkpoint_timeout = 1h\njit = off\n"
            }
        }
    }

    /// The tests open thousands of connections, and SCRAM's key derivation in an unoptimised client takes longer than most tests.
    fn authentication(self) -> &'static str {
        match self {
            Self::Development => "scram-sha-256",
            Self::Tests => "password",
        }
    }
}

impl Cluster {
    /// Uses the home's cluster: the running one, or one started now. Blocks.
    pub(crate) fn join(
        home: Home,
        installation: Installation,
        purpose: Purpose,
    ) -> Result<Self, DevDbError> {
        let gate = Gate::enter(&home)?;
        let lease = Lease::take(&home, &gate)?;
        supervisor::attend(&home, &installation, purpose.farewell())?;
        let password = home.password()?;
        let port = match running(&home)? {
            Some(port) => port,
            None => {
                initialise(&home, &installation, purpose)?;
                start(&home, &installation, purpose)?
            }
        };
        drop(gate);
        Ok(Self {
            home,
            port,
            password,
            installation,
            purpose,
            lease: Some(lease),
        })
    }

    /// Gives the use back, and stops the server when it was the last one. Blocks.
    pub(crate) fn leave(&mut self) -> Result<Stopped, DevDbError> {
        let Some(lease) = self.lease.take() else {
            return Ok(Stopped::LeftRunning);
        };
        if !self.purpose.farewell().linger.is_zero() {
            return Ok(Stopped::LeftRunning);
        }
        let gate = Gate::enter(&self.home)?;
        drop(lease);
        let vacancy = Vacancy::check(&self.home, &gate)?;
        match (vacancy, Postmaster::of(&self.home.data())) {
            (_, None) => Ok(Stopped::Ended),
            (None, Some(_)) => Ok(Stopped::LeftRunning),
            (Some(_vacant), Some(_)) => {
                stop(&self.home, &self.installation).map(|()| Stopped::Ended)
            }
        }
    }

    /// The address of a database of this cluster.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        format!(
            "postgres://{role}:{}@127.0.0.1:{}/{database}?sslmode=disable",
            self.password, self.port
        )
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::warn!("the private database was not stopped: {error}");
        }
    }
}

/// Major version of a home's data, when it has data.
pub(crate) fn data_version(home: &Home) -> Option<u32> {
    fs::read_to_string(home.data().join("PG_VERSION"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Removes the data, stopping a server without users first. `installation` is looked for only when there is such a server.
pub(crate) fn erase(
    home: &Home,
    installation: impl FnOnce() -> Result<Installation, DevDbError>,
) -> Result<(), DevDbError> {
    let gate = Gate::enter(home)?;
    let Some(_vacant) = Vacancy::check(home, &gate)? else {
        return Err(DevDbError::InUse {
            dir: home.dir.clone(),
        });
    };
    if Postmaster::of(&home.data()).is_some() {
        stop(home, &installation()?)?;
    }
    remove(&home.data())
}

/// The port of a server that runs and is ready, after waiting for one that is about to be. `None` when there is none.
fn running(home: &Home) -> Result<Option<u16>, DevDbError> {
    let data = home.data();
    let begun = Instant::now();
    while let Some(found) = Postmaster::of(&data) {
        if let (true, Some(port)) = (found.is_ready(), found.port) {
            return Ok(Some(port));
        }
        if begun.elapsed() > START_TIMEOUT {
            return Err(DevDbError::NotReady {
                pid: found.pid,
                state: if found.state.is_empty() {
                    "starting".to_owned()
                } else {
                    found.state
                },
                dir: home.dir.clone(),
                waited: begun.elapsed(),
                log: home.log(),
            });
        }
        thread::sleep(PAUSE);
    }
    Ok(None)
}

fn initialise(
    home: &Home,
    installation: &Installation,
    purpose: Purpose,
) -> Result<(), DevDbError> {
    let data = home.data();
    if let Some(major) = data_version(home) {
        if major == installation.major {
            return Ok(());
        }
        return Err(DevDbError::OtherMajor {
            dir: home.dir.clone(),
            data: major,
            installed: installation.major,
        });
    }
    remove(&home.unfinished())?;
    remove(&data)?;
    tracing::info!(dir = %home.dir.display(), version = installation.major, "creating a private PostgreSQL cluster");
    let mut command = home.account.command(&installation.program("initdb"));
    command
        .arg("--pgdata")
        .arg(home.unfinished())
        .arg("--pwfile")
        .arg(home.password_file())
        .arg(format!("--username={SUPERUSER}"))
        .arg(format!("--auth={}", purpose.authentication()))
        .args(["--encoding=UTF8", "--no-instructions"])
        // Letter case beyond ASCII must work as in production; macOS has no C.UTF-8.
        .arg(if cfg!(target_os = "macos") {
            "--locale=en_US.UTF-8"
        } else {
            "--locale=C.UTF-8"
        });
    if purpose == Purpose::Tests {
        command.arg("--no-sync");
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(DevDbError::io("cannot run", installation.program("initdb")))?;
    succeed(home, "initdb", &output)?;
    fs::rename(home.unfinished(), &data).map_err(DevDbError::io("cannot create", data))
}

fn start(home: &Home, installation: &Installation, purpose: Purpose) -> Result<u16, DevDbError> {
    let data = home.data();
    let mut port = fs::read_to_string(home.port())
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .filter(|port| is_free(*port));
    for attempt in 1.. {
        let chosen = match port {
            Some(port) => port,
            None => free_port()?,
        };
        clean_up(home)?;
        home.write(
            &data.join("postgresql.conf"),
            &configuration(home, purpose, chosen),
        )?;
        let output = home
            .account
            .command(&installation.program("pg_ctl"))
            .args([
                "start",
                "--wait",
                "--silent",
                "--timeout",
                &START_TIMEOUT.as_secs().to_string(),
                "--pgdata",
            ])
            .arg(&data)
            .arg("--log")
            .arg(home.log())
            .stdin(Stdio::null())
            .output()
            .map_err(DevDbError::io("cannot run", installation.program("pg_ctl")))?;
        if output.status.success() {
            home.write(&home.port(), &chosen.to_string())?;
            return Ok(chosen);
        }
        let log = fs::read_to_string(home.log()).unwrap_or_default();
        // Somebody took the port in between; or the backends of a killed server are still ending.
        let passing = log.contains("Address already in use") || log.contains("is still in use");
        if !passing || attempt >= START_ATTEMPTS {
            succeed(home, "pg_ctl start", &output)?;
        }
        if log.contains("Address already in use") {
            port = None;
        }
        thread::sleep(PAUSE * attempt);
    }
    unreachable!("the loop ends by returning")
}

fn stop(home: &Home, installation: &Installation) -> Result<(), DevDbError> {
    let mut last = None;
    for mode in ["fast", "immediate"] {
        let output = home
            .account
            .command(&installation.program("pg_ctl"))
            .args([
                "stop",
                "--wait",
                "--silent",
                "--timeout",
                "30",
                "--mode",
                mode,
                "--pgdata",
            ])
            .arg(home.data())
            .stdin(Stdio::null())
            .output()
            .map_err(DevDbError::io("cannot run", installation.program("pg_ctl")))?;
        if output.status.success() || Postmaster::of(&home.data()).is_none() {
            return Ok(());
        }
        last = Some(output);
    }
    last.map_or(Ok(()), |output| succeed(home, "pg_ctl stop", &output))
}

/// Removes what a killed server leaves: its pid file when no server of ours has that pid, and its sockets.
fn clean_up(home: &Home) -> Result<(), DevDbError> {
    let pid_file = home.data().join("postmaster.pid");
    if Postmaster::of(&home.data()).is_none() {
        match fs::remove_file(&pid_file) {
            Ok(()) => {
                tracing::info!("the private database was not stopped properly; it recovers now");
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(DevDbError::io("cannot remove", pid_file)(error)),
        }
    }
    for socket in home
        .socket_dir()
        .and_then(|dir| fs::read_dir(dir).ok())
        .into_iter()
        .flatten()
        .flatten()
    {
        let _ = fs::remove_file(socket.path());
    }
    match fs::rename(home.log(), home.dir.join("postgres.log.1")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(DevDbError::io("cannot rename", home.log())(error))
        }
        _ => Ok(()),
    }
}

fn remove(dir: &Path) -> Result<(), DevDbError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(DevDbError::io("cannot remove", dir)(error))
        }
        _ => Ok(()),
    }
}

fn configuration(home: &Home, purpose: Purpose, port: u16) -> String {
    let mut text = String::from("# Written by Clockwork at every start: changes are lost.\n");
    let socket = home
        .socket_dir()
        .map(|dir| format!("\"{}\"", dir.display().to_string().replace('"', "\"\"")))
        .unwrap_or_default();
    for (name, value) in [
        ("listen_addresses", "127.0.0.1"),
        ("port", &port.to_string()),
        ("unix_socket_directories", &socket),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("lc_messages", "C"),
    ] {
        let value = value.replace('\\', "\\\\").replace('\'', "''");
        let _ = writeln!(text, "{name} = '{value}'");
    }
    text.push_str("unix_socket_permissions = 0700\n");
    text.push_str(purpose.settings());
    text
}

fn free_port() -> Result<u16, DevDbError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(DevDbError::io(
            "cannot find a free port on",
            Path::new("127.0.0.1"),
        ))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn succeed(home: &Home, program: &'static str, output: &Output) -> Result<(), DevDbError> {
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if let Ok(log) = fs::read_to_string(home.log()) {
        let lines: Vec<&str> = log.lines().collect();
        let end = lines.len().saturating_sub(10);
        let _ = write!(
            said,
            "\n{}",
            lines.get(end..).unwrap_or_default().join("\n")
        );
    }
    Err(DevDbError::Program {
        program,
        status: output.status.to_string(),
        output: said,
    })
}
