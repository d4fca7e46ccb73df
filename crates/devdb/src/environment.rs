//! What this crate takes from the process's environment, and nothing else of it.

use std::{ffi::OsString, path::PathBuf};

/// The variables that say where PostgreSQL is and who runs it.
///
/// A value instead of reads all over the crate, so that tests can set it without touching the process.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// `CLOCKWORK_PG_BIN`: the directory with `initdb`, `pg_ctl` and `postgres`. Set, it is the only one looked at.
    pub binaries: Option<PathBuf>,
    /// `CLOCKWORK_PG_USER`: the account that runs PostgreSQL when the process is root's.
    pub account: Option<String>,
    /// `CLOCKWORK_TEST_DATABASE_URL`: a server for the tests, instead of one of their own.
    pub test_server: Option<String>,
    /// `PATH`.
    pub path: OsString,
}

impl Variables {
    /// The environment of this process. Empty values count as unset.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            binaries: variable("CLOCKWORK_PG_BIN").map(PathBuf::from),
            account: variable("CLOCKWORK_PG_USER").and_then(|name| name.into_string().ok()),
            test_server: variable("CLOCKWORK_TEST_DATABASE_URL").and_then(|url| url.into_string().ok()),
            path: variable("PATH").unwrap_or_default(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the binaries lie belongs to the machine, not to Clockwork's configuration"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
