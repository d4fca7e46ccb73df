//! How the server ends.

use std::time::Duration;

use super::parse;
use super::reader::Reader;
use super::variable::{DefaultValue, Variable};

const SHUTDOWN_DRAIN: Variable = Variable {
    name: "SHUTDOWN_DRAIN",
    alias: None,
    expected: "a time span from 0s to 10m, such as 10s",
    default: DefaultValue::Production("10s", "0s"),
    secret: false,
    about: "How long the server goes on answering after it was told to stop, so that load balancers can take it out.",
};
const SHUTDOWN_TIMEOUT: Variable = Variable {
    name: "SHUTDOWN_TIMEOUT",
    alias: None,
    expected: "a time span from 0s to 10m, such as 30s",
    default: DefaultValue::Always("30s"),
    secret: false,
    about: "How long requests in flight may take to finish after that.",
};

pub(super) const VARIABLES: &[&Variable] = &[&SHUTDOWN_DRAIN, &SHUTDOWN_TIMEOUT];

/// How the server ends.
#[derive(Debug, Clone)]
pub struct ShutdownConfig {
    /// How long to go on answering while not being ready.
    pub drain: Duration,
    /// How long requests in flight may take after that.
    pub timeout: Duration,
}

impl ShutdownConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let range = Duration::ZERO..=Duration::from_secs(600);
        let drain = reader.optional(&SHUTDOWN_DRAIN, parse::duration(range.clone()));
        let timeout = reader.optional(&SHUTDOWN_TIMEOUT, parse::duration(range));
        Some(Self { drain: drain?, timeout: timeout? })
    }
}
