//! What keeps others out, seen through HTTP. docs/SECURITY.md says against what.

mod encryption;
mod headers;
mod rate_limit;
mod redis;
mod same_site;
mod secrets;
mod slow;
mod texts;

use reqwest::Method;

use crate::harness::{Answer, TestApp, config_with, migrated_database};

/// A server with these settings besides those of every test.
async fn app(settings: &[(&str, &str)]) -> TestApp {
    let database = migrated_database().await;
    let config = config_with(&database.url(), settings);
    TestApp::with_config(database, config).await
}

/// A request with these headers, whatever they are.
async fn send(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = TestApp::http_client().request(method, format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::read(request.send().await.unwrap()).await
}
