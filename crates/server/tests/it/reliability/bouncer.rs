//! PgBouncer in transaction mode, before a database that is there and one that is killed. It must know prepared
//! statements, which PgBouncer does from version 1.21 on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clockwork_devdb::testing::{OwnServer, Programs};
use tempfile::TempDir;

use super::outage::{OutageReport, watch};
use super::server;
use crate::harness::migrate;

/// A running PgBouncer, killed with this value.
pub struct Bouncer {
    port: u16,
    child: Child,
    _dir: TempDir,
}

/// The program named by `PGBOUNCER`, or that on the `PATH`, if it is new enough; else why there is none.
pub fn program() -> Result<PathBuf, String> {
    let named = std::env::vars_os().find(|(name, _)| name == "PGBOUNCER").map(|(_, path)| PathBuf::from(path));
    let path = named.unwrap_or_else(|| PathBuf::from("pgbouncer"));
    let output =
        Command::new(&path).arg("--version").output().map_err(|error| format!("no {}: {error}", path.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = said.lines().next().and_then(|line| line.strip_prefix("PgBouncer ")).unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    if (numbers.next(), numbers.next()) >= (Some(1), Some(21)) {
        Ok(path)
    } else {
        Err(format!("{} is {version:?}, and 1.21 or newer is needed", path.display()))
    }
}

impl Bouncer {
    /// Starts one before the database of a server, with fewer connections to it than the application opens.
    fn start(program: &Path, database: &OwnServer) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let programs = Programs::find().unwrap();
        let file = dir.path().join("pgbouncer.ini");
        let settings = format!(
            "[databases]\n\
             clockwork = host=127.0.0.1 port={} dbname=clockwork user=clockwork\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = any\n\
             pool_mode = transaction\n\
             default_pool_size = 3\n\
             max_prepared_statements = 200\n\
             server_login_retry = 1\n",
            database.port
        );
        std::fs::write(&file, settings).unwrap();
        programs.own(dir.path()).unwrap();
        programs.own(&file).unwrap();
        let mut command = programs.command(program);
        let child = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { port, child, _dir: dir }
    }

    async fn answers(&self) {
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What clients see of a server whose database is behind PgBouncer, and is killed and started again.
pub async fn behind(program: &Path, acquire_timeout: Duration, away: Duration) -> OutageReport {
    let mut database = OwnServer::start().await.unwrap();
    let direct = database.url();
    migrate(&direct).await.unwrap();
    let bouncer = Bouncer::start(program, &database);
    bouncer.answers().await;
    let url = format!("postgres://clockwork@127.0.0.1:{}/clockwork?sslmode=disable", bouncer.port);
    let acquire_timeout = format!("{}ms", acquire_timeout.as_millis());
    let server = server(&[("DATABASE_URL", &url), ("DATABASE_ACQUIRE_TIMEOUT", &acquire_timeout)]).await;
    watch(server, &direct, async {
        database.kill().unwrap();
        tokio::time::sleep(away).await;
        database.run_again().await.unwrap();
    })
    .await
}

#[actix_web::test]
async fn a_database_behind_pgbouncer_in_transaction_mode() {
    let program = match program() {
        Ok(program) => program,
        Err(reason) => {
            // Not by the macro, whose words are only shown when a test fails.
            writeln!(std::io::stderr(), "\nSKIPPED, PgBouncer is not tested: {reason}; name one with PGBOUNCER")
                .unwrap();
            return;
        }
    };
    let acquire_timeout = Duration::from_secs(2);
    behind(&program, acquire_timeout, Duration::from_millis(500)).await.as_promised(acquire_timeout);
}
