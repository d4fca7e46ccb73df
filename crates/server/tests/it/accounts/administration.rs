//! Administrators of an installation: who they are, and what they do with accounts and jobs.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, Mails, PASSWORD, TestApp};

const USERS: &str = "/api/administration/users";

/// The account with an address, as an administrator sees it.
async fn account(browser: &Browser<'_>, email: &str) -> Value {
    let found = browser.get(&format!("{USERS}?q={email}")).await.ok().json;
    found.as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone()
}

async fn change(browser: &Browser<'_>, user: &Value, body: Value) -> Answer {
    let path = format!("{USERS}/{}", user["id"].as_str().unwrap());
    browser.send(Method::PATCH, &path, Some(body)).await
}

async fn reset_link(browser: &Browser<'_>, user: &Value) -> Answer {
    browser.act(&format!("{USERS}/{}/reset-link", user["id"].as_str().unwrap())).await
}

#[actix_web::test]
async fn accounts_are_listed_without_what_their_users_track() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    app.add_account("grace@example.org", "viewer").await;
    app.execute("UPDATE users SET name = 'Ärger' WHERE email = 'grace@example.org'").await;
    // Neither a placeholder nor what is left of an account is one.
    app.execute(
        "INSERT INTO users (id, name, created_at, updated_at)
         VALUES ('019aa5b6-54c4-8d21-a0c9-6a7d6c7a2f10', 'Placeholder', now(), now())",
    )
    .await;
    app.add_account("gone@example.org", "viewer").await;
    app.execute(
        "UPDATE users SET email = NULL, password_hash = NULL, disabled_at = now(), erased_at = now(), email_verified_at = NULL
         WHERE email = 'gone@example.org'",
    )
    .await;
    let all = owner.get(USERS).await.ok();
    assert_eq!(all.each("email"), ["ada@example.org", "eve@example.org", "grace@example.org"].map(Value::from));
    assert_eq!(all.each("administrator"), [true, false, false].map(Value::from));
    assert_eq!(all.each("workspaces"), [1, 1, 1].map(Value::from));
    let seen: Vec<bool> = all.each("lastSeenAt").iter().map(Value::is_string).collect();
    assert_eq!(seen, [true, true, false]);
    assert_eq!(
        all.json[1].as_object().unwrap().keys().cloned().collect::<Vec<_>>(),
        [
            "administrator",
            "createdAt",
            "deletionDueAt",
            "disabledAt",
            "email",
            "hasPassword",
            "hasSecondFactor",
            "hasSingleSignOn",
            "id",
            "lastSeenAt",
            "name",
            "workspaces"
        ]
    );
    for (q, found) in [
        ("EVE%40", vec!["eve@example.org"]),
        ("%C3%A4RG", vec!["grace@example.org"]),
        ("%25", vec![]),
        ("example.org", vec!["ada@example.org", "eve@example.org", "grace@example.org"]),
    ] {
        let found: Vec<Value> = found.into_iter().map(Value::from).collect();
        assert_eq!(owner.get(&format!("{USERS}?q={q}")).await.ok().each("email"), found, "{q}");
    }
    let first = owner.get(&format!("{USERS}?limit=2")).await.ok();
    let rest = owner.get(&format!("{USERS}?limit=2&cursor={}", first.header("x-next-cursor"))).await.ok();
    assert_eq!((first.each("email").len(), rest.each("email")), (2, vec![json!("grace@example.org")]));
    // The role in a workspace, even that of its owner, opens nothing of this.
    app.execute("UPDATE memberships SET role = 'owner' WHERE role = 'member'").await;
    app.advance(TimeDelta::seconds(1));
    eve.get(USERS).await.refused(403, "administrator_required");
    Browser::new(&app).get(USERS).await.refused(401, "unauthenticated");
}

