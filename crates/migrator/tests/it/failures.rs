//! What is left behind, and what is said, when something is wrong.

use crate::process::{Setup, command, finish};

#[tokio::test]
async fn a_failing_migration_leaves_nothing_and_names_its_statement() {
    let failing = "CREATE TABLE b (id int);\n\n-- a; comment\nINSERT INTO b VALUES (1);\nALTER TABLE a\n  ADD COLUMN id int;\nCREATE TABLE d ();";
    let setup = Setup::with(&[
        ("20260101000000_create_a/up.sql", "CREATE TABLE a (id int);"),
        ("20260102000000_create_b/up.sql", failing),
        ("20260103000000_create_c/up.sql", "CREATE TABLE c (id int);"),
    ])
    .await;
    let up = setup.run(&["up"]).await;
    assert_eq!(up.code, 1);
    for part in [
        "20260102000000_create_b/up.sql, line 5: ",
        "column \"id\" of relation \"a\" already exists (SQLSTATE 42701)\n",
        "statement: ALTER TABLE a\n",
    ] {
        assert!(up.stderr.contains(part), "{part:?} is missing in {}", up.stderr);
    }
    assert_eq!(setup.applied().await, ["20260101000000"]);
    assert!(!setup.exists("b").await && !setup.exists("c").await);

    // Mended, it goes on from there.
    setup.write("20260102000000_create_b/up.sql", "CREATE TABLE b (id int);");
    let up = setup.run(&["up"]).await;
    assert_eq!(up.stdout, "applied 20260102000000_create_b\napplied 20260103000000_create_c\n");
}

#[tokio::test]
async fn the_line_within_a_long_statement_is_told() {
    let sql = "-- one\nCREATE TABLE a (\n  id int,\n  name nosuchtype\n);";
    let setup = Setup::with(&[("20260101000000_create_a/up.sql", sql)]).await;
    let up = setup.run(&["up"]).await;
    assert!(up.stderr.contains("up.sql, line 4: type \"nosuchtype\" does not exist"), "{}", up.stderr);
}

/// PostgreSQL tells a position in the function's statement then, which is none in the file.
#[tokio::test]
async fn an_error_within_a_function_names_the_statement_that_called_it_and_the_context() {
    let sql = "CREATE TABLE a (id int);\n\nDO $$\nBEGIN\n  PERFORM\n\n\n  nosuch FROM a;\nEND $$;";
    let setup = Setup::with(&[("20260101000000_create_a/up.sql", sql)]).await;
    let up = setup.run(&["up"]).await;
    for part in [
        "up.sql, line 3: column \"nosuch\" does not exist (SQLSTATE 42703)\n",
        "  context: PL/pgSQL function inline_code_block line 3 at PERFORM\n",
        "  statement: DO $$\n",
    ] {
        assert!(up.stderr.contains(part), "{part:?} is missing in {}", up.stderr);
    }
    assert!(!setup.exists("a").await);
}

#[tokio::test]
async fn a_concurrent_statement_that_fails_in_a_transaction_tells_its_own_error() {
    let sql = "CREATE MATERIALIZED VIEW v AS SELECT 1 AS id;\nREFRESH MATERIALIZED VIEW CONCURRENTLY v;";
    let setup = Setup::with(&[("20260101000000_create_v/up.sql", sql)]).await;
    let up = setup.run(&["up"]).await;
    assert_eq!(up.code, 1);
    let part = "up.sql, line 2: cannot refresh materialized view \"public.v\" concurrently (SQLSTATE 55000)\n";
    assert!(up.stderr.contains(part), "{}", up.stderr);
}

#[tokio::test]
async fn a_connection_that_is_ended_by_the_server_says_so() {
    let sql = "CREATE TABLE a (id int);\nSELECT pg_terminate_backend(pg_backend_pid());";
    let setup = Setup::with(&[("20260101000000_create_a/up.sql", sql)]).await;
    let up = setup.run(&["up"]).await;
    assert_eq!(up.code, 1);
    let part =
        "up.sql: committing or rolling back: terminating connection due to administrator command (SQLSTATE 57P01)\n";
    assert!(up.stderr.contains(part), "{}", up.stderr);
    assert!(!setup.exists("a").await);
}

#[tokio::test]
async fn a_constraint_that_is_checked_at_the_end_fails_the_migration_as_well() {
    let sql = "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
               INSERT INTO a VALUES (1, 2);";
    let setup = Setup::with(&[("20260101000000_create_a/up.sql", sql)]).await;
    let up = setup.run(&["up"]).await;
    assert_eq!(up.code, 1);
    assert!(up.stderr.contains("20260101000000_create_a/up.sql: committing"), "{}", up.stderr);
    assert!(!setup.exists("a").await);
    assert_eq!(setup.applied().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_migration_without_a_way_back_is_refused_before_anything_is_reverted() {
    let setup = Setup::with(&[
        ("20260101000000_create_a/up.sql", "CREATE TABLE a (id int);"),
        ("20260102000000_create_b/up.sql", "CREATE TABLE b (id int);"),
        ("20260102000000_create_b/down.sql", "DROP TABLE b;"),
    ])
    .await;
    setup.run(&["up"]).await;
    let down = setup.run(&["down", "--steps", "2"]).await;
    assert_eq!(down.code, 4);
    assert!(down.stderr.contains("20260101000000_create_a has no down.sql"), "{}", down.stderr);
    assert!(setup.exists("b").await);
}

#[tokio::test]
async fn migrations_that_are_not_in_order_are_named() {
    let good = ("20260101000000_create_a/up.sql", "SELECT 1;");
    let metadata = "20260101000000_create_a/metadata.toml";
    for (file, text, part) in [
        ("2026_create_b/up.sql", "SELECT 1;", "2026_create_b is not named <14 digits>_<verb_noun>"),
        ("20260101000000_other/up.sql", "SELECT 1;", "have the same version"),
        ("20260102000000_create_b/down.sql", "SELECT 1;", "20260102000000_create_b has no up.sql"),
        ("20260102000000_create_b/up.sql", "-- later", "up.sql has no statement in it"),
        ("20260102000000_create_b/up.sql", "SELECT 1;\nCOMMIT;", "up.sql, line 2: transactions are begun and ended by"),
        (metadata, "run_in_transaktion = false", "metadata.toml"),
        (metadata, "run_in_transaction = \"maybe\"", "metadata.toml"),
    ] {
        let setup = Setup::with(&[good, (file, text)]).await;
        let up = setup.run(&["up"]).await;
        assert_eq!(up.code, 1, "{file}: {}", up.stderr);
        assert!(up.stderr.contains(part), "{file}: {}", up.stderr);
    }
    let empty = Setup::with(&[]).await.run(&["up"]).await;
    assert!(empty.stderr.contains("there are no migrations in"), "{}", empty.stderr);
}

#[tokio::test]
async fn a_wrong_configuration_is_exit_code_78() {
    let missing = finish(command("", None, &["up"]).spawn().unwrap()).await;
    assert_eq!(missing.code, 78);
    assert!(missing.stderr.contains("DATABASE_URL: not set"), "{}", missing.stderr);
    let wrong = finish(command("mysql://u:hunter2@h/d", None, &["up"]).env("LOG_FORMAT", "xml").spawn().unwrap()).await;
    assert_eq!(wrong.code, 78);
    assert!(wrong.stderr.contains("LOG_FORMAT (environment): found \"xml\""), "{}", wrong.stderr);
    assert!(!wrong.stderr.contains("hunter2"), "{}", wrong.stderr);
}
