//! `/api/saved-reports/{savedReportId}/links` and `/api/report-links/open`

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::reports::{Office, Tracked};
use crate::harness::{Answer, As, SentAs, TestApp};

const OPEN: &str = "/api/report-links/open";
const PASSWORD: &str = "an unusual phrase for visitors";

/// The secret of a link that was made.
fn secret(made: &Answer) -> String {
    let url = made.json["url"].as_str().unwrap();
    let (page, secret) = url.split_once("#token=").unwrap();
    assert!(page.ends_with("/shared-report"), "{page}");
    secret.to_owned()
}

/// Sends what a visitor sends, who has no account.
async fn open(app: &TestApp, body: Value) -> Answer {
    app.send(app.request(Method::POST, OPEN).sent_without_credentials().json(&body)).await
}

async fn opened(app: &TestApp, token: &str) -> Value {
    open(app, json!({"token": token})).await.ok().json
}

/// Saves a report and makes a link to it.
async fn linked(sender: As<'_>, query: &str) -> (String, String) {
    let saved = sender.post("/api/saved-reports", json!({"name": "Shared", "query": query})).await.created().id();
    let links = format!("/api/saved-reports/{saved}/links");
    let made = sender.post(&links, json!({})).await.created();
    (links, secret(&made))
}

fn seconds(report: &Value) -> i64 {
    report["summary"]["total"]["durationSeconds"].as_i64().unwrap()
}

