//! Whether the schema is new enough for the binary.

use clockwork_core::database::Db;
use clockwork_core::database::migrations::{
    Change, LOCK_TIMEOUT, MigrationSet, Migrator, SchemaState, Target, WAIT, migrate, schema_state,
};
use diesel_async::SimpleAsyncConnection;

use crate::settings::config;

#[tokio::test]
async fn missing_migrations_matter_and_newer_ones_do_not() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let config = config(&[("DATABASE_URL", &database.url())]);
    let migrations = MigrationSet::load(None).unwrap();
    let names: Vec<_> = migrations.all().iter().map(|migration| migration.name.clone()).collect();
    let db = Db::connect(&config).unwrap();
    let state = async || schema_state(&mut db.conn().await.unwrap(), &migrations).await.unwrap();

    assert_eq!(state().await, SchemaState::Missing(names.clone()));
    assert!(!state().await.is_sufficient());
    assert_eq!(migrate(&config).await.unwrap(), names);
    assert_eq!(state().await, SchemaState::UpToDate);
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231235959')";
    db.conn().await.unwrap().batch_execute(newer).await.unwrap();
    assert_eq!(state().await, SchemaState::Newer(vec!["29991231235959".to_owned()]));
    assert!(state().await.is_sufficient());
    let migrator = Migrator::connect(&config, WAIT, LOCK_TIMEOUT).await.unwrap();
    let error = migrator.perform(Change::Down { steps: 2, to: Target::Empty }).await.unwrap_err().to_string();
    assert!(error.contains("does not know (29991231235959)"), "{error}");
}

/// As many servers that start at once do with DB_AUTO_MIGRATE=true, on the kind of runtime that they have.
#[tokio::test(flavor = "current_thread")]
async fn many_at_once_migrate_exactly_once() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let config = config(&[("DATABASE_URL", &database.url())]);
    let runs = futures_util::future::join_all((0..8).map(|_| migrate(&config))).await;
    let applied: Vec<_> = runs.into_iter().map(|names| names.unwrap().len()).filter(|count| *count > 0).collect();
    assert_eq!(applied, [MigrationSet::load(None).unwrap().all().len()]);
}
