//! A database for a benchmark.

use clockwork_core::config::{Config, Sources};
use clockwork_core::db::migrations::migrate;
use clockwork_devdb::testing::{self, TestDb};

/// What a server would be told by these variables, and by no file.
pub(crate) fn config(environment: &[(&str, &str)]) -> Config {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let nowhere = std::env::temp_dir().join("clockwork-benches-have-no-configuration-files");
    Config::load(&Sources { environment, directory: nowhere.clone(), secrets: nowhere }).unwrap().config
}

/// One of its own, with Clockwork's schema and nothing in it.
pub(crate) async fn migrated() -> TestDb {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    migrate(&config(&[("DATABASE_URL", &database.url())]).database).await.unwrap();
    database
}
