//! Setting an installation up.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Browser, PASSWORD, Process, TestApp, config_with, start_of_test};

fn body(token: &str) -> Value {
    json!({"token": token, "name": "Ada Lovelace", "email": "ada@example.org", "password": PASSWORD})
}

#[actix_web::test]
async fn an_installation_waits_for_its_owner_and_takes_one() {
    let app = TestApp::with_accounts().await;
    let browser = Browser::new(&app);
    let waiting = browser.get("/api/auth/session").await.ok().json;
    assert_eq!(
        (&waiting["setupNeeded"], &waiting["user"], &waiting["authMode"]),
        (&json!(true), &Value::Null, &json!("accounts"))
    );
    browser.get("/api/me").await.refused(401, "unauthenticated");

    let token = app.setup_token().await;
    browser.post("/api/auth/setup", body("not the token")).await.refused(403, "token_refused");
    browser.post("/api/auth/setup", body("")).await.refused(400, "invalid_token");
    let mut weak = body(&token);
    weak["password"] = json!("ada@example.org1");
    browser.post("/api/auth/setup", weak).await.refused(400, "invalid_password").names("password", "like_address");

    let owner = browser.post("/api/auth/setup", body(&token)).await.created().json;
    assert_eq!((&owner["user"]["administrator"], &owner["setupNeeded"]), (&json!(true), &json!(false)));
    let me = browser.get("/api/me").await.ok().json;
    assert_eq!(
        (&me["role"], &me["user"]["name"], &me["user"]["email"]),
        (&json!("owner"), &json!("Ada Lovelace"), &json!("ada@example.org"))
    );

    // The same token, another one, and what a new server would show.
    Browser::new(&app).post("/api/auth/setup", body(&token)).await.refused(409, "already_set_up");
    let db = app.db();
    let another = clockwork_core::accounts::setup::token(&mut db.conn().await.unwrap(), app.now()).await.unwrap();
    assert!(another.is_none());
}

#[actix_web::test]
async fn of_two_owners_at_once_one_is_made() {
    let app = TestApp::with_accounts().await;
    let tokens = [app.setup_token().await, app.setup_token().await];
    let browsers = [Browser::new(&app), Browser::new(&app)];
    let both =
        join_all(browsers.iter().zip(&tokens).map(|(browser, token)| browser.post("/api/auth/setup", body(token))));
    let mut statuses: Vec<_> = both.await.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(app.count("SELECT count(*) FROM users WHERE administrator").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'installation.set_up'").await, 1);
}

#[actix_web::test]
async fn wrong_tokens_have_to_wait() {
    let app = TestApp::with_accounts().await;
    app.setup_token().await;
    let browser = Browser::new(&app);
    let tries = (0..60).map(|n| browser.post("/api/auth/setup", body(&format!("wrong-{n}"))));
    let statuses: Vec<_> = join_all(tries).await.iter().map(|answer| answer.status.as_u16()).collect();
    assert!(statuses.contains(&429) && statuses.contains(&403), "{statuses:?}");
}

#[actix_web::test]
async fn what_was_tracked_without_accounts_is_the_owner_s() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let entry = app.entry(&category, 0, 60).await;
    let me = app.get("/api/me").await.ok().json["user"]["id"].clone();

    let config = config_with(&app.database.url(), &[("AUTH_MODE", "accounts")]);
    let server = app.another_server_with(&config).await;
    let browser = Browser::at(&app, &server.url);
    browser.post("/api/auth/setup", body(&app.setup_token().await)).await.created();
    assert_eq!(browser.get("/api/me").await.ok().json["user"]["id"], me);
    assert_eq!(browser.get(&format!("/api/time/entries/{entry}")).await.ok().id(), entry);
    // And back again, should it be that.
    assert_eq!(app.get("/api/me").await.ok().json["user"]["id"], me);
    assert!(app.now() == start_of_test());
}

#[actix_web::test]
async fn the_log_shows_a_token_once_and_commands_do_the_rest() {
    let app = TestApp::with_accounts().await;
    let dir = tempfile::tempdir().unwrap();
    let url = app.database.url();
    let environment = [("AUTH_MODE", "accounts"), ("DATABASE_URL", url.as_str())];
    let mut server = Process::start(dir.path(), &environment);
    let line = server.wait_for_line("no administrator yet");
    let shown = line["token"].as_str().unwrap().to_owned();
    let command = |arguments: &[&str], input: &str| crate::cli::run_with_input(arguments, &environment, input);
    let printed = command(&["setup-token"], "");
    assert_eq!(printed.trim_end().len(), 43, "{printed}");
    let set_up = Browser::at(&app, &server.url);
    let mut wrong = body(&shown);
    wrong["password"] = json!("short");
    set_up.post("/api/auth/setup", wrong).await.refused(400, "invalid_password").names("password", "too_short");
    set_up.post("/api/auth/setup", body(&shown)).await.created();
    let refused = command(&["setup-token"], "");
    assert!(refused.contains("is set up"), "{refused}");
    let link = command(&["reset-link", "--email", "ADA@example.org"], "");
    let reset = json!({"token": link.trim_end(), "password": "another horse battery"});
    set_up.post("/api/auth/reset", reset).await.is(204);
    assert!(!set_up.is_signed_in().await, "all sessions have ended");
}

#[actix_web::test]
async fn an_owner_is_made_without_a_browser() {
    let app = TestApp::with_accounts().await;
    let url = app.database.url();
    let environment = [("AUTH_MODE", "accounts"), ("DATABASE_URL", url.as_str())];
    let create = ["create-owner", "--email", "ada@example.org", "--name", "Ada", "--password-stdin"];
    let said = crate::cli::run_with_input(&create, &environment, "123456789012\n");
    assert!(said.contains("guessed first"), "{said}");
    let said = crate::cli::run_with_input(&create, &environment, &format!("{PASSWORD}\n"));
    assert_eq!(said, "the owner can sign in\n");
    Browser::new(&app).sign_in("ada@example.org").await.ok();
    let said = crate::cli::run_with_input(&create, &environment, &format!("{PASSWORD}\n"));
    assert!(said.contains("set up"), "{said}");
}
