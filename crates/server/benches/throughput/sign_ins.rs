//! A storm of sign-ins, and what it takes from users who are signed in: `just bench-sign-ins`.
//!
//! Readers ask for their running timer at a steady pace. In every second round, so many users a second sign in besides,
//! each over a connection and from an address of its own: whatever the server does against many tries from one address
//! does not spare it this work.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};

use super::clockwork::Callers;
use super::compare::Spread;
use super::http::Connection;
use super::load::{Person, Request};
use super::{Run, generator, people, start_clockwork, start_postgres};

/// The argument that makes the benchmark's binary the generator.
pub(crate) const ARGUMENT: &str = "sign-in";

/// Users who are signed in.
const READERS: usize = 64;
/// Each of them asks so often: as often in all as several hundred open pages do in their busiest second.
const PAUSE: Duration = Duration::from_millis(100);
/// Sign-ins a second, of people.md section 7.
const SIGN_INS: u32 = 200;
/// The median of the readers' requests during the storm may be so many times the one without.
const SLOWDOWN_MAX: f64 = 2.0;

#[derive(Serialize, Deserialize)]
struct Plan {
    /// `host:port`.
    address: String,
    readers: Vec<Person>,
    /// Sign-ins a second.
    sign_ins: u32,
    length: Duration,
}

#[derive(Serialize, Deserialize)]
struct Outcome {
    /// How long half of the readers' requests took at most, and 99 % of them.
    p50: Duration,
    p99: Duration,
    reads: usize,
    /// Answers to sign-ins by their status: how many, and how long half of them took.
    sign_ins: BTreeMap<u16, (usize, Duration)>,
}

/// Measures rounds without and with the storm in turn, and prints the table.
pub(crate) async fn measure(run: &Run) -> anyhow::Result<bool> {
    let postgres = start_postgres(run, None).await?;
    let ours = start_clockwork(&postgres, "clockwork", "sign_ins", Callers::SignedIn, &[]).await?;
    let readers: Vec<_> = people::clients(Callers::SignedIn, READERS).into_iter().filter_map(|mut c| c.pop()).collect();
    let mut rounds = Vec::new();
    for round in 0..=run.rounds {
        let mut pair = Vec::new();
        for sign_ins in [0, SIGN_INS] {
            let plan = Plan {
                address: ours.program.address.clone(),
                readers: readers.clone(),
                sign_ins,
                length: run.length(),
            };
            pair.push(generator::run::<Outcome>(ARGUMENT, &plan, plan.length).await?);
        }
        // The first one is the warm-up.
        if round > 0 {
            rounds.push(<[Outcome; 2]>::try_from(pair).ok().context("two halves of a round")?);
        }
    }
    ours.program.stop().await?;
    Ok(report(&rounds))
}

/// Prints the table. Returns whether the readers were spared.
fn report(rounds: &[[Outcome; 2]]) -> bool {
    let ms = |value: Duration| value.as_secs_f64() * 1e3;
    println!("| sign-ins/s | reads, median ms | 99 % ms | reads in all | slower by | from, to | limit |");
    println!("|---:|---:|---:|---:|---:|---|---:|");
    let slowdown = Spread::of(rounds.iter().map(|[quiet, storm]| ms(storm.p50) / ms(quiet.p50)));
    for (place, sign_ins) in [0, SIGN_INS].into_iter().enumerate() {
        let halves: Vec<_> = rounds.iter().filter_map(|round| round.get(place)).collect();
        let median = |value: fn(&Outcome) -> Duration| Spread::of(halves.iter().map(|half| ms(value(half)))).median;
        let reads: usize = halves.iter().map(|half| half.reads).sum();
        let verdict = if place == 0 {
            "| |".to_owned()
        } else {
            format!("**{:.2}** | {:.2}, {:.2} | {SLOWDOWN_MAX:.2}", slowdown.median, slowdown.least, slowdown.most)
        };
        println!("| {sign_ins} | {:.2} | {:.2} | {reads} | {verdict} |", median(|o| o.p50), median(|o| o.p99));
    }
    println!("\n| answer to a sign-in | how many | median ms |\n|---|---:|---:|");
    let mut answers: BTreeMap<u16, Vec<(usize, Duration)>> = BTreeMap::new();
    for (&status, &answer) in rounds.iter().flatten().flat_map(|half| &half.sign_ins) {
        answers.entry(status).or_default().push(answer);
    }
    for (status, halves) in answers {
        let count: usize = halves.iter().map(|(count, _)| count).sum();
        let median = Spread::of(halves.iter().map(|(_, median)| ms(*median))).median;
        println!("| {status} | {count} | {median:.0} |");
    }
    slowdown.median <= SLOWDOWN_MAX
}

