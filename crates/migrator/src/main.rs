//! `migrator`: changes Clockwork's database schema, and is the only program that does.
//!
//! What it does is in `clockwork_core::database::migrations`; here are its command line, its reports and its exit
//! codes.

mod arguments;
mod commands;
mod exit;
mod report;

use std::process::{self, ExitCode};

use clap::Parser;
use clockwork_core::config::{MigratorConfig, Sources};
use clockwork_core::telemetry::{self, Sink};
use tokio::signal::unix::{Signal, SignalKind, signal};

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
    tokio::select! {
        result = commands::run(&arguments, &loaded.config) => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => exit::failed(&error),
        },
        // At once: a statement that runs on another thread would be waited for.
        code = told_to_end() => process::exit(code),
    }
}

/// Waits for SIGTERM or SIGINT, and returns the exit code that they give. By itself, process 1 of a container is sent
/// no signal that it has no handler for, and would be killed at the end of its grace period.
async fn told_to_end() -> i32 {
    let listen = |kind| signal(kind).ok();
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    tokio::select! {
        Some(()) = next(&mut terminate) => 143,
        Some(()) = next(&mut interrupt) => 130,
        else => std::future::pending().await,
    }
}

async fn next(signal: &mut Option<Signal>) -> Option<()> {
    signal.as_mut()?.recv().await
}
