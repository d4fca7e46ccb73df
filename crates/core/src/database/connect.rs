//! One connection to the database: which host, how encrypted, and what every session begins with.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, future, io};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use thiserror::Error;
use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode as Negotiation, SslNegotiation, TargetSessionAttrs};
use tokio_postgres::{CancelToken, Client, Config as Settings, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls;
use super::transport::{AnswerTracker, Connection, EncryptObserved, HandshakeError, ObservedStream, Socket};
use crate::config::{CertificateAuthorities, CertificateError, DatabaseUrl, SslMode, host_name};

/// After this time without traffic the system asks whether the other side still lives, three times in a row if need be.
/// A peer that vanished without a word is so noticed within half a minute, by an idle connection; the default
/// is two hours.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(15);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;
/// How long what was sent may stay unacknowledged; the system would try for a quarter of an hour.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);

/// When only one host is the right one, whatever their order, the next is asked while this one is still silent: a
/// failover must not wait for a dead machine each time.
const HEAD_START: Duration = Duration::from_millis(250);

/// A host that has not answered for so long is asked again, beside the first time: what was lost on the way does not
/// arrive when the network is back. The first time still counts, for servers that wake up slowly.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Opens connections by one URL.
pub(crate) struct Connector {
    /// Which one, where there may be several in the course of time.
    number: u64,
    hosts: Vec<Settings>,
    mode: SslMode,
    tls: MakeRustlsConnect,
    /// How long one host may take.
    timeout: Duration,
}

/// The server at the end of a connection: one host of a URL, at one of its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerAddress {
    connector: u64,
    host: usize,
    /// `None` for a Unix socket.
    ip: Option<IpAddr>,
}

/// A connection that was just opened, to be driven by a task.
pub(crate) struct OpenedConnection {
    pub(crate) client: Client,
    pub(crate) connection: Connection,
    pub(crate) address: ServerAddress,
    /// How much of the server's answers has arrived.
    pub(crate) answers: Arc<AnswerTracker>,
}

/// No host could be used. Displayed, it tells what each of them said.
#[derive(Debug, Error)]
pub struct ConnectError {
    attempts: Vec<(String, Failure)>,
}

#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Postgres(#[from] tokio_postgres::Error),
    #[error(transparent)]
    Name(io::Error),
    #[error("error connecting to server")]
    Socket(#[source] io::Error),
    #[error("no answer within {0:?}")]
    TooSlow(Duration),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (host, failure)) in self.attempts.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{host}: {}", super::error_chain(failure))?;
        }
        Ok(())
    }
}

impl Connector {
    /// `timeout` is for all hosts together; `application_name` stands unless the URL has another.
    pub(super) fn new(
        url: &DatabaseUrl,
        authorities: Option<&CertificateAuthorities>,
        timeout: Duration,
        application_name: &str,
    ) -> Result<Self, CertificateError> {
        let hosts = single_hosts(&url.settings, application_name);
        let share = timeout / u32::try_from(hosts.len()).unwrap_or(u32::MAX).max(1);
        Ok(Self {
            number: 0,
            timeout: url.settings.get_connect_timeout().copied().unwrap_or(share),
            mode: url.ssl_mode,
            tls: tls::connector(url.ssl_mode, url.authorities.as_ref().or(authorities))?,
            hosts,
        })
    }

    /// The same, told apart from others.
    pub(super) fn numbered(self, number: u64) -> Self {
        Self { number, ..self }
    }

