//! Why a value was refused.

use chrono::{DateTime, Utc};

use super::text::shorten;

/// How much of a value an error quotes, in characters.
const FOUND_MAX: usize = 100;

/// Why a value was refused. `Display` says what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// Nothing that can be seen.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {max} characters, has {found}")]
    TooLong {
        /// The limit, in Unicode characters.
        max: usize,
        /// What was given.
        found: usize,
    },
    /// A control character that this value may not hold.
    #[error("must not contain control characters (found U+{0:04X})")]
    ControlCharacter(u32),
    /// Not of the form expected.
    #[error("must be {expected}")]
    Format {
        /// A word for the form, for programs.
        format: &'static str,
        /// What was expected, for people.
        expected: &'static str,
    },
    /// None of the words that are allowed.
    #[error("must be {}, is {found}", listed(allowed))]
    NotAllowed {
        /// These.
        allowed: &'static [&'static str],
        /// What was given, cut to a length that can be shown.
        found: String,
    },
    /// A time outside of the range expected.
    #[error("must be {expected}")]
    OutOfRange {
        /// What was expected, for people.
        expected: &'static str,
        /// No earlier instant.
        earliest: DateTime<Utc>,
        /// No later instant.
        latest: DateTime<Utc>,
    },
}

/// Words as people list them: `a, b or c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

impl InvalidValue {
    /// `text` is none of the words that are allowed.
    #[must_use]
    pub fn not_allowed(allowed: &'static [&'static str], text: &str) -> Self {
        Self::NotAllowed { allowed, found: shorten(text, FOUND_MAX) }
    }

    /// The stable code that the API gives a field with this problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter(_) => "control_characters",
            Self::Format { .. } | Self::NotAllowed { .. } => "invalid_format",
            Self::OutOfRange { .. } => "out_of_range",
        }
    }
}
