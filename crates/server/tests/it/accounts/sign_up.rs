//! Signing up with the link of an invitation.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, Mails, PASSWORD, TestApp, config_with};

const PREVIEW: &str = "/api/auth/invitation";
const SIGN_UP: &str = "/api/auth/sign-up";

/// Invites, and returns the id of the invitation and its secret.
async fn invite(inviter: &Browser<'_>, email: &str, role: &str) -> (String, String) {
    parts(&inviter.post("/api/invitations", json!({"email": email, "role": role})).await.created())
}

fn parts(sent: &Answer) -> (String, String) {
    let link = sent.json["link"].as_str().unwrap();
    let id = sent.json["invitation"]["id"].as_str().unwrap();
    (id.to_owned(), link.strip_prefix("http://localhost/invitation#token=").unwrap().to_owned())
}

fn body(token: &str) -> Value {
    json!({"token": token, "name": " Grace Hopper ", "password": PASSWORD})
}

async fn preview(browser: &Browser<'_>, token: &str) -> Answer {
    browser.post(PREVIEW, json!({"token": token})).await
}

#[actix_web::test]
async fn an_invited_visitor_signs_up_and_tracks_a_first_second() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let project = owner.post("/api/projects", json!({"name": "Compiler"})).await.created().id();
    let path = format!("/api/projects/{project}/categories");
    let category = owner.post(&path, json!({"name": "Parser"})).await.created().id();
    let (invitation, token) = invite(&owner, "grace@example.org", "member").await;

    let browser = Browser::new(&app);
    let shown = preview(&browser, &token).await.ok().json;
    let expected = json!({"workspace": "My workspace", "inviter": "Ada", "email": "grace@example.org",
                          "role": "member", "hasAccount": false});
    assert_eq!(shown, expected);
    assert!(!browser.is_signed_in().await, "a look at the invitation opens nothing");
    let answer = browser.post(SIGN_UP, body(&token)).await.created();
    let user = &answer.json["user"];
    assert_eq!((&user["name"], &user["email"]), (&json!("Grace Hopper"), &json!("grace@example.org")));
    assert_eq!((&user["administrator"], &user["hasPassword"]), (&json!(false), &json!(true)));
    assert_eq!(user["emailVerified"], false, "the owner had the link as well");
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let session = set.iter().find(|cookie| cookie.starts_with("clockwork=")).unwrap();
    assert!(session.contains("; HttpOnly") && session.contains("; SameSite=Lax"), "{session}");
    assert!(browser.cookie("clockwork-device").is_some(), "{set:?}");
    assert_eq!(browser.get("/api/me").await.ok().json["role"], "member");

    browser.post("/api/time/start", json!({"categoryId": category})).await.created();
    app.advance(TimeDelta::seconds(1));
    let entry = browser.act("/api/time/stop").await.ok().json;
    assert_eq!((&entry["durationSeconds"], &entry["userId"]), (&json!(1), &user["id"]));

    assert_eq!(owner.get("/api/invitations").await.ok().json, json!([]));
    let members = owner.get("/api/members").await.ok();
    assert_eq!(members.each("role"), [json!("owner"), json!("member")]);
    let log = owner.get("/api/audit-log?action=invitation.accepted").await.ok().json;
    assert_eq!((&log[0]["userId"], &log[0]["objectId"]), (&user["id"], &json!(invitation)));
    let id = user["id"].as_str().unwrap();
    for action in ["user.created", "session.begun"] {
        let lines = format!("SELECT count(*) FROM audit_log WHERE action = '{action}' AND object_id = '{id}'");
        assert_eq!(app.count(&lines).await, 1, "{action}");
    }
    let personal = "SELECT count(*) FROM audit_log a WHERE a::text ~* 'grace|hopper'";
    assert_eq!(app.count(personal).await, 0, "the log has no names and no addresses");

    browser.act("/api/auth/sign-out").await.is(204);
    browser.sign_in("Grace@example.org").await.ok();
    // The link has done its work, for every visitor.
    preview(&Browser::new(&app), &token).await.refused(403, "token_refused");
    Browser::new(&app).post(SIGN_UP, body(&token)).await.refused(403, "token_refused");
}

