//! Requests and files that are refused whole, and leave nothing behind.

use futures_util::future::join_all;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use tokio::io::AsyncWriteExt;

use super::{HEADER, classic, entries, import, rows, send};
use crate::harness::TestApp;

const GOOD: &str = ",,,P,,,,2016-01-02,09:00,2016-01-02,10:00,,";

#[actix_web::test]
async fn what_is_no_file_of_entries_is_refused_in_words() {
    let app = TestApp::spawn().await;
    let long_line = format!("{HEADER}{GOOD}\n{}", "x".repeat(10_000_000)).into_bytes();
    let latin = [HEADER.as_bytes(), b",,,Gr\xfcn,,,,2016-01-02,09:00,2016-01-02,10:00,,"].concat();
    let cases: [(Vec<u8>, &str); 9] = [
        (b"".to_vec(), "the file is empty"),
        (HEADER.into(), "no entries below it"),
        ([b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 5_000_000]].concat(), "a PNG image"),
        (b"Name,Age\nAda,36\n".to_vec(), "“Name”, “Age”; a file of Toggl Track has Start date"),
        (latin, "line 2, byte 6: 0xfc is not UTF-8"),
        (format!("{HEADER}{GOOD}\0").into(), "NUL"),
        (format!("{HEADER}\"{GOOD}\n{GOOD}\n").into(), "line 2: a quotation mark"),
        (long_line, "line 3: a record of more than 1 MiB"),
        (vec![b'x'; 10_000_000], "no first line with the names of columns"),
    ];
    for (file, expected) in cases {
        for skip in ["stop", "skip"] {
            let answer = import(&app, &[("onError", skip)], file.clone()).await;
            let answer = answer.refused(400, "unknown_format").names("file", "invalid_format");
            assert!(answer.text.contains(expected), "{}", answer.text);
        }
    }
    assert_eq!(rows(&app).await, [0; 6]);
}

#[actix_web::test]
async fn every_option_is_checked_before_the_file_is_read() {
    let app = TestApp::spawn().await;
    let long = "x".repeat(1001);
    let cases: [(&'static str, &str, &str, &str); 8] = [
        ("source", "clickclock", "invalid_option", "not_found"),
        ("timeZone", "Mars/Olympus", "invalid_time_zone", "invalid_format"),
        ("dryRun", "yes", "invalid_option", "invalid_format"),
        ("onError", "ignore", "invalid_option", "invalid_format"),
        ("dateOrder", "ydm", "invalid_option", "invalid_format"),
        ("defaultCategory", &long, "invalid_option", "too_long"),
        ("defaultCategory", "a\u{7}", "invalid_option", "control_characters"),
        ("colour", "red", "invalid_multipart", "unknown_field"),
    ];
    for (name, value, code, field_code) in cases {
        import(&app, &[(name, value)], classic(&[GOOD])).await.refused(400, code).names(name, field_code);
    }
    let both = import(&app, &[("dryRun", "yes"), ("timeZone", "x")], classic(&[GOOD])).await;
    both.refused(400, "invalid_time_zone").names("dryRun", "invalid_format").names("timeZone", "invalid_format");
    assert_eq!(rows(&app).await, [0; 6]);
}

#[actix_web::test]
async fn the_order_of_dates_is_asked_for_when_the_file_does_not_tell() {
    let app = TestApp::spawn().await;
    let file = "Start date,Start time,Duration\n03/04/2016,9:00,1:00:00\n";
    for option in ["auto", ""] {
        let answer = import(&app, &[("dateOrder", option), ("onError", "skip")], file).await;
        answer.refused(400, "invalid_option").names("dateOrder", "required");
    }
    assert_eq!(entries(&import(&app, &[("dateOrder", "dmy")], file).await.ok()), [1, 0, 0]);
    assert_eq!(app.get("/api/time/entries").await.ok().each("startedAt"), ["2016-04-03T09:00:00Z"]);
}

#[actix_web::test]
async fn the_form_must_be_one_with_the_file_last() {
    let app = TestApp::spawn().await;
    let file = || Part::text(classic(&[GOOD]));
    send(&app, Form::new().text("dryRun", "true")).await.refused(400, "invalid_multipart").names("file", "required");
    let after = Form::new().part("file", file()).text("dryRun", "true");
    send(&app, after).await.refused(400, "invalid_multipart").names("file", "invalid_format");
    let twice = Form::new().text("dryRun", "true").text("dryRun", "true").part("file", file());
    send(&app, twice).await.refused(400, "invalid_multipart").names("dryRun", "invalid_format");
    let two = Form::new().part("file", file()).part("file", file());
    send(&app, two).await.refused(400, "invalid_multipart");
    let early = Form::new().text("colour", "red").part("file", Part::bytes(vec![b'x'; 20_000_000]));
    send(&app, early).await.refused(400, "invalid_multipart").names("colour", "unknown_field");
    let long = Form::new().text("timeZone", "x".repeat(10_000)).part("file", file());
    send(&app, long).await.refused(400, "invalid_multipart").names("timeZone", "too_long");
    let binary = Form::new().part("timeZone", Part::bytes(b"\xff\xfe".as_slice())).part("file", file());
    send(&app, binary).await.refused(400, "invalid_multipart").names("timeZone", "invalid_format");

    let post = || app.request(Method::POST, "/api/imports");
    app.send(post()).await.refused(400, "invalid_multipart");
    app.send(post().json(&serde_json::json!({"file": "x"}))).await.refused(400, "invalid_multipart");
    let typed = |body: &'static str| post().header("Content-Type", "multipart/form-data; boundary=b").body(body);
    app.send(typed("")).await.refused(400, "invalid_multipart");
    app.send(typed("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nStart"))
        .await
        .refused(400, "invalid_multipart");
    app.send(typed("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"))
        .await
        .refused(400, "invalid_multipart");
    app.send(app.request(Method::GET, "/api/imports")).await.refused(405, "method_not_allowed");
    assert_eq!(rows(&app).await, [0; 6]);
}

#[actix_web::test]
async fn a_file_has_a_largest_size() {
    let app = TestApp::spawn().await;
    let mut large = HEADER.as_bytes().to_vec();
    large.resize(64 * 1024 * 1024 + 1, b'\n');
    import(&app, &[], large).await.refused(413, "payload_too_large").names("file", "too_long");
    assert_eq!(rows(&app).await, [0; 6]);
}

#[actix_web::test]
async fn a_large_file_that_arrives_slowly_does_not_keep_small_ones_out() {
    let app = TestApp::spawn().await;
    let mut slow = app.connect().await;
    let head = "POST /api/imports HTTP/1.1\r\nHost: clockwork\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 67108864\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    // It holds no connection and no turn while it arrives.
    let answers = join_all((0..5).map(|_| import(&app, &[], classic(&[GOOD])))).await;
    let created: u64 = answers.into_iter().map(|answer| entries(&answer.ok())[0]).sum();
    assert_eq!(created, 1);
}
