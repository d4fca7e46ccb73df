//! What is written to standard output.

use std::io::{Write, stdout};

use chrono::{DateTime, Utc};
use clockwork_core::database::migrations::{Applied, LEDGER_SQL, Migration, MigrationSet, Step};
use serde::Serialize;

/// What the ledger says, beside what this binary knows.
pub(crate) struct Status<'a> {
    /// The migrations of this binary, oldest first, each as it was applied, if it was.
    known: Vec<(&'a Migration, Option<Applied>)>,
    /// What is applied and not known to this binary: the database is newer.
    unknown: Vec<Applied>,
}

impl<'a> Status<'a> {
    pub(crate) fn new(migrations: &'a MigrationSet, mut applied: Vec<Applied>) -> Self {
        let mut take = |migration: &Migration| {
            let position = applied.iter().position(|applied| applied.version == migration.version);
            position.map(|position| applied.remove(position))
        };
        let known = migrations.all().iter().map(|migration| (migration, take(migration))).collect();
        Self { known, unknown: applied }
    }
}

/// What `up` or `down` did: these migrations were applied, or reverted.
pub(crate) fn done(names: &[String], participle: &str) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match names {
        [] => writeln!(out, "nothing to do")?,
        names => {
            for name in names {
                writeln!(out, "{participle} {name}")?;
            }
        }
    }
    Ok(())
}

/// What `redo` did.
pub(crate) fn redone(names: &[String]) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match names {
        [] => writeln!(out, "nothing to do: no migration is applied")?,
        names => writeln!(out, "reverted and applied again: {}", names.join(", "))?,
    }
    Ok(())
}

/// The SQL of a plan, as `psql` takes it.
pub(crate) fn plan(steps: &[Step]) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    if steps.is_empty() {
        writeln!(out, "-- nothing to do")?;
    }
    // A database without any migration has no table to note them in either.
    if steps.iter().any(|step| !step.reverts) {
        write!(out, "{LEDGER_SQL}")?;
    }
    for step in steps {
        write!(out, "\n{}", step.sql())?;
    }
    Ok(())
}

/// The state of the schema for people.
pub(crate) fn status_table(status: &Status<'_>) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    let names = status.known.iter().map(|(migration, _)| migration.name.len());
    let width = names.chain(status.unknown.iter().map(|applied| applied.version.len())).max().unwrap_or_default();
    for (position, (migration, applied)) in status.known.iter().enumerate() {
        let state =
            applied.as_ref().map_or_else(|| "pending".to_owned(), |applied| format!("applied {}", time(applied.at)));
        writeln!(out, "{:>4}  {:width$}  {state}", position + 1, migration.name)?;
    }
    for applied in &status.unknown {
        writeln!(
            out,
            "{:>4}  {:width$}  applied {}, not known to this binary",
            "-",
            applied.version,
            time(applied.at)
        )?;
    }
    writeln!(out, "{}", verdict(status))?;
    Ok(())
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn verdict(status: &Status<'_>) -> String {
    let pending = pending(status);
    let newer = status.unknown.len();
    match (pending, newer) {
        (0, 0) => "The schema is up to date.".to_owned(),
        (0, newer) => format!("The schema is newer than this binary by {newer}; the binary can work with it."),
        (pending, 0) => format!("Pending: {pending}."),
        (pending, newer) => format!("Pending: {pending}. The schema also has {newer} not known to this binary."),
    }
}

fn pending(status: &Status<'_>) -> usize {
    status.known.iter().filter(|(_, applied)| applied.is_none()).count()
}

/// The state of the schema for programs.
#[derive(Serialize)]
struct StatusView<'a> {
    /// Whether nothing is pending and nothing is unknown.
    up_to_date: bool,
    /// How many are not applied yet.
    pending: usize,
    /// Whether the database has migrations that this binary does not know.
    newer_than_binary: bool,
    migrations: Vec<MigrationView<'a>>,
    unknown: Vec<UnknownView<'a>>,
}

#[derive(Serialize)]
struct MigrationView<'a> {
    number: usize,
    version: &'a str,
    name: &'a str,
    applied_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct UnknownView<'a> {
    version: &'a str,
    applied_at: DateTime<Utc>,
}

impl<'a> MigrationView<'a> {
    fn new(position: usize, migration: &'a Migration, applied: Option<&Applied>) -> Self {
        Self {
            number: position + 1,
            version: &migration.version,
            name: &migration.name,
            applied_at: applied.map(|applied| applied.at),
        }
    }
}

pub(crate) fn status_json(status: &Status<'_>) -> anyhow::Result<()> {
    let known = status.known.iter().enumerate();
    let unknown = status.unknown.iter();
    let pending = pending(status);
    let view = StatusView {
        up_to_date: pending == 0 && status.unknown.is_empty(),
        pending,
        newer_than_binary: !status.unknown.is_empty(),
        migrations: known.map(|(n, (migration, applied))| MigrationView::new(n, migration, applied.as_ref())).collect(),
        unknown: unknown.map(|applied| UnknownView { version: &applied.version, applied_at: applied.at }).collect(),
    };
    writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(&view)?)?;
    Ok(())
}
