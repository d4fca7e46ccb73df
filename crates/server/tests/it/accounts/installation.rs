//! Workspaces, audit log and diagnostics of an installation, as its administrators see them.

use chrono::TimeDelta;
use clockwork_core::values::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Browser, Mails, SmtpSink, TestApp};

const WORKSPACES: &str = "/api/administration/workspaces";
const AUDIT_LOG: &str = "/api/administration/audit-log";
const DIAGNOSTICS: &str = "/api/administration/diagnostics";
const TEST_MESSAGE: &str = "/api/administration/test-message";

/// The problems that a server names, without that of the clocks: a test's clock stands still.
fn problems(seen: &Value) -> Vec<Value> {
    seen["problems"].as_array().unwrap().iter().filter(|problem| *problem != "clocks_differ").cloned().collect()
}

async fn delete(browser: &Browser<'_>, workspace: &str, name: &str) -> crate::harness::Answer {
    browser.send(Method::DELETE, &format!("{WORKSPACES}/{workspace}"), Some(json!({"name": name}))).await
}

#[actix_web::test]
async fn administrators_list_workspaces_and_delete_one_of_others() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let made = eve.post("/api/workspaces", json!({"name": "Ärzte"})).await.created().json;
    let id = made["workspace"]["id"].as_str().or(made["id"].as_str()).unwrap().to_owned();

    let all = owner.get(WORKSPACES).await.ok();
    assert_eq!(all.each("name"), ["My workspace", "Ärzte"].map(Value::from));
    assert_eq!(all.each("members"), [2, 1].map(Value::from));
    assert_eq!(all.each("owners"), [json!(["Ada"]), json!(["Test user"])]);
    assert_eq!(
        all.json[1].as_object().unwrap().keys().cloned().collect::<Vec<_>>(),
        ["createdAt", "id", "members", "name", "owners"],
        "nothing of what is tracked"
    );
    for (q, found) in [("%C3%A4rz", vec!["Ärzte"]), ("%25", vec![])] {
        let found: Vec<Value> = found.into_iter().map(Value::from).collect();
        assert_eq!(owner.get(&format!("{WORKSPACES}?q={q}")).await.ok().each("name"), found, "{q}");
    }
    let first = owner.get(&format!("{WORKSPACES}?limit=1")).await.ok();
    let rest = owner.get(&format!("{WORKSPACES}?limit=1&cursor={}", first.header("x-next-cursor"))).await.ok();
    assert_eq!((first.each("name"), rest.each("name")), (vec![json!("My workspace")], vec![json!("Ärzte")]));

    // An administrator who is no member sees nothing of it, and deletes it by its name only.
    owner.get(&format!("/api/workspaces/{id}/projects")).await.refused(404, "not_found");
    delete(&eve, &id, "Ärzte").await.refused(403, "administrator_required");
    delete(&owner, &id, "Arzte").await.refused(400, "invalid_confirmation");
    owner
        .send(Method::DELETE, &format!("{WORKSPACES}/{id}"), Some(json!({})))
        .await
        .refused(400, "invalid_confirmation");
    delete(&owner, &app.workspace().to_string(), "My workspace").await.refused(409, "first_workspace");
    assert_eq!(owner.get(WORKSPACES).await.ok().each("name").len(), 2, "nothing is deleted by a refusal");
    delete(&owner, &id, "Ärzte").await.is(204);
    assert_eq!(owner.get(WORKSPACES).await.ok().each("name"), [json!("My workspace")]);
    eve.get(&format!("/api/workspaces/{id}/projects")).await.refused(404, "not_found");
    delete(&owner, &id, "Ärzte").await.refused(404, "not_found");
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'erase_workspace'").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'workspace.deleted'").await, 1);
}

