//! The listener: what it answers, when, and how it agrees with the page about it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use clockwork_core::operations::jobs;
use clockwork_server::metrics::MetricsEndpoint;
use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::json;

use super::{Scrape, own_address};
use crate::harness::{Process, TestApp, absent_database, config, migrated_database};

/// The rows of the table in docs/METRICS.md: name, type, labels.
fn page() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rows = include_str!("../../../../../docs/METRICS.md").lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let words =
            |cell: &str| cell.split(", ").map(|word| word.trim_matches('`').to_owned()).collect::<BTreeSet<_>>();
        let labels = if cells[3].is_empty() { BTreeSet::new() } else { words(cells[3]) };
        (cells[1].trim_matches('`').to_owned(), (cells[2].to_owned(), labels))
    });
    rows.collect()
}

#[actix_web::test]
async fn the_page_lists_what_the_endpoint_tells_and_nothing_else() {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
    let file = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n\
                Me,me@example.com,,P,,,No,2026-01-01,10:00:00,2026-01-01,11:00:00,01:00:00,\n";
    let form = reqwest::multipart::Form::new().part("file", reqwest::multipart::Part::text(file).file_name("a.csv"));
    app.send(app.request(Method::POST, "/api/imports").multipart(form)).await.ok();

    let scrape = Scrape::of(&app).await;
    let mut told: BTreeMap<String, (String, BTreeSet<String>)> =
        scrape.types.iter().map(|(name, kind)| (name.clone(), (kind.clone(), BTreeSet::new()))).collect();
    for sample in &scrape.samples {
        let parts = ["_bucket", "_sum", "_count"].iter().find_map(|part| sample.name.strip_suffix(part));
        let name = parts.filter(|name| told.contains_key(*name)).unwrap_or(&sample.name);
        let labels = sample.labels.keys().filter(|label| *label != "le").cloned();
        told.get_mut(name).unwrap_or_else(|| panic!("{name} has no type")).1.extend(labels);
    }
    assert_eq!(told, page());
}

#[test]
fn the_page_names_every_kind_of_job() {
    let page = include_str!("../../../../../docs/METRICS.md");
    let (_, rest) = page.split_once("the kinds of jobs in the database").unwrap();
    let (named, _) = rest.split_once("\n- ").unwrap();
    let named: BTreeSet<_> = named.split('`').skip(1).step_by(2).collect();
    assert_eq!(named, BTreeSet::from_iter(jobs::kinds()));
}

#[actix_web::test]
async fn prometheus_finds_its_text_format() {
    let app = TestApp::spawn().await;
    let endpoint = MetricsEndpoint::start(Ipv4Addr::LOCALHOST.into(), 0, app.metrics.clone()).unwrap();
    let url = format!("http://{}/metrics", endpoint.address());
    let client = TestApp::http_client();
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let scrape = Scrape::parse(answer.text().await.unwrap());
    assert_eq!(scrape.value("clockwork_build_info", &[("version", clockwork_core::VERSION)]), Some(1.0));
    assert_eq!(client.head(&url).send().await.unwrap().status(), 200);
    let refused = client.post(&url).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["allow"]), (405, &"GET, HEAD".parse().unwrap()));
    assert_eq!(client.get(url.replace("/metrics", "/other")).send().await.unwrap().status(), 404);
    endpoint.stop().await.unwrap();
    assert!(client.get(&url).send().await.unwrap_err().is_connect());
}

#[actix_web::test]
async fn the_server_s_own_port_tells_no_metrics() {
    let app = TestApp::spawn().await;
    let answer = TestApp::http_client().get(format!("{}/metrics", app.url)).send().await.unwrap();
    assert!(!answer.text().await.unwrap().contains("http_requests_total"));
}

#[actix_web::test]
async fn a_database_that_is_away_does_not_fail_the_scrape() {
    let app = TestApp::with_config(migrated_database().await, config(&absent_database())).await;
    TestApp::http_client().get(format!("{}/api/projects", app.url)).send().await.unwrap();
    let scrape = Scrape::of(&app).await;
    assert_eq!(scrape.value("database_up", &[]), Some(0.0));
    assert_eq!(scrape.value("clockwork_ready", &[]), Some(0.0));
    assert_eq!(scrape.value("clockwork_timers_running", &[]), None);
    assert_eq!(scrape.value("clockwork_migrations_pending", &[]), None);
    assert!(scrape.value("database_pool_acquire_failures_total", &[("kind", "unreachable")]) >= Some(1.0));
}

#[actix_web::test]
async fn it_answers_while_the_server_drains_and_is_closed_last() {
    let (address, database) = (own_address(), migrated_database().await);
    let environment = [
        ("ENV", "production"),
        ("HOST", &address),
        ("METRICS_PORT", "9090"),
        ("DATABASE_URL", &database.url()),
        ("SHUTDOWN_DRAIN", "3s"),
    ];
    let mut process = Process::start(&std::env::temp_dir(), &environment);
    let url = format!("http://{address}:9090/metrics");
    let client = TestApp::http_client();
    let ready = async || Scrape::parse(client.get(&url).send().await.unwrap().text().await.unwrap());
    assert_eq!(ready().await.value("clockwork_ready", &[]), Some(1.0));
    process.signal(Signal::SIGTERM);
    process.wait_for_line("not ready, draining");
    assert_eq!(ready().await.value("clockwork_ready", &[]), Some(0.0));
    assert_eq!(process.wait().code(), Some(0));
    let last = process.messages().last().cloned().unwrap_or_default();
    assert!(last.contains("closed: the metrics"), "{last}");
}

#[actix_web::test]
async fn a_port_that_is_taken_stops_the_start_but_not_in_development() {
    let (address, database) = (own_address(), migrated_database().await);
    let _taken = std::net::TcpListener::bind((address.as_str(), 9090)).unwrap();
    let url = database.url();
    let environment = [("HOST", address.as_str()), ("METRICS_PORT", "9090"), ("DATABASE_URL", &url)];
    let mut process = Process::start(&std::env::temp_dir(), &environment);
    assert!(
        process.messages().iter().any(|line| line.contains("METRICS_PORT 9090 is taken")),
        "{:?}",
        process.messages()
    );
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));

    let output = std::process::Command::new(env!("CARGO_BIN_EXE_server"))
        .env_clear()
        .envs(environment)
        .envs([("ENV", "production"), ("AUTH_MODE", "none"), ("PORT", "0")])
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let log = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("cannot listen at METRICS_PORT 9090"), "{log}");
}
