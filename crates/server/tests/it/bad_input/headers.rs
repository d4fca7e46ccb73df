//! Headers: conditions, idempotency keys, request ids, and what is no header at all.

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Fixture, document, operations};

#[actix_web::test]
async fn every_condition_is_one_of_our_etags() {
    let mut fixture = Fixture::new().await;
    let document = document();
    let feed = fixture.app.post("/api/calendar-feed", json!({})).await.created();
    let (_, feed) = feed.json["url"].as_str().unwrap().rsplit_once('/').unwrap();
    fixture.before = fixture.app.contents().await;
    for operation in operations(&document) {
        let names: Vec<_> =
            operation.parameters("header").iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
        let path = fixture.filled(&operation.path.replace("{feedToken}", feed));
        if names.contains(&"If-Match".to_owned()) {
            for bad in [
                "x",
                "\"x\"",
                "\"\"",
                "1",
                "\"1",
                "\"1\",2",
                "\"9223372036854775808\"",
                "\"1.0\"",
                "\"-\"",
                "\"-1\"",
                "",
            ] {
                let request =
                    fixture.app.request(operation.method.clone(), &path).header("If-Match", bad).json(&json!({}));
                fixture.app.send(request).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
            }
            let garbage = HeaderValue::from_bytes(b"\"\xff\"").unwrap();
            let request =
                fixture.app.request(operation.method.clone(), &path).header("If-Match", garbage).json(&json!({}));
            fixture.app.send(request).await.refused(400, "invalid_header").names("If-Match", "invalid_format");
        }
        if names.contains(&"If-None-Match".to_owned()) {
            // Reports have no range of their own.
            let range = if path.contains("/reports/") { "?fromDate=2026-03-01&toDate=2026-03-31" } else { "" };
            let path = format!("{path}{range}");
            for other in ["x", "\"x\"", "", ",,,", "\"1.0\""] {
                fixture.app.send(fixture.app.request(Method::GET, &path).header("If-None-Match", other)).await.ok();
            }
            let garbage = HeaderValue::from_bytes(b"\"\xff\"").unwrap();
            let refused =
                fixture.app.send(fixture.app.request(Method::GET, &path).header("If-None-Match", garbage)).await;
            refused.refused(400, "invalid_header").names("If-None-Match", "invalid_format");
        }
        fixture.assert_unchanged(&path).await;
    }
}

#[actix_web::test]
async fn every_idempotency_key_is_short_and_visible() {
    let fixture = Fixture::new().await;
    let document = document();
    let bad = [
        b"".to_vec(),
        b"two words".to_vec(),
        b"tab\tbed".to_vec(),
        b"\xc3\xa4".to_vec(),
        b"\xff".to_vec(),
        vec![b'x'; 256],
    ];
    for operation in operations(&document) {
        if !operation.parameters("header").iter().any(|p| p["name"] == "Idempotency-Key") {
            continue;
        }
        let path = fixture.filled(&operation.path);
        let body = operation.body(&document).map(|schema| fixture.good_body(&schema)).unwrap_or_default();
        for key in &bad {
            let key = HeaderValue::from_bytes(key).unwrap();
            let request = fixture.app.request(Method::POST, &path).header("Idempotency-Key", key).json(&body);
            fixture.app.send(request).await.refused(400, "invalid_header").names("Idempotency-Key", "invalid_format");
        }
        fixture.assert_unchanged(&path).await;
    }
}

#[actix_web::test]
async fn a_request_id_that_is_not_sane_is_replaced() {
    let fixture = Fixture::new().await;
    for bad in [&b"two words"[..], b"tab\tbed", b"\xff", b"\xc3\xa4", b"", &[b'x'; 129]] {
        let line = [b"X-Request-ID: ", bad, b"\r\n"].concat();
        let head = [&b"GET /api/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"[..], &line, b"\r\n"].concat();
        let answer = fixture.app.exchange(&head).await.ok();
        assert!(uuid::Uuid::try_parse(answer.header("x-request-id")).is_ok(), "{bad:?}");
    }
}

/// A connection that is closed while bytes are still on their way takes the answer with it, so there may be none.
async fn refused_or_dropped(fixture: &Fixture, bytes: &[u8]) {
    let mut connection = fixture.app.connect().await;
    let _ = connection.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    let (asked, answer) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&answer));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{asked:.100}: {answer}");
}

/// Below HTTP there is no request that could be answered in the envelope; the connection is refused all the same, and
/// nothing breaks.
#[actix_web::test]
async fn what_is_not_http_is_refused_below_the_api() {
    let fixture = Fixture::new().await;
    for garbage in [
        &b"GET /api/projects HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\0b\r\n\r\n"[..],
        b"GET /api/projects HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\x07b\r\n\r\n",
        b"GET /api/projects HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /api/projects HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        b"POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        refused_or_dropped(&fixture, garbage).await;
    }
    let many = format!("GET /api/projects HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(2_000));
    refused_or_dropped(&fixture, many.as_bytes()).await;
    let long = format!("GET /api/projects HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "x".repeat(200_000));
    refused_or_dropped(&fixture, long.as_bytes()).await;
    fixture.app.get("/api/projects").await.ok();
    fixture.assert_unchanged("what is not HTTP").await;
}
