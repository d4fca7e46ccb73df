//! A walk over every operation of the OpenAPI document, by every role, with a session and with a token of each scope,
//! in the own workspace, in another one, and without credentials: each answer is held against the table of
//! capabilities.

use clockwork_core::access::{Capability, Credential, Role, TokenScope};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{As, Browser, SentAs, TestApp};

/// An id that nothing has. An operation that is let through finds nothing, so the walk changes nothing that a later
/// step needs.
const ABSENT: &str = "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";

const SCOPE: &str = "/api/workspaces/{workspaceId}";

/// An operation of the document.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) needs: Capability,
}

pub(super) fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(clockwork_server::openapi::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // Those of an account belong to no workspace: `accounts.rs` walks over them.
            if operation["x-token-scope"].is_string() || operation["x-access"].is_string() {
                continue;
            }
            let word =
                operation["x-capability"].as_str().unwrap_or_else(|| panic!("{method} {path} names no capability"));
            let needs = Capability::ALL.iter().copied().find(|capability| capability.as_str() == word);
            operations.push(Operation {
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                path: path.clone(),
                needs: needs.unwrap_or_else(|| panic!("{word} is not in the table")),
            });
        }
    }
    operations
}

impl Operation {
    fn path_in(&self, workspace: &str) -> String {
        self.path_with(workspace, ABSENT)
    }

