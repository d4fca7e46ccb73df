//! `migrator`: changes Clockwork's database schema, and is the only program that does.
//!
//! What it does is in `clockwork_core::database::migrations`; here are its command line, its reports and its exit
//! codes.

mod arguments;
mod commands;
mod exit;
mod report;

use std::process::ExitCode;

use clap::Parser;
use clockwork_core::config::{MigratorConfig, Sources};
use clockwork_core::operations::signals::Signals;
use clockwork_core::telemetry::{self, Sink};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let loaded = match MigratorConfig::load(&Sources::of_process()) {
        Ok(loaded) => loaded,
        Err(error) => return exit::misconfigured(&error),
    };
    // Standard output belongs to the reports.
    if let Err(error) = telemetry::init(&loaded.config.logging.level, loaded.config.logging.format, Sink::Stderr) {
        return exit::failed(&error.into());
    }
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => return exit::failed(&error.into()),
    };
    match signals.unless_told(commands::run(&arguments, &loaded.config)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(&error),
    }
}
