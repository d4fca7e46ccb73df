//! Several migrators, and the application's own locks.

use crate::process::{Setup, finish, wait_for};

const TABLE: (&str, &str) =
    ("20260101000000_create_a/up.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);");

#[tokio::test]
async fn of_two_migrators_one_works_and_the_other_finds_nothing_to_do() {
    let slow = "SELECT pg_sleep(1); CREATE TABLE a (id int);";
    let setup = Setup::with(&[("20260101000000_create_a/up.sql", slow)]).await;
    let (first, second) = tokio::join!(setup.run(&["up"]), setup.run(&["up"]));
    assert_eq!((first.code, second.code), (0, 0), "{}{}", first.stderr, second.stderr);
    let mut said = [first.stdout.as_str(), second.stdout.as_str()];
    said.sort_unstable();
    assert_eq!(said, ["applied 20260101000000_create_a\n", "nothing to do\n"]);
    assert!(format!("{}{}", first.stderr, second.stderr).contains("another migrator is running"));
}

#[tokio::test]
async fn a_migration_gives_up_a_lock_that_is_not_free_and_tries_again() {
    let setup = Setup::with(&[TABLE]).await;
    setup.run(&["up"]).await;
    let holder = setup.client().await;
    holder.batch_execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE").await.unwrap();
    setup.write("20260102000000_alter_a/up.sql", "CREATE TABLE b (id int); ALTER TABLE a ADD COLUMN b int;");
    let (migrator, mut log) = setup.start(&["up", "--lock-timeout", "200ms"]);
    wait_for(&mut log, "tried again").await;
    // Between its attempts no statement queues behind it, and none of its changes is visible.
    setup.client().await.query("SELECT id FROM a", &[]).await.unwrap();
    assert!(!setup.exists("b").await);
    wait_for(&mut log, "attempt=2").await;
    holder.batch_execute("COMMIT").await.unwrap();
    let up = finish(migrator).await;
    assert_eq!((up.code, up.stdout.as_str()), (0, "applied 20260102000000_alter_a\n"));
    assert!(setup.exists("b").await);
}

/// Another message than that of a timeout, and the same SQLSTATE.
#[tokio::test]
async fn a_lock_that_is_not_waited_for_is_tried_again_as_well() {
    let setup = Setup::with(&[TABLE]).await;
    setup.run(&["up"]).await;
    let holder = setup.client().await;
    holder.batch_execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE").await.unwrap();
    setup.write("20260102000000_alter_a/up.sql", "LOCK TABLE a NOWAIT; ALTER TABLE a ADD COLUMN b int;");
    let (migrator, mut log) = setup.start(&["up"]);
    wait_for(&mut log, "tried again").await;
    holder.batch_execute("COMMIT").await.unwrap();
    assert_eq!(finish(migrator).await.stdout, "applied 20260102000000_alter_a\n");
}

#[tokio::test]
async fn the_lock_timeout_applies_again_after_a_concurrent_statement() {
    let setup = Setup::with(&[TABLE]).await;
    let sql = "CREATE INDEX CONCURRENTLY a_id ON a (id);
               CREATE TABLE settings AS SELECT current_setting('lock_timeout') AS lock_timeout;
               DROP INDEX CONCURRENTLY a_id;";
    setup.write("20260102000000_index_a/up.sql", sql);
    setup.write("20260102000000_index_a/metadata.toml", "run_in_transaction = false");
    setup.write("20260103000000_ask_again/up.sql", "INSERT INTO settings SELECT current_setting('lock_timeout');");
    assert_eq!(setup.run(&["up", "--lock-timeout", "70ms"]).await.code, 0);
    let rows = setup.client().await.query("SELECT lock_timeout FROM settings", &[]).await.unwrap();
    let limits: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(limits, ["70ms", "70ms"]);
}

/// The situation that deadlocks migrators which wait inside PostgreSQL: the waiting one's snapshot would hold up the
/// index build, and the index build the waiting one.
#[tokio::test]
async fn an_index_is_built_concurrently_beside_a_waiting_migrator() {
    let setup = Setup::with(&[TABLE]).await;
    setup.run(&["up"]).await;
    setup.write("20260102000000_index_a/up.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);");
    setup.write("20260102000000_index_a/metadata.toml", "run_in_transaction = false");
    let old = setup.client().await;
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM a").await.unwrap();
    // The lock timeout does not apply: CREATE INDEX CONCURRENTLY blocks no statement.
    let arguments = ["up", "--lock-timeout", "100ms"];
    let (first, _log) = setup.start(&arguments);
    let client = setup.client().await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'
                   AND wait_event_type = 'Lock' AND datname = current_database()";
    while client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (second, mut log) = setup.start(&arguments);
    wait_for(&mut log, "another migrator is running").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    old.batch_execute("COMMIT").await.unwrap();
    let (first, second) = tokio::join!(finish(first), finish(second));
    assert_eq!((first.code, first.stdout.as_str()), (0, "applied 20260102000000_index_a\n"));
    assert_eq!((second.code, second.stdout.as_str()), (0, "nothing to do\n"));
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass";
    assert!(client.query_one(valid, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn a_migration_without_transaction_says_what_is_left_and_can_be_run_again() {
    let setup = Setup::with(&[TABLE]).await;
    setup.run(&["up"]).await;
    let sql = "DROP INDEX CONCURRENTLY IF EXISTS a_id; CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);";
    setup.write("20260102000000_index_a/up.sql", sql);
    setup.write("20260102000000_index_a/metadata.toml", "run_in_transaction = false");
    let up = setup.run(&["up"]).await;
    assert_eq!(up.code, 1);
    assert!(up.stderr.contains("could not create unique index"), "{}", up.stderr);
    assert!(up.stderr.contains("without a transaction, and 1 statements before this one are done"), "{}", up.stderr);
    assert_eq!(setup.applied().await, ["20260101000000"]);

    setup.client().await.batch_execute("DELETE FROM a; INSERT INTO a VALUES (1)").await.unwrap();
    assert_eq!(setup.run(&["up"]).await.code, 0);
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass";
    assert!(setup.client().await.query_one(valid, &[]).await.unwrap().get::<_, bool>(0));
}

/// As behind a pooler in transaction mode, whose sessions are several.
#[tokio::test]
async fn a_lock_of_the_migrators_that_was_lost_is_a_failure() {
    let setup =
        Setup::with(&[("20260101000000_create_a/up.sql", "SELECT pg_advisory_unlock_all(); CREATE TABLE a (id int);")])
            .await;
    let up = setup.run(&["up"]).await;
    assert_ne!(up.code, 0);
    assert!(up.stderr.contains("the migrators' lock was lost"), "{}", up.stderr);
}
