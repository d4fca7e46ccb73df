//! The socket of a database connection, and how far the server's answers have arrived on it.
//!
//! tokio-postgres could open the socket itself. It is opened here because neither tokio-postgres nor diesel-async tells
//! whether a result has been read to its end: a row stream that is dropped early leaves the server sending, and the
//! next statement on the connection waits behind the rest. The messages of the server tell it reliably: every answer
//! ends with ReadyForQuery, so a connection is quiet when that was the last message.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Notify;
use tokio_postgres::Config as Settings;
use tokio_postgres::config::Host;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A connection that a task has to drive.
pub(crate) type Connection = tokio_postgres::Connection<ObservedStream<Socket>, ObservedStream<Encrypted>>;

type MakeEncrypted = <MakeRustlsConnect as MakeTlsConnect<ObservedStream<Socket>>>::TlsConnect;
type Encrypted = <MakeRustlsConnect as MakeTlsConnect<ObservedStream<Socket>>>::Stream;

/// PostgreSQL's port when the URL names none.
const DEFAULT_PORT: u16 = 5432;

/// An open socket.
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// Connects to the host of settings with a single host. `address` is the address of its name; `None` for a Unix
    /// socket.
    pub(super) async fn open(settings: &Settings, address: Option<IpAddr>) -> io::Result<Self> {
        let port = settings.get_ports().first().copied().unwrap_or(DEFAULT_PORT);
        let Some(address) = address else {
            let Some(Host::Unix(directory)) = settings.get_hosts().first() else {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "the host has no address"));
            };
            return Ok(Self::Unix(UnixStream::connect(directory.join(format!(".s.PGSQL.{port}"))).await?));
        };
        let stream = TcpStream::connect((address, port)).await?;
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        #[cfg(target_os = "linux")]
        if let Some(timeout) = settings.get_tcp_user_timeout() {
            socket.set_tcp_user_timeout(Some(*timeout))?;
        }
        if settings.get_keepalives() {
            let mut keepalive = TcpKeepalive::new().with_time(settings.get_keepalives_idle());
            if let Some(interval) = settings.get_keepalives_interval() {
                keepalive = keepalive.with_interval(interval);
            }
            if let Some(retries) = settings.get_keepalives_retries() {
                keepalive = keepalive.with_retries(retries);
            }
            socket.set_tcp_keepalive(&keepalive)?;
        }
        Ok(Self::Tcp(stream))
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// A stream whose incoming messages are followed.
pub(crate) struct ObservedStream<S> {
    stream: S,
    /// `None` below TLS, where bytes are no messages.
    reader: Option<MessageReader>,
}

