//! The running server process, as its `postmaster.pid` and the operating system tell of it.

use std::{fs, path::Path};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// What `postmaster.pid` says, of a process that is alive and really this cluster's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: i32,
    /// Port on 127.0.0.1; known once the server has got that far.
    pub(crate) port: Option<u16>,
    /// `starting`, `ready`, `stopping`; empty early in the start.
    pub(crate) state: String,
}

impl Postmaster {
    /// `None` when there is no file, or when it is left over from a process that is gone.
    pub(crate) fn of(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let found = Self::parse(&text)?;
        runs_cluster(found.pid, data).then_some(found)
    }

    /// Lines: pid, data directory, start time, port, socket directory, address, shared memory key, state.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        // A server in single-user mode writes its pid negated.
        let pid = lines.first()?.parse::<i32>().ok()?.checked_abs()?;
        Some(Self {
            pid,
            port: lines.get(3).and_then(|port| port.parse().ok()),
            state: (*lines.get(7).unwrap_or(&"")).to_owned(),
        })
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.state == "ready" && self.port.is_some()
    }
}

/// Pids are reused, and without an init process that collects them dead servers remain as zombies. So the process must work in the
/// data directory, as a server does; a zombie works nowhere.
fn runs_cluster(pid: i32, data: &Path) -> bool {
    if Path::new("/proc/self/cwd").exists() {
        fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|dir| dir == data)
    } else {
        // No such file system (macOS): whether the process lives is all that can be asked.
        kill(Pid::from_raw(pid), None::<Signal>) != Err(Errno::ESRCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_complete_file() {
        let text = "4711\n/data\n1700000000\n40123\n/data/socket\n127.0.0.1\n  5432001    262144\nready   \n";
        let found = Postmaster::parse(text).unwrap();
        assert_eq!((found.pid, found.port), (4711, Some(40123)));
        assert!(found.is_ready());
    }

    #[test]
    fn a_file_of_an_early_start_is_not_ready() {
        let found = Postmaster::parse("4711\n/data\n1700000000\n40123\n").unwrap();
        assert!(!found.is_ready());
    }

    #[test]
    fn nonsense_is_no_server() {
        assert_eq!(Postmaster::parse("hello"), None);
        assert_eq!(Postmaster::parse(""), None);
    }

    #[test]
    fn a_pid_of_another_program_is_stale() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("postmaster.pid"), format!("{}\n/x\n1\n5432\n\n\n\nready\n", std::process::id()))
            .unwrap();
        if Path::new("/proc/self").exists() {
            assert_eq!(Postmaster::of(dir.path()), None);
        }
    }
}
