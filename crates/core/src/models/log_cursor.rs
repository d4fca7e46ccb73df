//! A place in the log of changes: what a reader of it has seen.

use std::fmt;
use std::sync::Arc;

/// The longest text that is parsed, in bytes. Cursors that the server writes are shorter: they list the running
/// transactions, of which there are at most as many as connections.
const TEXT_MAX: usize = 16_384;

/// A place in the log: a snapshot of the database, and the name of the log.
///
/// A cursor is not a number, because transactions commit in another order than they begin. It lists the transactions
/// that were running: the reader has not seen what these write, nor what any later transaction writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCursor {
    log: Arc<str>,
    xmin: i64,
    xmax: i64,
    running: Vec<i64>,
}

impl LogCursor {
    /// From `event_log_name()` and `pg_current_snapshot()::text`, such as `740:743:740,742`.
    pub(crate) fn of_snapshot(log: &Arc<str>, snapshot: &str) -> Option<Self> {
        let mut parts = snapshot.splitn(3, ':');
        let (xmin, xmax, running) = (number(parts.next()?)?, number(parts.next()?)?, parts.next()?);
        let running = running.split(',').filter(|text| !text.is_empty()).map(number).collect::<Option<_>>()?;
        Some(Self { log: Arc::clone(log), xmin, xmax, running })
    }

    /// Parses what [`fmt::Display`] writes. `None` for any other text: clients may send anything.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let mut parts = text.split('-');
        let log = parts.next().filter(|log| !log.is_empty() && log.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let (xmin, xmax) = (number(parts.next()?)?, number(parts.next()?)?);
        let running = parts.map(number).collect::<Option<Vec<_>>>()?;
        Some(Self { log: log.into(), xmin, xmax, running })
    }

    /// Whether the snapshot sees what a transaction has written.
    #[must_use]
    pub fn has_seen(&self, transaction: i64) -> bool {
        transaction < self.xmax && !self.running.contains(&transaction)
    }

    /// The name of the log.
    pub(crate) fn log(&self) -> &Arc<str> {
        &self.log
    }

    /// The first transaction that had not begun.
    pub(crate) fn xmax(&self) -> i64 {
        self.xmax
    }

    /// The transactions that ran.
    pub(crate) fn running(&self) -> &[i64] {
        &self.running
    }

    /// Whether this is a later place in the same log.
    pub(crate) fn is_newer_than(&self, other: &Self) -> bool {
        self.log == other.log
            && (self.xmax > other.xmax || (self.xmax == other.xmax && self.running.len() < other.running.len()))
    }

    /// Whether the log at `now`, whose oldest row is of transaction `oldest`, still has every row that this cursor has
    /// not seen.
    pub(crate) fn is_covered(&self, now: &Self, oldest: i64) -> bool {
        self.log == now.log && self.xmin >= oldest && !self.is_newer_than(now)
    }
}

impl fmt::Display for LogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.log, self.xmin, self.xmax)?;
        self.running.iter().try_for_each(|transaction| write!(f, "-{transaction}"))
    }
}

/// A number of a transaction, written as PostgreSQL does.
fn number(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::LogCursor;

    fn of_log(log: &str, snapshot: &str) -> Option<LogCursor> {
        LogCursor::of_snapshot(&log.into(), snapshot)
    }

    fn at(snapshot: &str) -> LogCursor {
        of_log("ab12", snapshot).unwrap()
    }

    #[test]
    fn what_ran_is_not_seen_and_what_ended_is() {
        let cursor = at("740:745:740,742");
        let seen: Vec<i64> = (738..748).filter(|transaction| cursor.has_seen(*transaction)).collect();
        assert_eq!(seen, [738, 739, 741, 743, 744]);
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        for snapshot in ["740:740:", "740:745:740,742", "1:9223372036854775807:1"] {
            assert_eq!(LogCursor::parse(&at(snapshot).to_string()), Some(at(snapshot)));
        }
        let long = format!("ab12-1-{}2", "2-".repeat(20_000));
        for other in [
            "",
            "-",
            "ab12",
            "ab12-1",
            "ab12-1-x",
            "ab12-1-2-",
            "ab12--1-2",
            "xyz-1-2",
            "ab12-+1-2",
            "-1-2",
            "ab12-1-99999999999999999999",
            &long,
        ] {
            assert_eq!(LogCursor::parse(other), None, "{other:.40}");
        }
        assert_eq!(of_log("ab12", "740:745"), None);
    }

    #[test]
    fn of_two_the_one_that_sees_more_is_newer() {
        for (older, newer) in
            [("740:740:", "740:741:740"), ("740:742:740,741", "740:742:740"), ("740:742:740", "742:742:")]
        {
            assert!(at(newer).is_newer_than(&at(older)), "{older} {newer}");
            assert!(!at(older).is_newer_than(&at(newer)), "{older} {newer}");
            assert!(!at(older).is_newer_than(&at(older)));
        }
        assert!(!of_log("ff", "900:900:").unwrap().is_newer_than(&at("1:1:")));
    }

    #[test]
    fn covered_is_what_the_same_log_still_holds() {
        let now = at("900:905:900");
        assert!(at("740:745:740").is_covered(&now, 740));
        assert!(now.is_covered(&now, 740));
        assert!(!at("740:745:740").is_covered(&now, 741), "a row of the transaction that ran may be gone");
        assert!(!at("950:950:").is_covered(&now, 740), "from a future that never was");
        assert!(!of_log("ff", "740:745:").unwrap().is_covered(&now, 1));
    }
}
