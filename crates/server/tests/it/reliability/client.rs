//! An HTTP client that hides nothing: one connection, no retries, no pool.

use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Longer than a server may think.
const DEADLINE: Duration = Duration::from_secs(60);

/// A connection to a server.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Whether the server asks for the connection to be closed.
    pub close: bool,
    /// Whether there is a `Retry-After`.
    pub retry_after: bool,
    /// The body; null when it is no JSON.
    pub json: Value,
}

impl Connection {
    /// Connects to a server at `http://host:port`.
    pub async fn open(url: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(url.trim_start_matches("http://")).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends a request and reads the answer. An error means that there was none.
    pub async fn send(&mut self, method: &str, path: &str, content_type: &str, body: &[u8]) -> io::Result<Reply> {
        let exchange = async {
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: clockwork\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            self.stream.get_mut().write_all(&[head.as_bytes(), body].concat()).await?;
            self.read().await
        };
        tokio::time::timeout(DEADLINE, exchange).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// GET.
    pub async fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.send("GET", path, "application/json", b"").await
    }

    async fn read(&mut self) -> io::Result<Reply> {
        let (mut status, mut length, mut close, mut retry_after) = (0, 0, false, false);
        for number in 0.. {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if number == 0 {
                status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
            }
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().map_err(io::Error::other)?,
                Some(("connection", value)) => close = value == "close",
                Some(("retry-after", _)) => retry_after = true,
                Some(("transfer-encoding", value)) => panic!("an answer in {value} parts"),
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Reply { status, close, retry_after, json: serde_json::from_slice(&body).unwrap_or_default() })
    }
}

/// One request on a connection of its own.
pub async fn once(url: &str, method: &str, path: &str, content_type: &str, body: &[u8]) -> io::Result<Reply> {
    Connection::open(url).await?.send(method, path, content_type, body).await
}
