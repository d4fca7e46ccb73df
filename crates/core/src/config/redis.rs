//! The optional Redis that servers share.

use super::reader::Reader;
use super::values::RedisUrl;
use super::variable::{DefaultValue, Variable};

const REDIS_URL: Variable = Variable {
    name: "REDIS_URL",
    alias: None,
    expected: "a Redis URL such as redis://:password@host:6379/0, or rediss:// for TLS",
    default: DefaultValue::Unset("each server counts for itself"),
    secret: true,
    about: "A Redis, or a Valkey, through which several servers share the counters of their rate limits. Nothing is lost with it: while it \
            is away, each server counts for itself, readiness goes on saying `ready` and names it as `down` among its checks, and \
            no request fails or waits.",
};

pub(super) const VARIABLES: &[&Variable] = &[&REDIS_URL];

/// The optional Redis that servers share.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// Where it is.
    pub url: Option<RedisUrl>,
}

impl RedisConfig {
    #[expect(clippy::unnecessary_wraps, reason = "like every other section's")]
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.optional_shown(
            &REDIS_URL,
            |text| text.parse::<RedisUrl>().map_err(|error| error.to_string()),
            |url, _| url.to_string(),
        );
        Some(Self { url })
    }
}
