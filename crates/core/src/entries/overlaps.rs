//! Which of a person's entries share time: two clocks that ran at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::caller::Caller;
use crate::ids::TimeEntryId;
use crate::models::{TimeEntry, TimeSpan};
use crate::telemetry::RULE_TARGET;

/// At most so many pairs are reported: n entries at the same time make n² of them.
pub const OVERLAPS_MAX: usize = 1_000;

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
/// [`OVERLAPS_MAX`].
#[tracing::instrument(target = RULE_TARGET, name = "entries::overlaps", skip_all)]
pub async fn overlaps(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Overlap>> {
    let spans = TimeEntry::spans(conn, caller, from, to, now).await?;
    Ok(sweep(&spans))
}

/// Goes through spans in the order of their starts and keeps those that still run, the one that ends first on top.
fn sweep(spans: &[TimeSpan]) -> Vec<Overlap> {
    let mut open: BinaryHeap<Reverse<(DateTime<Utc>, TimeEntryId)>> = BinaryHeap::new();
    let mut found = Vec::new();
    for span in spans {
        while open.peek().is_some_and(|Reverse((stop, _))| *stop <= span.started_at) {
            open.pop();
        }
        for Reverse((stop, id)) in &open {
            let stopped_at = span.stopped_at.min(*stop);
            found.push(Overlap { first: *id, second: span.id, started_at: span.started_at, stopped_at });
        }
        if found.len() >= OVERLAPS_MAX {
            found.truncate(OVERLAPS_MAX);
            break;
        }
        open.push(Reverse((span.stopped_at, span.id)));
    }
    found
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn span(start: i64, stop: i64) -> TimeSpan {
        let at = |minutes| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes);
        TimeSpan { id: TimeEntryId::new(), started_at: at(start), stopped_at: at(stop) }
    }

    #[test]
    fn touching_entries_do_not_overlap() {
        assert_eq!(sweep(&[span(0, 10), span(10, 20)]), []);
    }

    #[test]
    fn each_pair_is_reported_once_with_the_time_it_shares() {
        let (a, b, c) = (span(0, 60), span(10, 20), span(15, 90));
        let pairs: Vec<_> = sweep(&[a, b, c])
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
        let spans: Vec<_> = (0..100).map(|n| span(n, 1_000)).collect();
        assert_eq!(sweep(&spans).len(), OVERLAPS_MAX);
    }
}
