//! A database for a benchmark.

pub(crate) mod config;

use clockwork_core::database::migrations::migrate;
use clockwork_devdb::testing::{self, TestDb};

use config::config;

/// One of its own, with Clockwork's schema and nothing in it.
pub(crate) async fn migrated() -> TestDb {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    migrate(&config(&[("DATABASE_URL", &database.url())]).database).await.unwrap();
    database
}
