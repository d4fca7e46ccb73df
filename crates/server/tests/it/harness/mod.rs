//! A server for each test, on a port and a database of its own.

mod answer;
mod browser;
mod contract;
mod neighbour;
mod people;
mod process;
mod raw;
mod redis;
mod scattered;
mod smtp;
mod sql;
mod stream;

use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::rt::task::JoinHandle;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use clockwork_core::config::{Config, Sources};
use clockwork_core::database::Db;
use clockwork_core::database::migrations::{self, MigrationSet};
use clockwork_core::events::{Hub, StreamIntervals};
use clockwork_core::mail::Mailer;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::operations::jobs;
use clockwork_core::values::clock::Clock;
use clockwork_devdb::testing::{self, TestDb};
use clockwork_server::app::Application;
use clockwork_server::metrics::Metrics;
use clockwork_server::state::AppState;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

pub use answer::Answer;
pub use browser::{Browser, Mails, PASSWORD};
pub use neighbour::Neighbour;
pub use people::{As, SentAs};
pub use process::Process;
pub use redis::Redis;
pub use scattered::{insert_scattered, seconds_within, span, utc};
pub use smtp::{Received, SmtpSink};
pub use sql::until_waiting;
pub use stream::Stream;

/// When every test begins: a Monday, with microseconds, so that nothing may lose them.
pub fn start_of_test() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap() + TimeDelta::microseconds(123_456)
}

/// A running server.
pub struct TestApp {
    /// Its address, such as `http://127.0.0.1:40123`.
    pub url: String,
    /// Its database.
    pub database: TestDb,
    /// What it tells the monitoring.
    pub metrics: Arc<Metrics>,
    /// Its live updates.
    pub events: Hub,
    /// What it has told users by mail.
    pub mails: Mails,
    client: reqwest::Client,
    now: Arc<Mutex<DateTime<Utc>>>,
    running: JoinHandle<()>,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// A database with today's schema.
pub async fn migrated_database() -> TestDb {
    let server = testing::server().await.unwrap();
    server.cloned(&fingerprint(), |url| async move { migrate(&url).await }).await.unwrap()
}

/// All migrations as one text: another text makes another template.
fn fingerprint() -> String {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations")).unwrap() {
        let up = entry.unwrap().path().join("up.sql");
        texts.extend(std::fs::read_to_string(&up).map(|text| format!("{}\n{text}", up.display())));
    }
    texts.sort();
    texts.join("\n")
}

/// Brings a database to today's schema.
pub async fn migrate(url: &str) -> Result<(), migrations::MigrationError> {
    migrations::migrate(&config(url).database).await.map(|_| ())
}

/// The configuration of a test's server.
pub fn config(database_url: &str) -> Config {
    config_with(database_url, &[])
}

/// The same with these settings.
pub fn config_with(database_url: &str, settings: &[(&str, &str)]) -> Config {
    let every = [("HOST", "127.0.0.1"), ("PORT", "0"), ("AUTH_MODE", "none"), ("DATABASE_URL", database_url)];
    let environment = every.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let nowhere = std::env::temp_dir().join("clockwork-tests-have-no-configuration-files");
    let sources = Sources { environment, directory: nowhere.clone(), secrets: nowhere };
    Config::load(&sources).unwrap().config
}

/// A server that listens, whether or not its database is there.
pub fn application(config: &Config, clock: Clock) -> Application {
    Application::build(config, state(config, clock, &Mails::default())).unwrap()
}

fn state(config: &Config, clock: Clock, mails: &Mails) -> AppState {
    let db = Db::connect(&config.database).unwrap();
    let redis = config.redis.url.as_ref().map(clockwork_core::operations::redis::Redis::connect);
    let background = BackgroundMetrics::new();
    // As the job workers do, which only the tests of jobs start.
    background.jobs_counted(&jobs::kinds(), &[]);
    let mut health = Health::new(db.clone(), MigrationSet::load(None).unwrap(), background.clone());
    if let Some(redis) = &redis {
        health = health.also(Arc::new(redis.clone()));
    }
    let state = AppState::new(db, clock, &config.auth, Arc::new(health), background);
    let mailer = Mailer::new(&config.mail).unwrap();
    state.with_redis(redis).with_mailer(mailer).with_notify(mails.clone()).with_callers(people::identify)
}

/// Another server on the database of a test. Stopped with this value.
pub struct AnotherServer {
    /// Its address.
    pub url: String,
    running: JoinHandle<()>,
}

impl Drop for AnotherServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// The address of a database that is not there: at a port that was free a moment ago, without a listener.
pub fn absent_database() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("postgres://nobody@127.0.0.1:{free}/nothing")
}

impl TestApp {
    /// Starts a server on an empty, migrated database.
    pub async fn spawn() -> Self {
        Self::with_database(migrated_database().await).await
    }

    /// Starts a server on a database.
    pub async fn with_database(database: TestDb) -> Self {
        let config = config(&database.url());
        Self::with_config(database, config).await
    }

