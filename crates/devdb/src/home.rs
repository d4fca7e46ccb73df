//! The directory of one cluster: where it lies and what is in it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{account::ServerAccount, environment::Variables, error::DevDbError};

/// Where root's data goes when the account may not enter the checkout.
const SYSTEM_PLACE: &str = "/var/lib/clockwork-dev";

/// Room for a socket's path: `sockaddr_un` has 108 bytes on Linux and 104 on macOS, one of them for the final NUL.
const SOCKET_PATH_MAX: usize = 103;

/// A cluster's directory, mode 0700, and the account that owns it.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// The directory itself.
    pub(crate) dir: PathBuf,
    /// Its owner, who runs PostgreSQL.
    pub(crate) account: ServerAccount,
}

impl Home {
    /// The development cluster of a checkout: `<dir>/postgres`, or a stable place below `/var/lib` when the process is
    /// root's and the account may not enter the checkout.
    pub(crate) fn of_checkout(dir: &Path, environment: &Variables) -> Result<Self, DevDbError> {
        let dir = std::path::absolute(dir).map_err(DevDbError::io("cannot resolve", dir))?;
        fs::create_dir_all(&dir).map_err(DevDbError::io("cannot create", &dir))?;
        let dir = fs::canonicalize(&dir).map_err(DevDbError::io("cannot resolve", &dir))?;
        let inside = dir.join("postgres");
        let outside = Path::new(SYSTEM_PLACE).join(fingerprint(&dir));
        let account = ServerAccount::choose(environment, &[&inside, &outside])?;

        if account == ServerAccount::Own {
            return Self::prepare(inside, account);
        }
        let refused = if account.may_enter(&dir) {
            match Self::prepare(inside, account) {
                Err(error) if error.is_refusal() => error.to_string(),
                result => return result,
            }
        } else {
            format!("user {} may not enter {}", account.name(), dir.display())
        };
        fs::create_dir_all(SYSTEM_PLACE)
            .map_err(|error| DevDbError::NoPlace(format!("{refused}, and {SYSTEM_PLACE}: {error}")))?;
        let home = Self::prepare(outside, account)?;
        tracing::info!(dir = %home.dir.display(), "the development database lies outside the checkout, because {refused}");
        Ok(home)
    }

    /// Makes the directory and what the locks need, or checks that an existing one is the account's alone.
    pub(crate) fn prepare(dir: PathBuf, account: ServerAccount) -> Result<Self, DevDbError> {
        match DirBuilder::new().mode(0o700).create(&dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(DevDbError::io("cannot create", &dir)(error));
            }
            _ => {}
        }
        // Not following links: in a directory that all may write to, another user could have put one here.
        let owner = || fs::symlink_metadata(&dir).map_err(DevDbError::io("cannot read", &dir));
        let metadata = owner()?;
        if !metadata.is_dir() {
            return Err(DevDbError::NoPlace(format!("{} is not a directory", dir.display())));
        }
        // New, or another process of root's is at this very point.
        if metadata.uid() == 0 {
            account.own(&dir).map_err(DevDbError::io("cannot give away", &dir))?;
        }
        let metadata = owner()?;
        if metadata.uid() != account.id() {
            return Err(DevDbError::OtherOwner { dir, owner: metadata.uid(), user: account.id() });
        }
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).map_err(DevDbError::io("cannot protect", &dir))?;
        let home = Self { dir, account };
        for path in [home.gate(), home.users(), home.supervisor()] {
            home.create(&path)?;
        }
        if home.socket_dir().is_some() {
            home.make_dir(&home.socket_path())?;
        }
        Ok(home)
    }

    /// The cluster proper.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Where `initdb` works, so that an interrupted one is never taken for a cluster.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.dir.join("data.unfinished")
    }

    /// PostgreSQL's log of this start; the one before is beside it with `.1`.
    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    /// Locked by the process that starts or stops the cluster.
    pub(crate) fn gate(&self) -> PathBuf {
        self.dir.join("gate.lock")
    }

    /// Locked, shared, by every process that uses the cluster.
    pub(crate) fn users(&self) -> PathBuf {
        self.dir.join("users.lock")
    }

    /// Locked by the supervisor, of which there is one.
    pub(crate) fn supervisor(&self) -> PathBuf {
        self.dir.join("supervisor.lock")
    }

    /// The port of the last start, so that the next one takes the same.
    pub(crate) fn port(&self) -> PathBuf {
        self.dir.join("port")
    }

    /// The password of both roles.
    pub(crate) fn password_file(&self) -> PathBuf {
        self.dir.join("password")
    }

    fn socket_path(&self) -> PathBuf {
        self.dir.join("socket")
    }

    /// Directory of the Unix socket; `None` in a checkout so deep that the system has no room for the path.
    pub(crate) fn socket_dir(&self) -> Option<PathBuf> {
        let dir = self.socket_path();
        let longest = dir.join(".s.PGSQL.65535");
        (longest.as_os_str().as_bytes().len() <= SOCKET_PATH_MAX).then_some(dir)
    }

    /// Reads the password.
    pub(crate) fn password(&self) -> Result<String, DevDbError> {
        let path = self.password_file();
        fs::read_to_string(&path).map(|text| text.trim().to_owned()).map_err(DevDbError::io("cannot read", path))
    }

    /// Opens a file of ours for reading and writing, making it the account's when it is new.
    pub(crate) fn create(&self, path: &Path) -> Result<File, DevDbError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(DevDbError::io("cannot open", path))?;
        self.account.own(path).map_err(DevDbError::io("cannot give away", path))?;
        Ok(file)
    }

    /// Writes a small file at once and whole: a reader sees the old or the new. One writer at a time: inside the gate.
    pub(crate) fn write(&self, path: &Path, text: &str) -> Result<(), DevDbError> {
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}", std::process::id()));
        let draft = PathBuf::from(draft);
        let mut file = self.create(&draft)?;
        file.write_all(text.as_bytes()).map_err(DevDbError::io("cannot write", &draft))?;
        fs::rename(&draft, path).map_err(DevDbError::io("cannot write", path))
    }

    /// Makes a directory for the account alone.
    pub(crate) fn make_dir(&self, path: &Path) -> Result<(), DevDbError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(DevDbError::io("cannot create", path)(error)),
            Ok(()) => self.account.own(path).map_err(DevDbError::io("cannot give away", path)),
        }
    }
}

/// A short name that is the same for the same directory, and readable.
pub(crate) fn fingerprint(dir: &Path) -> String {
    let digest = hex::encode(Sha256::digest(dir.as_os_str().as_bytes()));
    digest.chars().take(12).collect()
}
