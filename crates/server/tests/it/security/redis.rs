//! The optional Redis: counters that servers share, and that a server can do without. Operations G2, Z2.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::Value;

use super::send;
use crate::harness::{Answer, Redis, TestApp, config_with, migrated_database};

const PATH: &str = "/api/projects";

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A server that answers so many requests an hour.
async fn replica(redis: &Redis, requests: u32) -> TestApp {
    let database = migrated_database().await;
    let settings = [
        ("RATE_LIMIT_REQUESTS", requests.to_string()),
        ("RATE_LIMIT_WINDOW", "1h".to_owned()),
        ("REDIS_URL", redis.url()),
    ];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let config = config_with(&database.url(), &settings);
    TestApp::with_config(database, config).await
}

async fn ask(app: &TestApp) -> Answer {
    send(app, Method::GET, PATH, &[]).await
}

/// What readiness says of the Redis. It is ready all the same.
async fn check(app: &TestApp) -> Value {
    let answer = send(app, Method::GET, "/readyz", &[]).await.ok();
    assert_eq!(answer.json["status"], "ready", "{}", answer.text);
    answer.json["checks"]["redis"].clone()
}

async fn until(app: &TestApp, status: &str) -> Value {
    let begun = Instant::now();
    loop {
        let seen = check(app).await;
        if seen["status"] == status {
            return seen;
        }
        assert!(begun.elapsed() < DEADLINE, "still not {status}: {seen}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn two_servers_count_together() {
    let redis = Redis::start("open-sesame");
    let (one, two) = (replica(&redis, 10).await, replica(&redis, 10).await);
    until(&one, "up").await;
    until(&two, "up").await;
    let answers = join_all((0..16).map(|number| ask(if number % 2 == 0 { &one } else { &two }))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 6);
    for app in [&one, &two] {
        let refused = ask(app).await.refused(429, "rate_limited");
        assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 3600);
    }
}

#[actix_web::test]
async fn without_redis_each_server_counts_alone() {
    let redis = Redis::absent("open-sesame");
    let app = replica(&redis, 3).await;
    for _ in 0..3 {
        ask(&app).await.ok();
    }
    ask(&app).await.refused(429, "rate_limited");
    let seen = until(&app, "down").await;
    assert!(!seen["error"].as_str().unwrap().contains("127.0.0.1"), "{seen}");
}

#[actix_web::test]
async fn killed_and_started_again_under_requests_it_costs_no_answer() {
    let mut redis = Redis::start("open-sesame");
    let app = replica(&redis, 1_000_000).await;
    until(&app, "up").await;
    for round in 0..2 {
        let asking = async {
            for _ in 0..100 {
                ask(&app).await.ok();
            }
        };
        let killing = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            redis.end();
        };
        tokio::join!(asking, killing);
        until(&app, "down").await;
        ask(&app).await.ok();
        redis.begin();
        until(&app, "up").await;
        // Counted together again: the new one knows nothing of before.
        let counted = ask(&app).await.ok().header("ratelimit").to_owned();
        assert!(counted.starts_with("\"address\";r=999999;"), "round {round}: {counted}");
    }
}

#[actix_web::test]
async fn frozen_it_is_taken_for_away_and_believed_again_later() {
    let redis = Redis::start("open-sesame");
    let app = replica(&redis, 1_000_000).await;
    until(&app, "up").await;
    redis.freeze(true);
    for _ in 0..20 {
        ask(&app).await.ok();
    }
    let seen = until(&app, "down").await;
    assert_eq!(seen["error"], "it did not answer in time");
    redis.freeze(false);
    until(&app, "up").await;
    ask(&app).await.ok();
}

#[actix_web::test]
async fn a_wrong_password_is_told_and_not_repeated() {
    let redis = Redis::start("open-sesame");
    let database = migrated_database().await;
    let url = redis.url().replace("open-sesame", "wrong-word");
    let config = config_with(&database.url(), &[("REDIS_URL", &url), ("RATE_LIMIT_REQUESTS", "5")]);
    let app = TestApp::with_config(database, config).await;
    let begun = Instant::now();
    while check(&app).await["error"] != "it refused the password" {
        assert!(begun.elapsed() < DEADLINE, "{}", check(&app).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ask(&app).await.ok();
}

#[actix_web::test]
async fn readiness_says_nothing_of_a_redis_that_there_is_not() {
    let app = TestApp::spawn().await;
    assert_eq!(check(&app).await, Value::Null);
}
