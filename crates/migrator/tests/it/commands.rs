//! What each command does when nothing goes wrong, and what it refuses.

use crate::process::{Setup, finish};

/// Three migrations that each make a table: a, b, c.
const THREE: &[(&str, &str)] = &[
    ("20260101000000_create_a/up.sql", "CREATE TABLE a (id int);"),
    ("20260101000000_create_a/down.sql", "DROP TABLE a;"),
    ("20260102000000_create_b/up.sql", "CREATE TABLE b (id int);"),
    ("20260102000000_create_b/down.sql", "DROP TABLE b;"),
    ("20260103000000_create_c/up.sql", "-- the last one\nCREATE TABLE c (id int)"),
    ("20260103000000_create_c/down.sql", "DROP TABLE c;"),
    ("README.md", "Files beside the migrations do not matter."),
];
const A: &str = "20260101000000";
const B: &str = "20260102000000";
const C: &str = "20260103000000";

#[tokio::test]
async fn the_real_migrations_go_up_down_and_up_again() {
    let setup = Setup::real().await;
    let up = setup.run(&["up"]).await;
    assert_eq!(up.code, 0, "{}", up.stderr);
    assert!(up.stdout.starts_with("applied 20261121000001_create_workspaces\n"), "{}", up.stdout);
    let all = setup.applied().await;
    assert_eq!(up.stdout.lines().count(), all.len());
    assert_eq!(setup.run(&["up"]).await.stdout, "nothing to do\n");

    assert_eq!(setup.run(&["down", "--to", "0"]).await.code, 0);
    assert_eq!(setup.applied().await, Vec::<String>::new());
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ '^__diesel'";
    assert_eq!(setup.client().await.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
    assert_eq!(setup.run(&["up"]).await.code, 0);
    assert_eq!(setup.applied().await, all);
}

#[tokio::test]
async fn up_and_down_stop_where_they_are_told() {
    let setup = Setup::with(THREE).await;
    // An ordinal, a version, the beginning of a name; and what is there already stays.
    for (to, applied) in [("002", &[A, B][..]), (A, &[A, B]), ("20260103000000_cre", &[A, B, C]), ("0", &[A, B, C])] {
        let up = setup.run(&["up", "--to", to]).await;
        assert_eq!((up.code, setup.applied().await), (0, applied.iter().map(|v| (*v).to_owned()).collect()), "{to}");
    }
    let down = setup.run(&["down"]).await;
    assert_eq!((down.code, down.stdout.as_str()), (0, "reverted 20260103000000_create_c\n"));
    assert!(!setup.exists("c").await && setup.exists("b").await);
    assert_eq!(setup.run(&["up"]).await.stdout, "applied 20260103000000_create_c\n");
    let down = setup.run(&["down", "--steps", "2"]).await;
    assert_eq!(down.stdout, "reverted 20260103000000_create_c\nreverted 20260102000000_create_b\n");
    setup.run(&["up"]).await;
    assert_eq!(setup.run(&["down", "--to", "1"]).await.code, 0);
    assert_eq!(setup.applied().await, [A]);
    assert_eq!(setup.run(&["down", "--steps", "9"]).await.stdout, "reverted 20260101000000_create_a\n");
    assert_eq!(setup.run(&["down"]).await.stdout, "nothing to do\n");
}

#[tokio::test]
async fn an_older_migration_that_came_later_is_applied_as_well() {
    let setup = Setup::with(&THREE[2..]).await;
    setup.run(&["up"]).await;
    for (name, text) in &THREE[..2] {
        setup.write(name, text);
    }
    assert_eq!(setup.run(&["up"]).await.stdout, "applied 20260101000000_create_a\n");
}

#[tokio::test]
async fn redo_reverts_and_applies_the_newest() {
    let setup = Setup::with(THREE).await;
    assert!(setup.run(&["redo"]).await.stdout.starts_with("nothing to do"));
    setup.run(&["up"]).await;
    setup.client().await.batch_execute("INSERT INTO a VALUES (1); INSERT INTO c VALUES (1)").await.unwrap();
    let redo = setup.run(&["redo"]).await;
    assert_eq!((redo.code, redo.stdout.as_str()), (0, "reverted and applied again: 20260103000000_create_c\n"));
    let counts = "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM c)";
    let row = setup.client().await.query_one(counts, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 0));
}

