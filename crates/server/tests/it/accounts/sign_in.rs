//! Signing in with a password.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Browser, Mails, PASSWORD, TestApp};

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

#[actix_web::test]
async fn a_session_begins_and_ends() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    assert!(owner.is_signed_in().await);
    let cookie = owner.cookie("clockwork").unwrap();
    let signed_out = owner.act("/api/auth/sign-out").await.is(204);
    assert!(signed_out.header("set-cookie").contains("Max-Age=0"), "{:?}", signed_out.headers);
    assert!(owner.cookie("clockwork").is_none());
    owner.plant("clockwork", &cookie);
    assert!(!owner.is_signed_in().await, "a secret of a session that has ended");

    let browser = Browser::new(&app);
    let answer = browser.sign_in("ada@example.org").await.ok();
    assert_eq!(answer.json["user"]["email"], "ada@example.org");
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let session = set.iter().find(|cookie| cookie.starts_with("clockwork=")).unwrap();
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=7776000"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Secure"), "over http it would not come back");
    assert!(browser.is_signed_in().await);
    let secret = browser.cookie("clockwork").unwrap();
    let stored = app.count(&format!("SELECT count(*) FROM sessions s WHERE s::text LIKE '%{secret}%'")).await;
    assert_eq!(stored, 0, "the secret itself is not stored");
}

#[actix_web::test]
async fn over_https_the_cookie_has_its_prefix_and_no_other_counts() {
    let app = TestApp::with_accounts_and(&[("PUBLIC_URL", "https://localhost")], Mails::default()).await;
    let owner = app.owned_by("ada@example.org").await;
    let secret = owner.cookie("__Host-clockwork").expect("the prefix");
    assert!(owner.is_signed_in().await);
    let answer = owner.sign_in("ada@example.org").await.ok();
    assert!(answer.headers.get_all("set-cookie").iter().all(|cookie| cookie.to_str().unwrap().contains("; Secure")));
    let planted = Browser::new(&app);
    planted.plant("clockwork", &owner.cookie("__Host-clockwork").unwrap());
    assert!(!planted.is_signed_in().await, "a name without the prefix can be planted by another host");
    assert_ne!(owner.cookie("__Host-clockwork").unwrap(), secret);
}

#[actix_web::test]
async fn a_planted_session_is_not_taken_over() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let planted = eve.cookie("clockwork").unwrap();
    for value in [planted.as_str(), "chosen-by-an-attacker"] {
        let victim = Browser::new(&app);
        victim.plant("clockwork", value);
        victim.sign_in("ada@example.org").await.ok();
        let secret = victim.cookie("clockwork").unwrap();
        assert_ne!(secret, value, "a new secret, whatever was there");
        assert_eq!(victim.get("/api/me").await.ok().json["user"]["email"], "ada@example.org");
        let attacker = Browser::new(&app);
        attacker.plant("clockwork", value);
        assert!(!attacker.is_signed_in().await, "{value} opens nothing");
    }
}

#[actix_web::test]
async fn nothing_tells_which_addresses_have_accounts() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    app.add_account("disabled@example.org", "member").await;
    app.execute("UPDATE users SET disabled_at = now() WHERE email = 'disabled@example.org'").await;
    app.execute("INSERT INTO users (id, name, email, created_at, updated_at) VALUES (gen_random_uuid(), 'x', 'elsewhere@example.org', now(), now())").await;
    let before = app.count("SELECT count(*) FROM audit_log").await;
    let mut texts = Vec::new();
    for (email, password) in [
        ("ada@example.org", "not the right password"),
        ("nobody@example.org", "not the right password"),
        ("disabled@example.org", PASSWORD),
        ("elsewhere@example.org", PASSWORD),
    ] {
        let answer = Browser::new(&app).post("/api/auth/sign-in", credentials(email, password)).await;
        let mut answer = answer.refused(401, "wrong_credentials");
        assert_eq!(answer.header("set-cookie"), "");
        answer.json.as_object_mut().unwrap().remove("requestId");
        texts.push(answer.json.to_string());
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
    assert_eq!(app.count("SELECT count(*) FROM audit_log").await, before + 4, "the same is written for each");
    let mut statements = Vec::new();
    for email in ["ada@example.org", "nobody@example.org"] {
        let request = app.request(reqwest::Method::POST, "/api/auth/sign-in").json(&credentials(email, "wrong again"));
        statements.push(crate::statements::sent_by(&app, request).await);
    }
    assert_eq!(statements[0], statements[1], "as many statements for one as for the other");
}

