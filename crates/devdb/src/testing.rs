//! A database of its own for every test, cloned from a template that is migrated once.
//!
//! All tests of a checkout share one cluster, whatever process they run in: the first starts it, and it ends itself
//! some seconds after the last process is gone. It lives in memory where there is room, and forgets everything.
//! `CLOCKWORK_TEST_DATABASE_URL` names a server to be used instead; its role must be allowed to create databases.
//!
//! ```no_run
//! # async fn migrate(url: String) -> Result<(), std::io::Error> { Ok(()) }
//! # async fn test() -> Result<(), clockwork_devdb::DevDbError> {
//! let server = clockwork_devdb::testing::server().await?;
//! let database = server.cloned("a hash of all migrations", migrate).await?;
//! println!("{}", database.url());
//! # Ok(())
//! # }
//! ```

mod own_server;

use std::{
    env,
    fmt::Display,
    future::Future,
    hash::{BuildHasher, Hasher, RandomState},
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use nix::{sys::statvfs::statvfs, unistd::Uid};
use sha2::{Digest, Sha256};
use tokio::{runtime, sync::OnceCell};
use tokio_postgres::{Client, error::SqlState};
use url::Url;

pub use own_server::OwnServer;

use crate::{
    ROLE, SUPERUSER,
    account::ServerAccount,
    blocking,
    cluster::{self, Cluster, Site},
    environment::Variables,
    error::DevDbError,
    home::{Home, fingerprint},
    installation::Installation,
    settings::ClusterPurpose,
    sql,
};

/// Memory that the tests' databases may take; containers often have 64 MiB of it, which is not enough.
const MEMORY_NEEDED: u128 = 1 << 30;
const MEMORY: &str = "/dev/shm";

/// Serialises the making of templates. Arbitrary; other locks of Clockwork have other numbers.
const TEMPLATE_LOCK: i64 = 7_236_110_002;

/// Measured without fsync, a template of 8 MB and up to eight at a time: never slower than WAL_LOG, mostly a tenth to a
/// half faster.
const STRATEGY: &str = "FILE_COPY";

/// How long the end of a test waits until its database is dropped.
const DROP_WAIT: Duration = Duration::from_secs(1);

static SERVER: OnceCell<TestServer> = OnceCell::const_new();

/// Tells this process's databases from those of others.
static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The server that the tests' databases are on.
#[derive(Debug)]
pub struct TestServer {
    /// With the database for statements that belong to none.
    url: Url,
    /// The superuser's, on a server of our own.
    superuser: Option<Url>,
    /// Never dropped, as nothing in a static is: the kernel gives the use back when the process ends.
    _cluster: Option<Cluster>,
}

/// The server for this process's tests: started, shared, or the one named by `CLOCKWORK_TEST_DATABASE_URL`.
///
/// # Errors
///
/// No PostgreSQL, or none that starts.
pub async fn server() -> Result<&'static TestServer, DevDbError> {
    SERVER.get_or_try_init(|| TestServer::start(Variables::of_process())).await
}

impl TestServer {
    async fn start(environment: Variables) -> Result<Self, DevDbError> {
        if let Some(url) = &environment.test_server {
            let url = Url::parse(url).ok().filter(Url::has_host).ok_or(DevDbError::TestServer)?;
            return Ok(Self { url, superuser: None, _cluster: None });
        }
        let cluster = blocking(move || {
            let account = ServerAccount::choose(&environment, &[])?;
            let home = Home::prepare(place(), account)?;
            let installation = Installation::find(&environment, account, cluster::data_version(&home))?;
            Cluster::join(Site { home, installation, purpose: ClusterPurpose::Tests })
        })
        .await?;
        let superuser = cluster.url(SUPERUSER, "postgres");
        let admin = sql::connect(&superuser).await?;
        sql::create_role_and_database(&admin, ROLE, None, &cluster.password).await?;
        Ok(Self {
            url: parse(&cluster.url(ROLE, "postgres"))?,
            superuser: Some(parse(&superuser)?),
            _cluster: Some(cluster),
        })
    }

    /// A database of its own with the schema that `migrate` makes.
    ///
    /// `migrate` gets the address of an empty database. It runs once for each `fingerprint` on this server, whichever
    /// process comes first, and must have closed its connections when it returns; those left are ended.
    ///
    /// # Errors
    ///
    /// The closure's error as [`DevDbError::Template`], or the server's.
    pub async fn cloned<F, Fut, E>(&'static self, fingerprint: &str, migrate: F) -> Result<TestDb, DevDbError>
    where
        F: FnOnce(String) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: Display,
    {
        let digest = hex::encode(Sha256::digest(fingerprint));
        let template = format!("clockwork_template_{}", digest.get(..16).unwrap_or(&digest));
        let admin = self.connect().await?;
        match self.create(&admin, Some(&template)).await {
            Err(DevDbError::Sql { source, .. }) if source.code() == Some(&SqlState::UNDEFINED_DATABASE) => {
                self.make_template(&admin, &template, migrate).await?;
                self.create(&admin, Some(&template)).await
            }
            result => result,
        }
    }

    /// A database of its own with nothing in it.
    ///
    /// # Errors
    ///
    /// The server's.
    pub async fn empty(&'static self) -> Result<TestDb, DevDbError> {
        self.create(&self.connect().await?, None).await
    }

    /// The same in a locale that differs from the server's, such as `C`, which knows ASCII only.
    ///
    /// # Errors
    ///
    /// The server's.
    pub async fn empty_in_locale(&'static self, locale: &str) -> Result<TestDb, DevDbError> {
        let name = next_name();
        let statement = format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE '{locale}' STRATEGY {STRATEGY}");
        let admin = self.connect().await?;
        admin.batch_execute(&statement).await.map_err(DevDbError::sql("creating a test's database"))?;
        Ok(TestDb { server: self, name })
    }

    /// The address of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        with_database(&self.url, database)
    }

