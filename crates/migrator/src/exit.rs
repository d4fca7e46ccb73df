//! How a failure is told: a message on standard error, and an exit code that scripts can rely on.

use std::fmt;
use std::process::ExitCode;

use clockwork_core::config::{ConfigError, EXIT_CODE, Environment};
use clockwork_core::database::migrations::MigrationError;

/// Reverting outside development without `--yes`.
#[derive(Debug)]
pub(crate) struct ConfirmationRequired {
    pub(crate) environment: Environment,
}

impl fmt::Display for ConfirmationRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reverting a migration loses its data, and this is {}: add --yes if you mean it", self.environment)
    }
}

impl std::error::Error for ConfirmationRequired {}

/// The configuration is wrong.
#[expect(clippy::print_stderr, reason = "logging is part of what is not configured")]
pub(crate) fn misconfigured(error: &ConfigError) -> ExitCode {
    eprintln!("migrator: {error}");
    EXIT_CODE.into()
}

/// Something else is wrong.
#[expect(
    clippy::print_stderr,
    reason = "a person at a terminal or in a Job's log reads this, in full and on several lines"
)]
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("migrator: {error}");
    code(error).into()
}

fn code(error: &anyhow::Error) -> u8 {
    if error.is::<ConfirmationRequired>() {
        return 4;
    }
    match error.downcast_ref::<MigrationError>() {
        Some(MigrationError::Target(_)) => 2,
        Some(MigrationError::Unreachable { .. }) => 3,
        Some(MigrationError::Refused(_)) => 4,
        Some(MigrationError::NoUrl | MigrationError::Certificates(_)) => EXIT_CODE,
        Some(MigrationError::Load(_) | MigrationError::Failed(_)) | None => 1,
    }
}
