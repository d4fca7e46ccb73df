//! Invitations: made by members with the right, accepted by the invited address alone, and valid while the inviter has
//! the right.

use chrono::TimeDelta;
use clockwork_core::access::{Role, TokenScope};
use serde_json::{Value, json};

use crate::harness::{Answer, As, TestApp};

const ACCEPT: &str = "/api/account/invitations/accept";

/// Invites, and returns the id of the invitation and its secret.
async fn invite(sender: As<'_>, email: &str, role: &str) -> (String, String) {
    parts(&sender.post("/api/invitations", json!({"email": email, "role": role})).await.created())
}

fn parts(sent: &Answer) -> (String, String) {
    let link = sent.json["link"].as_str().unwrap_or_else(|| panic!("no link in {}", sent.text));
    assert!(link.starts_with("http://localhost:") && link.contains("/invitation#token="), "{link}");
    let secret = link.split_once("#token=").unwrap().1.to_owned();
    (sent.json["invitation"]["id"].as_str().unwrap().to_owned(), secret)
}

async fn accept(user: As<'_>, secret: &str) -> Answer {
    user.post(ACCEPT, json!({"token": secret})).await
}

/// A user with an address, who owns a workspace of their own.
async fn user_with<'a>(app: &'a TestApp, email: &str) -> As<'a> {
    let user = app.acting_as(app.add_workspace().await);
    app.execute(&format!("UPDATE users SET email = '{email}' WHERE id = '{}'", user.caller.user())).await;
    user
}

async fn role_in(app: &TestApp, user: As<'_>) -> Option<Value> {
    let workspace = json!(app.add_member(Role::Viewer).await.workspace.to_string());
    let own = user.get("/api/workspaces").await.ok().json;
    own.as_array().unwrap().iter().find(|own| own["id"] == workspace).map(|own| own["role"].clone())
}

#[actix_web::test]
async fn an_invited_address_joins_the_workspace_and_the_link_leads_there_again() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let (_, secret) = invite(admin, " Ada.L@Example.ORG ", "manager").await;
    let listed = admin.get("/api/invitations").await.ok();
    assert_eq!((listed.each("email"), listed.each("role")), (vec![json!("Ada.L@example.org")], vec![json!("manager")]));
    assert!(!listed.text.contains(&secret));
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'send_mail'").await, 1);
    assert_eq!(
        app.count(&format!("SELECT count(*) FROM invitations WHERE invitations::text LIKE '%{secret}%'")).await,
        0
    );

    // Another case is the same address.
    let ada = user_with(&app, "ada.l@EXAMPLE.org").await;
    let there = accept(ada, &secret).await.ok().json;
    assert_eq!((&there["id"], &there["role"]), (&json!(admin.caller.workspace.to_string()), &json!("manager")));
    assert_eq!(role_in(&app, ada).await, Some(json!("manager")));
    assert_eq!(admin.get("/api/invitations").await.ok().json, json!([]));
    // Following the link again opens the workspace, and changes nothing.
    let path = format!("/api/members/{}", ada.caller.user());
    admin.patch(&path, json!({"role": "viewer"})).await.ok();
    assert_eq!(accept(ada, &secret).await.ok().json["role"], "viewer");
    assert_eq!(role_in(&app, ada).await, Some(json!("viewer")));
    // The link does not work for another user.
    let eve = user_with(&app, "eve@example.org").await;
    accept(eve, &secret).await.refused(409, "invitation_ended");
}

#[actix_web::test]
async fn an_invitation_is_accepted_by_the_invited_address_alone() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let (_, secret) = invite(admin, "ada@example.org", "admin").await;
    for other in ["eve@example.org", "ada@example.org.evil.example", "аda@example.org", "ada+x@example.org"] {
        let eve = user_with(&app, other).await;
        accept(eve, &secret).await.refused(403, "invitation_for_another");
        assert_eq!(role_in(&app, eve).await, None, "{other}");
    }
    let without = app.acting_as(app.add_workspace().await);
    accept(without, &secret).await.refused(403, "invitation_for_another");
    accept(without, "guessed").await.refused(404, "not_found");
    accept(without, "").await.refused(400, "invalid_token");
    let ada = user_with(&app, "ada@example.org").await;
    ada.with_token(TokenScope::Manage).post(ACCEPT, json!({"token": secret})).await.refused(403, "forbidden");
    accept(ada, &secret).await.ok();
}

