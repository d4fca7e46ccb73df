//! What a development cluster and a tests' cluster are configured to be.

use std::{fmt::Write as _, time::Duration};

use crate::home::Home;

/// What a cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClusterPurpose {
    /// Keeps its data, through crashes too.
    Development,
    /// Fast, and gone when the tests are.
    Tests,
}

/// What happens to a cluster after its last user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AfterLastUser {
    /// How long the cluster waits for a next user.
    pub(crate) linger: Duration,
    /// Whether the data is removed too.
    pub(crate) erase: bool,
}

impl ClusterPurpose {
    /// What happens after the last user.
    pub(crate) fn after_last_user(self) -> AfterLastUser {
        match self {
            Self::Development => AfterLastUser { linger: Duration::ZERO, erase: false },
            // The next test binary of the same run comes within seconds.
            Self::Tests => AfterLastUser { linger: Duration::from_secs(10), erase: true },
        }
    }

    fn settings(self) -> &'static str {
        match self {
            Self::Development => "max_connections = 100\nlog_min_messages = warning\n",
            Self::Tests => {
                "max_connections = 400\nlog_min_messages = fatal\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n\
                 wal_level = minimal\nmax_wal_senders = 0\nautovacuum = off\nshared_buffers = 128MB\nmax_wal_size = 256MB\n\
                 checkpoint_timeout = 1h\njit = off\n"
            }
        }
    }

    /// The tests open thousands of connections, and SCRAM's key derivation in an unoptimised client takes longer than
    /// most tests.
    pub(crate) fn authentication(self) -> &'static str {
        match self {
            Self::Development => "scram-sha-256",
            Self::Tests => "password",
        }
    }

    /// The whole of `postgresql.conf`.
    pub(crate) fn configuration(self, home: &Home, port: u16) -> String {
        let mut text = String::from("# Written by Clockwork at every start: changes are lost.\n");
        let socket = home
            .socket_dir()
            .map(|dir| format!("\"{}\"", dir.display().to_string().replace('"', "\"\"")))
            .unwrap_or_default();
        for (name, value) in [
            ("listen_addresses", "127.0.0.1"),
            ("port", &port.to_string()),
            ("unix_socket_directories", &socket),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("lc_messages", "C"),
        ] {
            let value = value.replace('\\', "\\\\").replace('\'', "''");
            let _ = writeln!(text, "{name} = '{value}'");
        }
        text.push_str("unix_socket_permissions = 0700\n");
        text.push_str(self.settings());
        text
    }
}
