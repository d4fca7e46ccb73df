//! Which of a person's entries share time: two clocks that ran at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::pin;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::{Stream, TryStreamExt};

use crate::caller::Caller;
use crate::ids::TimeEntryId;
use crate::models::{TimeEntry, TimeSpan};
use crate::telemetry::RULE_TARGET;

/// At most so many pairs are reported: n entries at the same time make n² of them.
pub const OVERLAPS_MAX: usize = 1_000;

/// How far back is looked when nobody says since when.
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
#[tracing::instrument(target = RULE_TARGET, name = "entries::overlaps", skip_all)]
pub async fn overlaps(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Overlap>> {
    let from = from.unwrap_or_else(|| to.unwrap_or(now) - OVERLAPS_SINCE);
    sweep(TimeEntry::spans(conn, caller, from, to, now).await?).await
}

/// Goes through spans in the order of their starts and keeps those that still run, the one that ends first on top. So many at once
/// as make [`OVERLAPS_MAX`] pairs are all that is ever held.
async fn sweep(spans: impl Stream<Item = QueryResult<TimeSpan>>) -> QueryResult<Vec<Overlap>> {
    let mut open: BinaryHeap<Reverse<(DateTime<Utc>, TimeEntryId)>> = BinaryHeap::new();
    let mut found = Vec::new();
    let mut spans = pin!(spans);
    while let Some(span) = spans.try_next().await? {
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
    Ok(found)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn span(start: i64, stop: i64) -> TimeSpan {
        let at = |minutes| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes);
        TimeSpan { id: TimeEntryId::new(), started_at: at(start), stopped_at: at(stop) }
    }

    async fn overlaps_of(spans: &[TimeSpan]) -> Vec<Overlap> {
        sweep(stream::iter(spans.iter().copied().map(Ok))).await.unwrap()
    }

    #[tokio::test]
    async fn touching_entries_do_not_overlap() {
        assert_eq!(overlaps_of(&[span(0, 10), span(10, 20)]).await, []);
    }

    #[tokio::test]
    async fn each_pair_is_reported_once_with_the_time_it_shares() {
        let (a, b, c) = (span(0, 60), span(10, 20), span(15, 90));
        let pairs: Vec<_> = overlaps_of(&[a, b, c])
            .await
            .into_iter()
            .map(|o| (o.first, o.second, (o.stopped_at - o.started_at).num_minutes()))
            .collect();
        assert_eq!(pairs.len(), 3);
        for pair in [(a.id, b.id, 10), (b.id, c.id, 5), (a.id, c.id, 45)] {
            assert!(pairs.contains(&pair), "{pair:?} in {pairs:?}");
        }
    }

    #[tokio::test]
    async fn many_at_once_are_cut_off_and_the_rest_is_not_read() {
        let endless = (0..).map(|n| Ok(span(n, n + 1_000)));
        assert_eq!(sweep(stream::iter(endless)).await.unwrap().len(), OVERLAPS_MAX);
    }
}