/// Is the generator.
pub(crate) async fn generate() -> anyhow::Result<()> {
    let plan: Arc<Plan> = Arc::new(serde_json::from_reader(io::stdin().lock())?);
    let began = Instant::now();
    let readers: Vec<_> =
        (0..plan.readers.len()).map(|place| tokio::spawn(read(Arc::clone(&plan), place, began))).collect();
    let mut sign_ins = Vec::new();
    if plan.sign_ins > 0 {
        let accounts = people::addresses();
        let mut ticks = interval(Duration::from_secs(1) / plan.sign_ins);
        for (place, account) in (1..).zip(accounts.iter().cycle()) {
            ticks.tick().await;
            if began.elapsed() >= plan.length {
                break;
            }
            sign_ins.push(tokio::spawn(sign_in(plan.address.clone(), account.clone(), place)));
        }
    }
    let mut reads = Vec::new();
    for reader in readers {
        reads.extend(reader.await??);
    }
    let mut answers: BTreeMap<u16, Vec<Duration>> = BTreeMap::new();
    for sign_in in sign_ins {
        let (status, time) = sign_in.await??;
        answers.entry(status).or_default().push(time);
    }
    let outcome = Outcome {
        p50: percentile(&mut reads, 50),
        p99: percentile(&mut reads, 99),
        reads: reads.len(),
        sign_ins: answers
            .into_iter()
            .map(|(status, mut times)| (status, (times.len(), percentile(&mut times, 50))))
            .collect(),
    };
    serde_json::to_writer(io::stdout().lock(), &outcome)?;
    Ok(())
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

/// Starts a timer and asks for it until the round is over.
async fn read(plan: Arc<Plan>, place: usize, began: Instant) -> anyhow::Result<Vec<Duration>> {
    let person = plan.readers.get(place).context("no such reader")?;
    let mut connection = Connection::open(&plan.address).await?;
    let mut buffer = Vec::with_capacity(1024);
    let body = format!(r#"{{"categoryId":"{}"}}"#, person.category);
    Request::post(&plan.address, true, person, "/api/time/start", &body).write(&mut buffer)?;
    let (status, body) = connection.send(&buffer).await?;
    ensure!(status == 201, "a start was answered with {status}: {}", String::from_utf8_lossy(body));
    Request::get(&plan.address, person, "/api/time/active").write(&mut buffer)?;
    // Not all in the same moment.
    tokio::time::sleep(PAUSE * u32::try_from(place)? / u32::try_from(plan.readers.len())?).await;
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut times = Vec::new();
    while began.elapsed() < plan.length {
        ticks.tick().await;
        let sent = Instant::now();
        let (status, body) = connection.send(&buffer).await?;
        times.push(sent.elapsed());
        ensure!(status == 200, "a read was answered with {status}: {}", String::from_utf8_lossy(body));
    }
    Ok(times)
}

/// Signs a user in, from an address that no other one uses in this round.
async fn sign_in(address: String, account: String, place: u32) -> anyhow::Result<(u16, Duration)> {
    let from = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + place * 256);
    let body = format!(r#"{{"email":"{account}","password":"{}"}}"#, people::PASSWORD);
    let person = Person { identity: Some(format!("x-forwarded-for: {from}")), category: String::new() };
    let mut buffer = Vec::with_capacity(1024);
    Request::post(&address, false, &person, "/api/auth/sign-in", &body).write(&mut buffer)?;
    let sent = Instant::now();
    let (status, _) = Connection::open(&address).await?.send(&buffer).await?;
    Ok((status, sent.elapsed()))
}
