//! Logs: where they go and what they look like. What is logged is decided where it happens.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, Registry};

use super::{FAILURE_TARGET, QUERY_TARGET, RULE_TARGET};

/// Something else that is told of spans and events.
pub type ExtraLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

/// Where log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// Standard output: a server's, which has nothing else to say there.
    Stdout,
    /// Standard error: a command's, whose standard output is its result.
    Stderr,
}

/// Sends the events of these levels to `sink`, from now on and for the whole process.
///
/// # Errors
/// When it was called before.
pub fn init(level: &Targets, format: LogFormat, sink: Sink) -> Result<(), TryInitError> {
    init_with(level, format, sink, Vec::new())
}

/// The same, and tells `others` as well.
///
/// # Errors
/// When this, or [`init`], was called before.
pub fn init_with(level: &Targets, format: LogFormat, sink: Sink, others: Vec<ExtraLayer>) -> Result<(), TryInitError> {
    let layer = match sink {
        Sink::Stdout => layer(level, format, std::io::stdout, std::io::stdout().is_terminal()),
        Sink::Stderr => layer(level, format, std::io::stderr, std::io::stderr().is_terminal()),
    };
    let layers: Vec<_> = std::iter::once(layer).chain(others).collect();
    tracing_subscriber::registry().with(layers).try_init()
}

/// What [`init`] installs, writing to anything; `color` is for terminals.
pub fn layer<W>(level: &Targets, format: LogFormat, writer: W, color: bool) -> ExtraLayer
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    // These are for others; within a rule, a line still has its request.
    let others = [RULE_TARGET, QUERY_TARGET, FAILURE_TARGET].map(|target| (target, LevelFilter::OFF));
    let curious = level.would_enable(DISPATCHER_TARGET, &Level::DEBUG);
    let matters =
        move |metadata: &Metadata<'_>| may_be_logged(metadata) && (curious || metadata.target() != DISPATCHER_TARGET);
    let filter = level.clone().with_targets(others).and(filter_fn(matters));
    match format {
        // Flattened, so that a collector finds `status` and `duration` beside `message`, not below it.
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).with_filter(filter).boxed()
        }
        LogFormat::Pretty => lines.compact().with_ansi(color).with_filter(filter).boxed(),
    }
}

/// It logs an error for every connection that does not speak HTTP. Any port scan makes such a line and no operator can
/// act on it, so it is shown at `debug` only.
const DISPATCHER_TARGET: &str = "actix_http::h1::dispatcher";

/// Libraries that write what people wrote when they are asked for more than `info`: PostgreSQL's client writes the
/// parameters of every statement. Operations B1 promises that no log has it, at whatever level.
const TARGETS_WITH_SECRETS: [&str; 1] = ["tokio_postgres"];

fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let of = |library: &&str| metadata.target().split("::").next() == Some(*library);
    *metadata.level() <= Level::INFO || !TARGETS_WITH_SECRETS.iter().any(of)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged at these levels when three events happen within a span.
    fn logged(level: &str, format: LogFormat) -> String {
        let level: Targets = level.parse().unwrap();
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::registry().with(layer(&level, format, move || sink.clone(), false));
        tracing::subscriber::with_default(subscriber, || {
            let _request = tracing::info_span!("request", request_id = "r1").entered();
            tracing::info!(status = 201, "answered");
            tracing::debug!("detail");
            tracing::error!(target: "actix_http::h1::dispatcher", "nonsense came in");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn json_is_one_flat_object_a_line_with_its_span() {
        let text = logged("info", LogFormat::Json);
        let [line] = text.lines().collect::<Vec<_>>().try_into().unwrap();
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "answered");
        assert_eq!(line["status"], 201);
        assert_eq!(line["span"]["request_id"], "r1");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn pretty_is_for_people_and_has_no_escape_codes_off_a_terminal() {
        let text = logged("info", LogFormat::Pretty);
        assert!(text.contains("answered") && text.contains("status=201"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn the_level_decides_what_is_logged_also_for_a_part_of_the_program() {
        assert!(!logged("info", LogFormat::Pretty).contains("detail"));
        assert!(logged("debug", LogFormat::Pretty).contains("detail"));
        assert!(logged("off,clockwork_core=debug", LogFormat::Pretty).contains("detail"));
        assert_eq!(logged("warn", LogFormat::Pretty), "");
    }

    #[test]
    fn malformed_requests_are_not_logged_as_errors() {
        assert!(!logged("info", LogFormat::Pretty).contains("nonsense"));
        for curious in ["debug", "info,actix_http=debug"] {
            assert!(logged(curious, LogFormat::Pretty).contains("nonsense"), "{curious}");
        }
    }
}