    /// Starts a server whose live updates have other intervals.
    pub async fn with_intervals(intervals: StreamIntervals) -> Self {
        let database = migrated_database().await;
        let config = config(&database.url());
        Self::start(database, config, intervals, Mails::default()).await
    }

    /// Starts a server with a configuration that began as [`config`].
    pub async fn with_config(database: TestDb, config: Config) -> Self {
        Self::with_config_and_mails(database, config, Mails::default()).await
    }

    /// The same with what the server sends mail by.
    pub async fn with_config_and_mails(database: TestDb, config: Config, mails: Mails) -> Self {
        Self::start(database, config, StreamIntervals::default(), mails).await
    }

    /// Starts a second server on the same database with another configuration, and the clock of the first one.
    pub async fn another_server_with(&self, config: &Config) -> AnotherServer {
        let application = application(config, self.shared_clock());
        let url = format!("http://{}", application.address());
        AnotherServer { url, running: actix_web::rt::spawn(async move { application.run().await.unwrap() }) }
    }

    /// The clock of the server, for what runs beside it.
    pub fn shared_clock(&self) -> Clock {
        let now = self.now.clone();
        Clock::new(move || *now.lock().unwrap())
    }

    /// Starts a second server on the same database, as a second replica.
    pub async fn another_server(&self) -> AnotherServer {
        self.another_server_with_intervals(StreamIntervals::default()).await
    }

    /// Starts a second server on the same database, whose live updates have other intervals.
    pub async fn another_server_with_intervals(&self, intervals: StreamIntervals) -> AnotherServer {
        let config = config(&self.database.url());
        let mut state = state(&config, Clock::system(), &Mails::default());
        state.events = Hub::new(state.db.clone(), intervals);
        let application = Application::build(&config, state).unwrap();
        let url = format!("http://{}", application.address());
        AnotherServer { url, running: actix_web::rt::spawn(async move { application.run().await.unwrap() }) }
    }

    async fn start(database: TestDb, config: Config, intervals: StreamIntervals, mails: Mails) -> Self {
        let now = Arc::new(Mutex::new(start_of_test()));
        let clock = Clock::new({
            let now = now.clone();
            move || *now.lock().unwrap()
        });
        let mut state = state(&config, clock, &mails);
        state.events = Hub::new(state.db.clone(), intervals);
        let events = state.events.clone();
        let metrics = state.metrics.clone();
        let application = Application::build(&config, state).unwrap();
        let url = format!("http://{}", application.address());
        let running = actix_web::rt::spawn(async move { application.run().await.unwrap() });
        Self { url, database, metrics, events, mails, client: Self::http_client(), now, running }
    }

    /// A client for requests that the harness does not send.
    pub fn http_client() -> reqwest::Client {
        // Again in each test: the second call fails, and nothing changes.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::new()
    }

    /// What the server's clock says.
    pub fn now(&self) -> DateTime<Utc> {
        *self.clock()
    }

    /// Lets time pass.
    pub fn advance(&self, by: TimeDelta) {
        *self.clock() += by;
    }

    fn clock(&self) -> MutexGuard<'_, DateTime<Utc>> {
        self.now.lock().unwrap()
    }

    /// A request to a path, to be completed and sent with [`Self::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request and checks the answer against the OpenAPI document.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = Answer::read(self.client.execute(request).await.unwrap()).await;
        contract::check(&method, &path, &answer);
        answer
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Makes a project and returns its id.
    pub async fn project(&self, name: &str) -> String {
        self.post("/api/projects", json!({"name": name})).await.created().id()
    }

    /// Makes a root category and returns its id.
    pub async fn category(&self, project: &str, name: &str) -> String {
        self.post(&format!("/api/projects/{project}/categories"), json!({"name": name})).await.created().id()
    }

    /// Makes a category below another and returns its id.
    pub async fn subcategory(&self, project: &str, parent: &str, name: &str) -> String {
        let body = json!({"name": name, "parentCategoryId": parent});
        self.post(&format!("/api/projects/{project}/categories"), body).await.created().id()
    }

    /// Makes a tag and returns its id.
    pub async fn tag(&self, name: &str) -> String {
        self.post("/api/tags", json!({"name": name})).await.created().id()
    }

    /// Makes a finished entry, times in minutes since the start of the test, and returns its id.
    pub async fn entry(&self, category: &str, start: i64, stop: i64) -> String {
        let at = |minutes| start_of_test() + TimeDelta::minutes(minutes);
        let body = json!({"categoryId": category, "startedAt": at(start), "stoppedAt": at(stop)});
        self.post("/api/time/entries", body).await.created().id()
    }

    /// Asks the database a question with one number as the answer.
    pub async fn count(&self, sql: &str) -> i64 {
        let (client, connection) = tokio_postgres::connect(&self.database.url(), NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let number = client.query_one(sql, &[]).await.unwrap().get(0);
        drop(client);
        connection.await.unwrap().unwrap();
        number
    }
}
