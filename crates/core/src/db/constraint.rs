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
        // lock_timeout, statement_timeout, a shutdown and a deadlock reach diesel without their SQLSTATE.
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => {
            let message = info.message();
            message.starts_with("canceling statement due to")
                || message.starts_with("terminating connection due to")
                || message == "deadlock detected"
        }
        _ => false,
    }
}