#[actix_web::test]
async fn a_link_shows_the_numbers_of_the_report_and_nothing_that_a_visitor_asks_for() {
    let office = Office::new().await;
    let owner = office.as_owner().await;
    // The clock of the test shows 2 March 2026.
    office.tracked(Tracked::mine(&office.design, "2026-02-10 08:00Z", "2026-02-10 09:00Z")).await;
    office.tracked(Tracked::mine(&office.meetings, "2026-02-11 08:00Z", "2026-02-11 08:30Z")).await;
    office.tracked(Tracked::mine(&office.meetings, "2026-01-11 08:00Z", "2026-01-11 10:30Z")).await;
    let (_, token) = linked(owner, &format!("range=last-month&by=project&project={}", office.website)).await;
    let answer = open(&office, json!({"token": token})).await.ok();
    for (header, value) in
        [("x-robots-tag", "noindex, nofollow"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")]
    {
        assert_eq!(answer.header(header), value);
    }
    let asked = format!("fromDate=2026-02-01&toDate=2026-02-28&groupBy=project&projectId={}", office.website);
    let mut summary = office.summary(&asked).await;
    assert_eq!(summary["total"]["durationSeconds"], 3_600);
    let mut shown = answer.json["summary"].clone();
    for answer in [&mut summary, &mut shown] {
        answer["asOf"].take();
    }
    assert_eq!(shown, summary, "the same question gives the same numbers");
    assert_eq!((&answer.json["name"], &answer.json["entries"]), (&json!("Shared"), &json!(null)));
    // Neither the body nor the query string changes the question.
    for body in [
        json!({"token": token, "fromDate": "2026-01-01"}),
        json!({"token": token, "range": "last-year"}),
        json!({"token": token, "query": ""}),
        json!({"token": token, "amounts": true}),
    ] {
        open(&office, body).await.refused(400, "invalid_json");
    }
    let path = format!("{OPEN}?fromDate=2026-01-01&toDate=2026-12-31&range=year&project=");
    let request = office.request(Method::POST, &path).sent_without_credentials().json(&json!({"token": token}));
    assert_eq!(seconds(&office.send(request).await.ok().json), 3_600);
    // The secret opens nothing else, however it is sent.
    for path in ["/api/me", "/api/reports/summary?fromDate=2026-01-01&toDate=2026-12-31", "/api/saved-reports"] {
        let request = office.request(Method::GET, path).sent_without_credentials().bearer_auth(&token);
        office.send(request).await.refused(401, "unauthenticated");
    }
    // A month later the report is about another month.
    office.advance(TimeDelta::days(31));
    assert_eq!(seconds(&opened(&office, &token).await), 0);
}

#[actix_web::test]
async fn every_answer_to_a_visitor_is_kept_by_nothing_and_listed_nowhere() {
    let app = TestApp::spawn().await;
    let feed = app.post("/api/calendar-feed", json!({})).await.created().json["url"].as_str().unwrap().to_owned();
    let feed = &feed[feed.find("/api/").unwrap()..];
    let secret = "x".repeat(43);
    let (stop, unknown) = (format!("/api/scheduled-reports/{secret}/stop"), format!("/api/calendar-feeds/{secret}"));
    for (method, path, body, status) in [
        (Method::POST, OPEN, json!({"token": secret}), 403),
        (Method::POST, OPEN, json!({"token": 1}), 400),
        (Method::GET, OPEN, Value::Null, 405),
        (Method::GET, "/api/report-links/other", Value::Null, 404),
        (Method::POST, stop.as_str(), Value::Null, 403),
        (Method::GET, stop.as_str(), Value::Null, 303),
        (Method::GET, "/api/scheduled-reports/x/stop", Value::Null, 404),
        (Method::DELETE, stop.as_str(), Value::Null, 405),
        (Method::GET, unknown.as_str(), Value::Null, 404),
        (Method::GET, feed, Value::Null, 200),
    ] {
        let mut request = app.request(method.clone(), path).sent_without_credentials();
        if !body.is_null() {
            request = request.json(&body);
        }
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = Answer::read(client.execute(request.build().unwrap()).await.unwrap()).await.is(status);
        let kept = if status == 200 { "private, no-cache" } else { "no-store" };
        for (header, value) in
            [("cache-control", kept), ("x-robots-tag", "noindex, nofollow"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(answer.header(header), value, "{method} {path} {status}: {header}");
        }
    }
    // Too many wrong tries.
    let mut answer = open(&app, json!({"token": secret})).await;
    for _ in 0..1_000 {
        if answer.status == 429 {
            break;
        }
        answer = open(&app, json!({"token": secret})).await;
    }
    let answer = answer.refused(429, "too_many_attempts");
    assert_eq!((answer.header("cache-control"), answer.header("x-robots-tag")), ("no-store", "noindex, nofollow"));
    assert_eq!(app.get("/api/nothing").await.header("x-robots-tag"), "");
}

#[actix_web::test]
async fn a_detailed_report_comes_in_pages_of_what_the_owner_sees() {
    let office = Office::new().await;
    let member = office.as_member().await;
    office
        .execute(&format!(
            "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
             SELECT gen_random_uuid(), c.workspace_id, '{}', c.project_id, c.id, '2026-03-02 00:00Z'::timestamptz + n * interval '1 minute',
                    '2026-03-02 00:01Z'::timestamptz + n * interval '1 minute', now(), now()
             FROM categories c, generate_series(1, 501) n WHERE c.id = '{}'",
            member.caller.user(),
            office.design
        ))
        .await;
    office.tracked(Tracked::mine(&office.design, "2026-03-02 08:00Z", "2026-03-02 09:00Z")).await;
    let (_, token) = linked(member, "view=detailed&from=2026-03-02&to=2026-03-02").await;
    let first = opened(&office, &token).await;
    assert_eq!((seconds(&first), first["entries"].as_array().unwrap().len()), (501 * 60, 500));
    let next = &first["nextCursor"];
    assert!(next.is_string(), "{next}");
    let second = open(&office, json!({"token": token, "cursor": next})).await.ok().json;
    let entries = second["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &second["nextCursor"]), (1, &json!(null)));
    assert_eq!(entries[0]["startedAt"], "2026-03-02T00:01:00Z");
    open(&office, json!({"token": token, "cursor": "x"})).await.refused(400, "invalid_cursor");
}

#[actix_web::test]
async fn a_link_opens_as_much_as_its_owner_may_see_at_that_moment() {
    let office = Office::new().await;
    let manager = office.as_manager().await;
    office.tracked(Tracked::mine(&office.design, "2026-03-02 08:00Z", "2026-03-02 09:00Z")).await;
    let own = Tracked::mine(&office.design, "2026-03-02 09:00Z", "2026-03-02 09:10Z").of(manager.caller);
    office.tracked(own).await;
    let (_, token) = linked(manager, "from=2026-03-02&to=2026-03-02").await;
    assert_eq!(seconds(&opened(&office, &token).await), 4_200);
    let member = format!("/api/members/{}", manager.caller.user());
    office.patch(&member, json!({"role": "member"})).await.ok();
    assert_eq!(seconds(&opened(&office, &token).await), 600, "a member sees own entries");
    let user = manager.caller.user();
    office.execute(&format!("UPDATE users SET disabled_at = now() WHERE id = '{user}'")).await;
    open(&office, json!({"token": token})).await.refused(403, "token_refused");
    office.execute(&format!("UPDATE users SET disabled_at = NULL WHERE id = '{user}'")).await;
    assert_eq!(seconds(&opened(&office, &token).await), 600);
    office.delete(&member).await.is(204);
    open(&office, json!({"token": token})).await.refused(403, "token_refused");
}

#[actix_web::test]
async fn links_that_were_revoked_or_have_expired_open_nothing_and_all_have_the_same_answer() {
    let app = TestApp::spawn().await;
    let owner = app.as_owner().await;
    let (links, revoked) = linked(owner, "").await;
    let soon = json!({"expiresAt": app.now() + TimeDelta::hours(1)});
    let expired = secret(&owner.post(&links, soon).await.created());
    let listed = owner.get(&links).await.ok();
    assert_eq!(listed.each("hasPassword"), [json!(false), json!(false)]);
    assert!(!listed.text.contains(&revoked) && !listed.text.contains("url"), "{}", listed.text);
    opened(&app, &expired).await;
    let first = listed.json[0]["id"].as_str().unwrap();
    owner.delete(&format!("{links}/{first}")).await.is(204);
    owner.delete(&format!("{links}/{first}")).await.refused(404, "not_found");
    app.advance(TimeDelta::hours(1));
    let mut answers = Vec::new();
    for token in [revoked.as_str(), expired.as_str(), "never-made"] {
        let answer = open(&app, json!({"token": token})).await.refused(403, "token_refused");
        answers.push(answer.json["message"].clone());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    owner
        .post(&links, json!({"expiresAt": app.now()}))
        .await
        .refused(400, "invalid_time")
        .names("expiresAt", "out_of_range");
    // With the report its links are gone.
    let kept = secret(&owner.post(&links, json!({})).await.created());
    owner.delete(links.trim_end_matches("/links")).await.is(204);
    open(&app, json!({"token": kept})).await.refused(403, "token_refused");
    let stored = app.count("SELECT count(*) FROM report_links").await;
    assert_eq!(stored, 0);
    let actions = "SELECT count(*) FROM audit_log WHERE action IN ('report_link.created', 'report_link.revoked')";
    assert_eq!(app.count(actions).await, 4);
}

#[actix_web::test]
async fn a_password_is_asked_for_and_wrong_ones_have_to_wait() {
    let app = TestApp::spawn().await;
    let owner = app.as_owner().await;
    let (links, _) = linked(owner, "").await;
    owner
        .post(&links, json!({"password": "short"}))
        .await
        .refused(400, "invalid_password")
        .names("password", "too_short");
    let made = owner.post(&links, json!({"password": PASSWORD})).await.created();
    assert_eq!(made.json["hasPassword"], true);
    let token = secret(&made);
    let stored = "SELECT count(*) FROM report_links WHERE password_hash LIKE '$argon2id$%' OR password_hash IS NULL";
    assert_eq!(app.count(stored).await, 2);
    open(&app, json!({"token": token})).await.refused(403, "link_password_required");
    open(&app, json!({"token": token, "password": PASSWORD})).await.ok();
    for _ in 0..6 {
        let wrong = json!({"token": token, "password": "another unusual phrase"});
        open(&app, wrong).await.refused(403, "wrong_link_password");
    }
    let waits = open(&app, json!({"token": token, "password": PASSWORD})).await.refused(429, "too_many_attempts");
    app.advance(TimeDelta::seconds(waits.header("retry-after").parse().unwrap()));
    open(&app, json!({"token": token, "password": PASSWORD})).await.ok();
}

#[actix_web::test]
async fn links_are_made_listed_and_revoked_by_the_owner_of_the_report_alone() {
    let app = TestApp::spawn().await;
    let owner = app.as_owner().await;
    let member = app.as_member().await;
    let saved = member.post("/api/saved-reports", json!({"name": "Mine", "query": ""})).await.created().id();
    let report = format!("/api/saved-reports/{saved}");
    let links = format!("{report}/links");
    let made = member.post(&links, json!({})).await.created().id();
    let one = format!("{links}/{made}");
    let stranger = app.acting_as(app.add_workspace().await);
    for (sender, status, code) in [(owner, 404, "not_found"), (stranger, 404, "not_found")] {
        sender.get(&links).await.refused(status, code);
        sender.post(&links, json!({})).await.refused(status, code);
        sender.delete(&one).await.refused(status, code);
    }
    // A shared report is seen by all, and its links are the owner's.
    member.patch(&report, json!({"shared": true})).await.ok();
    for path in [&links, &one] {
        if path == &links {
            owner.get(path).await.refused(403, "forbidden");
            owner.post(path, json!({})).await.refused(403, "forbidden");
        } else {
            owner.delete(path).await.refused(403, "forbidden");
        }
    }
    // A report of another workspace is none of this one.
    let foreign = stranger.post("/api/saved-reports", json!({"name": "Theirs", "query": ""})).await.created().id();
    member.post(&format!("/api/saved-reports/{foreign}/links"), json!({})).await.refused(404, "not_found");
    member.delete(&format!("/api/saved-reports/{foreign}/links/{made}")).await.refused(404, "not_found");
    member.delete(&one).await.is(204);
}

#[actix_web::test]
async fn the_bound_is_exact_for_two_at_once_and_a_query_that_could_show_more_has_no_link() {
    let app = TestApp::spawn().await;
    let owner = app.as_owner().await;
    let (links, _) = linked(owner, "").await;
    for _ in 0..18 {
        owner.post(&links, json!({})).await.created();
    }
    let both = join_all((0..2).map(|_| owner.post(&links, json!({})))).await;
    let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    owner.post(&links, json!({})).await.refused(409, "limit_reached");
    let (other, token) = linked(owner, "by=project").await;
    let report = other.trim_end_matches("/links");
    owner.patch(report, json!({"query": "project=nonsense"})).await.ok();
    open(&app, json!({"token": token})).await.refused(409, "unreadable_report");
    owner.post(&other, json!({})).await.refused(409, "unreadable_report");
}
