//! The command line.

use clap::{Args, Parser, Subcommand};
use clockwork_core::database::migrations::{Change, LOCK_TIMEOUT, MigrationError, MigrationSet, Target, WAIT};

/// Changes the schema of Clockwork's database.
///
/// The database is that of DATABASE_URL; docs/CONFIGURATION.md has the other settings.
///
/// Exit codes: 0 done, or nothing to do; 1 failed; 2 wrong usage; 3 the database could not be reached; 4 refused;
/// 78 wrong configuration.
#[derive(Parser)]
#[command(name = "migrator", version = clockwork_core::build_info::line())]
pub(crate) struct Arguments {
    /// How long to wait for a database that cannot be reached.
    #[arg(long, global = true, value_name = "TIME", default_value_t = WAIT.into())]
    pub(crate) wait: humantime::Duration,
    /// How long a statement may wait for a lock before it is given up and tried again later.
    #[arg(long, global = true, value_name = "TIME", default_value_t = LOCK_TIMEOUT.into())]
    pub(crate) lock_timeout: humantime::Duration,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Apply the migrations that are not applied yet.
    Up(UpArguments),
    /// Revert migrations, newest first; one, unless told otherwise.
    Down(DownArguments),
    /// Revert the newest migration and apply it again.
    Redo(DataLossConfirmation),
    /// Show what is applied and what is not.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the SQL that `up` would run, or with --down that of `down`, and run nothing.
    Plan {
        /// Plan the way back.
        #[arg(long)]
        down: bool,
        #[command(flatten)]
        range: DownRange,
    },
}

#[derive(Args)]
pub(crate) struct UpArguments {
    /// Stop after this migration: its version, the beginning of its name, or its number, such as 005.
    #[arg(long, value_name = "MIGRATION")]
    pub(crate) to: Option<String>,
}

#[derive(Args)]
pub(crate) struct DownArguments {
    #[command(flatten)]
    pub(crate) range: DownRange,
    #[command(flatten)]
    pub(crate) confirmation: DataLossConfirmation,
}

#[derive(Args)]
pub(crate) struct DownRange {
    /// The migration to end at: its version, the beginning of its name, or its number, such as 005; 0 for none.
    #[arg(long, value_name = "MIGRATION")]
    pub(crate) to: Option<String>,
    /// How many migrations to revert.
    #[arg(long, value_name = "NUMBER", conflicts_with = "to", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) steps: Option<u16>,
}

#[derive(Args)]
pub(crate) struct DataLossConfirmation {
    /// Lose the data of what is reverted. Needed unless ENV is development.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// What `--to` asks `up` for.
pub(crate) fn up(to: Option<&str>, migrations: &MigrationSet) -> Result<Change, MigrationError> {
    Ok(Change::Up(to.map(|to| migrations.target(to)).transpose()?))
}

impl DownRange {
    /// What this asks `down` for.
    pub(crate) fn down(&self, migrations: &MigrationSet) -> Result<Change, MigrationError> {
        let (steps, to) = match &self.to {
            Some(to) => (usize::MAX, migrations.target(to)?),
            None => (self.steps.unwrap_or(1).into(), Target::Empty),
        };
        Ok(Change::Down { steps, to })
    }
}
