//! `devdb`: the development database without the server, for recipes and for people.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Parser, Subcommand};
use clockwork_devdb::{DevDb, DevDbOptions};
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

/// Uses the development database of this checkout: the running one, or one started for the time being.
#[derive(Parser)]
#[command(name = "devdb", version)]
struct Arguments {
    /// Where the checkout keeps such things.
    #[arg(long, default_value = ".clockwork", global = true)]
    dir: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Prints the database's URL, password included, and keeps it running until Ctrl-C.
    Serve,
    /// Runs a command with DATABASE_URL set, and exits with its exit code.
    Run {
        /// The command and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Deletes the database with all its data; refused while it is in use.
    Reset,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    let options = DevDbOptions::new(arguments.dir);
    match arguments.action {
        Action::Serve => serve(options).await,
        Action::Run { command } => run(options, &command).await,
        Action::Reset => {
            let dir = clockwork_devdb::reset(options).await?;
            tracing::info!(dir = %dir.display(), "the development database is deleted");
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[expect(clippy::print_stdout, reason = "the URL is this command's result")]
async fn serve(options: DevDbOptions) -> anyhow::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let database = DevDb::start(options).await?;
    println!("{}", database.url());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    database.stop().await?;
    Ok(ExitCode::SUCCESS)
}

async fn run(options: DevDbOptions, command: &[String]) -> anyhow::Result<ExitCode> {
    let (program, arguments) = command.split_first().context("no command")?;
    // Ctrl-C is the command's: it reaches the whole foreground group, and this process outlives the command to stop the
    // database.
    let _interrupt = signal(SignalKind::interrupt())?;
    let database = DevDb::start(options).await?;
    let status = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", database.url())
        .status()
        .await
        .with_context(|| format!("cannot run {program}"));
    database.stop().await?;
    let code = status?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
