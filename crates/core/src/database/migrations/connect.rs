//! The migrator's connection.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel_async::AsyncPgConnection;
use futures_util::stream::{StreamExt, poll_fn};
use tokio::task::JoinSet;
use tokio_postgres::AsyncMessage;

use super::error::{Failure, MigrationError};
use super::harness::{Harness, KEEP_LOCK_TIMEOUT};
use super::set::MigrationSet;
use crate::config::DatabaseConfig;
use crate::database::SessionLimits;
use crate::database::connect::{Connector, OpenedConnection};
use crate::database::transport::Connection;

const APPLICATION_NAME: &str = "clockwork-migrator";
/// How long one attempt to connect may take, and the pause before the next.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_PAUSE: Duration = Duration::from_millis(250);
/// `server_version_num` of PostgreSQL 15, the oldest that is tested.
const MINIMUM_VERSION: i32 = 150_000;

/// Connects, and tries again for up to `wait` while that fails for whatever reason: a database that starts, moves or is
/// being set up refuses in many ways. The second value drives the connection until it is dropped.
pub(super) async fn connect(
    config: &DatabaseConfig,
    wait: Duration,
    lock_timeout: Duration,
    migrations: Arc<MigrationSet>,
) -> Result<(Harness, JoinSet<()>), MigrationError> {
    let url = config.url.as_ref().ok_or(MigrationError::NoUrl)?;
    let connector = Connector::new(url, config.authorities.as_ref(), CONNECT_TIMEOUT, APPLICATION_NAME)?;
    let (begun, mut logged) = (Instant::now(), String::new());
    let OpenedConnection { client, connection, answers, .. } = loop {
        match connector.connect().await {
            Ok(connected) => break connected,
            Err(source) if begun.elapsed() + CONNECT_PAUSE > wait => {
                return Err(MigrationError::Unreachable { waited: wait, source });
            }
            Err(error) => {
                let reason = error.to_string();
                if reason != logged {
                    tracing::warn!(%reason, "waiting for the database");
                    logged = reason;
                }
                tokio::time::sleep(CONNECT_PAUSE).await;
            }
        }
    };
    let mut driver = JoinSet::new();
    driver.spawn(drive(connection));
    // A migration may take its time; it is only waiting for locks that holds others up.
    let limits = SessionLimits { statement: Duration::ZERO, lock: lock_timeout, idle_in_transaction: Duration::ZERO };
    let limits = format!("{}; {KEEP_LOCK_TIMEOUT}", limits.to_sql());
    let begin = async move {
        client.batch_execute(&limits).await?;
        let version = "SELECT current_setting('server_version_num')::int, current_setting('server_version')";
        let version = client.query_one(version, &[]).await?;
        Ok::<_, Box<dyn Error + Send + Sync>>((AsyncPgConnection::try_from(client).await?, version))
    };
    let (connection, version) = begin.await.map_err(|error| Failure::new("setting up the session", error))?;
    if version.get::<_, i32>(0) < MINIMUM_VERSION {
        let found: &str = version.get(1);
        return Err(MigrationError::Refused(format!("PostgreSQL 15 or newer is needed; this is {found}")));
    }
    Ok((Harness { connection: connection.into(), answers, migrations }, driver))
}

/// Moves the connection's bytes, and passes on what migrations RAISE.
async fn drive(mut connection: Connection) {
    let mut messages = poll_fn(|context| connection.poll_message(context));
    while let Some(message) = messages.next().await {
        match message {
            Ok(AsyncMessage::Notice(notice)) => tracing::info!(severity = notice.severity(), "{}", notice.message()),
            Ok(_) => {}
            // The statement that was under way reports it, when the connection is dropped. Asked again, it would fail
            // again.
            Err(error) => return tracing::debug!(%error, "the connection ended"),
        }
    }
}
