//! What the server and its health probes agree on: paths, the default port, and which build this is. The crate has no
//! dependencies, because the container's health probe is a program of a few hundred kilobytes.

pub mod build_info;

pub use build_info::VERSION;

/// The port the server listens on when `PORT` does not say.
pub const DEFAULT_PORT: &str = "8080";

/// Answers 2xx while the process lives; never looks at the database.
pub const LIVE: &str = "/livez";

/// Answers 2xx while the server can do its work.
pub const READY: &str = "/readyz";

/// All paths that answer probes. Several systems' paths lead to the same answers, so that each finds the one that it
/// expects.
pub const PATHS: [&str; 9] =
    [LIVE, READY, "/health/live", "/health/ready", "/health/startup", "/health", "/ready", "/healthz", "/api/health"];

/// The address of a path on this machine's server. `port` is the value of `PORT`, if it is set.
///
/// # Errors
///
/// One line that says why there is no such address: `port` is no number from 1 to 65535.
pub fn local_url(port: Option<&str>, path: &str) -> Result<String, String> {
    let port = port.filter(|port| !port.is_empty()).unwrap_or(DEFAULT_PORT);
    match port.parse::<u16>() {
        Ok(0) => Err("PORT is 0, so the server's port is not known here: give the URL".to_owned()),
        Ok(port) => Ok(format!("http://127.0.0.1:{port}{path}")),
        Err(_) => Err(format!("PORT is {port:?}, expected a port number from 1 to 65535")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_taken_from_the_variable_or_the_default() {
        assert_eq!(local_url(None, LIVE).unwrap(), "http://127.0.0.1:8080/livez");
        assert_eq!(local_url(Some(""), LIVE).unwrap(), "http://127.0.0.1:8080/livez");
        assert_eq!(local_url(Some("9000"), READY).unwrap(), "http://127.0.0.1:9000/readyz");
    }

    #[test]
    fn a_port_that_is_none_is_named() {
        assert_eq!(
            local_url(Some("http"), LIVE).unwrap_err(),
            "PORT is \"http\", expected a port number from 1 to 65535"
        );
        assert!(local_url(Some("65536"), LIVE).is_err());
        assert!(local_url(Some("0"), LIVE).unwrap_err().contains("give the URL"));
    }
}
