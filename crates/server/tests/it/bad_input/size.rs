//! Bodies that are too large: the caller sees an answer, not a broken connection.

use futures_util::future::join_all;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Fixture, document, operations};

/// 10 MB, as JSON that would be right otherwise.
fn large() -> Vec<u8> {
    format!("{{\"name\":\"{}\"}}", "x".repeat(10_000_000)).into_bytes()
}

/// A body as one chunk after the other, none larger than 64 KiB.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in body.chunks(65_536) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

#[actix_web::test]
async fn ten_megabytes_are_413_for_every_operation_that_reads_a_body() {
    let fixture = Fixture::new().await;
    let (document, large) = (document(), large());
    for operation in operations(&document) {
        if operation.body(&document).is_none() {
            continue;
        }
        let path = fixture.filled(&operation.path);
        let answer = fixture.app.raw_body(&operation.method, &path, "", &large).await;
        answer.refused(413, "payload_too_large").names("body", "too_long");
    }
    fixture.assert_unchanged("large bodies").await;
}

#[actix_web::test]
async fn ten_megabytes_in_chunks_are_413() {
    let fixture = Fixture::new().await;
    let headers = "Transfer-Encoding: chunked\r\n";
    let answer = fixture.app.raw(&Method::POST, "/api/projects", headers, &chunked(&large())).await;
    answer.refused(413, "payload_too_large").names("body", "too_long");
    fixture.assert_unchanged("chunks").await;
}

#[actix_web::test]
async fn ten_megabytes_after_asking_are_413() {
    let fixture = Fixture::new().await;
    let body = large();
    let mut connection = fixture.app.connect().await;
    let length = body.len();
    let head = format!(
        "POST /api/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    connection.read_exact(&mut first).await.unwrap();
    let first = std::str::from_utf8(&first).unwrap();
    if first == "HTTP/1.1 100" {
        connection.write_all(&body).await.unwrap();
    } else {
        assert_eq!(first, "HTTP/1.1 413", "either go on, or the refusal at once");
    }
    let mut rest = String::new();
    connection.read_to_string(&mut rest).await.unwrap();
    assert!(first == "HTTP/1.1 413" || rest.contains("HTTP/1.1 413"), "{rest}");
    assert!(rest.contains("\"code\":\"payload_too_large\""), "{rest}");
    fixture.assert_unchanged("100-continue").await;
}

#[actix_web::test]
async fn where_no_body_is_read_a_large_one_does_not_break_the_answer() {
    let fixture = Fixture::new().await;
    let large = large();
    let cases = [
        (Method::POST, "/api/time/stop", 409),
        (Method::POST, "/api/nope", 404),
        (Method::DELETE, "/api/projects", 405),
        (Method::GET, "/api/projects", 200),
        (Method::PATCH, "/api/projects/x", 400),
        (Method::POST, "/api/projects/x/categories", 400),
        (Method::POST, "/api/projects?x=%ff", 413),
        (Method::POST, "/api/workspaces/x/projects", 400),
    ];
    // Together, because such a connection lingers for a second before the server closes it.
    let answers = join_all(cases.iter().map(|(method, path, _)| fixture.app.raw_body(method, path, "", &large))).await;
    for ((method, path, status), answer) in cases.iter().zip(answers) {
        assert_eq!(answer.status, *status, "{method} {path}: {}", answer.text);
    }
    fixture.assert_unchanged("bodies that are not read").await;
}

#[actix_web::test]
async fn the_largest_body_that_is_read_is_one_mebibyte() {
    let fixture = Fixture::new().await;
    let padded = |length: usize| format!("{{\"name\":\"\"{}}}", " ".repeat(length - 11)).into_bytes();
    let fits = fixture.app.raw_body(&Method::POST, "/api/projects", "", &padded(1024 * 1024)).await;
    fits.refused(400, "invalid_project_name");
    let too_large = fixture.app.raw_body(&Method::POST, "/api/projects", "", &padded(1024 * 1024 + 1)).await;
    too_large.refused(413, "payload_too_large");
}

#[actix_web::test]
async fn a_body_that_ends_early_changes_nothing() {
    let fixture = Fixture::new().await;
    let mut connection = fixture.app.connect().await;
    let head = "POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"name\":\"x\"}";
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest).await;
    assert!(!rest.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&rest));
    fixture.assert_unchanged("half a body").await;
}
