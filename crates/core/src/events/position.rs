//! How far this process has read the log, now and about a minute ago.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::LogCursor;

/// How many positions are kept for the time that a new subscriber looks back.
const STEPS: u32 = 12;

/// A cursor and its text, which is written once for all subscribers that have reached it.
#[derive(Debug)]
pub struct Position {
    pub(super) cursor: LogCursor,
    text: String,
}

impl Position {
    pub(super) fn new(cursor: LogCursor) -> Arc<Self> {
        Arc::new(Self { text: cursor.to_string(), cursor })
    }

    /// The cursor as text, which a subscriber sends when it comes back.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Where the listener is: the position, and the server that it was read from.
#[derive(Clone, Debug)]
pub(super) struct ListenerPosition {
    pub(super) position: Arc<Position>,
    pub(super) server: Arc<str>,
}

/// Positions of the recent past, for subscribers without a cursor: at most [`STEPS`] and a few.
#[derive(Debug)]
pub(super) struct PositionHistory {
    lookback: Duration,
    /// Oldest first, all of the same log.
    positions: VecDeque<(Instant, Arc<Position>)>,
}

impl PositionHistory {
    pub(super) fn new(lookback: Duration) -> Self {
        Self { lookback, positions: VecDeque::new() }
    }

    /// Notes where the listener is at a time.
    pub(super) fn record(&mut self, now: Instant, position: &Arc<Position>) {
        if self.positions.back().is_some_and(|(_, last)| last.cursor.log() != position.cursor.log()) {
            self.positions.clear();
        }
        let too_soon = |(at, _): &(Instant, Arc<Position>)| now.saturating_duration_since(*at) < self.lookback / STEPS;
        if self.positions.back().is_some_and(too_soon) {
            return;
        }
        self.positions.push_back((now, Arc::clone(position)));
        // The first of those that are old enough is needed no longer when the second is old enough, too.
        while self.positions.get(1).is_some_and(|(at, _)| now.saturating_duration_since(*at) >= self.lookback) {
            self.positions.pop_front();
        }
    }

    /// The latest position that is as old as subscribers look back. `None` while this process has not read the log for
    /// so long.
    pub(super) fn start(&self, now: Instant) -> Option<Arc<Position>> {
        let old_enough = |at: &Instant| now.saturating_duration_since(*at) >= self.lookback;
        self.positions.iter().rev().find(|(at, _)| old_enough(at)).map(|(_, position)| Arc::clone(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(log: &str, xmax: u32) -> Arc<Position> {
        Position::new(LogCursor::of_snapshot(&log.into(), &format!("{xmax}:{xmax}:")).unwrap())
    }

    #[test]
    fn a_subscriber_starts_at_the_latest_position_that_is_old_enough() {
        let mut history = PositionHistory::new(Duration::from_secs(60));
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        for second in 0..600 {
            history.record(after(second), &at("ab", u32::try_from(second).unwrap() + 1));
            let start = history.start(after(second));
            if second < 60 {
                assert!(start.is_none(), "{second}");
            } else {
                let xmax = start.unwrap().cursor.xmax();
                let behind = i64::try_from(second).unwrap() + 1 - xmax;
                assert!((60..65).contains(&behind), "{second}: {behind}");
            }
            assert!(history.positions.len() <= 14, "{}", history.positions.len());
        }
    }

    #[test]
    fn positions_of_another_log_are_forgotten() {
        let mut history = PositionHistory::new(Duration::ZERO);
        let now = Instant::now();
        history.record(now, &at("ab", 7));
        assert_eq!(history.start(now).unwrap().as_str(), "ab-7-7");
        history.record(now, &at("cd", 3));
        assert_eq!(history.start(now).unwrap().as_str(), "cd-3-3");
        assert_eq!(history.positions.len(), 1);
    }
}
