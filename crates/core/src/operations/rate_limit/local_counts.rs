//! The counters of this process, bounded in number.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use lru::LruCache;

use super::{Subject, Verdict};
use crate::config::RateLimit;

/// The most addresses that are counted, about 3 MB. The least recently used goes first: a flood from ever-changing
/// addresses cannot be limited by address anyway.
const SUBJECTS_MAX: usize = 32_768;

struct Window {
    began: Instant,
    count: u32,
}

/// Counts by subject.
pub(super) struct LocalCounts {
    windows: Mutex<LruCache<Subject, Window>>,
}

impl Default for LocalCounts {
    fn default() -> Self {
        // A cache with a bound would take its memory at once.
        Self { windows: Mutex::new(LruCache::unbounded()) }
    }
}

impl LocalCounts {
    /// The verdict on a subject that has used up its requests.
    pub(super) fn exhausted(&self, limit: RateLimit, subject: Subject, now: Instant) -> Option<Verdict> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.peek(&subject)?;
        let reset_after = limit.window.checked_sub(now.saturating_duration_since(window.began))?;
        (window.count >= limit.requests).then(|| Verdict::new(limit, window.count.saturating_add(1), reset_after))
    }

    /// Counts a request of `subject` at `now`.
    pub(super) fn count(&self, limit: RateLimit, subject: Subject, now: Instant) -> Verdict {
        // Nothing is left half done by a panic between two statements here.
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |window: &Window| now.saturating_duration_since(window.began) >= limit.window;
        while windows.peek_lru().is_some_and(|(_, window)| is_over(window)) {
            windows.pop_lru();
        }
        let window = windows.get_or_insert_mut(subject, || Window { began: now, count: 0 });
        if is_over(window) {
            *window = Window { began: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        let reset_after = limit.window.saturating_sub(now.saturating_duration_since(window.began));
        let verdict = Verdict::new(limit, window.count, reset_after);
        if windows.len() > SUBJECTS_MAX {
            windows.pop_lru();
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::time::Duration;

    use super::*;

    const LIMIT: RateLimit = RateLimit { requests: 3, window: Duration::from_secs(60) };

    fn v4(number: u32) -> Subject {
        Subject::address(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    #[test]
    fn a_window_begins_with_the_first_request_and_ends_for_all() {
        let (counts, begun) = (LocalCounts::default(), Instant::now());
        let at = |seconds: u64| counts.count(LIMIT, v4(1), begun + Duration::from_secs(seconds));
        let left = |seconds| Duration::from_secs(seconds);
        assert_eq!(at(0), Verdict { allowed: true, remaining: 2, reset_after: left(60) });
        assert_eq!(at(30), Verdict { allowed: true, remaining: 1, reset_after: left(30) });
        assert_eq!(at(58), Verdict { allowed: true, remaining: 0, reset_after: left(2) });
        assert_eq!(at(59), Verdict { allowed: false, remaining: 0, reset_after: left(1) });
        assert_eq!(at(60), Verdict { allowed: true, remaining: 2, reset_after: left(60) });
    }

    #[test]
    fn a_flood_of_addresses_is_forgotten_again() {
        let (counts, begun) = (LocalCounts::default(), Instant::now());
        for number in 0..2 * SUBJECTS_MAX {
            counts.count(LIMIT, v4(u32::try_from(number).unwrap()), begun);
        }
        assert_eq!(counts.windows.lock().unwrap().len(), SUBJECTS_MAX);
        counts.count(LIMIT, v4(1), begun + LIMIT.window);
        assert_eq!(counts.windows.lock().unwrap().len(), 1);
    }

    #[test]
    fn an_active_subject_survives_a_flood() {
        let (counts, begun) = (LocalCounts::default(), Instant::now());
        for number in 0..2 * SUBJECTS_MAX {
            counts.count(LIMIT, v4(u32::try_from(number).unwrap()), begun);
            if number % 1_000 == 0 {
                counts.count(LIMIT, v4(u32::MAX), begun);
            }
        }
        assert!(!counts.count(LIMIT, v4(u32::MAX), begun).allowed);
    }

    #[test]
    fn a_flood_within_one_network_is_one_subject() {
        let (counts, begun) = (LocalCounts::default(), Instant::now());
        let refused = (0..100u128)
            .map(|number| {
                Subject::address(IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) | (number * 0x1234_5678))))
            })
            .filter(|subject| !counts.count(LIMIT, *subject, begun).allowed)
            .count();
        assert_eq!(refused, 97);
    }
}