#[actix_web::test]
async fn a_link_that_was_mailed_verifies_the_address() {
    let settings = [("SMTP_URL", "smtp://127.0.0.1:9"), ("EMAIL_FROM", "clock@example.org")];
    let app = TestApp::with_accounts_and(&settings, Mails::default()).await;
    let owner = app.owned_by("ada@example.org").await;
    let invitation = json!({"email": "grace@example.org", "role": "admin"});
    let sent = owner.post("/api/invitations", invitation).await.created();
    assert_eq!(sent.json["link"], Value::Null, "the inviter does not see it");
    let job = "SELECT payload::text FROM jobs WHERE kind = 'send_mail'";
    let payload: String = app.sql().await.query_one(job, &[]).await.unwrap().get(0);
    let token = payload.split("/invitation#token=").nth(1).unwrap().split('"').next().unwrap();
    let browser = Browser::new(&app);
    let user = browser.post(SIGN_UP, body(token)).await.created().json["user"].clone();
    assert_eq!(user["emailVerified"], true);
    assert_eq!(browser.get("/api/me").await.ok().json["role"], "admin");
}

/// What counts is how that very link went out, not what the server can do by now.
#[actix_web::test]
async fn a_link_that_the_inviter_has_passed_on_verifies_nothing_once_mail_is_set_up_and_one_that_was_mailed_stays_so() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let mail = [
        ("AUTH_MODE", "accounts"),
        ("PUBLIC_URL", "http://localhost"),
        ("SMTP_URL", "smtp://127.0.0.1:9"),
        ("EMAIL_FROM", "clock@example.org"),
    ];
    let mailing = app.another_server_with(&config_with(&app.database.url(), &mail)).await;
    let verified = async |url: &str, token: &str| {
        let answer = Browser::at(&app, url).post(SIGN_UP, body(token)).await.created();
        answer.json["user"]["emailVerified"].clone()
    };
    let mailed_link = async || {
        let newest = "SELECT payload::text FROM jobs WHERE kind = 'send_mail' ORDER BY created_at DESC LIMIT 1";
        let payload: String = app.sql().await.query_one(newest, &[]).await.unwrap().get(0);
        payload.split("/invitation#token=").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (_, shown) = invite(&owner, "eve@example.org", "member").await;
    assert_eq!(verified(&mailing.url, &shown).await, json!(false));
    let there = owner.copied_to(&mailing.url);
    let invitation = json!({"email": "grace@example.org", "role": "member"});
    assert_eq!(there.post("/api/invitations", invitation).await.created().json["link"], Value::Null);
    assert_eq!(verified(&app.url, &mailed_link().await).await, json!(true));

    // Sent again, the other way.
    let (id, _) = invite(&owner, "joan@example.org", "member").await;
    app.advance(TimeDelta::minutes(2));
    let again = there.act(&format!("/api/invitations/{id}/resend")).await.ok();
    assert_eq!(again.json["link"], Value::Null);
    assert_eq!(verified(&app.url, &mailed_link().await).await, json!(true));
    let invitation = json!({"email": "jean@example.org", "role": "member"});
    let id = there.post("/api/invitations", invitation).await.created().json["invitation"]["id"].clone();
    app.advance(TimeDelta::minutes(2));
    let (_, shown) = parts(&owner.act(&format!("/api/invitations/{}/resend", id.as_str().unwrap())).await.ok());
    assert_eq!(verified(&mailing.url, &shown).await, json!(false));
}

