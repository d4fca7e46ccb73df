//! Asks a server one URL: the program `healthcheck`, and `server healthcheck`, which do the same.

use std::{process, time::Duration};

use clockwork_probe::{LIVE, READY, local_url};
use ureq::{
    Agent,
    http::{Uri, uri::Authority},
};

/// For everything together: name resolution, connection and answer. Operations H5.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Which URL is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthRequest {
    url: String,
}

/// Asks, writes the one line when there is something to say, and returns how the process is to end.
#[expect(clippy::print_stderr, reason = "a command line's answer")]
pub fn run(request: Result<HealthRequest, String>) -> ExitCode {
    let (code, reason) = match request.map(|request| request.send()) {
        Ok(Ok(())) => return ExitCode::Healthy,
        Ok(Err(reason)) => (ExitCode::Unhealthy, reason),
        Err(reason) => (ExitCode::Usage, reason),
    };
    eprintln!("healthcheck: {reason}");
    code
}

/// The exit codes, as container runtimes read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// A 2xx answer.
    Healthy = 0,
    /// Any other answer, or none in time.
    Unhealthy = 1,
    /// The request makes no sense.
    Usage = 2,
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

impl HealthRequest {
    /// `url` as given by the caller, or this machine's server at `port`, the value of `PORT`.
    ///
    /// # Errors
    ///
    /// One line for people: what was given and what was expected.
    pub fn new(url: Option<String>, ready: bool, port: Option<&str>) -> Result<Self, String> {
        let url = match (url, ready) {
            (Some(_), true) => return Err("give either a URL or --ready".to_owned()),
            (Some(url), false) => url,
            (None, ready) => local_url(port, if ready { READY } else { LIVE })?,
        };
        let parsed: Option<Uri> = url.parse().ok();
        match parsed.as_ref().map(|uri| (uri.scheme_str(), uri.authority())) {
            Some((Some("http"), Some(authority))) if has_valid_port(authority) => Ok(Self { url }),
            Some((Some("https"), _)) => Err(format!("{url}: https is not supported, ask the server itself by http")),
            _ => Err(format!("{url:?} is not a URL of the form http://host:port/path")),
        }
    }

    /// Asks.
    ///
    /// # Errors
    ///
    /// One line for people when the answer is not 2xx or does not come within [`TIMEOUT`].
    pub fn send(&self) -> Result<(), String> {
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // The answer itself is what counts: neither where it points to nor what a proxy thinks.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent(concat!("clockwork-healthcheck/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        let answer = agent.get(&self.url).call().map_err(|error| format!("{}: {error}", self.url))?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("{}: {status}", self.url)) }
    }
}

/// The parser takes any text for a port, and asks port 80 when it is no number.
fn has_valid_port(authority: &Authority) -> bool {
    authority.port_u16().is_some() || authority.as_str().ends_with(authority.host())
}
