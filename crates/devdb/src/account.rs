//! Which operating system account runs PostgreSQL, and how a program is run as it.
//!
//! PostgreSQL refuses to run as root. A process of any other user runs it as itself.

use std::{
    fs, io,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use nix::unistd::{Uid, User};

use crate::{environment::Variables, error::DevDbError};

/// Accounts that root tries when nothing else says who, in this order.
const FALLBACKS: [&str; 2] = ["postgres", "nobody"];

/// PostgreSQL's programs read these; a developer's shell often sets them for another server.
const FOREIGN_VARIABLES: [&str; 13] = [
    "PGDATA",
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGUSER",
    "PGDATABASE",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGOPTIONS",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGCLIENTENCODING",
];

/// The account that runs PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerAccount {
    /// This process's own.
    Own,
    /// Another one; this process is root's.
    Other { user: u32, group: u32 },
}

impl ServerAccount {
    /// Chooses: an existing directory's owner, the one named by `CLOCKWORK_PG_USER`, `postgres`, `nobody`.
    pub(crate) fn choose(environment: &Variables, existing: &[&Path]) -> Result<Self, DevDbError> {
        if !Uid::effective().is_root() {
            return Ok(Self::Own);
        }
        for dir in existing {
            if let Ok(metadata) = fs::symlink_metadata(dir)
                && metadata.uid() != 0
            {
                return Ok(Self::Other { user: metadata.uid(), group: metadata.gid() });
            }
        }
        if let Some(name) = &environment.account {
            return match User::from_name(name) {
                Ok(Some(user)) if user.uid.is_root() => {
                    Err(DevDbError::NoAccount(format!("CLOCKWORK_PG_USER={name} is root itself")))
                }
                Ok(Some(user)) => Ok(Self::of(&user)),
                _ => Err(DevDbError::NoAccount(format!("CLOCKWORK_PG_USER={name} does not exist"))),
            };
        }
        FALLBACKS.iter().find_map(|name| User::from_name(name).ok().flatten()).map(|user| Self::of(&user)).ok_or_else(
            || DevDbError::NoAccount("neither postgres nor nobody exists; name one with CLOCKWORK_PG_USER".to_owned()),
        )
    }

    fn of(user: &User) -> Self {
        Self::Other { user: user.uid.as_raw(), group: user.gid.as_raw() }
    }

    /// The numeric user id.
    pub(crate) fn id(self) -> u32 {
        match self {
            Self::Own => Uid::effective().as_raw(),
            Self::Other { user, .. } => user,
        }
    }

    /// The account's name where it has one, else its number, for messages.
    pub(crate) fn name(self) -> String {
        match User::from_uid(Uid::from_raw(self.id())) {
            Ok(Some(user)) => user.name,
            _ => self.id().to_string(),
        }
    }

    /// Gives a file to the account.
    pub(crate) fn own(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { user, group } => chown(path, Some(user), Some(group)),
        }
    }

    /// A program to be run as the account, with messages in English and from a directory that every account may enter.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        for name in FOREIGN_VARIABLES {
            command.env_remove(name);
        }
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group).env("HOME", "/");
        }
        command
    }

    /// Whether the account may enter a directory, asked of the system itself: it knows every ancestor, ACL and mount.
    pub(crate) fn may_enter(self, dir: &Path) -> bool {
        self.command(Path::new("/bin/sh"))
            .args(["-c", "cd \"$1\" 2>/dev/null", "sh"])
            .arg(dir)
            .status()
            .is_ok_and(|status| status.success())
    }
}
