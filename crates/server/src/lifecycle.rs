//! How the server ends: told by a signal, out of the load balancer first, then in order. Operations L1.

use std::io;
use std::process;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use clockwork_core::config::ShutdownConfig;
use clockwork_core::health::Health;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::Application;

/// Serves until the process is told to stop, and returns when the last request has been answered.
///
/// From the first SIGTERM or SIGINT on the server is not ready, but goes on answering for `drain`; then it stops accepting and gives requests
/// in flight `timeout` to finish. A second signal ends the process at once.
pub async fn run(
    application: Application,
    mut signals: Signals,
    health: &Health,
    config: &ShutdownConfig,
) -> io::Result<()> {
    let handle = application.handle();
    let mut serving = std::pin::pin!(application.run());
    let ending = async {
        let name = signals.next().await;
        tokio::spawn(end_at_once(signals));
        end(name, &handle, health, config.drain).await;
    };
    tokio::select! {
        served = &mut serving => served,
        () = ending => serving.await,
    }
}

async fn end(signal: &str, handle: &ServerHandle, health: &Health, drain: Duration) {
    let begun = Instant::now();
    health.begin_draining();
    tracing::info!(?drain, "told to stop by {signal}: not ready any more, and draining");
    tokio::time::sleep(drain).await;
    tracing::info!(after = ?begun.elapsed(), "drained: no new connections, only requests in flight");
    handle.stop(true).await;
}

/// Whoever asks twice does not want to wait. The exit code is the one that the signal would have given.
async fn end_at_once(mut signals: Signals) {
    let name = signals.next().await;
    tracing::warn!("told again, by {name}: ending at once");
    process::exit(if name == "SIGINT" { 130 } else { 143 });
}

/// SIGTERM and SIGINT, from when they are listened for on. Before that they end the process, as they do by themselves.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens. To be called before anybody is told that the server is there.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
