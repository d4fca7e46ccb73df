//! `healthcheck [--ready | URL]`: exits 0 when the server answers 2xx, 1 when not, 2 when called wrongly.
//!
//! Without a library for command lines: there is one flag, and the program starts every few seconds in every container.

use std::process;

use clockwork_healthcheck::HealthRequest;
use clockwork_probe::build_info;

const USAGE: &str = "usage: healthcheck [--ready | URL | --version]\n\
    Exits 0 when the server answers 2xx within 2 seconds, else 1.\n\
    Without URL: http://127.0.0.1:$PORT/livez, or /readyz with --ready. PORT is 8080 when unset.";

#[expect(clippy::print_stdout, reason = "a command line's answer")]
fn main() -> process::ExitCode {
    match request() {
        Ok(Invocation::Help) => {
            println!("{USAGE}");
            process::ExitCode::SUCCESS
        }
        Ok(Invocation::Version) => {
            println!("healthcheck {}", build_info::line());
            process::ExitCode::SUCCESS
        }
        Ok(Invocation::Server(request)) => clockwork_healthcheck::run(Ok(request)).into(),
        Err(reason) => clockwork_healthcheck::run(Err(reason)).into(),
    }
}

enum Invocation {
    Help,
    Version,
    Server(HealthRequest),
}

fn request() -> Result<Invocation, String> {
    let (mut url, mut ready) = (None, false);
    for argument in std::env::args_os().skip(1) {
        let argument = argument.into_string().map_err(|argument| format!("{argument:?} is not UTF-8"))?;
        match argument.as_str() {
            "--help" | "-h" => return Ok(Invocation::Help),
            "--version" | "-V" => return Ok(Invocation::Version),
            "--ready" => ready = true,
            option if option.starts_with('-') => return Err(format!("unknown option {option}\n{USAGE}")),
            _ if url.is_some() => return Err(format!("more than one URL\n{USAGE}")),
            _ => url = Some(argument),
        }
    }
    HealthRequest::new(url, ready, port().as_deref()).map(Invocation::Server)
}

#[expect(clippy::disallowed_methods, reason = "the whole configuration would be a hundred times this program")]
fn port() -> Option<String> {
    std::env::var("PORT").ok()
}
