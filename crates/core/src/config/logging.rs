//! What is logged, and in which form.

use std::str::FromStr;

use tracing_subscriber::filter::Targets;

use super::parse;
use super::reader::Reader;
use super::variable::{DefaultValue, Variable};
use crate::telemetry::LogFormat;

const LOG_LEVEL: Variable = Variable {
    name: "LOG_LEVEL",
    alias: None,
    expected: "error, warn, info, debug, trace or off, optionally followed by exceptions such as info,clockwork_core=debug",
    default: DefaultValue::Always("info"),
    secret: false,
    about: "What is logged: a level, and if wanted other levels for parts of the program. At no level does the log have what people write: \
            `tokio_postgres` stays at info, because it would write it.",
};
const LOG_FORMAT: Variable = Variable {
    name: "LOG_FORMAT",
    alias: None,
    expected: "json or pretty",
    default: DefaultValue::Development("pretty", "json"),
    secret: false,
    about: "`json`: one object a line. `pretty`: for people.",
};

pub(super) const VARIABLES: &[&Variable] = &[&LOG_LEVEL, &LOG_FORMAT];

/// What is logged, and in which form.
#[derive(Debug, Clone)]
pub struct LoggingConfig {
    /// Which events are logged.
    pub level: Targets,
    /// How they are written.
    pub format: LogFormat,
}

impl LoggingConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let level = reader.optional(&LOG_LEVEL, level);
        let format =
            reader.optional(&LOG_FORMAT, parse::word(&[("json", LogFormat::Json), ("pretty", LogFormat::Pretty)]));
        Some(Self { level: level?, format: format? })
    }
}

/// `Targets` takes any single word for the name of a target; here it must be a level.
fn level(text: &str) -> Result<Targets, String> {
    for part in text.split(',').filter(|part| !part.contains('=')) {
        tracing_subscriber::filter::LevelFilter::from_str(part.trim()).map_err(|_| String::new())?;
    }
    Targets::from_str(text).map_err(|error| error.to_string())
}
