//! Rows of the log of changes, and their visibility.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::EntryScope;
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

/// One row of the log: a change, and its visibility.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// The transaction that changed it.
    #[serde(rename = "transaction_id")]
    pub transaction: i64,
    /// Where.
    #[serde(rename = "workspace_id")]
    pub workspace: WorkspaceId,
    /// The only user that may see it; all members when `None`.
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
    /// Whether the event is in a scope. The statements of [`EventLog`](super::EventLog) select by the same predicate in
    /// SQL; the test `api/events/visibility.rs` of the server compares them.
    #[must_use]
    pub fn is_in(&self, scope: EntryScope) -> bool {
        scope.includes(self.workspace, self.user)
    }
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::{Change, Event, Kind};
    use crate::access::EntryScope;
    use crate::values::ids::{UserId, WorkspaceId};

    const HERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000001"));
    const ELSEWHERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000002"));
    const ME: UserId = UserId(uuid!("0b000000-0000-7000-8000-000000000003"));
    const OTHER: UserId = UserId(uuid!("0b000000-0000-7000-8000-000000000004"));

    #[test]
    fn private_events_reach_their_user_and_no_event_leaves_its_workspace() {
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
        let scopes = [EntryScope::own(HERE, ME), EntryScope::own(HERE, OTHER), EntryScope::own(ELSEWHERE, ME)];
        assert_eq!(scopes.map(|scope| shared.is_in(scope)), [true, true, false]);
        assert_eq!(scopes.map(|scope| private.is_in(scope)), [true, false, false]);
    }
}
