//! Starts and stops the server process of one home.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read},
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
    lease::{Lease, NoUsers, StartStopLock},
    postmaster::Postmaster,
    settings::ClusterPurpose,
    supervisor,
};

/// The superuser of every cluster of ours.
pub(crate) const SUPERUSER: &str = "postgres";

/// Crash recovery of a development database is a matter of seconds.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// A port can be taken between the look and the start, and a killed server's backends need a moment to notice.
const START_ATTEMPTS: u32 = 20;
const POLL_INTERVAL: Duration = Duration::from_millis(25);

/// What became of a cluster when one of its users left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It was the last user: the server process has ended.
    Ended,
    /// Others use it, or a next user is awaited.
    LeftRunning,
}

/// A cluster, running or not: where it is, what runs it and what for.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) home: Home,
    pub(crate) installation: Installation,
    pub(crate) purpose: ClusterPurpose,
}

/// One use of a running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) site: Site,
    pub(crate) port: u16,
    pub(crate) password: String,
    lease: Option<Lease>,
}

impl Cluster {
    /// Uses the cluster of a site: the running one, or one started now. Blocks.
    pub(crate) fn join(site: Site) -> Result<Self, DevDbError> {
        let gate = StartStopLock::enter(&site.home)?;
        let lease = Lease::take(&site.home, &gate)?;
        supervisor::start(&site.home, &site.installation, site.purpose)?;
        make_password(&site.home, &gate)?;
        let password = site.home.password()?;
        let port = match site.running()? {
            Some(port) => port,
            None => {
                site.initialise()?;
                site.start()?
            }
        };
        drop(gate);
        Ok(Self { site, port, password, lease: Some(lease) })
    }

    /// Gives the use back, and stops the server when it was the last one. Blocks.
    pub(crate) fn leave(&mut self) -> Result<Stopped, DevDbError> {
        let Some(lease) = self.lease.take() else {
            return Ok(Stopped::LeftRunning);
        };
        if !self.site.purpose.after_last_user().linger.is_zero() {
            return Ok(Stopped::LeftRunning);
        }
        let gate = StartStopLock::enter(&self.site.home)?;
        drop(lease);
        let vacancy = NoUsers::check(&self.site.home, &gate)?;
        match (vacancy, Postmaster::of(&self.site.home.data())) {
            (_, None) => Ok(Stopped::Ended),
            (None, Some(_)) => Ok(Stopped::LeftRunning),
            (Some(_vacant), Some(_)) => self.site.stop().map(|()| Stopped::Ended),
        }
    }

    /// The address of a database of this cluster.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}:{}@127.0.0.1:{}/{database}?sslmode=disable", self.password, self.port)
    }
}

