//! `GET /api/reports/export`

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::time::Duration;

use lopdf::Document;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::pdf::all_texts;
use super::{HOUR, ME, Office, Tracked, number};
use crate::harness::{Answer, SentAs as _};

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

/// A cell of a workbook.
#[derive(Debug, PartialEq, Eq)]
struct SheetCell {
    /// Empty if it is a value.
    formula: String,
    value: String,
    /// The format of the number.
    format: String,
}

fn cell(formula: &str, value: &str, format: &str) -> SheetCell {
    SheetCell { formula: formula.to_owned(), value: value.to_owned(), format: format.to_owned() }
}

/// What stands between two texts.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// The cells of the first sheet of an exported workbook by their names, such as `A1`.
async fn workbook(office: &Office, query: &str) -> BTreeMap<String, SheetCell> {
    let path = format!("/api/reports/export?{MARCH}&format=xlsx&{query}");
    let response = office.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut archive = zip::ZipArchive::new(Cursor::new(response.bytes().await.unwrap())).unwrap();
    let mut file = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let (sheet, styles) = (file("xl/worksheets/sheet1.xml"), file("xl/styles.xml"));
    let own: BTreeMap<&str, &str> = styles
        .split("<numFmt ")
        .skip(1)
        .map(|text| (between(text, "numFmtId=\"", "\"").unwrap(), between(text, "formatCode=\"", "\"").unwrap()))
        .collect();
    let formats: Vec<&str> = between(&styles, "<cellXfs", "</cellXfs>")
        .unwrap()
        .split("<xf ")
        .skip(1)
        .map(|text| match between(text, "numFmtId=\"", "\"").unwrap() {
            // Formats that each spreadsheet program has.
            "0" => "",
            "3" => "#,##0",
            "4" => "#,##0.00",
            id => own[id],
        })
        .collect();
    let cell = |text: &str| {
        let of_text = |begin: &str, end: &str| between(text, begin, end).unwrap_or_default().to_owned();
        let style = between(text, "s=\"", "\"").map_or(0, |number| number.parse().unwrap());
        let value = if text.contains("<t") { "t" } else { "v" };
        let value = of_text(&format!("<{value}>"), &format!("</{value}>"));
        let found = SheetCell { formula: of_text("<f>", "</f>"), value, format: formats[style].to_owned() };
        (of_text("r=\"", "\""), found)
    };
    sheet.split("<c ").skip(1).map(|text| cell(text.split("</c>").next().unwrap())).collect()
}

/// The number that a workbook has for a duration.
#[expect(clippy::cast_precision_loss, reason = "seconds of a test are exact")]
fn days(seconds: i64) -> String {
    (seconds as f64 / 86_400.0).to_string()
}

#[actix_web::test]
async fn a_workbook_has_sums_as_formulas_and_amounts_with_the_digits_of_their_currency() {
    let office = filled().await;
    office.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    office.post("/api/rates", json!({"kind": "billable", "hourly": "1234.5"})).await.created();
    let query = "report=summary&groupBy=project&sort=name&amounts=true";
    for (currency, amount, format) in [
        (None, "1646", "#,##0.00"),
        (Some("JPY"), "1646", "#,##0"),
        (Some("KWD"), "1646", "#,##0.000"),
        (Some("CLF"), "1646", "#,##0.0000"),
    ] {
        if let Some(currency) = currency {
            office.post("/api/currencies", json!({"currency": currency, "clientId": office.acme})).await.created();
        }
        let currency = currency.unwrap_or("EUR");
        let sheet = workbook(&office, query).await;
        assert_eq!(sheet["E1"].value, "Currency");
        assert_eq!(sheet["F3"], cell("", amount, format), "{currency}");
        assert_eq!(sheet["A4"].value, "Total");
        assert_eq!(sheet["C4"], cell("SUM(C2:C3)", &days(6_000), "[h]:mm:ss"));
        assert_eq!(sheet["D4"], cell("SUM(D2:D3)", &days(4_800), "[h]:mm:ss"));
        assert_eq!(sheet["E4"].value, currency);
        assert_eq!(sheet["F4"], cell("SUM(F2:F3)", amount, format), "{currency}");
        let entries = workbook(&office, "report=detailed&amounts=true").await;
        assert_eq!((&*entries["M1"].value, &*entries["L4"].value), ("Amount", currency));
        assert_eq!(entries["M4"], cell("SUM(M2:M3)", amount, format), "{currency}");
    }
    // Amounts of several currencies have no sum.
    office
        .tracked(Tracked {
            billable: true,
            ..Tracked::mine(&office.meetings, "2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z")
        })
        .await;
    let sheet = workbook(&office, query).await;
    assert_eq!((&*sheet["E2"].value, &*sheet["E3"].value), ("EUR", "CLF"));
    assert!(!sheet.contains_key("F4") && sheet.contains_key("C4"), "{sheet:?}");
}

