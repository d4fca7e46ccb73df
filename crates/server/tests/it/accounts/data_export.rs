//! The archive of what the installation has about a user: what is in it, and who gets it.

use std::io::{Cursor, Read};
use std::time::Duration;

use chrono::TimeDelta;
use clockwork_core::database::Db;
use clockwork_core::events::{Hub, StreamIntervals};
use clockwork_core::mail::Mailer;
use clockwork_core::models::{ClaimedKind, DataExport, Job};
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::cleaning;
use clockwork_core::operations::jobs::{JobContext, Workers};
use clockwork_core::values::clock::Clock;
use clockwork_core::values::ids::{DataExportId, JobLeaseId};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Browser, SmtpSink, TestApp, config_with};

const BOB: &str = "bob@example.org";

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

const WAITING: &str = "SELECT count(*) FROM jobs WHERE kind IN ('export_data', 'send_mail') AND failed_at IS NULL";

/// Does the jobs that wait, until no archive is pending, and no message waits.
async fn work(app: &TestApp, sink: &SmtpSink) {
    work_until(app, sink, WAITING).await;
}

/// Does jobs as long as this counts some.
async fn work_until(app: &TestApp, sink: &SmtpSink, left: &str) {
    let (url, file) = (format!("smtp://127.0.0.1:{}", sink.port), sink.certificate.display().to_string());
    let mail = [("SMTP_URL", url.as_str()), ("SMTP_CA_FILE", &file), ("EMAIL_FROM", "c@example.org")];
    let settings: Vec<_> = mail.into_iter().chain([("PUBLIC_URL", "https://t.example")]).collect();
    let config = config_with(&app.database.url(), &settings);
    let db = Db::connect(&config.database).unwrap();
    let hub = Hub::new(db.clone(), StreamIntervals::default());
    hub.wake();
    let context = JobContext::new(db, Clock::system(), Mailer::new(&config.mail).unwrap());
    let workers = Workers::start(&context, &hub.jobs_added(), &BackgroundMetrics::new());
    let begun = std::time::Instant::now();
    while app.count(left).await > 0 {
        assert!(begun.elapsed() < DEADLINE, "the jobs are not done");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    workers.finish().await;
    hub.stop();
}

/// The bytes of an archive.
async fn download(app: &TestApp, browser: &Browser<'_>, path: &str) -> Vec<u8> {
    let request = TestApp::http_client().get(format!("{}{path}", app.url));
    let cookie = format!("clockwork={}", browser.cookie("clockwork").unwrap());
    let response = request.header("Cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("application/zip".into(), "no-store".into()));
    assert!(header("content-disposition").starts_with("attachment; filename=\"clockwork-data-2026"));
    let length: usize = header("content-length").parse().unwrap();
    let bytes = response.bytes().await.unwrap();
    assert_eq!(bytes.len(), length);
    bytes.to_vec()
}

fn file(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn value(bytes: &[u8], name: &str) -> Value {
    serde_json::from_str(&file(bytes, name)).unwrap()
}

#[actix_web::test]
async fn the_archive_has_what_is_about_the_user_and_nothing_of_others() {
    let (app, sink) = (TestApp::with_accounts().await, SmtpSink::start());
    let ada = app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let user = bob.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().to_owned();
    let secret = bob.post("/api/auth/tokens", json!({"name": "ci", "scope": "track"})).await.created().json;
    let project = ada.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let path = format!("/api/projects/{project}/categories");
    let category = ada.post(&path, json!({"name": "Design"})).await.created().id();
    let tag = ada.post("/api/tags", json!({"name": "urgent"})).await.created().id();
    let from = app.now() - TimeDelta::hours(2);
    let entry = |text: &str| {
        let stop = from + TimeDelta::hours(1);
        json!({"categoryId": category, "startedAt": from, "stoppedAt": stop, "description": text, "tagIds": [tag]})
    };
    ada.post("/api/time/entries", entry("of Ada")).await.created();
    let own = bob.post("/api/time/entries", entry("=of Bob, \"quoted\"")).await.created().id();
    // More than two pages, in a workspace of the user's own.
    let place = bob.post("/api/workspaces", json!({"name": "Own place"})).await.created().id();
    let there = format!("/api/workspaces/{place}/projects");
    let garden = bob.post(&there, json!({"name": "Garden"})).await.created().id();
    let beds = bob.post(&format!("{there}/{garden}/categories"), json!({"name": "Beds"})).await.created().id();
    app.execute(&format!(
        "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
         SELECT gen_random_uuid(), '{place}', '{user}', '{garden}', '{beds}', at, at + interval '1 minute', at, at
         FROM (SELECT '2025-01-01Z'::timestamptz + n / 3 * interval '1 hour' AS at FROM generate_series(1, 4500) AS n) AS times"
    ))
    .await;

    let saved = bob.post("/api/saved-reports", json!({"name": "Weekly", "query": ""})).await.created().id();
    let schedule = json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": [user]});
    bob.post(&format!("/api/saved-reports/{saved}/schedules"), schedule).await.created();

    let none = bob.get("/api/auth/export").await.ok().json;
    assert_eq!((&none["export"], &none["nextAt"]), (&Value::Null, &Value::Null));
    let requested = bob.act("/api/auth/export").await.is(202).json;
    assert_eq!(requested["export"]["state"], json!("pending"));
    let path = format!("/api/auth/export/{}/archive", requested["export"]["id"].as_str().unwrap());
    bob.get(&path).await.refused(409, "export_not_ready");
    work(&app, &sink).await;

    let ready = bob.get("/api/auth/export").await.ok().json;
    assert_eq!(ready["export"]["state"], json!("ready"));
    assert_eq!(ready["nextAt"], json!(app.now() + TimeDelta::days(1)));
    let bytes = download(&app, &bob, &path).await;
    assert_eq!(ready["export"]["size"], json!(bytes.len()));
    let mails = sink.received();
    let told = mails.iter().find(|mail| mail.to == [BOB] && mail.data.contains("https://t.example/settings"));
    assert!(told.is_some(), "{:?}", mails.iter().map(|mail| &mail.data).collect::<Vec<_>>());

    let profile = value(&bytes, "profile.json");
    assert_eq!((&profile["id"], &profile["email"]), (&json!(user), &json!(BOB)));
    let workspaces = value(&bytes, "workspaces.json");
    let roles: Vec<_> = workspaces.as_array().unwrap().iter().map(|each| (&each["workspace"], &each["role"])).collect();
    assert!(roles.contains(&(&json!("Own place"), &json!("owner"))) && roles.len() == 2, "{roles:?}");
    assert_eq!(value(&bytes, "tokens.json")[0]["name"], json!("ci"));
    assert_eq!(value(&bytes, "sessions.json").as_array().unwrap().len(), 1);
    let schedules = value(&bytes, "report-schedules.json");
    assert_eq!((&schedules[0]["report"], &schedules[0]["own"]), (&json!("Weekly"), &json!(true)), "{schedules}");
    assert!(schedules[0].get("stopToken").is_none() && schedules.as_array().unwrap().len() == 1, "{schedules}");
    let lines = value(&bytes, "audit-log.json");
    let actions: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    for action in ["session.begun", "token.created", "workspace.created", "account.data_requested"] {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    let entries = value(&bytes, "entries.json");
    let entries = entries.as_array().unwrap();
    assert_eq!(entries.len(), 4_501);
    let ids: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry["id"].to_string()).collect();
    assert_eq!(ids.len(), 4_501, "each once");
    let mine = entries.iter().find(|entry| entry["id"] == json!(own)).unwrap();
    let names = ["workspace", "project", "category", "description", "durationSeconds"].map(|name| mine[name].clone());
    assert_eq!(names[1..], [json!("Website"), json!("Design"), json!("=of Bob, \"quoted\""), json!(3_600)]);
    assert_eq!(mine["tags"], json!(["urgent"]));
    let rows = file(&bytes, "entries.csv");
    assert_eq!(rows.lines().count(), 4_502);
    assert!(rows.contains(",\"'=of Bob, \"\"quoted\"\"\",urgent,"), "{}", rows.lines().next().unwrap());

    // Nothing of another user, and nothing that opens the account.
    let secret = secret["secret"].as_str().unwrap();
    let names = ["profile.json", "workspaces.json", "sessions.json", "tokens.json", "audit-log.json", "entries.json"];
    for name in names.into_iter().chain(["report-schedules.json"]) {
        let text = file(&bytes, name);
        for other in ["of Ada", "ada@example.org", secret, "sha256", "argon2"] {
            assert!(!text.contains(other), "{other} in {name}");
        }
    }
}

#[actix_web::test]
async fn only_its_user_gets_it_for_a_week_and_one_a_day() {
    let (app, sink) = (TestApp::with_accounts().await, SmtpSink::start());
    let ada = app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "viewer").await;
    // Two at once are one, and the next one waits for a day.
    let both = join_all([bob.act("/api/auth/export"), bob.act("/api/auth/export")]).await;
    let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 429]);
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'export_data'").await, 1);
    let later = bob.act("/api/auth/export").await.refused(429, "rate_limited");
    let seconds: i64 = later.header("retry-after").parse().unwrap();
    assert!((86_000..=86_401).contains(&seconds), "{seconds}");
    work(&app, &sink).await;
    let id = bob.get("/api/auth/export").await.ok().json["export"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/auth/export/{id}/archive");
    download(&app, &bob, &path).await;

    // Neither another user, nor a visitor, nor a token.
    ada.get(&path).await.refused(404, "not_found");
    Browser::new(&app).get(&path).await.refused(401, "unauthenticated");
    let made = bob.post("/api/auth/tokens", json!({"name": "ci", "scope": "read"})).await.created().json;
    let token = format!("Bearer {}", made["secret"].as_str().unwrap());
    Browser::new(&app).with("Authorization", &token).get(&path).await.refused(403, "session_required");
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'account.data_taken'").await, 1);

    // The next one takes its place, and asks for a recent sign-in.
    app.advance(TimeDelta::days(1));
    bob.act("/api/auth/export").await.refused(403, "recent_sign_in_required");
    bob.sign_in(BOB).await.ok();
    let second = bob.act("/api/auth/export").await.is(202).json["export"]["id"].as_str().unwrap().to_owned();
    bob.get(&path).await.refused(404, "not_found");
    assert_eq!(app.count("SELECT count(*) FROM data_export_chunks").await, 0);
    work(&app, &sink).await;
    let path = format!("/api/auth/export/{second}/archive");
    download(&app, &bob, &path).await;

    // After a week it is gone: for requests at once, and from the disk with the next cleaning.
    app.advance(TimeDelta::days(7));
    bob.get(&path).await.refused(410, "export_expired");
    assert_eq!(bob.get("/api/auth/export").await.ok().json["export"], Value::Null);
    cleaning::clean_up(&app.db(), app.now(), Duration::from_secs(730 * 24 * 60 * 60)).await;
    bob.get(&path).await.refused(404, "not_found");
    assert_eq!(app.count("SELECT count(*) FROM data_export_chunks").await, 0);
}

#[actix_web::test]
async fn an_archive_that_is_not_wanted_any_more_is_not_written_and_one_has_a_largest_size() {
    let (app, sink) = (TestApp::with_accounts().await, SmtpSink::start());
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    bob.act("/api/auth/export").await.is(202);
    app.execute("DELETE FROM data_exports").await;
    work(&app, &sink).await;
    assert_eq!(app.count("SELECT count(*) FROM data_export_chunks").await, 0);

    let id = bob.act("/api/auth/export").await.is(202).json["export"]["id"].as_str().unwrap().to_owned();
    let chunk = |number: i32, bytes: i32| {
        format!("INSERT INTO data_export_chunks VALUES ('{id}', {number}, convert_to(repeat('x', {bytes}), 'UTF8'))")
    };
    assert_eq!(app.violates(&chunk(256, 1)).await, "data_export_chunks_number_valid");
    assert_eq!(app.violates(&chunk(0, (1 << 20) + 1)).await, "data_export_chunks_content_valid");
    // What an attempt that was broken off has left is written anew.
    app.execute(&chunk(0, 10)).await;
    app.execute(&chunk(7, 10)).await;
    work(&app, &sink).await;
    let bytes = download(&app, &bob, &format!("/api/auth/export/{id}/archive")).await;
    assert_eq!(value(&bytes, "profile.json")["email"], json!(BOB));
    // One that failed can be requested again at once.
    app.execute("UPDATE data_exports SET finished_at = NULL, size = NULL, failed_at = now()").await;
    let failed = bob.get("/api/auth/export").await.ok().json;
    assert_eq!((&failed["export"]["state"], &failed["nextAt"]), (&json!("failed"), &Value::Null));
    bob.act("/api/auth/export").await.is(202);
}

/// The server that wrote it had died before it could say so, or was only slow.
#[actix_web::test]
async fn a_job_that_runs_again_leaves_a_finished_archive_alone() {
    let (app, sink) = (TestApp::with_accounts().await, SmtpSink::start());
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let user = bob.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().to_owned();
    let id = bob.act("/api/auth/export").await.is(202).json["export"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/auth/export/{id}/archive");
    let db = app.db();
    let kinds = [ClaimedKind { name: "export_data", held: Duration::ZERO, attempts: 5 }];
    let slow = Job::claim(&mut db.conn().await.unwrap(), &kinds, JobLeaseId::new()).await.unwrap().unwrap();
    work(&app, &sink).await;
    let bytes = download(&app, &bob, &path).await;

    // The attempt that was slow comes back to an archive that another one has written, or is writing.
    let export = DataExportId(id.parse().unwrap());
    let size = i64::try_from(bytes.len()).unwrap();
    let late = async || {
        let mut conn = db.conn().await.unwrap();
        let added = DataExport::add_chunk(&mut conn, export, slow.lease, 200, vec![1]).await.unwrap();
        DataExport::fail(&mut conn, export, slow.lease, app.now()).await.unwrap();
        (added, DataExport::finish(&mut conn, export, slow.lease, size, app.now()).await.unwrap())
    };
    assert_eq!(late().await, (0, 0));
    let again = format!(
        "INSERT INTO jobs (id, kind, payload, unique_key)
         VALUES (gen_random_uuid(), 'export_data', '{{\"user\": \"{user}\", \"export\": \"{id}\"}}', '{id}')"
    );
    app.execute(&again).await;
    assert_eq!(late().await, (0, 0));
    work(&app, &sink).await;
    assert_eq!(bob.get("/api/auth/export").await.ok().json["export"]["state"], json!("ready"));
    assert_eq!(download(&app, &bob, &path).await, bytes);
    let told = sink.received().iter().filter(|mail| mail.data.contains("https://t.example/settings")).count();
    assert_eq!(told, 1, "told once");
}

#[actix_web::test]
async fn an_archive_whose_job_has_failed_for_good_is_not_pending_for_a_week() {
    let (app, sink) = (TestApp::with_accounts().await, SmtpSink::start());
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let state = async || bob.get("/api/auth/export").await.ok().json["export"]["state"].clone();
    bob.act("/api/auth/export").await.is(202);
    // Each attempt fails in the same way, which the next one might mend.
    app.execute("ALTER TABLE api_tokens RENAME TO away").await;
    app.execute("UPDATE jobs SET attempts = 3 WHERE kind = 'export_data'").await;
    work_until(
        &app,
        &sink,
        "SELECT count(*) FROM jobs WHERE kind = 'export_data' AND attempts < 4 OR locked_until > now()",
    )
    .await;
    app.execute("ALTER TABLE away RENAME TO api_tokens").await;
    assert_eq!(state().await, json!("pending"), "one is left");
    app.execute("ALTER TABLE api_tokens RENAME TO away").await;
    app.execute("UPDATE jobs SET run_at = now() WHERE kind = 'export_data'").await;
    work(&app, &sink).await;
    app.execute("ALTER TABLE away RENAME TO api_tokens").await;
    assert_eq!(state().await, json!("failed"));
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'export_data' AND failed_at IS NOT NULL").await, 1);
    // An operator who has mended the cause has it tried again, and the archive is written after all.
    assert_eq!(Job::retry(&mut app.db().conn().await.unwrap(), None).await.unwrap(), 1);
    work(&app, &sink).await;
    assert_eq!(state().await, json!("ready"));

    // Or the process died at the last attempt.
    app.advance(TimeDelta::days(1));
    bob.sign_in(BOB).await.ok();
    bob.act("/api/auth/export").await.is(202);
    app.execute(
        "UPDATE jobs SET attempts = 5, lease = gen_random_uuid(), locked_until = now() - interval '1 second'
         WHERE kind = 'export_data' AND failed_at IS NULL",
    )
    .await;
    work(&app, &sink).await;
    let failed = bob.get("/api/auth/export").await.ok().json;
    assert_eq!((&failed["export"]["state"], &failed["nextAt"]), (&json!("failed"), &Value::Null));
    bob.act("/api/auth/export").await.is(202);
}