#[tokio::test]
async fn a_redo_that_fails_leaves_the_newest_where_it_was() {
    let setup = Setup::with(THREE).await;
    setup.run(&["up"]).await;
    setup.client().await.batch_execute("INSERT INTO b VALUES (1); INSERT INTO c VALUES (1)").await.unwrap();
    setup.write("20260103000000_create_c/up.sql", "CREATE TABLE c (id nosuchtype);");
    for _ in 0..2 {
        let redo = setup.run(&["redo"]).await;
        assert_eq!(redo.code, 1);
        assert!(redo.stderr.contains("20260103000000_create_c/up.sql, line 1: "), "{}", redo.stderr);
        assert_eq!(setup.applied().await, [A, B, C]);
    }
    let counts = "SELECT (SELECT count(*) FROM b), (SELECT count(*) FROM c)";
    let row = setup.client().await.query_one(counts, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 1));
}

#[tokio::test]
async fn status_tells_people_and_programs_and_changes_nothing() {
    let setup = Setup::with(THREE).await;
    let before = setup.run(&["status"]).await;
    assert!(before.stdout.ends_with("Pending: 3.\n"), "{}", before.stdout);
    assert!(!setup.exists("__diesel_schema_migrations").await, "status made a table");
    setup.run(&["up", "--to", "2"]).await;

    let table = setup.run(&["status"]).await.stdout;
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("   1  20260101000000_create_a  applied 20"), "{table}");
    assert_eq!(lines[2..], ["   3  20260103000000_create_c  pending", "Pending: 1."]);

    let json: serde_json::Value = serde_json::from_str(&setup.run(&["status", "--json"]).await.stdout).unwrap();
    assert_eq!((&json["up_to_date"], &json["pending"]), (&false.into(), &1.into()));
    assert_eq!(json["migrations"][2]["name"], "20260103000000_create_c");
    assert_eq!(json["migrations"][2]["number"], 3);
    assert!(json["migrations"][2]["applied_at"].is_null());
    assert!(json["migrations"][0]["applied_at"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn a_role_that_may_not_write_gets_the_status_and_the_plan() {
    let setup = Setup::with(THREE).await;
    let url = setup.database.url();
    let separator = if url.contains('?') { '&' } else { '?' };
    let read_only = format!("{url}{separator}options=-cdefault_transaction_read_only%3Don");
    let run = async |arguments: &[&str]| {
        finish(setup.command(arguments).env("DATABASE_URL", &read_only).spawn().unwrap()).await
    };
    assert!(run(&["status"]).await.stdout.ends_with("Pending: 3.\n"));
    assert!(run(&["plan"]).await.stdout.contains("create_c/up.sql"));
    setup.run(&["up", "--to", "2"]).await;
    assert!(run(&["status"]).await.stdout.ends_with("Pending: 1.\n"));
    let plan = run(&["plan"]).await.stdout;
    assert!(plan.contains("create_c/up.sql") && !plan.contains("create_b/up.sql"), "{plan}");
    let refused = run(&["up"]).await;
    assert!(
        refused.stderr.contains("cannot execute CREATE TABLE in a read-only transaction (SQLSTATE 25006)"),
        "{}",
        refused.stderr
    );
    assert_eq!(setup.applied().await, [A, B]);
}

#[tokio::test]
async fn a_plan_changes_nothing_and_is_what_up_and_down_would_do() {
    let setup = Setup::with(THREE).await;
    let plan = setup.run(&["plan"]).await;
    assert_eq!(plan.code, 0, "{}", plan.stderr);
    assert!(plan.stdout.contains("-- 20260103000000_create_c/up.sql\nBEGIN;\n-- the last one\n"), "{}", plan.stdout);
    assert!(!setup.exists("a").await && !setup.exists("__diesel_schema_migrations").await);

    setup.client().await.batch_execute(&plan.stdout).await.unwrap();
    assert_eq!(setup.applied().await, [A, B, C]);
    assert_eq!(setup.run(&["plan"]).await.stdout, "-- nothing to do\n");

    let back = setup.run(&["plan", "--down", "--to", "1"]).await.stdout;
    assert_eq!(setup.applied().await, [A, B, C]);
    setup.client().await.batch_execute(&back).await.unwrap();
    assert_eq!(setup.applied().await, [A]);
    assert!(!setup.exists("b").await);
}

#[tokio::test]
async fn reverting_outside_development_needs_a_yes() {
    let mut setup = Setup::with(THREE).await;
    setup.run(&["up"]).await;
    for environment in ["staging", "production"] {
        setup.environment = environment;
        for command in ["down", "redo"] {
            let refused = setup.run(&[command]).await;
            assert_eq!(refused.code, 4);
            assert!(refused.stderr.contains(&format!("this is {environment}: add --yes")), "{}", refused.stderr);
            assert_eq!(setup.applied().await, [A, B, C]);
        }
    }
    assert_eq!(setup.run(&["redo", "--yes"]).await.code, 0);
    assert_eq!(setup.run(&["down", "--yes"]).await.code, 0);
    assert_eq!(setup.run(&["up"]).await.code, 0);
}

#[tokio::test]
async fn a_database_newer_than_the_binary_is_fine_for_up_and_told_by_status() {
    let setup = Setup::with(THREE).await;
    setup.run(&["up"]).await;
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20270101000000')";
    setup.client().await.batch_execute(newer).await.unwrap();
    let up = setup.run(&["up"]).await;
    assert_eq!((up.code, up.stdout.as_str()), (0, "nothing to do\n"));
    let status = setup.run(&["status"]).await.stdout;
    assert!(status.contains("20270101000000") && status.contains("not known to this binary"), "{status}");
    assert!(status.ends_with("newer than this binary by 1; the binary can work with it.\n"), "{status}");
    let json: serde_json::Value = serde_json::from_str(&setup.run(&["status", "--json"]).await.stdout).unwrap();
    assert_eq!(json["newer_than_binary"], true);
    assert_eq!(json["unknown"][0]["version"], "20270101000000");
    let down = setup.run(&["down"]).await;
    assert_eq!(down.code, 4);
    assert!(down.stderr.contains("20270101000000"), "{}", down.stderr);
    assert_eq!(setup.applied().await.len(), 4);
}

/// What the migrator wrote before it stood on `diesel_migrations`, to the letter.
#[tokio::test]
async fn a_database_that_an_earlier_release_installed_goes_on_without_a_step() {
    let setup = Setup::with(THREE).await;
    let earlier = "
        CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
            version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        CREATE TABLE a (id int);
        INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('20260101000000', '2026-01-05 10:20:30.405');
        CREATE TABLE b (id int);
        INSERT INTO __diesel_schema_migrations (version) VALUES ('20260102000000');
        INSERT INTO b VALUES (1);";
    setup.client().await.batch_execute(earlier).await.unwrap();
    let status = setup.run(&["status"]).await.stdout;
    assert!(status.starts_with("   1  20260101000000_create_a  applied 2026-01-05 10:20:30 UTC\n"), "{status}");
    assert!(status.ends_with("Pending: 1.\n"), "{status}");

    let up = setup.run(&["up"]).await;
    assert_eq!((up.code, up.stdout.as_str()), (0, "applied 20260103000000_create_c\n"), "{}", up.stderr);
    let kept = "SELECT (SELECT count(*) FROM b), run_on::text FROM __diesel_schema_migrations WHERE version = '20260101000000'";
    let row = setup.client().await.query_one(kept, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, &str>(1)), (1, "2026-01-05 10:20:30.405"));
    // The earlier migrator's own, taken back and applied again.
    assert_eq!(setup.run(&["down", "--to", "0"]).await.code, 0);
    assert!(!setup.exists("a").await && setup.applied().await.is_empty());
    assert_eq!(setup.run(&["up"]).await.code, 0);
    assert_eq!(setup.applied().await, [A, B, C]);
}

#[tokio::test]
async fn wrong_usage_is_exit_code_2_and_says_what_there_is() {
    let setup = Setup::with(THREE).await;
    for (arguments, part) in [
        (&["up", "--to", "4"][..], "4 is no migration; there are 1 to 3"),
        (&["up", "--to", "create_a"], "create_a is no migration"),
        (&["down", "--to", "20260"], "20260 could be any of 20260101000000_create_a, 2026"),
        (&["down", "--to", "1", "--steps", "1"], "cannot be used with"),
        (&["down", "--steps", "0"], "0 is not in 1.."),
        (&["up", "--wait", "soon"], "--wait"),
        (&["sideways"], "sideways"),
        (&[], "Usage"),
    ] {
        let outcome = setup.run(arguments).await;
        assert_eq!(outcome.code, 2, "{arguments:?}");
        assert!(outcome.stderr.contains(part), "{arguments:?}: {}", outcome.stderr);
    }
    assert_eq!(setup.applied().await, Vec::<String>::new());
}