/// A workspace is anybody's to make, and an address anybody's to type.
#[actix_web::test]
async fn an_address_is_not_mailed_invitations_without_a_bound() {
    let settings = [("SMTP_URL", "smtp://127.0.0.1:9"), ("EMAIL_FROM", "clock@example.org")];
    let app = TestApp::with_accounts_and(&settings, Mails::default()).await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "admin").await;
    let other = eve.post("/api/workspaces", json!({"name": "Other"})).await.created().id();
    let invitations = |workspace: &str| format!("/api/workspaces/{workspace}/invitations");
    let paths = ["/api/invitations".to_owned(), invitations(&app.workspace().to_string()), invitations(&other)];
    let to = |email: &str| json!({"email": email, "role": "viewer"});
    let mut sent = 0;
    let refused = loop {
        let answer = owner.post(&paths[0], to("stranger@example.net")).await;
        if answer.status == 429 {
            break answer;
        }
        sent += 1;
        let id = answer.created().json["invitation"]["id"].as_str().unwrap().to_owned();
        owner.delete(&format!("/api/invitations/{id}")).await.is(204);
        assert!(sent < 10, "without a bound");
    };
    let seconds: i64 = refused.refused(429, "too_many_attempts").header("retry-after").parse().unwrap();
    assert!(sent == 4 && (1..=3).contains(&seconds), "{sent} {seconds}");
    // Neither from another workspace, nor by another user, nor in other letters. Others are invited as before.
    for path in &paths {
        eve.post(path, to("STRANGER@example.net")).await.refused(429, "too_many_attempts");
    }
    owner.post(&paths[0], to("friend@example.net")).await.created();
    let mails = "SELECT count(*) FROM jobs WHERE kind = 'send_mail' AND payload::text LIKE '%stranger@%'";
    assert_eq!(app.count(mails).await, sent);
    assert_eq!(owner.get("/api/invitations").await.ok().each("email"), ["friend@example.net"], "nothing was stored");
    // After the pause one more, and the next pause is longer. To send it again counts as well.
    app.advance(TimeDelta::seconds(seconds));
    let id = owner.post(&paths[0], to("stranger@example.net")).await.created().json["invitation"]["id"].clone();
    let resend = format!("/api/invitations/{}/resend", id.as_str().unwrap());
    let mut waits = Vec::new();
    for _ in 0..8 {
        app.advance(TimeDelta::minutes(1));
        let answer = owner.act(&resend).await;
        waits.push(if answer.status == 429 { answer.header("retry-after").parse::<i64>().unwrap() } else { 0 });
    }
    assert!(waits[0] == 0 && waits.iter().any(|wait| *wait > 60), "{waits:?}");
}

#[actix_web::test]
async fn where_no_mail_is_set_up_an_invitation_bothers_nobody() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    for _ in 0..10 {
        let (id, _) = invite(&owner, "grace@example.org", "member").await;
        owner.delete(&format!("/api/invitations/{id}")).await.is(204);
    }
}

