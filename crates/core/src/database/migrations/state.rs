//! Whether the schema is the one that this binary needs, for readiness.

use super::set::MigrationSet;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    ledger (version) {
        version -> VarChar,
    }
}

/// How the schema stands to what a binary needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// Exactly the migrations of the binary are applied.
    UpToDate,
    /// The names of migrations that the binary needs and that are not applied: it cannot work yet.
    Missing(Vec<String>),
    /// The versions that are applied and that the binary does not know, while it misses none. It can work: migrations
    /// leave the release before them working.
    Newer(Vec<String>),
}

impl SchemaState {
    /// Whether the binary can work with the schema.
    #[must_use]
    pub fn is_sufficient(&self) -> bool {
        !matches!(self, Self::Missing(_))
    }
}

/// Compares the database with `migrations`.
///
/// # Errors
/// When the database does not answer.
pub async fn schema_state(connection: &mut AsyncPgConnection, migrations: &MigrationSet) -> QueryResult<SchemaState> {
    let exists = diesel::dsl::sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
    let applied: Vec<String> = if diesel::select(exists).get_result(connection).await? {
        ledger::table.select(ledger::version).order(ledger::version).load(connection).await?
    } else {
        Vec::new()
    };
    let missing: Vec<_> =
        migrations.all().iter().filter(|m| !applied.contains(&m.version)).map(|m| m.name.clone()).collect();
    let newer: Vec<_> = applied.into_iter().filter(|version| migrations.get(version).is_none()).collect();
    Ok(match (missing.is_empty(), newer.is_empty()) {
        (false, _) => SchemaState::Missing(missing),
        (true, false) => SchemaState::Newer(newer),
        (true, true) => SchemaState::UpToDate,
    })
}