impl ObservedStream<Socket> {
    /// `asks_for_tls`: whether the server will answer a request for encryption with a single byte first.
    pub(super) fn new(stream: Socket, asks_for_tls: bool, answers: Arc<AnswerTracker>) -> Self {
        Self { stream, reader: Some(MessageReader::new(answers, usize::from(asks_for_tls))) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ObservedStream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        if let (Some(reader), Some(new)) = (&mut this.reader, buf.filled().get(before..)) {
            reader.read(new);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ObservedStream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: TlsStream + Unpin> TlsStream for ObservedStream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// Encrypts a socket, and follows the messages inside the encryption.
pub(super) struct EncryptObserved(MakeEncrypted);

impl EncryptObserved {
    /// `host` is the name that the certificate is checked against.
    pub(super) fn new(tls: &MakeRustlsConnect, host: &str) -> io::Result<Self> {
        MakeTlsConnect::<ObservedStream<Socket>>::make_tls_connect(&mut tls.clone(), host)
            .map(Self)
            .map_err(|error| io::Error::other(error.to_string()))
    }
}

/// The TLS handshake failed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct HandshakeError(Box<dyn std::error::Error + Send + Sync>);

impl TlsConnect<ObservedStream<Socket>> for EncryptObserved {
    type Stream = ObservedStream<Encrypted>;
    type Error = HandshakeError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>> + Send>>;

    fn connect(self, mut socket: ObservedStream<Socket>) -> Self::Future {
        let reader = socket.reader.take().map(|reader| MessageReader::new(reader.answers, 0));
        let encrypting = self.0.connect(socket);
        Box::pin(async move {
            let stream = encrypting.await.map_err(|error| HandshakeError(error.into()))?;
            Ok(ObservedStream { stream, reader })
        })
    }
}

/// Whether the server has finished its last answer, as far as its messages have arrived, and the last error among its
/// answers.
#[derive(Default)]
pub(crate) struct AnswerTracker {
    complete: AtomicBool,
    completed: Notify,
    error: Mutex<Option<ServerError>>,
}

impl AnswerTracker {
    /// Whether the last message said that the server is ready for another statement.
    pub(super) fn are_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    /// Returns when [`Self::are_complete`].
    pub(super) async fn completed(&self) {
        loop {
            let completed = self.completed.notified();
            if self.are_complete() {
                return;
            }
            completed.await;
        }
    }

    /// Takes the last error that has arrived since this was called before.
    pub(super) fn take_error(&self) -> Option<ServerError> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set_error(&self, error: ServerError) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn set(&self, complete: bool) {
        self.complete.store(complete, Ordering::Release);
        if complete {
            self.completed.notify_waiters();
        }
    }
}

/// An error as the server sent it. Of its fields, diesel's errors keep neither the SQLSTATE nor the context, and do not
/// tell a position in the statement from one in a function.
#[derive(Debug)]
pub(super) struct ServerError(Vec<u8>);

impl ServerError {
    /// What is longer is cut off.
    const MAX_BYTES: usize = 64 * 1024;

    /// The field with this letter, as PostgreSQL's protocol has them: `b'C'` is the SQLSTATE, `b'M'` the message.
    pub(super) fn field(&self, letter: u8) -> Option<String> {
        let mut fields = self.0.split(|byte| *byte == 0).filter_map(<[u8]>::split_first);
        fields.find(|(own, _)| **own == letter).map(|(_, text)| String::from_utf8_lossy(text).into_owned())
    }
}

/// Splits what arrives into messages: a byte for the kind, four bytes for the length including themselves, and the
/// rest.
struct MessageReader {
    answers: Arc<AnswerTracker>,
    /// Bytes that belong to no message or to one whose kind is known.
    skip: usize,
    header: Vec<u8>,
    /// What has arrived of an error.
    error: Option<Vec<u8>>,
}

impl MessageReader {
    const HEADER_BYTES: usize = 5;

    fn new(answers: Arc<AnswerTracker>, skip: usize) -> Self {
        Self { answers, skip, header: Vec::with_capacity(Self::HEADER_BYTES), error: None }
    }

    fn read(&mut self, mut bytes: &[u8]) {
        let mut complete = None;
        while !bytes.is_empty() {
            if self.skip > 0 {
                let (skipped, rest) = bytes.split_at(self.skip.min(bytes.len()));
                self.skip -= skipped.len();
                bytes = rest;
                if let Some(error) = &mut self.error {
                    error.extend(skipped.iter().take(ServerError::MAX_BYTES - error.len()));
                }
                if self.skip == 0
                    && let Some(error) = self.error.take()
                {
                    self.answers.set_error(ServerError(error));
                }
                continue;
            }
            let missing = (Self::HEADER_BYTES - self.header.len()).min(bytes.len());
            let (taken, rest) = bytes.split_at(missing);
            self.header.extend_from_slice(taken);
            bytes = rest;
            if let [kind, length @ ..] = self.header.as_slice()
                && let Ok(length) = <[u8; 4]>::try_from(length)
            {
                let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                self.skip = length.saturating_sub(length.min(4));
                match kind {
                    b'Z' => complete = Some(true),
                    // Notices, notifications and settings arrive at any time. CloseComplete answers the release of a
                    // prepared statement, which nothing waits for.
                    b'N' | b'A' | b'S' | b'3' => {}
                    b'E' => {
                        self.error = Some(Vec::new());
                        complete = Some(false);
                    }
                    _ => complete = Some(false),
                }
                self.header.clear();
            }
        }
        if let Some(complete) = complete {
            self.answers.set(complete);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind], length.to_be_bytes().as_slice(), body].concat()
    }

    /// What is known after each byte, however the bytes are cut.
    fn complete_after(skip: usize, bytes: &[u8], piece: usize) -> bool {
        let answers = Arc::new(AnswerTracker::default());
        let mut reader = MessageReader::new(Arc::clone(&answers), skip);
        bytes.chunks(piece).for_each(|bytes| reader.read(bytes));
        answers.are_complete()
    }

    #[test]
    fn an_answer_is_complete_with_ready_for_query_and_not_before() {
        let (bind, row, done) = (message(b'2', b""), message(b'D', b"Z\0\0\0\x05Z"), message(b'C', b"SELECT 1\0"));
        let (ready, notice, closed) = (message(b'Z', b"I"), message(b'N', b"text"), message(b'3', b""));
        for piece in 1..12 {
            for (messages, expected) in [
                (vec![&bind, &row], false),
                (vec![&bind, &row, &done], false),
                (vec![&bind, &row, &done, &ready], true),
                (vec![&bind, &row, &done, &ready, &notice], true),
                (vec![&bind, &row, &done, &ready, &closed], true),
                (vec![&ready, &bind], false),
                (vec![&bind, &row, &notice], false),
            ] {
                let bytes: Vec<u8> = messages.into_iter().flatten().copied().collect();
                assert_eq!(complete_after(0, &bytes, piece), expected, "{bytes:?} in pieces of {piece}");
                // The server's refusal to encrypt is the same byte as the kind of a notice.
                assert_eq!(complete_after(1, &[b"N", bytes.as_slice()].concat(), piece), expected);
            }
        }
    }

    #[test]
    fn the_fields_of_the_last_error_are_kept_until_they_are_taken() {
        let error = message(b'E', b"SERROR\0C55P03\0Mtoo late, \xc3\xa4\0\0");
        let (older, notice, ready) = (message(b'E', b"C42601\0\0"), message(b'N', b"C00000\0\0"), message(b'Z', b"I"));
        let bytes = [older, notice, error, ready].concat();
        for piece in 1..12 {
            let answers = Arc::new(AnswerTracker::default());
            let mut reader = MessageReader::new(Arc::clone(&answers), 0);
            bytes.chunks(piece).for_each(|bytes| reader.read(bytes));
            let error = answers.take_error().unwrap();
            let fields = [b'C', b'M', b'H'].map(|letter| error.field(letter));
            assert_eq!(fields, [Some("55P03".to_owned()), Some("too late, ä".to_owned()), None]);
            assert!(answers.take_error().is_none());
        }
        let answers = Arc::new(AnswerTracker::default());
        let mut reader = MessageReader::new(Arc::clone(&answers), 0);
        reader.read(&message(b'E', &[b'M'; 2 * ServerError::MAX_BYTES]));
        assert_eq!(answers.take_error().unwrap().0.len(), ServerError::MAX_BYTES);
    }
}
