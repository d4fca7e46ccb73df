//! What live updates cost, and how soon they come: `just bench-streams [STREAMS [SECONDS]]`. It writes its section of
//! docs/RELIABILITY.md.

pub(crate) mod generator;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::clockwork::Callers;
use crate::cpu::cpu_of;
use crate::http::Connection;
use crate::memory::{PEAK, RESIDENT, forget_peak, memory_of};
use crate::people;
use crate::postgres::Postgres;
use crate::program::Program;
use crate::{Run, start_clockwork, start_postgres};
use generator::{Load, Outcome, Plan};

/// Of the second part: how many clients write at once, and how many people are told.
const WRITERS: usize = 64;
const PEOPLE: usize = 256;
/// Of the third part: how many changes a second all streams are told.
const SHARED_PER_SECOND: u32 = 20;

/// How much memory 5,000 streams may take, in MiB.
const MEMORY_MAX: u64 = 100;
const STREAMS: usize = 5_000;
/// How long after its answer the first stream may tell a change of many writers, at the median and of 99 %.
const DELAY_MAX: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(50)];

/// How long the server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/RELIABILITY.md");
/// What lies between these lines of the page is this measurement's.
const MARKS: [&str; 2] = ["<!-- streams -->\n", "<!-- end of streams -->\n"];

/// How much is measured, and where.
#[derive(Args, Clone)]
pub(crate) struct Size {
    /// How many streams are idle, and then told what all members are told.
    #[arg(default_value_t = STREAMS)]
    streams: usize,
    /// How long clients write.
    #[arg(default_value_t = 10)]
    seconds: u64,
    /// A directory on the disk that PostgreSQL is to use; its account must be allowed to enter it.
    #[arg(long, default_value = "/var/tmp", env = "CLOCKWORK_BENCH_DIR")]
    directory: PathBuf,
}

/// Measures all of it, and returns whether every limit was met.
pub(crate) async fn measure(size: &Size) -> anyhow::Result<bool> {
    let run = Run { seconds: size.seconds, rounds: 1, clients: None, directory: size.directory.clone() };
    let postgres = start_postgres(&run, None).await?;
    let mut report = Report::default();
    many_streams(&postgres, size, &mut report).await?;
    many_writers(&postgres, size, &mut report).await?;
    println!("{}", report.text);
    report.write()?;
    Ok(report.met)
}

