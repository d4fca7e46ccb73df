//! A variable: its name, where it may be set, and what it means. The sections of the configuration declare
//! theirs with this type; reading, `--print-config` and `docs/CONFIGURATION.md` all work from that one declaration.

use super::values::Environment;

/// One setting of Clockwork.
#[derive(Debug)]
pub struct Variable {
    /// The name in the environment. Its lower-case form is the key in `config/*.toml` and the file under
    /// `/run/secrets`.
    pub name: &'static str,
    /// Another name with the same meaning, which other deployments use.
    pub alias: Option<&'static str>,
    /// What a value looks like, in the words of an error message: "expected …".
    pub expected: &'static str,
    /// The value when it is not set.
    pub default: DefaultValue,
    /// Whether the value must never be shown.
    pub secret: bool,
    /// What it does, for `docs/CONFIGURATION.md`.
    pub about: &'static str,
}

/// The value of a variable that is not set.
#[derive(Debug, Clone, Copy)]
pub enum DefaultValue {
    /// There is none, and that is a meaning of its own, which the text names.
    Unset(&'static str),
    /// The same everywhere.
    Always(&'static str),
    /// One in development, another in staging and production.
    Development(&'static str, &'static str),
    /// One in production, another elsewhere.
    Production(&'static str, &'static str),
    /// A value in development (or, for an empty text, none); staging and production must set one.
    RequiredOutsideDevelopment(&'static str, &'static str),
}

impl DefaultValue {
    /// The value that holds in `environment`, if there is one.
    #[must_use]
    pub fn in_environment(self, environment: Environment) -> Option<&'static str> {
        let production = environment == Environment::Production;
        let development = environment == Environment::Development;
        let value = match self {
            Self::Unset(_) => "",
            Self::Always(value) => value,
            Self::Development(value, _) if development => value,
            Self::Development(_, value) => value,
            Self::Production(value, _) if production => value,
            Self::Production(_, value) => value,
            Self::RequiredOutsideDevelopment(value, _) if development => value,
            Self::RequiredOutsideDevelopment(..) => "",
        };
        (!value.is_empty()).then_some(value)
    }

    /// Whether the server refuses to start in `environment` without a value.
    #[must_use]
    pub fn is_required(self, environment: Environment) -> bool {
        matches!(self, Self::RequiredOutsideDevelopment(..)) && environment != Environment::Development
    }
}
