//! `src/database/schema.rs` is what the migrations make: this test compares, and with `UPDATE_EXPECT=1` (`just schema`) writes it.

use clockwork_core::config::{Config, Sources};
use clockwork_core::database::migrations;
use clockwork_devdb::testing;
use expect_test::expect_file;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// Tables and their columns in order, with the type's name, whether NULL may stand there, and the primary key.
/// The ledger of migrations begins with two underscores; only the migrator uses it.
const COLUMNS: &str = "
    SELECT c.relname, a.attname, t.typname, a.attnotnull,
           (SELECT string_agg(k.attname, ', ' ORDER BY array_position(i.indkey::int2[], k.attnum))
            FROM pg_index i JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND i.indisprimary)
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT starts_with(c.relname, '__')
    ORDER BY c.relname, a.attnum";

#[tokio::test]
async fn the_schema_file_is_what_the_migrations_make() {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let sources = Sources {
        environment: BTreeMap::from([("DATABASE_URL".to_owned(), database.url().into())]),
        directory: PathBuf::from("/nonexistent"),
        secrets: PathBuf::from("/nonexistent"),
    };
    migrations::migrate(&Config::load(&sources).unwrap().config.database).await.unwrap();

    let (client, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    let _connection = tokio::spawn(connection);
    let rows = client.query(COLUMNS, &[]).await.unwrap();

    let mut tables: Vec<(String, String, String)> = Vec::new();
    for row in rows {
        let (table, column, type_name): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        if tables.last().is_none_or(|(last, ..)| *last != table) {
            tables.push((table, row.get(4), String::new()));
        }
        let sql_type = diesel_type(&type_name);
        let sql_type = if row.get(3) { sql_type } else { format!("Nullable<{sql_type}>") };
        writeln!(tables.last_mut().unwrap().2, "        {column} -> {sql_type},").unwrap();
    }

    let mut file =
        "// Generated from the migrations; `just schema` writes it, and a test compares it with the database.\n"
            .to_owned();
    for (table, key, columns) in &tables {
        write!(file, "\ndiesel::table! {{\n    {table} ({key}) {{\n{columns}    }}\n}}\n").unwrap();
    }
    let names: String = tables.iter().map(|(table, ..)| format!("    {table},\n")).collect();
    write!(file, "\ndiesel::allow_tables_to_appear_in_same_query!(\n{names});\n").unwrap();
    expect_file!["../src/database/schema.rs"].assert_eq(&file);
}

/// Diesel's name for a type of PostgreSQL's catalogue.
fn diesel_type(name: &str) -> String {
    if let Some(element) = name.strip_prefix('_') {
        return format!("Array<{}>", diesel_type(element));
    }
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
