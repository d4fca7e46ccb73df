//! Everything that can go wrong here, said so that a person knows what to do next.

use std::{fmt::Write as _, io, path::PathBuf, time::Duration};

/// The oldest major version that Clockwork runs on.
pub const MINIMUM_VERSION: u32 = 15;

/// A directory that was found and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The directory.
    pub dir: PathBuf,
    /// Why not.
    pub reason: String,
}

/// Why there is no private PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum DevDbError {
    /// No usable binaries. Lists what was found and rejected, and what to install.
    #[error("{}", no_binaries(.rejected))]
    NoBinaries {
        /// Installations that were found, each with the reason why it cannot be used.
        rejected: Vec<Rejected>,
    },
    /// The data was made by a major version that is not installed.
    #[error(
        "the data in {} was made by PostgreSQL {data}, and the installed version is {installed}: \
         install PostgreSQL {data}, or remove that directory to begin with an empty database",
        .dir.display()
    )]
    OtherMajor {
        /// The cluster's directory.
        dir: PathBuf,
        /// Major version that made the data.
        data: u32,
        /// Major version that is installed.
        installed: u32,
    },
    /// Root may not run PostgreSQL, and there is no other account.
    #[error("PostgreSQL refuses to run as root, and there is no account to run it: {0}")]
    NoAccount(String),
    /// The directory belongs to another user.
    #[error(
        "{} belongs to user {owner}, and this process is user {user}'s: run as that user, or remove the directory",
        .dir.display()
    )]
    OtherOwner {
        /// The directory.
        dir: PathBuf,
        /// Its owner's numeric id.
        owner: u32,
        /// This process's effective numeric id.
        user: u32,
    },
    /// No directory could be made in which the account may keep its data.
    #[error("no place for the database's files: {0}")]
    NoPlace(String),
    /// Another process holds the lock for longer than a start or a stop can take.
    #[error("process {holder} has been starting or stopping the database in {} for {} s; if it hangs, end it", .dir.display(), .waited.as_secs())]
    Busy {
        /// The cluster's directory.
        dir: PathBuf,
        /// Process id as written by the holder.
        holder: String,
        /// How long this process waited.
        waited: Duration,
    },
    /// The data cannot be deleted under its users.
    #[error("the database in {} is in use: stop the server, and whatever else uses it, first", .dir.display())]
    InUse {
        /// The cluster's directory.
        dir: PathBuf,
    },
    /// One of PostgreSQL's programs failed.
    #[error("{program} failed ({status}): {output}")]
    Program {
        /// Which one.
        program: &'static str,
        /// How it ended.
        status: String,
        /// What it said, and the end of PostgreSQL's log when there is one.
        output: String,
    },
    /// The server process is there and does not become ready.
    #[error(
        "PostgreSQL (process {pid}) in {} is {state} and not ready after {} s; see {}",
        .dir.display(), .waited.as_secs(), .log.display()
    )]
    NotReady {
        /// Process id of the postmaster.
        pid: i32,
        /// Its own word for its state.
        state: String,
        /// The cluster's directory.
        dir: PathBuf,
        /// How long this process waited.
        waited: Duration,
        /// Where PostgreSQL writes its log.
        log: PathBuf,
    },
    /// The server runs and refuses or fails a statement of ours.
    #[error("the database answered with an error while {doing}: {}", chain(.source))]
    Sql {
        /// What was being done.
        doing: &'static str,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// `CLOCKWORK_TEST_DATABASE_URL` is no address of a server.
    #[error(
        "CLOCKWORK_TEST_DATABASE_URL is not a PostgreSQL URL of the form postgres://user:password@host:port/database"
    )]
    TestServer,
    /// The caller's closure that fills a template failed.
    #[error("the template database could not be made: {0}")]
    Template(String),
    /// A file operation failed.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A thread of the work ended without an answer.
    #[error("the work was interrupted: {0}")]
    Interrupted(String),
}

impl DevDbError {
    /// Whether the system refuses, to root even, what would go well in another place: a shared or a read-only file
    /// system.
    pub(crate) fn is_refusal(&self) -> bool {
        let Self::Io { source, .. } = self else { return false };
        matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
    }

    /// For `map_err`: names what was done to which path.
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// For `map_err`: names what the statement was for.
    pub(crate) fn sql(doing: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Sql { doing, source }
    }
}

/// tokio-postgres says only "db error" itself; what happened is in its sources.
fn chain(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}

fn no_binaries(rejected: &[Rejected]) -> String {
    let mut text =
        format!("Clockwork starts a private PostgreSQL ({MINIMUM_VERSION} or newer) when DATABASE_URL is not set, ");
    if rejected.is_empty() {
        text.push_str("and found no PostgreSQL server programs on this machine.");
    } else {
        text.push_str("and cannot use what it found:");
        for Rejected { dir, reason } in rejected {
            let _ = write!(text, "\n  {}: {reason}", dir.display());
        }
    }
    text.push_str(
        "\nDo one of these:\n  \
         Debian, Ubuntu:  apt-get install postgresql\n  \
         Fedora, RHEL:    dnf install postgresql-server\n  \
         Arch:            pacman -S postgresql\n  \
         Alpine:          apk add postgresql\n  \
         openSUSE:        zypper install postgresql-server\n  \
         macOS:           brew install postgresql@17\n  \
         or set CLOCKWORK_PG_BIN to the directory that holds initdb, pg_ctl and postgres\n  \
         or set DATABASE_URL to a PostgreSQL server of your own",
    );
    text
}