/// Idle streams, and then changes that all of them are told.
async fn many_streams(postgres: &Postgres, size: &Size, report: &mut Report) -> anyhow::Result<()> {
    let database_url = postgres.for_clockwork("streams").await?;
    // The released binary, where every stream is the built-in user's.
    let program = PathBuf::from(env!("CARGO_BIN_EXE_server"));
    let server = Program::start(program, &[], &database_url, &Callers::Named.settings()).await?;
    let mut connection = Connection::open(&server.address).await?;
    let hello = format!("GET /api/me HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    ensure!(connection.send(hello.as_bytes()).await?.0 == 200, "the server does not answer");
    drop(connection);
    let pid = server.pid().context("the server has ended")?;
    tokio::time::sleep(IDLE).await;
    let before = memory_of(pid, RESIDENT)?;
    let load = Load::Tags { per_second: SHARED_PER_SECOND };
    let plan =
        Plan { address: server.address.clone(), streams: vec![None; size.streams], load, length: run_length(size) };
    let generator = Generator::start(&plan).await?;
    tokio::time::sleep(IDLE).await;
    let streams = memory_of(pid, RESIDENT)?.saturating_sub(before);
    let cpu = (cpu_of(pid)?.own, postgres.cpu()?);
    forget_peak(pid)?;
    let outcome = generator.write().await?;
    let cpu = Cpu { server: cpu_of(pid)?.own - cpu.0, postgres: postgres.cpu()?.saturating_sub(cpu.1) };
    let peak = memory_of(pid, PEAK)?.saturating_sub(before);

    report.add(format_args!(
        "### {} idle streams\n\n\
         Each on a connection of its own, held by another process on the same machine.\n\n\
         | | | limit |\n|---|---:|---:|\n\
         | resident memory of the server without a stream | {:.1} MiB | |\n\
         | what {} streams add | {:.1} MiB | {MEMORY_MAX} MiB for {STREAMS} |\n\
         | for each of them | {} bytes | |\n",
        size.streams,
        mebi(before),
        size.streams,
        mebi(streams),
        streams * 1024 / size.streams.max(1) as u64,
    ));
    report.check("memory of idle streams", size.streams > STREAMS || streams < MEMORY_MAX * 1024);
    report.add(format_args!(
        "\n### The same {} streams, told {SHARED_PER_SECOND} changes a second of what all members see\n\n\
         {} tags were made in {}. Each stream has to tell each of them. Times are from the answer; none if the stream is sooner.\n\n\
         | | median | 99 % | most | limit |\n|---|---:|---:|---:|---:|\n\
         | until the first stream tells the change | {} | |\n\
         | until the last one does | {} | |\n\
         | streams that were told to reload | | | {} | 0 |\n\
         | changes that a stream was not told | | | {} | 0 |\n\
         | memory over a server without streams, at most | | | {:.1} MiB | |\n\
         | processors busy: server, PostgreSQL, the other ends | | | {} | |\n",
        size.streams,
        outcome.answers,
        seconds(outcome.elapsed),
        percentiles(&outcome.first),
        percentiles(&outcome.last),
        outcome.resets,
        outcome.untold,
        mebi(peak),
        cpu.shares(&outcome),
    ));
    report.check("no stream is told to reload", outcome.resets == 0);
    report.check("each stream is told each change", outcome.untold == 0);
    server.stop().await
}

/// Many clients write, and the people whose timers they are have streams.
async fn many_writers(postgres: &Postgres, size: &Size, report: &mut Report) -> anyhow::Result<()> {
    let contender = start_clockwork(postgres, "clockwork", "writers", Callers::Named, &[]).await?;
    let server = contender.program;
    let users = people::clients(Callers::Named, PEOPLE);
    let streams = users.iter().flatten().map(|person| person.identity.clone()).collect();
    let load = Load::Timers(people::clients(Callers::Named, WRITERS));
    let plan = Plan { address: server.address.clone(), streams, load, length: run_length(size) };
    let generator = Generator::start(&plan).await?;
    let pid = server.pid().context("the server has ended")?;
    let cpu = (cpu_of(pid)?.own, postgres.cpu()?);
    let outcome = generator.write().await?;
    let cpu = Cpu { server: cpu_of(pid)?.own - cpu.0, postgres: postgres.cpu()?.saturating_sub(cpu.1) };

    let [median, most] = DELAY_MAX;
    report.add(format_args!(
        "\n### {WRITERS} clients that write at once, and {PEOPLE} people who are told\n\n\
         Each client starts and stops the timers of some of {PEOPLE} users, one request after the other, and each of these users has a stream. {} answers in\n\
         {}: {:.0} a second. From an answer to the stream that tells it; none if the stream is sooner. The time has the rest of\n\
         the reading interval (10 ms at most between two reads of the log), the read, and the writing of the event, on a machine whose processors\n\
         are all busy.\n\n\
         | | median | 99 % | most | limit |\n|---|---:|---:|---:|---:|\n\
         | until the stream tells the change | {} | median {}, 99 % {} |\n\
         | streams that were told to reload | | | {} | 0 |\n\
         | changes that a stream was not told | | | {} | 0 |\n\
         | processors busy: server, PostgreSQL, the other ends | | | {} | |\n",
        outcome.answers,
        seconds(outcome.elapsed),
        outcome.answers as f64 / outcome.elapsed.as_secs_f64(),
        percentiles(&outcome.first),
        millis(median),
        millis(most),
        outcome.resets,
        outcome.untold,
        cpu.shares(&outcome),
    ));
    report.check("half of the changes are told in time", percentile(&outcome.first, 50) < median);
    report.check("99 % of the changes are told in time", percentile(&outcome.first, 99) < most);
    report.check("no stream is told to reload", outcome.resets == 0);
    report.check("each stream is told its changes", outcome.untold == 0);
    server.stop().await
}

fn run_length(size: &Size) -> Duration {
    Duration::from_secs(size.seconds)
}

/// The generator, once its streams are open.
struct Generator {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Generator {
    async fn start(plan: &Plan) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(generator::ARGUMENT)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting the generator")?;
        let mut input = child.stdin.take().context("the generator has no input")?;
        let output = BufReader::new(child.stdout.take().context("the generator has no output")?);
        input.write_all(format!("{}\n", serde_json::to_string(plan)?).as_bytes()).await?;
        let mut generator = Self { child, input, output };
        let mut line = String::new();
        generator.output.read_line(&mut line).await?;
        ensure!(line == "open\n", "the streams could not be opened");
        Ok(generator)
    }

    async fn write(mut self) -> anyhow::Result<Outcome> {
        self.input.write_all(b"write\n").await?;
        let mut text = String::new();
        self.output.read_to_string(&mut text).await?;
        ensure!(self.child.wait().await?.success(), "the generator failed");
        Ok(serde_json::from_str(&text)?)
    }
}

/// The processor time that was used while clients wrote.
struct Cpu {
    server: Duration,
    postgres: Duration,
}

impl Cpu {
    fn shares(&self, outcome: &Outcome) -> String {
        let share = |time: Duration| format!("{:.2}", time.as_secs_f64() / outcome.elapsed.as_secs_f64());
        [self.server, self.postgres, outcome.cpu].map(share).join(", ")
    }
}

/// What is printed and written to the page.
struct Report {
    text: String,
    met: bool,
}

impl Default for Report {
    fn default() -> Self {
        Self { text: String::new(), met: true }
    }
}

impl Report {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(text);
    }

    fn check(&mut self, limit: &str, met: bool) {
        if !met {
            println!("missed: {limit}");
        }
        self.met &= met;
    }

    fn write(&self) -> anyhow::Result<()> {
        let page = std::fs::read_to_string(PAGE)?;
        let (head, rest) = page.split_once(MARKS[0]).context("the page has no section of streams")?;
        let (_, tail) = rest.split_once(MARKS[1]).context("the page's section of streams has no end")?;
        std::fs::write(PAGE, format!("{head}{}{}{}{tail}", MARKS[0], self.text, MARKS[1]))?;
        Ok(())
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or(Duration::MAX)
}

/// Three cells of a table.
fn percentiles(sorted: &[Duration]) -> String {
    if sorted.is_empty() {
        return "- | - | -".to_owned();
    }
    [50, 99, 100].map(|percent| millis(percentile(sorted, percent))).join(" | ")
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn mebi(kibi: u64) -> f64 {
    kibi as f64 / 1024.0
}
