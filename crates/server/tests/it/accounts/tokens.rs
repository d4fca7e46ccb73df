//! API tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use clockwork_core::values::ids::WorkspaceId;
use serde_json::{Value, json};

use crate::harness::{Browser, TestApp};

impl TestApp {
    /// The id of the newest token of a user.
    pub async fn get_tokens(&self, browser: &Browser<'_>) -> String {
        browser.get("/api/auth/tokens").await.ok().ids().first().unwrap().clone()
    }
}

async fn token(owner: &Browser<'_>, body: Value) -> String {
    owner.post("/api/auth/tokens", body).await.created().json["secret"].as_str().unwrap().to_owned()
}

fn bearer<'a>(app: &'a TestApp, secret: &str) -> Browser<'a> {
    Browser::new(app).with("Authorization", &format!("Bearer {secret}"))
}

#[actix_web::test]
async fn a_token_opens_what_its_scope_and_its_user_do() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let made = owner.post("/api/auth/tokens", json!({"name": "ci", "scope": "track"})).await.created().json;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("cwk_"));
    let end: chrono::DateTime<chrono::Utc> = made["token"]["expiresAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(end, app.now() + TimeDelta::days(90), "unless its maker says otherwise");
    let list = owner.get("/api/auth/tokens").await.ok();
    assert!(!list.text.contains(secret), "shown once");
    assert_eq!(list.each("lastUsedAt"), [Value::Null]);

    let ci = bearer(&app, secret);
    ci.get("/api/me").await.ok();
    ci.post("/api/tags", json!({"name": "urgent"})).await.created();
    ci.post("/api/projects", json!({"name": "Website"})).await.refused(403, "forbidden");
    assert_eq!(owner.get("/api/auth/tokens").await.ok().each("lastUsedAt"), [json!(app.now())]);
    // As the name of the user, for curl and old clients.
    let basic = |text: &str| Browser::new(&app).with("Authorization", &format!("Basic {}", STANDARD.encode(text)));
    basic(&format!("{secret}:")).get("/api/me").await.ok();
    basic(&format!("{secret}:x")).get("/api/me").await.ok();
    for bad in [format!("x:{secret}"), String::new(), "cwk_x:".to_owned(), secret.to_owned()] {
        basic(&bad).get("/api/me").await.refused(401, "unauthenticated");
    }
    // A user who may less than the token.
    app.execute("UPDATE memberships SET role = 'viewer', updated_at = now()").await;
    app.advance(TimeDelta::seconds(1));
    ci.post("/api/tags", json!({"name": "late"})).await.refused(403, "forbidden");
}

#[actix_web::test]
async fn a_token_does_not_reach_the_account_itself() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let ci = bearer(&app, &token(&owner, json!({"name": "ci", "scope": "admin"})).await);
    ci.post("/api/auth/tokens", json!({"name": "more", "scope": "admin"})).await.refused(403, "session_required");
    ci.get("/api/auth/tokens").await.refused(403, "session_required");
    ci.get("/api/auth/sessions").await.refused(403, "session_required");
    let password = json!({"password": "another horse battery"});
    ci.send(reqwest::Method::PUT, "/api/auth/password", Some(password)).await.refused(403, "session_required");
    ci.act("/api/auth/second-factor").await.refused(403, "session_required");
    // Nor does it ride on the cookie of a browser: what is shown first counts.
    let both = owner.copied().with("Authorization", "Bearer cwk_0000000000000000000000000000000000000000000000000");
    both.get("/api/me").await.refused(401, "unauthenticated");
    // What a proxy puts there for itself is no token.
    let proxied = owner.copied().with("Authorization", "Basic cHJveHk6c2VjcmV0");
    proxied.get("/api/me").await.ok();
}

#[actix_web::test]
async fn a_token_may_be_for_one_workspace() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let stranger = app.add_workspace().await;
    let user = owner.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().parse().unwrap();
    let second = app.add_workspace().await.workspace;
    app.join(clockwork_core::values::ids::UserId(user), second, clockwork_core::access::Role::Owner).await;
    let foreign = json!({"name": "ci", "scope": "read", "workspaceId": stranger.workspace});
    owner.post("/api/auth/tokens", foreign).await.refused(400, "invalid_workspace").names("workspaceId", "not_found");
    let here = bearer(&app, &token(&owner, json!({"name": "ci", "scope": "read", "workspaceId": second})).await);
    let path = |workspace: WorkspaceId| format!("/api/workspaces/{workspace}/me");
    assert_eq!(here.get("/api/me").await.ok().json["workspace"]["id"], json!(second));
    here.get(&path(second)).await.ok();
    here.get(&path(app.workspace())).await.refused(404, "not_found");
    let all = bearer(&app, &token(&owner, json!({"name": "ci", "scope": "read"})).await);
    all.get(&path(second)).await.ok();
    all.get(&path(app.workspace())).await.ok();
    all.get(&path(stranger.workspace)).await.refused(404, "not_found");
    // Nor does it tell that there are others, or lead into one.
    assert_eq!(here.get("/api/workspaces").await.ok().each("id"), [json!(second)]);
    assert_eq!(all.get("/api/workspaces").await.ok().ids().len(), 2);
    let admin = json!({"name": "ci", "scope": "admin", "workspaceId": second});
    let admin = bearer(&app, &token(&owner, admin).await);
    assert_eq!(admin.get("/api/workspaces").await.ok().each("id"), [json!(second)]);
    admin.post("/api/workspaces", json!({"name": "Third"})).await.refused(403, "forbidden");
    let link = json!({"token": "x".repeat(43)});
    admin.post("/api/account/invitations/accept", link.clone()).await.refused(403, "forbidden");
    let unbound = bearer(&app, &token(&owner, json!({"name": "ci", "scope": "admin"})).await);
    unbound.post("/api/account/invitations/accept", link).await.refused(404, "not_found");
    unbound.post("/api/workspaces", json!({"name": "Third"})).await.created();
    // The user has left the workspace: the token lists nothing.
    app.execute(&format!("UPDATE memberships SET left_at = now() WHERE workspace_id = '{second}'")).await;
    app.advance(TimeDelta::seconds(1));
    assert_eq!(here.get("/api/workspaces").await.ok().ids().len(), 0);
}

