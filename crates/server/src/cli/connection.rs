//! Which server a command asks, and as whom: the same for every command that works with or without a running one.

use anyhow::Context;
use clap::Args;
use clockwork_core::config::{Config, Sources};

/// The server, or the database in place of one.
#[derive(Debug, Args)]
pub(super) struct Connection {
    /// The server to ask [default: http://127.0.0.1:$PORT].
    #[arg(long, conflicts_with = "direct")]
    url: Option<String>,
    /// A token of the API, which a server with accounts needs.
    #[arg(long, env = "CLOCKWORK_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Use the database of the configuration, without a running server.
    #[arg(long)]
    pub(super) direct: bool,
}

impl Connection {
    /// The address of the server, without a slash at its end.
    ///
    /// # Errors
    /// When neither the command nor the configuration says it.
    pub(super) fn base(&self) -> anyhow::Result<String> {
        match &self.url {
            Some(url) => Ok(url.trim_end_matches('/').to_owned()),
            None => Ok(format!("http://127.0.0.1:{}", load()?.http.port)),
        }
    }

    /// A request with the token.
    pub(super) fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

/// What sends requests to the server at `base`.
///
/// # Errors
/// When that is no URL, or the machine has no certificates.
pub(super) fn client(base: &str) -> anyhow::Result<reqwest::Client> {
    // Fails only when there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder();
    let host = reqwest::Url::parse(base).with_context(|| format!("--url {base} is not a URL"))?;
    if matches!(host.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")) {
        // A proxy has another idea of what this machine is.
        builder = builder.no_proxy();
    }
    builder.build().context("the HTTP client cannot be set up")
}

/// What is said when no server answers.
pub(super) fn no_answer(base: &str) -> String {
    format!("no server answers at {base}; start one, give --url, or use --direct")
}

/// The configuration of the server.
///
/// # Errors
/// When it is wrong.
pub(super) fn load() -> anyhow::Result<Config> {
    Ok(Config::load(&Sources::of_process())?.config)
}
