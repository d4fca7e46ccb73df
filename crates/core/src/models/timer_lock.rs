//! The lock of a user's timer: whatever may start or stop an entry of a user takes it first, so that two such
//! transactions come one after the other. It is an advisory lock: nothing is written for it, and nothing else about the
//! user waits.

use diesel_async::AsyncPgConnection;

use crate::access::EntryScope;
use crate::database::transaction::transaction_from;
use crate::database::{Begin, DatabaseFailure};
use crate::values::ids::{TimeEntryId, UserId, WorkspaceId};

/// Keeps these locks apart from the other advisory locks of the database.
const NAMESPACE: u64 = 0x7469_6d65_7200_0000;

/// Whose timers a transaction locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timers<'a> {
    /// One user's.
    Of(UserId),
    /// Those of the owners of these entries of a workspace: an edit by another member also starts or
    /// stops the timer of the owner.
    OfOwners(WorkspaceId, &'a [TimeEntryId]),
    /// The same of deleted entries.
    OfOwnersOfDeleted(WorkspaceId, &'a [TimeEntryId]),
}

impl<'a> Timers<'a> {
    /// The timers of the owners of these entries of a scope.
    #[must_use]
    pub fn of_owners(scope: EntryScope, entries: &'a [TimeEntryId]) -> Self {
        scope.sole_owner().map_or(Self::OfOwners(scope.workspace(), entries), Self::Of)
    }

    /// The timers of the owners of these deleted entries of a scope.
    #[must_use]
    pub fn of_owners_of_deleted(scope: EntryScope, entries: &'a [TimeEntryId]) -> Self {
        scope.sole_owner().map_or(Self::OfOwnersOfDeleted(scope.workspace(), entries), Self::Of)
    }

    /// The statement that locks them, in the order of their numbers. It is sent with BEGIN, as text: ids are all that
    /// is written into it.
    fn lock(self) -> String {
        let (table, workspace, entries) = match self {
            Self::Of(user) => return format!("SELECT pg_advisory_xact_lock({})", number(user)),
            Self::OfOwners(workspace, entries) => ("time_entries", workspace, entries),
            Self::OfOwnersOfDeleted(workspace, entries) => ("deleted_time_entries", workspace, entries),
        };
        let ids = entries.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
        // A sub-select with DISTINCT and ORDER BY is evaluated before the list of results that locks.
        let lock = format!(
            "SELECT pg_advisory_xact_lock(number) FROM (
                 SELECT DISTINCT ('x' || translate(left(user_id::text, 18), '-', ''))::bit(64)::bigint
                     # ('x' || translate(right(user_id::text, 17), '-', ''))::bit(64)::bigint # {NAMESPACE} AS number
                 FROM {table}
                 WHERE workspace_id = '{workspace}' AND id = ANY (ARRAY[{ids}]::uuid[]) ORDER BY number
             ) AS timers"
        );
        // Again, because entries of a placeholder may have become a member's while the first statement waited for the
        // claim to end; they change their owner only then, and once.
        format!("{lock}; {lock}")
    }
}

/// Shows that the transaction has locked the timers that a rule may start or stop. Made where the transaction begins,
/// and given to the rules that need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockedTimer(());

impl LockedTimer {
    /// How a transaction begins that locks timers.
    pub(crate) fn begin(timers: Timers<'_>) -> (Begin, Self) {
        (Begin::Locking(timers.lock()), Self(()))
    }
}

/// The number of the advisory lock of a user's timer; [`Timers::lock`] has the same in SQL. Two users of the same
/// number would only wait for each other.
pub(crate) fn number(user: UserId) -> i64 {
    let (high, low) = user.0.as_u64_pair();
    (high ^ low ^ NAMESPACE).cast_signed()
}

/// Runs `work` in a transaction that has locked timers.
///
/// # Errors
/// Those of [`crate::database::transaction()`], and of waiting too long for the lock.
pub(crate) async fn with_timers<T, E, F>(conn: &mut AsyncPgConnection, timers: Timers<'_>, work: F) -> Result<T, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection, LockedTimer) -> Result<T, E>,
{
    let (begin, timer) = LockedTimer::begin(timers);
    transaction_from(conn, &begin, async |conn| work(conn, timer).await).await
}
