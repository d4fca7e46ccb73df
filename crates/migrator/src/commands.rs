//! What each command does.

use clockwork_core::config::{Environment, MigratorConfig};
use clockwork_core::database::migrations::{Change, Migrator};

use crate::arguments::{Arguments, Command, DataLossConfirmation, up};
use crate::exit::ConfirmationRequired;
use crate::report::{self, Status};

pub(crate) async fn run(arguments: &Arguments, config: &MigratorConfig) -> anyhow::Result<()> {
    // Before anything else: a command that is refused need not wait for a database.
    match &arguments.command {
        Command::Down(down) => check_confirmation(&down.confirmation, config.environment)?,
        Command::Redo(confirmation) => check_confirmation(confirmation, config.environment)?,
        Command::Up(_) | Command::Status { .. } | Command::Plan { .. } => {}
    }
    let migrator = Migrator::connect(&config.database, *arguments.wait, *arguments.lock_timeout).await?;
    let migrations = migrator.migrations();
    match &arguments.command {
        Command::Up(arguments) => {
            report::done(&migrator.perform(up(arguments.to.as_deref(), migrations)?).await?, "applied")
        }
        Command::Down(down) => report::done(&migrator.perform(down.range.down(migrations)?).await?, "reverted"),
        Command::Redo(_) => report::redone(&migrator.perform(Change::Redo).await?),
        Command::Status { json: true } => report::status_json(&Status::new(migrations, migrator.applied().await?)),
        Command::Status { json: false } => report::status_table(&Status::new(migrations, migrator.applied().await?)),
        Command::Plan { down: true, range } => report::plan(&migrator.plan(range.down(migrations)?).await?),
        Command::Plan { down: false, range } => {
            report::plan(&migrator.plan(up(range.to.as_deref(), migrations)?).await?)
        }
    }
}

/// Reverting deletes what people entered, so outside development it has to be asked for twice.
fn check_confirmation(
    confirmation: &DataLossConfirmation,
    environment: Environment,
) -> Result<(), ConfirmationRequired> {
    if confirmation.yes || environment == Environment::Development {
        Ok(())
    } else {
        Err(ConfirmationRequired { environment })
    }
}
