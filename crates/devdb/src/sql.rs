//! The few statements that this crate sends itself.

use tokio_postgres::{Client, NoTls};

use crate::error::DevDbError;

/// Arbitrary; other locks of Clockwork have other numbers.
const SETUP_LOCK: i64 = 7_236_110_001;

/// Connects; the connection's task ends with the client.
pub(crate) async fn connect(url: &str) -> Result<Client, DevDbError> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(DevDbError::sql("connecting"))?;
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
pub(crate) async fn create_role_and_database(
    client: &Client,
    role: &str,
    database: Option<&str>,
    password: &str,
) -> Result<(), DevDbError> {
    const DOING: &str = "creating the application's role and database";
    let run = async |statement: &str| client.batch_execute(statement).await.map_err(DevDbError::sql(DOING));
    let lacks = async |query: &str, name: &str| {
        client.query_opt(query, &[&name]).await.map(|row| row.is_none()).map_err(DevDbError::sql(DOING))
    };
    // Two processes may be here at once. After an error the lock goes with the connection.
    run(&format!("SELECT pg_advisory_lock({SETUP_LOCK})")).await?;
    if lacks("SELECT 1 FROM pg_roles WHERE rolname = $1", role).await? {
        run(&format!("CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{password}'")).await?;
    }
    if let Some(database) = database
        && lacks("SELECT 1 FROM pg_database WHERE datname = $1", database).await?
    {
        run(&format!("CREATE DATABASE {database} OWNER {role}")).await?;
    }
    run(&format!("SELECT pg_advisory_unlock({SETUP_LOCK})")).await
}
