//! `server healthcheck`: the program `healthcheck`, for where there is only the server.

use std::process::ExitCode;

use clap::Args;
use clockwork_healthcheck::HealthRequest;

/// What is asked.
#[derive(Debug, Args)]
pub struct HealthcheckArgs {
    /// The URL to ask, instead of this machine's server.
    url: Option<String>,
    /// Ask whether the server is able to work, not only whether it lives.
    #[arg(long)]
    ready: bool,
    /// The port of this machine's server.
    #[arg(long, env = "PORT", hide = true)]
    port: Option<String>,
}

/// Asks.
pub(super) fn run(args: HealthcheckArgs) -> ExitCode {
    clockwork_healthcheck::run(HealthRequest::new(args.url, args.ready, args.port.as_deref())).into()
}
