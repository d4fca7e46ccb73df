//! Notifications to a service manager such as systemd, by the protocol of sd_notify: ready, status, stopping, and the
//! watchdog's keep-alive. Operations W3 of docs/PROMISES.md. Without `NOTIFY_SOCKET` nothing is sent.
//!
//! What this buys on a plain machine, where no orchestrator probes the server: `systemctl start` returns when the
//! server answers, a stop may take as long as its configuration says, `systemctl status` shows why a server is not
//! ready, and a server that no longer answers its own liveness probe is restarted.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::time::Duration;

use clockwork_core::VERSION;
use clockwork_core::config::ShutdownConfig;
use clockwork_core::operations::health::Health;
use clockwork_core::probe::LIVE;
use clockwork_healthcheck::HealthRequest;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// How long a start waits for the database before it counts as done. Without its database the server answers 503, and
/// is ready as soon as the database is there; units that start after this one must not wait for that.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);

/// How often the status is compared with the server's health, unless the watchdog needs a keep-alive more often.
const STATUS_INTERVAL: Duration = Duration::from_secs(10);

/// How often the service manager is asked for more time during a start: each time for twice as long.
const EXTEND_INTERVAL: Duration = Duration::from_secs(15);

/// How long to wait before a liveness probe that failed is repeated.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// The longest time that closing takes after the drain and the requests: see `lifecycle`.
const CLOSING_MAX: Duration = Duration::from_secs(15);

/// How long the service manager may take to accept a message. The server goes on without it, and sends the next one.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// The service manager that started this process, if it wants notifications.
#[derive(Debug, Clone, Default)]
pub struct ServiceManager {
    socket: Option<OsString>,
    /// The service manager restarts the server after this time without a keep-alive.
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// The service manager that the environment names. These variables are no settings: the parent process sets them.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "no settings, but a message of the parent process")]
    pub fn of_process() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        let is_for_us = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|micros| is_for_us && *micros > 0).map(Duration::from_micros);
        Self { socket: std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()), watchdog }
    }

    /// Whether notifications are sent.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.socket.is_some()
    }

    /// Sends a status for people: a line of `systemctl status`.
    pub async fn status(&self, status: &str) {
        self.notify(&[], status).await;
    }

    /// Does what a start may take longer with than the unit's `TimeoutStartSec`, such as a migration: as long as it
    /// goes on, the service manager is asked for more time.
    pub async fn while_starting<T>(&self, work: impl Future<Output = T>) -> T {
        let extending = async {
            let message = format!("EXTEND_TIMEOUT_USEC={}\n", (2 * EXTEND_INTERVAL).as_micros());
            let mut ticks = interval(EXTEND_INTERVAL);
            loop {
                ticks.tick().await;
                self.send(&message).await;
            }
        };
        tokio::select! {
            done = work => done,
            () = extending => unreachable!("it never ends"),
        }
    }

    /// Announces the stop and how long it may take, whatever the unit's `TimeoutStopSec` says.
    pub async fn stopping(&self, config: &ShutdownConfig) {
        let longest = config.drain + config.timeout + CLOSING_MAX;
        let extend = format!("EXTEND_TIMEOUT_USEC={}", longest.as_micros());
        let status = if config.drain.is_zero() {
            Cow::Borrowed("stopping")
        } else {
            format!("not ready any more, and draining for {:?}", config.drain).into()
        };
        self.notify(&["STOPPING=1", &extend], &status).await;
    }

    /// Notifies when the server at `address` is ready, then of its status, and keeps the watchdog alive while the
    /// server answers its own liveness probe. Never returns: the shutdown aborts it.
    ///
    /// The server is ready when it answers and its database does, or [`DATABASE_TIMEOUT`] after it answers.
    pub async fn accompany(self, address: SocketAddr, health: Arc<Health>) {
        let url = format!("http://{}{LIVE}", reachable(address));
        wait_until_live(&url).await;
        let ready = async {
            while !health.report().await.is_ready() {
                sleep(RETRY_INTERVAL).await;
            }
        };
        let _ = timeout(DATABASE_TIMEOUT, ready).await;
        let mut last = condition(&health).await;
        self.notify(&["READY=1"], &last).await;
        // Half the time of the watchdog, so that the other half is left for an answer that is slow.
        let half = self.watchdog.map_or(STATUS_INTERVAL, |watchdog| watchdog / 2);
        let mut ticks = interval(half.min(STATUS_INTERVAL));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.watchdog.is_some() {
                wait_until_live(&url).await;
                self.send("WATCHDOG=1\n").await;
            }
            let condition = condition(&health).await;
            if condition != last && !health.is_draining() {
                self.status(&condition).await;
                last = condition;
            }
        }
    }

    async fn notify(&self, states: &[&str], status: &str) {
        let mut message: String = states.iter().flat_map(|state| [*state, "\n"]).collect();
        message.push_str("STATUS=");
        message.extend(status.chars().map(|char| if char == '\n' { ' ' } else { char }));
        message.push('\n');
        self.send(&message).await;
    }

    async fn send(&self, message: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = send(socket, message).await {
            tracing::warn!(%error, ?socket, notification = message.trim_end(), "the service manager cannot be notified");
        }
    }
}

