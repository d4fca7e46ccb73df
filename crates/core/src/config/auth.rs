//! Authentication.

use super::reader::Reader;
use super::variable::{DefaultValue, Variable};

const AUTH_MODE: Variable = Variable {
    name: "AUTH_MODE",
    alias: None,
    expected: "none",
    default: DefaultValue::RequiredOutsideDevelopment("none", "none"),
    secret: false,
    about: "`none`: every request is the one built-in user's; for one person on a trusted machine or network. \
            Outside development it must be set, so that a forgotten variable does not open the server to the world. \
            `accounts` is not available in this version.",
};

pub(super) const VARIABLES: &[&Variable] = &[&AUTH_MODE];

/// Authentication.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// How callers are told apart.
    pub mode: AuthMode,
}

/// How callers are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// None: every request is the built-in user's.
    None,
}

impl AuthMode {
    /// The word of the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
        }
    }
}

impl AuthConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let mode = reader.optional(&AUTH_MODE, |text| match text {
            "none" => Ok(AuthMode::None),
            "accounts" => Err("which is not available in this version".to_owned()),
            _ => Err(String::new()),
        });
        Some(Self { mode: mode? })
    }
}