    /// The path with these ids.
    pub(super) fn path_with(&self, workspace: &str, id: &str) -> String {
        let parts = self.path.split('/').map(|part| match part {
            "{workspaceId}" => workspace,
            part if part.starts_with('{') => id,
            part => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether the path names the workspace.
    pub(super) fn is_scoped(&self) -> bool {
        self.path.starts_with(SCOPE)
    }
}

/// What was counted.
#[derive(Debug, Default)]
struct Counts {
    allowed: usize,
    forbidden: usize,
    foreign: usize,
    unauthenticated: usize,
}

#[actix_web::test]
async fn every_operation_is_as_the_table_says_for_every_role_and_token() {
    let app = TestApp::spawn().await;
    let stranger = app.add_workspace().await;
    let operations = operations();
    assert!(operations.len() > 60, "{}", operations.len());
    let roles = [
        app.as_owner().await,
        app.as_admin().await,
        app.as_manager().await,
        app.as_member().await,
        app.as_viewer().await,
    ];
    assert_eq!(roles.map(|sender| sender.caller.role), Role::ALL);
    let mut counts = Counts::default();
    for operation in &operations {
        let own_path = operation.path_in(&roles[0].caller.workspace.to_string());
        for role in roles {
            let tokens = TokenScope::ALL.map(|scope| role.with_token(scope));
            for sender in [role].into_iter().chain(tokens) {
                check(operation, &own_path, sender, &mut counts).await;
            }
            if operation.is_scoped() {
                let answer = send(
                    operation,
                    operation.method.clone(),
                    &operation.path_in(&stranger.workspace.to_string()),
                    role,
                )
                .await;
                assert_eq!(
                    answer.status,
                    StatusCode::NOT_FOUND,
                    "{} {}: {}",
                    operation.method,
                    operation.path,
                    answer.text
                );
                assert_eq!(answer.json["message"], "there is no such workspace");
                counts.foreign += 1;
            }
        }
        let request = app.request(operation.method.clone(), &own_path).sent_without_credentials().json(&json!({}));
        let answer = app.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {}: {}", operation.method, operation.path, answer.text);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        counts.unauthenticated += 1;
    }
    println!("{} operations: {counts:?}", operations.len());
    // Five roles with a session and four tokens each.
    assert_eq!(counts.allowed + counts.forbidden, operations.len() * 25);
    assert_eq!(counts.foreign, operations.iter().filter(|operation| operation.is_scoped()).count() * 5);
    assert!(counts.allowed > 500 && counts.forbidden > 500, "{counts:?}");
}

async fn send(operation: &Operation, method: Method, path: &str, sender: As<'_>) -> crate::harness::Answer {
    let body = (operation.method != Method::GET).then(|| json!({}));
    sender.send(method, path, body).await
}

async fn check(operation: &Operation, path: &str, sender: As<'_>, counts: &mut Counts) {
    let As { caller, .. } = sender;
    let allowed = operation.needs.reach(caller.role, caller.actor.credential).is_some();
    // A stream that is let through goes on for ever; its head is enough.
    let endless = allowed && operation.path.ends_with("/events");
    let answer = send(operation, if endless { Method::HEAD } else { operation.method.clone() }, path, sender).await;
    let (method, credential) = (&operation.method, caller.actor.credential);
    let about = format!("{method} {path} by {} with {credential:?}: {}", caller.role, answer.text);
    if allowed {
        assert!(![401, 403].contains(&answer.status.as_u16()), "{about}");
        counts.allowed += 1;
        return;
    }
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{about}");
    assert_eq!(answer.json["code"], "forbidden", "{about}");
    assert!(answer.json["message"].as_str().unwrap().contains(operation.needs.as_str()), "{about}");
    counts.forbidden += 1;
}

#[actix_web::test]
async fn what_is_forbidden_changes_nothing() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let viewer = app.as_viewer().await;
    let member = app.as_member().await;
    let before = app.contents().await;
    viewer.post("/api/time/start", json!({"categoryId": category})).await.refused(403, "forbidden");
    member.post("/api/projects", json!({"name": "Mine"})).await.refused(403, "forbidden");
    member.patch("/api/workspace", json!({"name": "Mine"})).await.refused(403, "forbidden");
    member.with_token(TokenScope::Read).post("/api/time/start", json!({})).await.refused(403, "forbidden");
    assert_eq!(app.contents().await, before);
}

#[actix_web::test]
async fn a_key_of_another_user_is_another_key() {
    let app = TestApp::spawn().await;
    let (one, other) = (app.as_member().await, app.as_member().await);
    for sender in [one, other] {
        let request = app.request(Method::POST, "/api/tags").json(&json!({"name": sender.caller.user().to_string()}));
        let answer = app.send(request.header("Idempotency-Key", "same").sent_as(sender.caller)).await.created();
        assert_eq!(answer.header("idempotency-replayed"), "");
    }
    let token = one.with_token(TokenScope::Track);
    let again = app.request(Method::POST, "/api/tags").json(&json!({"name": one.caller.user().to_string()}));
    let replay = app.send(again.header("Idempotency-Key", "same").sent_as(token.caller)).await.created();
    assert_eq!(replay.header("idempotency-replayed"), "true", "a token is the user's, and so is the key");
    assert!(matches!(token.caller.actor.credential, Credential::Token(_)));
}

/// The operations that belong to no workspace: what a visitor, a session and each token are answered. Real sessions and
/// tokens, on a server with accounts.
#[actix_web::test]
async fn operations_of_accounts_are_for_those_whom_the_document_names() {
    let app = TestApp::with_accounts().await;
    let owner = app.owned_by("ada@example.org").await;
    let mut tokens = Vec::new();
    for scope in TokenScope::ALL {
        let made = owner.post("/api/auth/tokens", json!({"name": "x", "scope": scope.as_str()})).await.created();
        tokens.push(format!("Bearer {}", made.json["secret"].as_str().unwrap()));
    }
    let old = owner.copied();
    let member = app.signed_in("eve@example.org", "owner").await;
    let document = serde_json::to_value(clockwork_server::openapi::document()).unwrap();
    let mut counts = Counts::default();
    let mut recent_only = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(access) = operation["x-access"].as_str() else { continue };
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path: Vec<_> = path.split('/').map(|part| if part.starts_with('{') { ABSENT } else { part }).collect();
            let path = path.join("/");
            let body = (method != Method::GET).then(|| json!({}));
            let nobody = Browser::new(&app).send(method.clone(), &path, body.clone()).await;
            if access == "anyone" {
                assert_ne!(nobody.json["code"], "unauthenticated", "{method} {path}");
                counts.allowed += 1;
                continue;
            }
            assert_eq!(nobody.json["code"], "unauthenticated", "{method} {path}: {}", nobody.text);
            counts.unauthenticated += 1;
            for token in &tokens {
                let browser = Browser::new(&app).with("Authorization", token);
                let answer = browser.send(method.clone(), &path, body.clone()).await;
                answer.refused(403, "session_required");
                counts.forbidden += 1;
            }
            if access.ends_with("administrator") {
                let answer = member.send(method.clone(), &path, body.clone()).await;
                answer.refused(403, "administrator_required");
                counts.forbidden += 1;
            }
            match access {
                "signed_in" | "administrator" => {}
                "recently_signed_in" | "recent_administrator" => {
                    recent_only.push((method.clone(), path.clone(), body.clone()));
                }
                other => panic!("{method} {path}: {other}"),
            }
        }
    }
    app.advance(chrono::TimeDelta::minutes(11));
    for (method, path, body) in &recent_only {
        let answer = old.send(method.clone(), path, body.clone()).await;
        answer.refused(403, "recent_sign_in_required");
    }
    println!("{counts:?}, {} of them for a recent sign-in", recent_only.len());
    assert!(counts.allowed >= 6 && counts.forbidden >= 40 && recent_only.len() >= 6, "{counts:?}");
}
