//! The error of a rule: what every rule may answer, once, and what is special to one.

use diesel::QueryResult;

use super::{Capability, Forbidden};
use crate::database::DatabaseFailure;
use crate::database::constraint::violated;
use crate::values::revision::RevisionMismatch;

/// What one kind of rule rejects, beside what all rules do.
pub trait Rejection: std::error::Error + 'static {
    /// What its rules are about, in a word for people.
    const OBJECT: &'static str;
}

/// Why a rule did nothing.
#[derive(Debug, thiserror::Error)]
pub enum RuleError<R: Rejection> {
    /// There is no such object, or the caller may not see it. Its kind, in a word for people.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The object was changed since the caller read it.
    #[error("the {} was changed meanwhile", R::OBJECT)]
    RevisionMismatch,
    /// The caller may see the object, but not do this with it.
    #[error("the caller lacks the capability {0}")]
    Forbidden(Capability),
    /// What is special to this kind of rule.
    #[error(transparent)]
    Rejected(#[from] R),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] diesel::result::Error),
}

impl<R: Rejection> RuleError<R> {
    /// There is no such object of the kind that the rule is about.
    #[must_use]
    pub fn not_found() -> Self {
        Self::NotFound(R::OBJECT)
    }
}

impl<R: Rejection> From<diesel::result::Error> for RuleError<R> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl<R: Rejection> From<RevisionMismatch> for RuleError<R> {
    fn from(_: RevisionMismatch) -> Self {
        Self::RevisionMismatch
    }
}

impl<R: Rejection> From<Forbidden> for RuleError<R> {
    fn from(Forbidden(capability): Forbidden) -> Self {
        Self::Forbidden(capability)
    }
}

impl<R: Rejection> DatabaseFailure for RuleError<R> {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

/// Gives violations of constraints a meaning. What a violated constraint means is said by the statement that may
/// violate it: the same foreign key means one thing where an entry is made and another where a category is deleted.
pub(crate) trait OnViolation<T> {
    /// Turns a violation of a constraint that `meaning` knows into its rejection; every other error stays the
    /// database's.
    ///
    /// # Errors
    /// Those of the statement.
    fn on_violation<R: Rejection>(self, meaning: impl FnOnce(&str) -> Option<R>) -> Result<T, RuleError<R>>;
}

impl<T> OnViolation<T> for QueryResult<T> {
    fn on_violation<R: Rejection>(self, meaning: impl FnOnce(&str) -> Option<R>) -> Result<T, RuleError<R>> {
        self.map_err(|error| match violated(&error).and_then(meaning) {
            Some(rejection) => RuleError::Rejected(rejection),
            None => RuleError::Database(error),
        })
    }
}
