//! A real Redis, or Valkey, that a test can stop and start again.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Longer than a start takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A server with a password, on a port of its own. Killed with this value.
pub struct Redis {
    port: u16,
    password: String,
    dir: TempDir,
    child: Option<Child>,
}

impl Redis {
    /// Starts one.
    pub fn start(password: &str) -> Self {
        let mut redis = Self::absent(password);
        redis.begin();
        redis
    }

    /// One that is not there yet.
    pub fn absent(password: &str) -> Self {
        // No other process gets the port while the listener lives, and hardly any soon after.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, password: password.to_owned(), dir: tempfile::tempdir().unwrap(), child: None }
    }

    /// What a server is told.
    pub fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}/0", self.password, self.port)
    }

    /// Starts it, again or for the first time, without anything in it.
    pub fn begin(&mut self) {
        // In a file, because every user can read the arguments of a process.
        let path = self.dir.path().join("redis.conf");
        let settings = format!(
            "bind 127.0.0.1\nport {}\nrequirepass {}\nsave \"\"\nappendonly no\ndir {}\n",
            self.port,
            self.password,
            self.dir.path().display()
        );
        std::fs::File::create(&path).unwrap().write_all(settings.as_bytes()).unwrap();
        let begun = Instant::now();
        let programs = ["redis-server", "valkey-server"];
        let start = |program| Command::new(program).arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok();
        let child = programs.into_iter().find_map(start);
        self.child = Some(child.expect("redis-server is missing: `scripts/need redis` says how to get it"));
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < DEADLINE, "the Redis does not start");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it; what was in it is gone.
    pub fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Stops it in its tracks, so that it neither answers nor is away, or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        let child = self.child.as_ref().unwrap();
        let signal = if frozen { Signal::SIGSTOP } else { Signal::SIGCONT };
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.end();
    }
}
