//! Named constraints: how a rule learns which promise of the database a statement would have broken.

use diesel::result::{DatabaseErrorKind, Error};

/// The constraint that a statement violated, if that is why it failed.
pub fn violated(error: &Error) -> Option<&str> {
    match error {
        Error::DatabaseError(_, info) => info.constraint_name(),
        _ => None,
    }
}

/// Whether a statement failed because the database was not there or had no time for it, so that trying again may help. Everything
/// else is a mistake of ours.
pub fn is_unavailable(error: &Error) -> bool {
    match error {
        // A standby that is not promoted yet refuses writes: the pool finds the new primary.
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::SerializationFailure,
            _,
        ) => true,
        // The connection was lost in the middle of a transaction, or at its end.
        Error::BrokenTransactionManager => true,
        Error::RollbackErrorOnCommit { rollback_error, commit_error } => {
            is_unavailable(rollback_error) || is_unavailable(commit_error)
        }
        // The rest reaches diesel without its SQLSTATE, so it is told by its words. Sessions ask for PostgreSQL's own, English ones.
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => {
            let message = info.message();
            message == "deadlock detected" || PASSING.iter().any(|beginning| message.starts_with(beginning))
        }
        _ => false,
    }
}

/// How the messages begin that tell of a state which passes: of PostgreSQL first, then of PgBouncer.
const PASSING: [&str; 10] = [
    // lock_timeout, statement_timeout and cancellations
    "canceling statement due to",
    // administrators, failovers, timeouts
    "terminating connection due to",
    // another process of the server has crashed
    "terminating connection because of",
    // starting up, shutting down, in recovery
    "the database system is",
    // max_connections
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    // the connection behind the bouncer is lost, cannot be opened, or was not to be had in time
    "server conn crashed",
    "server login",
    "query_wait_timeout",
    "pgbouncer cannot connect to server",
];
