//! What the pool and its statements tell the monitoring. Labels are words from here; no text of a statement gets out.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Pool};
use diesel::connection::{Instrumentation, InstrumentationEvent};
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Histogram, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec};
use tracing::{Span, field};

use super::error::DbError;
use crate::telemetry::QUERY_TARGET;
use crate::telemetry::metrics::{QUERY_SECONDS, counters, gauge, gauges, histogram, histograms};

/// Why a connection was not to be had, as labels.
const KINDS: [&str; 4] = ["exhausted", "timeout", "unreachable", "closed"];

/// Statements by their first word. What is not here is `other`.
const QUERY_TYPES: [&str; 10] =
    ["select", "insert", "update", "delete", "with", "begin", "commit", "rollback", "savepoint", "set"];

/// What is counted and measured of a pool. Cheap to clone; clones count together.
#[derive(Clone)]
pub(super) struct DbMetrics {
    queries: HistogramVec,
    waits: Histogram,
    failures: IntCounterVec,
}

impl DbMetrics {
    pub(super) fn new() -> Self {
        let queries =
            histograms("database_query_duration_seconds", "How long statements took.", &["query_type"], QUERY_SECONDS);
        let waits = histogram(
            "database_pool_wait_seconds",
            "How long it took to get a connection, or to learn that there is none.",
            QUERY_SECONDS,
        );
        let failures = counters(
            "database_pool_acquire_failures_total",
            "How often there was no connection to be had, and why.",
            &["kind"],
        );
        for kind in KINDS {
            failures.with_label_values(&[kind]).inc_by(0);
        }
        Self { queries, waits, failures }
    }

    /// Counts a wait for a connection, and how it ended.
    pub(super) fn waited(&self, time: Duration, failure: Option<&DbError>) {
        self.waits.observe(time.as_secs_f64());
        if let Some(failure) = failure {
            let kind = match failure {
                DbError::Exhausted { .. } => "exhausted",
                DbError::Timeout(_) => "timeout",
                DbError::Unreachable(_) => "unreachable",
                DbError::Closed => "closed",
            };
            self.failures.with_label_values(&[kind]).inc();
        }
    }

    /// Times the statements of a connection while it is checked out once. `in_flight` always holds how many of them
    /// have no answer yet.
    pub(super) fn watch(&self, in_flight: Arc<AtomicUsize>) -> QueryWatch {
        QueryWatch { queries: self.queries.clone(), begun: VecDeque::new(), in_flight }
    }

    /// Adds everything to a registry, with the state of `pool`.
    pub(super) fn register<M: Manager + 'static>(
        &self,
        pool: Pool<M>,
        registry: &prometheus::Registry,
    ) -> prometheus::Result<()>
    where
        M::Type: Send,
    {
        registry.register(Box::new(self.queries.clone()))?;
        registry.register(Box::new(self.waits.clone()))?;
        registry.register(Box::new(self.failures.clone()))?;
        registry.register(Box::new(PoolState::new(pool)))
    }
}

/// Times the statements of one connection. PostgreSQL answers them in the order in which they were sent, also when
/// several are in flight. diesel-async reports a statement as begun when its future is made, and as finished when its
/// answer begins to arrive; one whose future is dropped in between stays in flight.
pub(super) struct QueryWatch {
    queries: HistogramVec,
    begun: VecDeque<(Instant, Span)>,
    in_flight: Arc<AtomicUsize>,
}

impl Instrumentation for QueryWatch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            // It is sent within the span of the rule that wants it.
            InstrumentationEvent::StartQuery { .. } => self.begun.push_back((Instant::now(), query_span())),
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                if let Some((begun, span)) = self.begun.pop_front() {
                    let kind = query_type(query);
                    self.queries.with_label_values(&[kind]).observe(begun.elapsed().as_secs_f64());
                    span.record("otel.name", kind);
                    if error.is_some_and(|error| *error != diesel::result::Error::NotFound) {
                        span.record("otel.status_code", "ERROR");
                    }
                }
            }
            _ => {}
        }
        self.in_flight.store(self.begun.len(), Ordering::Relaxed);
    }
}

/// The span of a statement, which is closed when it is dropped.
fn query_span() -> Span {
    tracing::info_span!(
        target: QUERY_TARGET,
        "query",
        otel.kind = "client",
        otel.name = field::Empty,
        otel.status_code = field::Empty,
        db.system.name = "postgresql",
    )
}

/// The kind of a statement.
fn query_type(query: &(impl fmt::Display + ?Sized)) -> &'static str {
    let mut word = FirstWord::default();
    // It ends with an error as soon as the word is known: the rest of the statement is not written at all.
    let _ = write!(word, "{query}");
    let word = word.text.trim_end_matches(';');
    QUERY_TYPES.into_iter().find(|known| word.eq_ignore_ascii_case(known)).unwrap_or("other")
}

/// Takes what is written until the first word is over.
#[derive(Default)]
struct FirstWord {
    text: String,
}

impl FirstWord {
    /// No keyword is as long.
    const LENGTH_MAX: usize = 16;
}

impl fmt::Write for FirstWord {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character.is_whitespace() && self.text.is_empty() {
                continue;
            }
            if character.is_whitespace() || self.text.len() >= Self::LENGTH_MAX {
                return Err(fmt::Error);
            }
            self.text.push(character);
        }
        Ok(())
    }
}

/// The state of the pool at the time of a scrape.
struct PoolState<M: Manager> {
    pool: Pool<M>,
    connections: IntGaugeVec,
    max: IntGauge,
    waiting: IntGauge,
}

impl<M: Manager> PoolState<M> {
    fn new(pool: Pool<M>) -> Self {
        Self {
            pool,
            connections: gauges("database_pool_connections", "Connections that are open.", &["state"]),
            max: gauge("database_pool_connections_max", "How many connections there may be."),
            waiting: gauge("database_pool_waiting", "Callers that wait for a connection."),
        }
    }
}

impl<M: Manager> Collector for PoolState<M>
where
    M::Type: Send,
{
    fn desc(&self) -> Vec<&Desc> {
        [self.connections.desc(), self.max.desc(), self.waiting.desc()].concat()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let status = self.pool.status();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.connections.with_label_values(&["idle"]).set(number(status.available));
        self.connections.with_label_values(&["in_use"]).set(number(status.size.saturating_sub(status.available)));
        self.max.set(number(status.max_size));
        self.waiting.set(number(status.waiting));
        [self.connections.collect(), self.max.collect(), self.waiting.collect()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_known_by_its_first_word_and_nothing_else_of_it_gets_out() {
        for (sql, expected) in [
            ("SELECT 1", "select"),
            ("select * from users", "select"),
            ("WITH x AS (DELETE FROM users) SELECT 1", "with"),
            ("\n  INSERT INTO clients VALUES ('ada@example.com')", "insert"),
            ("UPDATE clients SET name = 'x'", "update"),
            ("DELETE FROM clients", "delete"),
            ("BEGIN", "begin"),
            ("COMMIT;", "commit"),
            ("ROLLBACK TO SAVEPOINT diesel_savepoint_1", "rollback"),
            ("SAVEPOINT diesel_savepoint_1", "savepoint"),
            ("SET TIME ZONE 'UTC'", "set"),
            ("LOCK TABLE clients", "other"),
            ("ada@example.com", "other"),
            ("a-single-word-that-goes-on-and-on-and-on", "other"),
            ("", "other"),
        ] {
            assert_eq!(query_type(&sql), expected, "{sql}");
        }
    }
}
