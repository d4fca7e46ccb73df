//! The deletion of a user's own account: what it says first, the week in which it can be undone, and what is left.

use chrono::{DateTime, TimeDelta, Utc};
use clockwork_core::access::Role;
use clockwork_core::accounts::deletion::{self, EraseAccount, Progress};
use clockwork_core::accounts::placeholders::{self, ClaimPlaceholder};
use clockwork_core::mail::Mail;
use clockwork_core::values::ids::{UserId, WorkspaceId};
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Browser, Mails, PASSWORD, TestApp};

const BOB: &str = "bob@example.org";

impl TestApp {
    /// What the job does that is due at an instant.
    async fn erase(&self, user: UserId, due_at: DateTime<Utc>) -> Progress {
        let db = self.db();
        let mut conn = db.conn().await.unwrap();
        let job = EraseAccount { user, due_at };
        deletion::erase_batch(&mut conn, &self.mails, job, self.now()).await.unwrap()
    }
}

/// The instant that the answer to a request names.
fn due_at(answer: &Value) -> DateTime<Utc> {
    answer["dueAt"].as_str().unwrap().parse().unwrap()
}

/// Requests the deletion, and lets the week pass.
async fn request(app: &TestApp, browser: &Browser<'_>) -> DateTime<Utc> {
    let due = due_at(&browser.act("/api/auth/deletion").await.is(202).json);
    app.advance(TimeDelta::days(7));
    due
}

#[actix_web::test]
async fn it_says_what_stays_and_can_be_undone_for_a_week() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let own = bob.post("/api/workspaces", json!({"name": "Own place"})).await.created().id();
    let elsewhere = Browser::new(&app);
    elsewhere.sign_in(BOB).await.ok();

    let preview = bob.get("/api/auth/deletion").await.ok().json;
    assert_eq!((&preview["dueAt"], &preview["lastAdministrator"]), (&Value::Null, &json!(false)));
    let fates: Vec<_> = preview["workspaces"].as_array().unwrap().iter().map(|w| (&w["id"], &w["fate"])).collect();
    let here = json!(app.workspace());
    assert_eq!(fates, [(&here, &json!("stays")), (&json!(own), &json!("deleted"))]);

    // Two at once are one request.
    let both = join_all([bob.act("/api/auth/deletion"), bob.act("/api/auth/deletion")]).await;
    let due = app.now() + TimeDelta::days(7);
    for answer in both {
        assert_eq!(due_at(&answer.is(202).json), due);
    }
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'erase_account'").await, 1);
    let noted = "SELECT count(*) FROM audit_log WHERE action = 'account.deletion_requested'";
    assert_eq!(app.count(noted).await, 1);
    assert!(matches!(app.mails.to(BOB)[..], [.., Mail::AccountDeletion { .. }]), "{:?}", app.mails.to(BOB));
    assert!(!elsewhere.is_signed_in().await, "other sessions have ended");
    assert!(bob.is_signed_in().await);

    // A later sign-in offers to undo it.
    app.advance(TimeDelta::days(6));
    let session = elsewhere.sign_in(BOB).await.ok().json;
    assert_eq!(session["user"]["deletionDueAt"], json!(due));
    let user = UserId(session["user"]["id"].as_str().unwrap().parse().unwrap());
    elsewhere.delete("/api/auth/deletion").await.is(204);
    elsewhere.delete("/api/auth/deletion").await.is(204);
    assert_eq!(elsewhere.get("/api/auth/session").await.ok().json["user"]["deletionDueAt"], Value::Null);
    let undone = "SELECT count(*) FROM audit_log WHERE action = 'account.deletion_undone'";
    assert_eq!(app.count(undone).await, 1);

    // The job of the deletion that was undone finds another one.
    let again = due_at(&elsewhere.act("/api/auth/deletion").await.is(202).json);
    app.advance(TimeDelta::days(2));
    assert_eq!(app.erase(user, due).await, Progress::Ended);
    assert!(elsewhere.is_signed_in().await);
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'erase_account'").await, 2);
    assert!(again > due);
}

/// The queue goes by the database's clock: the one that has a job says that it is due.
#[actix_web::test]
async fn a_server_whose_clock_is_late_deletes_the_account_all_the_same() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let user = UserId(bob.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().parse().unwrap());
    let due = due_at(&bob.act("/api/auth/deletion").await.is(202).json);
    let waits =
        "SELECT count(*) FROM jobs WHERE kind = 'erase_account' AND run_at > now() + interval '6 days 23 hours'";
    assert_eq!(app.count(waits).await, 1, "no worker takes it before");
    app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(app.erase(user, due).await, Progress::Ended);
    assert_eq!(app.count("SELECT count(*) FROM users WHERE erased_at IS NOT NULL").await, 1);
    bob.get("/api/me").await.refused(401, "unauthenticated");
}

