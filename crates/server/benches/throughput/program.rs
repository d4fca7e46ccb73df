//! A server as a process of its own.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// A running server.
pub(crate) struct Program {
    child: Child,
    /// Where it answers.
    pub(crate) url: String,
}

impl Program {
    /// Starts it with what both programs understand, and waits until it answers.
    pub(crate) async fn start(path: &str, arguments: &[&str], database: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(path)
            .args(arguments)
            .env_clear()
            .envs([("HOST", "127.0.0.1"), ("AUTH_MODE", "none"), ("LOG_LEVEL", "warn"), ("METRICS_PORT", "0")])
            .envs([("RATE_LIMIT_REQUESTS", "0"), ("DATABASE_URL", database), ("PORT", &port.to_string())])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        for _ in 0..200 {
            if reqwest::get(format!("{url}/api/time/active")).await.is_ok_and(|answer| answer.status().is_success()) {
                return Self { child, url };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} did not answer within ten seconds");
    }

    /// The processor time that it has used, by all its threads.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id().unwrap())).unwrap();
        // proc_pid_stat(5): utime and stime are fields 14 and 15; what stands before the command's closing parenthesis may hold blanks.
        let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        // USER_HZ, which Linux fixes at 100 for whoever reads /proc.
        Duration::from_millis(ticks * 10)
    }

    /// Ends it, and waits until it has ended.
    pub(crate) async fn stop(mut self) {
        kill(Pid::from_raw(self.child.id().unwrap().cast_signed()), Signal::SIGTERM).unwrap();
        self.child.wait().await.unwrap();
    }
}
