//! `server report` and `server export`: reports for scripts.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use clockwork_core::config::Config;
use clockwork_core::database::Db;
use clockwork_core::database::migrations::MigrationSet;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::values::clock::Clock;
use futures_util::StreamExt as _;
use serde::Deserialize;

use super::connection::{Connection, client, load, no_answer};
use crate::app::Application;
use crate::serve;
use crate::state::AppState;

/// Prints the sums of a report as JSON. docs/REPORTS.md says what the numbers mean.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    question: Question,
}

/// Writes a report as a file: CSV, NDJSON, JSON, XLSX, PDF or iCalendar.
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    question: Question,
    /// The file to write; standard output when left out. A file that was begun and not finished is removed.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What is asked, and whom.
#[derive(Debug, Args)]
struct Question {
    /// The parameters of the API, each as NAME=VALUE, such as fromDate=2026-11-01 toDate=2026-11-30 groupBy=project.
    #[arg(required = true, value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    #[command(flatten)]
    connection: Connection,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("{text} is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The part of an error's envelope that is of use here.
#[derive(Debug, Deserialize)]
struct ErrorEnvelope {
    message: String,
}

/// Runs `server report`. 0: printed; 1: refused or failed.
pub(super) async fn report(args: ReportArgs) -> ExitCode {
    let mut out = io::stdout().lock();
    ended("report", ask(&args.question, "summary", &mut out).await)
}

/// Runs `server export`. 0: written; 1: refused or failed.
pub(super) async fn export(args: ExportArgs) -> ExitCode {
    let result = match &args.output {
        None => ask(&args.question, "export", &mut io::stdout().lock()).await,
        Some(path) => to_file(&args.question, path).await,
    };
    ended("export", result)
}

fn ended(command: &str, result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "server {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn to_file(question: &Question, path: &PathBuf) -> anyhow::Result<()> {
    let cannot = |path: &Path| format!("{} cannot be written", path.display());
    // Half a report is worse than none, and the one that is there is better: it is replaced by a whole one only.
    let is_replaced = std::fs::symlink_metadata(path).map_or(true, |there| there.is_file());
    let written = match path.file_name() {
        Some(name) if is_replaced => path.with_file_name(format!("{}.part", name.display())),
        _ => path.clone(),
    };
    let mut file = std::fs::File::create(&written).with_context(|| cannot(&written))?;
    let result = ask(question, "export", &mut file).await;
    if !is_replaced {
        return result;
    }
    let result = result.and_then(|()| std::fs::rename(&written, path).with_context(|| cannot(path)));
    if result.is_err() {
        let _ = std::fs::remove_file(&written);
    }
    result
}

async fn ask(question: &Question, report: &str, out: &mut impl Write) -> anyhow::Result<()> {
    if !question.connection.direct {
        let base = question.connection.base()?;
        return over_http(question, report, &base, out).await;
    }
    let mut config = load()?;
    let embedded = serve::embedded_database(&mut config).await?;
    let result = direct(question, report, config, out).await;
    serve::stop(embedded).await?;
    result
}

async fn over_http(question: &Question, report: &str, base: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let url = format!("{base}/api/reports/{report}");
    let request = question.connection.authorized(client(base)?.get(&url)).query(&question.parameters);
    let response = request.send().await.with_context(|| no_answer(base))?;
    let status = response.status();
    if !status.is_success() {
        let body = response.bytes().await.context("the answer broke off")?;
        match serde_json::from_slice::<ErrorEnvelope>(&body) {
            Ok(refusal) => bail!(refusal.message),
            Err(_) => bail!("{url} answered {status}"),
        }
    }
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        out.write_all(&piece.context("the answer broke off: it is not whole")?)
            .context("the report cannot be written")?;
    }
    out.flush().context("the report cannot be written")
}

/// Asks an application of this process, which listens where nothing else can find it.
async fn direct(question: &Question, report: &str, mut config: Config, out: &mut impl Write) -> anyhow::Result<()> {
    config.http.host = std::net::Ipv4Addr::LOCALHOST.into();
    config.http.port = 0;
    let db = Db::connect(&config.database)?;
    let migrations = MigrationSet::load(config.database.migrations_dir.as_deref())?;
    let background = BackgroundMetrics::new();
    let health = Arc::new(Health::new(db.clone(), migrations, background.clone()));
    let state = AppState::new(db.clone(), Clock::system(), &config.auth, health, background);
    let application = Application::build(&config, state).context("no port of this machine is free")?;
    let base = format!("http://{}", application.address());
    let (handle, running) = (application.handle(), tokio::spawn(application.run()));
    let result = over_http(question, report, &base, out).await;
    handle.stop(false).await;
    let _ = running.await;
    db.close().await;
    result
}
