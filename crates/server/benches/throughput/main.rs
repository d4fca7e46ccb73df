//! How many starts and stops a second, beside other servers: `just bench-throughput`, `bench-notifications`,
//! `bench-slow-disk` and `bench-beside`; how soon streams tell of changes: `just bench-streams`; and what a storm of
//! sign-ins takes from signed-in users: `just bench-sign-ins`. docs/BENCHMARKS.md says what each compares, and why that
//! is fair.
//!
//! Servers and load generator are processes of their own; this binary is all of them but the other program of
//! `bench-beside`, and which one it is, its first argument says.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark reports to the terminal, divides counts, and reads what its parent told it"
)]

mod beside;
mod clockwork;
mod compare;
#[path = "../database/config.rs"]
mod config;
mod cpu;
mod generator;
mod http;
mod live;
mod load;
#[path = "../shared/memory.rs"]
mod memory;
mod people;
mod postgres;
#[path = "../shared/program.rs"]
mod program;
mod report;
mod sign_ins;
mod streams;
mod yardstick;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand};

use clockwork::Callers;
use compare::{Case, Contender, Spread};
use postgres::Postgres;
use program::Program;
use report::MinimumRatio;
use streams::Streams;
use yardstick::Form;

/// Of the answers a second of the yardstick with transactions, for 64 clients that send keys, as the page does: what
/// revisions, the event log, archiving, overlaps and checks may cost.
const YARDSTICK_FLOOR: f64 = 0.7;
/// The same with users who have signed in, and whose sessions are looked up.
const YARDSTICK_FLOOR_SIGNED_IN: f64 = 0.65;
/// Of the same server without live updates, on a disk whose flush takes 5 ms longer: no commit waits for a
/// notification.
const NOTIFICATIONS_FLOOR: f64 = 0.95;
/// The same on the disk as it is. If its flushes are quick, both servers are bound by the processors, and reading the
/// log takes its share of them.
const NOTIFICATIONS_FLOOR_QUICK: f64 = 0.90;
/// Answers a second from a disk whose flush takes 5 ms longer: commits share flushes.
const SLOW_DISK_FLOOR: f64 = 1_500.0;
/// Of another implementation, over one connection and over 64.
const BESIDE_FLOORS: [MinimumRatio; 2] =
    [MinimumRatio { clients: 1, keys: false, ratio: 0.9 }, MinimumRatio { clients: 64, keys: false, ratio: 1.0 }];

const FLUSH_DELAY: Duration = Duration::from_millis(5);

/// Starts and stops a second, beside other servers.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    comparison: Comparison,
    /// What `cargo bench` adds.
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

#[derive(Subcommand)]
enum Comparison {
    /// Clockwork beside two minimal programs on a plain schema.
    Yardstick {
        /// On a disk whose flush takes 5 ms longer.
        #[arg(long)]
        slow_disk: bool,
        /// With users who have signed in.
        #[arg(long)]
        sessions: bool,
        #[command(flatten)]
        run: Run,
    },
    /// Clockwork with live updates beside the same without any notification.
    Notifications(Run),
    /// Clockwork on a disk whose flush takes 5 ms longer.
    SlowDisk(Run),
    /// What a storm of sign-ins takes from the requests of signed-in users.
    SignIns(Run),
    /// Memory of idle event streams, and how soon streams tell of changes.
    Streams(live::Size),
    /// Clockwork beside another server with the same API, on the same PostgreSQL.
    Beside {
        /// The other server. It is told DATABASE_URL, PORT and DB_AUTO_MIGRATE=true.
        program: PathBuf,
        /// The other server's MIGRATIONS_DIR.
        #[arg(long)]
        migrations: Option<PathBuf>,
        /// What brings the other server's tables of entries back to what they were before a round. Without it, the
        /// table `time_entry` gets as many past entries as Clockwork's.
        #[arg(long)]
        reset: Option<String>,
        #[command(flatten)]
        run: Run,
    },
}

/// How much is measured, and where.
#[derive(Args, Clone)]
struct Run {
    /// How long a round lasts.
    #[arg(default_value_t = 5)]
    seconds: u64,
    /// How many rounds count.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many clients there are at once.
    #[arg(long, value_delimiter = ',')]
    clients: Option<Vec<usize>>,
    /// A directory on the disk that PostgreSQL is to use; its account must be allowed to enter it.
    #[arg(long, default_value = "/var/tmp", env = "CLOCKWORK_BENCH_DIR")]
    directory: PathBuf,
}

