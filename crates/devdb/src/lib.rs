//! A private PostgreSQL for development and for tests.
//!
//! [`DevDb`] is the development database of a checkout; [`testing`] gives every test a database of its own. What
//! belongs here is finding, creating, starting, sharing and stopping a cluster. The schema does not: callers migrate.
//!
//! # Users of a cluster
//!
//! Any number of processes share the cluster of one checkout: each holds a shared file lock, which the kernel releases
//! however the process ends. The last one to leave stops it. When that one is killed, a small supervisor (see
//! `supervisor.rs`) does; when there is none (no `flock` program), the next start takes the running server over.
//!
//! # Connections
//!
//! The port is open on 127.0.0.1 to every user of the machine; the password, random and kept in a directory of mode
//! 0700, is not.

mod account;
mod cluster;
mod environment;
mod error;
mod home;
mod installation;
mod lease;
mod postmaster;
mod settings;
mod sql;
mod supervisor;
pub mod testing;
mod watch;

use std::path::{Path, PathBuf};

pub use cluster::Stopped;
pub use environment::Variables;
pub use error::{DevDbError, MINIMUM_VERSION, Rejected};
pub use installation::Installation;

use cluster::{Cluster, SUPERUSER, Site};
use home::Home;
use settings::ClusterPurpose;
use watch::Watch;

/// The application's role, which is no superuser.
pub const ROLE: &str = "clockwork";
/// The application's database.
pub const DATABASE: &str = "clockwork";

/// Where the development database lies and how PostgreSQL is found.
#[derive(Debug, Clone)]
pub struct DevDbOptions {
    /// The checkout's directory for such things, `.clockwork`; made when missing.
    pub dir: PathBuf,
    /// Where to look for PostgreSQL, and the account to run it as.
    pub environment: Variables,
}

impl DevDbOptions {
    /// The options for `dir`, with this process's environment.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), environment: Variables::of_process() }
    }
}

/// One process's use of the development database. Dropping it gives the use back, as [`DevDb::stop`] does.
#[derive(Debug)]
pub struct DevDb {
    /// Declared first: a server must not be started again while it is being stopped.
    watch: Watch,
    cluster: Cluster,
}

impl DevDb {
    /// Starts the database, or shares the one that another process has started.
    ///
    /// # Errors
    ///
    /// No usable PostgreSQL, no place for its files, or a server that does not start: each says what to do.
    pub async fn start(options: DevDbOptions) -> Result<Self, DevDbError> {
        let cluster = blocking(move || Cluster::join(site(&options)?)).await?;
        let admin = sql::connect(&cluster.url(SUPERUSER, "postgres")).await?;
        sql::create_role_and_database(&admin, ROLE, Some(DATABASE), &cluster.password).await?;
        tracing::info!(dir = %cluster.site.home.dir.display(), port = cluster.port, "the development database is ready");
        Ok(Self { watch: Watch::over(cluster.site.clone(), cluster.port), cluster })
    }

    /// The application's address, password included: for `DATABASE_URL`, not for logs.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url(ROLE, DATABASE)
    }

    /// The superuser's address of the same database.
    #[must_use]
    pub fn admin_url(&self) -> String {
        self.cluster.url(SUPERUSER, DATABASE)
    }

    /// The directory with the data, the log and the password.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.cluster.site.home.dir
    }

    /// Gives the use back; the last user stops the server process.
    ///
    /// # Errors
    ///
    /// The server process does not end.
    pub async fn stop(mut self) -> Result<Stopped, DevDbError> {
        blocking(move || {
            drop(self.watch);
            self.cluster.leave()
        })
        .await
    }
}

/// Deletes the development database of a checkout, and says where it was.
///
/// # Errors
///
/// [`DevDbError::InUse`] while a process uses it.
pub async fn reset(options: DevDbOptions) -> Result<PathBuf, DevDbError> {
    blocking(move || {
        let site = site(&options)?;
        site.erase().map(|()| site.home.dir)
    })
    .await
}

fn site(options: &DevDbOptions) -> Result<Site, DevDbError> {
    let home = Home::of_checkout(&options.dir, &options.environment)?;
    let installation = Installation::find(&options.environment, home.account, cluster::data_version(&home))?;
    Ok(Site { home, installation, purpose: ClusterPurpose::Development })
}

/// Runs work that waits for locks and processes where it holds up nothing else.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DevDbError> + Send + 'static,
) -> Result<T, DevDbError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| DevDbError::Interrupted(error.to_string()))?
}
