//! `server import FILE…`, as a process.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
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
    let path = path.to_str().unwrap();
    run_with(app, &[arguments, &[path]].concat(), "").await
}

/// The same with this on its standard input.
async fn run_with(app: &TestApp, arguments: &[&str], input: &str) -> (i32, String, String) {
    run_in(app, arguments, &[], input).await
}

/// The same with these variables.
async fn run_in(app: &TestApp, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> (i32, String, String) {
    let port = app.url.rsplit(':').next().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("import")
        .args(arguments)
        .env_clear()
        .env("PORT", port)
        .env("DATABASE_URL", app.database.url())
        .envs(environment.iter().copied())
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    // A process that has ended reads nothing.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = process.wait_with_output().await.unwrap();
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
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &report["committed"], &report["entries"]["created"]), (0, &Value::Bool(true), &Value::from(1)));

    let direct = ["--direct", "--json", "--time-zone", "Europe/Berlin", "--default-category", "Other"];
    let (code, said, complaint) = run(&app, &path, &direct).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["entries"]["unchanged"], 1);
    assert_eq!(rows(&app).await[0], 1);
}

#[actix_web::test]
async fn a_refusal_is_told_with_the_report_and_ends_with_1() {
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

#[actix_web::test]
async fn standard_input_is_a_file() {
    let app = TestApp::spawn().await;
    let text = classic(&[GOOD]);
    let (code, said, complaint) = run_with(&app, &["-"], &text).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    assert!(said.starts_with("standard input: imported (toggl"), "{said}");
    let (code, said, complaint) = run_with(&app, &["--direct", "-"], &text).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    assert!(said.contains("0 new, 1 unchanged"), "{said}");
    let (code, said, complaint) = run_with(&app, &["-", "-"], &text).await;
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("once only"), "{complaint}");
}

#[actix_web::test]
async fn several_files_are_imported_one_after_the_other_until_one_fails() {
    let app = TestApp::spawn().await;
    let (_first, one) = file(&[GOOD]);
    let (_second, bad) = file(&[",,,,,,,2016-01-32,09:00,2016-01-02,10:00,,"]);
    let (_third, other) = file(&[",,,,,,,2016-01-03,09:00,2016-01-03,10:00,,"]);
    let (one, bad, other) = (one.to_str().unwrap(), bad.to_str().unwrap(), other.to_str().unwrap());
    for way in [[].as_slice(), &["--direct"]] {
        let (code, said, complaint) = run_with(&app, &[way, &[one, bad, other]].concat(), "").await;
        assert_eq!(code, 1, "{complaint}");
        assert!(
            said.contains(&format!("{one}: imported")) && said.contains(&format!("{bad}: nothing written")),
            "{said}"
        );
        assert!(complaint.contains(&format!("{bad}: ")) && complaint.contains("the file has lines"), "{complaint}");
        assert!(!said.contains(other), "{said}");
        assert_eq!(rows(&app).await[0], 1);
    }
    let (code, said, _) = run_with(&app, &["--json", one, other], "").await;
    let reports: Vec<Value> = serde_json::Deserializer::from_str(&said).into_iter().map(Result::unwrap).collect();
    let created: Vec<_> = reports.iter().map(|report| report["entries"]["created"].as_u64().unwrap()).collect();
    assert_eq!((code, created), (0, vec![0, 1]));
}

#[actix_web::test]
async fn a_server_with_accounts_wants_a_token_and_a_choice_of_people() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("owner@example.org").await;
    let secret = |made: crate::harness::Answer| made.created().json["secret"].as_str().unwrap().to_owned();
    let token = secret(owner.post("/api/auth/tokens", json!({"name": "import", "scope": "admin"})).await);
    let reading = secret(owner.post("/api/auth/tokens", json!({"name": "look", "scope": "read"})).await);
    let other = "Bob,b@example.com,Acme,Site,,,Yes,2016-01-02,09:00,2016-01-02,10:00,01:00:00,";
    let (_directory, path) = file(&[GOOD, other]);
    let path = path.to_str().unwrap();
    let import = async |arguments: &[&str], environment: &[(&str, &str)]| {
        run_in(&app, &[arguments, &["--people", "everybody", path]].concat(), environment, "").await
    };
    let (code, said, complaint) = import(&[], &[]).await;
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("sign in"), "{complaint}");
    let (code, _, complaint) = import(&["--token", &reading], &[]).await;
    assert_eq!(code, 1, "{complaint}");
    let (code, said, complaint) = import(&["--dry-run"], &[("CLOCKWORK_TOKEN", &token)]).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    assert!(said.contains("2 new, 0 unchanged"), "{said}");
    let (code, _, complaint) = run_in(&app, &["--token", &token, path], &[], "").await;
    assert_eq!(code, 1);
    assert!(complaint.contains("2 people"), "{complaint}");
    assert_eq!(rows(&app).await[0], 0);
    // What the command says wins over the environment.
    let (code, said, complaint) = import(&["--token", &token], &[("CLOCKWORK_TOKEN", "wrong")]).await;
    assert_eq!((code, complaint.as_str()), (0, ""));
    assert!(said.contains("2 new, 0 unchanged"), "{said}");
    assert_eq!(rows(&app).await[0], 2);
    // No command shows the secret that stands in the environment.
    for command in ["import", "report", "export"] {
        let output = Command::new(env!("CARGO_BIN_EXE_server"))
            .args([command, "--help"])
            .env_clear()
            .env("CLOCKWORK_TOKEN", "secret-of-the-environment")
            .output()
            .await
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("--token") && help.contains("CLOCKWORK_TOKEN"), "{help}");
        assert!(!help.contains("secret-of-the-environment"), "{help}");
    }
}
