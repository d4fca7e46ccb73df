//! However many paths and methods people try, the series stay few.

use futures_util::StreamExt;
use reqwest::{Client, Method};

use super::Scrape;
use crate::harness::TestApp;

const PATHS: u64 = 10_000;
const PROBES: [&str; 9] = [
    "/livez",
    "/readyz",
    "/ready",
    "/health",
    "/health/live",
    "/health/ready",
    "/health/startup",
    "/healthz",
    "/api/health",
];
const LABELS: [&str; 3] = ["method", "path", "status"];

/// Numbers that look random and are the same each time: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn word(&mut self) -> String {
        let letters = b"abcdefghijklmnopqrstuvwxyz0123456789-._~%";
        let length = self.next() % 12 + 1;
        let word = (0..length).map(|_| char::from(letters[usize::try_from(self.next() % 40).unwrap()]));
        word.collect()
    }

    /// Below the API, below a workspace, beside them, and with words of the real paths in between.
    fn path(&mut self) -> String {
        let start =
            ["", "/api", "/api/workspaces", "/api/projects", "/assets", "/api/time/entries", "/metrics", "/livez"];
        let mut path = start[usize::try_from(self.next() % 8).unwrap()].to_owned();
        for _ in 0..=self.next() % 4 {
            path.push('/');
            path.push_str(&self.word());
        }
        path
    }

    fn method(&mut self) -> Method {
        match self.next() % 8 {
            0 => Method::POST,
            1 => Method::DELETE,
            2 => Method::OPTIONS,
            3 => {
                let name = self.word().replace(['%', '~'], "X").to_uppercase();
                Method::from_bytes(name.as_bytes()).unwrap()
            }
            _ => Method::GET,
        }
    }
}

async fn send(client: &Client, app: &TestApp, method: Method, path: &str) {
    let answer = client.request(method, format!("{}{path}", app.url)).send().await.unwrap();
    assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
    // A stream of events would never end.
    if answer.headers().get("content-type").is_none_or(|form| form != "text/event-stream") {
        answer.bytes().await.unwrap();
    }
}

#[actix_web::test]
async fn ten_thousand_random_paths_and_methods_add_one_value_to_a_label_at_most() {
    let app = TestApp::spawn().await;
    let client = TestApp::http_client();
    // What is known: each operation once, and each way of being refused.
    let document = serde_json::to_value(clockwork_server::openapi::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            send(&client, &app, method, path).await;
        }
        send(&client, &app, Method::OPTIONS, path).await;
    }
    for path in PROBES.into_iter().chain(["/api/docs", "/api/openapi.json", "/", "/api/nothing"]) {
        send(&client, &app, Method::GET, path).await;
    }
    let before = Scrape::of(&app).await;

    let numbers = &mut Numbers(20_260_302);
    let requests: Vec<_> = (0..PATHS).map(|_| (numbers.method(), numbers.path())).collect();
    let sent = futures_util::stream::iter(&requests).map(|(method, path)| send(&client, &app, method.clone(), path));
    sent.buffer_unordered(32).for_each(|()| async {}).await;

    let after = Scrape::of(&app).await;
    for label in LABELS {
        let (was, is) = (before.values_of(label), after.values_of(label));
        let added: Vec<_> = is.difference(&was).collect();
        assert!(added.len() <= 1, "{label} got {added:?}");
    }
    assert!(after.values_of("method").len() <= 8, "{:?}", after.values_of("method"));
    let counted = |scrape: &Scrape| scrape.value("http_requests_total", &[]).unwrap_or_default();
    assert!((counted(&after) - counted(&before) - 10_000.0).abs() < f64::EPSILON, "each was counted");
    let templates = document["paths"].as_object().unwrap();
    for path in after.values_of("path") {
        let others = ["client", "static", "unmatched", "/api/docs", "/api/docs/{file:.+}", "/api/openapi.json"];
        let known = templates.contains_key(&path) || others.contains(&path.as_str()) || PROBES.contains(&path.as_str());
        assert!(known && !path.starts_with("/api/workspaces/{workspaceId}"), "{path}");
    }
}
