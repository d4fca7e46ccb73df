//! Why a value was refused.

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
    #[error("must be {0}")]
    Format(&'static str),
    /// Outside of the range expected.
    #[error("must be {0}")]
    OutOfRange(&'static str),
}

impl InvalidValue {
    /// The stable code that the API gives a field with this problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter(_) => "control_characters",
            Self::Format(_) => "invalid_format",
            Self::OutOfRange(_) => "out_of_range",
        }
    }
}
