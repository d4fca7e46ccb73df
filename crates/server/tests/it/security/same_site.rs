//! Other sites' pages, and other names: what they may not do. Operations Z1.

use reqwest::Method;
use serde_json::json;

use super::{app, send};
use crate::harness::{Answer, TestApp};

/// Tries to make a project as a browser would for a page.
async fn write(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    let mut request =
        TestApp::http_client().post(format!("{}/api/projects", app.url)).json(&json!({"name": "Planted"}));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::read(request.send().await.unwrap()).await
}

#[actix_web::test]
async fn another_sites_page_changes_nothing() {
    for settings in [&[][..], &[("ENV", "production")], &[("ALLOWED_ORIGINS", "https://other.example")]] {
        let app = app(settings).await;
        for headers in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.2:1")],
            &[("origin", "http://localhost.evil.example")],
            &[("origin", "http://127.0.0.1.evil.example")],
            &[("origin", "https://other.example.evil.example")],
        ] {
            if settings.is_empty() && headers.contains(&("origin", "http://127.0.0.2:1")) {
                continue;
            }
            let refused = write(&app, headers).await.refused(403, "cross_site_request");
            assert_eq!(refused.json["requestId"], refused.header("x-request-id"));
        }
        // As a form would send it, which needs no preflight.
        let form = TestApp::http_client()
            .post(format!("{}/api/time/stop", app.url))
            .header("origin", "https://evil.example")
            .header("content-type", "text/plain")
            .send();
        Answer::read(form.await.unwrap()).await.refused(403, "cross_site_request");
        assert_eq!(app.count("SELECT count(*) FROM projects").await, 0);
    }
}

#[actix_web::test]
async fn its_own_page_allowed_sites_and_programs_may_write() {
    let app = app(&[
        ("ENV", "production"),
        ("ALLOWED_ORIGINS", "https://other.example"),
        ("PUBLIC_URL", "https://time.example"),
    ])
    .await;
    let own = app.url.clone();
    for headers in [
        &[][..],
        &[("origin", own.as_str())],
        &[("origin", "https://time.example")],
        &[("origin", "https://other.example"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://behind.a.proxy.example"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ] {
        let sent = TestApp::http_client().post(format!("{}/api/time/stop", app.url));
        let sent = headers.iter().fold(sent, |request, (name, value)| request.header(*name, *value)).send();
        Answer::read(sent.await.unwrap()).await.refused(409, "no_active_timer");
    }
}

#[actix_web::test]
async fn in_development_pages_of_this_machine_may_write_and_others_when_configured() {
    let development = app(&[]).await;
    for origin in ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:3000", "http://app.localhost"] {
        write(&development, &[("origin", origin), ("sec-fetch-site", "same-site")]).await.created();
    }
    let open = app(&[("ALLOWED_ORIGINS", "*")]).await;
    write(&open, &[("origin", "https://any.example"), ("sec-fetch-site", "cross-site")]).await.created();
}

#[actix_web::test]
async fn reading_is_left_to_cors() {
    let app = app(&[("ENV", "production"), ("ALLOWED_ORIGINS", "https://other.example")]).await;
    for (origin, allowed) in [("https://other.example", "https://other.example"), ("https://evil.example", "")] {
        let headers = [("origin", origin), ("sec-fetch-site", "cross-site")];
        let answer = send(&app, Method::GET, "/api/projects", &headers).await.ok();
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{origin}");
        assert!(answer.header("vary").to_lowercase().contains("origin"), "{}", answer.header("vary"));
    }
    let refused = write(&app, &[("origin", "https://other.example"), ("content-type", "x")]).await;
    assert_eq!(refused.header("access-control-allow-origin"), "https://other.example", "errors can be read as well");
    let development = super::app(&[]).await;
    let answer = send(&development, Method::GET, "/api/projects", &[("origin", "https://any.example")]).await.ok();
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[actix_web::test]
async fn a_strange_name_that_leads_here_is_refused() {
    let public = ("PUBLIC_URL", "https://time.example.com");
    let production = app(&[("ENV", "production"), public]).await;
    let development = app(&[]).await;
    let unnamed = app(&[("ENV", "production")]).await;
    for (host, known, known_in_development) in [
        ("time.example.com", true, false),
        ("TIME.example.com:443", true, false),
        ("evil.example", false, false),
        ("time.example.com.evil.example", false, false),
        ("localhost.evil.example:8080", false, false),
        ("127.0.0.1.nip.example", false, false),
        ("localhost:8080", true, true),
        ("LOCALHOST.", true, true),
        ("app.localhost", true, true),
        ("127.0.0.1:8080", true, true),
        ("[::1]:8080", true, true),
        ("192.168.1.7", true, true),
        ("nas:8080", true, true),
        ("nas.local", true, true),
        ("clockwork-service.clockwork.svc.cluster.local", true, true),
        ("clockwork-service.clockwork.svc", true, true),
    ] {
        for (app, known) in [(&production, known), (&development, known_in_development), (&unnamed, true)] {
            let answer = send(app, Method::GET, "/api/me", &[("host", host)]).await;
            if known {
                answer.ok();
            } else {
                answer.refused(421, "misdirected_request");
            }
            // Probes may use any host name.
            send(app, Method::GET, "/livez", &[("host", host)]).await.ok();
        }
    }
}
