//! The configuration of a benchmark.

use clockwork_core::config::{Config, Sources};

/// What a server would be told by these variables, and by no file.
pub(crate) fn config(environment: &[(&str, &str)]) -> Config {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let nowhere = std::env::temp_dir().join("clockwork-benches-have-no-configuration-files");
    Config::load(&Sources { environment, directory: nowhere.clone(), secrets: nowhere }).unwrap().config
}
