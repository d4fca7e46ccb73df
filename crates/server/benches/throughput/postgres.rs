//! The PostgreSQL of one run: fresh, on the disk, and as durable as in production.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clockwork_core::accounts::passwords::{NewPassword, PasswordHasher};
use clockwork_core::database::migrations::migrate;
use clockwork_devdb::testing::OwnServer;
use tokio_postgres::{Client, NoTls};

use super::config::config;
use super::cpu::cpu_of;
use super::{people, yardstick};

/// How many commits the header of a report is measured with.
const COMMITS: u32 = 50;

/// A server of its own.
pub(crate) struct Postgres(OwnServer);

impl Postgres {
    /// Starts one with its data below `directory`. With `flush_delay`, each flush to the disk takes as much longer.
    pub(crate) async fn start(directory: &Path, flush_delay: Option<Duration>) -> anyhow::Result<Self> {
        let memory = ["tmpfs", "ramfs"].contains(&file_system(directory)?.as_str());
        ensure!(
            !memory,
            "{} is in memory, where a flush costs nothing: name a directory on a disk",
            directory.display()
        );
        let library = flush_delay.map(slow_flush).transpose()?;
        let server = OwnServer::durable(directory, library.as_deref()).await?;
        for (name, expected) in [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")] {
            let row = connect(&server.url()).await?.query_one(&format!("SHOW {name}"), &[]).await?;
            ensure!(row.get::<_, &str>(0) == expected, "{name} is {}", row.get::<_, &str>(0));
        }
        Ok(Self(server))
    }

    /// An empty database, and its address.
    pub(crate) async fn empty(&self, name: &str) -> anyhow::Result<String> {
        self.execute(&self.0.url(), &format!("CREATE DATABASE {name}")).await?;
        Ok(self.0.url_of(name))
    }

    /// A database with Clockwork's schema and the people of the benchmark.
    pub(crate) async fn for_clockwork(&self, name: &str) -> anyhow::Result<String> {
        let url = self.empty(name).await?;
        migrate(&config(&[("DATABASE_URL", &url)]).database).await?;
        self.execute(&url, &people::for_clockwork()).await?;
        Ok(url)
    }

    /// The same with accounts and sessions, all with this password.
    pub(crate) async fn for_accounts(&self, name: &str, password: &str) -> anyhow::Result<String> {
        let url = self.for_clockwork(name).await?;
        let password = NewPassword::parse(password, None)?;
        let hash = PasswordHasher::default().hash(&password).await?;
        self.execute(&url, &people::with_accounts(&hash)).await?;
        Ok(url)
    }

    /// The same with the yardstick's schema.
    pub(crate) async fn for_yardstick(&self, name: &str) -> anyhow::Result<String> {
        let url = self.empty(name).await?;
        self.execute(&url, yardstick::SCHEMA).await?;
        self.execute(&url, &people::for_yardstick()).await?;
        Ok(url)
    }

    /// Runs statements.
    pub(crate) async fn execute(&self, url: &str, sql: &str) -> anyhow::Result<()> {
        Ok(connect(url).await?.batch_execute(sql).await?)
    }

    /// The processor time that all its processes have used, those that have ended included.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let mut total = Duration::ZERO;
        for (place, process) in self.0.processes()?.into_iter().enumerate() {
            match cpu_of(process) {
                Ok(cpu) => total += if place == 0 { cpu.own + cpu.ended_children } else { cpu.own },
                // It has ended since it was listed, and is among the postmaster's children that have ended next time.
                Err(_) if place > 0 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(total)
    }

    /// How long a commit of one row takes at the median while nothing else happens.
    pub(crate) async fn commit_time(&self) -> anyhow::Result<Duration> {
        let client = connect(&self.0.url()).await?;
        client.batch_execute("CREATE TABLE commits (n integer)").await?;
        let insert = client.prepare("INSERT INTO commits VALUES (1)").await?;
        let mut times = Vec::new();
        for _ in 0..COMMITS {
            let began = Instant::now();
            client.execute(&insert, &[]).await?;
            times.push(began.elapsed());
        }
        client.batch_execute("DROP TABLE commits").await?;
        times.sort_unstable();
        times.get(times.len() / 2).copied().context("no commits")
    }

    /// Its version, such as 15.14.
    pub(crate) async fn version(&self) -> anyhow::Result<String> {
        let row = connect(&self.0.url()).await?.query_one("SHOW server_version", &[]).await?;
        Ok(row.get::<_, &str>(0).split(' ').next().unwrap_or_default().to_owned())
    }
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// The type of the file system that a directory is on.
fn file_system(directory: &Path) -> anyhow::Result<String> {
    let directory = directory.canonicalize().with_context(|| directory.display().to_string())?;
    // proc_pid_mounts(5): device, mount point, type, options. The mount point that is named last among the longest ones
    // is on top.
    let mounts = std::fs::read_to_string("/proc/self/mounts")?;
    let mount = mounts
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1).zip(line.split_whitespace().nth(2)))
        .filter(|(point, _)| directory.starts_with(point))
        .max_by_key(|(point, _)| point.len());
    Ok(mount.context("no file system")?.1.to_owned())
}

/// Compiles the library that makes flushes slower.
fn slow_flush(delay: Duration) -> anyhow::Result<PathBuf> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/throughput/slow_flush.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slow_flush.so");
    let status = Command::new("cc")
        .args([
            "-O2",
            "-Wall",
            "-shared",
            "-fPIC",
            &format!("-DDELAY_MICROSECONDS={}", delay.as_micros()),
            source,
            "-o",
        ])
        .arg(&library)
        .arg("-ldl")
        .status()
        .context("compiling slow_flush.c with cc")?;
    ensure!(status.success(), "cc could not compile slow_flush.c: {status}");
    Ok(library)
}