#[actix_web::test]
async fn invitations_need_the_right_and_end_at_the_inviter_s_role() {
    let app = TestApp::spawn().await;
    let body = |role: &str| json!({"email": "x@example.org", "role": role});
    let refused = app.as_admin().await.post("/api/invitations", body("owner")).await.refused(403, "forbidden");
    assert!(refused.text.contains("manage_owners"), "{}", refused.text);
    for sender in [app.as_manager().await, app.as_member().await, app.as_viewer().await] {
        sender.post("/api/invitations", body("viewer")).await.refused(403, "forbidden");
        sender.get("/api/invitations").await.refused(403, "forbidden");
    }
    // Only an owner changes an invitation of an owner.
    let (id, _) = invite(app.as_owner().await, "boss@example.org", "owner").await;
    app.advance(TimeDelta::minutes(2));
    let admin = app.as_admin().await;
    admin.act(&format!("/api/invitations/{id}/resend")).await.refused(403, "forbidden");
    admin.delete(&format!("/api/invitations/{id}")).await.refused(403, "forbidden");
    let elsewhere = app.acting_as(app.add_workspace().await);
    elsewhere.delete(&format!("/api/invitations/{id}")).await.refused(404, "not_found");
    elsewhere.act(&format!("/api/invitations/{id}/resend")).await.refused(404, "not_found");
}

#[actix_web::test]
async fn accepting_neither_raises_nor_lowers_a_member() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    for (present, invited) in [(Role::Viewer, "admin"), (Role::Admin, "viewer")] {
        let email = format!("{present}@example.org");
        let user = user_with(&app, &email).await;
        let (_, secret) = invite(admin, &email, invited).await;
        // Meanwhile the user has joined in another way.
        app.join(user.caller.user(), admin.caller.workspace, present).await;
        assert_eq!(accept(user, &secret).await.ok().json["role"], present.as_str());
        assert_eq!(role_in(&app, user).await, Some(json!(present.as_str())));
        let body = json!({"email": email.to_uppercase(), "role": "viewer"});
        admin.post("/api/invitations", body).await.refused(409, "already_member");
    }
}

#[actix_web::test]
async fn an_invitation_ends_when_its_inviter_loses_the_right() {
    let app = TestApp::spawn().await;
    let owner = app.as_owner().await;
    let path = |member: As<'_>| format!("/api/members/{}", member.caller.user());
    let ada = user_with(&app, "ada@example.org").await;
    let open =
        async || app.count("SELECT count(*) FROM invitations WHERE accepted_at IS NULL AND revoked_at IS NULL").await;

    let removed = app.as_admin().await;
    let (_, secret) = invite(removed, "ada@example.org", "member").await;
    owner.delete(&path(removed)).await.is(204);
    accept(ada, &secret).await.refused(409, "invitation_ended");
    assert_eq!(open().await, 0, "in the same transaction");

    let demoted = app.as_admin().await;
    let (_, secret) = invite(demoted, "ada@example.org", "member").await;
    owner.patch(&path(demoted), json!({"role": "manager"})).await.ok();
    accept(ada, &secret).await.refused(409, "invitation_ended");

    // An owner who becomes an administrator may still invite members, but no owners.
    let former = app.as_owner().await;
    let (_, to_own) = invite(former, "boss@example.org", "owner").await;
    let (_, to_work) = invite(former, "ada@example.org", "member").await;
    owner.patch(&path(former), json!({"role": "admin"})).await.ok();
    accept(user_with(&app, "boss@example.org").await, &to_own).await.refused(409, "invitation_ended");
    accept(ada, &to_work).await.ok();
    owner.delete(&path(ada)).await.is(204);

    // Another program has changed the inviter's role: the acceptance checks it again.
    let other = app.as_admin().await;
    let (_, secret) = invite(other, "ada@example.org", "member").await;
    app.execute(&format!("UPDATE memberships SET role = 'viewer' WHERE user_id = '{}'", other.caller.user())).await;
    accept(ada, &secret).await.refused(409, "invitation_ended");
}

#[actix_web::test]
async fn a_removed_member_stays_out_until_they_are_invited_again() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let admin = app.as_admin().await;
    let ada = user_with(&app, "ada@example.org").await;
    let (_, first) = invite(admin, "ada@example.org", "manager").await;
    accept(ada, &first).await.ok();
    let there = app.acting_as(clockwork_core::access::Caller { workspace: admin.caller.workspace, ..ada.caller });
    let entry = there.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    admin.delete(&format!("/api/members/{}", ada.caller.user())).await.is(204);

    accept(ada, &first).await.refused(409, "invitation_ended");
    assert_eq!(role_in(&app, ada).await, None);
    let (_, second) = invite(admin, "ada@example.org", "member").await;
    assert_eq!(accept(ada, &second).await.ok().json["role"], "member", "the new role, and not the one before");
    assert_eq!(there.get(&format!("/api/time/entries/{entry}")).await.ok().id(), entry);
    let members = admin.get("/api/members?former=true").await.ok();
    assert_eq!(members.json, json!([]));
}

