//! Whatever people write, and wherever they write it, it is in no log, no metric, no trace and no report.

use nix::sys::signal::Signal;
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use super::Receiver;
use crate::harness::{Process, TestApp, migrated_database};

const MARKER: &str = "Zaphod7Marker";

/// Headers that a caller may fill as it likes; `X-Request-ID` is made to be found in the log.
fn headers() -> HeaderMap {
    let names = [
        "authorization",
        "cookie",
        "user-agent",
        "referer",
        "origin",
        "accept-language",
        "x-forwarded-for",
        "x-csrf-token",
    ];
    let others = ["idempotency-key", "if-match", "if-none-match", "tracestate", "baggage", "traceparent", "forwarded"];
    let pairs = names.iter().chain(&others).map(|name| (name.parse().unwrap(), MARKER.parse().unwrap()));
    pairs.collect()
}

/// A body with the marker for every text there is.
fn body(document: &Value, schema: &Value) -> Value {
    let reference =
        schema["$ref"].as_str().or_else(|| schema["oneOf"].as_array()?.iter().find_map(|s| s["$ref"].as_str()));
    let schema = reference.and_then(|name| document.pointer(&name[1..])).unwrap_or(schema);
    match schema["properties"].as_object() {
        Some(fields) => fields.iter().map(|(name, field)| (name.clone(), body(document, field))).collect(),
        None if schema["type"] == "array" => json!([MARKER]),
        None => json!(MARKER),
    }
}

async fn post(client: &Client, url: &str, path: &str, body: Value) -> Value {
    let answer = client.post(format!("{url}{path}")).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

/// What goes well: things that people name and describe.
async fn well(client: &Client, url: &str) {
    let text = |kind: &str| format!("{kind} {MARKER}");
    post(client, url, "/api/clients", json!({"name": text("client")})).await;
    let project = post(client, url, "/api/projects", json!({"name": text("project")})).await;
    let path = format!("/api/projects/{}/categories", project["id"].as_str().unwrap());
    let category = post(client, url, &path, json!({"name": text("category")})).await;
    let tag = post(client, url, "/api/tags", json!({"name": text("tag")})).await;
    let wish = json!({"categoryId": category["id"], "description": text("what"), "tagIds": [tag["id"]]});
    post(client, url, "/api/time/start", wish).await;
    let header =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags";
    let row = format!("{MARKER},{MARKER}@example.com,{MARKER},{MARKER},{MARKER},{MARKER},No");
    for day in ["2026-01-01", MARKER] {
        let file = format!("{header}\n{row},{day},10:00:00,2026-01-01,11:00:00,01:00:00,{MARKER}\n");
        let form = Form::new().part("file", Part::text(file).file_name(format!("{MARKER}.csv")));
        client.post(format!("{url}/api/imports")).multipart(form).send().await.unwrap();
    }
}

/// Every operation with the marker in its path, query, headers and body.
async fn badly(client: &Client, url: &str) {
    let document = serde_json::to_value(clockwork_server::openapi::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let filled: Vec<_> = path.split('/').map(|part| if part.starts_with('{') { MARKER } else { part }).collect();
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let query: Vec<_> =
                parameters.filter(|p| p["in"] == "query").map(|p| (p["name"].as_str().unwrap(), MARKER)).collect();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            for (query, headers) in [(&query[..], headers()), (&[(MARKER, MARKER)][..], HeaderMap::new())] {
                let request = client.request(method.clone(), format!("{url}{}", filled.join("/")));
                let request = request.query(query).headers(headers).json(&body(&document, schema));
                request.send().await.unwrap();
            }
        }
    }
    for path in ["", "/api/", "/assets/"] {
        client.get(format!("{url}{path}/{MARKER}?{MARKER}={MARKER}")).send().await.unwrap();
    }
    client.request(Method::from_bytes(MARKER.as_bytes()).unwrap(), format!("{url}/livez")).send().await.unwrap();
}

#[actix_web::test]
async fn what_people_write_is_in_no_log_metric_trace_or_report() {
    let (database, collector, sentry) = (migrated_database().await, Receiver::start(), Receiver::start());
    let host = crate::metrics::own_address();
    let mut process = Process::start(
        &std::env::temp_dir(),
        &[
            ("HOST", &host),
            ("METRICS_PORT", "9090"),
            ("LOG_LEVEL", "trace"),
            ("DATABASE_URL", &database.url()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}", collector.address)),
            ("SENTRY_DSN", &format!("http://key@{}/1", sentry.address)),
        ],
    );
    let (url, client) = (process.url.clone(), TestApp::http_client());
    well(&client, &url).await;
    badly(&client, &url).await;
    // And when everything that is asked of the database fails.
    let (admin, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    for table in ["projects", "tags", "clients", "time_entries"] {
        admin.batch_execute(&format!("ALTER TABLE {table} RENAME TO {table}_moved")).await.unwrap();
    }
    for path in ["projects", "tags", "clients"] {
        let request = client.post(format!("{url}/api/{path}")).json(&json!({"name": MARKER}));
        assert_eq!(request.send().await.unwrap().status(), 500, "{path}");
    }
    let metrics = client.get(format!("http://{host}:9090/metrics")).send().await.unwrap().text().await.unwrap();
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));

    let log: String = process.log.iter().map(|line| format!("{line}\n")).collect();
    let contains =
        |bytes: &[u8]| bytes.windows(MARKER.len()).any(|window| window.eq_ignore_ascii_case(MARKER.as_bytes()));
    // Libraries write bytes as numbers, too.
    let numbers = MARKER.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    let found = log.lines().find(|line| contains(line.as_bytes()) || line.contains(&numbers));
    assert_eq!(found, None, "in the log");
    let found = metrics.lines().find(|line| contains(line.as_bytes()));
    assert_eq!(found, None, "in the metrics");
    for (name, receiver) in [("traces", &collector), ("reports", &sentry)] {
        let deliveries = receiver.deliveries();
        assert!(!deliveries.is_empty(), "there are {name}");
        for delivery in deliveries {
            assert!(!contains(&delivery.body), "in the {name}: {}", String::from_utf8_lossy(&delivery.body));
        }
    }
}