#[actix_web::test]
async fn a_disabled_account_is_shut_everywhere_and_works_again_when_it_is_enabled() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "manager").await;
    let token = eve.post("/api/auth/tokens", json!({"name": "ci", "scope": "read"})).await.created();
    let bearer = format!("Bearer {}", token.json["secret"].as_str().unwrap());
    let with_token = Browser::new(&app).with("Authorization", &bearer);
    let project = eve.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let path = format!("/api/projects/{project}/categories");
    let category = eve.post(&path, json!({"name": "Design", "parentCategoryId": null})).await.created().id();
    eve.post("/api/time/start", json!({"categoryId": category})).await.created();
    let user = account(&owner, "eve@example.org").await;
    assert_eq!(user["disabledAt"], Value::Null);

    let disabled = change(&owner, &user, json!({"disabled": true})).await.ok().json;
    assert!(disabled["disabledAt"].is_string() && disabled["lastSeenAt"].is_null(), "{disabled}");
    // Here at once; on other servers within a second.
    assert!(!eve.is_signed_in().await && !with_token.is_signed_in().await);
    Browser::new(&app).sign_in("eve@example.org").await.refused(401, "wrong_credentials");
    assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 0, "the timer stops");
    reset_link(&owner, &user).await.refused(409, "account_disabled");
    // Again, nothing changes.
    let again = change(&owner, &user, json!({"disabled": true})).await.ok().json;
    assert_eq!(again["disabledAt"], disabled["disabledAt"]);

    let enabled = change(&owner, &user, json!({"disabled": false})).await.ok().json;
    assert_eq!(enabled["disabledAt"], Value::Null);
    app.advance(TimeDelta::seconds(1));
    assert!(with_token.is_signed_in().await && !eve.is_signed_in().await);
    eve.sign_in("eve@example.org").await.ok();
    assert!(eve.get("/api/time/active").await.ok().json.is_null());
    let id = user["id"].as_str().unwrap();
    for (action, times) in [("user.disabled", 1), ("user.enabled", 1)] {
        let lines = format!(
            "SELECT count(*) FROM audit_log WHERE action = '{action}' AND object_id = '{id}' AND workspace_id IS NULL"
        );
        assert_eq!(app.count(&lines).await, times, "{action}");
    }
}

#[actix_web::test]
async fn there_is_always_an_administrator_and_none_locks_the_own_account() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let (ada, user) = (account(&owner, "ada@example.org").await, account(&owner, "eve@example.org").await);
    change(&owner, &ada, json!({"administrator": false})).await.refused(409, "last_administrator");
    change(&owner, &ada, json!({"disabled": true})).await.refused(409, "own_account");
    change(&eve, &user, json!({"administrator": true})).await.refused(403, "administrator_required");
    let made = change(&owner, &user, json!({"administrator": true})).await.ok().json;
    assert_eq!(made["administrator"], true);
    app.advance(TimeDelta::seconds(1));
    eve.get(USERS).await.ok();
    // One who cannot sign in is none who could take over.
    change(&owner, &user, json!({"disabled": true})).await.ok();
    change(&owner, &ada, json!({"administrator": false})).await.refused(409, "last_administrator");
    change(&owner, &user, json!({"disabled": false})).await.ok();
    eve.sign_in("eve@example.org").await.ok();

    // Of two who act on each other at once, one stays.
    let demote = json!({"administrator": false});
    let (first, second) = tokio::join!(change(&owner, &user, demote.clone()), change(&eve, &ada, demote));
    let mut codes = [first.status.as_u16(), second.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 403], "{} {}", first.text, second.text);
    assert_eq!(app.count("SELECT count(*) FROM users WHERE administrator").await, 1);
}

#[actix_web::test]
async fn no_such_account_and_no_change_are_told_apart() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let ada = account(&owner, "ada@example.org").await;
    assert_eq!(change(&owner, &ada, json!({})).await.ok().json["administrator"], true);
    let absent = json!({"id": "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10"});
    let placeholder = json!({"id": "019aa5b6-54c4-8d21-a0c9-6a7d6c7a2f10"});
    app.execute(
        "INSERT INTO users (id, name, created_at, updated_at)
         VALUES ('019aa5b6-54c4-8d21-a0c9-6a7d6c7a2f10', 'Placeholder', now(), now())",
    )
    .await;
    for user in [absent, placeholder] {
        change(&owner, &user, json!({"disabled": true})).await.refused(404, "not_found");
        reset_link(&owner, &user).await.refused(404, "not_found");
    }
    // Sensitive: within ten minutes of the sign-in only.
    app.advance(TimeDelta::minutes(11));
    change(&owner, &ada, json!({})).await.refused(403, "recent_sign_in_required");
    owner.get(USERS).await.ok();
}

#[actix_web::test]
async fn a_link_for_a_new_password_is_mailed_to_the_user_or_else_shown() {
    for has_mail in [true, false] {
        let mails = if has_mail { Mails::default() } else { Mails::off() };
        let app = TestApp::with_accounts_and(&[], mails.clone()).await;
        let owner = app.owned_by("ada@example.org").await;
        let eve = app.signed_in("eve@example.org", "member").await;
        let user = account(&owner, "eve@example.org").await;
        let first = reset_link(&owner, &user).await.created().json;
        let made = reset_link(&owner, &user).await.created().json;
        let link = match made["link"].as_str() {
            Some(link) => link.to_owned(),
            None => mails.link("eve@example.org"),
        };
        assert_eq!((made["link"].is_null(), first["link"].is_null()), (has_mail, has_mail));
        let token = link.strip_prefix("http://localhost/reset#token=").unwrap().to_owned();
        if let Some(earlier) = first["link"].as_str() {
            let body = json!({"token": earlier.split_once('=').unwrap().1, "password": "another horse battery"});
            Browser::new(&app).post("/api/auth/reset", body).await.refused(403, "token_refused");
        }
        let body = json!({"token": token, "password": "another horse battery"});
        Browser::new(&app).post("/api/auth/reset", body.clone()).await.is(204);
        Browser::new(&app).post("/api/auth/reset", body).await.refused(403, "token_refused");
        assert!(!eve.is_signed_in().await);
        eve.sign_in("eve@example.org").await.refused(401, "wrong_credentials");
        let body = json!({"email": "eve@example.org", "password": "another horse battery"});
        eve.post("/api/auth/sign-in", body).await.ok();
        // One who signs in elsewhere gets no second way in that the provider does not know of.
        app.execute(
            "INSERT INTO sign_on_identities (provider, subject, user_id, created_at, last_used_at)
             SELECT 'corp', 'subject-1', id, now(), now() FROM users WHERE email = 'eve@example.org'",
        )
        .await;
        app.execute("UPDATE users SET password_hash = NULL WHERE email = 'eve@example.org'").await;
        reset_link(&owner, &user).await.refused(409, "signs_in_elsewhere");
        assert_ne!(PASSWORD, "another horse battery");
    }
}

