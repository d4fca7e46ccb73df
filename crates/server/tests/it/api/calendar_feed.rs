//! `/api/calendar-feed` and `/api/calendar-feeds/{feedToken}`

use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use reqwest::Method;

use super::reports::{Office, Tracked};
use crate::harness::{Answer, SentAs, TestApp};

const OWN: &str = "/api/calendar-feed";

/// The path of a feed that was made.
fn path(made: &Answer) -> String {
    let url = made.json["url"].as_str().unwrap();
    let (_, token) = url.split_once("/api/calendar-feeds/").unwrap();
    assert_eq!(token.len(), 43);
    format!("/api/calendar-feeds/{token}")
}

/// Reads a feed as a calendar does, which has no account.
async fn read(app: &TestApp, path: &str) -> Answer {
    app.send(app.request(Method::GET, path).sent_without_credentials()).await
}

#[actix_web::test]
async fn a_feed_has_the_entries_of_its_owner_with_identifiers_that_stay() {
    let office = Office::new().await;
    let manager = office.as_manager().await;
    let own = Tracked::mine(&office.design, "2026-03-01 08:00Z", "2026-03-01 09:00Z").of(manager.caller);
    let id = office.tracked(Tracked { description: "Own", ..own }).await;
    let old = Tracked::mine(&office.design, "2025-11-01 08:00Z", "2025-11-01 09:00Z").of(manager.caller);
    office.tracked(Tracked { description: "Long ago", ..old }).await;
    let running = Tracked::mine(&office.design, "2026-03-02 08:00Z", "").of(manager.caller);
    office.tracked(Tracked { description: "Running", stop: None, ..running }).await;
    let other = Tracked::mine(&office.design, "2026-03-01 10:00Z", "2026-03-01 11:00Z");
    office.tracked(Tracked { description: "Of another", ..other }).await;
    let feed = path(&manager.act(OWN).await.created());
    let first = read(&office, &feed).await.ok();
    assert_eq!(first.header("content-type"), "text/calendar; charset=utf-8");
    for (header, value) in [("x-robots-tag", "noindex, nofollow"), ("referrer-policy", "no-referrer")] {
        assert_eq!(first.header(header), value);
    }
    assert_eq!(first.text.matches("BEGIN:VEVENT").count(), 1, "{}", first.text);
    for line in [format!("UID:{id}@clockwork"), "DTSTART:20260301T080000Z".to_owned(), "SUMMARY:Own".to_owned()] {
        assert!(first.text.split("\r\n").any(|found| found == line), "{line}: {}", first.text);
    }
    // Time passes, and nothing has changed.
    office.advance(TimeDelta::minutes(5));
    let tag = first.header("etag");
    let again = office.request(Method::GET, &feed).sent_without_credentials().header("If-None-Match", tag);
    let again = office.send(again).await.is(304);
    assert_eq!((again.header("etag"), again.text.as_str()), (tag, ""));
    let changed = serde_json::json!({"description": "Renamed"});
    manager.patch(&format!("/api/time/entries/{id}"), changed).await.ok();
    let request = office.request(Method::GET, &feed).sent_without_credentials().header("If-None-Match", tag);
    let renamed = office.send(request).await.ok();
    assert!(renamed.text.contains(&format!("UID:{id}@clockwork")) && renamed.text.contains("SUMMARY:Renamed"));
    assert_ne!(renamed.header("etag"), tag);
}

#[actix_web::test]
async fn an_address_ends_with_another_one_with_its_revocation_and_with_the_membership() {
    let app = TestApp::spawn().await;
    let member = app.as_member().await;
    member.get(OWN).await.refused(404, "not_found");
    member.delete(OWN).await.refused(404, "not_found");
    let first = path(&member.act(OWN).await.created());
    read(&app, &first).await.ok();
    let shown = member.get(OWN).await.ok();
    assert!(shown.json["createdAt"].is_string() && !shown.text.contains("url"), "{}", shown.text);
    let second = path(&member.act(OWN).await.created());
    read(&app, &first).await.refused(404, "not_found");
    read(&app, &second).await.ok();
    // It opens nothing else, and a viewer has no entries of their own.
    let secret = second.rsplit('/').next().unwrap();
    let request = app.request(Method::GET, "/api/time/entries").sent_without_credentials().bearer_auth(secret);
    app.send(request).await.refused(401, "unauthenticated");
    app.as_viewer().await.act(OWN).await.refused(403, "forbidden");
    member.delete(OWN).await.is(204);
    read(&app, &second).await.refused(404, "not_found");
    let third = path(&member.act(OWN).await.created());
    let user = member.caller.user();
    app.execute(&format!("UPDATE users SET disabled_at = now() WHERE id = '{user}'")).await;
    read(&app, &third).await.refused(404, "not_found");
    app.execute(&format!("UPDATE users SET disabled_at = NULL WHERE id = '{user}'")).await;
    read(&app, &third).await.ok();
    app.delete(&format!("/api/members/{user}")).await.is(204);
    read(&app, &third).await.refused(404, "not_found");
    let stored = "SELECT count(*) FROM audit_log WHERE action IN ('calendar_feed.created', 'calendar_feed.revoked')";
    assert_eq!(app.count(stored).await, 4);
}

/// The address goes on showing what the member had tracked before.
#[actix_web::test]
async fn a_member_who_has_become_a_viewer_sees_and_revokes_the_address_and_makes_none() {
    let app = TestApp::spawn().await;
    let (member, user) = (app.as_member().await, app.as_viewer().await);
    let feed = path(&member.act(OWN).await.created());
    let id = member.caller.user();
    app.patch(&format!("/api/members/{id}"), serde_json::json!({"role": "viewer"})).await.ok();
    read(&app, &feed).await.ok();
    assert!(member.get(OWN).await.ok().json["createdAt"].is_string());
    member.with_token(TokenScope::Read).get(OWN).await.ok();
    member.act(OWN).await.refused(403, "forbidden");
    member.with_token(TokenScope::Read).delete(OWN).await.refused(403, "forbidden");
    // Another one's is nobody's business.
    user.get(OWN).await.refused(404, "not_found");
    user.delete(OWN).await.refused(404, "not_found");
    member.delete(OWN).await.is(204);
    read(&app, &feed).await.refused(404, "not_found");
    member.get(OWN).await.refused(404, "not_found");
}

#[actix_web::test]
async fn made_up_addresses_have_to_wait() {
    let app = TestApp::spawn().await;
    let member = app.as_member().await;
    let feed = path(&member.act(OWN).await.created());
    for number in 0..51 {
        read(&app, &format!("/api/calendar-feeds/made-up-{number}")).await.refused(404, "not_found");
    }
    read(&app, "/api/calendar-feeds/made-up").await.refused(429, "too_many_attempts");
    read(&app, &feed).await.ok();
}
