//! The real binary, as an operator starts and stops it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use serde_json::Value;

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running `server`. Killed with this value.
pub struct Process {
    /// Its address.
    pub url: String,
    child: Child,
    lines: Receiver<Value>,
    /// Every line of its log so far.
    pub log: Vec<Value>,
}

impl Process {
    /// Starts the binary in `dir` with these variables and no others but those that find programs, and waits until it
    /// serves.
    pub fn start(dir: &Path, environment: &[(&str, &str)]) -> Self {
        let programs = ["PATH", "CLOCKWORK_PG_BIN", "CLOCKWORK_PG_USER"];
        let inherited = std::env::vars_os().filter(|(name, _)| programs.iter().any(|program| name == program));
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .env_clear()
            .envs(inherited)
            .envs([("HOST", "127.0.0.1"), ("PORT", "0"), ("METRICS_PORT", "0")])
            .envs([("AUTH_MODE", "none"), ("LOG_FORMAT", "json")])
            .envs(environment.iter().copied())
            .current_dir(dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut process = Self { url: String::new(), child, lines, log: Vec::new() };
        let serving = process.wait_for_line("serving at");
        process.url = format!("http://{}", serving["address"].as_str().unwrap());
        process
    }

    /// Waits for a line of the log.
    #[track_caller]
    pub fn wait_for_line(&mut self, text: &str) -> Value {
        let begun = Instant::now();
        loop {
            match self.lines.recv_timeout(DEADLINE.saturating_sub(begun.elapsed())) {
                Ok(line) => {
                    self.log.push(line.clone());
                    if message(&line).contains(text) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {text:?} within {DEADLINE:?} in {:#?}", self.log),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {text:?} in {:#?}", self.log),
            }
        }
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        signal::kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    /// Waits for the end, and reads the rest of the log.
    pub fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < DEADLINE, "it does not end: {:#?}", self.log);
            thread::sleep(Duration::from_millis(10));
        };
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(5)) {
            self.log.push(line);
        }
        status
    }

    /// What the log says, line by line.
    pub fn messages(&self) -> Vec<String> {
        self.log.iter().map(message).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn message(line: &Value) -> String {
    line["message"].as_str().map_or_else(|| line.to_string(), str::to_owned)
}
