//! What a service manager such as systemd is told, by the protocol of sd_notify: that the server is there, how it is, that it ends, and,
//! for its watchdog, that it still works. Operations W3.
//!
//! Without `NOTIFY_SOCKET` nothing of it happens.

mod pulse;
mod socket;

use std::borrow::Cow;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clockwork_core::VERSION;
use clockwork_core::config::ShutdownConfig;
use clockwork_core::operations::health::Health;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::workers::Workers;

use pulse::Pulse;

/// How long a start waits for the database before it counts as done. A server answers without one, with 503, and is well again as soon as
/// the database is there: whoever waits for the start must not wait for that.
const DATABASE_PATIENCE: Duration = Duration::from_secs(5);

/// How often what is told is compared with what is the case, when there is no watchdog that wants to hear something more often.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(200);

/// What closing takes at most, after the drain and the requests: see `lifecycle`.
const CLOSING: Duration = Duration::from_secs(15);

/// The service manager that has started this process, if there is one that wants to hear from it.
#[derive(Debug, Clone, Default)]
pub struct ServiceManager {
    socket: Option<OsString>,
    /// The service manager takes action when it hears nothing for so long.
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// The one that the environment names. Nobody configures these variables: they are a message from process to process.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "no settings, but a message of the process that has started this one"
    )]
    pub fn of_process() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        let is_for_us = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|micros| is_for_us && *micros > 0).map(Duration::from_micros);
        Self { socket: std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()), watchdog }
    }

    /// Whether there is one.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.socket.is_some()
    }

    /// Says what the server does, for people: a line in `systemctl status`.
    pub async fn status(&self, status: &str) {
        self.tell(&[], status).await;
    }

    /// Says that the server begins to end, and how long that may take, whatever the unit's `TimeoutStopSec` says.
    pub async fn stopping(&self, config: &ShutdownConfig) {
        let longest = config.drain + config.timeout + CLOSING;
        let extend = format!("EXTEND_TIMEOUT_USEC={}", longest.as_micros());
        let status = if config.drain.is_zero() {
            Cow::Borrowed("stopping")
        } else {
            format!("not ready any more, and draining for {:?}", config.drain).into()
        };
        self.tell(&["STOPPING=1", &extend], &status).await;
    }

    /// Says when the server is there, then how it is, and, if there is a watchdog, that it works. Never ends: who stops the server drops it.
    ///
    /// A server is there when it answers and its database does, or when it answers and the database has been given [`DATABASE_PATIENCE`].
    pub async fn accompany(self, server: Accompanied) {
        server.pulse.felt().await;
        let ready = async {
            while !server.health.report().await.is_ready() {
                sleep(PAUSE).await;
            }
        };
        let _ = timeout(DATABASE_PATIENCE, ready).await;
        let condition = server.condition().await;
        self.tell(&["READY=1"], &condition).await;
        tokio::join!(self.beat(&server), self.keep_up_to_date(&server, condition));
    }

    /// Beats at half the time that the watchdog waits, so that the other half is there for an answer that takes its time.
    async fn beat(&self, server: &Accompanied) {
        let Some(watchdog) = self.watchdog else { return };
        let mut half = interval(watchdog / 2);
        half.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            half.tick().await;
            server.pulse.felt().await;
            self.send("WATCHDOG=1\n").await;
        }
    }

    /// Tells the condition again when it changes, until the server ends, which has its own words.
    async fn keep_up_to_date(&self, server: &Accompanied, mut told: String) {
        let pause = self.watchdog.map_or(LOOK_INTERVAL, |watchdog| LOOK_INTERVAL.min(watchdog / 2));
        loop {
            sleep(pause).await;
            let condition = server.condition().await;
            if server.health.is_draining() {
                return;
            }
            if condition != told {
                self.status(&condition).await;
                told = condition;
            }
        }
    }

    async fn tell(&self, states: &[&str], status: &str) {
        let mut message: String = states.iter().flat_map(|state| [*state, "\n"]).collect();
        message.push_str("STATUS=");
        message.extend(status.chars().map(|char| if char == '\n' { ' ' } else { char }));
        message.push('\n');
        self.send(&message).await;
    }

    async fn send(&self, message: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = socket::send(socket, message).await {
            tracing::warn!(%error, ?socket, "the service manager cannot be told {:?}", message.trim_end());
        }
    }
}

/// What the service manager is told about.
pub struct Accompanied {
    pulse: Pulse,
    health: Arc<Health>,
}

impl Accompanied {
    /// The server that listens at this address.
    #[must_use]
    pub fn new(address: SocketAddr, workers: Workers, health: Arc<Health>) -> Self {
        Self { pulse: Pulse::new(address, workers), health }
    }

    /// In one line.
    async fn condition(&self) -> String {
        match self.health.report().await.failed() {
            None => format!("serving, version {VERSION}"),
            Some(check) => {
                let error = check.error.as_deref().unwrap_or_default();
                format!("not ready, version {VERSION}: {}: {error}", check.name)
            }
        }
    }
}
