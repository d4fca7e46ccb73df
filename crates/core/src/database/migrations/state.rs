//! The ledger of applied migrations, read, and whether the schema is the one that this binary needs.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::set::MigrationSet;

diesel::table! {
    /// As `diesel_migrations` makes it; its own definition is private.
    #[sql_name = "__diesel_schema_migrations"]
    ledger (version) {
        version -> VarChar,
        run_on -> Timestamp,
    }
}

/// An applied migration, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its version.
    pub version: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is applied, oldest version first; `None` when the database has no ledger. Unlike diesel's own reading, this
/// makes none, so a role that may not, and a standby, can be asked.
pub(super) async fn applied(connection: &mut AsyncPgConnection) -> QueryResult<Option<Vec<Applied>>> {
    let exists = diesel::dsl::sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
    if !diesel::select(exists).get_result(connection).await? {
        return Ok(None);
    }
    let rows: Vec<(String, NaiveDateTime)> = ledger::table.order(ledger::version).load(connection).await?;
    Ok(Some(rows.into_iter().map(|(version, at)| Applied { version, at: at.and_utc() }).collect()))
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
    let applied = applied(connection).await?.unwrap_or_default();
    let is_missing = |version: &str| applied.iter().all(|applied| applied.version != version);
    let missing: Vec<_> = migrations.all().iter().filter(|m| is_missing(&m.version)).map(|m| m.name.clone()).collect();
    let newer: Vec<_> = applied
        .into_iter()
        .map(|applied| applied.version)
        .filter(|version| migrations.get(version).is_none())
        .collect();
    Ok(match (missing.is_empty(), newer.is_empty()) {
        (false, _) => SchemaState::Missing(missing),
        (true, false) => SchemaState::Newer(newer),
        (true, true) => SchemaState::UpToDate,
    })
}