#[actix_web::test]
async fn of_two_who_delete_a_workspace_at_once_one_finds_it() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let made = eve.post("/api/workspaces", json!({"name": "Shop"})).await.created().json;
    let id = made["workspace"]["id"].as_str().or(made["id"].as_str()).unwrap().to_owned();
    let own = format!("/api/workspaces/{id}/workspace");
    let (one, other) =
        tokio::join!(delete(&owner, &id, "Shop"), eve.send(Method::DELETE, &own, Some(json!({"name": "Shop"}))));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 404]);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'workspace.deleted'").await, 1);
}

/// The change was let in while the workspace was there, and waits for its row.
#[actix_web::test]
async fn a_change_of_a_workspace_that_is_deleted_meanwhile_finds_none() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "member").await;
    let id =
        eve.post("/api/workspaces", json!({"name": "Shop"})).await.created().json["id"].as_str().unwrap().to_owned();
    let holder = app.sql().await;
    holder.batch_execute(&format!("BEGIN; SELECT FROM workspaces WHERE id = '{id}' FOR UPDATE")).await.unwrap();
    let path = format!("/api/workspaces/{id}/workspace");
    let deletion = delete(&owner, &id, "Shop");
    let change = async {
        app.until_waiting(1).await;
        eve.send(Method::PATCH, &path, Some(json!({"name": "Store"}))).await
    };
    let release = async {
        app.until_waiting(2).await;
        holder.batch_execute("COMMIT").await.unwrap();
    };
    let (deleted, changed, ()) = tokio::join!(deletion, change, release);
    deleted.is(204);
    changed.refused(404, "not_found");
    assert_eq!(app.count(&format!("SELECT count(*) FROM workspaces WHERE id = '{id}' AND name = 'Shop'")).await, 1);
}

#[actix_web::test]
async fn the_installation_s_audit_log_has_what_belongs_to_no_workspace() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let eve = app.signed_in("eve@example.org", "admin").await;
    eve.send(Method::PATCH, "/api/workspace", Some(json!({"name": "Shop"}))).await.ok();
    let lines = owner.get(AUDIT_LOG).await.ok();
    let actions = lines.each("action");
    assert!(actions.contains(&json!("session.begun")), "{actions:?}");
    assert!(!actions.contains(&json!("workspace.changed")), "a workspace's line is for its owners and admins");
    let user = eve.get("/api/auth/session").await.ok().json["user"]["id"].as_str().unwrap().to_owned();
    let of_eve = owner.get(&format!("{AUDIT_LOG}?userId={user}")).await.ok();
    assert!(!of_eve.each("userId").is_empty() && of_eve.each("userId").iter().all(|id| *id == json!(user)));
    assert!(of_eve.each("userName").iter().all(|name| name == "Test user"), "{}", of_eve.text);
    let page = owner.get(&format!("{AUDIT_LOG}?limit=1")).await.ok();
    assert_eq!((page.each("id").len(), page.each("id")[0].clone()), (1, lines.each("id")[0].clone()));
    let csv = owner.get(&format!("{AUDIT_LOG}/export?action=session.begun")).await.ok();
    assert!(csv.text.starts_with("at,actor,user_id,"), "{}", csv.text);
    assert_eq!(
        csv.text.lines().count(),
        1 + owner.get(&format!("{AUDIT_LOG}?action=session.begun")).await.ok().each("id").len()
    );
    for path in [AUDIT_LOG.to_owned(), format!("{AUDIT_LOG}/export")] {
        eve.get(&path).await.refused(403, "administrator_required");
    }
}