    /// Connects to the first host that will have us.
    pub(crate) async fn connect(&self) -> Result<OpenedConnection, ConnectError> {
        let mut order: Vec<usize> = (0..self.hosts.len()).collect();
        if self.hosts.iter().any(|settings| settings.get_load_balance_hosts() == LoadBalanceHosts::Random) {
            shuffle(&mut order);
        }
        // Where several hosts are right, the first of them is meant; where one is, the order does not matter
        // first.
        let one_is_right =
            self.hosts.iter().all(|settings| settings.get_target_session_attrs() != TargetSessionAttrs::Any);
        let hosts = order.into_iter().map(|host| self.connect_to_host(host));
        let mut attempts = match first_success(hosts, one_is_right.then_some(HEAD_START)).await {
            Ok(opened) => return Ok(opened),
            Err(failures) => failures,
        };
        attempts.sort_by_key(|(host, _)| *host);
        let named =
            |(host, failure): (usize, Failure)| (self.hosts.get(host).map(host_and_port).unwrap_or_default(), failure);
        Err(ConnectError { attempts: attempts.into_iter().map(named).collect() })
    }

    /// Opens a connection to a server only to see whether it answers. A refusal is an answer, too.
    pub(super) async fn answers(&self, address: ServerAddress) {
        let Some(mut settings) = self.hosts.get(address.host).cloned() else { return };
        // Signing in is enough: a query would wait for a server behind a pooler that is only busy.
        settings.target_session_attrs(TargetSessionAttrs::Any);
        // Closed at once when it succeeds.
        drop(self.connect_to(&settings, address).await);
    }

    /// Asks a server to cancel the statement that runs in a session.
    pub(super) async fn cancel(&self, address: ServerAddress, token: &CancelToken) -> Result<(), ConnectError> {
        let Some(settings) = self.hosts.get(address.host) else { return Ok(()) };
        let cancelling = async {
            let socket = Socket::open(settings, address.ip).await.map_err(Failure::Socket)?;
            let socket = ObservedStream::new(socket, true, Arc::default());
            Ok(token.cancel_query_raw(socket, self.encrypt(settings)?).await?)
        };
        let failed = |failure| ConnectError { attempts: vec![(host_and_port(settings), failure)] };
        cancelling.await.map_err(failed)
    }

    async fn connect_to_host(&self, host: usize) -> Result<OpenedConnection, (usize, Failure)> {
        let Some(settings) = self.hosts.get(host) else { return Err((host, Failure::TooSlow(Duration::ZERO))) };
        match tokio::time::timeout(self.timeout, self.ask_until_answered(host, settings)).await {
            Ok(result) => result.map_err(|failure| (host, failure)),
            Err(_) => Err((host, Failure::TooSlow(self.timeout))),
        }
    }

    async fn ask_until_answered(&self, host: usize, settings: &Settings) -> Result<OpenedConnection, Failure> {
        let ask = || Box::pin(self.connect_to_any_address(host, settings));
        let (mut first, mut again) = (ask(), None);
        loop {
            let answered_again = async {
                match again.as_mut() {
                    Some(again) => again.await,
                    None => future::pending().await,
                }
            };
            tokio::select! {
                answer = &mut first => return answer,
                answer = answered_again => return answer,
                () = tokio::time::sleep(ASK_AGAIN) => again = Some(ask()),
            }
        }
    }