/// The server's health in one line.
async fn condition(health: &Health) -> String {
    match health.report().await.failed() {
        None => format!("serving, version {VERSION}"),
        Some(check) => {
            let error = check.error.as_deref().unwrap_or_default();
            format!("not ready, version {VERSION}: {}: {error}", check.name)
        }
    }
}

/// Returns when the server answers its liveness probe, sent as the health probe of a container sends it, which gives up
/// after two seconds.
async fn wait_until_live(url: &str) {
    loop {
        let request = HealthRequest::new(Some(url.to_owned()), false, None);
        let answer = tokio::task::spawn_blocking(move || request?.send()).await;
        match answer.map_err(|error| error.to_string()).flatten() {
            Ok(()) => return,
            Err(reason) => tracing::warn!(reason, "the server does not answer its own liveness probe"),
        }
        sleep(RETRY_INTERVAL).await;
    }
}

/// The address at which this machine reaches a server that may listen at all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Sends a message. The socket is opened each time: a service manager that was restarted has another one at the same
/// place.
async fn send(socket: &OsStr, message: &str) -> io::Result<()> {
    let datagram = tokio::net::UnixDatagram::from_std(connect(socket)?)?;
    timeout(SEND_TIMEOUT, datagram.send(message.as_bytes())).await??;
    Ok(())
}

/// The socket is a file or, if its name begins with `@`, one of Linux's abstract sockets.
fn connect(socket: &OsStr) -> io::Result<UnixDatagram> {
    let datagram = UnixDatagram::unbound()?;
    datagram.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::unix::ffi::OsStrExt::as_bytes(socket).strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        datagram.connect_addr(&std::os::unix::net::SocketAddr::from_abstract_name(name)?)?;
        return Ok(datagram);
    }
    datagram.connect(socket)?;
    Ok(datagram)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn a_server_at_all_addresses_is_reached_at_the_loopback() {
        for (listens, reached) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("192.0.2.7:80", "192.0.2.7:80"),
            ("127.0.0.1:1", "127.0.0.1:1"),
        ] {
            assert_eq!(reachable(listens.parse().unwrap()), reached.parse().unwrap(), "{listens}");
        }
    }

    #[tokio::test]
    async fn a_server_that_accepts_no_connections_is_not_live() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}{LIVE}", listener.local_addr().unwrap());
        let mut live = Box::pin(wait_until_live(&url));
        assert!(timeout(Duration::from_millis(300), &mut live).await.is_err());
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut request = [0; 1024];
                // Probes that timed out have closed their connections.
                if connection.read(&mut request).is_ok() {
                    let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                }
            }
        });
        live.await;
    }
}
