//! What keeps others out, seen through HTTP. docs/SECURITY.md says against what.

mod headers;
mod rate_limit;
mod redis;
mod same_site;
mod secrets;
mod slow;
mod texts;

use clockwork_core::config::{Config, Sources};
use reqwest::Method;

use crate::harness::{Answer, TestApp, migrated_database};

/// A server with these settings besides those of every test.
async fn app(settings: &[(&str, &str)]) -> TestApp {
    let database = migrated_database().await;
    let config = with_settings(&database.url(), settings);
    TestApp::with_config(database, config).await
}

/// The configuration of a test's server, and these settings.
fn with_settings(database_url: &str, settings: &[(&str, &str)]) -> Config {
    let every = [("HOST", "127.0.0.1"), ("PORT", "0"), ("AUTH_MODE", "none"), ("DATABASE_URL", database_url)];
    let environment = every.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let nowhere = std::env::temp_dir().join("clockwork-tests-have-no-configuration-files");
    let sources = Sources { environment, directory: nowhere.clone(), secrets: nowhere };
    Config::load(&sources).unwrap().config
}

/// A request with these headers, whatever they are.
async fn send(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = TestApp::http_client().request(method, format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::read(request.send().await.unwrap()).await
}
