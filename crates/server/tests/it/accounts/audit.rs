//! The audit log is added to, and not changed.

use clockwork_core::accounts::audit::{self, By, Object};
use clockwork_core::database::{Db, transaction};
use diesel::result::Error;
use serde_json::json;

use crate::harness::{TestApp, config};

#[actix_web::test]
async fn a_line_is_there_exactly_when_the_change_is() {
    let app = TestApp::spawn().await;
    let caller = app.as_member().await.caller;
    let db = Db::connect(&config(&app.database.url()).database).unwrap();
    let mut conn = db.conn().await.unwrap();
    let by = By::actor(caller.actor, "192.0.2.1".parse().ok());
    let object = Object::in_workspace(caller.workspace, "membership", caller.user());
    for fails in [true, false] {
        let outcome = transaction(&mut conn, async |conn| {
            audit::record(conn, by, "membership.role_changed", object, json!({"from": "member"}), app.now()).await?;
            if fails { Err(Error::RollbackTransaction) } else { Ok(()) }
        });
        assert_eq!(outcome.await.is_err(), fails);
        assert_eq!(app.count("SELECT count(*) FROM audit_log").await, i64::from(!fails));
    }
    let line = app.sql().await.query_one("SELECT audit_log::text FROM audit_log", &[]).await.unwrap();
    let line: String = line.get(0);
    for part in ["session", "192.0.2.1", "membership.role_changed", &caller.user().to_string()] {
        assert!(line.contains(part), "{line}");
    }
}

#[actix_web::test]
async fn no_statement_changes_a_line_or_deletes_a_young_one() {
    let app = TestApp::spawn().await;
    app.execute(
        "INSERT INTO audit_log (id, created_at, actor, action, object_kind, details) VALUES
         ('0d000000-0000-7000-8000-000000000001', now(), 'job', 'user.created', 'user', '{}'),
         ('0d000000-0000-7000-8000-000000000002', now() - interval '31 days', 'job', 'user.created', 'user', '{}')",
    )
    .await;
    for statement in [
        "UPDATE audit_log SET actor = 'command'",
        "UPDATE audit_log SET details = '{\"a\": 1}' WHERE created_at < now() - interval '30 days'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
    ] {
        let error = app.sql().await.batch_execute(statement).await.expect_err(statement);
        assert_eq!(error.code().unwrap().code(), "42501", "{statement}: {error}");
    }
    app.execute("DELETE FROM audit_log WHERE created_at < now() - interval '30 days'").await;
    assert_eq!(app.count("SELECT count(*) FROM audit_log").await, 1);
}
