//! `server import FILE`, as a process.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::{classic, rows};
use crate::harness::TestApp;

const GOOD: &str = "Ada,a@example.com,Acme,Site,,,Yes,2016-01-02,09:00,2016-01-02,10:00,01:00:00,";

/// A directory with a file of these rows.
fn file(rows: &[&str]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("toggl.csv");
    std::fs::write(&path, classic(rows)).unwrap();
    (directory, path)
}

/// Exit code, stdout, stderr.
async fn run(app: &TestApp, path: &Path, arguments: &[&str]) -> (i32, String, String) {
    let port = app.url.rsplit(':').next().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("import")
        .args(arguments)
        .arg(path)
        .env_clear()
        .env("PORT", port)
        .env("DATABASE_URL", app.database.url())
        .current_dir(std::env::temp_dir())
        .output()
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[actix_web::test]
async fn a_running_server_or_the_database_takes_the_file() {
    let app = TestApp::spawn().await;
    let (_directory, path) = file(&[GOOD]);
    let (code, said, complaint) = run(&app, &path, &["--dry-run", "--time-zone", "Europe/Berlin"]).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    assert!(said.contains("dry run, nothing written (toggl, times in Europe/Berlin)"), "{said}");
    assert!(said.contains("1 new, 0 unchanged, 0 left out"), "{said}");
    assert_eq!(rows(&app).await[0], 0);

    let (code, said, _) = run(&app, &path, &["--url", &app.url, "--json", "--time-zone", "Europe/Berlin"]).await;
    let account: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &account["committed"], &account["entries"]["created"]), (0, &Value::Bool(true), &Value::from(1)));

    let direct = ["--direct", "--json", "--time-zone", "Europe/Berlin", "--default-category", "Other"];
    let (code, said, complaint) = run(&app, &path, &direct).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    let account: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(account["entries"]["unchanged"], 1);
    assert_eq!(rows(&app).await[0], 1);
}

#[actix_web::test]
async fn a_refusal_is_told_with_the_account_and_ends_with_1() {
    let app = TestApp::spawn().await;
    let (_directory, path) = file(&[GOOD, ",,,,,,,2016-01-32,09:00,2016-01-02,10:00,,"]);
    for way in [["--on-error", "stop"].as_slice(), &["--direct"]] {
        let (code, said, complaint) = run(&app, &path, way).await;
        assert_eq!(code, 1);
        assert!(said.contains("line 3, Start date “2016-01-32”: error: not a date"), "{said}");
        assert!(complaint.contains("nothing was imported"), "{complaint}");
        assert_eq!(rows(&app).await[0], 0);
    }
    let (code, ..) = run(&app, &path, &["--on-error", "skip"]).await;
    assert_eq!((code, rows(&app).await[0]), (0, 1));

    let missing = path.with_extension("gone");
    for way in [[].as_slice(), &["--direct"], &["--time-zone", "Mars/Olympus"], &["--source", "clickclock"]] {
        let (code, said, complaint) = run(&app, &missing, way).await;
        assert_eq!((code, said.as_str()), (1, ""));
        assert!(complaint.contains("cannot be opened"), "{complaint}");
    }
    let (code, _, complaint) = run(&app, &path, &["--url", "http://127.0.0.1:1"]).await;
    assert_eq!(code, 1);
    assert!(complaint.contains("no server answers"), "{complaint}");
    let (code, _, complaint) = run(&app, &path, &["--direct", "--source", "clickclock"]).await;
    assert_eq!(code, 1);
    assert!(complaint.contains("known are: toggl"), "{complaint}");
}

#[actix_web::test]
async fn a_wrong_command_ends_with_2() {
    let app = TestApp::spawn().await;
    let (_directory, path) = file(&[GOOD]);
    for wrong in [["--on-error", "ignore"], ["--date-order", "ydm"], ["--time-zon", "UTC"]] {
        assert_eq!(run(&app, &path, &wrong).await.0, 2, "{wrong:?}");
    }
    assert_eq!(run(&app, &path, &["--direct", "--url", "http://127.0.0.1:1"]).await.0, 2);
}
