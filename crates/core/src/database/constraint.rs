//! Named constraints: how a rule learns which promise of the database a statement would have broken. And which errors
//! mean that the database was unavailable.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// Whether PostgreSQL translates its messages for a session with this `lc_messages`: there are translations for all
/// languages but English.
pub(super) fn is_translated(language: &str) -> bool {
    let language = language.split(['.', '_', '@']).next().unwrap_or_default();
    !["", "C", "POSIX", "en", "English"].contains(&language)
}

/// The constraint that a statement violated, if that is why it failed.
pub fn violated(error: &Error) -> Option<&str> {
    match error {
        Error::DatabaseError(_, info) => info.constraint_name(),
        _ => None,
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

/// Whether an error that reached diesel without its SQLSTATE is temporary.
///
/// The SQLSTATE would say so, but diesel-async 0.9 maps it to a `DatabaseErrorKind`, `Unknown` for all but eight, and
/// its error type keeps the original private; `DatabaseErrorInformation` has no method for it. A rule gets the error
/// after the connection, so nothing beside the error can carry it either, short of state of the whole process. That
/// leaves the message. Connections set `lc_messages` to PostgreSQL's own, untranslated messages; where the role may
/// not, the session logs a warning that names the privilege that is missing, and a temporary error with a translated
/// message is a 500.
fn is_temporary(info: &dyn DatabaseErrorInformation) -> bool {
    let message = info.message();
    message == "deadlock detected" || TEMPORARY.iter().any(|beginning| message.starts_with(beginning))
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