/// 128 random bits, made once, inside the gate. The port is open to every user of the machine; the password is not.
fn make_password(home: &Home, _gate: &StartStopLock) -> Result<(), DevDbError> {
    let path = home.password_file();
    if path.exists() {
        return Ok(());
    }
    let mut bytes = [0u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(DevDbError::io("cannot read", "/dev/urandom"))?;
    home.write(&path, &hex::encode(bytes))
}

impl Site {
    /// Removes the data. Refused while a process uses it; a server without users is stopped.
    pub(crate) fn erase(&self) -> Result<(), DevDbError> {
        let gate = StartStopLock::enter(&self.home)?;
        let Some(_vacant) = NoUsers::check(&self.home, &gate)? else {
            return Err(DevDbError::InUse { dir: self.home.dir.clone() });
        };
        if Postmaster::of(&self.home.data()).is_some() {
            self.stop()?;
        }
        remove(&self.home.data())
    }

    /// Starts the server again when it has died, and says on which port.
    pub(crate) fn restart_if_dead(&self) -> Result<Option<u16>, DevDbError> {
        if Postmaster::of(&self.home.data()).is_some() {
            return Ok(None);
        }
        let _gate = StartStopLock::enter(&self.home)?;
        match self.running()? {
            Some(_) => Ok(None),
            None => self.start().map(Some),
        }
    }

    /// The port of a server that runs and is ready, after waiting for one that is about to be. `None` when there is
    /// none.
    fn running(&self) -> Result<Option<u16>, DevDbError> {
        let home = &self.home;
        let data = home.data();
        let begun = Instant::now();
        while let Some(found) = Postmaster::of(&data) {
            if let (true, Some(port)) = (found.is_ready(), found.port) {
                return Ok(Some(port));
            }
            if begun.elapsed() > START_TIMEOUT {
                return Err(DevDbError::NotReady {
                    pid: found.pid,
                    state: if found.state.is_empty() { "starting".to_owned() } else { found.state },
                    dir: home.dir.clone(),
                    waited: begun.elapsed(),
                    log: home.log(),
                });
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(None)
    }

    fn initialise(&self) -> Result<(), DevDbError> {
        let Self { home, installation, purpose } = self;
        let data = home.data();
        if let Some(major) = data_version(home) {
            if major == installation.major {
                return Ok(());
            }
            return Err(DevDbError::OtherMajor { dir: home.dir.clone(), data: major, installed: installation.major });
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
            // An empty cluster is not worth waiting for the disk; what is written to it later is synced.
            .args(["--encoding=UTF8", "--no-instructions", "--no-sync"])
            // Letter case beyond ASCII must work as in production; macOS has no C.UTF-8.
            .arg(if cfg!(target_os = "macos") { "--locale=en_US.UTF-8" } else { "--locale=C.UTF-8" });
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(DevDbError::io("cannot run", installation.program("initdb")))?;
        succeed(home, "initdb", &output)?;
        fs::rename(home.unfinished(), &data).map_err(DevDbError::io("cannot create", data))
    }

    fn start(&self) -> Result<u16, DevDbError> {
        let Self { home, purpose, .. } = self;
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
            home.write(&data.join("postgresql.conf"), &purpose.configuration(home, chosen))?;
            let timeout = START_TIMEOUT.as_secs().to_string();
            let output =
                self.pg_ctl(&["start", "--wait", "--silent", "--timeout", &timeout, "--log", "postgres.log"])?;
            if output.status.success() {
                home.write(&home.port(), &chosen.to_string())?;
                return Ok(chosen);
            }
            let log = fs::read_to_string(home.log()).unwrap_or_default();
            // Another process took the port in between; or the backends of a killed server are still ending.
            let passing = log.contains("Address already in use") || log.contains("is still in use");
            if !passing || attempt >= START_ATTEMPTS {
                succeed(home, "pg_ctl start", &output)?;
            }
            if log.contains("Address already in use") {
                port = None;
            }
            thread::sleep(POLL_INTERVAL * attempt);
        }
        unreachable!("the loop ends by returning")
    }

    fn stop(&self) -> Result<(), DevDbError> {
        let mut result = Ok(());
        for mode in ["fast", "immediate"] {
            let output = self.pg_ctl(&["stop", "--wait", "--silent", "--timeout", "30", "--mode", mode])?;
            if output.status.success() || Postmaster::of(&self.home.data()).is_none() {
                return Ok(());
            }
            result = succeed(&self.home, "pg_ctl stop", &output);
        }
        result
    }

    /// `pg_ctl` puts paths into a shell's command line without quoting them properly, so it gets none of ours.
    fn pg_ctl(&self, arguments: &[&str]) -> Result<Output, DevDbError> {
        let program = self.installation.program("pg_ctl");
        self.home
            .account
            .command(&program)
            .current_dir(&self.home.dir)
            .args(arguments)
            .args(["--pgdata", "data"])
            .stdin(Stdio::null())
            .output()
            .map_err(DevDbError::io("cannot run", program))
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
    fs::read_to_string(home.data().join("PG_VERSION")).ok()?.trim().parse().ok()
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
    for socket in home.socket_dir().and_then(|dir| fs::read_dir(dir).ok()).into_iter().flatten().flatten() {
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
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DevDbError::io("cannot remove", dir)(error)),
        _ => Ok(()),
    }
}

fn free_port() -> Result<u16, DevDbError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(DevDbError::io("cannot find a free port on", Path::new("127.0.0.1")))
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
        let _ = write!(said, "\n{}", lines.get(end..).unwrap_or_default().join("\n"));
    }
    Err(DevDbError::Program { program, status: output.status.to_string(), output: said })
}
