//! Live updates: what has changed, told to those who may know, in every process, without missing anything.
//!
//! The database writes the log (its migration says why by snapshots). A process has one connection that reads the log for all
//! ([`listener`]): at once after a commit of its own, when another process notifies it, and by a poll. The hub ([`hub`]) delivers each event to
//! the subscriptions that it concerns. A subscriber that comes back sends its [`LogCursor`] and is told what it missed.

mod hub;
mod listener;
mod mailbox;
mod position;
mod shared;
mod subscribers;
mod subscription;

use std::collections::HashMap;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::models::EventLog;
pub use crate::models::{Change, Event, Kind, LogCursor};

pub use hub::{Hub, SubscribeError};
pub use position::Position;
pub use shared::StreamIntervals;
pub use subscription::{Message, Subscription};

/// Where processes notify each other of commits. The release before listens to it too.
const CHANNEL: &str = "clockwork_events";

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
    use crate::values::ids::WorkspaceId;

    const HERE: WorkspaceId = WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000001"));

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
