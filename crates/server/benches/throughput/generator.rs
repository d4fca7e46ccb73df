//! Load generators: processes of their own, so that neither the measuring program nor the servers share threads with
//! them.
//!
//! The plan arrives as JSON on standard input, and the outcome leaves as JSON on standard output.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How much longer than planned a generator may take, before it is given up.
const OVERRUN_LIMIT: Duration = Duration::from_secs(60);

/// Runs the generator that the argument names for so long, and returns what it saw.
pub(crate) async fn run<O: DeserializeOwned>(
    argument: &str,
    plan: &impl Serialize,
    length: Duration,
) -> anyhow::Result<O> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg(argument)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting the load generator")?;
    let mut input = child.stdin.take().context("the generator has no input")?;
    input.write_all(&serde_json::to_vec(plan)?).await?;
    drop(input);
    let ended = tokio::time::timeout(length + OVERRUN_LIMIT, child.wait_with_output()).await;
    let output = ended.context("the load generator did not end")??;
    ensure!(output.status.success(), "the load generator failed: {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