    async fn connect(&self) -> Result<Client, DevDbError> {
        sql::connect(self.url.as_str()).await
    }

    async fn create(&'static self, admin: &Client, template: Option<&str>) -> Result<TestDb, DevDbError> {
        let name = next_name();
        let statement = match template {
            Some(template) => {
                format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY {STRATEGY}")
            }
            None => format!("CREATE DATABASE {name} STRATEGY {STRATEGY}"),
        };
        admin.batch_execute(&statement).await.map_err(DevDbError::sql("creating a test's database"))?;
        Ok(TestDb { server: self, name })
    }

    /// Makes the template under another name and renames it when it is whole, so that one that exists is always
    /// complete.
    async fn make_template<F, Fut, E>(&self, admin: &Client, name: &str, migrate: F) -> Result<(), DevDbError>
    where
        F: FnOnce(String) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: Display,
    {
        let run = async |statement: &str| {
            admin.batch_execute(statement).await.map_err(DevDbError::sql("making the template database"))
        };
        // Ends with the connection at the latest. The lock is the database's that `admin` is connected to, the same for
        // every process.
        run(&format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await?;
        let existing = admin
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await
            .map_err(DevDbError::sql("looking for the template database"))?;
        if existing.is_none() {
            let draft = format!("{name}_draft");
            run(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await?;
            run(&format!("CREATE DATABASE {draft} STRATEGY {STRATEGY}")).await?;
            migrate(self.url(&draft)).await.map_err(|error| DevDbError::Template(error.to_string()))?;
            // CREATE DATABASE … TEMPLATE fails while the template has connections.
            run(&format!("ALTER DATABASE {draft} ALLOW_CONNECTIONS false")).await?;
            run(&format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{draft}'"))
                .await?;
            run(&format!("ALTER DATABASE {draft} RENAME TO {name}")).await?;
        }
        run(&format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await
    }
}

fn next_name() -> String {
    format!("clockwork_test_{:016x}_{}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// One test's database, dropped with this value, connections or not.
#[derive(Debug)]
pub struct TestDb {
    server: &'static TestServer,
    name: String,
}

impl TestDb {
    /// The application's address of the database.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// The superuser's address of the database; the application's on a server that is not ours.
    #[must_use]
    pub fn admin_url(&self) -> String {
        with_database(self.server.superuser.as_ref().unwrap_or(&self.server.url), &self.name)
    }

    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDb {
    /// Waits until the database is gone, because a process that ends right after its test would leave it behind; but
    /// not for long. The test's runtime does not run meanwhile, and if it was just opening a connection, PostgreSQL
    /// waits for that connection before it drops any database. The connection ends with the runtime, right after this.
    fn drop(&mut self) {
        let url = self.server.superuser.as_ref().unwrap_or(&self.server.url).to_string();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let work = async move {
            let admin = sql::connect(&url).await?;
            admin.batch_execute(&statement).await.map_err(DevDbError::sql("dropping a test's database"))
        };
        let (done, dropped) = mpsc::channel();
        // A thread, because the test's own runtime may be ending and must not be blocked on from inside.
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            let result = runtime
                .map_err(|error| error.to_string())
                .and_then(|runtime| runtime.block_on(work).map_err(|error| error.to_string()));
            // Fails when the test has not waited, and then there is no reader.
            let _ = done.send(result);
        });
        match dropped.recv_timeout(DROP_WAIT) {
            Ok(Ok(())) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Err(error)) => tracing::warn!(database = self.name, "a test's database stays behind: {error}"),
            Err(RecvTimeoutError::Disconnected) => {
                tracing::warn!(database = self.name, "a test's database stays behind");
            }
        }
    }
}

/// PostgreSQL's programs and the account that may run them, for tests that need a server with settings of its own.
#[derive(Debug)]
pub struct Programs {
    installation: Installation,
    account: ServerAccount,
}

impl Programs {
    /// Those that [`server`] would use.
    ///
    /// # Errors
    ///
    /// No PostgreSQL, or no account to run it as.
    pub fn find() -> Result<Self, DevDbError> {
        let environment = Variables::of_process();
        let account = ServerAccount::choose(&environment, &[])?;
        Ok(Self { installation: Installation::find(&environment, account, None)?, account })
    }

    /// The path of one of PostgreSQL's programs.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.installation.dir.join(name)
    }

    /// A program, PostgreSQL's or not, to be run as the account.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        self.account.command(program)
    }

    /// Gives a file to the account.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn own(&self, path: &Path) -> io::Result<()> {
        self.account.own(path)
    }
}

/// A directory for each user and checkout: in memory where there is room.
fn place() -> PathBuf {
    let name = format!("clockwork-test-{}-{}", Uid::effective(), fingerprint(Path::new(env!("CARGO_MANIFEST_DIR"))));
    let room =
        statvfs(MEMORY).map_or(0, |system| u128::from(system.blocks_available()) * u128::from(system.fragment_size()));
    if room >= MEMORY_NEEDED { Path::new(MEMORY).join(name) } else { env::temp_dir().join(name) }
}

fn with_database(url: &Url, database: &str) -> String {
    let mut url = url.clone();
    url.set_path(database);
    url.into()
}

fn parse(url: &str) -> Result<Url, DevDbError> {
    Url::parse(url).map_err(|error| DevDbError::Interrupted(error.to_string()))
}
