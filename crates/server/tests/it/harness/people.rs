//! Several users in one test: made by SQL, named by a header that only servers of tests and benchmarks read. What they
//! may do, the server finds out by itself: by their membership.

use actix_web::HttpRequest;
use clockwork_core::access::{Actor, Caller, Credential, Role, TokenScope};
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::values::ids::{UserId, WorkspaceId};
use clockwork_server::state::Identity;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{Answer, TestApp};

/// The header that names a caller: `<user id>/<workspace id>`, with `/<scope>` for a token, or `nobody`.
const CALLER_HEADER: &str = "X-Test-Caller";

/// Reads [`CALLER_HEADER`]; requests without it are the built-in user's.
pub(super) fn identify(request: &HttpRequest) -> Option<Identity> {
    let value = request.headers().get(CALLER_HEADER)?.to_str().unwrap();
    if value == "nobody" {
        return Some(Identity::Unknown);
    }
    let mut parts = value.split('/');
    let user = UserId(parts.next().unwrap().parse().unwrap());
    let workspace = WorkspaceId(parts.next().unwrap().parse().unwrap());
    let token = parts.next().map(|word| Credential::Token(TokenScope::parse(word).unwrap()));
    Some(Identity::Actor(Actor { user, credential: token.unwrap_or(Credential::Session) }, workspace))
}

/// Requests of other users than the built-in one.
pub trait SentAs {
    /// The same request, of that caller.
    #[must_use]
    fn sent_as(self, caller: Caller) -> Self;

    /// The same request, without credentials.
    #[must_use]
    fn sent_without_credentials(self) -> Self;
}

impl SentAs for RequestBuilder {
    fn sent_as(self, Caller { actor: Actor { user, credential }, workspace, .. }: Caller) -> Self {
        let scope = match credential {
            Credential::Token(scope) => format!("/{scope}"),
            _ => String::new(),
        };
        self.header(CALLER_HEADER, format!("{user}/{workspace}{scope}"))
    }

    fn sent_without_credentials(self) -> Self {
        self.header(CALLER_HEADER, "nobody")
    }
}

/// A caller, and the server that their requests go to.
#[derive(Clone, Copy)]
pub struct As<'a> {
    /// The server.
    pub app: &'a TestApp,
    /// The caller.
    pub caller: Caller,
}

impl As<'_> {
    /// The same user with a token.
    pub fn with_token(self, scope: TokenScope) -> Self {
        let actor = Actor { credential: Credential::Token(scope), ..self.caller.actor };
        Self { caller: Caller { actor, ..self.caller }, ..self }
    }

    /// Sends a request with a JSON body, if there is one.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.app.request(method, path).sent_as(self.caller);
        self.app
            .send(match body {
                Some(body) => request.json(&body),
                None => request,
            })
            .await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }
}

impl TestApp {
    /// Requests of a caller.
    pub fn acting_as(&self, caller: Caller) -> As<'_> {
        As { app: self, caller }
    }

    /// Requests of another owner of the built-in workspace.
    pub async fn as_owner(&self) -> As<'_> {
        self.acting_as(self.add_member(Role::Owner).await)
    }

    /// Requests of a new administrator of the built-in workspace.
    pub async fn as_admin(&self) -> As<'_> {
        self.acting_as(self.add_member(Role::Admin).await)
    }

    /// Requests of a new manager in the built-in workspace.
    pub async fn as_manager(&self) -> As<'_> {
        self.acting_as(self.add_member(Role::Manager).await)
    }

    /// Requests of a new member of the built-in workspace.
    pub async fn as_member(&self) -> As<'_> {
        self.acting_as(self.add_member(Role::Member).await)
    }

    /// Requests of a new viewer of the built-in workspace.
    pub async fn as_viewer(&self) -> As<'_> {
        self.acting_as(self.add_member(Role::Viewer).await)
    }

    /// Adds a member to the built-in workspace, which exists once the first request was answered.
    pub async fn add_member(&self, role: Role) -> Caller {
        self.get("/api/me").await;
        self.add_member_of(BUILT_IN_CALLER.workspace, role).await
    }

    /// Adds a new user to a workspace.
    pub async fn add_member_of(&self, workspace: WorkspaceId, role: Role) -> Caller {
        let user = UserId::new();
        self.execute(&format!(
            "INSERT INTO users (id, name, created_at, updated_at) VALUES ('{user}', 'Test user', now(), now());
             INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             VALUES ('{workspace}', '{user}', '{role}', now(), now())"
        ))
        .await;
        Caller { actor: Actor::signed_in(user), workspace, role, leads: false }
    }

    /// Makes a user a member of another workspace as well.
    pub async fn join(&self, user: UserId, workspace: WorkspaceId, role: Role) -> Caller {
        self.execute(&format!(
            "INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             VALUES ('{workspace}', '{user}', '{role}', now(), now())"
        ))
        .await;
        Caller { actor: Actor::signed_in(user), workspace, role, leads: false }
    }

    /// Adds a workspace with its owner.
    pub async fn add_workspace(&self) -> Caller {
        let workspace = WorkspaceId::new();
        self.execute(&format!(
            "INSERT INTO workspaces (id, name, created_at, updated_at) VALUES ('{workspace}', 'Test workspace', now(), now())"
        ))
        .await;
        self.add_member_of(workspace, Role::Owner).await
    }
}
