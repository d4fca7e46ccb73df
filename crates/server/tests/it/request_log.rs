//! The lines that the real binary logs: one a request, with what operators need and nothing that people wrote.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{TestApp, migrated_database};

/// A server process, ended with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of a log so far, as JSON.
fn lines(log: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

/// Waits until a line says so, and returns it.
async fn line(log: &std::path::Path, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..400 {
        if let Some(line) = lines(log).into_iter().find(|line| wanted(line)) {
            return line;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the line never came: {:#?}", lines(log));
}

#[actix_web::test]
async fn each_request_is_one_line_of_json_without_what_people_wrote() {
    let database = migrated_database().await;
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let output = std::fs::File::create(&log).unwrap();
    let environment = [
        ("ENV", "production".to_owned()),
        ("AUTH_MODE", "none".to_owned()),
        ("HOST", "127.0.0.1".to_owned()),
        ("PORT", "0".to_owned()),
        ("METRICS_PORT", "0".to_owned()),
        ("DATABASE_URL", database.url()),
    ];
    let server = Command::new(env!("CARGO_BIN_EXE_server"))
        .env_clear()
        .envs(environment)
        .current_dir(directory.path())
        .stdout(output)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _server = Process(server);
    let serving = line(&log, |line| line["address"].is_string()).await;
    let url = format!("http://{}", serving["address"].as_str().unwrap());
    assert_eq!(serving["environment"], "production");

    // Bytes that are no request are logged as no error of the server.
    let mut stranger = tokio::net::TcpStream::connect(serving["address"].as_str().unwrap()).await.unwrap();
    stranger.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n").await.unwrap();
    let mut refusal = String::new();
    stranger.read_to_string(&mut refusal).await.unwrap();
    assert!(refusal.starts_with("HTTP/1.1 400 "), "{refusal}");

    let client = TestApp::http_client();
    let post = client.post(format!("{url}/api/projects")).header("x-request-id", "find-me");
    let made = post.json(&json!({"name": "Secret merger"})).send().await.unwrap();
    let project: Value = made.json().await.unwrap();
    let path = format!("{url}/api/projects/{}?secret=query", project["id"].as_str().unwrap());
    client.get(path).header("x-request-id", "find-me-too").send().await.unwrap();

    let first = line(&log, |line| line["request_id"] == "find-me").await;
    assert_eq!(first["method"], "POST");
    assert_eq!(first["route"], "/api/projects");
    assert_eq!(first["status"], 201);
    assert!(first["duration_ms"].is_number() && first["bytes"].is_number() && first["user"].is_string(), "{first}");
    let second = line(&log, |line| line["request_id"] == "find-me-too").await;
    assert_eq!(second["route"], "/api/projects/{projectId}");
    assert!(lines(&log).iter().all(|line| line["level"] != "ERROR"), "{:#?}", lines(&log));
    let all = std::fs::read_to_string(&log).unwrap();
    for secret in ["Secret merger", "secret=query", project["id"].as_str().unwrap()] {
        assert!(!all.contains(secret), "{secret:?} in {all}");
    }
}
