//! Traces by OTLP: request, rule and statement, with the trace id of the log and of the caller.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as AnyValue;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use prost::Message;
use serde_json::{Value, json};

use super::{Delivery, Receiver};
use crate::harness::{Process, TestApp, migrated_database};

/// All spans that were delivered.
fn spans(deliveries: &[Delivery]) -> Vec<Span> {
    let requests = deliveries.iter().map(|delivery| ExportTraceServiceRequest::decode(delivery.body.clone()).unwrap());
    let resources = requests.flat_map(|request| request.resource_spans);
    resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let value = span.attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value?;
    Some(match value {
        AnyValue::StringValue(text) => text,
        AnyValue::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

fn line(process: &mut Process, request_id: &str) -> Value {
    loop {
        let line = process.wait_for_line("request");
        if line["request_id"] == request_id {
            return line;
        }
    }
}

#[actix_web::test]
async fn a_request_is_a_trace_of_request_rule_and_statements_with_the_id_of_its_log_line() {
    let (database, collector) = (migrated_database().await, Receiver::start());
    let mut process = Process::start(
        &std::env::temp_dir(),
        &[
            ("DATABASE_URL", &database.url()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}", collector.address)),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=one%20two"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
        ],
    );
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let client = TestApp::http_client();
    let answer = client
        .post(format!("{}/api/projects", process.url))
        .header("traceparent", format!("00-{trace}-{parent}-01"))
        .header("x-request-id", "traced")
        .json(&json!({"name": "Traced"}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    let response = answer.headers()["traceresponse"].to_str().unwrap().to_owned();
    client.get(format!("{}/api/nothing", process.url)).header("x-request-id", "alone").send().await.unwrap();
    let (traced, alone) = (line(&mut process, "traced"), line(&mut process, "alone"));
    assert_eq!(traced["trace_id"], trace);
    let other = alone["trace_id"].as_str().unwrap();
    assert!(other.len() == 32 && other != trace, "a request without a trace begins one: {alone}");

    // Ending delivers what is left.
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
    let delivered = collector.deliveries();
    assert!(delivered.iter().all(|delivery| delivery.path == "/v1/traces" && delivery.headers.contains("one two")));
    let first = ExportTraceServiceRequest::decode(delivered[0].body.clone()).unwrap();
    let resource = format!("{:?}", first.resource_spans[0].resource);
    for part in ["service.name", "clockwork", "deployment.environment.name", "service.version"] {
        assert!(resource.contains(part), "{resource}");
    }
    let all = spans(&delivered);
    let named = |name: &str| all.iter().find(|span| span.name == name && hex(&span.trace_id) == trace);
    let request = named("POST /api/projects").unwrap_or_else(|| panic!("{all:#?}"));
    assert_eq!((hex(&request.parent_span_id).as_str(), request.kind), (parent, SpanKind::Server as i32));
    assert_eq!(response, format!("00-{trace}-{}-01", hex(&request.span_id)));
    assert_eq!(attribute(request, "http.route").as_deref(), Some("/api/projects"));
    assert_eq!(attribute(request, "http.response.status_code").as_deref(), Some("201"));
    let rule = named("projects::create").unwrap_or_else(|| panic!("{all:#?}"));
    assert_eq!(rule.parent_span_id, request.span_id);
    let statement = all.iter().find(|span| span.name == "insert" && span.parent_span_id == rule.span_id);
    let statement = statement.unwrap_or_else(|| panic!("{all:#?}"));
    assert_eq!((hex(&statement.trace_id).as_str(), statement.kind), (trace, SpanKind::Client as i32));
    assert!(all.iter().all(|span| span.events.is_empty()), "events carry words");
    let failed = |span: &Span| span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32);
    assert!(!all.iter().any(failed), "{all:#?}");
}

#[actix_web::test]
async fn the_caller_and_the_sampler_decide_what_is_sent() {
    let (database, collector) = (migrated_database().await, Receiver::start());
    let mut process = Process::start(
        &std::env::temp_dir(),
        &[
            ("DATABASE_URL", &database.url()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}/", collector.address)),
            ("OTEL_TRACES_SAMPLER", "parentbased_always_off"),
        ],
    );
    let client = TestApp::http_client();
    let ask = async |id: &str, parent: Option<&str>| {
        let request = client.get(format!("{}/api/projects", process.url)).header("x-request-id", id);
        let request = match parent {
            Some(parent) => request.header("traceparent", parent),
            None => request,
        };
        request.send().await.unwrap().headers()["traceresponse"].to_str().unwrap().to_owned()
    };
    let sampled = "00-11111111111111111111111111111111-2222222222222222-01";
    assert!(ask("wanted", Some(sampled)).await.starts_with("00-11111111111111111111111111111111-"));
    let unsampled = "00-33333333333333333333333333333333-4444444444444444-00";
    assert!(ask("unwanted", Some(unsampled)).await.ends_with("-00"));
    assert!(ask("alone", None).await.ends_with("-00"));
    for malformed in ["00-00000000000000000000000000000000-2222222222222222-01", "nonsense", "ff-1-2-3"] {
        assert!(ask("malformed", Some(malformed)).await.ends_with("-00"), "{malformed}");
    }
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
    let spans = spans(&collector.deliveries());
    assert!(!spans.is_empty());
    assert!(spans.iter().all(|span| hex(&span.trace_id) == "1".repeat(32)), "{spans:#?}");
}

#[actix_web::test]
async fn a_collector_that_is_away_or_silent_slows_nothing_and_is_told_once() {
    let database = migrated_database().await;
    // It takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [silent.local_addr().unwrap(), closed] {
        let mut process = Process::start(
            &std::env::temp_dir(),
            &[("DATABASE_URL", &database.url()), ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{address}"))],
        );
        let client = TestApp::http_client();
        for _ in 0..3_000 {
            assert_eq!(client.get(format!("{}/livez", process.url)).send().await.unwrap().status(), 200);
        }
        let begun = Instant::now();
        process.signal(Signal::SIGTERM);
        assert_eq!(process.wait().code(), Some(0));
        // The flush has a second and a half; everything else here takes no time, but the machine may be busy.
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        let told = process.messages().iter().filter(|line| line.contains("delivery of traces failed")).count();
        assert!(told <= 1, "{:?}", process.messages());
    }
}

#[actix_web::test]
async fn without_an_endpoint_there_is_no_trace_but_the_caller_s_id_is_logged() {
    let database = migrated_database().await;
    let mut process = Process::start(&std::env::temp_dir(), &[("DATABASE_URL", &database.url())]);
    let url = format!("{}/api/projects", process.url);
    let client = TestApp::http_client();
    let parent = "00-11111111111111111111111111111111-2222222222222222-01";
    let request = client.get(&url).header("traceparent", parent).header("x-request-id", "called");
    assert!(!request.send().await.unwrap().headers().contains_key("traceresponse"));
    client.get(&url).header("x-request-id", "alone").send().await.unwrap();
    assert_eq!(line(&mut process, "called")["trace_id"], "1".repeat(32));
    assert!(line(&mut process, "alone").get("trace_id").is_none());
}
