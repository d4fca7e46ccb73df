//! Two servers take turns under the same load, so that whatever else the machine does meets both.

use std::time::Duration;

use anyhow::Context;

use super::cpu::cpu_of;
use super::load::{self, Client, Plan};
use super::postgres::Postgres;
use super::program::Program;

/// A warm-up is not counted: connections are made, statements prepared, pages read.
const WARM_UP: Duration = Duration::from_secs(2);

/// One of the two servers.
pub(crate) struct Contender {
    pub(crate) name: String,
    pub(crate) program: Program,
    pub(crate) database_url: String,
    /// What brings its tables back to what they were, so that each round begins with as many rows as any other.
    pub(crate) reset: String,
    /// Makes the clients of a round.
    pub(crate) clients: Box<dyn Fn(usize) -> Vec<Client>>,
    /// Whether its clients may stop each other's timers.
    pub(crate) shared_timer: bool,
}

/// How both are loaded.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) clients: usize,
    pub(crate) keys: bool,
}

/// What one round of one server came to.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Answers a second; all of them writes, unless clients share a timer.
    pub(crate) per_second: f64,
    /// The share of them that wrote nothing.
    pub(crate) conflicts: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Processor time for each request, in microseconds.
    pub(crate) server_cpu: f64,
    pub(crate) postgres_cpu: f64,
}

/// Loads one server for one round.
pub(crate) async fn measure(
    postgres: &Postgres,
    contender: &Contender,
    case: Case,
    length: Duration,
) -> anyhow::Result<Sample> {
    postgres.execute(&contender.database_url, &contender.reset).await?;
    // Plans are made for tables as they are in production, and not for empty ones.
    postgres.execute(&contender.database_url, "VACUUM ANALYZE").await?;
    // No round pays for what another one has left to be written.
    postgres.execute(&contender.database_url, "CHECKPOINT").await?;
    let plan = Plan {
        address: contender.program.address.clone(),
        length,
        keys: case.keys,
        shared_timer: contender.shared_timer,
        clients: (contender.clients)(case.clients),
    };
    let server_cpu = || Ok::<_, anyhow::Error>(cpu_of(contender.program.pid().context("the server has ended")?)?.own);
    let before = (server_cpu()?, postgres.cpu()?);
    let outcome = load::run(&plan).await?;
    let (server, database) = (server_cpu()? - before.0, postgres.cpu()?.saturating_sub(before.1));
    let answers = outcome.answers() as f64;
    Ok(Sample {
        per_second: answers / outcome.elapsed.as_secs_f64(),
        conflicts: outcome.conflicts as f64 / answers,
        p50_ms: outcome.p50.as_secs_f64() * 1e3,
        p99_ms: outcome.p99.as_secs_f64() * 1e3,
        server_cpu: server.as_secs_f64() * 1e6 / answers,
        postgres_cpu: database.as_secs_f64() * 1e6 / answers,
    })
}

/// Loads both in turns for so many rounds, after a warm-up. The order changes with each round.
pub(crate) async fn compare(
    postgres: &Postgres,
    contenders: [&Contender; 2],
    case: Case,
    rounds: usize,
    length: Duration,
) -> anyhow::Result<Vec<[Sample; 2]>> {
    let [first, second] = contenders;
    for contender in contenders {
        measure(postgres, contender, case, WARM_UP).await?;
    }
    let mut samples = Vec::new();
    for round in 0..rounds {
        samples.push(if round % 2 == 0 {
            let sample = measure(postgres, first, case, length).await?;
            [sample, measure(postgres, second, case, length).await?]
        } else {
            let sample = measure(postgres, second, case, length).await?;
            [measure(postgres, first, case, length).await?, sample]
        });
    }
    Ok(samples)
}

/// The middle one of some values, and the smallest and the largest.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(values.len() / 2), least: at(0), most: at(values.len().saturating_sub(1)) }
    }
}
