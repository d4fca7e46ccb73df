//! `server access`: the table of roles and capabilities, as docs/ACCESS.md holds it.

use std::io::Write;
use std::process::ExitCode;

use crate::access_page;

/// Prints the page.
pub(super) fn print() -> ExitCode {
    match write!(std::io::stdout(), "{}", access_page::text()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "server: {error}");
            ExitCode::FAILURE
        }
    }
}
