//! Every id in every path.

use serde_json::json;

use super::{Fixture, document, operations};

#[actix_web::test]
async fn every_id_in_every_path_is_checked_and_named() {
    let fixture = Fixture::new().await;
    let document = document();
    let long = "a".repeat(10_000);
    let bad = [
        "x",
        "0",
        "-1",
        "null",
        "undefined",
        "%00",
        "%ff",
        "%20",
        "%2e%2e",
        "%2F",
        "%25",
        "{}",
        "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f1",
        "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10%00",
        "019aa5b6_54c4_7d21_a0c9_6a7d6c7a2f10",
        "%E2%9C%93",
        "';--",
        &long,
    ];
    let mut tried = 0;
    for operation in operations(&document) {
        for parameter in operation.parameters("path") {
            let name = parameter["name"].as_str().unwrap();
            // A word of the configuration, or a secret of which one that is malformed is one that is wrong: no ids.
            if ["provider", "feedToken", "stopToken"].contains(&name) {
                continue;
            }
            for bad in bad {
                let path = fixture.filled(&operation.path.replace(&format!("{{{name}}}"), bad));
                let body = operation.body(&document).map_or_else(|| json!({}), |schema| fixture.good_body(&schema));
                let headers = "Content-Type: application/json\r\n";
                let answer = fixture.app.raw_body(&operation.method, &path, headers, body.to_string().as_bytes()).await;
                assert_eq!(answer.status, 400, "{} {path}: {}", operation.method, answer.text);
                answer.refused(400, "invalid_id").names(name, "invalid_format");
                tried += 1;
            }
        }
        fixture.assert_unchanged(&operation.path).await;
    }
    assert!(tried > 300, "{tried}");
}
