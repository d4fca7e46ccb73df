//! Several users in one test: made by SQL, named by a header that only servers of tests and benchmarks read.

use actix_web::HttpRequest;
use clockwork_core::access::caller::{Caller, Role};
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::values::ids::{UserId, WorkspaceId};
use reqwest::RequestBuilder;

use super::TestApp;

/// The header that names a caller: `<user id>/<workspace id>/<role>`.
const CALLER_HEADER: &str = "X-Test-Caller";

/// The roles by their words.
const ROLES: [Role; 5] = [Role::Owner, Role::Admin, Role::Manager, Role::Member, Role::Viewer];

/// Reads [`CALLER_HEADER`]; requests without it are the built-in user's.
pub(super) fn identify(request: &HttpRequest) -> Option<Caller> {
    let value = request.headers().get(CALLER_HEADER)?.to_str().unwrap();
    let [user, workspace, role] = value.split('/').collect::<Vec<_>>().try_into().unwrap();
    Some(Caller {
        user: UserId(user.parse().unwrap()),
        workspace: WorkspaceId(workspace.parse().unwrap()),
        role: ROLES.into_iter().find(|known| known.as_str() == role).unwrap(),
    })
}

/// Requests of other users than the built-in one.
pub trait SentAs {
    /// The same request, of that caller.
    #[must_use]
    fn sent_as(self, caller: Caller) -> Self;
}

impl SentAs for RequestBuilder {
    fn sent_as(self, Caller { user, workspace, role }: Caller) -> Self {
        self.header(CALLER_HEADER, format!("{user}/{workspace}/{role}"))
    }
}

impl TestApp {
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
        Caller { user, workspace, role }
    }

    /// Makes a user a member of another workspace as well.
    pub async fn join(&self, user: UserId, workspace: WorkspaceId, role: Role) -> Caller {
        self.execute(&format!(
            "INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             VALUES ('{workspace}', '{user}', '{role}', now(), now())"
        ))
        .await;
        Caller { user, workspace, role }
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
