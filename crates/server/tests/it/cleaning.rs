//! Deleting what no request can ask for any more.

use std::time::Duration;

use clockwork_core::database::Db;
use clockwork_core::operations::cleaning::{self, Cleaned, Table};

use crate::api::time::TrackerApp;
use crate::harness::config;

/// Old rows of every table: for the events, 7,000 of one transaction and 5,001 of others.
const OLD_ROWS: &str = "
    INSERT INTO idempotency_keys (workspace_id, user_id, key, request_digest, response_status, created_at)
    SELECT workspace_id, user_id, n::text, sha256(''), 200, '2026-01-01' FROM memberships, generate_series(1, 12000) n;
    INSERT INTO deleted_time_entries (id, workspace_id, user_id, project_id, category_id, started_at, description, billable,
        tag_ids, created_at, updated_at, revision, deleted_at)
    SELECT gen_random_uuid(), m.workspace_id, m.user_id, c.project_id, c.id, '2026-01-01', '', false,
        '{}', now(), now(), 1, '2026-01-01' FROM memberships m, categories c, generate_series(1, 12000) n;
    INSERT INTO events (transaction_id, workspace_id, kind, change, created_at)
    SELECT greatest(n, 7000) - 1000000, gen_random_uuid(), 'entry', 'updated', '2026-01-01' FROM generate_series(1, 12001) n;";

/// Notes how many rows each deletion takes.
const NOTES: &str = "
    CREATE TABLE batches (name text, rows bigint);
    CREATE FUNCTION note_batch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO batches SELECT TG_TABLE_NAME, count(*) FROM old_rows HAVING count(*) > 0;
        RETURN NULL;
    END $$;
    CREATE TRIGGER note AFTER DELETE ON idempotency_keys REFERENCING OLD TABLE AS old_rows EXECUTE FUNCTION note_batch();
    CREATE TRIGGER note AFTER DELETE ON deleted_time_entries REFERENCING OLD TABLE AS old_rows EXECUTE FUNCTION note_batch();
    CREATE TRIGGER note AFTER DELETE ON events REFERENCING OLD TABLE AS old_rows EXECUTE FUNCTION note_batch();";

async fn clean(tracker: &TrackerApp) -> Vec<Cleaned> {
    let db = Db::connect(&config(&tracker.database.url()).database).unwrap();
    cleaning::clean_up(&db, tracker.now(), Duration::from_secs(730 * 24 * 60 * 60)).await
}

#[actix_web::test]
async fn old_rows_go_in_batches() {
    let tracker = TrackerApp::new().await;
    // The database was copied from one that may have been made an hour ago.
    tracker.execute("UPDATE events SET created_at = now()").await;
    tracker.execute(OLD_ROWS).await;
    tracker.execute(NOTES).await;
    let fresh = tracker.count("SELECT count(*) FROM events WHERE transaction_id > 0").await;
    let cleaned = clean(&tracker).await;
    let rows: Vec<_> = cleaned.iter().take(3).map(|cleaned| (cleaned.table, cleaned.rows)).collect();
    // The newest of the old events stays: from there on the log is complete.
    let expected = [(Table::IdempotencyKeys, 12_000), (Table::DeletedTimeEntries, 12_000), (Table::Events, 12_000)];
    assert_eq!(rows, expected);
    assert!(cleaned.iter().all(|cleaned| cleaned.failure.is_none()), "{cleaned:?}");
    assert_eq!(tracker.count("SELECT count(*) FROM idempotency_keys").await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM deleted_time_entries").await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM events").await, fresh + 1);
    for (table, batches) in [("idempotency_keys", 3), ("deleted_time_entries", 3), ("events", 2)] {
        let batch = format!("FROM batches WHERE name = '{table}'");
        assert!(tracker.count(&format!("SELECT count(*) {batch}")).await >= batches, "{table}");
        // A transaction's events go together, however many they are.
        let most = if table == "events" { 7_000 } else { 5_000 };
        assert!(tracker.count(&format!("SELECT max(rows) {batch}")).await <= most, "{table}");
    }
    assert!(clean(&tracker).await.iter().all(|cleaned| cleaned.rows == 0));
}

#[actix_web::test]
async fn a_table_that_cannot_be_cleaned_does_not_keep_the_others_from_it() {
    let tracker = TrackerApp::new().await;
    // The database was copied from one that may have been made an hour ago.
    tracker.execute("UPDATE events SET created_at = now()").await;
    tracker.execute(OLD_ROWS).await;
    tracker
        .execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
         CREATE TRIGGER refuse BEFORE DELETE ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION refuse();",
        )
        .await;
    let cleaned = clean(&tracker).await;
    let failed: Vec<_> =
        cleaned.iter().filter(|cleaned| cleaned.failure.is_some()).map(|cleaned| cleaned.table).collect();
    assert_eq!(failed, [Table::IdempotencyKeys]);
    assert_eq!(tracker.count("SELECT count(*) FROM idempotency_keys").await, 12_000);
    assert_eq!(tracker.count("SELECT count(*) FROM deleted_time_entries").await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM events WHERE transaction_id < 0").await, 1);
    tracker.execute("DROP TRIGGER refuse ON idempotency_keys").await;
    assert!(clean(&tracker).await.iter().all(|cleaned| cleaned.failure.is_none()));
    assert_eq!(tracker.count("SELECT count(*) FROM idempotency_keys").await, 0);
}

#[actix_web::test]
async fn what_users_sign_in_with_goes_when_it_has_ended() {
    let tracker = TrackerApp::new().await;
    // Each with a row that has ended long ago, and one that has not.
    tracker.execute(
        "INSERT INTO sessions (id, user_id, token_sha256, created_at, signed_in_at, last_seen_at, expires_at, user_agent)
         SELECT gen_random_uuid(), u.id, sha256(n::text::bytea), now(), now(), now(), '2026-01-01'::date + n * 365, '' FROM users u, generate_series(0, 1) n;
         INSERT INTO api_tokens (id, user_id, name, token_sha256, scope, created_at, expires_at)
         SELECT gen_random_uuid(), u.id, 'x', sha256(n::text::bytea), 'read', now(), '2026-01-01'::date + n * 365 FROM users u, generate_series(0, 1) n;
         INSERT INTO one_time_tokens (id, purpose, token_sha256, payload, created_at, expires_at)
         SELECT gen_random_uuid(), 'reset', sha256(n::text::bytea), '{}', now(), '2026-01-01'::date + n * 365 FROM generate_series(0, 1) n;
         INSERT INTO sign_in_attempts (subject, failures, last_failed_at, blocked_until)
         SELECT sha256(n::text::bytea), 1, '2026-01-01'::date + n * 365, now() FROM generate_series(0, 1) n;
         INSERT INTO known_devices (user_id, token_sha256, created_at, last_seen_at)
         SELECT u.id, sha256(n::text::bytea), now(), '2025-01-01'::date + n * 365 FROM users u, generate_series(0, 1) n;
         INSERT INTO audit_log (id, created_at, actor, action, object_kind, details)
         SELECT gen_random_uuid(), '2023-01-01'::date + n * 1000, 'job', 'user.created', 'user', '{}' FROM generate_series(0, 1) n",
    )
    .await;
    let cleaned = clean(&tracker).await;
    assert!(cleaned.iter().all(|cleaned| cleaned.failure.is_none()), "{cleaned:?}");
    for table in ["sessions", "api_tokens", "one_time_tokens", "sign_in_attempts", "known_devices", "audit_log"] {
        assert_eq!(tracker.count(&format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
    }
}
