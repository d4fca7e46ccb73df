//! How often one may ask: so many requests in a window of time, counted from the first of them on.
//!
//! Who asks is counted in this process and, when there is a Redis, by all processes together. The process counts all the time, so that it
//! knows what to go on with when the Redis is away. Nothing here fails, and nothing waits longer than [`redis::ANSWER_TIMEOUT`] for the Redis.

mod local_counts;

use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::redis::{self, Redis};
use crate::config::RateLimit;
use local_counts::LocalCounts;

/// The counters' part of the Redis, which may hold other programs' things as well.
const PREFIX: &str = "clockwork:rate";

/// Counts, and says how long the window still lasts. A counter without an end would lock somebody out for ever, so it gets one whenever it
/// has none.
const COUNT: &str = "local count = redis.call('INCR', KEYS[1]) \
                     local left = redis.call('PTTL', KEYS[1]) \
                     if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) left = tonumber(ARGV[1]) end \
                     return {count, left}";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject(IpAddr);

impl Subject {
    /// Whoever uses an address. One customer of a network gets at least a whole /64 of IPv6, and has as many addresses as it likes:
    /// they count as one.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
            address => address,
        })
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
        command.arg(COUNT).arg(1).arg(format!("{PREFIX}:{window}:{}", subject.0)).arg(window.to_string());
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
