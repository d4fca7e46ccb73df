//! What the real migrations must hold to, each of them.

use crate::process::Setup;
use clockwork_devdb::testing::Programs;

/// The schema as `pg_dump` writes it.
fn dump(setup: &Setup) -> String {
    let programs = Programs::find().unwrap();
    // The server's programs may be linked to from elsewhere; pg_dump lies beside the real ones.
    let pg_dump = programs.path("postgres").canonicalize().unwrap().with_file_name("pg_dump");
    let output = programs
        .command(&pg_dump)
        .args(["--schema-only", "--no-owner", "--dbname", &setup.database.url()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Newer releases write a random word, against injection by a hostile server.
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.contains("restrict ")).map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn every_migration_can_be_reverted_and_applied_again() {
    let setup = Setup::real().await;
    // The ledger is there before the first migration and stays after it.
    assert_eq!(setup.run(&["up", "--to", "1"]).await.code, 0);
    assert_eq!(setup.run(&["down"]).await.code, 0);
    let mut before = dump(&setup);
    assert!(before.contains("__diesel_schema_migrations"));
    let status: serde_json::Value = serde_json::from_str(&setup.run(&["status", "--json"]).await.stdout).unwrap();
    let migrations = status["migrations"].as_array().unwrap();
    assert!(!migrations.is_empty());
    for migration in migrations {
        let (name, number) = (migration["name"].as_str().unwrap(), migration["number"].to_string());
        assert_eq!(setup.run(&["up", "--to", &number]).await.code, 0, "{name}");
        let after = dump(&setup);
        assert_ne!(after, before, "{name} changes nothing");
        assert_eq!(setup.run(&["down"]).await.code, 0, "{name}");
        assert_eq!(dump(&setup), before, "{name}: down.sql leaves something else than there was");
        assert_eq!(setup.run(&["up", "--to", &number]).await.code, 0, "{name}");
        assert_eq!(dump(&setup), after, "{name}: the second time makes something else than the first");
        before = after;
    }
}
