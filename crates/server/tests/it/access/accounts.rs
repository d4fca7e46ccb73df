//! Operations that belong to an account and to no workspace.

use clockwork_core::access::{Role, TokenScope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{SentAs, TestApp};

#[actix_web::test]
async fn every_operation_of_an_account_is_for_every_user_and_for_nobody_else() {
    let app = TestApp::spawn().await;
    let document = serde_json::to_value(clockwork_server::openapi::document()).unwrap();
    let viewer = app.as_viewer().await;
    let mut walked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(scope) = operation["x-token-scope"].as_str() else { continue };
            let scope = TokenScope::parse(scope).unwrap();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let body = (method != Method::GET).then(|| json!({}));
            let anonymous = app.request(method.clone(), path).sent_without_credentials().json(&json!({}));
            app.send(anonymous).await.refused(401, "unauthenticated");
            let with_session = viewer.send(method.clone(), path, body.clone()).await;
            assert!(![401, 403].contains(&with_session.status.as_u16()), "{method} {path}: {}", with_session.text);
            for token in TokenScope::ALL {
                let answer = viewer.with_token(token).send(method.clone(), path, body.clone()).await;
                assert_eq!(answer.status == 403, token < scope, "{method} {path} {token}: {}", answer.text);
            }
            walked += 1;
        }
    }
    assert!(walked >= 2, "{walked}");
}

#[actix_web::test]
async fn a_user_lists_and_makes_workspaces_and_owns_what_they_make() {
    let app = TestApp::spawn().await;
    let member = app.as_member().await;
    let here = member.caller.workspace.to_string();
    app.add_workspace().await;
    let listed = member.get("/api/workspaces").await.ok();
    assert_eq!((listed.each("id"), listed.each("role")), (vec![json!(here)], vec![json!("member")]));

    let body = json!({"name": " Own place ", "timeZone": "europe/berlin"});
    let made = member.post("/api/workspaces", body).await.created().json;
    assert_eq!(
        (&made["name"], &made["timeZone"], &made["role"]),
        (&json!("Own place"), &json!("Europe/Berlin"), &json!("owner"))
    );
    let there = made["id"].as_str().unwrap();
    let me = member.get(&format!("/api/workspaces/{there}/me")).await.ok().json;
    assert_eq!((&me["role"], &me["workspace"]["name"]), (&json!("owner"), &json!("Own place")));
    assert_eq!(member.get("/api/workspaces").await.ok().each("id"), [json!(here), json!(there)]);
    let colleague = app.as_owner().await;
    colleague.get(&format!("/api/workspaces/{there}/me")).await.refused(404, "not_found");
    member.post("/api/workspaces", json!({"name": ""})).await.refused(400, "invalid_name");

    // One person without accounts may divide their time, too.
    let second = app.post("/api/workspaces", json!({"name": "Second"})).await.created().id();
    let path = format!("/api/workspaces/{second}/projects");
    app.post(&path, json!({"name": "Elsewhere"})).await.created();
    assert_eq!(app.get("/api/projects").await.ok().json, json!([]));
    assert_eq!(app.get("/api/workspaces").await.ok().each("role"), [json!("owner"), json!("owner")]);
}

#[actix_web::test]
async fn nobody_owns_more_workspaces_than_the_limit() {
    let app = TestApp::spawn().await;
    let owner = app.as_member().await;
    let user = owner.caller.user();
    app.execute(&format!(
        "WITH made AS (
             INSERT INTO workspaces (id, name, created_at, updated_at)
             SELECT gen_random_uuid(), 'W', now(), now() FROM generate_series(1, 99) RETURNING id
         )
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
         SELECT id, '{user}', 'owner', now(), now() FROM made"
    ))
    .await;
    let two = [(); 2].map(|()| owner.post("/api/workspaces", json!({"name": "One more"})));
    let answers = futures_util::future::join_all(two).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "also of two at once");
    let refused: Vec<&Value> =
        answers.iter().map(|answer| &answer.json["code"]).filter(|code| code.is_string()).collect();
    assert_eq!(refused, ["limit_reached"]);
    assert_eq!(app.add_member(Role::Member).await.role, Role::Member);
}
