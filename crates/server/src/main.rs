//! `server`: configuration, telemetry, then serving or another command.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clockwork_core::config::{self, Config, Environment, Sources};
use clockwork_server::cli::{self, Cli};
use clockwork_server::serve;
use clockwork_server::telemetry::Telemetry;
use nix::sys::resource::{Resource, setrlimit};

// Requests have threads of their own, and so have imports. This runtime drives the connections to the database and the
// background tasks, which wait more than they compute: a second thread would be one more to wake for each statement, 10
// to 20 % of what a start costs the server.
#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(command) = cli.command {
        return cli::run(command).await;
    }
    let loaded = match Config::load(&Sources::of_process()) {
        Ok(loaded) => loaded,
        Err(error) => {
            say(&mut std::io::stderr(), &format!("server: {error}"));
            return config::EXIT_CODE.into();
        }
    };
    if cli.check_config || cli.print_config {
        for warning in &loaded.warnings {
            say(&mut std::io::stderr(), &format!("server: {warning}"));
        }
        for value in loaded.effective.iter().filter(|_| cli.print_config) {
            say(&mut std::io::stdout(), &value.to_string());
        }
        return ExitCode::SUCCESS;
    }
    let telemetry = match Telemetry::start(&loaded.config) {
        Ok(telemetry) => telemetry,
        Err(error) => {
            say(&mut std::io::stderr(), &format!("server: the configuration is not valid:\n  {error}"));
            return config::EXIT_CODE.into();
        }
    };
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    // What is in memory is not to lie around in a file after a crash. A programmer may want just that.
    if loaded.config.environment != Environment::Development
        && let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0)
    {
        tracing::warn!(%error, "core dumps cannot be switched off");
    }
    match serve::serve(loaded.config, telemetry).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the server could not go on");
            ExitCode::FAILURE
        }
    }
}

/// Writes a line. A reader that has gone away is no reason to fail.
fn say(out: &mut impl Write, line: &str) {
    let _ = writeln!(out, "{line}");
}
