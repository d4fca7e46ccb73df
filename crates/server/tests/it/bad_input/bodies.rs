//! Bodies that are not what JSON is, or not one object.

use super::{Fixture, document, operations};

/// Bodies that no operation takes, each with what is wrong with it.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    vec![
        ("empty", b"".to_vec()),
        ("blank", b" \r\n\t ".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"5".to_vec()),
        ("a text", b"\"x\"".to_vec()),
        ("an empty list", b"[]".to_vec()),
        ("a list", b"[\"x\"]".to_vec()),
        ("fields without names", b"[\"x\",null,null,null,null,null]".to_vec()),
        ("an object in a list", b"[{}]".to_vec()),
        ("cut off", b"{\"name\":\"x\"".to_vec()),
        ("cut off in a text", b"{\"name\":\"x".to_vec()),
        ("two objects", b"{}{}".to_vec()),
        ("something behind it", b"{}x".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("a comment", b"{/* */}".to_vec()),
        ("a comma too many", b"{\"name\":\"x\",}".to_vec()),
        ("single quotes", b"{'name':'x'}".to_vec()),
        ("a form", b"name=x&color=red".to_vec()),
        ("NaN", b"{\"name\":NaN}".to_vec()),
        ("a huge number", format!("{{\"name\":1{}}}", "0".repeat(400)).into_bytes()),
        ("a huge exponent", b"{\"name\":1e999999999}".to_vec()),
        ("a plain line break in a text", b"{\"name\":\"a\nb\"}".to_vec()),
        ("a plain NUL", b"{\"name\":\"a\0b\"}".to_vec()),
        ("NUL bytes", vec![0; 100]),
        ("invalid UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec()),
        ("UTF-8 that is too long", b"{\"name\":\"\xc0\xaf\"}".to_vec()),
        ("a surrogate in UTF-8", b"{\"name\":\"\xed\xa0\x80\"}".to_vec()),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a lone high surrogate", br#"{"name":"\ud800"}"#.to_vec()),
        ("a lone low surrogate", br#"{"name":"\udc00"}"#.to_vec()),
        ("two high surrogates", br#"{"name":"\ud800\ud800"}"#.to_vec()),
        ("an unknown escape", br#"{"name":"\x41"}"#.to_vec()),
        ("the same field twice", br#"{"name":"x","name":"y"}"#.to_vec()),
        ("deep lists", deep("[")),
        ("deep objects", deep("{\"a\":")),
        ("deep below a field", [b"{\"name\":".to_vec(), deep("[")].concat()),
    ]
}

#[actix_web::test]
async fn what_is_not_one_json_object_is_refused_by_every_operation() {
    let fixture = Fixture::new().await;
    let document = document();
    let mut tried = 0;
    for operation in operations(&document) {
        if operation.body(&document).is_none() {
            continue;
        }
        let path = fixture.filled(&operation.path);
        for (what, body) in malformed() {
            let answer = fixture.app.send(fixture.app.request(operation.method.clone(), &path).body(body)).await;
            assert_eq!(answer.status, 400, "{} {path}: {what}: {}", operation.method, answer.text);
            assert_eq!(answer.json["code"], "invalid_json", "{} {path}: {what}: {}", operation.method, answer.text);
            tried += 1;
        }
        fixture.assert_unchanged(&path).await;
    }
    assert!(tried > 400, "{tried}");
}

#[actix_web::test]
async fn a_field_whose_value_is_not_json_is_named() {
    let fixture = Fixture::new().await;
    for body in [
        &b"{\"name\":\"\xff\"}"[..],
        b"{\"name\":\"a\0b\"}",
        br#"{"name":"\ud800"}"#,
        br#"{"name":1e999999999}"#,
        b"{\"name\":NaN}",
        br#"{"name":"x","name":"y"}"#,
    ] {
        let answer = fixture.app.send(fixture.app.request(reqwest::Method::POST, "/api/tags").body(body)).await;
        answer.refused(400, "invalid_json").names("name", "invalid_format");
    }
}

#[actix_web::test]
async fn messages_speak_of_json_and_not_of_our_code() {
    let fixture = Fixture::new().await;
    for (path, body) in [
        ("/api/projects", "[]"),
        ("/api/projects", "5"),
        ("/api/projects", "null"),
        ("/api/projects", r#"{"name":5}"#),
        ("/api/projects", r#"{"billable":"x"}"#),
        ("/api/time/entries/bulk-edit", r#"{"ids":[],"changes":[]}"#),
        ("/api/time/entries/bulk-edit", r#"{"ids":[],"changes":5}"#),
        ("/api/time/entries/bulk-edit", r#"{"ids":{}}"#),
    ] {
        let answer = fixture.app.send(fixture.app.request(reqwest::Method::POST, path).body(body)).await.is(400);
        for ours in ["struct", "CreateProject", "BulkEdit", "Option"] {
            assert!(!answer.text.contains(ours), "{body}: {}", answer.text);
        }
    }
}

#[actix_web::test]
async fn a_compressed_body_is_refused_for_what_it_is() {
    let fixture = Fixture::new().await;
    // gzip of {"name":"x"}
    let gzip: &[u8] = &[
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xab, 0x56, 0xca, 0x4b, 0xcc, 0x4d, 0x55, 0xb2, 0x52, 0xaa, 0x50,
        0xaa, 0x05, 0, 0x86, 0x1b, 0x8f, 0x3f, 0x0c, 0, 0, 0,
    ];
    for encoding in ["gzip", "br", "deflate", "zstd", "nonsense"] {
        let request = fixture.app.request(reqwest::Method::POST, "/api/projects").header("Content-Encoding", encoding);
        let answer = fixture.app.send(request.body(gzip)).await.refused(400, "invalid_header");
        answer.names("Content-Encoding", "invalid_format");
    }
    let plain = fixture.app.request(reqwest::Method::POST, "/api/projects").header("Content-Encoding", "identity");
    fixture.app.send(plain.body(r#"{"name":""}"#)).await.refused(400, "invalid_project_name");
    fixture.assert_unchanged("compressed").await;
}