#[actix_web::test]
async fn diagnostics_say_what_the_server_sees_and_what_is_probably_wrong() {
    let app = TestApp::with_accounts_and(&[("TRUSTED_PROXIES", "10.0.0.0/8")], Mails::default()).await;
    app.advance(Clock::system().now() - app.now());
    let owner = app.owned_by("ada@example.org").await;
    let seen = owner.get(DIAGNOSTICS).await.ok().json;
    assert_eq!(problems(&seen), ["no_mail"], "{seen}");
    assert_eq!(seen["version"], clockwork_core::VERSION);
    assert_eq!(seen["publicUrl"], "http://localhost");
    assert_eq!(
        (&seen["request"]["address"], &seen["request"]["peerIsTrusted"], &seen["request"]["forwardedHeaders"]),
        (&json!("127.0.0.1"), &json!(false), &json!([]))
    );
    let schema: String = app
        .sql()
        .await
        .query_one("SELECT max(version)::text FROM __diesel_schema_migrations", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(seen["database"]["schemaVersion"], json!(schema));
    assert!(seen["database"]["version"].as_str().unwrap().parse::<f32>().is_ok(), "{seen}");
    assert!(seen["database"]["sizeBytes"].as_i64().unwrap() > 1_000_000, "{seen}");

    // A proxy that the server does not know, in front of a server whose clock is behind.
    app.advance(Clock::system().now() - app.now() - TimeDelta::seconds(90));
    let behind = owner.copied().with("X-Forwarded-For", "192.0.2.7").with("X-Forwarded-Proto", "https");
    let seen = behind.get(DIAGNOSTICS).await.ok().json;
    assert_eq!(seen["problems"], json!(["untrusted_proxy", "clocks_differ", "no_mail"]), "{seen}");
    assert_eq!(seen["request"]["forwardedHeaders"], json!(["x-forwarded-for", "x-forwarded-proto"]));
    assert_eq!((&seen["request"]["address"], &seen["request"]["https"]), (&json!("127.0.0.1"), &json!(false)));
    let difference = seen["database"]["clockDifferenceMs"].as_i64().unwrap();
    // The clock of the test stands still, however long the request takes.
    assert!((89_000..=150_000).contains(&difference), "{difference}");
}

#[actix_web::test]
async fn diagnostics_of_a_server_behind_its_proxy_name_the_caller_s_address() {
    let settings = [("TRUSTED_PROXIES", "127.0.0.0/8")];
    let app = TestApp::with_accounts_and(&settings, Mails::default()).await;
    let owner = app.owned_by("ada@example.org").await;
    let proxied = owner.copied().with("X-Forwarded-For", "192.0.2.7").with("X-Forwarded-Proto", "http");
    let seen = proxied.get(DIAGNOSTICS).await.ok().json;
    assert_eq!(problems(&seen), ["no_https", "no_mail"], "{seen}");
    assert_eq!(
        (&seen["request"]["address"], &seen["request"]["peer"], &seen["request"]["peerIsTrusted"]),
        (&json!("192.0.2.7"), &json!("127.0.0.1"), &json!(true))
    );
    app.signed_in("eve@example.org", "owner").await.get(DIAGNOSTICS).await.refused(403, "administrator_required");
}

#[actix_web::test]
async fn a_test_message_arrives_or_the_answer_says_why_not() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    owner.act(TEST_MESSAGE).await.refused(409, "mail_not_set_up");

    let sink = SmtpSink::start();
    let (url, ca) = (format!("smtp://127.0.0.1:{}", sink.port), sink.certificate.display().to_string());
    let settings = [("SMTP_URL", url.as_str()), ("SMTP_CA_FILE", &ca), ("EMAIL_FROM", "clock@example.org")];
    let app = TestApp::with_accounts_and(&settings, Mails::default()).await;
    let owner = app.owned_by("ada@example.org").await;
    owner.act(TEST_MESSAGE).await.is(204);
    let [message] = sink.wait_for(1).await.try_into().unwrap();
    assert_eq!(message.to, ["ada@example.org"]);
    assert!(message.data.contains("Subject: Test message"), "{}", message.data);
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'send_mail'").await, 0, "the caller waits for it");
    assert!(owner.get(DIAGNOSTICS).await.ok().json["mailIsSent"].as_bool().unwrap());

    sink.answer_recipients("550 no such mailbox");
    let refused = owner.act(TEST_MESSAGE).await.refused(502, "mail_failed");
    assert!(refused.json["message"].as_str().unwrap().contains("550"), "{}", refused.text);
    app.signed_in("eve@example.org", "owner").await.act(TEST_MESSAGE).await.refused(403, "administrator_required");
}
