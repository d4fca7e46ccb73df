//! An HTTP/1.1 client that costs little beside what it measures: one connection, one request at a time, no parsing
//! beyond status and length.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head of an answer, in bytes.
const HEAD_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

/// A connection that is kept open.
pub(crate) struct Connection {
    stream: TcpStream,
    /// What was received of the current answer. Empty between requests.
    received: Vec<u8>,
}

impl Connection {
    /// Connects to `host:port`.
    pub(crate) async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(4096) })
    }

    /// Sends a whole request and reads the whole answer. Returns its status and its body.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (status, body_at, length) = loop {
            self.receive().await?;
            if let Some(head) = read_head(&self.received)? {
                break head;
            }
            if self.received.len() > HEAD_MAX {
                return Err(invalid("the head of an answer is too long"));
            }
        };
        while self.received.len() < body_at + length {
            self.receive().await?;
        }
        if self.received.len() > body_at + length {
            return Err(invalid("the server sent more than one answer"));
        }
        Ok((status, self.received.get(body_at..).unwrap_or_default()))
    }

    async fn receive(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
        Ok(())
    }
}

/// Status, start of the body and its length; `None` until the head is complete.
fn read_head(received: &[u8]) -> io::Result<Option<(u16, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body_at) = answer.parse(received).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let status = answer.code.unwrap_or_default();
    let mut length = (status == 204).then_some(0);
    for header in answer.headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            length = std::str::from_utf8(header.value).ok().and_then(|text| text.trim().parse().ok());
        }
    }
    let length = length.ok_or_else(|| invalid("an answer without Content-Length"))?;
    Ok(Some((status, body_at, length)))
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
