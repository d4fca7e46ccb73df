//! `server import FILE…`: moving in from another tracker, from the command line.

use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use clockwork_core::accounts::audit::By;
use clockwork_core::accounts::workspaces::{BUILT_IN_CALLER, ensure_built_in};
use clockwork_core::config::Config;
use clockwork_core::database::Db;
use clockwork_core::database::migrations::{MigrationSet, SchemaState, schema_state};
use clockwork_core::events;
use clockwork_core::import::{ImportQueue, Parser};
use clockwork_core::values::clock;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use super::connection::{Connection, client, load, no_answer};
use super::import_report;
use crate::api::imports::{self, ImportFields, ImportReportView};
use crate::serve;

/// Pieces in which a file is read, in bytes.
const PIECE: usize = 64 * 1024;

/// Imports time entries from another tracker's files, or says what that would do. docs/IMPORT.md is the guide.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The files, as the other tracker exported them; - is standard input. Each is imported whole or not at all, in
    /// this order, and the first that fails ends the command.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The tracker (toggl); recognised by the header when left out.
    #[arg(long)]
    source: Option<String>,
    /// The IANA time zone of the file's times, such as Europe/Berlin; the workspace's when left out.
    #[arg(long)]
    time_zone: Option<String>,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
    /// What a bad line does: stop everything, or be left out.
    #[arg(long, value_parser = ["stop", "skip"])]
    on_error: Option<String>,
    /// How dates like 03/04/2016 are read.
    #[arg(long, value_parser = ["auto", "dmy", "mdy", "ymd"])]
    date_order: Option<String>,
    /// The category for entries without a task [default: General].
    #[arg(long)]
    default_category: Option<String>,
    /// Whose entries are imported: only yours, or everybody's, each for the member or a placeholder. With accounts a
    /// file of several people needs it; without accounts all entries are yours when it is left out.
    #[arg(long, value_parser = ["mine", "everybody"])]
    people: Option<String>,
    #[command(flatten)]
    connection: Connection,
    /// Print the report of each file as the API answers it.
    #[arg(long)]
    json: bool,
}

/// What an import came to.
enum ImportOutcome {
    Done(ImportReportView),
    /// Refused, with the report when there is one.
    Refused(String, Option<ImportReportView>),
}

/// The part of an error's envelope that is of use here.
#[derive(Debug, Deserialize)]
struct ErrorEnvelope {
    message: String,
    import: Option<ImportReportView>,
}

/// Where files are imported to.
enum ImportDestination {
    Server { client: reqwest::Client, base: String },
    Database { config: Box<Config>, db: Db, queue: ImportQueue },
}

/// Runs the command. 0: imported, or would be; 1: refused or failed.
pub(super) async fn run(args: ImportArgs) -> ExitCode {
    match import_all(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "server import: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn import_all(args: &ImportArgs) -> anyhow::Result<()> {
    if args.files.iter().filter(|file| is_standard_input(file)).count() > 1 {
        bail!("standard input (-) can be read once only");
    }
    if !args.connection.direct {
        let base = args.connection.base()?;
        let client = client(&base)?;
        return import_each(args, &ImportDestination::Server { client, base }).await;
    }
    let mut config = load()?;
    let embedded = serve::embedded_database(&mut config).await?;
    let db = Db::connect(&config.database)?;
    let queue = ImportQueue::new(usize::from(config.database.max_conns));
    let outcome =
        import_each(args, &ImportDestination::Database { config: Box::new(config), db: db.clone(), queue }).await;
    db.close().await;
    serve::stop(embedded).await?;
    outcome
}

/// One file after the other, until one fails.
async fn import_each(args: &ImportArgs, destination: &ImportDestination) -> anyhow::Result<()> {
    for file in &args.files {
        let name = shown(file);
        let outcome = match destination {
            ImportDestination::Server { client, base } => over_http(args, file, client, base).await,
            ImportDestination::Database { config, db, queue } => direct(args, file, config, db, queue).await,
        };
        let (report, refusal) = match outcome {
            Ok(ImportOutcome::Done(report)) => (Some(report), None),
            Ok(ImportOutcome::Refused(message, report)) => (report, Some(message)),
            Err(error) if args.files.len() > 1 => return Err(error.context(name)),
            Err(error) => return Err(error),
        };
        // A reader that has gone away is no reason to fail.
        if let Some(report) = &report {
            let _ = print(report, &name, args.json);
        }
        match refusal {
            Some(message) if args.files.len() > 1 => bail!("{name}: {message}"),
            Some(message) => bail!(message),
            None => {}
        }
    }
    Ok(())
}

fn print(report: &ImportReportView, file: &str, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, report)?;
        return writeln!(out);
    }
    import_report::write(&mut out, file, report)
}

fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// What messages call a file.
fn shown(file: &Path) -> String {
    if is_standard_input(file) { "standard input".to_owned() } else { file.display().to_string() }
}

impl ImportArgs {
    /// The fields of the form that were given.
    fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("source", self.source.as_deref()),
            ("timeZone", self.time_zone.as_deref()),
            ("dryRun", self.dry_run.then_some("true")),
            ("onError", self.on_error.as_deref()),
            ("dateOrder", self.date_order.as_deref()),
            ("defaultCategory", self.default_category.as_deref()),
            ("people", self.people.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

async fn open(path: &Path) -> anyhow::Result<tokio::fs::File> {
    if is_standard_input(path) {
        let stdin = io::stdin().as_fd().try_clone_to_owned().context("standard input is closed")?;
        return Ok(tokio::fs::File::from_std(stdin.into()));
    }
    tokio::fs::File::open(path).await.with_context(|| format!("{} cannot be opened", path.display()))
}

async fn over_http(
    args: &ImportArgs,
    path: &Path,
    client: &reqwest::Client,
    base: &str,
) -> anyhow::Result<ImportOutcome> {
    let file = open(path).await?;
    let metadata = file.metadata().await.context("the file's length cannot be read")?;
    let name = path.file_name().map_or_else(|| "import.csv".to_owned(), |name| name.to_string_lossy().into_owned());
    // What is piped has no length.
    let part = if metadata.is_file() && !is_standard_input(path) {
        Part::stream_with_length(file, metadata.len())
    } else {
        Part::stream(file)
    };
    let form = args.fields().fold(Form::new(), |form, (name, value)| form.text(name, value.to_owned()));
    // The file last: what comes before says how to read it.
    let form = form.part("file", part.file_name(name));
    let url = format!("{base}/api/imports");
    let request = args.connection.authorized(client.post(&url)).multipart(form);
    let response = request.send().await.with_context(|| no_answer(base))?;
    let status = response.status();
    let body = response.bytes().await.context("the answer broke off")?;
    if status.is_success() {
        let report =
            serde_json::from_slice(&body).with_context(|| format!("{url} answered something else than a report"))?;
        return Ok(ImportOutcome::Done(report));
    }
    match serde_json::from_slice::<ErrorEnvelope>(&body) {
        Ok(refusal) => Ok(ImportOutcome::Refused(refusal.message, refusal.import)),
        Err(_) => bail!("{url} answered {status}"),
    }
}

async fn direct(
    args: &ImportArgs,
    path: &Path,
    config: &Config,
    db: &Db,
    queue: &ImportQueue,
) -> anyhow::Result<ImportOutcome> {
    let mut raw = ImportFields::default();
    for (name, value) in args.fields() {
        if let Err(field) = raw.set(name, value.to_owned()) {
            bail!("{} {}", field.field, field.message);
        }
    }
    let options = match raw.parse() {
        Ok(options) => options,
        Err(error) => return Ok(ImportOutcome::Refused(error.to_string(), None)),
    };
    let mut parser = Parser::new(options.source.as_deref())?;
    let mut file = open(path).await?;
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece).await.context("the file cannot be read")?;
        if length == 0 {
            break;
        }
        parser.push(piece.get(..length).unwrap_or_default())?;
    }
    let now = clock::now();
    let mut conn = db.conn().await?;
    let migrations = MigrationSet::load(config.database.migrations_dir.as_deref())?;
    if let SchemaState::Missing(missing) = schema_state(&mut conn, &migrations).await? {
        bail!("the database lacks {} migrations; run `migrator up` first", missing.len());
    }
    ensure_built_in(&mut conn, now).await?;
    drop(conn);
    match imports::run(db, queue, BUILT_IN_CALLER.permit()?, options, parser, By::command(), now).await {
        Ok(report) => {
            // Without it the servers find the import by their poll, so a failure is no reason to fail.
            if let Ok(mut conn) = db.conn().await {
                let _ = events::notify_servers(&mut conn).await;
            }
            Ok(ImportOutcome::Done(report))
        }
        Err(error) => {
            let message = error.to_string();
            let report = error.into_import().map(serde_json::from_value).transpose()?;
            Ok(ImportOutcome::Refused(message, report))
        }
    }
}
