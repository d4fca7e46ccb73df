//! Sessions: listed, ended, and seen to have ended by every server within a second.

use chrono::TimeDelta;
use clockwork_core::accounts::sessions;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Browser, SentAs, Stream, TestApp, config_with};
use crate::statements::sent_by;

#[actix_web::test]
async fn a_user_sees_and_ends_sessions_of_their_own() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let phone = Browser::new(&app).with("User-Agent", "A phone");
    phone.sign_in("ada@example.org").await.ok();
    let eve = app.signed_in("eve@example.org", "member").await;
    let list = owner.get("/api/auth/sessions").await.ok();
    assert_eq!(list.each("userAgent").iter().filter(|agent| **agent == json!("A phone")).count(), 1);
    assert_eq!(list.each("current").iter().filter(|current| **current == json!(true)).count(), 1);
    assert_eq!(list.each("address"), [json!("127.0.0.1"), json!("127.0.0.1")]);
    let other = list.json.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap()["id"].clone();
    let path = format!("/api/auth/sessions/{}", other.as_str().unwrap());
    eve.delete(&path).await.refused(404, "not_found");
    assert!(phone.is_signed_in().await);
    owner.delete(&path).await.is(204);
    assert!(!phone.is_signed_in().await);
    owner.delete(&path).await.refused(404, "not_found");

    phone.sign_in("ada@example.org").await.ok();
    owner.act("/api/auth/sessions/end-others").await.is(204);
    assert!(!phone.is_signed_in().await);
    assert!(owner.is_signed_in().await && eve.is_signed_in().await);
}

#[actix_web::test]
async fn a_session_ends_when_it_is_idle_and_at_last_in_any_case() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    app.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    assert!(owner.is_signed_in().await);
    app.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    assert!(owner.is_signed_in().await, "used in between");
    app.advance(TimeDelta::days(14) + TimeDelta::seconds(1));
    assert!(!owner.is_signed_in().await, "idle");
    owner.sign_in("ada@example.org").await.ok();
    for _ in 0..8 {
        app.advance(TimeDelta::days(11));
        assert!(owner.is_signed_in().await);
    }
    app.advance(TimeDelta::days(2) + TimeDelta::seconds(1));
    assert!(!owner.is_signed_in().await, "90 days in all");
}

#[actix_web::test]
async fn what_ends_here_has_ended_on_another_server_within_a_second() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let secret = owner.post("/api/auth/tokens", json!({"name": "ci", "scope": "read"})).await.created();
    let secret = secret.json["secret"].as_str().unwrap().to_owned();
    let token = app.get_tokens(&owner).await;
    let config = config_with(&app.database.url(), &[("AUTH_MODE", "accounts")]);
    let other = app.another_server_with(&config).await;
    let (there, with_token) = (owner.copied_to(&other.url), Browser::at(&app, &other.url));
    let with_token = with_token.with("Authorization", &format!("Bearer {secret}"));
    let eve = app.signed_in("eve@example.org", "member").await.copied_to(&other.url);
    // Each of them is remembered there now.
    assert!(there.is_signed_in().await && with_token.is_signed_in().await && eve.is_signed_in().await);
    owner.delete(&format!("/api/auth/tokens/{token}")).await.is(204);
    owner.act("/api/auth/sign-out").await.is(204);
    app.execute("UPDATE users SET disabled_at = now() WHERE email = 'eve@example.org'").await;
    // The clock that both servers read; not a time that the test waits for.
    app.advance(TimeDelta::seconds(1));
    for browser in [&there, &with_token, &eve] {
        assert!(!browser.is_signed_in().await);
    }
}

#[actix_web::test]
async fn a_member_who_is_removed_is_none_within_a_second() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "manager").await;
    eve.post("/api/projects", json!({"name": "Website"})).await.created();
    app.execute("UPDATE memberships SET role = 'viewer', updated_at = now() WHERE role = 'manager'").await;
    app.advance(TimeDelta::seconds(1));
    eve.post("/api/projects", json!({"name": "Shop"})).await.refused(403, "forbidden");
    app.execute("UPDATE memberships SET left_at = now(), updated_at = now() WHERE role = 'viewer'").await;
    app.advance(TimeDelta::seconds(1));
    eve.get("/api/projects").await.refused(404, "not_found");
    eve.get("/api/auth/session").await.ok();
}

#[actix_web::test]
async fn the_streams_of_a_session_end_with_it() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let user = app.add_account("eve@example.org", "member").await;
    let eve = Browser::new(&app);
    eve.sign_in("eve@example.org").await.ok();
    let caller = clockwork_core::access::Caller {
        actor: clockwork_core::access::Actor::signed_in(user),
        workspace: app.workspace(),
        role: clockwork_core::access::Role::Member,
        leads: false,
    };
    let mut stream = Stream::open_as(&app, caller).await;
    let db = app.db();
    sessions::end_all_of(&mut db.conn().await.unwrap(), user).await.unwrap();
    app.events.wake();
    let is_end = |change: &serde_json::Value| change["kind"] == "membership" && change["change"] == "updated";
    while !stream.changes().await.iter().any(is_end) {}
    while let Some(event) = stream.next().await {
        assert_eq!(event.name, "", "{event:?}");
    }
    app.advance(TimeDelta::seconds(1));
    eve.get("/api/events").await.refused(401, "unauthenticated");
}

/// The promise: at most one statement more than without accounts, and none within a second of the last one.
#[actix_web::test]
async fn a_session_costs_one_statement_a_second() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let workspace = owner.get("/api/me").await.ok().json["workspace"]["id"].as_str().unwrap().to_owned();
    let cookie = format!("clockwork={}", owner.cookie("clockwork").unwrap());
    let ask = |path: &str| app.request(Method::GET, path).header("Cookie", &cookie);
    let without = {
        let plain = TestApp::spawn().await;
        plain.get("/api/projects").await.ok();
        sent_by(&plain, plain.request(Method::GET, "/api/projects")).await
    };
    for path in ["/api/projects".to_owned(), format!("/api/workspaces/{workspace}/projects")] {
        // With the note of the use, which is part of the statement, and without.
        for pause in [61, 1, 1] {
            app.advance(TimeDelta::seconds(pause));
            assert_eq!(sent_by(&app, ask(&path)).await, without + 1, "{path}");
            assert_eq!(sent_by(&app, ask(&path)).await, without, "{path}: within a second");
        }
    }
    let noted = app.sql().await.query_one("SELECT max(last_seen_at) FROM sessions", &[]).await.unwrap();
    let noted: chrono::DateTime<chrono::Utc> = noted.get(0);
    assert!(app.now() - noted < TimeDelta::seconds(60), "to the minute");
    // Without credentials nothing is looked up.
    let nobody = app.request(Method::GET, "/api/projects").sent_without_credentials();
    assert_eq!(sent_by(&app, nobody).await, 0);
    let garbage = app.request(Method::GET, "/api/projects").header("Authorization", "Bearer cwk_garbage");
    assert_eq!(sent_by(&app, garbage).await, 0, "the checksum tells");
}
