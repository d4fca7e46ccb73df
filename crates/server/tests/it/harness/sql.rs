//! The database behind the server, asked and changed without it.

use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use super::TestApp;

/// Sessions that wait for a lock.
const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

/// Waits until so many sessions of a database wait for a lock. On a connection of its own: within a transaction, as
/// that of who holds the lock, PostgreSQL goes on showing the sessions that there were.
pub async fn until_waiting(database_url: &str, wanted: i64) {
    let (observer, connection) = tokio_postgres::connect(database_url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let asking = async {
        while observer.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(60), asking).await;
    asked.unwrap_or_else(|_| panic!("not {wanted} sessions wait for a lock"));
}

/// All tables of ours; the ledger of migrations begins with two underscores.
const TABLES: &str = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND NOT starts_with(relname, '__') ORDER BY relname";

impl TestApp {
    /// A connection of the test's own, which ends with the client.
    pub async fn sql(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.database.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Changes the database behind the server's back.
    pub async fn execute(&self, statements: &str) {
        self.sql().await.batch_execute(statements).await.unwrap();
    }

    /// The constraint that statements run into.
    pub async fn violates(&self, statements: &str) -> String {
        let error = self.sql().await.batch_execute(statements).await.expect_err("the database must refuse");
        let refusal = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
        refusal.constraint().unwrap_or_else(|| panic!("{refusal}")).to_owned()
    }

    /// Waits until so many sessions wait for a lock.
    pub async fn until_waiting(&self, wanted: i64) {
        until_waiting(&self.database.url(), wanted).await;
    }

    /// Every row of every table, as text: to see that nothing has changed.
    pub async fn contents(&self) -> Vec<(String, Vec<String>)> {
        let client = self.sql().await;
        let mut contents = Vec::new();
        for table in client.query(TABLES, &[]).await.unwrap() {
            let table: String = table.get(0);
            let rows = client.query(&format!("SELECT t::text FROM {table} t ORDER BY 1"), &[]).await.unwrap();
            contents.push((table, rows.iter().map(|row| row.get(0)).collect()));
        }
        contents
    }
}