impl Run {
    fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    fn cases(&self, clients: &[usize], keys: &[bool]) -> Vec<Case> {
        let clients = self.clients.as_deref().unwrap_or(clients).iter();
        clients.flat_map(|&clients| keys.iter().map(move |&keys| Case { clients, keys })).collect()
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        Some(live::generator::ARGUMENT) => return live::generator::generate().await.map(|()| ExitCode::SUCCESS),
        Some(sign_ins::ARGUMENT) => return sign_ins::generate().await.map(|()| ExitCode::SUCCESS),
        Some(load::ARGUMENT) => return load::generate().await.map(|()| ExitCode::SUCCESS),
        Some(clockwork::ARGUMENT) => {
            let silent = std::env::args().any(|argument| argument == clockwork::WITHOUT_NOTIFICATIONS);
            return clockwork::serve(silent).await.map(|()| ExitCode::SUCCESS);
        }
        Some(yardstick::ARGUMENT) => {
            let one_statement = std::env::args().any(|argument| argument == yardstick::ONE_STATEMENT);
            let form = if one_statement { Form::Statements } else { Form::Transactions };
            return yardstick::serve(form).await.map(|()| ExitCode::SUCCESS);
        }
        _ => {}
    }
    let reached = match Arguments::parse().comparison {
        Comparison::Yardstick { slow_disk, sessions, run } => {
            let callers = if sessions { Callers::SignedIn } else { Callers::Named };
            beside_yardsticks(&run, slow_disk.then_some(FLUSH_DELAY), callers).await?
        }
        Comparison::Notifications(run) => notifications(&run).await?,
        Comparison::SlowDisk(run) => slow_disk(&run).await?,
        Comparison::SignIns(run) => sign_ins::measure(&run).await?,
        Comparison::Streams(size) => live::measure(&size).await?,
        Comparison::Beside { program, migrations, reset, run } => {
            beside::beside_program(&run, program, migrations, reset.unwrap_or_else(people::past_of_other)).await?
        }
    };
    Ok(if reached { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn beside_yardsticks(run: &Run, flush_delay: Option<Duration>, callers: Callers) -> anyhow::Result<bool> {
    let postgres = start_postgres(run, flush_delay).await?;
    let cases = run.cases(&[1, 16, 64], &[false, true]);
    let ratio = match callers {
        Callers::Named => YARDSTICK_FLOOR,
        Callers::SignedIn => YARDSTICK_FLOOR_SIGNED_IN,
    };
    let floors = [MinimumRatio { clients: 64, keys: true, ratio }];
    let mut reached = true;
    for (name, database, arguments, floors) in [
        ("transactions", "transactions", &[yardstick::ARGUMENT][..], &floors[..]),
        ("one statement", "statements", &[yardstick::ARGUMENT, yardstick::ONE_STATEMENT][..], &[][..]),
    ] {
        let ours = start_clockwork(&postgres, "clockwork", &format!("beside_{database}"), callers, &[]).await?;
        let database_url = postgres.for_yardstick(database).await?;
        let yardstick = Contender {
            name: format!("yardstick, {name}"),
            program: Program::start(std::env::current_exe()?, arguments, &database_url, &[]).await?,
            database_url,
            reset: format!("TRUNCATE entries, answers; {}", people::past_of_yardstick()),
            clients: Box::new(|count| people::clients(Callers::Named, count)),
            shared_timer: false,
        };
        reached &= compare_all(&postgres, [ours, yardstick], run, &cases, floors).await?;
        println!();
    }
    Ok(reached)
}

async fn notifications(run: &Run) -> anyhow::Result<bool> {
    let mut reached = true;
    for (flush_delay, ratio) in [(Some(FLUSH_DELAY), NOTIFICATIONS_FLOOR), (None, NOTIFICATIONS_FLOOR_QUICK)] {
        let postgres = start_postgres(run, flush_delay).await?;
        let with = start_clockwork(&postgres, "notifies", "notifying", Callers::Named, &[]).await?;
        let silent = [clockwork::WITHOUT_NOTIFICATIONS];
        let without = start_clockwork(&postgres, "is silent", "silent", Callers::Named, &silent).await?;
        let streams = Streams::open(&with.program.address, &people::clients(Callers::Named, 2)).await?;
        let floors = [MinimumRatio { clients: 64, keys: true, ratio }];
        reached &= compare_all(&postgres, [with, without], run, &run.cases(&[64], &[true]), &floors).await?;
        println!("\nTwo streams were open, and got {} bytes.\n", streams.close().await?);
    }
    Ok(reached)
}

async fn slow_disk(run: &Run) -> anyhow::Result<bool> {
    let postgres = start_postgres(run, Some(FLUSH_DELAY)).await?;
    let ours = start_clockwork(&postgres, "clockwork", "ours", Callers::Named, &[]).await?;
    println!("| clients | keys | answers/s | from, to | p50 ms | p99 ms | floor |\n|---:|---|---:|---|---:|---:|---:|");
    let mut reached = true;
    for case in run.cases(&[64], &[true]) {
        let mut samples = Vec::new();
        for _ in 0..=run.rounds {
            samples.push(compare::measure(&postgres, &ours, case, run.length()).await?);
        }
        // The first one is the warm-up.
        let rounds = samples.get(1..).unwrap_or_default();
        let rate = Spread::of(rounds.iter().map(|sample| sample.per_second));
        let (p50, p99) = (
            Spread::of(rounds.iter().map(|sample| sample.p50_ms)),
            Spread::of(rounds.iter().map(|sample| sample.p99_ms)),
        );
        println!(
            "| {} | yes | **{:.0}** | {:.0}, {:.0} | {:.1} | {:.1} | {SLOW_DISK_FLOOR:.0} |",
            case.clients, rate.median, rate.least, rate.most, p50.median, p99.median
        );
        reached &= case.clients != 64 || rate.median >= SLOW_DISK_FLOOR;
    }
    ours.program.stop().await?;
    Ok(reached)
}

/// Starts PostgreSQL and says on what the numbers below were measured.
async fn start_postgres(run: &Run, flush_delay: Option<Duration>) -> anyhow::Result<Postgres> {
    let postgres = Postgres::start(&run.directory, flush_delay).await?;
    let commit_time = postgres.commit_time().await?;
    ensure!(flush_delay.is_none_or(|delay| commit_time >= delay), "a commit does not wait for the slow flush");
    println!(
        "{}; {} processors; PostgreSQL {} with its defaults, data in {}, a commit alone takes {:.1} ms. {} rounds of {} s.\n",
        clockwork_core::values::clock::now().format("%Y-%m-%d %H:%M UTC"),
        std::thread::available_parallelism()?,
        postgres.version().await?,
        run.directory.display(),
        commit_time.as_secs_f64() * 1e3,
        run.rounds,
        run.seconds
    );
    Ok(postgres)
}

async fn start_clockwork(
    postgres: &Postgres,
    name: &str,
    database: &str,
    callers: Callers,
    arguments: &[&str],
) -> anyhow::Result<Contender> {
    let database_url = match callers {
        Callers::Named => postgres.for_clockwork(database).await?,
        Callers::SignedIn => postgres.for_accounts(database, people::PASSWORD).await?,
    };
    let this = std::env::current_exe()?;
    let arguments: Vec<_> = [clockwork::ARGUMENT].iter().chain(arguments).copied().collect();
    Ok(Contender {
        name: name.to_owned(),
        program: Program::start(this, &arguments, &database_url, &callers.settings()).await?,
        database_url,
        reset: format!("TRUNCATE time_entries, time_entry_tags, idempotency_keys; {}", people::past_of_clockwork()),
        clients: Box::new(move |count| people::clients(callers, count)),
        shared_timer: false,
    })
}

/// Compares two servers in every case, prints the table, and ends them. Returns whether the first one reached every
/// floor.
async fn compare_all(
    postgres: &Postgres,
    contenders: [Contender; 2],
    run: &Run,
    cases: &[Case],
    floors: &[MinimumRatio],
) -> anyhow::Result<bool> {
    let [first, second] = &contenders;
    let mut reached = true;
    report::head();
    for &case in cases {
        let samples = compare::compare(postgres, [first, second], case, run.rounds, run.length()).await?;
        reached &= report::case([first, second], case, &samples, floors);
    }
    for contender in contenders {
        contender.program.stop().await?;
    }
    Ok(reached)
}

/// What the parent process said.
fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).context(format!("{name} is not set"))
}