#[actix_web::test]
async fn unknown_used_expired_and_revoked_links_have_the_same_answer() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let admin = app.signed_in("eve@example.org", "admin").await;
    let (_, used) = invite(&owner, "used@example.org", "member").await;
    Browser::new(&app).post(SIGN_UP, body(&used)).await.created();
    let (id, revoked) = invite(&owner, "revoked@example.org", "member").await;
    owner.delete(&format!("/api/invitations/{id}")).await.is(204);
    let (_, powerless) = invite(&admin, "powerless@example.org", "member").await;
    // Another program has changed the inviter's role.
    app.execute("UPDATE memberships SET role = 'viewer' WHERE role = 'admin'").await;
    let gone = owner.post("/api/workspaces", json!({"name": "Gone"})).await.created().id();
    let path = format!("/api/workspaces/{gone}/invitations");
    let sent = owner.post(&path, json!({"email": "gone@example.org", "role": "member"})).await.created();
    let (_, of_deleted) = parts(&sent);
    let path = format!("/api/workspaces/{gone}/workspace");
    owner.send(reqwest::Method::DELETE, &path, Some(json!({"name": "Gone"}))).await.is(204);
    let (id, replaced) = invite(&owner, "replaced@example.org", "member").await;
    app.advance(TimeDelta::minutes(2));
    owner.act(&format!("/api/invitations/{id}/resend")).await.ok();
    let (_, expired) = invite(&owner, "expired@example.org", "member").await;
    app.advance(TimeDelta::days(7));

    let users = app.count("SELECT count(*) FROM users").await;
    let mut answers = Vec::new();
    for token in ["guessed", &used, &revoked, &powerless, &of_deleted, &replaced, &expired] {
        let browser = Browser::new(&app);
        for answer in [preview(&browser, token).await, browser.post(SIGN_UP, body(token)).await] {
            let mut answer = answer.refused(403, "token_refused");
            assert_eq!(answer.header("set-cookie"), "");
            answer.json.as_object_mut().unwrap().remove("requestId");
            answers.push(answer.json.to_string());
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(app.count("SELECT count(*) FROM users").await, users);
}

#[actix_web::test]
async fn what_is_wrong_with_the_form_is_said_and_the_link_stays_valid() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let (_, token) = invite(&owner, "grace.hopper@example.org", "viewer").await;
    let browser = Browser::new(&app);
    for (field, value, code) in [
        ("password", "short", "too_short"),
        ("password", "grace.hopper@example.org", "like_address"),
        ("password", "123456789012", "common"),
    ] {
        let mut wrong = body(&token);
        wrong[field] = json!(value);
        browser.post(SIGN_UP, wrong).await.refused(400, "invalid_password").names(field, code);
    }
    let mut wrong = body(&token);
    wrong["name"] = json!(" ");
    browser.post(SIGN_UP, wrong).await.refused(400, "invalid_name");
    browser.post(SIGN_UP, body(" ")).await.refused(400, "invalid_token");
    preview(&browser, &"x".repeat(129)).await.refused(400, "invalid_token");
    assert!(!browser.is_signed_in().await);
    browser.post(SIGN_UP, body(&token)).await.created();
    assert_eq!(browser.get("/api/me").await.ok().json["role"], "viewer");
}

#[actix_web::test]
async fn an_address_with_an_account_signs_in_and_accepts() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let grace = app.signed_in("grace@example.org", "member").await;
    let there = grace.post("/api/workspaces", json!({"name": "There"})).await.created().id();
    let path = format!("/api/workspaces/{there}/invitations");
    let (_, token) = parts(&grace.post(&path, json!({"email": "ADA@example.org", "role": "viewer"})).await.created());
    assert_eq!(preview(&owner, &token).await.ok().json["hasAccount"], true);
    Browser::new(&app).post(SIGN_UP, body(&token)).await.refused(409, "email_taken");
    let accepted = owner.post("/api/account/invitations/accept", json!({"token": token})).await.ok().json;
    assert_eq!((&accepted["id"], &accepted["role"]), (&json!(there), &json!("viewer")));
}

#[actix_web::test]
async fn of_two_visitors_with_a_link_one_signs_up() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    for round in 0..4 {
        let email = format!("user{round}@example.org");
        let (_, token) = invite(&owner, &email, "member").await;
        let browsers = [Browser::new(&app), Browser::new(&app)];
        let answers = join_all(browsers.iter().map(|browser| browser.post(SIGN_UP, body(&token)))).await;
        let mut codes: Vec<_> = answers.iter().map(|answer| answer.json["code"].as_str().unwrap_or("made")).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["made", "token_refused"], "{round}");
        for (browser, answer) in browsers.iter().zip(&answers) {
            assert_eq!(browser.is_signed_in().await, answer.status == 201);
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'user.created'").await, 4);
}

#[actix_web::test]
async fn an_address_that_two_workspaces_invite_gets_one_account() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let other = owner.post("/api/workspaces", json!({"name": "Other"})).await.created().id();
    let (_, here) = invite(&owner, "grace@example.org", "member").await;
    let path = format!("/api/workspaces/{other}/invitations");
    let sent = owner.post(&path, json!({"email": "Grace@example.org", "role": "admin"})).await.created();
    let (_, there) = parts(&sent);
    let browsers = [Browser::new(&app), Browser::new(&app)];
    let tokens = [&here, &there];
    let both = browsers.iter().zip(tokens).map(|(browser, token)| browser.post(SIGN_UP, body(token)));
    let answers = join_all(both).await;
    let mut codes: Vec<_> = answers.iter().map(|answer| answer.json["code"].as_str().unwrap_or("made")).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["email_taken", "made"]);
    assert_eq!(app.count("SELECT count(*) FROM users WHERE email ILIKE 'grace@example.org'").await, 1);
    // The other invitation is still there, for the account to accept.
    let (made, rest) = if answers[0].status == 201 { (0, &there) } else { (1, &here) };
    browsers[made].post("/api/account/invitations/accept", json!({"token": rest})).await.ok();
    let workspaces = browsers[made].get("/api/workspaces").await.ok();
    assert_eq!(workspaces.each("role"), [json!("member"), json!("admin")]);
}

