//! What a database says about itself, for those who look for the cause of a problem.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;

/// What a database says about itself.
#[derive(Clone, Debug, QueryableByName)]
pub struct DatabaseFacts {
    /// The version of PostgreSQL, such as `17.2`.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// The time zone of new sessions, before the server sets it to UTC.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// The encoding and the locale by which texts are sorted, such as `UTF8, C.UTF-8`.
    #[diesel(sql_type = Text)]
    pub locale: String,
    /// Its size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// The version of the newest migration that is applied.
    #[diesel(sql_type = Text)]
    pub schema_version: String,
    /// Its clock.
    #[diesel(sql_type = Timestamptz)]
    pub clock: DateTime<Utc>,
}

impl DatabaseFacts {
    /// Asks the database.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn read(conn: &mut AsyncPgConnection) -> QueryResult<Self> {
        prepared(
            "SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
                    (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone') AS time_zone,
                    current_setting('server_encoding') || ', ' || datcollate AS locale,
                    pg_database_size(datname) AS size,
                    (SELECT max(version) FROM __diesel_schema_migrations)::text AS schema_version,
                    clock_timestamp() AS clock
             FROM pg_database WHERE datname = current_database()",
        )
        .get_result(conn)
        .await
    }
}
