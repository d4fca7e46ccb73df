//! Every migration has a way back, and going up again leaves what was there.

use std::process::Command;

use clockwork_core::database::migrations::{Change, LOCK_TIMEOUT, Migrator, Target, WAIT};
use clockwork_devdb::testing::{self, Programs};

use crate::harness::{config, migrate};

/// The schema of a database as pg_dump writes it, without the words that it draws by lot, and without the ledger of migrations.
fn dump(url: &str) -> Vec<String> {
    // Where postgres itself is: the PATH may have links to some of its programs only.
    let postgres = Programs::find().unwrap().path("postgres").canonicalize().unwrap();
    let dump = Command::new(postgres.with_file_name("pg_dump"))
        .args(["--schema-only", "--exclude-table=__diesel_schema_migrations", "--dbname", url])
        .output()
        .unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let text = String::from_utf8(dump.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    lines.map(str::to_owned).collect()
}

#[actix_web::test]
async fn each_step_back_and_forth_leaves_the_same_schema() {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let url = database.url();
    let empty = dump(&url);
    let migrator = Migrator::connect(&config(&url).database, WAIT, LOCK_TIMEOUT).await.unwrap();
    let names: Vec<_> = migrator.migrations().all().iter().map(|migration| migration.version.clone()).collect();
    assert!(!names.is_empty());

    // Up one by one, each time also back and up again.
    let mut before = empty.clone();
    for name in &names {
        let target = migrator.migrations().target(name).unwrap();
        migrator.perform(Change::Up(Some(target.clone()))).await.unwrap();
        let after = dump(&url);
        assert_ne!(after, before, "{name} changes nothing");
        migrator.perform(Change::Down { steps: 1, to: Target::Empty }).await.unwrap();
        assert_eq!(dump(&url), before, "{name} does not take back what it did");
        migrator.perform(Change::Up(Some(target))).await.unwrap();
        assert_eq!(dump(&url), after, "{name} does something else the second time");
        before = after;
    }

    // All the way down, and all the way up.
    migrator.perform(Change::Down { steps: names.len(), to: Target::Empty }).await.unwrap();
    assert_eq!(dump(&url), empty);
    drop(migrator);
    migrate(&url).await.unwrap();
    assert_eq!(dump(&url), before);
}
