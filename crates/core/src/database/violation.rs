//! What a violated constraint means is said by the statement that may violate it: the same foreign key means one thing where an entry is
//! made and another where a category is deleted.

use diesel::QueryResult;
use diesel::result::Error;

use super::constraint::violated;

/// Gives violations of constraints a meaning.
pub(crate) trait OnViolation<T> {
    /// Turns a violation of the constraint that `meaning` knows into its error; every other error stays the database's.
    ///
    /// # Errors
    /// Those of the statement.
    fn on_violation<E: From<Error>>(self, meaning: impl FnOnce(&str) -> Option<E>) -> Result<T, E>;
}

impl<T> OnViolation<T> for QueryResult<T> {
    fn on_violation<E: From<Error>>(self, meaning: impl FnOnce(&str) -> Option<E>) -> Result<T, E> {
        self.map_err(|error| violated(&error).and_then(meaning).unwrap_or_else(|| error.into()))
    }
}
