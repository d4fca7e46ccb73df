//! A server as a process of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// How long a server may take to answer after it was started, its migrations included.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running server, killed with this value.
pub(crate) struct Program {
    child: Child,
    /// `host:port`.
    pub(crate) address: String,
}

impl Program {
    /// Starts a program with what every program of a benchmark understands, and waits until it listens.
    pub(crate) async fn start(
        path: PathBuf,
        arguments: &[&str],
        database_url: &str,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(&path)
            .args(arguments)
            .env_clear()
            .envs([("HOST", "127.0.0.1"), ("PORT", &port.to_string()), ("DATABASE_URL", database_url)])
            .envs(settings.iter().copied())
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", path.display()))?;
        let mut program = Self { child, address: format!("127.0.0.1:{port}") };
        let began = Instant::now();
        while TcpStream::connect(&program.address).await.is_err() {
            if let Some(status) = program.child.try_wait()? {
                bail!("{} ended with {status}", path.display());
            }
            if began.elapsed() > START_TIMEOUT {
                bail!("{} does not listen", path.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(program)
    }

    /// Its process; `None` after its end.
    pub(crate) fn pid(&self) -> Option<Pid> {
        self.child.id().map(|pid| Pid::from_raw(pid.cast_signed()))
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.pid() {
            kill(pid, Signal::SIGTERM)?;
        }
        if tokio::time::timeout(START_TIMEOUT, self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}
