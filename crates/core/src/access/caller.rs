//! Who acts, and where: the first argument of every rule.

use std::fmt;

use serde::Serialize;

use crate::values::ids::{UserId, WorkspaceId};

/// What a member may do in a workspace; each role includes the ones after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May also delete the workspace.
    Owner,
    /// May also change people and settings.
    Admin,
    /// May also see and change everybody's entries, projects and rates.
    Manager,
    /// Tracks own time.
    Member,
    /// Reads only.
    Viewer,
}

impl Role {
    /// The word that the database and the API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A user in one of their workspaces.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// The workspace that the request is about.
    pub workspace: WorkspaceId,
    /// What the person may do there.
    pub role: Role,
}
