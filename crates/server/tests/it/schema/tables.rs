//! What every table must have, asked of PostgreSQL's catalogue, so that the next table cannot forget it.

use crate::harness::TestApp;

/// Tables of ours that belong to no workspace: what workspaces are made of, what users sign in
/// with, and work to be done.
const GLOBAL: &[&str] = &[
    "api_tokens",
    "audit_log",
    "data_export_chunks",
    "data_exports",
    "job_schedules",
    "jobs",
    "known_devices",
    "one_time_tokens",
    "recovery_codes",
    "second_factors",
    "sessions",
    "sign_in_attempts",
    "sign_on_identities",
    "users",
    "workspaces",
];

/// Tables without live updates: the log itself, and rows that the API does not show.
const TABLES_WITHOUT_EVENTS: &[&str] = &[
    "api_tokens",
    "audit_log",
    "calendar_feeds",
    "data_export_chunks",
    "data_exports",
    "deleted_time_entries",
    "events",
    "idempotency_keys",
    "imported_people",
    "invitations",
    "job_schedules",
    "jobs",
    "known_devices",
    "one_time_tokens",
    "recovery_codes",
    "report_links",
    "report_schedule_recipients",
    "report_schedules",
    "second_factors",
    "sessions",
    "sign_in_attempts",
    "sign_on_identities",
];

/// Foreign keys with their columns, the columns that they point at, and both tables.
const FOREIGN_KEYS: &str = "
    SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
           (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k (number, n)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number),
           (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k (number, n)
            JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number)
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace ORDER BY 1";

/// The columns of every whole (not partial) index, in order.
const INDEXES: &str = "
    SELECT i.indrelid::regclass::text,
           (SELECT array_agg(coalesce(a.attname::text, '') ORDER BY k.n)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (number, n)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND i.indpred IS NULL AND i.indisvalid";

const TABLES: &str = "
    SELECT c.relname::text,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND a.attnotnull)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT starts_with(c.relname, '__')";

/// Constraints, indexes and triggers with their tables.
const NAMES: &str = "
    SELECT conname::text, conrelid::regclass::text, contype::text FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
    UNION ALL
    SELECT c.relname::text, i.indrelid::regclass::text, 'i' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT tgname::text, tgrelid::regclass::text, 't' FROM pg_trigger WHERE NOT tgisinternal";

struct ForeignKey {
    name: String,
    table: String,
    target: String,
    columns: Vec<String>,
    target_columns: Vec<String>,
}

async fn foreign_keys(app: &TestApp) -> Vec<ForeignKey> {
    let rows = app.sql().await.query(FOREIGN_KEYS, &[]).await.unwrap();
    let keys = rows.iter().map(|row| ForeignKey {
        name: row.get(0),
        table: row.get(1),
        target: row.get(2),
        columns: row.get(3),
        target_columns: row.get(4),
    });
    keys.collect()
}

