//! Named constraints: how a rule learns which promise of the database a statement would have broken.

use diesel::result::Error;

/// The constraint that a statement violated, if that is why it failed.
pub fn violated(error: &Error) -> Option<&str> {
    match error {
        Error::DatabaseError(_, info) => info.constraint_name(),
        _ => None,
    }
}
