//! Finds PostgreSQL's server programs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    account::ServerAccount,
    environment::Variables,
    error::{DevDbError, MINIMUM_VERSION, Rejected},
};

/// Places where packages put versions beside each other: a parent, the prefix of the entries' names, and what follows
/// below each entry.
const PLACES: [(&str, &str, &str); 9] = [
    // Debian, Ubuntu
    ("/usr/lib/postgresql", "", "bin"),
    // PGDG's packages for Fedora, RHEL, SUSE
    ("/usr", "pgsql-", "bin"),
    // Alpine
    ("/usr/libexec", "postgresql", ""),
    // openSUSE
    ("/usr/lib", "postgresql", "bin"),
    // Homebrew: Apple silicon, Intel, Linux
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    // Postgres.app
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    // built from source
    ("/usr/local", "pgsql", "bin"),
];

/// The programs that are needed; `psql` is not.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// A directory of programs that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Holds `initdb`, `pg_ctl` and `postgres`.
    pub dir: PathBuf,
    /// Major version.
    pub major: u32,
}

impl Installation {
    /// Looks at `CLOCKWORK_PG_BIN` alone when it is set, else at `PATH` and then at the places of packages, newest
    /// version first.
    ///
    /// `wanted` is the major version of existing data: an installation of it wins over every other.
    pub(crate) fn find(
        environment: &Variables,
        account: ServerAccount,
        wanted: Option<u32>,
    ) -> Result<Self, DevDbError> {
        let mut usable = Vec::new();
        let mut rejected = Vec::new();
        for dir in candidates(environment) {
            match inspect(&dir, account) {
                Ok(major) if wanted.is_none_or(|wanted| wanted == major) => {
                    return Ok(Self { dir, major });
                }
                Ok(major) => usable.push(Self { dir, major }),
                Err(reason) => rejected.push(Rejected { dir, reason }),
            }
        }
        usable.into_iter().next().ok_or(DevDbError::NoBinaries { rejected })
    }

    /// The path of one of the programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

fn candidates(environment: &Variables) -> Vec<PathBuf> {
    if let Some(dir) = &environment.binaries {
        return vec![std::path::absolute(dir).unwrap_or_else(|_| dir.clone())];
    }
    let mut found: Vec<PathBuf> = std::env::split_paths(&environment.path)
        .filter(|dir| dir.is_absolute() && dir.join("initdb").is_file())
        .collect();
    for (parent, prefix, below) in PLACES {
        found.extend(versions_in(Path::new(parent), prefix, below));
    }
    let mut seen = Vec::new();
    found.retain(|dir| {
        let real = fs::canonicalize(dir).unwrap_or_else(|_| dir.clone());
        let new = !seen.contains(&real);
        seen.push(real);
        new
    });
    found
}

/// Directories of programs below `parent`, newest version first.
fn versions_in(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?.trim_start_matches(['@', '-']);
            let dir = entry.path().join(below);
            dir.join("initdb").is_file().then(|| (major(version).unwrap_or(0), dir))
        })
        .collect();
    found.sort_by(|left, right| right.cmp(left));
    found.into_iter().map(|(_, dir)| dir).collect()
}

/// The major version, or why the directory cannot be used. Asked of the program itself, as the account that will run
/// it.
fn inspect(dir: &Path, account: ServerAccount) -> Result<u32, String> {
    for program in PROGRAMS {
        if !dir.join(program).is_file() {
            return Err(format!("has no {program}"));
        }
    }
    let output = account
        .command(&dir.join("postgres"))
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("user {} cannot run its postgres: {error}", account.name()))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
    let version = text.split_whitespace().find_map(major).ok_or_else(|| format!("postgres --version said {text:?}"))?;
    if version < MINIMUM_VERSION {
        return Err(format!("is version {version}, and Clockwork needs {MINIMUM_VERSION} or newer"));
    }
    Ok(version)
}

/// The major version at the beginning of `15.4`, `18beta1` or `17`.
fn major(version: &str) -> Option<u32> {
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
