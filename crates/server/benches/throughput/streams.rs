//! Subscribers that only listen.

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::load::Client;

/// Event streams that are open.
pub(crate) struct Streams(Vec<JoinHandle<usize>>);

impl Streams {
    /// Opens a stream for the first person of each client.
    pub(crate) async fn open(address: &str, clients: &[Client]) -> anyhow::Result<Self> {
        let mut readers = Vec::new();
        for client in clients {
            let identity =
                client.first().and_then(|person| person.identity.as_deref()).context("a client without a person")?;
            let mut stream = TcpStream::connect(address).await?;
            let request = format!("GET /api/events HTTP/1.1\r\nhost: {address}\r\n{identity}\r\n\r\n");
            stream.write_all(request.as_bytes()).await?;
            let mut buffer = vec![0; 16 * 1024];
            let length = stream.read(&mut buffer).await?;
            ensure!(
                buffer.starts_with(b"HTTP/1.1 200"),
                "a stream was answered with {:?}",
                buffer.get(..length.min(80))
            );
            readers.push(tokio::spawn(async move {
                let mut total = 0;
                while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                    total += length;
                }
                total
            }));
        }
        Ok(Self(readers))
    }

    /// How many bytes came after the head, all streams together. Their server has ended, or will.
    pub(crate) async fn close(self) -> anyhow::Result<usize> {
        let mut total = 0;
        for reader in self.0 {
            total += reader.await?;
        }
        Ok(total)
    }
}
