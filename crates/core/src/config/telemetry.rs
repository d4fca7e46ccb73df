//! What the monitoring is told, and where.

use super::parse;
use super::reader::Reader;
use super::variable::{Default, Variable};

const METRICS_PORT: Variable = Variable {
    name: "METRICS_PORT",
    alias: None,
    expected: "a port number from 0 to 65535, other than PORT",
    default: Default::Always("9090"),
    secret: false,
    about: "The port of the Prometheus metrics, `/metrics`, at the address HOST (docs/METRICS.md). 0 turns them off. A port that is \
            taken stops the start; in development it is a warning.",
};

pub(super) const VARIABLES: &[&Variable] = &[&METRICS_PORT];

/// What the monitoring is told, and where.
#[derive(Debug, Clone)]
pub struct TelemetryConfig {
    /// The port of the metrics; `None` when they are off.
    pub metrics_port: Option<u16>,
}

impl TelemetryConfig {
    /// `port` is the server's, if it is known.
    pub(super) fn read(reader: &mut Reader, port: Option<u16>) -> Option<Self> {
        let metrics_port: Option<u16> = reader.optional(&METRICS_PORT, |text| {
            let number = parse::number(0..=u16::MAX)(text)?;
            if number != 0 && Some(number) == port { Err("which is PORT".to_owned()) } else { Ok(number) }
        });
        Some(Self { metrics_port: Some(metrics_port?).filter(|port| *port != 0) })
    }
}
