//! A mail server of a test: it takes what is sent and shows it, with STARTTLS and passwords.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Longer than anything takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A message that was taken.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// From the envelope.
    pub from: String,
    /// From the envelope.
    pub to: Vec<String>,
    /// Headers and body.
    pub data: String,
    /// Whether the connection was encrypted by then.
    pub encrypted: bool,
    /// What AUTH PLAIN has shown, as it came.
    pub credentials: String,
}

/// The answer to RCPT TO.
type Answer = Arc<Mutex<String>>;

/// A reader who has another answer.
type Exception = Arc<Mutex<Option<(String, String)>>>;

/// A running mail server. It ends with the process.
pub struct SmtpSink {
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// The file with its certificate.
    pub certificate: PathBuf,
    received: Arc<Mutex<Vec<Received>>>,
    answer: Answer,
    exception: Exception,
    _directory: tempfile::TempDir,
}

impl SmtpSink {
    /// Starts one that offers STARTTLS.
    pub fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let certificate = directory.path().join("smtp.pem");
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let tls = ServerConfig::builder().with_no_client_auth();
        let tls = Arc::new(tls.with_single_cert(vec![made.cert.der().clone()], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let answer = Answer::new(Mutex::new("250 OK".to_owned()));
        let exception = Exception::default();
        let (taken, answers, exceptions) = (Arc::clone(&received), Arc::clone(&answer), Arc::clone(&exception));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let session = Session {
                    taken: Arc::clone(&taken),
                    answer: Arc::clone(&answers),
                    exception: Arc::clone(&exceptions),
                };
                let tls = Arc::clone(&tls);
                thread::spawn(move || session.serve(stream, &tls));
            }
        });
        Self { port, certificate, received, answer, exception, _directory: directory }
    }

    /// Has every reader refused with this answer, or taken with `250 OK`. With `hang` the server never answers.
    pub fn answer_recipients(&self, answer: &str) {
        answer.clone_into(&mut self.answer.lock().unwrap());
    }

    /// Has one reader refused with this answer; the others have theirs.
    pub fn answer_recipient(&self, address: &str, answer: &str) {
        *self.exception.lock().unwrap() = Some((address.to_owned(), answer.to_owned()));
    }

    /// What was taken so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many messages were taken.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let begun = Instant::now();
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            assert!(begun.elapsed() < DEADLINE, "{} of {count} messages", received.len());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

struct Session {
    taken: Arc<Mutex<Vec<Received>>>,
    answer: Answer,
    exception: Exception,
}

impl Session {
    fn serve(&self, mut stream: TcpStream, tls: &Arc<ServerConfig>) {
        if stream.write_all(b"220 sink ESMTP\r\n").is_err() {
            return;
        }
        let mut plain = BufReader::new(stream);
        // The client is silent until it has the answer to STARTTLS, so nothing of the handshake is read too early.
        if self.talk(&mut plain, false) {
            let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
            self.talk(&mut BufReader::new(StreamOwned::new(connection, plain.into_inner())), true);
        }
    }

    /// Talks until the client asks for TLS (true) or goes away.
    fn talk<S: Read + Write>(&self, stream: &mut BufReader<S>, encrypted: bool) -> bool {
        let mut message = Received { encrypted, ..Received::default() };
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).unwrap_or_default() == 0 {
                return false;
            }
            let Some(answer) = self.respond(&line, &mut message) else { return false };
            if stream.get_mut().write_all(answer.as_bytes()).is_err() {
                return false;
            }
            if line.starts_with("STARTTLS") {
                return true;
            }
            if line.starts_with("DATA") {
                message.data = read_data(stream);
                self.taken.lock().unwrap().push(message.clone());
                if stream.get_mut().write_all(b"250 taken\r\n").is_err() {
                    return false;
                }
            }
        }
    }

    fn respond(&self, line: &str, message: &mut Received) -> Option<String> {
        let line = line.trim_end();
        let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        Some(match word.as_str() {
            "EHLO" if message.encrypted => "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n".to_owned(),
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 STARTTLS\r\n".to_owned(),
            "STARTTLS" => "220 go ahead\r\n".to_owned(),
            "AUTH" => {
                message.credentials = line.rsplit(' ').next().unwrap_or_default().to_owned();
                "235 welcome\r\n".to_owned()
            }
            "MAIL" => {
                message.from = address(line);
                message.to.clear();
                "250 OK\r\n".to_owned()
            }
            "RCPT" => {
                let mut answer = self.answer.lock().unwrap().clone();
                if let Some((reader, other)) = &*self.exception.lock().unwrap()
                    && *reader == address(line)
                {
                    answer.clone_from(other);
                }
                if answer == "hang" {
                    thread::sleep(DEADLINE);
                    return None;
                }
                message.to.push(address(line));
                format!("{answer}\r\n")
            }
            "DATA" => "354 go on\r\n".to_owned(),
            "QUIT" => return None,
            _ => "250 OK\r\n".to_owned(),
        })
    }
}

/// The message after DATA, up to the line with the dot.
fn read_data(reader: &mut impl BufRead) -> String {
    let mut data = String::new();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or_default() > 0 && line.trim_end() != "." {
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        line.clear();
    }
    data
}

fn address(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(it, _)| it.to_owned()).unwrap_or_default()
}
