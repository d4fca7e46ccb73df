//! `GET /api/reports/export`

use std::time::Duration;

use lopdf::Document;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::pdf::all_texts;
use super::{HOUR, ME, Office, Tracked, number};
use crate::harness::Answer;

const MARCH: &str = "fromDate=2026-03-01&toDate=2026-03-31&timeZone=Europe/Berlin";

async fn export(office: &Office, query: &str) -> Answer {
    office.get(&format!("/api/reports/export?{MARCH}&{query}")).await.ok()
}

/// Two entries, of which one has everything that could trouble a format.
async fn filled() -> Office {
    let office = Office::new().await;
    office
        .tracked(Tracked {
            user: ME,
            category: &office.icons,
            start: "2026-03-02T22:30:00Z",
            stop: Some("2026-03-02T23:50:00Z"),
            description: "=SUM(A1), \"quoted\"; ünïcödé",
            billable: true,
            tags: &[&office.urgent, &office.remote],
        })
        .await;
    office.tracked(Tracked::mine(&office.meetings, "2026-03-01T09:00:00Z", "2026-03-01T09:20:00Z")).await;
    office
}

#[actix_web::test]
async fn csv_has_a_row_for_each_entry_and_is_what_it_is_asked_to_be() {
    let office = filled().await;
    let file = export(&office, "format=csv").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"clockwork-entries-2026-03-01-2026-03-31.csv\""
    );
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    assert_eq!(lines[0], "Date,Start,End,Member,Client,Project,Category,Tags,Description,Billable,Duration,Id");
    let expected = "2026-03-02,2026-03-02 23:30:00,2026-03-03 00:50:00,Me,Acme,Website,Design / Sketches / Icons,\"urgent, remote\",\
                    \"'=SUM(A1), \"\"quoted\"\"; ünïcödé\",yes,1:20:00,";
    assert!(lines[1].starts_with(expected), "{}", lines[1]);
    assert!(
        lines[2].starts_with("2026-03-01,2026-03-01 10:00:00,2026-03-01 10:20:00,Me,,Internal,Meetings,,,no,0:20:00,")
    );
    assert_eq!((lines.len(), lines[3]), (4, ""));
    let german =
        export(&office, "format=csv&separator=semicolon&byteOrderMark=true&decimalComma=true&durations=decimal").await;
    assert!(german.text.starts_with("\u{feff}Date;Start;"), "{}", german.text);
    assert!(
        german.text.contains(";yes;1,33;") && german.text.contains(";no;0,34;"),
        "adds up to 1,67: {}",
        german.text
    );
}

#[actix_web::test]
async fn json_and_lines_have_the_values_of_the_detailed_report() {
    let office = filled().await;
    let array = export(&office, "format=json").await;
    assert_eq!(array.header("content-type"), "application/json");
    let lines = export(&office, "format=ndjson").await;
    let from_lines: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(array.json, Value::Array(from_lines));
    let detailed = office.detailed(MARCH).await;
    for (row, entry) in array.json.as_array().unwrap().iter().zip(detailed.as_array().unwrap()) {
        assert_eq!(
            (&row["id"], &row["startedAt"], &row["stoppedAt"]),
            (&entry["id"], &entry["startedAt"], &entry["stoppedAt"])
        );
        assert_eq!(
            (number(row, "durationSeconds"), &row["description"]),
            (number(entry, "durationSeconds"), &entry["description"])
        );
    }
    assert_eq!(array.json.as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_calendar_has_an_event_for_each_entry() {
    let office = filled().await;
    let file = export(&office, "format=ics").await;
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    let unfolded = file.text.replace("\r\n ", "");
    assert!(file.text.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 2);
    assert!(unfolded.contains(
        "DTSTART:20260302T223000Z\r\nDTEND:20260302T235000Z\r\nSUMMARY:=SUM(A1)\\, \"quoted\"\\; ünïcödé\r\n"
    ));
    assert!(unfolded.contains("CATEGORIES:urgent,remote\r\n") && unfolded.contains("SUMMARY:Internal / Meetings\r\n"));
    assert!(unfolded.ends_with("END:VCALENDAR\r\n"));
    office.get(&format!("/api/reports/export?{MARCH}&format=ics&report=summary")).await.refused(400, "invalid_query");
}

#[actix_web::test]
async fn a_workbook_is_a_zip_with_sheets() {
    let office = filled().await;
    for report in ["detailed", "summary&groupBy=project"] {
        let path = format!("/api/reports/export?{MARCH}&format=xlsx&report={report}");
        let response = office.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(b"PK\x03\x04") && bytes.len() > 2_000, "{}", bytes.len());
    }
}

#[actix_web::test]
async fn a_summary_has_a_row_for_each_group_of_the_last_level() {
    let office = filled().await;
    office.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    office.post("/api/rates", json!({"kind": "billable", "hourly": "90"})).await.created();
    let query = "report=summary&groupBy=project&groupBy=category&sort=name&amounts=true&round=up";
    let file = export(&office, query).await;
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "Project,Category,Entries,Duration,Billable,Rounded,Currency,Amount",
            "Internal,Meetings,1,0:20:00,0:00:00,0:30:00,,",
            "Website,Design,0,0:00:00,0:00:00,0:00:00,,",
            "Website,Design / Sketches,0,0:00:00,0:00:00,0:00:00,,",
            "Website,Design / Sketches / Icons,1,1:20:00,1:20:00,1:30:00,EUR,135.00",
            "",
        ]
    );
    assert!(file.header("content-disposition").contains("clockwork-summary-2026-03-01-2026-03-31.csv"));
    office.as_member().await.get(&format!("/api/reports/export?{MARCH}&{query}")).await.refused(403, "forbidden");
}

