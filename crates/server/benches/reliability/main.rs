//! What Clockwork's clients see when servers are replaced or killed and when databases go away: `just reliability`.
//!
//! The scenarios are those of the tests, longer and with the default settings. What they show is written to
//! docs/RELIABILITY.md.

#![expect(unreachable_pub, reason = "the scenarios and their harness are the tests', of which nothing reaches outside")]
#![expect(dead_code, unused_imports, reason = "the tests' harness can do more than is needed here")]
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

#[path = "../../tests/it/harness/mod.rs"]
mod harness;
mod page;
#[path = "../../tests/it/reliability/mod.rs"]
mod reliability;
mod times;

use std::time::Duration;

use page::Page;
use reliability::{bouncer, crash, database, rolling};

/// The default of `DATABASE_ACQUIRE_TIMEOUT`.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any request waits for a connection.
const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_secs(2);

#[actix_web::main]
async fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let kills = numbers.first().copied().unwrap_or(100);
    let requests = numbers.get(1).copied().unwrap_or(10_000);
    let mut page = Page::begin();

    page.rolled(&rolling::roll(requests, 4).await);
    page.begin_outages(ACQUIRE_TIMEOUT);
    page.outage("PostgreSQL is killed, and started again after 2 s", &database::killed(ACQUIRE_TIMEOUT, SHORT).await);
    page.outage("PostgreSQL is paused for 10 s (`SIGSTOP`)", &database::paused(ACQUIRE_TIMEOUT, LONG).await);
    page.outage("PostgreSQL is killed, its standby promoted", &database::failed_over(ACQUIRE_TIMEOUT).await);
    page.outage(
        "the primary's machine vanishes, its standby is promoted after 2 s",
        &database::vanished(ACQUIRE_TIMEOUT, SHORT).await,
    );
    page.outage("the network swallows everything for 10 s", &database::swallowed(ACQUIRE_TIMEOUT, LONG).await);
    match bouncer::program() {
        Ok(program) => {
            let seen = bouncer::behind(&program, ACQUIRE_TIMEOUT, SHORT).await;
            page.outage("PostgreSQL behind PgBouncer (transaction mode) is killed, and started again after 2 s", &seen);
        }
        Err(reason) => page.missing_outage("PostgreSQL behind PgBouncer (transaction mode)", &reason),
    }
    page.end_outages();
    page.crashed(&crash::crash(usize::try_from(kills).unwrap()).await);
    page.times(&times::measure().await);
    page.write();
}