#[actix_web::test]
async fn wrong_links_have_to_wait_and_right_ones_do_not_count() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let (_, token) = invite(&owner, "grace@example.org", "member").await;
    let browser = Browser::new(&app);
    for _ in 0..60 {
        preview(&browser, &token).await.ok();
    }
    for n in 0..50 {
        let wrong = format!("wrong-{n}");
        let answer =
            if n % 2 == 0 { preview(&browser, &wrong).await } else { browser.post(SIGN_UP, body(&wrong)).await };
        answer.refused(403, "token_refused");
    }
    browser.post(SIGN_UP, body("wrong again")).await.refused(403, "token_refused");
    let refused = preview(&browser, &token).await.refused(429, "too_many_attempts");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    browser.post(SIGN_UP, body(&token)).await.refused(429, "too_many_attempts");
    app.advance(TimeDelta::seconds(wait));
    browser.post(SIGN_UP, body(&token)).await.created();
}

#[actix_web::test]
async fn a_planted_session_is_not_taken_over() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let planted = [eve.cookie("clockwork").unwrap(), "chosen-by-an-attacker".to_owned()];
    for (n, value) in planted.iter().enumerate() {
        let email = format!("grace{n}@example.org");
        let (_, token) = invite(&owner, &email, "member").await;
        let victim = Browser::new(&app);
        victim.plant("clockwork", value);
        victim.post(SIGN_UP, body(&token)).await.created();
        assert_ne!(&victim.cookie("clockwork").unwrap(), value, "a new secret, whatever was there");
        assert_eq!(victim.get("/api/me").await.ok().json["user"]["email"], email);
        let attacker = Browser::new(&app);
        attacker.plant("clockwork", value);
        assert!(!attacker.is_signed_in().await, "{value} opens nothing");
    }
}

#[actix_web::test]
async fn a_server_without_passwords_or_without_accounts_makes_none() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let (_, token) = invite(&owner, "grace@example.org", "member").await;
    let url = app.database.url();
    let settings = [
        ("AUTH_MODE", "accounts"),
        ("AUTH_PASSWORDS", "false"),
        ("PUBLIC_URL", "http://localhost"),
        ("OIDC_CORP_ISSUER", "https://login.example.org"),
        ("OIDC_CORP_CLIENT_ID", "clockwork"),
    ];
    let server = app.another_server_with(&config_with(&url, &settings)).await;
    let browser = Browser::at(&app, &server.url);
    assert_eq!(preview(&browser, &token).await.ok().json["email"], "grace@example.org");
    browser.post(SIGN_UP, body(&token)).await.refused(403, "passwords_disabled");
    let server = app.another_server_with(&config_with(&url, &[])).await;
    let browser = Browser::at(&app, &server.url);
    preview(&browser, &token).await.refused(409, "accounts_disabled");
    browser.post(SIGN_UP, body(&token)).await.refused(409, "accounts_disabled");
    assert_eq!(app.count("SELECT count(*) FROM users WHERE email = 'grace@example.org'").await, 0);
}

#[actix_web::test]
async fn a_page_of_another_site_signs_no_visitor_up() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let (_, token) = invite(&owner, "grace@example.org", "member").await;
    let planted = Browser::new(&app).with("Sec-Fetch-Site", "cross-site");
    planted.post(SIGN_UP, body(&token)).await.refused(403, "cross_site_request");
    Browser::new(&app).post(SIGN_UP, body(&token)).await.created();
}