/// Of a user in two workspaces, however the second one is spelt, nothing is done in the first.
#[actix_web::test]
async fn a_path_leads_into_the_workspace_that_it_names_or_into_none() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let user = owner.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().parse().unwrap();
    let second = app.add_workspace().await.workspace;
    app.join(clockwork_core::values::ids::UserId(user), second, clockwork_core::access::Role::Owner).await;
    let scoped = json!({"name": "ci", "scope": "admin", "workspaceId": app.workspace()});
    let here = bearer(&app, &token(&owner, scoped).await);
    let all = bearer(&app, &token(&owner, json!({"name": "ci", "scope": "admin"})).await);
    let simple = second.to_string().replace('-', "");
    let spellings =
        [format!("%7B{second}%7D"), format!("urn:uuid:{second}"), simple, second.to_string().to_uppercase()];
    for spelt in &spellings {
        let path = format!("/api/workspaces/{spelt}/tags");
        for (n, caller) in [&owner, &all].into_iter().enumerate() {
            caller.post(&path, json!({"name": format!("{spelt} {n}")})).await.created();
        }
        here.post(&path, json!({"name": "elsewhere"})).await.refused(404, "not_found");
    }
    assert_eq!(app.count(&format!("SELECT count(*) FROM tags WHERE workspace_id = '{second}'")).await, 8);
    for spelt in [format!("%20{second}"), format!("{second}%20"), format!("%09{second}"), format!("{second}%C2%A0")] {
        let path = format!("/api/workspaces/{spelt}/tags");
        for caller in [&owner, &all, &here] {
            let refused = caller.post(&path, json!({"name": "astray"})).await.refused(400, "invalid_id");
            refused.names("workspaceId", "invalid_format");
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM tags").await, 8);
}

#[actix_web::test]
async fn tokens_end_by_themselves_by_their_user_or_by_choice_never() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let until = app.now() + TimeDelta::hours(1);
    let short = bearer(&app, &token(&owner, json!({"name": "short", "scope": "read", "expiresAt": until})).await);
    let never = bearer(&app, &token(&owner, json!({"name": "never", "scope": "read", "expiresAt": null})).await);
    assert_eq!(owner.get("/api/auth/tokens").await.ok().each("expiresAt"), [Value::Null, json!(until)]);
    let past = json!({"name": "past", "scope": "read", "expiresAt": app.now()});
    owner.post("/api/auth/tokens", past).await.refused(400, "invalid_time").names("expiresAt", "out_of_range");
    let scope = json!({"name": "x", "scope": "root"});
    owner.post("/api/auth/tokens", scope).await.refused(400, "invalid_scope").names("scope", "invalid_format");
    assert!(short.is_signed_in().await && never.is_signed_in().await);
    app.advance(TimeDelta::hours(1));
    assert!(!short.is_signed_in().await && never.is_signed_in().await);
    let id = app.get_tokens(&owner).await;
    let eve = app.signed_in("eve@example.org", "member").await;
    eve.delete(&format!("/api/auth/tokens/{id}")).await.refused(404, "not_found");
    owner.delete(&format!("/api/auth/tokens/{id}")).await.is(204);
    assert!(!never.is_signed_in().await);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action LIKE 'token.%'").await, 3);
}

#[actix_web::test]
async fn a_user_has_a_hundred_tokens_at_most() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    app.execute(
        "INSERT INTO api_tokens (id, user_id, name, token_sha256, scope, created_at, expires_at)
         SELECT gen_random_uuid(), u.id, 'x', sha256(n::text::bytea), 'read', now(), now() + interval '1 day'
         FROM users u, generate_series(1, 99) n",
    )
    .await;
    let body = json!({"name": "one more", "scope": "read"});
    let both = futures_util::future::join_all([
        owner.post("/api/auth/tokens", body.clone()),
        owner.post("/api/auth/tokens", body),
    ]);
    let mut statuses: Vec<_> = both.await.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}
