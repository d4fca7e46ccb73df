//! The endpoint of the database: the server or servers that `DATABASE_URL` names. If the URL was read from a file, the
//! file may change later, as after the rotation of a password.
//!
//! A new URL replaces the current one only after a connection with it has succeeded. The file is read when the current
//! URL fails, and every few seconds besides. Connections that were opened by the URL before are not used again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, watch};

use super::connect::{ConnectError, Connector, OpenedConnection};
use super::error::DbSetupError;
use crate::config::{CertificateAuthorities, CertificateError, DatabaseConfig, DatabaseUrl, DatabaseUrlFile};

/// The `application_name` of the pool's connections, unless the URL has another.
const APPLICATION_NAME: &str = "clockwork-server";
/// That of the connection that listens for notifications.
const LISTENER_NAME: &str = "clockwork-server-events";
/// How long that connection may take to open, over all hosts.
const LISTENER_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// That of the connection of health checks and metrics.
const PROBE_NAME: &str = "clockwork-server-probe";
/// How long a connection that only tried a URL may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The endpoint of the database. Cheap to clone; clones share the current URL.
#[derive(Clone)]
pub(crate) struct Endpoint(Arc<Inner>);

struct Inner {
    /// The current configuration.
    current: watch::Sender<Arc<EndpointConfig>>,
    /// The file that the URL was read from, or the files.
    file: Option<DatabaseUrlFile>,
    authorities: Option<CertificateAuthorities>,
    acquire_timeout: Duration,
    /// Held while the file is read, once for all callers that need it.
    file_check: Mutex<FileCheck>,
}

/// One URL, and the connectors for each purpose.
pub(crate) struct EndpointConfig {
    number: u64,
    url: DatabaseUrl,
    pool: Connector,
    listening: Connector,
    probe: Connector,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ConnectionPurpose {
    Pool,
    Listening,
    /// Health checks and metrics.
    Probe,
}

/// What the last reads of the file found.
#[derive(Default)]
struct FileCheck {
    /// The URL that could not connect, and when the last attempt began.
    refused: Option<(DatabaseUrl, Instant)>,
    /// The problem that was logged last, so that each is logged once.
    logged: String,
}

impl EndpointConfig {
    fn new(
        number: u64,
        url: DatabaseUrl,
        authorities: Option<&CertificateAuthorities>,
        acquire_timeout: Duration,
    ) -> Result<Self, CertificateError> {
        let connector = |timeout, name| {
            Connector::new(&url, authorities, timeout, name).map(|connector| connector.numbered(number))
        };
        let pool = connector(acquire_timeout, APPLICATION_NAME)?;
        let listening = connector(LISTENER_CONNECT_TIMEOUT, LISTENER_NAME)?;
        let probe = connector(acquire_timeout, PROBE_NAME)?;
        Ok(Self { number, url, pool, listening, probe })
    }

    pub(super) fn connector(&self, purpose: ConnectionPurpose) -> &Connector {
        match purpose {
            ConnectionPurpose::Pool => &self.pool,
            ConnectionPurpose::Listening => &self.listening,
            ConnectionPurpose::Probe => &self.probe,
        }
    }
}

impl Endpoint {
    pub(super) fn new(config: &DatabaseConfig) -> Result<Self, DbSetupError> {
        let url = config.url.clone().ok_or(DbSetupError::NoUrl)?;
        let (authorities, acquire_timeout) = (config.authorities.clone(), config.acquire_timeout);
        let current = EndpointConfig::new(0, url, authorities.as_ref(), acquire_timeout)?;
        Ok(Self(Arc::new(Inner {
            current: watch::Sender::new(Arc::new(current)),
            file: config.url_file.clone(),
            authorities,
            acquire_timeout,
            file_check: Mutex::default(),
        })))
    }

    pub(super) fn current(&self) -> Arc<EndpointConfig> {
        Arc::clone(&self.0.current.borrow())
    }

    pub(super) fn is_current(&self, config: &EndpointConfig) -> bool {
        self.0.current.borrow().number == config.number
    }

    /// Returns when another configuration is current.
    pub(super) async fn is_superseded(&self, config: &EndpointConfig) {
        // Fails only without a sender, and there is one.
        let _ = self.0.current.subscribe().wait_for(|current| current.number != config.number).await;
    }

    /// Connects by the current URL; if that fails, by the URL that the file has now.
    pub(super) async fn connect(
        &self,
        purpose: ConnectionPurpose,
    ) -> Result<(OpenedConnection, Arc<EndpointConfig>), ConnectError> {
        let config = self.current();
        let error = match config.connector(purpose).connect().await {
            Ok(opened) => return Ok((opened, config)),
            Err(error) => error,
        };
        let Some(config) = self.read_file(&config).await else { return Err(error) };
        Ok((config.connector(purpose).connect().await?, config))
    }

    /// Reads the file. Returns the current configuration afterwards, if that is another one.
    pub(super) async fn read_file(&self, than: &EndpointConfig) -> Option<Arc<EndpointConfig>> {
        let file = self.0.file.clone()?;
        let arrived = Instant::now();
        let mut file_check = self.0.file_check.lock().await;
        let current = self.current();
        if current.number != than.number {
            return Some(current);
        }
        let name = file.to_string();
        let read = tokio::task::spawn_blocking(move || {
            file.read().and_then(|text| DatabaseUrl::parse(&text).map_err(|error| error.to_string()))
        });
        let problem = match read.await.ok()? {
            Ok(url) if url == current.url => {
                *file_check = FileCheck::default();
                return None;
            }
            Ok(url) => match self.adopt(&mut file_check, url, &current, arrived).await {
                Ok(adopted) => return adopted,
                Err(problem) => problem,
            },
            Err(problem) => problem,
        };
        if file_check.logged != problem {
            tracing::warn!(
                file = name,
                problem,
                "the new DATABASE_URL cannot be used: the server goes on with the one that it has"
            );
            file_check.logged = problem;
        }
        None
    }

    /// Makes a URL the current one if a connection with it succeeds. `None` if another caller has tried it since a
    /// time.
    async fn adopt(
        &self,
        file_check: &mut FileCheck,
        url: DatabaseUrl,
        current: &EndpointConfig,
        since: Instant,
    ) -> Result<Option<Arc<EndpointConfig>>, String> {
        if file_check.refused.as_ref().is_some_and(|(refused, began)| *refused == url && *began >= since) {
            return Ok(None);
        }
        let began = Instant::now();
        let Inner { authorities, acquire_timeout, .. } = &*self.0;
        let config = EndpointConfig::new(current.number + 1, url, authorities.as_ref(), *acquire_timeout);
        let config = Arc::new(config.map_err(|error| error.to_string())?);
        match config.pool.connect().await {
            Ok(OpenedConnection { client, connection, .. }) => {
                *file_check = FileCheck::default();
                self.0.current.send_replace(Arc::clone(&config));
                tracing::info!(url = %config.url, "DATABASE_URL has changed: new connections use the new URL");
                drop(client);
                // Else PostgreSQL logs a lost client.
                let _ = tokio::time::timeout(CLOSE_TIMEOUT, connection).await;
                Ok(Some(config))
            }
            Err(error) => {
                file_check.refused = Some((config.url.clone(), began));
                Err(error.to_string())
            }
        }
    }
}
