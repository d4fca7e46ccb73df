//! Configurations and URLs for the tests.

use std::ffi::OsString;
use std::path::PathBuf;

use clockwork_core::config::{Config, DatabaseConfig, Sources};

/// The configuration that these variables make, and no others.
pub(crate) fn config(variables: &[(&str, &str)]) -> DatabaseConfig {
    let nowhere = PathBuf::from("/nonexistent");
    let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
    let sources = Sources { environment, directory: nowhere.clone(), secrets: nowhere };
    Config::load(&sources).unwrap().config.database
}

/// A URL with another query.
pub(crate) fn with_query(url: &str, query: &str) -> String {
    let address = url.split('?').next().unwrap();
    format!("{address}?{query}")
}

/// A URL with another host, `host:port`, before its own.
pub(crate) fn with_host_before(url: &str, host: &str) -> String {
    let (credentials, rest) = url.split_once('@').unwrap();
    format!("{credentials}@{host},{rest}")
}
