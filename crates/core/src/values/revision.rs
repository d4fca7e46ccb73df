//! Optimistic locking: a change may say which revisions of a row it may be made from.

/// Which revision a caller believes to be changing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedRevision {
    /// Whichever is there.
    Any,
    /// One of these.
    OneOf(Revisions),
}

/// A few revisions. They are kept in place, so that [`ExpectedRevision`] stays as cheap to pass as an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revisions {
    /// Unused places repeat the first revision.
    revisions: [i64; Self::MAX],
}

/// The row has been changed since the caller read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisionMismatch;

impl Revisions {
    /// How many revisions a caller may name. One is usual; a cache may know a few.
    pub const MAX: usize = 8;

    /// These revisions; `None` without any, or with more than [`Self::MAX`].
    #[must_use]
    pub fn new(given: &[i64]) -> Option<Self> {
        let mut revisions = [*given.first()?; Self::MAX];
        revisions.get_mut(..given.len())?.copy_from_slice(given);
        Some(Self { revisions })
    }
}

impl ExpectedRevision {
    /// Compares with the revision of the row, which must be locked so that the answer stays true.
    ///
    /// # Errors
    /// When the row has none of the expected revisions.
    pub fn check(self, actual: i64) -> Result<(), RevisionMismatch> {
        match self {
            Self::OneOf(Revisions { revisions }) if !revisions.contains(&actual) => Err(RevisionMismatch),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_expected_revisions_is_enough() {
        let expected = |given: &[i64]| ExpectedRevision::OneOf(Revisions::new(given).unwrap());
        assert_eq!(expected(&[4]).check(4), Ok(()));
        assert_eq!(expected(&[4]).check(0), Err(RevisionMismatch));
        assert_eq!(expected(&[7, 3, 4]).check(4), Ok(()));
        assert_eq!(expected(&[7, 3, 4]).check(5), Err(RevisionMismatch));
        assert_eq!(ExpectedRevision::Any.check(5), Ok(()));
        assert_eq!(Revisions::new(&[]), None);
        assert!(Revisions::new(&[1; Revisions::MAX]).is_some());
        assert_eq!(Revisions::new(&[1; Revisions::MAX + 1]), None);
    }
}