    /// Names are resolved here, not in the library, because a connection must know its address: a name may lead
    /// elsewhere later.
    async fn connect_to_any_address(&self, host: usize, settings: &Settings) -> Result<OpenedConnection, Failure> {
        let name = match (settings.get_hosts().first(), settings.get_hostaddrs().first()) {
            (Some(Host::Tcp(name)), None) => Some(name),
            _ => None,
        };
        let Some(name) = name else {
            let ip = settings.get_hostaddrs().first().copied();
            return self.connect_to(settings, ServerAddress { connector: self.number, host, ip }).await;
        };
        let mut addresses: Vec<_> =
            tokio::net::lookup_host((name.as_str(), 0)).await.map_err(Failure::Name)?.map(|found| found.ip()).collect();
        if settings.get_load_balance_hosts() == LoadBalanceHosts::Random {
            shuffle(&mut addresses);
        }
        let attempts = addresses
            .into_iter()
            .map(|ip| self.connect_to(settings, ServerAddress { connector: self.number, host, ip: Some(ip) }));
        // An address that hears nothing does not use up the time of the others.
        first_success(attempts, Some(HEAD_START)).await.map_err(|mut failures| {
            let nowhere = || Failure::Name(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
            failures.pop().unwrap_or_else(nowhere)
        })
    }

    async fn connect_to(&self, settings: &Settings, address: ServerAddress) -> Result<OpenedConnection, Failure> {
        let with = |negotiation| self.negotiate(settings, negotiation, address);
        // A Unix socket is not encrypted, whatever is asked for: libpq as well ignores sslmode there.
        let mode = if address.ip.is_none() { SslMode::Disable } else { self.mode };
        match mode {
            SslMode::Disable => with(Negotiation::Disable).await,
            SslMode::Prefer => match with(Negotiation::Prefer).await {
                // As libpq does: when encryption fails, or the server accepts the role without it only, go without.
                Err(Failure::Postgres(error))
                    if error.code().is_some_and(|code| code.code().starts_with("28")) || is_tls(&error) =>
                {
                    with(Negotiation::Disable).await.map_err(|_| Failure::Postgres(error))
                }
                result => result,
            },
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => with(Negotiation::Require).await,
        }
    }

    async fn negotiate(
        &self,
        settings: &Settings,
        negotiation: Negotiation,
        address: ServerAddress,
    ) -> Result<OpenedConnection, Failure> {
        let socket = Socket::open(settings, address.ip).await.map_err(Failure::Socket)?;
        let mut settings = settings.clone();
        settings.ssl_mode(negotiation);
        let asks_for_tls =
            negotiation != Negotiation::Disable && settings.get_ssl_negotiation() == SslNegotiation::Postgres;
        let answers = Arc::new(AnswerTracker::default());
        let socket = ObservedStream::new(socket, asks_for_tls, Arc::clone(&answers));
        let (client, mut connection) = settings.connect_raw(socket, self.encrypt(&settings)?).await?;
        let wanted = settings.get_target_session_attrs();
        if wanted != TargetSessionAttrs::Any {
            check_attributes(&client, &mut connection, wanted).await?;
        }
        Ok(OpenedConnection { client, connection, address, answers })
    }

    fn encrypt(&self, settings: &Settings) -> Result<EncryptObserved, Failure> {
        let name = match settings.get_hosts().first() {
            Some(Host::Tcp(name)) => name,
            _ => "",
        };
        EncryptObserved::new(&self.tls, name).map_err(Failure::Socket)
    }
}

/// The first success, or all failures in the order in which they came. An attempt begins when one before it has failed,
/// or a head start after the one before it, where there is one.
async fn first_success<T, E, F: Future<Output = Result<T, E>>>(
    mut waiting: impl ExactSizeIterator<Item = F>,
    head_start: Option<Duration>,
) -> Result<T, Vec<E>> {
    let mut trying = FuturesUnordered::new();
    let mut failures = Vec::new();
    loop {
        trying.extend(waiting.next());
        let answer = match head_start.filter(|_| waiting.len() > 0) {
            Some(head_start) => match tokio::time::timeout(head_start, trying.next()).await {
                Ok(answer) => answer,
                Err(_) => continue,
            },
            None => trying.next().await,
        };
        match answer {
            Some(Ok(success)) => return Ok(success),
            Some(Err(failure)) => failures.push(failure),
            None => return Err(failures),
        }
    }
}

/// Fails if the server takes writes and should not, or the other way round.
async fn check_attributes(
    client: &Client,
    connection: &mut Connection,
    wanted: TargetSessionAttrs,
) -> Result<(), Failure> {
    let driving = async {
        while let Some(message) = future::poll_fn(|context| connection.poll_message(context)).await {
            message?;
        }
        Err(Failure::Socket(io::ErrorKind::ConnectionAborted.into()))
    };
    let answer = tokio::select! {
        answer = client.simple_query("SHOW transaction_read_only") => answer?,
        ended = driving => return ended,
    };
    let read_only = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let refused = match (read_only, wanted) {
        (Some("on"), TargetSessionAttrs::ReadWrite) => "database does not allow writes",
        (Some("off"), TargetSessionAttrs::ReadOnly) => "database is not read only",
        _ => return Ok(()),
    };
    Err(Failure::Socket(io::Error::new(io::ErrorKind::PermissionDenied, refused)))
}

/// Whether the TLS handshake failed.
fn is_tls(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error + 'static>::is::<HandshakeError>)
}

/// Into any order.
fn shuffle<T: Hash>(items: &mut [T]) {
    let random = RandomState::new();
    items.sort_by_cached_key(|item| random.hash_one(item));
}

/// One setting per host, so that each host gets its own try, time and message.
fn single_hosts(all: &Settings, application_name: &str) -> Vec<Settings> {
    let (names, addresses, ports) = (all.get_hosts(), all.get_hostaddrs(), all.get_ports());
    (0..names.len().max(addresses.len()))
        .map(|position| {
            let mut one = Settings::new();
            match (names.get(position), addresses.get(position)) {
                (Some(Host::Unix(path)), _) => {
                    one.host_path(path);
                }
                (Some(Host::Tcp(name)), address) => {
                    one.host(name);
                    address.map(|address| one.hostaddr(*address));
                }
                (None, Some(address)) => {
                    one.host(address.to_string());
                }
                (None, None) => {}
            }
            one.port(ports.get(position).or(ports.first()).copied().unwrap_or(5432));
            all.get_user().map(|user| one.user(user));
            all.get_password().map(|password| one.password(password));
            all.get_dbname().map(|name| one.dbname(name));
            all.get_options().map(|options| one.options(options));
            let two_hours = Settings::new().get_keepalives_idle();
            let idle = Some(all.get_keepalives_idle()).filter(|idle| *idle != two_hours);
            one.application_name(all.get_application_name().unwrap_or(application_name))
                .ssl_negotiation(all.get_ssl_negotiation())
                .keepalives(all.get_keepalives())
                .keepalives_idle(idle.unwrap_or(KEEPALIVE_IDLE))
                .keepalives_interval(all.get_keepalives_interval().unwrap_or(KEEPALIVE_INTERVAL))
                .keepalives_retries(all.get_keepalives_retries().unwrap_or(KEEPALIVE_RETRIES))
                .tcp_user_timeout(all.get_tcp_user_timeout().copied().unwrap_or(TCP_USER_TIMEOUT))
                .target_session_attrs(all.get_target_session_attrs())
                .channel_binding(all.get_channel_binding())
                .load_balance_hosts(all.get_load_balance_hosts());
            one
        })
        .collect()
}

/// The host and port of settings with a single host, for messages.
fn host_and_port(settings: &Settings) -> String {
    let host = settings.get_hosts().first().map(host_name).unwrap_or_default();
    let port = settings.get_ports().first().copied().unwrap_or(5432);
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use super::*;

    type Attempt = Pin<Box<dyn Future<Output = Result<u8, &'static str>>>>;

    #[tokio::test]
    async fn an_attempt_that_hears_nothing_does_not_use_up_the_time_of_the_others() {
        let attempts: Vec<Attempt> =
            vec![Box::pin(future::pending()), Box::pin(future::ready(Err("refused"))), Box::pin(future::ready(Ok(3)))];
        let began = tokio::time::Instant::now();
        assert_eq!(first_success(attempts.into_iter(), Some(HEAD_START)).await, Ok(3));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn failures_are_told_in_their_order() {
        for head_start in [None, Some(HEAD_START)] {
            let attempts: Vec<Attempt> =
                vec![Box::pin(future::ready(Err("first"))), Box::pin(future::ready(Err("last")))];
            assert_eq!(first_success(attempts.into_iter(), head_start).await, Err(vec!["first", "last"]));
            assert_eq!(first_success(Vec::<Attempt>::new().into_iter(), head_start).await, Err(Vec::new()));
        }
    }
}
