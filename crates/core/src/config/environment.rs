//! Where this process runs: the one setting on which defaults depend.

use super::variable::{Default, Variable};
use std::fmt;

pub(super) const ENV: Variable = Variable {
    name: "ENV",
    alias: Some("APP_ENV"),
    expected: "development, staging or production",
    default: Default::Always("development"),
    secret: false,
    about: "Where this process runs. It decides which `config/{ENV}.toml` is read and which defaults hold, so it can only be \
            set in the environment or by a secrets file, not in a `.toml` or in `.env`.",
};

/// Where this process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A programmer's machine: everything works without being set.
    Development,
    /// Like production, for trying.
    Staging,
    /// People's time is in it.
    Production,
}

impl Environment {
    /// The name, as it is written in `ENV` and in the name of the configuration file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Development, Self::Staging, Self::Production]
            .into_iter()
            .find(|environment| environment.as_str() == text)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
