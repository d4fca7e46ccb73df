//! Live updates: what has changed, told to those who may know, in every process, without missing anything.
//!
//! The database writes the log (its migration says why by snapshots). A process has one connection that reads the log for all
//! ([`listener`]): at once after a commit of its own, when another process notifies it, and by a poll. The hub ([`hub`]) delivers each event to
//! the subscriptions that it concerns. A subscriber that comes back sends its [`LogCursor`] and is told what it missed.

mod cursor;
mod hub;
mod listener;
mod mailbox;
mod position;
mod subscribers;
mod subscription;

use std::collections::HashMap;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::caller::Caller;
use crate::models::EventLog;
use crate::values::ids::{UserId, WorkspaceId};

pub use cursor::LogCursor;
pub use hub::{Hub, StreamIntervals, SubscribeError};
pub use position::Position;
pub use subscription::{Message, Subscription};

/// Where processes notify each other of commits. The release before listens to it too.
const CHANNEL: &str = "clockwork_events";

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

/// One event for each thing: a change that follows another adds to it.
fn merged(events: impl Iterator<Item = Event>) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::new();
    let mut places: HashMap<(Kind, Option<Uuid>), usize> = HashMap::new();
    for event in events.filter(|event| event.kind != Kind::Unknown) {
        let place = *places.entry((event.kind, event.object)).or_insert(merged.len());
        match merged.get_mut(place) {
            None => merged.push(event),
            Some(before) => {
                let change = match (before.change, event.change) {
                    // A reader that has never heard of it is to hear that it is there.
                    (Change::Created, Change::Updated) => Change::Created,
                    // It was there before: a restored entry, say.
                    (Change::Deleted, Change::Created) => Change::Updated,
                    (_, last) => last,
                };
                *before = Event { change, timer: before.timer || event.timer, ..event };
            }
        }
    }
    merged
}

/// Notifies all servers of a commit, from a program that has no [`Hub`]. In a transaction of its own, after the commit: nothing is written,
/// so nothing is flushed. Without it the servers find the commit by their poll.
///
/// # Errors
/// When the database cannot be asked.
pub async fn notify_servers(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query(format!("NOTIFY {CHANNEL}")).execute(conn).await.map(|_| ())
}

/// Forgets what happened more than an hour ago, except for what marks the log's beginning.
pub async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
    EventLog::purge(conn).await
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::{Change, Event, Kind, merged};
    use crate::access::caller::{Caller, Role};
    use crate::values::ids::{UserId, WorkspaceId};

    const HERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000001"));
    const ELSEWHERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000002"));
    const ME: UserId = UserId(uuid!("0b000000-0000-7000-8000-000000000003"));
    const OTHER: UserId = UserId(uuid!("0b000000-0000-7000-8000-000000000004"));

    fn event(change: Change, revision: i64, timer: bool) -> Event {
        let object = Some(uuid!("0b000000-0000-7000-8000-000000000005"));
        Event {
            transaction: 1,
            workspace: HERE,
            user: None,
            kind: Kind::Entry,
            change,
            object,
            revision: Some(revision),
            timer,
        }
    }

    #[test]
    fn what_is_private_is_told_to_its_user_and_nobody_else_s_workspace_hears_anything() {
        let caller = |workspace, user| Caller { workspace, user, role: Role::Owner };
        let shared = event(Change::Created, 1, false);
        let private = Event { user: Some(ME), ..shared.clone() };
        let callers = [caller(HERE, ME), caller(HERE, OTHER), caller(ELSEWHERE, ME)];
        assert_eq!(callers.map(|caller| shared.is_visible_to(caller)), [true, true, false]);
        assert_eq!(callers.map(|caller| private.is_visible_to(caller)), [true, false, false]);
    }

    #[test]
    fn changes_of_one_thing_become_one() {
        use Change::{Created, Deleted, Updated};
        for (changes, becomes) in [
            (vec![Created, Updated], Created),
            (vec![Updated, Updated], Updated),
            (vec![Created, Updated, Deleted], Deleted),
            (vec![Deleted, Created], Updated),
        ] {
            let events = changes.iter().zip(1..).map(|(change, revision)| event(*change, revision, revision == 1));
            let last = i64::try_from(changes.len()).unwrap();
            assert_eq!(merged(events), [event(becomes, last, true)], "{changes:?}");
        }
        let other = Event { object: None, ..event(Updated, 1, false) };
        let unknown = Event { kind: Kind::Unknown, ..event(Updated, 1, false) };
        let kept = [event(Updated, 1, false), other];
        assert_eq!(merged(kept.iter().cloned().chain([unknown])), kept);
    }
}