#[actix_web::test]
async fn an_address_in_another_spelling_is_the_same_account_and_a_look_alike_is_none() {
    let app = TestApp::with_accounts().await;
    app.owned_by("jörg.müller@example.org").await;
    for same in ["JÖRG.Müller@EXAMPLE.org", "jo\u{308}rg.mu\u{308}ller@example.org", " jörg.müller@example.org "] {
        Browser::new(&app).sign_in(same).await.ok();
    }
    for other in ["jorg.muller@example.org", "jörg.müller@example.0rg", "jӧrg.müller@example.org"] {
        let answer = Browser::new(&app).sign_in(other).await;
        answer.refused(401, "wrong_credentials");
    }
    let taken = app.violates(
        "INSERT INTO users (id, name, email, created_at, updated_at)
         VALUES (gen_random_uuid(), 'x', 'JO\u{308}RG.mu\u{308}ller@example.org', now(), now())",
    );
    assert_eq!(taken.await, "users_email_key");
}

#[actix_web::test]
async fn wrong_tries_have_to_wait_and_the_owner_s_browser_does_not() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let attacker = Browser::new(&app);
    let wrong = || attacker.post("/api/auth/sign-in", credentials("ada@example.org", "not the right password"));
    for _ in 0..6 {
        wrong().await.refused(401, "wrong_credentials");
    }
    let refused = wrong().await.refused(429, "too_many_attempts");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    // Also with the right password: the pause tells nothing.
    attacker.sign_in("ada@example.org").await.refused(429, "too_many_attempts");
    owner.act("/api/auth/sign-out").await.is(204);
    owner.sign_in("ada@example.org").await.ok();
    app.advance(TimeDelta::seconds(wait));
    attacker.sign_in("ada@example.org").await.ok();
}

#[actix_web::test]
async fn many_guesses_at_once_are_counted() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let browser = Browser::new(&app);
    let guesses = (0..30)
        .map(|n| browser.post("/api/auth/sign-in", credentials("ada@example.org", &format!("guess number {n}"))));
    let statuses: Vec<_> = join_all(guesses).await.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(statuses.iter().filter(|status| **status == 401).count() <= 6, "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429, 503].contains(status)), "{statuses:?}");
}

#[actix_web::test]
async fn a_new_browser_is_told_by_mail_and_a_known_one_is_not() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    assert_eq!(app.mails.count(), 0);
    owner.act("/api/auth/sign-out").await.is(204);
    owner.sign_in("ada@example.org").await.ok();
    assert_eq!(app.mails.count(), 0);
    let elsewhere = Browser::new(&app).with("User-Agent", "A new browser");
    elsewhere.sign_in("ada@example.org").await.ok();
    assert_eq!(app.mails.to("ada@example.org").len(), 1);
}

/// Another site's page, by a form, by a script, and by a link that is followed. `Lax` cookies come along with the last
/// one only, which reads and changes nothing.
#[actix_web::test]
async fn a_page_of_another_site_changes_nothing() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let before = app.contents().await;
    for headers in [
        [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
        [("Origin", "null"), ("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")],
        [("Origin", "http://localhost.evil.example"), ("Sec-Fetch-Site", "same-site")],
    ] {
        let evil = headers.into_iter().fold(owner.copied(), |browser, (name, value)| browser.with(name, value));
        for (path, body) in [
            ("/api/auth/sign-in", credentials("ada@example.org", PASSWORD)),
            ("/api/auth/sign-out", json!({})),
            ("/api/auth/password", json!({"password": "chosen by an attacker"})),
            ("/api/auth/address", json!({"email": "eve@example.org"})),
            ("/api/auth/tokens", json!({"name": "mine", "scope": "admin"})),
            ("/api/projects", json!({"name": "Mine"})),
        ] {
            let method = if path.ends_with("password") { reqwest::Method::PUT } else { reqwest::Method::POST };
            evil.send(method, path, Some(body)).await.refused(403, "cross_site_request");
        }
    }
    assert_eq!(app.contents().await, before);
    // A top navigation carries the cookie, and may read.
    let followed = owner.copied().with("Sec-Fetch-Site", "cross-site").with("Sec-Fetch-Mode", "navigate");
    followed.get("/api/me").await.ok();
    assert_eq!(app.contents().await, before);
}
