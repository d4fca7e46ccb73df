//! Whether the server works: asked from within, but the way that others ask.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clockwork_core::probe::LIVE;
use clockwork_healthcheck::Question;
use tokio::time::{sleep, timeout};

use super::PAUSE;
use crate::workers::Workers;

/// How long a worker may take to answer before it is said, and asked again.
const PATIENCE: Duration = Duration::from_secs(2);

/// A server that may or may not answer.
pub(super) struct Pulse {
    url: String,
    workers: Workers,
}

impl Pulse {
    pub(super) fn new(address: SocketAddr, workers: Workers) -> Self {
        Self { url: format!("http://{}{LIVE}", reachable(address)), workers }
    }

    /// Returns when the listener has taken a connection and a worker has answered it, and when all other workers have answered, too.
    pub(super) async fn felt(&self) {
        loop {
            match timeout(PATIENCE, self.workers.roll_call()).await {
                Err(_) => tracing::warn!("a thread that answers requests hangs"),
                Ok(()) => match self.ask().await {
                    Ok(()) => return,
                    Err(reason) => tracing::warn!("this server does not answer itself: {reason}"),
                },
            }
            sleep(PAUSE).await;
        }
    }

    /// As the health probe of a container does, which gives up after two seconds.
    async fn ask(&self) -> Result<(), String> {
        let question = Question::new(Some(self.url.clone()), false, None)?;
        tokio::task::spawn_blocking(move || question.ask()).await.map_err(|error| error.to_string())?
    }
}

/// Where this machine reaches what listens at all of its addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn what_listens_everywhere_is_reached_here() {
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
    async fn there_is_none_while_connections_are_taken_by_nobody() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let pulse = Pulse::new(listener.local_addr().unwrap(), Workers::default());
        let mut felt = Box::pin(pulse.felt());
        assert!(timeout(Duration::from_millis(300), &mut felt).await.is_err());
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut request = [0; 1024];
                // Those that have been given up on are gone.
                if connection.read(&mut request).is_ok() {
                    let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                }
            }
        });
        felt.await;
    }
}