#[actix_web::test]
async fn a_mistyped_invitation_is_revoked_and_an_expired_one_is_sent_again() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let ada = user_with(&app, "ada@example.org").await;
    let (id, secret) = invite(admin, "ada@example.org", "admin").await;
    let again = json!({"email": "ADA@example.org", "role": "member"});
    admin.post("/api/invitations", again.clone()).await.refused(409, "already_invited");
    let path = format!("/api/invitations/{id}");
    admin.delete(&path).await.is(204);
    admin.delete(&path).await.refused(404, "not_found");
    admin.act(&format!("{path}/resend")).await.refused(404, "not_found");
    accept(ada, &secret).await.refused(409, "invitation_ended");

    let (id, first) = parts(&admin.post("/api/invitations", again.clone()).await.created());
    let resend = format!("/api/invitations/{id}/resend");
    let refused = admin.act(&resend).await.refused(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "60");
    app.advance(TimeDelta::days(8));
    accept(ada, &first).await.refused(409, "invitation_ended");
    assert_eq!(admin.get("/api/invitations").await.ok().ids(), std::slice::from_ref(&id), "it can be sent again");
    let (_, second) = parts(&admin.act(&resend).await.ok());
    accept(ada, &first).await.refused(404, "not_found");
    accept(ada, &second).await.ok();

    // An expired invitation does not prevent a new one.
    invite(admin, "bob@example.org", "member").await;
    app.advance(TimeDelta::days(8));
    invite(admin, "bob@example.org", "member").await;
}

#[actix_web::test]
async fn accepting_and_revoking_at_the_same_moment_has_one_outcome() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    for round in 0..8 {
        let email = format!("user{round}@example.org");
        let user = user_with(&app, &email).await;
        let (id, secret) = invite(admin, &email, "member").await;
        let path = format!("/api/invitations/{id}");
        let (accepted, revoked) = futures_util::join!(accept(user, &secret), admin.delete(&path));
        let is_member = role_in(&app, user).await.is_some();
        assert_eq!(is_member, accepted.status == 200, "{} {}", accepted.text, revoked.text);
        assert_ne!(accepted.status == 200, revoked.status == 204, "{} {}", accepted.text, revoked.text);
    }
}

#[actix_web::test]
async fn a_deleted_workspace_is_found_by_no_request_and_its_rows_are_deleted() {
    let app = TestApp::spawn().await;
    let owner = app.acting_as(app.add_workspace().await);
    let workspace = owner.caller.workspace;
    let member = app.acting_as(app.add_member_of(workspace, Role::Member).await);
    let project = owner.post("/api/projects", json!({"name": "Shop"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let parent = owner.post(&categories, json!({"name": "Stock"})).await.created().id();
    owner.post(&categories, json!({"name": "Below", "parentCategoryId": parent})).await.created();
    let tag = owner.post("/api/tags", json!({"name": "t"})).await.created().id();
    member.post("/api/time/start", json!({"categoryId": parent, "tagIds": [tag]})).await.created();
    let (_, secret) = invite(owner, "ada@example.org", "member").await;

    let delete = async |sender: As<'_>, name: &str| {
        sender.send(reqwest::Method::DELETE, "/api/workspace", Some(json!({"name": name}))).await
    };
    delete(member, "Test workspace").await.refused(403, "forbidden");
    delete(app.acting_as(app.add_member_of(workspace, Role::Admin).await), "Test workspace")
        .await
        .refused(403, "forbidden");
    delete(owner, "Another").await.refused(400, "invalid_confirmation").names("name", "not_found");
    delete(app.as_owner().await, "My workspace").await.refused(409, "first_workspace");
    let untouched = app.category(&app.project("Mine").await, "Mine").await;

    delete(owner, "Test workspace").await.is(204);
    for sender in [owner, member] {
        sender.get("/api/me").await.refused(404, "not_found");
        assert_eq!(sender.get("/api/workspaces").await.ok().json, json!([]));
    }
    accept(user_with(&app, "ada@example.org").await, &secret).await.refused(409, "invitation_ended");

    let db = clockwork_core::database::Db::connect(&crate::harness::config(&app.database.url()).database).unwrap();
    let mut conn = db.conn().await.unwrap();
    while clockwork_core::accounts::workspaces::erase_batch(&mut conn, workspace).await.unwrap() {}
    for table in [
        "workspaces WHERE id",
        "time_entries WHERE workspace_id",
        "tags WHERE workspace_id",
        "categories WHERE workspace_id",
        "projects WHERE workspace_id",
        "invitations WHERE workspace_id",
        "memberships WHERE workspace_id",
        "idempotency_keys WHERE workspace_id",
    ] {
        assert_eq!(app.count(&format!("SELECT count(*) FROM {table} = '{workspace}'")).await, 0, "{table}");
    }
    // A workspace that is not marked keeps its rows.
    let here = app.add_member(Role::Viewer).await.workspace;
    assert!(!clockwork_core::accounts::workspaces::erase_batch(&mut conn, here).await.unwrap());
    assert_eq!(app.count(&format!("SELECT count(*) FROM categories WHERE id = '{untouched}'")).await, 1);
}
