//! Which of a user's entries share time: two timers that ran at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::{Permit, needs};
use crate::models::{TimeEntry, TimeSpan};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::TimeEntryId;

/// The largest number of pairs that are reported: n entries at the same time make n² of them.
pub const OVERLAPS_MAX: usize = 1_000;

/// How many entries are read at once. Page by page, because PostgreSQL sends the whole result of a statement whether it
/// is read or not; and without a cursor, which would keep a transaction open. An entry that is changed between two
/// pages may be missed, or seen twice.
const SPANS_PER_PAGE: i64 = 1_000;

/// How far back the search goes without `from`.
pub const OVERLAPS_SINCE: TimeDelta = TimeDelta::days(366);

/// Two entries, and the time that they share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The one that started first.
    pub first: TimeEntryId,
    /// The one that started while the first ran.
    pub second: TimeEntryId,
    /// Since when both ran.
    pub started_at: DateTime<Utc>,
    /// Until when both ran; for running entries, now.
    pub stopped_at: DateTime<Utc>,
}

/// The pairs of the caller's entries that share time between `from` and `to`, by the start of the shared time; at most
/// [`OVERLAPS_MAX`]. Without `from`, [`OVERLAPS_SINCE`] before `to`, or before now.
///
/// # Errors
/// If a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "entries::overlaps", skip_all)]
pub async fn overlaps(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Overlap>> {
    let from = from.unwrap_or_else(|| to.unwrap_or(now) - OVERLAPS_SINCE);
    let mut sweep = Sweep::default();
    let mut after = None;
    loop {
        let page = TimeEntry::spans(conn, *caller, from, to, now, after, SPANS_PER_PAGE).await?;
        let last = page.last().map(|span| (span.started_at, span.id));
        let is_last_page = i64::try_from(page.len()).is_ok_and(|length| length < SPANS_PER_PAGE);
        if !page.into_iter().all(|span| sweep.add(span)) || is_last_page {
            return Ok(sweep.found);
        }
        after = last;
    }
}

/// Goes through spans in the order of their starts and keeps those that still run, the one that ends first on top. So
/// many at once as make [`OVERLAPS_MAX`] pairs are all that is ever held.
#[derive(Default)]
struct Sweep {
    open: BinaryHeap<Reverse<(DateTime<Utc>, TimeEntryId)>>,
    found: Vec<Overlap>,
}

impl Sweep {
    /// Takes the next span. Returns false when there are enough pairs.
    fn add(&mut self, span: TimeSpan) -> bool {
        while self.open.peek().is_some_and(|Reverse((stop, _))| *stop <= span.started_at) {
            self.open.pop();
        }
        for Reverse((stop, id)) in &self.open {
            let stopped_at = span.stopped_at.min(*stop);
            self.found.push(Overlap { first: *id, second: span.id, started_at: span.started_at, stopped_at });
        }
        self.found.truncate(OVERLAPS_MAX);
        self.open.push(Reverse((span.stopped_at, span.id)));
        self.found.len() < OVERLAPS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, stop: i64) -> TimeSpan {
        let at = |minutes| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes);
        TimeSpan { id: TimeEntryId::new(), started_at: at(start), stopped_at: at(stop) }
    }

    fn overlaps_of(spans: &[TimeSpan]) -> Vec<Overlap> {
        let mut sweep = Sweep::default();
        assert!(spans.iter().all(|span| sweep.add(*span)));
        sweep.found
    }

    #[test]
    fn touching_entries_do_not_overlap() {
        assert_eq!(overlaps_of(&[span(0, 10), span(10, 20)]), []);
    }

    #[test]
    fn each_pair_is_reported_once_with_the_time_it_shares() {
        let (a, b, c) = (span(0, 60), span(10, 20), span(15, 90));
        let pairs: Vec<_> = overlaps_of(&[a, b, c])
            .into_iter()
            .map(|o| (o.first, o.second, (o.stopped_at - o.started_at).num_minutes()))
            .collect();
        assert_eq!(pairs.len(), 3);
        for pair in [(a.id, b.id, 10), (b.id, c.id, 5), (a.id, c.id, 45)] {
            assert!(pairs.contains(&pair), "{pair:?} in {pairs:?}");
        }
    }

    #[test]
    fn many_at_once_are_cut_off() {
        let mut sweep = Sweep::default();
        let taken = (0..).take_while(|n| sweep.add(span(*n, n + 1_000))).count();
        assert_eq!(sweep.found.len(), OVERLAPS_MAX);
        assert!(taken < 50, "{taken}");
    }
}
