//! The command line of `server`.

mod access;
mod accounts;
mod connection;
mod healthcheck;
mod import;
mod import_report;
mod jobs;
mod openapi;
mod report;

use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{Parser, Subcommand};

/// Clockwork's server. Without a command it serves; its configuration comes from the environment
/// (docs/CONFIGURATION.md).
#[derive(Debug, Parser)]
#[command(name = "server", version = clockwork_core::build_info::line(), long_version = LONG_VERSION.as_str())]
pub struct Cli {
    /// Check the configuration, say what is wrong with it, and exit: 0 when it is fine, 78 when not.
    #[arg(long, conflicts_with = "print_config")]
    pub check_config: bool,
    /// Print the configuration in effect, where each value comes from, secrets masked, and exit.
    #[arg(long)]
    pub print_config: bool,
    /// Something else than serving.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What `server` can do beside serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the OpenAPI document, as docs/openapi.json holds it.
    Openapi,
    /// Print the table of roles and capabilities, as docs/ACCESS.md holds it.
    Access,
    /// Print a token for setting the installation up, as the log shows one at the start.
    SetupToken,
    /// Make the first administrator, without a browser.
    CreateOwner(accounts::CreateOwnerArgs),
    /// Print a link with which a user chooses a new password.
    ResetLink(accounts::ResetLinkArgs),
    /// Import time entries from another tracker's file.
    Import(import::ImportArgs),
    /// Show and repair the queue of jobs.
    Jobs(jobs::JobsArgs),
    /// Print the sums of a report.
    Report(report::ReportArgs),
    /// Write a report as a file.
    Export(report::ExportArgs),
    /// Check the health of a server, as the program `healthcheck` does: exit code 0 if healthy, 1 if not.
    Healthcheck(healthcheck::HealthcheckArgs),
}

/// What `--version` says; `-V` says its first line.
static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}\ntime zone rules: IANA {}",
        clockwork_core::build_info::line(),
        clockwork_core::values::time_zone::rules()
    )
});

/// Runs a command.
pub async fn run(command: Command) -> ExitCode {
    match command {
        Command::Openapi => openapi::print(),
        Command::Access => access::print(),
        Command::SetupToken => accounts::setup_token().await,
        Command::CreateOwner(args) => accounts::create_owner(args).await,
        Command::ResetLink(args) => accounts::reset_link(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Jobs(args) => jobs::run(args).await,
        Command::Report(args) => report::report(args).await,
        Command::Export(args) => report::export(args).await,
        Command::Healthcheck(args) => healthcheck::run(args),
    }
}
