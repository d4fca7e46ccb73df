//! `server openapi`: the description of the API, as docs/openapi.json holds it.

use std::io::Write;
use std::process::ExitCode;

use crate::openapi;

/// Prints the document.
pub(super) fn print() -> ExitCode {
    let written = openapi::document().to_pretty_json().map_err(std::io::Error::other);
    match written.and_then(|json| writeln!(std::io::stdout(), "{json}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "server: {error}");
            ExitCode::FAILURE
        }
    }
}
