//! `REDIS_URL`, checked once.

use std::fmt;
use std::str::FromStr;

use redis::Client;
use url::Url;
use zeroize::Zeroizing;

/// Where the Redis is. Shown without its password, and wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(Zeroizing<String>);

/// What is wrong with a URL of a Redis. Never tells any part of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedisUrlError {
    /// Another protocol, or none.
    #[error("it does not begin with redis:// or rediss://")]
    Scheme,
    /// No host is named.
    #[error("it names no host")]
    NoHost,
    /// The rest is not right.
    #[error("it is not a URL with at most the number of a database as its path")]
    Syntax,
}

impl RedisUrl {
    /// The URL with its password, for the library that connects.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for RedisUrl {
    type Err = RedisUrlError;

    fn from_str(text: &str) -> Result<Self, RedisUrlError> {
        if !text.starts_with("redis://") && !text.starts_with("rediss://") {
            return Err(RedisUrlError::Scheme);
        }
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::EmptyHost => RedisUrlError::NoHost,
            _ => RedisUrlError::Syntax,
        })?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(RedisUrlError::NoHost);
        }
        let database = url.path().trim_start_matches('/');
        let plain = url.query().is_none() && url.fragment().is_none();
        if !plain || !(database.is_empty() || database.parse::<u16>().is_ok()) || Client::open(text).is_err() {
            return Err(RedisUrlError::Syntax);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(mut url) = Url::parse(&self.0) else { return f.write_str("redis://***") };
        // Without a password there is nothing to hide, and a URL that cannot have one has none.
        if url.password().is_some() && url.set_password(Some("***")).is_err() {
            return f.write_str("redis://***");
        }
        write!(f, "{url}")
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (text, shown) in [
            ("redis://cache", "redis://cache"),
            ("redis://cache:6380/2", "redis://cache:6380/2"),
            ("redis://:hunter2@cache/1", "redis://:***@cache/1"),
            ("rediss://user:hunter2@cache.example:6380", "rediss://user:***@cache.example:6380"),
        ] {
            let url: RedisUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("RedisUrl({shown})"));
        }
    }

    #[test]
    fn what_is_wrong_with_a_url_is_told_without_repeating_it() {
        for (text, wrong) in [
            ("cache:6379", RedisUrlError::Scheme),
            ("http://cache", RedisUrlError::Scheme),
            ("redis://", RedisUrlError::NoHost),
            ("redis://:hunter2@cache/first", RedisUrlError::Syntax),
            ("redis://:hunter2@cache:port", RedisUrlError::Syntax),
            ("redis://:hunter2@cache/1?x=y", RedisUrlError::Syntax),
        ] {
            let error = text.parse::<RedisUrl>().unwrap_err();
            assert_eq!(error, wrong, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
