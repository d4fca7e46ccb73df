//! The audit log of a workspace: changes that concern access write a line, and owners and administrators read it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{As, TestApp};

fn path_of(member: As<'_>) -> String {
    format!("/api/members/{}", member.caller.user())
}

#[actix_web::test]
async fn a_change_of_access_writes_a_line_with_the_values_before_and_after() {
    let app = TestApp::spawn().await;
    let (owner, member) = (app.as_owner().await, app.as_member().await);
    owner.patch(&path_of(member), json!({"role": "admin"})).await.ok();
    owner.patch(&path_of(member), json!({"role": "admin"})).await.ok();
    let body = json!({"email": "ada@example.org", "role": "viewer"});
    let invited = member.post("/api/invitations", body).await.created();
    let id = invited.json["invitation"]["id"].as_str().unwrap();
    member.delete(&format!("/api/invitations/{id}")).await.is(204);
    member.patch(&path_of(owner), json!({"role": "viewer"})).await.refused(403, "forbidden");
    owner.delete(&path_of(member)).await.is(204);

    let log = owner.get("/api/audit-log").await.ok();
    let actions = ["membership.ended", "invitation.revoked", "invitation.created", "membership.role_changed"];
    assert_eq!(log.each("action"), actions.map(Value::from), "the newest first, and nothing of what was refused");
    let user = json!(member.caller.user().to_string());
    assert_eq!(
        log.each("userId"),
        [&json!(owner.caller.user().to_string()), &user, &user, &json!(owner.caller.user().to_string())]
            .map(Clone::clone)
    );
    assert_eq!(log.json[3]["details"], json!({"before": "member", "after": "admin"}));
    assert_eq!((&log.json[3]["object"], &log.json[3]["objectId"]), (&json!("membership"), &user));
    assert_eq!(log.json[0]["details"], json!({"role": "admin", "left": false}));
    assert!(!log.text.contains("ada@example.org"), "{}", log.text);

    assert_eq!(owner.get("/api/audit-log?action=invitation.created").await.ok().ids().len(), 1);
    let by = format!("/api/audit-log?userId={}", member.caller.user());
    assert_eq!(owner.get(&by).await.ok().ids().len(), 2);
    assert_eq!(owner.get("/api/audit-log?to=2026-01-01T00:00:00Z").await.ok().json, json!([]));
    let first = owner.get("/api/audit-log?limit=3").await.ok();
    let rest = owner.get(&format!("/api/audit-log?cursor={}", first.header("x-next-cursor"))).await.ok();
    assert_eq!([first.ids(), rest.ids()].concat(), log.ids());
    let csv = owner.get("/api/audit-log/export").await.ok();
    assert!(
        csv.header("content-type").starts_with("text/csv")
            && csv.header("content-disposition").contains("audit-log.csv")
    );
    assert_eq!(csv.text.lines().count(), 5, "{}", csv.text);
    assert!(csv.text.contains("\"{\"\"after\"\":\"\"admin\"\",\"\"before\"\":\"\"member\"\"}\""), "{}", csv.text);

    let elsewhere = app.acting_as(app.add_workspace().await);
    assert_eq!(elsewhere.get("/api/audit-log").await.ok().json, json!([]));
    for sender in [app.as_manager().await, app.as_member().await, app.as_viewer().await] {
        sender.get("/api/audit-log").await.refused(403, "forbidden");
        sender.get("/api/audit-log/export").await.refused(403, "forbidden");
    }
}

#[actix_web::test]
async fn changes_of_projects_and_settings_that_concern_access_write_lines() {
    let app = TestApp::spawn().await;
    let (owner, member) = (app.as_owner().await, app.as_member().await);
    let project = owner.post("/api/projects", json!({"name": "Secret"})).await.created().id();
    let path = format!("/api/projects/{project}");
    let member_path = format!("{path}/members/{}", member.caller.user());
    owner.patch(&path, json!({"name": "Renamed"})).await.ok();
    owner.patch(&path, json!({"private": true})).await.ok();
    for lead in [false, false, true] {
        owner.send(Method::PUT, &member_path, Some(json!({"lead": lead}))).await.ok();
    }
    owner.delete(&member_path).await.is(204);
    owner.delete(&member_path).await.refused(404, "not_found");
    owner.patch("/api/workspace", json!({"name": "Confidential"})).await.ok();
    owner.patch("/api/workspace", json!({"name": "Confidential"})).await.ok();

    let log = owner.get("/api/audit-log").await.ok();
    let actions = [
        "workspace.changed",
        "project.member_removed",
        "project.member_changed",
        "project.member_changed",
        "project.privacy_changed",
    ];
    assert_eq!(log.each("action"), actions.map(Value::from), "a change that changes nothing writes no line");
    let user = json!(member.caller.user().to_string());
    assert_eq!(log.json[0]["details"], json!({"name": true, "timeZone": false}));
    assert_eq!(log.json[1]["details"], json!({"user": user}));
    assert_eq!(log.json[2]["details"], json!({"user": user, "before": "member", "after": "lead"}));
    assert_eq!(log.json[3]["details"], json!({"user": user, "before": null, "after": "member"}));
    assert_eq!(log.json[4]["details"], json!({"before": false, "after": true}));
    assert_eq!(log.json[4]["objectId"], json!(project));
    assert!(log.each("address").iter().all(|address| address == "127.0.0.1"), "{}", log.text);
    assert!(!log.text.contains("Confidential") && !log.text.contains("Secret"), "{}", log.text);
}
