//! Changing and forgetting passwords, and changing addresses.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Browser, Mails, PASSWORD, TestApp};

const NEW: &str = "another horse battery staple";

async fn change(browser: &Browser<'_>, password: &str) -> crate::harness::Answer {
    browser.send(Method::PUT, "/api/auth/password", Some(json!({"password": password}))).await
}

#[actix_web::test]
async fn a_changed_password_ends_all_other_sessions() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let elsewhere = Browser::new(&app);
    elsewhere.sign_in("ada@example.org").await.ok();
    let before = owner.copied();
    change(&owner, "Ada@Example.org 2026").await.refused(400, "invalid_password").names("password", "like_address");
    change(&owner, "iloveyouiloveyou").await.refused(400, "invalid_password").names("password", "common");
    change(&owner, NEW).await.ok();
    assert!(owner.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert!(!before.is_signed_in().await, "the session has another secret");
    elsewhere.sign_in("ada@example.org").await.refused(401, "wrong_credentials");
    let body = json!({"email": "ada@example.org", "password": NEW});
    elsewhere.post("/api/auth/sign-in", body).await.ok();
}

#[actix_web::test]
async fn sensitive_changes_ask_for_a_recent_sign_in() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    app.advance(TimeDelta::minutes(10));
    let token = json!({"name": "ci", "scope": "read"});
    owner.post("/api/auth/tokens", token.clone()).await.created();
    app.advance(TimeDelta::seconds(1));
    change(&owner, NEW).await.refused(403, "recent_sign_in_required");
    owner.post("/api/auth/tokens", token.clone()).await.refused(403, "recent_sign_in_required");
    owner.post("/api/auth/address", json!({"email": "a@example.org"})).await.refused(403, "recent_sign_in_required");
    owner.act("/api/auth/second-factor").await.refused(403, "recent_sign_in_required");
    let workspace = owner.send(Method::DELETE, "/api/workspace", Some(json!({"name": "My workspace"}))).await;
    workspace.refused(403, "recent_sign_in_required");
    owner.get("/api/auth/tokens").await.ok();
    let confirm = |password: &str| owner.post("/api/auth/confirm", json!({"password": password}));
    let before = owner.copied();
    confirm("not the right password").await.refused(401, "wrong_credentials");
    confirm(PASSWORD).await.ok();
    assert!(!before.is_signed_in().await, "another secret");
    owner.post("/api/auth/tokens", token).await.created();
}

#[actix_web::test]
async fn a_link_opens_an_account_once() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let browser = Browser::new(&app);
    browser.post("/api/auth/forgotten", json!({"email": "ADA@example.org"})).await.is(202);
    let token = app.mails.token("ada@example.org");
    assert!(
        app.mails.link("ada@example.org").starts_with("http://localhost/reset#token="),
        "behind the #, so that no log sees it"
    );
    let reset =
        |token: &str, password: &str| browser.post("/api/auth/reset", json!({"token": token, "password": password}));
    reset("stolen", NEW).await.refused(403, "token_refused");
    reset(&token, "123456789012").await.refused(400, "invalid_password").names("password", "common");
    let both = join_all([reset(&token, NEW), reset(&token, NEW)]).await;
    let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 403], "of two at once, one");
    reset(&token, NEW).await.refused(403, "token_refused");
    assert!(!owner.is_signed_in().await, "all sessions have ended");
    browser.post("/api/auth/sign-in", json!({"email": "ada@example.org", "password": NEW})).await.ok();

    // A newer link, a change of the password, and an hour each end a link.
    let ask = || browser.post("/api/auth/forgotten", json!({"email": "ada@example.org"}));
    ask().await.is(202);
    let old = app.mails.token("ada@example.org");
    ask().await.is(202);
    reset(&old, NEW).await.refused(403, "token_refused");
    let newest = app.mails.token("ada@example.org");
    change(&browser, PASSWORD).await.ok();
    reset(&newest, NEW).await.refused(403, "token_refused");
    app.advance(TimeDelta::days(1) + TimeDelta::seconds(1));
    ask().await.is(202);
    let late = app.mails.token("ada@example.org");
    app.advance(TimeDelta::hours(1));
    reset(&late, NEW).await.refused(403, "token_refused");
}

#[actix_web::test]
async fn nothing_tells_whether_a_mail_was_sent() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let browser = Browser::new(&app);
    let mut answers = Vec::new();
    let mut statements = Vec::new();
    for email in ["ada@example.org", "nobody@example.org"] {
        let answer = browser.post("/api/auth/forgotten", json!({"email": email})).await.is(202);
        answers.push(answer.text);
        let request = app.request(Method::POST, "/api/auth/forgotten").json(&json!({"email": email}));
        statements.push(crate::statements::sent_by(&app, request).await);
    }
    assert_eq!((answers[0].as_str(), &answers[0]), ("", &answers[1]));
    // Earlier links of a user stop working: one statement more, which takes microseconds.
    assert!((statements[0] - statements[1]).abs() <= 1, "{statements:?}");
    assert_eq!((app.mails.to("ada@example.org").len(), app.mails.count()), (2, 2));
    // A look-alike of an address, or what would be two, is sent nothing.
    for odd in [
        "аda@example.org",
        "ada@example.org,eve@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org%0d%0aBcc:x",
    ] {
        let status = browser.post("/api/auth/forgotten", json!({"email": odd})).await.status.as_u16();
        assert!(status == 202 || status == 400, "{odd:?}: {status}");
    }
    assert_eq!(app.mails.count(), 2);
    let mut refused = 0;
    for _ in 0..10 {
        let answer = browser.post("/api/auth/forgotten", json!({"email": "ada@example.org"})).await;
        refused += i32::from(answer.status.as_u16() == 429);
    }
    assert!(refused >= 7, "an account is not flooded with mail: {refused}");
}

