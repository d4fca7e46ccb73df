//! Where new connections lead: to what `DATABASE_URL` says. When that was read from a file, the file may say something else later, as
//! after the rotation of a password.
//!
//! A URL that has never let us in is never used instead of one that does. What the file says is tried when the URL in force fails, and every
//! few seconds besides; from the moment when it lets us in it is in force, and connections of the one before are not used again.

use super::connect::{ConnectError, Connector, Opened};
use super::pool::{DbSetupError, Shared};
use super::tls::{CertificateAuthorities, CertificateError};
use super::url::DatabaseUrl;
use crate::config::{DatabaseConfig, SecretFile};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};

/// What the database sees as our name, unless the URL has another.
const APPLICATION_NAME: &str = "clockwork-server";
/// The same for the connection that listens for what has changed.
const LISTENER_NAME: &str = "clockwork-server-events";
/// How long that connection may take to open, over all hosts.
const LISTENER_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the file is read.
const LOOK: Duration = Duration::from_secs(2);
/// How long the connection of a try has to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// Leads to the database. Cheap to clone; clones go the same way.
#[derive(Clone)]
pub(crate) struct Route(Arc<Inner>);

struct Inner {
    /// What is in force.
    current: watch::Sender<Arc<Way>>,
    /// Where the URL was read from.
    file: Option<SecretFile>,
    authorities: Option<CertificateAuthorities>,
    acquire_timeout: Duration,
    /// Held while the file is looked at, which one does for all.
    lookout: Mutex<Lookout>,
}

/// One URL, and what connects by it.
pub(crate) struct Way {
    number: u64,
    url: DatabaseUrl,
    pool: Connector,
    listening: Connector,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Pool,
    Listening,
}

/// What is known of the file.
#[derive(Default)]
struct Lookout {
    /// What did not let us in, and when the last try began.
    refused: Option<(DatabaseUrl, Instant)>,
    /// What was logged of it, so that it is logged once.
    said: String,
}

impl Way {
    fn new(
        number: u64,
        url: DatabaseUrl,
        authorities: Option<&CertificateAuthorities>,
        acquire_timeout: Duration,
    ) -> Result<Self, CertificateError> {
        let connector = |patience, name| {
            Connector::new(&url, authorities, patience, name).map(|connector| connector.numbered(number))
        };
        let pool = connector(acquire_timeout, APPLICATION_NAME)?;
        let listening = connector(LISTENER_CONNECT_TIMEOUT, LISTENER_NAME)?;
        Ok(Self { number, url, pool, listening })
    }

    pub(super) fn connector(&self, purpose: Purpose) -> &Connector {
        match purpose {
            Purpose::Pool => &self.pool,
            Purpose::Listening => &self.listening,
        }
    }
}

impl Route {
    pub(super) fn new(config: &DatabaseConfig) -> Result<Self, DbSetupError> {
        let url = config.url.clone().ok_or(DbSetupError::NoUrl)?;
        let (authorities, acquire_timeout) = (config.authorities.clone(), config.acquire_timeout);
        let way = Way::new(0, url, authorities.as_ref(), acquire_timeout)?;
        Ok(Self(Arc::new(Inner {
            current: watch::Sender::new(Arc::new(way)),
            file: config.url_file.clone(),
            authorities,
            acquire_timeout,
            lookout: Mutex::default(),
        })))
    }

    fn current(&self) -> Arc<Way> {
        Arc::clone(&self.0.current.borrow())
    }

    pub(super) fn is_current(&self, way: &Way) -> bool {
        self.0.current.borrow().number == way.number
    }

    /// Returns when another way is in force.
    pub(super) async fn is_superseded(&self, way: &Way) {
        // Fails only without a sender, and there is one.
        let _ = self.0.current.subscribe().wait_for(|current| current.number != way.number).await;
    }

    /// Connects by the URL in force; when that fails, by what the file says now.
    pub(super) async fn connect(&self, purpose: Purpose) -> Result<(Opened, Arc<Way>), ConnectError> {
        let way = self.current();
        let error = match way.connector(purpose).connect().await {
            Ok(opened) => return Ok((opened, way)),
            Err(error) => error,
        };
        let Some(way) = self.look(&way).await else { return Err(error) };
        Ok((way.connector(purpose).connect().await?, way))
    }

    /// Looks at the file. Returns what is in force afterwards, if that is another way.
    async fn look(&self, than: &Way) -> Option<Arc<Way>> {
        let file = self.0.file.clone()?;
        let arrived = Instant::now();
        let mut lookout = self.0.lookout.lock().await;
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
                *lookout = Lookout::default();
                return None;
            }
            Ok(url) => match self.adopt(&mut lookout, url, &current, arrived).await {
                Ok(adopted) => return adopted,
                Err(problem) => problem,
            },
            Err(problem) => problem,
        };
        if lookout.said != problem {
            tracing::warn!(
                file = name,
                problem,
                "the new DATABASE_URL cannot be used: the server goes on with the one that it has"
            );
            lookout.said = problem;
        }
        None
    }

    /// Puts a URL in force if it lets us in. `None` when somebody else has tried since a time.
    async fn adopt(
        &self,
        lookout: &mut Lookout,
        url: DatabaseUrl,
        current: &Way,
        since: Instant,
    ) -> Result<Option<Arc<Way>>, String> {
        if lookout.refused.as_ref().is_some_and(|(refused, began)| *refused == url && *began >= since) {
            return Ok(None);
        }
        let began = Instant::now();
        let Inner { authorities, acquire_timeout, .. } = &*self.0;
        let way = Way::new(current.number + 1, url, authorities.as_ref(), *acquire_timeout);
        let way = Arc::new(way.map_err(|error| error.to_string())?);
        match way.pool.connect().await {
            Ok(Opened { client, connection, .. }) => {
                *lookout = Lookout::default();
                self.0.current.send_replace(Arc::clone(&way));
                tracing::info!(url = %way.url, "DATABASE_URL has changed: connections are opened by the new one");
                drop(client);
                // Else PostgreSQL logs a client that went without a word.
                let _ = tokio::time::timeout(FAREWELL, connection).await;
                Ok(Some(way))
            }
            Err(error) => {
                lookout.refused = Some((way.url.clone(), began));
                Err(error.to_string())
            }
        }
    }
}

/// Follows the file for as long as there is a pool, and closes what no longer leads where it should.
pub(super) async fn watch(pool: Weak<Shared>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(route) = pool.upgrade().map(|shared| shared.route.clone()) else { return };
        let current = route.current();
        route.look(&current).await;
        let Some(shared) = pool.upgrade() else { return };
        shared.forget_superseded();
    }
}
