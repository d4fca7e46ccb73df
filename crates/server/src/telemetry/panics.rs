//! Panics: the place is logged, and the message if it is a constant of the program. A formatted message may contain
//! user data (that of a string cut within a character does), so it is left out.

use std::cell::Cell;
use std::panic::{self, Location, PanicHookInfo};

use clockwork_core::telemetry::FAILURE_TARGET;

use crate::request;

thread_local! {
    static LAST: Cell<Option<String>> = const { Cell::new(None) };
}

/// Logs panics from now on, in place of Rust's own words on standard error.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let place = place(info);
        let message =
            info.payload().downcast_ref::<&'static str>().copied().unwrap_or("not shown: it is no constant text");
        let id = request::current_id();
        tracing::error!(location = place, reason = message, request_id = id, "a thread panicked");
        if id.is_empty() {
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

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex};

    use tracing::field::{Field, Visit};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    use super::*;

    #[derive(Clone, Default)]
    struct CapturedLog(Arc<Mutex<String>>);

    impl Visit for CapturedLog {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
        }
    }

    impl<S: tracing::Subscriber> Layer<S> for CapturedLog {
        fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
            event.record(&mut self.clone());
            self.0.lock().unwrap().push('\n');
        }
    }

    #[test]
    fn a_panic_is_told_by_its_place_and_only_in_constant_words() {
        let before = panic::take_hook();
        install();
        let said = CapturedLog::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(said.clone()), || {
            let typed = String::from("Ada's secret");
            assert!(panic::catch_unwind(|| panic!("{typed}")).is_err());
            assert!(caught().starts_with(file!()));
            assert!(panic::catch_unwind(|| panic!("a constant")).is_err());
        });
        panic::set_hook(before);
        let said = said.0.lock().unwrap().clone();
        assert!(said.contains("a constant") && said.contains("not shown"), "{said}");
        assert!(
            said.contains(&format!("kind=panic at {}", file!()))
                || said.contains(&format!("kind=\"panic at {}", file!())),
            "{said}"
        );
        assert!(!said.contains("Ada"), "{said}");
    }
}
