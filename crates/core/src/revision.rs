//! Optimistic locking: a change may say which revision of a row it was made from.

/// Which revision a caller believes to be changing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whichever is there.
    Any,
    /// This one only.
    Revision(i64),
}

/// The row has been changed since the caller read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale;

impl Expected {
    /// Compares with the revision of the row, which must be locked so that the answer stays true.
    pub fn check(self, actual: i64) -> Result<(), Stale> {
        match self {
            Self::Revision(expected) if expected != actual => Err(Stale),
            _ => Ok(()),
        }
    }
}
