//! What each command does.

use crate::arguments::{Arguments, Command, Consent, target};
use crate::exit::NeedsConsent;
use crate::report;
use clockwork_core::config::{Environment, MigratorConfig};
use clockwork_core::database::migrations::{Direction, Migrator};

pub(crate) async fn run(arguments: &Arguments, config: &MigratorConfig) -> anyhow::Result<()> {
    // Before anything else: a command that is refused need not wait for a database.
    match &arguments.command {
        Command::Down(down) => check_consent(&down.consent, config.environment)?,
        Command::Redo(consent) => check_consent(consent, config.environment)?,
        Command::Up(_) | Command::Status { .. } | Command::Plan { .. } => {}
    }
    let mut migrator = Migrator::connect(&config.database, *arguments.wait, *arguments.lock_timeout).await?;
    match &arguments.command {
        Command::Up(forth) => {
            let to = target(forth.to.as_ref(), migrator.migrations())?;
            report::done(&migrator.up(to.as_ref()).await?, Direction::Up)
        }
        Command::Down(down) => {
            let back = down.range.back(migrator.migrations())?;
            report::done(&migrator.down(&back).await?, Direction::Down)
        }
        Command::Redo(_) => report::redone(&migrator.redo().await?),
        Command::Status { json: true } => report::status_json(&migrator.status().await?),
        Command::Status { json: false } => report::status_table(&migrator.status().await?),
        Command::Plan { down: true, range } => {
            let back = range.back(migrator.migrations())?;
            report::plan(&migrator.plan_down(&back).await?)
        }
        Command::Plan { down: false, range } => {
            let to = target(range.to.as_ref(), migrator.migrations())?;
            report::plan(&migrator.plan_up(to.as_ref()).await?)
        }
    }
}

/// Reverting deletes what people entered, so outside development it has to be asked for twice.
fn check_consent(consent: &Consent, environment: Environment) -> Result<(), NeedsConsent> {
    if consent.yes || environment == Environment::Development { Ok(()) } else { Err(NeedsConsent { environment }) }
}
