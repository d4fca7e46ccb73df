//! Named constraints: how a rule learns which promise of the database a statement would have broken. And how it is told that the
//! database was not there.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// Whether the newest session's messages may be translated. A process has one database.
static TRANSLATED: AtomicBool = AtomicBool::new(false);

/// Notes the language of a new session's messages, its `lc_messages`.
pub(super) fn messages_are_in(language: &str) {
    let translated = is_foreign(language);
    if TRANSLATED.swap(translated, Ordering::Relaxed) != translated && translated {
        tracing::warn!(
            language,
            "PostgreSQL may not be asked for untranslated messages; GRANT SET ON PARAMETER lc_messages lets passing errors be told from mistakes"
        );
    }
}

/// Only languages other than English have translations.
fn is_foreign(language: &str) -> bool {
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
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) => {
            passes(info.as_ref(), TRANSLATED.load(Ordering::Relaxed))
        }
        _ => false,
    }
}

/// Whether an error passes that reached diesel without its SQLSTATE. It is told by its words; sessions ask for PostgreSQL's own,
/// English ones, and where they may not, whatever does not point into the statement counts as passing: mistakes of ours mostly do,
/// and a restart of the database must not look like one.
fn passes(info: &dyn DatabaseErrorInformation, translated: bool) -> bool {
    let message = info.message();
    message == "deadlock detected"
        || PASSING.iter().any(|beginning| message.starts_with(beginning))
        || (translated && info.statement_position().is_none())
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Said(&'static str, Option<i32>);

    impl DatabaseErrorInformation for Said {
        fn message(&self) -> &str {
            self.0
        }
        fn details(&self) -> Option<&str> {
            None
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            None
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            None
        }
        fn statement_position(&self) -> Option<i32> {
            self.1
        }
    }

    #[test]
    fn passing_errors_are_told_from_mistakes_in_any_language() {
        for (message, position, in_english, translated) in [
            ("canceling statement due to lock timeout", None, true, true),
            ("deadlock detected", None, true, true),
            ("server login has been failing", None, true, true),
            ("storniere Anfrage wegen Zeitüberschreitung einer Sperre", None, false, true),
            ("arrêt des connexions suite à la demande de l'administrateur", None, false, true),
            ("Spalte »x« existiert nicht", Some(8), false, false),
            ("column \"x\" does not exist", Some(8), false, false),
            ("division by zero", None, false, true),
        ] {
            assert_eq!(passes(&Said(message, position), false), in_english, "{message}");
            assert_eq!(passes(&Said(message, position), true), translated, "{message}");
        }
    }

    #[test]
    fn english_is_what_is_never_translated() {
        for language in ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB", "en", "English_United States.1252"] {
            assert!(!is_foreign(language), "{language}");
        }
        for language in ["de_DE.UTF-8", "fr_FR@euro", "ja", "German_Germany.1252"] {
            assert!(is_foreign(language), "{language}");
        }
    }
}
