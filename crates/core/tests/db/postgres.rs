//! A PostgreSQL server for one test, for what the shared one cannot be: encrypted, read-only, or gone.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use clockwork_devdb::testing::Programs;
use tempfile::TempDir;

/// The default authentication: every host may connect as every role.
pub(crate) const TRUST: &str = "host all all all trust\n";

pub(crate) struct Postgres {
    supervisor: Child,
    _dir: TempDir,
    pub(crate) port: u16,
}

impl Postgres {
    /// A server with these settings (`name = value`), this `pg_hba.conf`, and these files in its data directory.
    /// It has the superuser `clockwork` and the databases `postgres` and `clockwork`.
    pub(crate) async fn start(settings: &[&str], hba: &str, files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let programs = Programs::find().unwrap();
        let data = dir.path().join("data");
        own(&programs, dir.path());
        let initdb = programs
            .command(&programs.path("initdb"))
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=clockwork", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(initdb.status.success(), "{}", String::from_utf8_lossy(&initdb.stderr));
        for (name, text) in [("pg_hba.conf", hba)].iter().chain(files) {
            let path = data.join(name);
            fs::write(&path, text).unwrap();
            own(&programs, &path);
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = programs.command(Path::new("/bin/sh"));
        // The shell ends the server when its standard input ends, which it does however this process ends.
        command
            .args(["-c", r#""$@" & server=$!; read -r _; kill -INT $server; wait"#, "sh"])
            .arg(programs.path("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=localhost", "-c", &format!("port={port}"), "-c", "fsync=off"])
            .args(["-c", "unix_socket_directories="])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .stderr(fs::File::create(dir.path().join("log")).unwrap());
        let server = Self { supervisor: command.spawn().unwrap(), _dir: dir, port };
        server.admin().await.batch_execute("CREATE DATABASE clockwork").await.unwrap();
        server
    }

    pub(crate) fn url(&self, rest: &str) -> String {
        format!("postgres://clockwork@localhost:{}/clockwork{rest}", self.port)
    }

    /// A connection of our own, encrypted or not as the server likes, once the server answers.
    pub(crate) async fn admin(&self) -> tokio_postgres::Client {
        let url = format!("postgres://clockwork@127.0.0.1:{}/postgres", self.port);
        let begun = Instant::now();
        loop {
            match tokio_postgres::connect(&url, tokio_postgres::NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return client;
                }
                Err(error) if begun.elapsed() > Duration::from_secs(60) => panic!("the server does not start: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Ends the server, and waits until it is gone.
    pub(crate) fn stop(&mut self) {
        if let Some(mut input) = self.supervisor.stdin.take() {
            let _ = input.write_all(b"\n");
        }
        let _ = self.supervisor.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port without a listener.
pub(crate) fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Gives a file to the server's account with mode 0600, as PostgreSQL demands of keys.
fn own(programs: &Programs, path: &Path) {
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    programs.own(path).unwrap();
}

/// Writes a file that a client reads.
pub(crate) fn written(dir: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    path
}
