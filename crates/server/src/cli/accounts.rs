//! `server setup-token`, `server create-owner`, `server reset-link`: accounts from the command line of the machine.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use clockwork_core::accounts::audit::By;
use clockwork_core::accounts::password_changes;
use clockwork_core::accounts::passwords::{NewPassword, PasswordHasher};
use clockwork_core::accounts::setup::{self, Authority, Owner};
use clockwork_core::config::{AuthMode, Config, Sources};
use clockwork_core::database::Db;
use clockwork_core::values::{DisplayName, EmailAddress, clock};

use crate::serve;

/// Makes the first administrator, as the page for setting up does.
#[derive(Debug, Args)]
pub struct CreateOwnerArgs {
    /// The address to sign in with.
    #[arg(long)]
    email: String,
    /// How the administrator is called.
    #[arg(long)]
    name: Option<String>,
    /// Read the password from the first line of standard input. Without it, the command prints a link to choose one.
    #[arg(long)]
    password_stdin: bool,
}

/// Makes a link with which a user chooses a new password.
#[derive(Debug, Args)]
pub struct ResetLinkArgs {
    /// The address of the user.
    #[arg(long)]
    email: String,
}

/// Prints a token for setting up.
pub(super) async fn setup_token() -> ExitCode {
    finish(
        "setup-token",
        with_database(async |config, db| {
            let Some(token) = setup::token(&mut *db.conn().await?, clock::now()).await? else {
                bail!("this installation is set up: it has an administrator");
            };
            say(&shown(config, "/setup", token.reveal()))
        })
        .await,
    )
}

/// Makes the first administrator.
pub(super) async fn create_owner(args: CreateOwnerArgs) -> ExitCode {
    finish("create-owner", with_database(async |config, db| create(&args, config, db).await).await)
}

async fn create(args: &CreateOwnerArgs, config: &Config, db: &Db) -> anyhow::Result<()> {
    let email = EmailAddress::parse(&args.email).map_err(|error| anyhow::anyhow!("--email {error}"))?;
    let name = args.name.as_deref().map(DisplayName::parse).transpose();
    let name = name.map_err(|error| anyhow::anyhow!("--name {error}"))?;
    let mut hash = None;
    if args.password_stdin {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
        let password = NewPassword::parse(line.trim_end_matches(['\r', '\n']), Some(&email));
        let password = password.map_err(|error| anyhow::anyhow!("the password {error}"))?;
        hash = Some(PasswordHasher::default().hash(&password).await?);
    }
    let owner = Owner { name, email: email.clone(), password_hash: hash.as_deref() };
    let mut conn = db.conn().await?;
    let now = clock::now();
    setup::create_owner(&mut conn, Authority::Command, &owner, By::command(), now).await?;
    if hash.is_some() {
        return say("the owner can sign in");
    }
    let token = password_changes::reset_token(&mut conn, &email, By::command(), now).await?;
    let token = token.context("the owner is gone again")?;
    say(&shown(config, "/reset", token.reveal()))
}

/// Prints a link to choose a new password.
pub(super) async fn reset_link(args: ResetLinkArgs) -> ExitCode {
    finish(
        "reset-link",
        with_database(async |config, db| {
            let email = EmailAddress::parse(&args.email).map_err(|error| anyhow::anyhow!("--email {error}"))?;
            let mut conn = db.conn().await?;
            let token = password_changes::reset_token(&mut conn, &email, By::command(), clock::now()).await?;
            let token = token.context("no user has this address")?;
            say(&shown(config, "/reset", token.reveal()))
        })
        .await,
    )
}

/// A link where the address of the page is known, or else the token alone.
fn shown(config: &Config, page: &str, token: &str) -> String {
    match &config.http.public_url {
        Some(url) => {
            let (origin, base) = (url.origin().ascii_serialization(), config.http.base_path.as_str());
            format!("{origin}{base}{page}#token={token}")
        }
        None => token.to_owned(),
    }
}

async fn with_database(work: impl AsyncFnOnce(&Config, &Db) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut config = Config::load(&Sources::of_process())?.config;
    if config.auth.mode == AuthMode::None {
        bail!("AUTH_MODE is none: there are no accounts");
    }
    let embedded = serve::embedded_database(&mut config).await?;
    let db = Db::connect(&config.database)?;
    let outcome = work(&config, &db).await;
    db.close().await;
    serve::stop(embedded).await?;
    outcome
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

fn finish(command: &str, outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "server {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