#[actix_web::test]
async fn every_foreign_key_has_an_index_that_begins_with_its_columns() {
    let app = TestApp::spawn().await;
    let rows = app.sql().await.query(INDEXES, &[]).await.unwrap();
    let indexes: Vec<(String, Vec<String>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let keys = foreign_keys(&app).await;
    assert!(keys.len() >= 12, "{}", keys.len());
    for key in keys {
        // In any order: what matters is that the first columns of the index are those of the key.
        let served = indexes.iter().any(|(table, columns)| {
            *table == key.table
                && columns.len() >= key.columns.len()
                && columns[..key.columns.len()].iter().all(|column| key.columns.contains(column))
        });
        assert!(served, "{} of {} ({}) has no index", key.name, key.table, key.columns.join(", "));
    }
}

#[actix_web::test]
async fn every_table_belongs_to_a_workspace_and_so_does_what_it_points_at() {
    let app = TestApp::spawn().await;
    let tables = app.sql().await.query(TABLES, &[]).await.unwrap();
    assert!(tables.len() >= 11, "{}", tables.len());
    for row in tables {
        let (table, has_workspace): (String, bool) = (row.get(0), row.get(1));
        assert_eq!(has_workspace, !GLOBAL.contains(&table.as_str()), "{table}");
    }
    for key in foreign_keys(&app).await {
        if GLOBAL.contains(&key.target.as_str()) {
            continue;
        }
        let pairs: Vec<_> = key.columns.iter().zip(&key.target_columns).collect();
        let same_workspace = pairs.iter().any(|(from, to)| *from == "workspace_id" && *to == "workspace_id");
        assert!(same_workspace, "{} of {} may point into another workspace", key.name, key.table);
    }
}

/// Names that PostgreSQL makes up repeat the column and end in `_check`, or count: `projects_name_check`,
/// `categories_fkey1`. Ours begin with the table, and say what kind of thing they are: a rule that the API reports must
/// not hang on a made-up name.
#[actix_web::test]
async fn every_constraint_index_and_trigger_is_named_by_us() {
    let app = TestApp::spawn().await;
    let rows = app.sql().await.query(NAMES, &[]).await.unwrap();
    assert!(rows.len() >= 50, "{}", rows.len());
    for row in rows {
        let (name, table, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        if table.starts_with("__") {
            continue;
        }
        let rest =
            name.strip_prefix(&format!("{table}_")).unwrap_or_else(|| panic!("{name} does not begin with {table}"));
        assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{name} counts");
        let fits = match kind.as_str() {
            "p" => rest == "pkey",
            "f" => rest.ends_with("_fkey") && !rest.contains("_id_fkey"),
            "u" => rest.ends_with("_key"),
            "c" => !rest.ends_with("_check"),
            _ => !rest.ends_with("_idx"),
        };
        assert!(fits, "{name} ({kind}) looks made up");
    }
}

/// Live updates include every write, because triggers record it: no statement can forget to.
#[actix_web::test]
async fn every_table_that_people_see_tells_of_each_change() {
    let app = TestApp::spawn().await;
    let triggers = "
        SELECT count(DISTINCT t.tgtype & (4 | 8 | 16)) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = $1::text::regclass AND NOT t.tgisinternal AND starts_with(p.proname, 'publish_') AND t.tgenabled = 'O'
          -- For each row (1) or statement; AFTER, without a condition or columns, and one of INSERT (4), DELETE (8) and UPDATE (16).
          AND t.tgtype & ~1 IN (4, 8, 16) AND t.tgqual IS NULL AND t.tgattr = ''";
    let client = app.sql().await;
    for row in client.query(TABLES, &[]).await.unwrap() {
        let table: String = row.get(0);
        let expected = if TABLES_WITHOUT_EVENTS.contains(&table.as_str()) { 0 } else { 3 };
        assert_eq!(client.query_one(triggers, &[&table]).await.unwrap().get::<_, i64>(0), expected, "{table}");
    }
}

#[actix_web::test]
async fn a_look_at_the_log_reads_what_is_new_however_small_the_log_was_when_it_was_planned() {
    let app = TestApp::spawn().await;
    let sql = app.sql().await;
    sql.batch_execute("ANALYZE events").await.unwrap();
    let page = async |xmax: i64| -> String {
        let page = sql.query_one("SELECT events FROM read_events($1, '{}', NULL, NULL, 5001)", &[&xmax]).await.unwrap();
        page.get(0)
    };
    // More often than PostgreSQL plans a statement anew.
    for _ in 0..10 {
        assert_eq!(page(i64::MAX).await, "[]");
    }
    let insert = |count: u32| {
        format!(
            "INSERT INTO events (workspace_id, kind, change, object_id)
             SELECT gen_random_uuid(), 'tag', 'updated', gen_random_uuid() FROM generate_series(1, {count})"
        )
    };
    sql.batch_execute(&insert(20_000)).await.unwrap();
    let from = sql.query_one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint", &[]).await.unwrap().get(0);
    sql.batch_execute(&insert(3)).await.unwrap();
    sql.batch_execute("BEGIN").await.unwrap();
    assert_eq!(page(from).await.matches("object_id").count(), 3);
    let read = "SELECT pg_stat_get_xact_tuples_returned('events'::regclass) + pg_stat_get_xact_tuples_fetched('events'::regclass)";
    let read: i64 = sql.query_one(read, &[]).await.unwrap().get(0);
    assert!(read < 10, "{read} rows were read");
}