#[actix_web::test]
async fn jobs_are_seen_without_what_they_are_about_and_tried_again_or_deleted() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    app.execute(
        "INSERT INTO jobs (id, kind, payload, run_at, attempts, failed_at, last_error) VALUES
             ('019aa5b6-54c4-7d21-a0c9-000000000001', 'of_another_release', '{\"to\": \"eve@example.org\"}', now(), 8, now(), 'refused'),
             ('019aa5b6-54c4-7d21-a0c9-000000000002', 'of_another_release', '{}', now(), 8, now(), 'refused'),
             ('019aa5b6-54c4-7d21-a0c9-000000000003', 'of_another_release', '{}', now() + interval '1 hour', 0, NULL, NULL)",
    )
    .await;
    let path = |number: u32, action: &str| {
        format!("/api/administration/jobs/019aa5b6-54c4-7d21-a0c9-00000000000{number}{action}")
    };
    let ours = async || {
        let all = owner.get("/api/administration/jobs").await.ok();
        assert!(!all.text.contains("eve@example.org"));
        let all = all.json.as_array().unwrap().clone();
        let ours = all.into_iter().filter(|job| job["kind"] == "of_another_release");
        ours.map(|job| job["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ours().await, ["dead", "dead", "waiting"]);
    owner.act(&path(1, "/retry")).await.is(204);
    owner.act(&path(1, "/retry")).await.refused(404, "not_found");
    // One that waits is another's work, and not deleted.
    owner.delete(&path(3, "")).await.refused(404, "not_found");
    owner.delete(&path(2, "")).await.is(204);
    owner.delete(&path(2, "")).await.refused(404, "not_found");
    assert_eq!(ours().await, ["waiting", "waiting"]);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action IN ('job.retried', 'job.deleted')").await, 2);
    let eve = app.signed_in("eve@example.org", "admin").await;
    eve.get("/api/administration/jobs").await.refused(403, "administrator_required");
    eve.act(&path(3, "/retry")).await.refused(403, "administrator_required");
    eve.delete(&path(3, "")).await.refused(403, "administrator_required");
}

#[actix_web::test]
async fn without_accounts_there_is_nothing_to_administer() {
    let app = TestApp::spawn().await;
    app.get(USERS).await.refused(409, "accounts_disabled");
    app.get("/api/administration/jobs").await.refused(409, "accounts_disabled");
}

/// The lock of the installation's administrators is held meanwhile.
#[actix_web::test]
async fn the_disabling_of_an_account_sends_as_many_statements_for_a_thousand_workspaces_as_for_one() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let project = owner.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = owner.post(&categories, json!({"name": "Design"})).await.created().id();
    let cookie = format!("clockwork={}", owner.cookie("clockwork").unwrap());
    for (email, workspaces) in [("eve@example.org", 0), ("grace@example.org", 1_000)] {
        let browser = app.signed_in(email, "member").await;
        let user = account(&owner, email).await["id"].as_str().unwrap().to_owned();
        app.execute(&format!(
            "WITH made AS (
                 INSERT INTO workspaces (id, name, created_at, updated_at)
                 SELECT gen_random_uuid(), 'Shop', now(), now() FROM generate_series(1, {workspaces}) RETURNING id
             )
             INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             SELECT id, '{user}', 'owner', now(), now() FROM made"
        ))
        .await;
        let start = json!({"categoryId": category});
        let path = format!("/api/workspaces/{}/time/start", app.workspace());
        browser.post(&path, start).await.created();
        owner.get(USERS).await.ok();
        let disable = app.request(Method::PATCH, &format!("{USERS}/{user}")).header("Cookie", &cookie);
        let sent = crate::statements::sent_by(&app, disable.json(&json!({"disabled": true}))).await;
        assert_eq!(sent, 12, "{email}");
        assert_eq!(account(&owner, email).await["disabledAt"], json!(app.now()));
        assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 0, "{email}");
    }
}
