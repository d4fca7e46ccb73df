//! Panics: where, and what when it is a constant of the program. A text that was put together may hold what somebody wrote, as that of
//! a string that is cut within a character does, so nobody is shown it.

use std::cell::Cell;
use std::panic::{self, Location, PanicHookInfo};

use clockwork_core::telemetry::FAILURE_TARGET;

use crate::middleware::request_id;

thread_local! {
    static LAST: Cell<Option<String>> = const { Cell::new(None) };
}

/// Logs panics from now on, in place of Rust's own words on standard error.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let place = place(info);
        let message =
            info.payload().downcast_ref::<&'static str>().copied().unwrap_or("not shown: it is no constant text");
        let request = request_id::current();
        tracing::error!(location = place, reason = message, request_id = request, "a thread panicked");
        if request.is_empty() {
            // In a request, what comes of it is told.
            tracing::error!(target: FAILURE_TARGET, kind = format!("panic at {place}"));
        }
        LAST.set(Some(place));
    }));
}

/// Where the panic was that this thread has just caught.
#[must_use]
pub fn caught() -> String {
    LAST.take().unwrap_or_else(|| "an unknown place".to_owned())
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(|| "an unknown place".to_owned(), Location::to_string)
}
