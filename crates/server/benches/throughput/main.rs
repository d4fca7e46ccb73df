//! What Clockwork costs on top of its statements: `cargo bench -p clockwork-server --bench throughput [SECONDS]`.
//!
//! Two servers take turns under the same load: Clockwork's own binary, and a minimal program (`minimal.rs`) that sends PostgreSQL the same
//! statements and answers with the same JSON, without anything else. Each is a process of its own with a database of its own; a round of one
//! is followed by a round of the other, so that whatever else the machine does meets both.
//!
//! The load is 64 connections that each repeat: start, active, a page of entries, active, stop.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

#[path = "../database/mod.rs"]
mod database;
mod load;
mod minimal;
mod program;

use std::time::Duration;

use load::{CONNECTIONS, Round};
use program::Program;

/// How often each of the two is measured.
const ROUNDS: usize = 5;
/// The first round of each is not counted: connections are made, statements prepared, pages read.
const WARM_UP: Duration = Duration::from_secs(2);
/// What Clockwork has to reach of the minimal program's requests per second.
const EXPECTED: f64 = 0.8;

#[actix_web::main]
async fn main() {
    if std::env::args().nth(1).as_deref() == Some(minimal::ARGUMENT) {
        return minimal::serve().await;
    }
    let seconds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(5);
    rustls::crypto::ring::default_provider().install_default().unwrap();

    let (ours, theirs) = (database::migrated().await, database::migrated().await);
    let clockwork = Program::start(env!("CARGO_BIN_EXE_server"), &[], &ours.url()).await;
    // Makes the built-in user and workspace, which the other database needs as well.
    let place = load::prepare(&clockwork.url).await;
    let dump = load::copy_place(&ours, &theirs).await;
    assert_eq!(dump, 1, "one category was copied");
    let this = std::env::current_exe().unwrap();
    let minimal = Program::start(this.to_str().unwrap(), &[minimal::ARGUMENT], &theirs.url()).await;

    println!("{CONNECTIONS} connections, {ROUNDS} rounds of {seconds} s each, in turns\n");
    println!("{:<10} {:>10} {:>10} {:>10} {:>14}", "", "req/s", "p50 ms", "p99 ms", "CPU µs/request");
    let mut ratios = Vec::new();
    for round in 0..=ROUNDS {
        let length = if round == 0 { WARM_UP } else { Duration::from_secs(seconds) };
        let mut results = Vec::new();
        for (name, program, database) in [("minimal", &minimal, &theirs), ("clockwork", &clockwork, &ours)] {
            load::clear(database).await;
            let result = load::run(program, &place, length).await;
            if round > 0 {
                report(name, &result);
            }
            results.push(result.per_second());
        }
        if round > 0 {
            ratios.push(results[1] / results[0]);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    println!(
        "\nclockwork / minimal: {median:.2} (median of {ROUNDS}; from {:.2} to {:.2}); expected: at least {EXPECTED}",
        ratios[0],
        ratios[ratios.len() - 1]
    );
    clockwork.stop().await;
    minimal.stop().await;
    if median < EXPECTED {
        std::process::exit(1);
    }
}

fn report(name: &str, round: &Round) {
    println!(
        "{name:<10} {:>10.0} {:>10.2} {:>10.2} {:>14.0}",
        round.per_second(),
        round.percentile(50),
        round.percentile(99),
        round.cpu_micros()
    );
}
