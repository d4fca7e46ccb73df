//! One connection to the database: which host, how encrypted, and what every session begins with.

use super::tls::{self, CertificateAuthorities, CertificateError};
use super::url::{DatabaseUrl, SslMode, host_name};
use std::fmt;
use std::time::Duration;
use thiserror::Error;
use tokio_postgres::config::{Host, SslMode as Negotiation};
use tokio_postgres::{Client, Config as Settings, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The stream of a connection, encrypted or not.
pub(super) type Stream = <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream;

/// After this time without traffic the system begins to ask whether the other side still lives. A lost peer is so
/// noticed in minutes, not in the two hours that are the default.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(60);

/// Opens connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Connector {
    hosts: Vec<Settings>,
    mode: SslMode,
    tls: MakeRustlsConnect,
    /// How long one host may take.
    patience: Duration,
}

/// No host could be used. Displayed, it tells what each of them said.
#[derive(Debug, Error)]
pub struct ConnectError {
    attempts: Vec<(String, Failure)>,
}

#[derive(Debug)]
enum Failure {
    Postgres(tokio_postgres::Error),
    TooSlow(Duration),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (host, failure)) in self.attempts.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            match failure {
                Failure::Postgres(error) => {
                    write!(f, "{separator}{host}: {}", super::error_chain(error))?;
                }
                Failure::TooSlow(patience) => write!(f, "{separator}{host}: no answer within {patience:?}")?,
            }
        }
        Ok(())
    }
}

impl Connector {
    /// `patience` is for all hosts together; `application_name` stands unless the URL has another.
    pub(super) fn new(
        url: &DatabaseUrl,
        authorities: Option<&CertificateAuthorities>,
        patience: Duration,
        application_name: &str,
    ) -> Result<Self, CertificateError> {
        let hosts = single_hosts(&url.settings, application_name);
        let share = patience / u32::try_from(hosts.len()).unwrap_or(u32::MAX).max(1);
        Ok(Self {
            patience: url.settings.get_connect_timeout().copied().unwrap_or(share),
            mode: url.ssl_mode,
            tls: tls::connector(url.ssl_mode, url.authorities.as_ref().or(authorities))?,
            hosts,
        })
    }

    /// What connections are encrypted with.
    pub(super) fn tls(&self) -> &MakeRustlsConnect {
        &self.tls
    }

    /// Connects to the first host that will have us.
    pub(super) async fn connect(&self) -> Result<(Client, Connection<Socket, Stream>), ConnectError> {
        let mut attempts = Vec::new();
        for settings in &self.hosts {
            match tokio::time::timeout(self.patience, self.connect_to(settings)).await {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(error)) => attempts.push((place(settings), Failure::Postgres(error))),
                Err(_) => attempts.push((place(settings), Failure::TooSlow(self.patience))),
            }
        }
        Err(ConnectError { attempts })
    }

    async fn connect_to(
        &self,
        settings: &Settings,
    ) -> Result<(Client, Connection<Socket, Stream>), tokio_postgres::Error> {
        let with = |negotiation| {
            let mut settings = settings.clone();
            settings.ssl_mode(negotiation);
            settings
        };
        match self.mode {
            SslMode::Disable => with(Negotiation::Disable).connect(self.tls.clone()).await,
            SslMode::Prefer => match with(Negotiation::Prefer).connect(self.tls.clone()).await {
                // As libpq does: when encryption fails, or the server lets us in without it only, go without.
                Err(error) if error.code().is_some_and(|code| code.code().starts_with("28")) || is_tls(&error) => {
                    with(Negotiation::Disable).connect(self.tls.clone()).await.map_err(|_| error)
                }
                result => result,
            },
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                with(Negotiation::Require).connect(self.tls.clone()).await
            }
        }
    }
}

/// Whether the TLS handshake failed. The library's error has no kind that can be asked, but its text begins with one.
fn is_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error performing TLS handshake")
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
            all.get_tcp_user_timeout().map(|timeout| one.tcp_user_timeout(*timeout));
            all.get_keepalives_interval().map(|interval| one.keepalives_interval(interval));
            all.get_keepalives_retries().map(|retries| one.keepalives_retries(retries));
            let two_hours = Settings::new().get_keepalives_idle();
            let idle = Some(all.get_keepalives_idle()).filter(|idle| *idle != two_hours);
            one.application_name(all.get_application_name().unwrap_or(application_name))
                .ssl_negotiation(all.get_ssl_negotiation())
                .keepalives(all.get_keepalives())
                .keepalives_idle(idle.unwrap_or(KEEPALIVE_IDLE))
                .target_session_attrs(all.get_target_session_attrs())
                .channel_binding(all.get_channel_binding())
                .load_balance_hosts(all.get_load_balance_hosts());
            one
        })
        .collect()
}

/// The host and port of settings with a single host, for messages.
fn place(settings: &Settings) -> String {
    let host = settings.get_hosts().first().map(host_name).unwrap_or_default();
    let port = settings.get_ports().first().copied().unwrap_or(5432);
    format!("{host}:{port}")
}

/// The limits of a session.
pub(super) struct SessionLimits {
    /// How long a statement may run; zero for any time.
    pub(super) statement: Duration,
    /// How long a statement may wait for a lock.
    pub(super) lock: Duration,
    /// How long a transaction may do nothing.
    pub(super) idle_in_transaction: Duration,
}

impl SessionLimits {
    /// The statements that begin every session. UTC, so that no text of a time depends on the server's place. READ COMMITTED, because
    /// rules that wait for a lock must then see what its holder committed, whatever the cluster's default is.
    pub(super) fn to_sql(&self) -> String {
        format!(
            "SET TIME ZONE 'UTC'; SET default_transaction_isolation = 'read committed'; SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}",
            self.statement.as_millis(),
            self.lock.as_millis(),
            self.idle_in_transaction.as_millis(),
        )
    }
}
