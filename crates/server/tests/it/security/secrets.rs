//! Secrets appear nowhere: not in logs, not in answers, not among the arguments. Operations Z3.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Answer, TestApp};

const DATABASE: &str = "marker-of-the-database";
const DATABASE_PART: &str = "marker-of-the-password-by-itself";
const REDIS: &str = "marker-of-the-redis";
const CLIENT: &str = "marker-of-the-client";
const COLLECTOR: &str = "marker-of-the-collector";
const COLLECTOR_HEADER: &str = "marker-of-a-header";
const SENTRY: &str = "marker-of-sentry";
const MAIL: &str = "marker-of-the-mail-server";

/// Every variable that is a secret, with a value that has a marker in it, and leads to a port without a listener.
fn secrets(port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", format!("postgres://clockwork:{DATABASE}@127.0.0.1:{port}/clockwork?sslmode=disable")),
        ("DATABASE_PASSWORD", DATABASE_PART.to_owned()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://clockwork:{COLLECTOR}@127.0.0.1:{port}")),
        ("OTEL_EXPORTER_OTLP_HEADERS", format!("x-key={COLLECTOR_HEADER}")),
        ("SENTRY_DSN", format!("http://{SENTRY}@127.0.0.1:{port}/1")),
        ("OIDC_CORP_ISSUER", "https://accounts.example.com".to_owned()),
        ("OIDC_CORP_CLIENT_ID", "clockwork".to_owned()),
        ("OIDC_CORP_CLIENT_SECRET", CLIENT.to_owned()),
        ("PUBLIC_URL", "http://localhost".to_owned()),
        ("REDIS_URL", format!("redis://clockwork:{REDIS}@127.0.0.1:{port}/0")),
        ("SMTP_URL", format!("smtp://clockwork:{MAIL}@127.0.0.1:{port}/")),
    ]
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .args(arguments)
        .env_clear()
        // No metrics: their port may be taken by whatever else runs on the machine.
        .envs([
            ("HOST", "127.0.0.1"),
            ("AUTH_MODE", "none"),
            ("LOG_LEVEL", "trace"),
            ("ENV", "staging"),
            ("METRICS_PORT", "0"),
            // What SMTP_URL demands.
            ("EMAIL_FROM", "clockwork@example.org"),
        ])
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[track_caller]
fn assert_silent(what: &str, text: &str) {
    for marker in [DATABASE, DATABASE_PART, REDIS, COLLECTOR, COLLECTOR_HEADER, SENTRY, CLIENT, MAIL] {
        assert!(!text.contains(marker), "{marker} in {what}:\n{text}");
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server that is killed with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What comes out of a pipe, until it is closed.
fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

#[test]
fn the_markers_cover_every_setting_that_is_a_secret() {
    let documentation = clockwork_core::config::documentation();
    let secret = documentation.split("\n### ").filter(|section| section.contains("\n- Secret: "));
    let mut names: Vec<_> = secret.map(|section| section.lines().next().unwrap().to_owned()).collect();
    // What goes with a secret of a provider is none itself.
    let beside = ["OIDC_CORP_ISSUER", "OIDC_CORP_CLIENT_ID", "PUBLIC_URL"];
    let marked = secrets(1).into_iter().filter(|(name, _)| !beside.contains(name));
    let mut covered: Vec<_> = marked.map(|(name, _)| name.replace("_CORP_", "_<NAME>_")).collect();
    names.sort();
    covered.sort();
    assert_eq!(names, covered, "a secret without a marker here");
}

#[actix_web::test]
async fn failures_name_no_secret() {
    let (port, nowhere) = (free_port(), free_port());
    let mut child = command(&[]);
    let child = child.envs(secrets(nowhere)).env("PORT", port.to_string()).env("DATABASE_ACQUIRE_TIMEOUT", "200ms");
    let mut server = Running(child.env("RATE_LIMIT_REQUESTS", "100").spawn().unwrap());
    let (out, err) = (collect(server.0.stdout.take().unwrap()), collect(server.0.stderr.take().unwrap()));
    let url = format!("http://127.0.0.1:{port}");
    let client = TestApp::http_client();
    let begun = Instant::now();
    while client.get(format!("{url}/livez")).send().await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (path, status) in
        [("/readyz", 503), ("/ready", 503), ("/api/projects", 503), ("/healthz", 503), ("/api/x", 404)]
    {
        let answer = Answer::read(client.get(format!("{url}{path}")).send().await.unwrap()).await.is(status);
        assert_silent(path, &format!("{:?} {}", answer.headers, answer.text));
    }
    let process = format!("/proc/{}", server.0.id());
    assert_silent("the arguments", &fs::read_to_string(format!("{process}/cmdline")).unwrap());
    let limits = fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "memory with secrets is not to be written to a file: {core}");
    kill(Pid::from_raw(server.0.id().cast_signed()), Signal::SIGTERM).unwrap();
    server.0.wait().unwrap();
    let log = format!("{}{}", out.join().unwrap(), err.join().unwrap());
    assert!(log.contains("request refused") && log.contains("Redis"), "the failures must be in the log:\n{log}");
    assert_silent("the log", &log);
}

#[test]
fn what_is_printed_and_what_is_wrong_names_no_secret() {
    let good = command(&["--print-config"]).envs(secrets(1)).output().unwrap();
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    assert!(said(&good).contains("REDIS_URL=redis://clockwork:***@127.0.0.1:1/0"), "{}", said(&good));
    assert_silent("--print-config", &said(&good));
    let parts = [("DATABASE_HOST", "127.0.0.1"), ("DATABASE_USER", "clockwork"), ("DATABASE_NAME", "clockwork")];
    let by_parts =
        command(&["--print-config"]).envs(secrets(1)).env_remove("DATABASE_URL").envs(parts).output().unwrap();
    assert!(said(&by_parts).contains("DATABASE_PASSWORD=***"), "{}", said(&by_parts));
    assert_silent("--print-config by parts", &said(&by_parts));
    for broken in ["port", "99999999", "1/?x=y#"] {
        let bad: Vec<_> =
            secrets(1).into_iter().map(|(name, value)| (name, value.replace(":1/", &format!(":{broken}/")))).collect();
        let output = command(&["--check-config"]).envs(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(78), "{}", said(&output));
        assert_silent("--check-config", &said(&output));
    }
}

#[test]
fn a_secret_may_come_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(&["--print-config"]);
    for (name, value) in secrets(1) {
        let path = dir.path().join(name);
        fs::write(&path, format!("{value}\n")).unwrap();
        command.env(format!("{name}_FILE"), path);
    }
    let output = command.output().unwrap();
    assert!(
        said(&output).contains("REDIS_URL=redis://clockwork:***@127.0.0.1:1/0  # REDIS_URL_FILE="),
        "{}",
        said(&output)
    );
    assert_silent("--print-config", &said(&output));
}
