//! Live updates: every process delivers every change to the subscribers that may see it, without a gap.
//!
//! The database writes the log (its migration says why by snapshots). A process has one connection that reads the log
//! for all ([`listener`]): at once after a commit of its own, when another process notifies it, and by a poll. The hub
//! ([`hub`]) delivers each event to the subscriptions that it concerns. A subscriber that comes back sends its
//! [`LogCursor`] and is told what it missed.

mod changes;
mod hub;
mod listener;
mod mailbox;
mod position;
mod shared;
mod subscribers;
mod subscription;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::models::EventLog;
pub use crate::models::{Change, Event, Kind, LogCursor};
pub use changes::Changes;
pub use hub::{Hub, SubscribeError};
pub use position::Position;
pub use shared::StreamIntervals;
pub use subscription::{Message, Subscription};

/// Where processes notify each other of commits. The release before listens to it too.
const CHANNEL: &str = "clockwork_events";

/// Where a trigger of `jobs` notifies all processes.
const JOBS_CHANNEL: &str = "clockwork_jobs";

/// Notifies all servers of a commit, from a program that has no [`Hub`]. In a transaction of its own, after the commit:
/// nothing is written, so nothing is flushed. Without it the servers find the commit by their poll.
///
/// # Errors
/// When the database is unavailable.
pub async fn notify_servers(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query(format!("NOTIFY {CHANNEL}")).execute(conn).await.map(|_| ())
}

/// Forgets what happened more than an hour ago, except for what marks the log's beginning.
///
/// # Errors
/// If the statement fails.
pub async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
    EventLog::purge(conn).await
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::{Change, Event, Kind};
    use crate::values::ids::WorkspaceId;

    /// A change of an entry that all members see.
    pub(super) fn event() -> Event {
        Event {
            transaction: 1,
            workspace: WorkspaceId(uuid!("0b000000-0000-7000-8000-000000000001")),
            user: None,
            kind: Kind::Entry,
            change: Change::Created,
            object: None,
            revision: None,
            timer: false,
        }
    }
}
