//! Failures to Sentry: answers of 5xx and panics, by kind and place. Never the message of an error: it may hold what a
//! user wrote.
//!
//! Of Sentry's own library only the protocol is used. Its client gathers breadcrumbs and contexts, which is where such
//! words would get in, and has a thread and a runtime of its own.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clockwork_core::VERSION;
use clockwork_core::config::{Environment, Secret};
use clockwork_core::telemetry::{ExtraLayer, FAILURE_TARGET};
use sentry_types::Dsn;
use sentry_types::protocol::v7::{Envelope, Event, Exception};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;
use tracing::field::{Field, Visit};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer};

use super::TelemetryError;
use super::delivery::{Deliveries, client};

/// How many failures wait for delivery; what is more is dropped.
const QUEUE: usize = 64;

/// A database that is away is one failure, not one for each request that finds it so.
const UNAVAILABLE_INTERVAL: Duration = Duration::from_secs(60);

/// How long nothing is sent after Sentry has asked for it without saying how long.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(60);

/// The longest that nothing is sent, whatever Sentry asks for: an [`Instant`] too far ahead is a panic.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// What delivers failures.
pub(super) struct FailureReporter {
    queue: Sender<Event<'static>>,
    environment: Environment,
    delivering: JoinHandle<()>,
}

impl FailureReporter {
    pub(super) fn start(dsn: &Secret<String>, environment: Environment) -> Result<Self, TelemetryError> {
        // Not the parser's words, which may have the key in them.
        let dsn: Dsn = dsn.reveal().parse().map_err(|_| TelemetryError::Dsn)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let delivering = tokio::spawn(deliver(client()?, dsn, waiting));
        Ok(Self { queue, environment, delivering })
    }

    /// What sees failures. Everything else passes by it.
    pub(super) fn layer(&self) -> ExtraLayer {
        FailureLayer { queue: self.queue.downgrade(), environment: self.environment, unavailable: Mutex::new(None) }
            .with_filter(filter_fn(|metadata: &Metadata<'_>| metadata.target() == FAILURE_TARGET))
            .boxed()
    }

    /// Delivers what waits.
    pub(super) async fn shutdown(self) {
        drop(self.queue);
        let _ = self.delivering.await;
    }
}

struct FailureLayer {
    /// Weak, so that dropping the reporter's ends the delivery.
    queue: mpsc::WeakSender<Event<'static>>,
    environment: Environment,
    /// When the last 503 was told.
    unavailable: Mutex<Option<Instant>>,
}

impl<S: Subscriber> Layer<S> for FailureLayer {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut fields = ReportedFields::default();
        event.record(&mut fields);
        let ReportedFields(mut fields) = fields;
        if fields.get("status").is_some_and(|status| status == "503") {
            let mut last = self.unavailable.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| last.elapsed() < UNAVAILABLE_INTERVAL) {
                return;
            }
            *last = Some(Instant::now());
        }
        let kind = fields.remove("kind").unwrap_or_else(|| "unknown".to_owned());
        let place = fields.get("route").cloned().unwrap_or_else(|| "background".to_owned());
        let event = Event {
            fingerprint: vec![kind.clone().into(), place.clone().into()].into(),
            transaction: Some(place),
            logger: Some("clockwork".to_owned()),
            release: Some(format!("clockwork@{VERSION}").into()),
            environment: Some(self.environment.as_str().into()),
            exception: vec![Exception { ty: "failure".to_owned(), value: Some(kind), ..Exception::default() }].into(),
            tags: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ..Event::new()
        };
        if let Some(queue) = self.queue.upgrade() {
            // Full: Sentry is away, and the log has it all.
            let _ = queue.try_send(event);
        }
    }
}

/// The fields of a failure that are told. No others are, whatever is added to it.
#[derive(Default)]
struct ReportedFields(BTreeMap<&'static str, String>);

impl ReportedFields {
    const ALLOWED: [&'static str; 6] = ["kind", "method", "route", "status", "request_id", "trace_id"];
}

impl Visit for ReportedFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if Self::ALLOWED.contains(&field.name()) {
            self.0.insert(field.name(), value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

async fn deliver(client: reqwest::Client, dsn: Dsn, mut waiting: Receiver<Event<'static>>) {
    let deliveries = Deliveries::of("failures");
    let mut paused: Option<Instant> = None;
    while let Some(event) = waiting.recv().await {
        if paused.is_some_and(|until| Instant::now() < until) {
            continue;
        }
        let mut body = Vec::new();
        if Envelope::from(event).to_writer(&mut body).is_err() {
            continue;
        }
        let sent = client
            .post(dsn.envelope_api_url())
            .header("content-type", "application/x-sentry-envelope")
            .header("x-sentry-auth", dsn.to_auth(Some("clockwork")).to_string())
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => deliveries.succeeded(),
            Ok(answer) => {
                if answer.status() == reqwest::StatusCode::TOO_MANY_REQUESTS {
                    let retry_after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
                    paused = Some(Instant::now() + pause(retry_after));
                }
                deliveries.failed(&answer.status());
            }
            // Not the error itself: it has the address, which is a secret.
            Err(_) => deliveries.failed(&"Sentry does not answer"),
        }
    }
}

/// How long nothing is sent after an answer with this `Retry-After`.
fn pause(retry_after: Option<&str>) -> Duration {
    let seconds = retry_after.and_then(|text| text.parse::<u64>().ok());
    seconds.map_or(DEFAULT_RETRY_AFTER, Duration::from_secs).min(RETRY_AFTER_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_never_longer_than_an_hour() {
        for (retry_after, seconds) in [
            (None, 60),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), 60),
            (Some("5"), 5),
            (Some("3600"), 3600),
            (Some("3601"), 3600),
            (Some("18446744073709551615"), 3600),
        ] {
            assert_eq!(pause(retry_after), Duration::from_secs(seconds), "{retry_after:?}");
        }
    }
}
