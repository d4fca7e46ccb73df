//! Shutdown: after a signal the server leaves the load balancer first, then closes everything in order. Operations L1.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::{Duration, Instant};

use clockwork_core::config::ShutdownConfig;
use clockwork_core::operations::health::Health;
use clockwork_core::operations::signals::Signals;

use crate::app::Application;
use crate::service_manager::ServiceManager;

/// How long each thing may take to close. What hangs must not keep the rest from closing, nor the process from ending
/// before the platform kills it: that is some ten seconds after the drain and the requests.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves until a signal requests the shutdown, and returns when everything is closed.
///
/// From the first SIGTERM or SIGINT on the server is not ready, but goes on answering for `drain`; then it stops
/// accepting, tells the event streams to end, and gives requests in flight `timeout` to finish. When the last one is
/// answered, or the time is up, everything else is closed, stage by stage. A second signal ends the process at once.
/// The service manager is told of each of these steps before it is taken.
///
/// # Errors
/// If the HTTP server fails.
pub async fn run(
    application: Application,
    mut signals: Signals,
    health: &Health,
    manager: &ServiceManager,
    config: &ShutdownConfig,
    shutdown_steps: ShutdownSteps,
) -> io::Result<()> {
    let handle = application.handle();
    let mut serving = std::pin::pin!(application.run());
    let told = async {
        let name = signals.next().await.name();
        let begun = Instant::now();
        tokio::spawn(end_at_once(signals));
        health.begin_draining();
        manager.stopping(config).await;
        tracing::info!(drain = ?config.drain, "shutdown requested by {name}: not ready, draining");
        tokio::time::sleep(config.drain).await;
        manager.status("finishing requests in flight").await;
        tracing::info!(after = ?begun.elapsed(), "drained: no new connections, only requests in flight");
        begun
    };
    let (mut streams, others): (Vec<_>, Vec<_>) =
        shutdown_steps.0.into_iter().partition(|step| step.stage == ShutdownStage::EventStreams);
    let (served, begun) = tokio::select! {
        served = &mut serving => (served, Instant::now()),
        begun = told => {
            let stopping = Instant::now();
            // No new connections from here on, so that clients whose streams end reconnect to another server.
            let stopped = handle.stop(true);
            let streams = std::mem::take(&mut streams);
            let (served, (), ()) = tokio::join!(&mut serving, stopped, close(streams, begun));
            if stopping.elapsed() > config.timeout {
                tracing::warn!(timeout = ?config.timeout, "shutdown timeout: requests in flight are aborted");
            }
            (served, begun)
        }
    };
    tracing::info!(after = ?begun.elapsed(), "closed: the HTTP server");
    manager.status("closing").await;
    close(streams, begun).await;
    close(others, begun).await;
    served
}

/// When something is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShutdownStage {
    /// As soon as no new connections are accepted. Streams are requests that would never finish by themselves.
    EventStreams,
    /// When the last request is answered: whatever works in the background.
    Jobs,
    /// Next: the database.
    Database,
    /// Last, so that all of the above is told: metrics, traces, errors.
    Telemetry,
}

/// What is closed when the server ends. A later stage begins when the earlier one is done; within a stage, what was
/// added first is closed first.
#[derive(Default)]
pub struct ShutdownSteps(Vec<ShutdownStep>);

struct ShutdownStep {
    stage: ShutdownStage,
    name: &'static str,
    close: Pin<Box<dyn Future<Output = anyhow::Result<()>>>>,
}

impl ShutdownSteps {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds something: its name for the log, such as `the job workers`, and the work of closing it, which begins when
    /// its turn comes. Work that takes longer than two seconds is dropped, and work that fails is told; neither stops
    /// the rest.
    pub fn add(
        &mut self,
        stage: ShutdownStage,
        name: &'static str,
        close: impl Future<Output = anyhow::Result<()>> + 'static,
    ) {
        let place = self.0.partition_point(|step| step.stage <= stage);
        self.0.insert(place, ShutdownStep { stage, name, close: Box::pin(close) });
    }
}

async fn close(shutdown_steps: Vec<ShutdownStep>, begun: Instant) {
    for ShutdownStep { name, close, .. } in shutdown_steps {
        let turn = Instant::now();
        let result = tokio::time::timeout(CLOSING_TIMEOUT, close).await;
        let (took, after) = (turn.elapsed(), begun.elapsed());
        match result {
            Ok(Ok(())) => tracing::info!(?took, ?after, "closed: {name}"),
            Ok(Err(error)) => {
                tracing::warn!(?took, ?after, error = format!("{error:#}"), "closing failed: {name}");
            }
            Err(_) => tracing::warn!(?took, ?after, "closing timed out: {name}"),
        }
    }
}

/// A second signal ends the process at once, with the exit code that the signal would have given.
async fn end_at_once(mut signals: Signals) {
    let signal = signals.next().await;
    tracing::warn!("second signal {}: exiting at once", signal.name());
    signal.exit()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    #[tokio::test]
    async fn stages_are_closed_in_their_order_whatever_fails_or_hangs() {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let mut shutdown_steps = ShutdownSteps::new();
        let mut add = |stage, name, result: Option<anyhow::Result<()>>| {
            let seen = Rc::clone(&seen);
            shutdown_steps.add(stage, name, async move {
                seen.borrow_mut().push(name);
                match result {
                    Some(result) => result,
                    None => std::future::pending().await,
                }
            });
        };
        add(ShutdownStage::Telemetry, "telemetry", Some(Ok(())));
        add(ShutdownStage::Database, "database", None);
        add(ShutdownStage::Jobs, "first worker", Some(Err(anyhow::anyhow!("broken"))));
        add(ShutdownStage::EventStreams, "streams", Some(Ok(())));
        add(ShutdownStage::Jobs, "second worker", Some(Ok(())));
        close(shutdown_steps.0, Instant::now()).await;
        assert_eq!(*seen.borrow(), ["streams", "first worker", "second worker", "database", "telemetry"]);
    }
}
