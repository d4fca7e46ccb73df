//! A server as a process of its own, and the processor time that processes have used.

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

    /// The processor time that all its threads have used.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let pid = self.child.id().context("a server has ended")?;
        Ok(cpu_of(Pid::from_raw(pid.cast_signed()))?.own)
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.child.id() {
            kill(Pid::from_raw(pid.cast_signed()), Signal::SIGTERM)?;
        }
        if tokio::time::timeout(START_TIMEOUT, self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}

/// Processor time, user and system together.
pub(crate) struct Cpu {
    /// Used by the threads of a process.
    pub(crate) own: Duration,
    /// Used by those of its children that have ended.
    pub(crate) ended_children: Duration,
}

/// What the kernel has counted for a process.
pub(crate) fn cpu_of(process: Pid) -> anyhow::Result<Cpu> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // proc_pid_stat(5): utime, stime, cutime and cstime are fields 14 to 17. The name in parentheses may hold blanks; field 3 follows it.
    let (_, rest) = stat.rsplit_once(')').context("no name in /proc/PID/stat")?;
    let ticks = |field: usize| -> anyhow::Result<u64> {
        Ok(rest.split_whitespace().nth(field - 3).context("too few fields in /proc/PID/stat")?.parse()?)
    };
    // USER_HZ is 100 on every architecture that Linux runs on today.
    let time = |first: usize| anyhow::Ok(Duration::from_millis((ticks(first)? + ticks(first + 1)?) * 10));
    Ok(Cpu { own: time(14)?, ended_children: time(16)? })
}