#[actix_web::test]
async fn the_totals_of_a_workbook_by_tag_count_each_entry_once() {
    let office = filled().await;
    office.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    office.post("/api/currencies", json!({"currency": "JPY", "clientId": office.acme})).await.created();
    office.post("/api/rates", json!({"kind": "billable", "hourly": "90"})).await.created();
    office
        .tracked(Tracked {
            billable: true,
            ..Tracked::mine(&office.meetings, "2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z")
        })
        .await;
    // 80 minutes with two tags, and without a tag 20 minutes and an hour.
    let sheet = workbook(&office, "report=summary&groupBy=tag&sort=name&amounts=true&round=up").await;
    let totals: Vec<&SheetCell> =
        ["A5", "B5", "C5", "D5", "E5", "F5", "G5", "F6", "G6", "A7"].map(|at| &sheet[at]).into();
    let expected = [
        cell("", "Total", ""),
        cell("", "3", ""),
        cell("", &days(9_600), "[h]:mm:ss"),
        cell("", &days(8_400), "[h]:mm:ss"),
        cell("", &days(10_800), "[h]:mm:ss"),
        cell("", "EUR", ""),
        cell("", "90", "#,##0.00"),
        cell("", "JPY", ""),
        cell("", "135", "#,##0"),
        cell("", "An entry with several tags is in several rows; the total counts it once.", ""),
    ];
    assert_eq!(totals, expected.iter().collect::<Vec<_>>(), "{sheet:?}");
    let rows: Vec<&str> = ["C2", "C3", "C4"].map(|at| &*sheet[at].value).into();
    let (tagged, untagged) = (days(4_800), days(4_800));
    assert_eq!(rows, [&*tagged, &*tagged, &*untagged], "more than the total");
    // Texts round each row by itself: those with the same entries say the same.
    let texts = export(&office, "report=summary&groupBy=tag&sort=name&durations=decimal").await.text;
    assert_eq!(texts.matches(",1.33,").count(), 3, "{texts}");
}

#[actix_web::test]
async fn entries_by_the_clocks_of_each_member_have_their_days_in_files() {
    let office = Office::new().await;
    let (tokyo, none) = (office.as_member().await, office.as_member().await);
    office.patch("/api/workspace", json!({"timeZone": "Europe/Berlin"})).await.ok();
    office.patch("/api/me", json!({"timeZone": "America/New_York"})).await.ok();
    tokyo.patch("/api/me", json!({"timeZone": "Asia/Tokyo"})).await.ok();
    let entry = Tracked::mine(&office.design, "2026-03-02T23:30:00Z", "2026-03-02T23:45:00Z");
    office.tracked(entry).await;
    office.tracked(entry.of(tokyo.caller)).await;
    office.tracked(entry.of(none.caller)).await;
    let manager = office.as_manager().await;
    let range = "fromDate=2026-03-01&toDate=2026-03-31&timeZone=member";
    let file = manager.get(&format!("/api/reports/export?{range}&format=csv")).await.ok();
    let mut lines: Vec<&str> = file.text.lines().skip(1).map(|line| &line[..50]).collect();
    lines.sort_unstable();
    let shown = |day: &str, hour: &str| format!("{day},{day} {hour}:30:00,{day} {hour}:45:00");
    let expected = [shown("2026-03-02", "18"), shown("2026-03-03", "00"), shown("2026-03-03", "08")];
    assert_eq!(lines, expected.each_ref().map(|line| &line[..50]), "{}", file.text);
    let path = format!("/api/reports/export?{range}&format=pdf");
    let response = office.request(Method::GET, &path).sent_as(manager.caller).send().await.unwrap();
    let texts = all_texts(&Document::load_mem(&response.bytes().await.unwrap()).unwrap());
    for time in ["18:30", "00:30", "08:30"] {
        assert!(texts.iter().any(|text| text == time), "{time} {texts:?}");
    }
    assert!(texts.iter().any(|text| text.ends_with("(each member’s time zone)")), "{texts:?}");
    // JSON has instants; the day is the member's.
    let rows = manager.get(&format!("/api/reports/export?{range}&format=json")).await.ok().json;
    let mut days: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["date"].as_str().unwrap()).collect();
    days.sort_unstable();
    assert_eq!(days, ["2026-03-02", "2026-03-03", "2026-03-03"]);
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
    assert_eq!(refused.status.code(), Some(1));
    // What was there is replaced by a whole report only, and nothing of a refused one remains.
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Date,Start,End,"));
    assert!(!file.with_extension("csv.part").exists());
    std::fs::remove_file(&file).unwrap();
}
