//! What a failed statement means: try the transaction again, answer 503, or report a fault of the program.
//!
//! PostgreSQL says it by the SQLSTATE, which the errors of diesel do not carry. diesel-async 0.9 turns eight SQLSTATEs
//! into a `DatabaseErrorKind` and the rest into `Unknown`; its wrapper of the driver's error is private, and
//! `DatabaseErrorInformation` has a method for the message, the constraint and the table, but none for the code. The
//! pool sees the code on the wire ([`super::transport`]), and the migrator reports it from there. For a request that is
//! of no use: a rule returns the error after the connection has gone back to the pool, and a side table of the process
//! would have to guess which error belongs to which statement. diesel's instrumentation of a connection could be asked
//! for it right after a failure, but access to it panics while a row stream is alive. So two failures without a kind
//! are recognised by PostgreSQL's own message: a deadlock, and temporary states of the server. Both lists are here and
//! nowhere else; `tests/db/failures.rs` provokes them on a real server.
//!
//! Connections set `lc_messages` to the untranslated messages. Where the role may not, the session logs a warning that
//! names the missing privilege; a deadlock is then not retried, and a temporary failure is a 500.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// Whether PostgreSQL translates its messages for a session with this `lc_messages`: there are translations for all
/// languages but English.
pub(super) fn is_translated(language: &str) -> bool {
    let language = language.split(['.', '_', '@']).next().unwrap_or_default();
    !["", "C", "POSIX", "en", "English"].contains(&language)
}

/// Whether an error is `deadlock_detected` (40P01) or `serialization_failure` (40001): nothing was written, and the
/// same transaction may be run again.
pub(super) fn is_retryable(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => is_deadlock(info.as_ref()),
        _ => false,
    }
}

/// Whether a statement failed because the database was unavailable or overloaded, so that trying again may help. Every
/// other error is a fault of the program.
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
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => is_temporary(info.as_ref()),
        _ => false,
    }
}

fn is_deadlock(info: &dyn DatabaseErrorInformation) -> bool {
    info.message() == "deadlock detected"
}

/// Whether the server could not run the statement now, and may later.
fn is_temporary(info: &dyn DatabaseErrorInformation) -> bool {
    is_deadlock(info) || TEMPORARY.iter().any(|beginning| info.message().starts_with(beginning))
}

/// The beginnings of messages about temporary states: of PostgreSQL first, then of PgBouncer.
const TEMPORARY: [&str; 10] = [
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_errors_are_told_from_mistakes() {
        for (message, temporary) in [
            ("canceling statement due to lock timeout", true),
            ("canceling statement due to statement timeout", true),
            ("terminating connection due to administrator command", true),
            ("the database system is shutting down", true),
            ("deadlock detected", true),
            ("server login has been failing", true),
            ("column \"x\" does not exist", false),
            ("division by zero", false),
            ("permission denied for table deadlock detected", false),
        ] {
            let error = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
            assert_eq!(is_unavailable(&error), temporary, "{message}");
        }
    }

    #[test]
    fn english_is_what_is_never_translated() {
        for language in ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB", "en", "English_United States.1252"] {
            assert!(!is_translated(language), "{language}");
        }
        for language in ["de_DE.UTF-8", "fr_FR@euro", "ja", "German_Germany.1252"] {
            assert!(is_translated(language), "{language}");
        }
    }
}
