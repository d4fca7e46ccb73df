//! Rate limits: a number of requests in a window of time, which begins with the first of them.
//!
//! Each process counts the requests of an address and, with a Redis, all processes count them together. The process
//! counts even while the Redis answers, so that it can go on alone. Nothing here fails, and nothing waits longer than
//! [`redis::ANSWER_TIMEOUT`] for the Redis.

mod local_counts;

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::redis::{self, Redis};
use crate::config::RateLimit;
use crate::values::ids::UserId;
use crate::values::network;
use local_counts::LocalCounts;

/// The counters' part of the Redis, which may hold other programs' things as well.
const PREFIX: &str = "clockwork:rate";

/// Counts, and returns how long the window still lasts. A counter without an expiry would block its address for ever,
/// so one is set whenever it is missing.
const COUNT: &str = "local count = redis.call('INCR', KEYS[1]) \
                     local left = redis.call('PTTL', KEYS[1]) \
                     if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) left = tonumber(ARGV[1]) end \
                     return {count, left}";

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Those from an address, where the server does not know the user. Made by [`Subject::address`].
    Address(IpAddr),
    /// Those of a user, wherever they come from: colleagues behind one address do not share a limit.
    User(UserId),
}

impl Subject {
    /// The requests from an address, or rather from its network.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self::Address(network(address))
    }

    /// What the headers of the answer call the policy.
    #[must_use]
    pub fn policy(self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::User(_) => "user",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::User(user) => write!(f, "user:{user}"),
        }
    }
}

/// What came of counting a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is to be answered.
    pub allowed: bool,
    /// How many more would be.
    pub remaining: u32,
    /// When counting begins anew.
    pub reset_after: Duration,
}

impl Verdict {
    fn new(limit: RateLimit, count: u32, reset_after: Duration) -> Self {
        Self { allowed: count <= limit.requests, remaining: limit.requests.saturating_sub(count), reset_after }
    }
}

/// Counts requests.
pub struct RateLimiter {
    limit: RateLimit,
    local: LocalCounts,
    shared: Option<Redis>,
}

impl RateLimiter {
    /// Counts in this process and, with a Redis, together with others.
    #[must_use]
    pub fn new(limit: RateLimit, shared: Option<Redis>) -> Self {
        Self { limit, local: LocalCounts::default(), shared }
    }

    /// The limit.
    #[must_use]
    pub fn limit(&self) -> RateLimit {
        self.limit
    }

    /// The verdict on a subject that has used up its requests in this process; nothing is counted.
    #[must_use]
    pub fn exhausted(&self, subject: Subject) -> Option<Verdict> {
        self.local.exhausted(self.limit, subject, Instant::now())
    }

    /// Counts a request of `subject`, and says whether it is one too many.
    pub async fn count(&self, subject: Subject) -> Verdict {
        let local = self.local.count(self.limit, subject, Instant::now());
        match &self.shared {
            Some(redis) => self.count_shared(redis, subject).await.unwrap_or(local),
            None => local,
        }
    }

    async fn count_shared(&self, redis: &Redis, subject: Subject) -> Option<Verdict> {
        let window = self.limit.window.as_millis();
        let mut command = redis::command("EVAL");
        command.arg(COUNT).arg(1).arg(format!("{PREFIX}:{window}:{subject}")).arg(window.to_string());
        let (count, left): (u32, u64) = redis.query(&command).await?;
        Some(Verdict::new(self.limit, count, Duration::from_millis(left)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(text: &str) -> Subject {
        Subject::address(text.parse().unwrap())
    }

    #[test]
    fn one_network_of_ipv6_is_one_subject() {
        assert_eq!(subject("2001:db8:1:2::1"), subject("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:3::1"));
        assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
        assert_eq!(subject("::ffff:192.0.2.1"), subject("192.0.2.1"));
    }

    #[tokio::test]
    async fn without_a_redis_the_process_counts_alone() {
        let limiter = RateLimiter::new(RateLimit { requests: 2, window: Duration::from_secs(3600) }, None);
        let allowed = |verdict: Verdict| (verdict.allowed, verdict.remaining);
        assert_eq!(allowed(limiter.count(subject("192.0.2.1")).await), (true, 1));
        assert_eq!(allowed(limiter.count(subject("192.0.2.1")).await), (true, 0));
        assert_eq!(allowed(limiter.count(subject("192.0.2.1")).await), (false, 0));
        assert_eq!(allowed(limiter.count(subject("192.0.2.2")).await), (true, 1));
    }
}
