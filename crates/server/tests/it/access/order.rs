//! The order of the checks: access comes before the path, the headers, the query and the body. A caller without the
//! capability learns nothing of what else is wrong with a request, and a form of it is never read for them.

use clockwork_core::access::TokenScope;
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, StatusCode};

use super::walk::{Operation, operations};
use crate::harness::{SentAs, TestApp};

/// A request in which everything that an operation may read is malformed, but for the workspace of the path.
fn malformed(app: &TestApp, operation: &Operation, workspace: &str) -> RequestBuilder {
    let path = operation.path_with(workspace, "malformed");
    let garbage = HeaderValue::from_bytes(b"\xff").unwrap();
    let request = app
        .request(operation.method.clone(), &format!("{path}?unknown=1&limit=x"))
        .header("If-Match", garbage.clone())
        .header("If-None-Match", garbage.clone())
        .header("Last-Event-ID", garbage.clone())
        .header("Idempotency-Key", garbage);
    match operation.method {
        Method::GET => request,
        _ => request.body("{\"malformed"),
    }
}

#[actix_web::test]
async fn access_is_checked_before_anything_else_of_a_request() {
    let app = TestApp::spawn().await;
    let other = app.add_workspace().await.workspace.to_string();
    let owner = app.as_owner().await;
    let workspace = owner.caller.workspace.to_string();
    let senders: Vec<_> = [owner, app.as_viewer().await]
        .into_iter()
        .flat_map(|role| [role].into_iter().chain(TokenScope::ALL.map(|scope| role.with_token(scope))))
        .collect();
    let (mut malformed_for_owner, mut forbidden) = (0, 0);
    let operations = operations();
    for operation in &operations {
        let about = format!("{} {}", operation.method, operation.path);
        let request = |workspace: &str| malformed(&app, operation, workspace);

        let answer = app.send(request(&workspace).sent_without_credentials()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{about}: {}", answer.text);

        let may_not = |caller: &clockwork_core::access::Caller| {
            operation.needs.reach(caller.role, caller.actor.credential).is_none()
        };
        for sender in senders.iter().filter(|sender| may_not(&sender.caller)) {
            let answer = app.send(request(&workspace).sent_as(sender.caller)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{about}: {}", answer.text);
            forbidden += 1;
        }

        if operation.is_scoped() {
            let answer = app.send(request(&other).sent_as(owner.caller)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{about}: {}", answer.text);
            let answer = app.send(request("malformed").sent_without_credentials()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{about}: {}", answer.text);
        }

        // The requests are malformed indeed.
        let answer = app.send(request(&workspace).sent_as(owner.caller)).await;
        malformed_for_owner += usize::from(answer.status == StatusCode::BAD_REQUEST);
    }
    assert!(malformed_for_owner * 10 > operations.len() * 9, "{malformed_for_owner} of {}", operations.len());
    assert!(forbidden > operations.len(), "{forbidden}");
}
