//! The running server process, as its `postmaster.pid` and the operating system tell of it.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

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

/// Pids are reused, and without an init process that collects them dead servers remain as zombies. So the process must
/// work in the data directory, as a server does; a zombie works nowhere.
fn runs_cluster(pid: i32, data: &Path) -> bool {
    if Path::new("/proc/self/cwd").exists() {
        match fs::read_link(format!("/proc/{pid}/cwd")) {
            Ok(dir) => dir == data,
            // Containers forbid even root to look into other accounts' processes.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => is_server_of_owner(pid, data),
            Err(_) => false,
        }
    } else {
        // No such file system (macOS): whether the process lives is all that can be asked.
        kill(Pid::from_raw(pid), None::<Signal>) != Err(Errno::ESRCH)
    }
}

/// What every user may see of a process: its owner, and its command line, of which a zombie has none. PostgreSQL's
/// other processes call themselves `postgres: …`.
fn is_server_of_owner(pid: i32, data: &Path) -> bool {
    let owner = |path: &Path| fs::metadata(path).map(|metadata| metadata.uid()).ok();
    let process = PathBuf::from(format!("/proc/{pid}"));
    let command = fs::read(process.join("cmdline")).unwrap_or_default();
    let program = command.split(|byte| *byte == 0).next().unwrap_or_default();
    Path::new(OsStr::from_bytes(program)).file_name() == Some(OsStr::new("postgres"))
        && owner(&process).is_some_and(|uid| owner(data) == Some(uid))
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

    #[test]
    fn without_permission_to_look_closer_name_and_owner_decide() {
        let dir = tempfile::tempdir().unwrap();
        if !Path::new("/proc/self").exists() {
            return;
        }
        let pid_of = |child: &std::process::Child| i32::try_from(child.id()).unwrap();
        let mut other = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(!is_server_of_owner(pid_of(&other), dir.path()));
        other.kill().unwrap();
        other.wait().unwrap();

        let named = dir.path().join("postgres");
        std::os::unix::fs::symlink("/bin/sleep", &named).unwrap();
        let mut server = std::process::Command::new(&named).arg("60").spawn().unwrap();
        let pid = pid_of(&server);
        assert!(soon(|| is_server_of_owner(pid, dir.path())));
        server.kill().unwrap();
        // Until it is waited for, it is a zombie.
        assert!(soon(|| !is_server_of_owner(pid, dir.path())));
        server.wait().unwrap();
    }

    /// A process takes a moment to become what it was started as, and to end.
    fn soon(condition: impl Fn() -> bool) -> bool {
        let pause = || std::thread::sleep(std::time::Duration::from_millis(10));
        (0..1000).any(|_| {
            condition() || {
                pause();
                false
            }
        })
    }
}
