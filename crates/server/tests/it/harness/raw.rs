//! Requests as bytes: what a well-behaved HTTP library refuses to send.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Answer, TestApp, contract};

impl TestApp {
    /// Sends a request with header lines of one's own (each ends in `\r\n`), a body byte for byte, and checks the
    /// answer against the OpenAPI document. The body is sent whole before the answer is looked at, as simple clients
    /// do.
    pub async fn raw(&self, method: &Method, target: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!("{method} {target} HTTP/1.1\r\nHost: clockwork\r\nConnection: close\r\n{headers}\r\n");
        let answer = self.exchange(&[head.as_bytes(), body].concat()).await;
        contract::check(method, target.split('?').next().unwrap_or_default(), &answer);
        answer
    }

    /// The same with a Content-Length.
    pub async fn raw_body(&self, method: &Method, target: &str, headers: &str, body: &[u8]) -> Answer {
        self.raw(method, target, &format!("{headers}Content-Length: {}\r\n", body.len()), body).await
    }

    /// Sends bytes on a connection of its own and reads the answer to its end.
    pub async fn exchange(&self, bytes: &[u8]) -> Answer {
        let mut connection = self.connect().await;
        connection.write_all(bytes).await.expect("the server must take the whole request");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.expect("the connection must end cleanly");
        parse(&answer)
    }

    /// A connection to the server.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.trim_start_matches("http://")).await.unwrap()
    }
}

/// Reads an answer that ends with its connection.
fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
    let (head, body) = (std::str::from_utf8(&bytes[..end]).unwrap(), &bytes[end + 4..]);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap();
    let status = StatusCode::from_bytes(status.as_bytes()).unwrap();
    if status == StatusCode::CONTINUE {
        return parse(body);
    }
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers: HeaderMap = headers
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect();
    let text = String::from_utf8(body.to_vec()).unwrap();
    Answer { status, headers, json: serde_json::from_str(&text).unwrap_or_default(), text }
}