/// So many entries of a minute each.
async fn many(office: &Office, entries: u32) {
    office
        .execute(&format!(
            "SELECT set_config('clockwork.many_rows', 'on', false);
             INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description,
                                       created_at, updated_at)
             SELECT gen_random_uuid(), c.workspace_id, '{ME}', c.project_id, c.id, t.at, t.at + interval '1 minute',
                    repeat('x', 300), now(), now()
             FROM categories c, (SELECT timestamptz '2026-03-01T00:00:00Z' + n * interval '90 seconds' AS at
                                 FROM generate_series(1, {entries}) n) t WHERE c.id = '{}'",
            office.design
        ))
        .await;
}

#[actix_web::test]
async fn a_long_export_has_every_entry_once_in_order_and_one_snapshot() {
    let office = Office::new().await;
    many(&office, 7_000).await;
    let file = export(&office, "format=ndjson").await;
    let rows: Vec<Value> = file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: std::collections::HashSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), ids.len()), (7_000, 7_000));
    assert!(rows.windows(2).all(|pair| pair[0]["startedAt"].as_str() > pair[1]["startedAt"].as_str()), "newest first");
    let sum: i64 = rows.iter().map(|row| number(row, "durationSeconds")).sum();
    let total = office.summary(MARCH).await;
    assert_eq!(sum, number(&total["total"], "durationSeconds"));
    assert_eq!(sum, 7_000 * HOUR / 60);
}

#[actix_web::test]
async fn a_client_that_goes_away_ends_the_query() {
    let office = Office::new().await;
    many(&office, 25_000).await;
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
                AND application_name = 'clockwork-server' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()";
    let mut connection = TcpStream::connect(office.url.trim_start_matches("http://")).await.unwrap();
    let head = format!("GET /api/reports/export?{MARCH}&format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 1024];
    connection.read_exact(&mut first).await.unwrap();
    assert!(first.starts_with(b"HTTP/1.1 200 OK"));
    assert_eq!(office.count(open).await, 1, "the answer waits for its reader");
    drop(connection);
    let ended = async {
        while office.count(open).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("the transaction ends");
}

/// Runs the program with these arguments.
async fn command(arguments: &[&str], database_url: &str) -> std::process::Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", database_url)
        .env("AUTH_MODE", "none")
        .env("HOST", "127.0.0.1");
    command.env("ENV", "production").current_dir(std::env::temp_dir()).output().await.unwrap()
}

#[actix_web::test]
async fn the_command_line_has_the_same_answers_by_a_server_and_without() {
    let office = filled().await;
    let over_http = export(&office, "format=csv&durations=h:mm").await.text;
    let range = ["fromDate=2026-03-01", "toDate=2026-03-31", "timeZone=Europe/Berlin"];
    let database = office.database.url();
    for way in [["--url", office.url.as_str()].as_slice(), &["--direct"]] {
        let run = async |name: &str, more: &[&str]| {
            let arguments = [&[name][..], range.as_slice(), more, way].concat();
            let output = command(&arguments, &database).await;
            let (text, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
            (output.status.code(), text, errors)
        };
        let (code, text, errors) = run("export", &["format=csv", "durations=h:mm"]).await;
        assert_eq!((code, text.as_str()), (Some(0), over_http.as_str()), "{way:?}: {errors}");
        let (code, text, errors) = run("report", &["groupBy=project"]).await;
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{way:?} {code:?}: {text} {errors}"));
        assert_eq!(number(&report["total"], "durationSeconds"), 100 * 60);
        let (code, _, errors) = run("report", &["groupBy=nothing"]).await;
        assert_eq!(code, Some(1));
        assert!(errors.starts_with("server report: groupBy must be project,"), "{errors}");
    }
    // A document is a document, and says what that of the API does.
    let document = |bytes: &[u8]| all_texts(&Document::load_mem(bytes).unwrap());
    let path = format!("/api/reports/export?{MARCH}&format=pdf&title=For+Acme&language=de");
    let response = office.request(Method::GET, &path).send().await.unwrap();
    let expected = document(&response.bytes().await.unwrap());
    assert_eq!(expected[0], "For Acme");
    assert!(expected.contains(&"1:40".to_owned()), "{expected:?}");
    let file = std::env::temp_dir().join(format!("clockwork-export-{}.pdf", std::process::id()));
    let asked = ["format=pdf", "title=For Acme", "language=de"];
    for way in [["--url", office.url.as_str()].as_slice(), &["--direct"]] {
        let arguments = [&["export"][..], range.as_slice(), &asked, way].concat();
        let printed = command(&arguments, &database).await;
        assert_eq!(document(&printed.stdout), expected, "{way:?}");
        let written = command(&[&arguments[..], &["--output", file.to_str().unwrap()]].concat(), &database).await;
        assert_eq!((written.status.code(), written.stdout.len()), (Some(0), 0), "{way:?}");
        assert_eq!(document(&std::fs::read(&file).unwrap()), expected, "{way:?}");
    }
    std::fs::remove_file(&file).unwrap();
    let file = std::env::temp_dir().join(format!("clockwork-export-{}.csv", std::process::id()));
    let path = file.to_str().unwrap();
    let written = command(
        &["export", "fromDate=2026-03-01", "toDate=2026-03-31", "--url", &office.url, "--output", path],
        &database,
    )
    .await;
    assert_eq!(written.status.code(), Some(0));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Date,Start,End,"));
    let refused = command(&["export", "fromDate=2026-03-01", "--url", &office.url, "--output", path], &database).await;
    assert_eq!((refused.status.code(), file.exists()), (Some(1), false));
}
