//! Rows of the log of changes: what has changed, and who may know.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::caller::Caller;
use crate::values::ids::{UserId, WorkspaceId};

/// What kind of thing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the tables of these names")]
pub enum Kind {
    Entry,
    Client,
    Project,
    Category,
    Tag,
    User,
    Workspace,
    Membership,
    /// Something that only a later release knows.
    #[serde(other)]
    Unknown,
}

/// How it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Change {
    Created,
    Updated,
    Deleted,
}

/// One row of the log: what has changed, and who may know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// The transaction that changed it.
    #[serde(rename = "transaction_id")]
    pub transaction: i64,
    /// Where.
    #[serde(rename = "workspace_id")]
    pub workspace: WorkspaceId,
    /// Who alone may know; everybody in the workspace when `None`.
    #[serde(rename = "user_id")]
    pub user: Option<UserId>,
    /// What.
    pub kind: Kind,
    /// How.
    pub change: Change,
    /// Which; `None` when there were many at once.
    #[serde(rename = "object_id")]
    pub object: Option<Uuid>,
    /// The revision that it has now; `None` when it is gone, or when there were many at once.
    pub revision: Option<i64>,
    /// Whether the running entry is concerned.
    pub timer: bool,
}

impl Event {
    /// Whether a caller may know. Entries are their user's; what managers see of other people is theirs to ask for.
    #[must_use]
    pub fn is_visible_to(&self, caller: Caller) -> bool {
        self.workspace == caller.workspace && self.user.is_none_or(|user| user == caller.user)
    }
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::{Change, Event, Kind};
    use crate::access::caller::{Caller, Role};
    use crate::values::ids::{UserId, WorkspaceId};

    const HERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000001"));
    const ELSEWHERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000002"));
    const ME: UserId = UserId(uuid!("0b000000-0000-7000-8000-000000000003"));
    const OTHER: UserId = UserId(uuid!("0b000000-0000-7000-8000-000000000004"));

    #[test]
    fn what_is_private_is_told_to_its_user_and_nobody_else_s_workspace_hears_anything() {
        let caller = |workspace, user| Caller { workspace, user, role: Role::Owner };
        let shared = Event {
            transaction: 1,
            workspace: HERE,
            user: None,
            kind: Kind::Entry,
            change: Change::Created,
            object: None,
            revision: Some(1),
            timer: false,
        };
        let private = Event { user: Some(ME), ..shared.clone() };
        let callers = [caller(HERE, ME), caller(HERE, OTHER), caller(ELSEWHERE, ME)];
        assert_eq!(callers.map(|caller| shared.is_visible_to(caller)), [true, true, false]);
        assert_eq!(callers.map(|caller| private.is_visible_to(caller)), [true, false, false]);
    }
}
