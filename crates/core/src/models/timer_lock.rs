//! The lock of a user's timer: whatever may start or stop an entry of a user takes it first, so that two such transactions come one after the
//! other. It is an advisory lock: nothing is written for it, and nothing else about the user waits.

use diesel_async::AsyncPgConnection;

use crate::database::transaction::transaction_from;
use crate::database::{Begin, DatabaseFailure};
use crate::values::ids::UserId;

/// Keeps these locks apart from the other advisory locks of the database.
const NAMESPACE: u64 = 0x7469_6d65_7200_0000;

/// Shows that the transaction has locked a user's timer. Made where the transaction begins, and given to the rules that need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockedTimer(UserId);

impl LockedTimer {
    /// Whose timer is locked.
    #[must_use]
    pub fn user(self) -> UserId {
        self.0
    }

    /// How a transaction begins that locks a user's timer.
    pub(crate) fn begin(user: UserId) -> (Begin, Self) {
        (Begin::Locking(number(user)), Self(user))
    }
}

/// The number of the advisory lock of a user's timer. Two users of the same number would only wait for each other.
pub(crate) fn number(user: UserId) -> i64 {
    let (high, low) = user.0.as_u64_pair();
    (high ^ low ^ NAMESPACE).cast_signed()
}

/// Runs `work` in a transaction that has locked a user's timer.
///
/// # Errors
/// Those of [`crate::database::transaction()`], and of waiting too long for the lock.
pub(crate) async fn with_timer<T, E, F>(conn: &mut AsyncPgConnection, user: UserId, work: F) -> Result<T, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection, LockedTimer) -> Result<T, E>,
{
    let (begin, timer) = LockedTimer::begin(user);
    transaction_from(conn, begin, async |conn| work(conn, timer).await).await
}
