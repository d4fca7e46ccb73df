//! Runs the migrator on a database, and migrations, of a test's own.

use std::path::Path;
use std::process::Stdio;

use clockwork_devdb::testing::TestDb;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio_postgres::{Client, NoTls};

pub(crate) struct Setup {
    pub(crate) database: TestDb,
    migrations: Option<TempDir>,
    pub(crate) environment: &'static str,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Setup {
    /// An empty database and the real migrations.
    pub(crate) async fn real() -> Self {
        let server = clockwork_devdb::testing::server().await.unwrap();
        Self { database: server.empty().await.unwrap(), migrations: None, environment: "development" }
    }

    /// An empty database and migrations made of these files: `directory/file` and its text.
    pub(crate) async fn with(files: &[(&str, &str)]) -> Self {
        let setup = Self { migrations: Some(tempfile::tempdir().unwrap()), ..Self::real().await };
        for (name, text) in files {
            setup.write(name, text);
        }
        setup
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.migrations.as_ref().unwrap().path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Outcome {
        finish(self.command(arguments).spawn().unwrap()).await
    }

    /// A run that is under way, and the lines of its log.
    pub(crate) fn start(&self, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStderr>>) {
        let mut child = self.command(arguments).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        (child, log)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.database.url(), self.migrations.as_ref().map(TempDir::path), arguments);
        command.env("ENV", self.environment);
        command
    }

    pub(crate) async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.database.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Whether a table, index or view of this name is there.
    pub(crate) async fn exists(&self, name: &str) -> bool {
        let query = "SELECT to_regclass($1::text) IS NOT NULL";
        self.client().await.query_one(query, &[&name]).await.unwrap().get(0)
    }

    /// The versions that are applied.
    pub(crate) async fn applied(&self) -> Vec<String> {
        if !self.exists("__diesel_schema_migrations").await {
            return Vec::new();
        }
        let query = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
        self.client().await.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    }
}

pub(crate) fn command(url: &str, migrations: Option<&Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migrator"));
    command.args(arguments).env_clear().env("DATABASE_URL", url).current_dir("/").kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(migrations) = migrations {
        command.env("MIGRATIONS_DIR", migrations);
    }
    command
}

pub(crate) async fn finish(child: Child) -> Outcome {
    let output = child.wait_with_output().await.unwrap();
    Outcome {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Reads a log until a line with `part`.
pub(crate) async fn wait_for(log: &mut Lines<BufReader<ChildStderr>>, part: &str) {
    while let Some(line) = log.next_line().await.unwrap() {
        if line.contains(part) {
            return;
        }
    }
    panic!("the log ended without {part:?}");
}
