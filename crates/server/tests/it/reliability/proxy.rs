//! A network that can be told to swallow everything: connections stay open, and nothing arrives.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The way to one address.
pub struct Proxy {
    /// Where it begins.
    pub port: u16,
    swallowing: watch::Sender<bool>,
}

impl Proxy {
    /// A way to a port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().port();
        let swallowing = watch::Sender::new(false);
        let watching = swallowing.subscribe();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await else { continue };
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                tokio::spawn(carry(near_in, far_out, watching.clone()));
                tokio::spawn(carry(far_in, near_out, watching.clone()));
            }
        });
        Self { port: here, swallowing }
    }

    /// Swallows, or carries again: what was swallowed is lost with its connection, as after a long outage.
    pub fn swallow(&self, swallow: bool) {
        self.swallowing.send_replace(swallow);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut swallowing: watch::Receiver<bool>) {
    let mut buffer = vec![0; 64 * 1024];
    let mut lost = false;
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        lost |= *swallowing.borrow_and_update();
        if lost {
            continue;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    // Nor does the end of a connection get through.
    let _ = swallowing.wait_for(|swallowing| !swallowing).await;
}