#[actix_web::test]
async fn entries_stay_in_workspaces_of_others_and_nothing_else_of_the_user() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let user = bob.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().to_owned();
    bob.send(Method::PATCH, "/api/me", Some(json!({"name": "Robert Sole"}))).await.ok();
    let token = bob.post("/api/auth/tokens", json!({"name": "ci", "scope": "track"})).await.created().json;
    let own = bob.post("/api/workspaces", json!({"name": "Own place"})).await.created().id();
    let project = owner.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let path = format!("/api/projects/{project}/categories");
    let category = owner.post(&path, json!({"name": "Design"})).await.created().id();
    let from = app.now() - TimeDelta::hours(2);
    let body = json!({"categoryId": category, "startedAt": from, "stoppedAt": from + TimeDelta::hours(1)});
    let entry = bob.post("/api/time/entries", body).await.created().id();
    let running = bob.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    // Reports that are sent by mail: the user's own, and one of the owner's to both.
    let me = owner.get("/api/me").await.ok().json["user"]["id"].clone();
    for (sender, readers) in [(&bob, json!([user])), (&owner, json!([user, me]))] {
        let saved = sender.post("/api/saved-reports", json!({"name": "Weekly", "query": ""})).await.created().id();
        let body =
            json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": readers});
        sender.post(&format!("/api/saved-reports/{saved}/schedules"), body).await.created();
    }

    let due = request(&app, &bob).await;
    let id = UserId(user.parse().unwrap());
    assert_eq!(app.erase(id, due).await, Progress::Ended);

    // Signed in nowhere, and nowhere to sign in.
    bob.get("/api/me").await.refused(401, "unauthenticated");
    let secret = format!("Bearer {}", token["secret"].as_str().unwrap());
    Browser::new(&app).with("Authorization", &secret).get("/api/me").await.refused(401, "unauthenticated");
    let again = json!({"email": BOB, "password": PASSWORD});
    Browser::new(&app).post("/api/auth/sign-in", again).await.refused(401, "wrong_credentials");

    // The owner has what was tracked, of a member without a name.
    let members = owner.get("/api/members?former=true").await.ok();
    assert_eq!((members.each("id"), members.each("name")), (vec![json!(user)], vec![json!("Former member")]));
    assert_eq!(members.each("email"), [Value::Null]);
    for kept in [&entry, &running] {
        let kept = owner.get(&format!("/api/time/entries/{kept}")).await.ok().json;
        assert_eq!(kept["userId"], json!(user));
        assert!(kept["stoppedAt"].is_string(), "the timer was stopped: {kept}");
    }
    // The workspace in which the user was alone goes.
    assert_eq!(app.count("SELECT count(*) FROM workspaces WHERE deleted_at IS NOT NULL").await, 1);
    let erased = format!("SELECT count(*) FROM jobs WHERE kind = 'erase_workspace' AND unique_key = '{own}'");
    assert_eq!(app.count(&erased).await, 1);

    // No table has the name or the address, nor anything that opens the account.
    let contents = app.contents().await;
    for (table, rows) in &contents {
        for row in rows {
            assert!(!row.contains("Robert Sole") && !row.contains(BOB), "{table}: {row}");
        }
    }
    let tables = ["sessions", "api_tokens", "one_time_tokens", "known_devices", "second_factors", "sign_on_identities"];
    for table in tables {
        assert_eq!(app.count(&format!("SELECT count(*) FROM {table} WHERE user_id = '{user}'")).await, 0, "{table}");
    }
    let left = |table: &str| format!("SELECT count(*) FROM {table}");
    assert_eq!(app.count(&left("report_schedules")).await, 1);
    assert_eq!(app.count(&left("report_schedule_recipients")).await, 1);
    // Twice is once.
    assert_eq!(app.erase(id, due).await, Progress::Ended);
    assert_eq!(app.contents().await, contents);
    // The address is free.
    app.signed_in(BOB, "member").await;
}

