//! `server jobs`: what waits in the queue, what has failed for good, and what to do about it.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use clockwork_core::config::{Config, Sources};
use clockwork_core::database::Db;
use clockwork_core::models::Job;
use clockwork_core::values::ids::JobId;

use crate::serve;

/// Most jobs that a list has.
const LISTED_MAX: i64 = 1_000;

/// Shows and repairs the queue of jobs: mail, deletions.
#[derive(Debug, Args)]
pub struct JobsArgs {
    #[command(subcommand)]
    command: JobsCommand,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// List jobs, those that are due first; at most 1,000. What they are about is not shown.
    List {
        /// Only those that have failed for good.
        #[arg(long)]
        dead: bool,
    },
    /// Have jobs that have failed for good tried again.
    Retry {
        /// The job.
        #[arg(required_unless_present = "all")]
        id: Option<uuid::Uuid>,
        /// All of them.
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Delete a job, whatever its state.
    Delete {
        /// The job.
        id: uuid::Uuid,
    },
}

/// Runs the command. 0: done; 1: there is no such job, or the database does not answer.
pub(super) async fn run(args: JobsArgs) -> ExitCode {
    match run_with_database(args.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "server jobs: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run_with_database(command: JobsCommand) -> anyhow::Result<()> {
    let mut config = Config::load(&Sources::of_process()).context("the configuration is not valid")?.config;
    let embedded = serve::embedded_database(&mut config).await?;
    let db = Db::connect(&config.database)?;
    let outcome = execute(&db, command).await;
    db.close().await;
    serve::stop(embedded).await?;
    outcome
}

async fn execute(db: &Db, command: JobsCommand) -> anyhow::Result<()> {
    let mut conn = db.conn().await?;
    let mut out = io::stdout();
    match command {
        JobsCommand::List { dead } => {
            writeln!(out, "{:36}  {:16}  {:8}  {:20}  {:>8}  last error", "id", "kind", "state", "due", "attempts")?;
            for job in Job::list(&mut conn, dead.then_some(true), LISTED_MAX).await? {
                let state = match (job.failed_at, job.locked_until) {
                    (Some(_), _) => "dead",
                    (None, Some(_)) => "running",
                    (None, None) => "waiting",
                };
                let due = job.run_at.format("%Y-%m-%dT%H:%M:%SZ");
                let error = job.last_error.unwrap_or_default();
                writeln!(out, "{}  {:16}  {state:8}  {due:20}  {:>8}  {error}", job.id, job.kind, job.attempts)?;
            }
        }
        JobsCommand::Retry { id, .. } => {
            let retried = Job::retry(&mut conn, id.map(JobId::from)).await?;
            if retried == 0 && id.is_some() {
                bail!("no dead job has this id, or another one does the same by now");
            }
            writeln!(out, "{retried} due again")?;
        }
        JobsCommand::Delete { id } => {
            if Job::delete(&mut conn, JobId::from(id)).await? == 0 {
                bail!("no job has this id");
            }
            writeln!(out, "deleted")?;
        }
    }
    Ok(())
}
