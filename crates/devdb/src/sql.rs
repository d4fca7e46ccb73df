//! The few statements that this crate sends itself.

use tokio_postgres::{Client, NoTls};

use crate::error::DevDbError;

/// Arbitrary; other locks of Clockwork have other numbers.
const FURNISH_LOCK: i64 = 7_236_110_001;

/// Connects; the connection's task ends with the client.
pub(crate) async fn connect(url: &str) -> Result<Client, DevDbError> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .map_err(DevDbError::sql("connecting"))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!("a connection to the private database ended: {error}");
        }
    });
    Ok(client)
}

/// Makes the application's role and its database where they are missing. `password` is hexadecimal.
///
/// The role is no superuser, as in production, but may create databases: the tests do.
pub(crate) async fn furnish(
    client: &Client,
    role: &str,
    database: Option<&str>,
    password: &str,
) -> Result<(), DevDbError> {
    const DOING: &str = "creating the application's role and database";
    // Two processes may be here at once. The lock goes with the connection.
    client
        .batch_execute(&format!(
            "SELECT pg_catalog.pg_advisory_lock({FURNISH_LOCK})"
        ))
        .await
        .map_err(DevDbError::sql(DOING))?;
    if client
        .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&role])
        .await
        .map_err(DevDbError::sql(DOING))?
        .is_none()
    {
        let create = format!("CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{password}'");
        client
            .batch_execute(&create)
            .await
            .map_err(DevDbError::sql(DOING))?;
    }
    let Some(database) = database else {
        return Ok(());
    };
    if client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&database])
        .await
        .map_err(DevDbError::sql(DOING))?
        .is_none()
    {
        let create = format!("CREATE DATABASE {database} OWNER {role}");
        client
            .batch_execute(&create)
            .await
            .map_err(DevDbError::sql(DOING))?;
    }
    Ok(())
}
