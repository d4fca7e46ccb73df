//! So many requests and no more. Operations Z2.

use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use futures_util::future::join_all;
use reqwest::Method;

use super::{app, send};
use crate::harness::{Answer, Mails, SentAs, TestApp};

const PATH: &str = "/api/projects";

/// Longer than any test takes, so that no window ends within one.
const WINDOW: (&str, &str) = ("RATE_LIMIT_WINDOW", "1h");

async fn ask(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    send(app, Method::GET, PATH, headers).await
}

#[actix_web::test]
async fn one_too_many_is_429_and_says_when_to_come_back() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "3"), WINDOW]).await;
    for left in [2, 1, 0] {
        let answer = app.get(PATH).await.ok();
        assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=3;w=3600");
        assert!(
            answer.header("ratelimit").starts_with(&format!("\"address\";r={left};t=")),
            "{}",
            answer.header("ratelimit")
        );
    }
    let refused = app.get(PATH).await.refused(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), format!("\"address\";r=0;t={wait}"));
    assert!(refused.json["message"].as_str().unwrap().contains(&format!("{wait} s")), "{}", refused.text);
    // Whatever is asked for, and refused, counts.
    app.post("/api/clients", serde_json::json!({"name": "x"})).await.refused(429, "rate_limited");
    assert_eq!(app.count("SELECT count(*) FROM clients").await, 0);
}

#[actix_web::test]
async fn another_spelling_of_the_path_counts_as_well() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "3"), WINDOW]).await;
    for (path, status) in
        [(PATH, 200), ("/%61pi/projects", 200), ("/ap%69//projects/", 200), ("/%61%70%69/%70rojects", 429)]
    {
        let answer = app.raw(&Method::GET, path, "", b"").await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert!(!answer.header("ratelimit").is_empty(), "{path}");
    }
}

#[actix_web::test]
async fn after_the_window_it_begins_anew() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "1"), ("RATE_LIMIT_WINDOW", "1s")]).await;
    app.get(PATH).await.ok();
    let mut answered = false;
    for _ in 0..600 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        if app.get(PATH).await.status == 200 {
            answered = true;
            break;
        }
    }
    assert!(answered, "a minute later it is still refused");
}

#[actix_web::test]
async fn pages_files_probes_and_preflights_do_not_count() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "1"), WINDOW]).await;
    let preflight = [("origin", "http://localhost:1"), ("access-control-request-method", "GET")];
    for _ in 0..3 {
        for path in ["/", "/assets/x.js", "/livez", "/readyz", "/healthz", "/api/health", "/api/docs/index.html"] {
            let answer = send(&app, Method::GET, path, &[("accept", "text/html")]).await;
            assert_ne!(answer.status, 429, "{path}");
            assert_eq!(answer.header("ratelimit"), "", "{path}");
        }
        send(&app, Method::OPTIONS, PATH, &preflight).await.ok();
    }
    ask(&app, &[]).await.ok();
    ask(&app, &[]).await.refused(429, "rate_limited");
}

#[actix_web::test]
async fn development_has_no_limit_and_zero_is_none() {
    for settings in [&[][..], &[("ENV", "production"), ("RATE_LIMIT_REQUESTS", "0")]] {
        let app = app(settings).await;
        for _ in 0..20 {
            assert_eq!(ask(&app, &[]).await.ok().header("ratelimit"), "");
        }
    }
    assert_eq!(
        ask(&app(&[("ENV", "production")]).await, &[]).await.header("ratelimit-policy"),
        "\"address\";q=600;w=60"
    );
}

#[actix_web::test]
async fn many_at_once_are_counted_exactly() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "20"), WINDOW]).await;
    let answers = join_all((0..50).map(|_| ask(&app, &[]))).await;
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((refused, answers.len()), (30, 50));
}

#[actix_web::test]
async fn a_caller_cannot_choose_its_address() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "2"), WINDOW]).await;
    for number in 0..2 {
        ask(&app, &[("x-forwarded-for", &format!("198.51.100.{number}"))]).await.ok();
    }
    for lie in ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"] {
        ask(&app, &[(lie, "198.51.100.77")]).await.refused(429, "rate_limited");
        ask(&app, &[(lie, "for=198.51.100.77")]).await.refused(429, "rate_limited");
    }
}

#[actix_web::test]
async fn behind_trusted_proxies_each_caller_has_a_limit_of_its_own() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "1"), WINDOW, ("TRUSTED_PROXIES", "127.0.0.0/8, 10.0.0.0/8")]).await;
    let from = |value: &'static str| [("x-forwarded-for", value)];
    ask(&app, &from("198.51.100.1")).await.ok();
    ask(&app, &from("198.51.100.2")).await.ok();
    // The proxy adds the address it was called from behind what the caller wrote.
    ask(&app, &from("198.51.100.99, 198.51.100.1")).await.refused(429, "rate_limited");
    ask(&app, &from("198.51.100.98, 198.51.100.1, 10.0.0.3")).await.refused(429, "rate_limited");
    ask(&app, &from("2001:db8:1:2::1")).await.ok();
    ask(&app, &from("2001:db8:1:2:3::9")).await.refused(429, "rate_limited");
    ask(&app, &from("2001:db8:1:3::1")).await.ok();
    ask(&app, &[("forwarded", "for=198.51.100.3;proto=https")]).await.ok();
    ask(&app, &[("forwarded", "for=\"198.51.100.3:4711\"")]).await.refused(429, "rate_limited");
}

/// A secret that a server has seen to be valid is looked up, whatever strangers behind the same address have sent.
#[actix_web::test]
async fn an_address_that_is_used_up_by_strangers_keeps_no_user_out() {
    let app = TestApp::with_accounts_and(&[("RATE_LIMIT_REQUESTS", "6"), WINDOW], Mails::default()).await;
    let member = app.owned_by("ada@example.org").await;
    let unseen = app.signed_in("bea@example.org", "member").await;
    member.get(PATH).await.ok();
    while ask(&app, &[]).await.status != 429 {}
    // The answer of the database is not believed any more.
    app.advance(TimeDelta::seconds(2));
    member.get(PATH).await.ok();
    // A secret that this server has not seen is refused before the database is asked.
    unseen.get(PATH).await.refused(429, "rate_limited");
}

#[actix_web::test]
async fn users_behind_one_address_do_not_share_a_limit() {
    let app = app(&[("RATE_LIMIT_REQUESTS", "4"), WINDOW]).await;
    // Each of these asks once for the built-in user's rows, from the shared address.
    let (one, other) = (app.as_member().await, app.as_member().await);
    for left in [3, 2, 1, 0] {
        for sender in [one, other] {
            let answer = sender.get(PATH).await.ok();
            assert_eq!(answer.header("ratelimit-policy"), "\"user\";q=4;w=3600");
            let counted = answer.header("ratelimit");
            assert!(counted.starts_with(&format!("\"user\";r={left};t=")), "{counted}");
        }
    }
    one.get(PATH).await.refused(429, "rate_limited");
    // A token is its user's.
    one.with_token(TokenScope::Read).get(PATH).await.refused(429, "rate_limited");
    // Without credentials it is the address that counts, and it has two requests left.
    for status in [401, 401, 429] {
        let request = app.request(Method::GET, PATH).sent_without_credentials();
        assert_eq!(app.send(request).await.status, status);
    }
}
