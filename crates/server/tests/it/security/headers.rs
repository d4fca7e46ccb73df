//! The headers that tell browsers what not to do. Operations Z1.

use std::collections::BTreeSet;
use std::fs;

use reqwest::Method;

use super::{app, send};
use crate::harness::{Answer, TestApp, config_with, migrated_database};

const PAGE: &str = "<!doctype html><script nonce=\"__CSP_NONCE__\" src=\"/a.js\"></script>\
                    <script type=module nonce=\"__CSP_NONCE__\" src=\"/b.js\"></script>";

/// What a policy says, sorted by directive.
fn directives(answer: &Answer) -> BTreeSet<String> {
    answer.header("content-security-policy").split(';').map(|part| part.trim().to_owned()).collect()
}

/// A server with a built client whose page has scripts.
async fn with_client(settings: &[(&str, &str)]) -> (tempfile::TempDir, TestApp) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("index.html"), PAGE).unwrap();
    fs::write(dir.path().join("a.js"), "1").unwrap();
    let path = dir.path().display().to_string();
    let settings: Vec<_> = settings.iter().copied().chain([("STATIC_DIR", path.as_str())]).collect();
    let app = app(&settings).await;
    (dir, app)
}

#[actix_web::test]
async fn every_answer_carries_them_whatever_it_is() {
    let (_dir, app) = with_client(&[("RATE_LIMIT_REQUESTS", "1000")]).await;
    let html = ("accept", "text/html");
    let large = "x".repeat(2 * 1024 * 1024);
    let big = TestApp::http_client().post(format!("{}/api/projects", app.url)).body(large).send().await.unwrap();
    let mut answers = vec![("413", Answer::read(big).await.is(413))];
    for (what, method, path, headers, status) in [
        ("page", Method::GET, "/projects", &[html][..], 200),
        ("file", Method::GET, "/a.js", &[], 200),
        ("no file", Method::GET, "/none.js", &[], 404),
        ("wrong method", Method::POST, "/", &[], 405),
        ("api", Method::GET, "/api/projects", &[], 200),
        ("bad request", Method::POST, "/api/projects", &[], 400),
        ("not found", Method::GET, "/api/nothing", &[], 404),
        ("probe", Method::GET, "/livez", &[], 200),
        ("readiness", Method::GET, "/readyz", &[], 200),
        ("description", Method::GET, "/api/docs/index.html", &[], 200),
        ("cross-site", Method::POST, "/api/projects", &[("origin", "https://evil.example")], 403),
        ("strange name", Method::GET, "/api/projects", &[("host", "evil.example")], 421),
        (
            "preflight",
            Method::OPTIONS,
            "/api/projects",
            &[("origin", "http://localhost:5173"), ("access-control-request-method", "POST")],
            200,
        ),
    ] {
        answers.push((what, send(&app, method, path, headers).await.is(status)));
    }
    for (what, answer) in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{what}: {name}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
        let policy = directives(&answer);
        for directive in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(directive), "{what}: {directive} is missing in {policy:?}");
        }
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{what}");
    }
}

#[actix_web::test]
async fn also_when_the_database_is_away_and_when_the_limit_is_reached() {
    let away = crate::harness::absent_database();
    let config = config_with(&away, &[("DATABASE_ACQUIRE_TIMEOUT", "100ms"), ("RATE_LIMIT_REQUESTS", "1")]);
    let app = TestApp::with_config(migrated_database().await, config).await;
    for (path, status) in [("/api/projects", 503), ("/api/projects", 429), ("/readyz", 503)] {
        let answer = send(&app, Method::GET, path, &[]).await.is(status);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{status}");
        assert!(directives(&answer).contains("default-src 'none'"), "{status}");
    }
}

#[actix_web::test]
async fn the_page_runs_the_scripts_of_its_own_answer_and_no_others() {
    let (_dir, app) = with_client(&[]).await;
    let mut seen = BTreeSet::new();
    for path in ["/", "/projects", "/index.html"] {
        let answer = send(&app, Method::GET, path, &[("accept", "text/html")]).await.ok();
        let policy = directives(&answer);
        let scripts = policy.iter().find(|directive| directive.starts_with("script-src ")).unwrap();
        let nonce = scripts.strip_prefix("script-src 'nonce-").and_then(|rest| rest.strip_suffix("' 'strict-dynamic'"));
        let nonce = nonce.unwrap_or_else(|| panic!("{scripts}"));
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        assert_eq!(answer.text.matches(&format!("nonce=\"{nonce}\"")).count(), 2, "{}", answer.text);
        assert!(seen.insert(nonce.to_owned()), "{nonce} was used before");
        assert!(policy.contains("style-src 'self'") && policy.contains("connect-src 'self'"), "{policy:?}");
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{policy:?}");
    }
}

#[actix_web::test]
async fn data_may_do_nothing_when_it_is_opened_as_a_page() {
    let (_dir, app) = with_client(&[]).await;
    for path in ["/api/me", "/a.js", "/livez", "/api/docs", "/api/docsx"] {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = Answer::read(client.get(format!("{}{path}", app.url)).send().await.unwrap()).await;
        let scripts = directives(&answer).iter().any(|directive| directive.starts_with("script-src"));
        assert_eq!(scripts, path == "/api/docs", "{path}");
    }
}

#[actix_web::test]
async fn violations_are_reported_where_the_operator_wants() {
    let (_dir, app) = with_client(&[("CSP_REPORT_URI", "https://reports.example/csp?app=1")]).await;
    for path in ["/", "/api/docs/index.html"] {
        let answer = send(&app, Method::GET, path, &[("accept", "text/html")]).await.ok();
        let policy = directives(&answer);
        assert!(policy.contains("report-uri https://reports.example/csp?app=1"), "{path}: {policy:?}");
        assert!(policy.contains("report-to csp"), "{path}: {policy:?}");
        assert_eq!(answer.header("reporting-endpoints"), "csp=\"https://reports.example/csp?app=1\"");
    }
    let silent = super::app(&[]).await;
    let answer = send(&silent, Method::GET, "/", &[("accept", "text/html")]).await;
    assert!(!answer.header("content-security-policy").contains("report"));
    assert_eq!(answer.header("reporting-endpoints"), "");
}

#[actix_web::test]
async fn browsers_are_told_to_stay_with_https_in_production_only() {
    let https = ("PUBLIC_URL", "https://time.example.com");
    let proxies = ("TRUSTED_PROXIES", "127.0.0.0/8");
    let forwarded = ("x-forwarded-proto", "https");
    for (settings, header, told) in [
        (&[("ENV", "production"), https][..], None, true),
        (&[("ENV", "production"), ("PUBLIC_URL", "http://time.example.com")], Some(forwarded), false),
        (&[("ENV", "production")], None, false),
        (&[("ENV", "production")], Some(forwarded), false),
        (&[("ENV", "production"), proxies], Some(forwarded), true),
        (&[("ENV", "production"), proxies], Some(("x-forwarded-proto", "https, http")), false),
        (&[("ENV", "staging"), https], None, false),
        (&[https], None, false),
    ] {
        let app = app(settings).await;
        let headers: Vec<_> = header.into_iter().collect();
        for (path, status) in [("/api/projects", 200), ("/api/nothing", 404), ("/livez", 200)] {
            let answer = send(&app, Method::GET, path, &headers).await.is(status);
            let expected = if told { "max-age=31536000" } else { "" };
            assert_eq!(answer.header("strict-transport-security"), expected, "{settings:?} {header:?} {path}");
        }
    }
}
