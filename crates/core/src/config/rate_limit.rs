//! How often one may ask.

use std::time::Duration;

use super::parse;
use super::reader::Reader;
use super::values::RateLimit;
use super::variable::{DefaultValue, Variable};

const RATE_LIMIT_REQUESTS: Variable = Variable {
    name: "RATE_LIMIT_REQUESTS",
    alias: None,
    expected: "a whole number from 0 to 1000000",
    default: DefaultValue::Development("0", "600"),
    secret: false,
    about: "How many requests to the API one address may send in `RATE_LIMIT_WINDOW`; 0 for any number. What is more is answered with \
            429 and `Retry-After`. Pages, their files, the API's description and probes are not counted; addresses of IPv6 are counted by \
            /64. Behind a proxy, set `TRUSTED_PROXIES`, or all callers are one.",
};
const RATE_LIMIT_WINDOW: Variable = Variable {
    name: "RATE_LIMIT_WINDOW",
    alias: None,
    expected: "a time span from 1s to 1d, such as 1m",
    default: DefaultValue::Always("1m"),
    secret: false,
    about: "The time in which so many requests may be sent, from the first of them on.",
};

pub(super) const VARIABLES: &[&Variable] = &[&RATE_LIMIT_REQUESTS, &RATE_LIMIT_WINDOW];

/// How often one may ask.
#[derive(Debug, Clone)]
pub struct RateLimitConfig {
    /// For each address; `None` for any number.
    pub per_address: Option<RateLimit>,
}

impl RateLimitConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let requests = reader.optional(&RATE_LIMIT_REQUESTS, parse::number(0..=1_000_000));
        let day = Duration::from_secs(24 * 60 * 60);
        let window = reader.optional(&RATE_LIMIT_WINDOW, parse::duration(Duration::from_secs(1)..=day));
        let (requests, window) = (requests?, window?);
        Some(Self { per_address: (requests > 0).then_some(RateLimit { requests, window }) })
    }
}
