//! Connections that are held open by saying little. Operations Z2. Only that the server gives up is asserted, never
//! when.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::app;

/// Longer than anything takes on a busy machine, and shorter than the server's own times if its settings were not
/// heeded.
const DEADLINE: Duration = Duration::from_secs(60);

/// Long enough for what is sent at once to arrive on a busy machine.
const SHORT_READ_TIMEOUT: (&str, &str) = ("HTTP_READ_TIMEOUT", "3s");

/// What the server says until it closes the connection.
async fn rest(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(DEADLINE, connection.read_to_end(&mut answer)).await.expect("the server must not wait for ever");
    // A reset is an end as well.
    let _ = read;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends piece by piece until the server has had enough.
async fn trickle(connection: &mut TcpStream, begin: &str, piece: &str) -> String {
    connection.write_all(begin.as_bytes()).await.unwrap();
    let (mut read, mut write) = connection.split();
    let sending = async {
        while write.write_all(piece.as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::future::pending::<()>().await;
    };
    let reading = async {
        let mut answer = Vec::new();
        let _ = read.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    timeout(DEADLINE, async {
        tokio::select! {
            answer = reading => answer,
            () = sending => String::new(),
        }
    })
    .await
    .expect("the server must not wait for ever")
}

#[actix_web::test]
async fn headers_that_do_not_arrive_are_not_waited_for() {
    let app = app(&[SHORT_READ_TIMEOUT]).await;
    let mut silent = app.connect().await;
    assert!(!rest(&mut silent).await.contains(" 200 "));
    let mut half = app.connect().await;
    half.write_all(b"GET /api/me HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let answer = rest(&mut half).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let mut slow = app.connect().await;
    let answer = trickle(&mut slow, "GET /api/me HTTP/1.1\r\nHost: x\r\n", "A: b\r\n").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    app.get("/api/projects").await.ok();
}

#[actix_web::test]
async fn a_body_that_does_not_arrive_is_408() {
    let app = app(&[SHORT_READ_TIMEOUT]).await;
    let form = "Content-Type: multipart/form-data; boundary=b\r\n";
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nEmail";
    for (path, headers, begun) in [("/api/projects", "", "{\"name\":"), ("/api/imports", form, part)] {
        for length in ["Content-Length: 5000\r\n", "Transfer-Encoding: chunked\r\n"] {
            let begun =
                if length.starts_with('T') { format!("{:x}\r\n{begun}\r\n", begun.len()) } else { begun.to_owned() };
            let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{headers}{length}\r\n{begun}");
            let mut stopped = app.connect().await;
            stopped.write_all(head.as_bytes()).await.unwrap();
            let answer = rest(&mut stopped).await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{path} {length}: {answer}");
            assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
            assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM projects").await, 0);
}

#[actix_web::test]
async fn the_rest_of_a_refused_body_is_not_waited_for() {
    let app = app(&[SHORT_READ_TIMEOUT]).await;
    for (headers, status) in [("", 404), ("Origin: https://evil.example\r\n", 403)] {
        for length in ["Content-Length: 5000\r\n", "Transfer-Encoding: chunked\r\n"] {
            let head = format!("POST /api/nothing HTTP/1.1\r\nHost: x\r\n{headers}{length}\r\n1\r\nx\r\n");
            let mut stopped = app.connect().await;
            stopped.write_all(head.as_bytes()).await.unwrap();
            let answer = rest(&mut stopped).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length}: {answer}");
        }
    }
}

#[actix_web::test]
async fn a_byte_now_and_then_is_not_progress() {
    let app = app(&[SHORT_READ_TIMEOUT]).await;
    let mut slow = app.connect().await;
    let head = "POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{\"name\":\"";
    let answer = trickle(&mut slow, head, "x").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[actix_web::test]
async fn a_connection_that_idles_is_closed_and_one_that_works_is_kept() {
    let app = app(&[("HTTP_IDLE_TIMEOUT", "1s")]).await;
    let mut connection = app.connect().await;
    for _ in 0..3 {
        connection.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = vec![0; 16 * 1024];
        let length = timeout(DEADLINE, connection.read(&mut answer)).await.unwrap().unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
    }
    assert_eq!(rest(&mut connection).await, "");
}

/// Whether the server still has its end of a connection from this port, as Linux lists them.
fn is_held(server: u16, client: u16) -> bool {
    let connections = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let ends = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let port = |field: Option<&str>| field.and_then(|end| u16::from_str_radix(end.rsplit(':').next()?, 16).ok());
        (port(fields.next()), port(fields.next()))
    };
    connections.lines().any(|line| ends(line) == (Some(server), Some(client)))
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn an_answer_that_is_not_read_is_not_held_for_ever() {
    let app = app(&[("HTTP_WRITE_TIMEOUT", "1s")]).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address = app.url.trim_start_matches("http://").parse().unwrap();
    let mut stalled = socket.connect(address).await.unwrap();
    let (server, client) = (stalled.peer_addr().unwrap().port(), stalled.local_addr().unwrap().port());
    // A connection without a request, and one that waits for an event, have nothing to write.
    let idle = app.connect().await;
    let mut stream = app.connect().await;
    stream.write_all(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    // More than the buffers of both sides hold.
    let request = b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    stalled.write_all(&request.repeat(200)).await.unwrap();
    let given_up = async {
        while is_held(server, client) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(DEADLINE, given_up).await.expect("the connection is still held");
    for held in [&idle, &stream] {
        assert!(is_held(server, held.local_addr().unwrap().port()), "a connection with nothing to write was closed");
    }
    app.get("/api/projects").await.ok();
}