#[actix_web::test]
async fn links_lead_to_the_configured_address_whatever_the_request_says() {
    let app = TestApp::with_accounts_and(&[("PUBLIC_URL", "https://time.example.com")], Mails::default()).await;
    app.owned_by("ada@example.org").await;
    for headers in [
        [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "http")],
        [("Forwarded", "host=evil.example"), ("X-Original-Host", "evil.example")],
        [("Host", "127.0.0.1"), ("X-Forwarded-Server", "evil.example")],
    ] {
        let browser = headers.into_iter().fold(Browser::new(&app), |browser, (name, value)| browser.with(name, value));
        browser.post("/api/auth/forgotten", json!({"email": "ada@example.org"})).await.is(202);
        let link = app.mails.link("ada@example.org");
        assert!(link.starts_with("https://time.example.com/reset#token="), "{link}");
        app.advance(TimeDelta::days(2));
    }
    let evil = Browser::new(&app).with("Host", "evil.example");
    evil.post("/api/auth/forgotten", json!({"email": "ada@example.org"})).await.refused(421, "misdirected_request");
}

#[actix_web::test]
async fn an_address_is_changed_by_mail_to_the_new_one() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    app.add_account("eve@example.org", "member").await;
    let ask = |email: &str| owner.post("/api/auth/address", json!({"email": email}));
    let confirm = |token: String| owner.post("/api/auth/address/confirm", json!({"token": token}));
    for bad in ["ada", "ada@example.org\r\nBcc: eve@example.org", "Ada <ada@example.org>"] {
        ask(bad).await.refused(400, "invalid_email");
    }
    let asked = ask("Lovelace@example.org").await.is(202).json;
    assert_eq!((&asked["mailed"], &asked["token"]), (&json!(true), &json!(null)));
    let token = app.mails.token("Lovelace@example.org");
    confirm(token.clone()).await.is(204);
    confirm(token).await.refused(403, "token_refused");
    assert_eq!(owner.get("/api/auth/session").await.ok().json["user"]["email"], "Lovelace@example.org");
    assert_eq!(app.mails.to("ada@example.org").len(), 1, "the old address is told");
    // Another user's address is found out when the mail has arrived there, and no sooner.
    ask("EVE@example.org").await.is(202);
    confirm(app.mails.token("EVE@example.org")).await.refused(409, "email_taken");
    // A link for one thing is none for another.
    ask("ada@example.org").await.is(202);
    let body = json!({"token": app.mails.token("ada@example.org"), "password": NEW});
    owner.post("/api/auth/reset", body).await.refused(403, "token_refused");
}

#[actix_web::test]
async fn without_mail_the_token_is_shown_and_shows_no_address_to_be_right() {
    let app = TestApp::with_accounts_and(&[], Mails::off()).await;
    let owner = app.owned_by("ada@example.org").await;
    let asked = owner.post("/api/auth/address", json!({"email": "lovelace@example.org"})).await.is(202).json;
    assert_eq!(asked["mailed"], false);
    owner.post("/api/auth/address/confirm", json!({"token": asked["token"]})).await.is(204);
    let user = owner.get("/api/auth/session").await.ok().json["user"].clone();
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!("lovelace@example.org"), &json!(false)));
}

/// The address that is typed may be a stranger's.
#[actix_web::test]
async fn a_new_address_is_not_mailed_links_without_a_bound() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let ask =
        async |browser: &Browser<'_>| browser.post("/api/auth/address", json!({"email": "stranger@example.net"})).await;
    for _ in 0..4 {
        ask(&owner).await.is(202);
    }
    for browser in [&owner, &eve] {
        let refused = ask(browser).await.refused(429, "too_many_attempts");
        let seconds: i64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=3).contains(&seconds), "{seconds}");
    }
    assert_eq!(app.mails.to("stranger@example.net").len(), 4);
    owner.post("/api/auth/address", json!({"email": "lovelace@example.org"})).await.is(202);
    app.advance(TimeDelta::seconds(3));
    ask(&eve).await.is(202);
    // Where there is no mail, the caller gets the token, and nobody is bothered.
    let app = TestApp::with_accounts_and(&[], Mails::off()).await;
    let owner = app.owned_by("ada@example.org").await;
    for _ in 0..6 {
        ask(&owner).await.is(202);
    }
}
