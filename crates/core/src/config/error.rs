//! Everything that is wrong with a configuration, in one value.

use std::fmt;

/// The exit code of a process whose configuration is not valid: `EX_CONFIG` of sysexits.h.
pub const EXIT_CODE: u8 = 78;

/// The configuration is not valid. Displayed, it lists every problem on a line of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// What is wrong, in the order of the documentation. Never empty.
    pub problems: Vec<InvalidSetting>,
}

/// One setting that is not valid.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    /// The variable or file that is not valid.
    pub subject: String,
    /// The layer that the value came from; `None` when no layer has one.
    pub layer: Option<String>,
    /// The value that was found; never that of a secret.
    pub found: String,
    /// The values that are valid.
    pub expected: String,
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        if let Some(layer) = &self.layer {
            write!(f, " ({layer})")?;
        }
        write!(f, ": {}; expected {}", self.found, self.expected)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not valid:")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