/// A calendar feed, and a saved report that is sent and has a link: where a visitor follows each of them.
async fn made_public(browser: &Browser<'_>, workspace: WorkspaceId) -> (String, String) {
    let path = |rest: &str| format!("/api/workspaces/{workspace}/{rest}");
    let feed = browser.post(&path("calendar-feed"), json!({})).await.created().json["url"].as_str().unwrap().to_owned();
    let report = json!({"name": "Robert's hours", "query": "range=last-month"});
    let report = browser.post(&path("saved-reports"), report).await.created().id();
    let link = browser.post(&path(&format!("saved-reports/{report}/links")), json!({})).await.created();
    let secret = link.json["url"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    (feed[feed.find("/api/").unwrap()..].to_owned(), secret)
}

#[actix_web::test]
async fn what_the_user_has_made_public_ends_with_the_account_in_workspaces_that_were_left_before_as_well() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let user = UserId(bob.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().parse().unwrap());
    let left = app.add_workspace().await.workspace;
    app.join(user, left, Role::Member).await;
    let reader = json!([user]);
    let weekly = owner.post("/api/saved-reports", json!({"name": "Weekly", "query": ""})).await.created().id();
    let schedule = json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": reader});
    owner.post(&format!("/api/saved-reports/{weekly}/schedules"), schedule).await.created();
    let row = app.sql().await.query_one("SELECT stop_token FROM report_schedule_recipients", &[]).await.unwrap();
    let stop: String = row.get(0);
    let public = [made_public(&bob, left).await, made_public(&bob, app.workspace()).await];
    let visitor = Browser::new(&app);
    for (feed, link) in &public {
        visitor.get(feed).await.ok();
        visitor.post("/api/report-links/open", json!({"token": link})).await.ok();
    }
    // The claim of a placeholder, whose entries a job is about to move.
    let ghost = "80000000-0000-8000-8000-000000000001";
    app.execute(&format!(
        "INSERT INTO users (id, name, created_at, updated_at) VALUES ('{ghost}', 'Robert of the file', now(), now());
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at, claimed_by, claimed_at)
             VALUES ('{workspace}', '{ghost}', 'member', now(), now(), '{user}', now());
         INSERT INTO imported_people (id, workspace_id, user_id, email, created_at)
             VALUES (gen_random_uuid(), '{workspace}', '{ghost}', 'robert@old.example', now())",
        workspace = app.workspace()
    ))
    .await;
    app.execute(&format!(
        "UPDATE memberships SET left_at = now() WHERE workspace_id = '{left}' AND user_id = '{user}'"
    ))
    .await;

    let due = request(&app, &bob).await;
    assert_eq!(app.erase(user, due).await, Progress::Ended);
    for (feed, link) in &public {
        visitor.get(feed).await.refused(404, "not_found");
        visitor.post("/api/report-links/open", json!({"token": link})).await.refused(403, "token_refused");
    }
    visitor.act(&format!("/api/scheduled-reports/{stop}/stop")).await.refused(403, "token_refused");
    for table in ["calendar_feeds", "report_links", "report_schedule_recipients"] {
        assert_eq!(app.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    assert_eq!(app.count("SELECT count(*) FROM saved_reports WHERE name <> 'Weekly'").await, 0);

    // What the job of the claim moves afterwards belongs to nobody that could be named.
    let job = ClaimPlaceholder { workspace: app.workspace(), placeholder: UserId(ghost.parse().unwrap()) };
    let db = app.db();
    placeholders::move_claimed(&mut db.conn().await.unwrap(), job, app.now()).await.unwrap();
    // As if the job had looked at the account just before it was deleted, and had written just after.
    app.execute(&format!(
        "INSERT INTO imported_people (id, workspace_id, user_id, email, created_at)
         VALUES (gen_random_uuid(), '{}', '{user}', 'robert@old.example', now())",
        app.workspace()
    ))
    .await;
    app.advance(TimeDelta::hours(1));
    assert_eq!(app.erase(user, due).await, Progress::Ended, "an hour later");
    for (table, rows) in app.contents().await {
        for row in rows {
            assert!(!row.contains("Robert") && !row.contains("robert@"), "{table}: {row}");
        }
    }
}

#[actix_web::test]
async fn neither_a_workspace_nor_the_installation_is_left_without_an_owner() {
    let app = TestApp::with_accounts().await;
    let ada = app.owned_by("ada@example.org").await;
    ada.act("/api/auth/deletion").await.refused(409, "last_administrator");
    app.signed_in(BOB, "member").await;
    app.execute(&format!("UPDATE users SET administrator = true WHERE email = '{BOB}'")).await;
    let preview = ada.get("/api/auth/deletion").await.ok().json;
    assert_eq!(
        (&preview["lastAdministrator"], &preview["workspaces"][0]["fate"]),
        (&json!(false), &json!("needs_owner"))
    );
    ada.act("/api/auth/deletion").await.refused(409, "last_owner");
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'erase_account'").await, 0);

    // With another owner it can be requested. That one leaves before it is due: it is called off, and the user is told.
    app.execute("UPDATE memberships SET role = 'owner'").await;
    let due = request(&app, &ada).await;
    app.execute(&format!(
        "UPDATE memberships SET role = 'member' WHERE user_id = (SELECT id FROM users WHERE email = '{BOB}')"
    ))
    .await;
    let user = UserId(clockwork_core::accounts::workspaces::BUILT_IN_CALLER.user().0);
    assert_eq!(app.erase(user, due).await, Progress::Ended);
    assert!(matches!(app.mails.to("ada@example.org")[..], [.., Mail::AccountDeletionCalledOff]));
    assert_eq!(app.count("SELECT count(*) FROM users WHERE erased_at IS NOT NULL").await, 0);
    let back = Browser::new(&app);
    assert_eq!(back.sign_in("ada@example.org").await.ok().json["user"]["deletionDueAt"], Value::Null);
}

#[actix_web::test]
async fn of_two_administrators_whose_accounts_are_due_at_once_one_stays() {
    let app = TestApp::with_accounts().await;
    let ada = app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "owner").await;
    app.signed_in("eve@example.org", "owner").await;
    app.execute(&format!("UPDATE users SET administrator = true WHERE email = '{BOB}'")).await;
    let mut users = Vec::new();
    for browser in [&ada, &bob] {
        let id = browser.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().parse().unwrap();
        let due = due_at(&browser.act("/api/auth/deletion").await.is(202).json);
        users.push((UserId(id), due));
    }
    app.advance(TimeDelta::days(7));
    let both = join(app.erase(users[0].0, users[0].1), app.erase(users[1].0, users[1].1)).await;
    assert_eq!(both, (Progress::Ended, Progress::Ended));
    assert_eq!(app.count("SELECT count(*) FROM users WHERE erased_at IS NOT NULL").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM users WHERE administrator").await, 1);
}

#[actix_web::test]
async fn undoing_it_while_the_job_runs_leaves_all_of_the_account_or_nothing() {
    let app = TestApp::with_accounts_and(&[], Mails::off()).await;
    app.owned_by("ada@example.org").await;
    for round in 0..10 {
        let email = format!("member{round}@example.org");
        let user = app.add_account(&email, "member").await;
        let browser = Browser::new(&app);
        browser.sign_in(&email).await.ok();
        let due = request(&app, &browser).await;
        let (undone, progress) = join(browser.delete("/api/auth/deletion"), app.erase(user, due)).await;
        assert_eq!(progress, Progress::Ended);
        let user = user.0;
        let whole = app.count(&format!("SELECT count(*) FROM sessions WHERE user_id = '{user}'")).await;
        let gone = app
            .count(&format!(
                "SELECT count(*) FROM users WHERE id = '{user}' AND erased_at IS NOT NULL AND email IS NULL"
            ))
            .await;
        let member =
            app.count(&format!("SELECT count(*) FROM memberships WHERE user_id = '{user}' AND left_at IS NULL")).await;
        assert_eq!((whole, member), (1 - gone, 1 - gone), "{}", undone.text);
        assert!([204, 401].contains(&undone.status.as_u16()), "{}", undone.text);
    }
}

#[actix_web::test]
async fn each_operation_sends_as_many_statements_as_it_needs() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in(BOB, "member").await;
    let cookie = format!("clockwork={}", bob.cookie("clockwork").unwrap());
    // Believed from here on, for as long as the clock of the test stands still.
    bob.get("/api/auth/deletion").await.ok();
    let mut sent = Vec::new();
    for (method, path) in [
        (Method::GET, "/api/auth/deletion"),
        (Method::POST, "/api/auth/deletion"),
        (Method::DELETE, "/api/auth/deletion"),
        (Method::POST, "/api/auth/export"),
        (Method::GET, "/api/auth/export"),
    ] {
        let request = app.request(method, path).header("Cookie", &cookie);
        sent.push(crate::statements::sent_by(&app, request).await);
    }
    assert_eq!(sent, [3, 10, 7, 7, 1]);
}

#[actix_web::test]
async fn without_accounts_there_is_none_to_delete() {
    let app = TestApp::spawn().await;
    app.get("/api/auth/deletion").await.refused(409, "accounts_disabled");
    app.act("/api/auth/deletion").await.refused(409, "accounts_disabled");
}
