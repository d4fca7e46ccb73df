//! docs/RELIABILITY.md, written from what was seen.

use std::fmt::Write;
use std::time::Duration;

use crate::reliability::crash::CrashReport;
use crate::reliability::outage::OutageReport;
use crate::reliability::rolling::RollingUpdateReport;
use crate::times::{Times, spread};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/RELIABILITY.md");

/// What is between these lines belongs to the measurement of event streams, and stays as it is.
const STREAMS: [&str; 2] = ["<!-- streams -->\n", "<!-- end of streams -->\n"];

/// The page so far.
pub struct Page(String);

macro_rules! add {
    ($page:expr, $($text:tt)*) => {{
        let text = format!($($text)*);
        print!("{text}");
        $page.0.push_str(&text);
    }};
}

impl Page {
    pub fn begin() -> Self {
        let mut page = Self(String::new());
        let build = if cfg!(debug_assertions) { "without optimisation" } else { "optimised" };
        add!(
            page,
            "# Reliability, measured\n\n\
             Written by `just reliability`; what is promised is L1 to L5 in [PROMISES.md](PROMISES.md). The same scenarios are tests, with bounds that a\n\
             busy machine keeps, in `crates/server/tests/it/reliability`.\n\n\
             Measured on {} on {}; client, server and PostgreSQL were all on it. The server was built {build}. Times under load say more about\n\
             the machine than about Clockwork; that nothing fails and nothing is lost holds anywhere.\n",
            clockwork_core::values::clock::now().format("%Y-%m-%d"),
            machine()
        );
        page
    }

    pub fn rolled(&mut self, seen: &RollingUpdateReport) {
        let shutdowns: Vec<_> = seen.shutdowns.iter().map(|time| seconds(*time)).collect();
        add!(
            self,
            "\n## Replacing servers under load (L4)\n\n\
             Two servers behind a name that goes round among those that are ready, as a Service of Kubernetes does. Both are replaced, one after the\n\
             other, while clients read (half of them with a new connection for each request, half with one that they keep until they are told to\n\
             close it), one writes, some hold event streams, and an import runs on the server that goes first. No client retries anything; a stream that\n\
             its server ends is opened again elsewhere, and goes on where it was.\n\n\
             | | |\n|---|---:|\n\
             | requests | {} |\n| of them writes, all acknowledged | {} |\n| failed requests | {} |\n| acknowledged writes that were lost | {} |\n\
             | event streams, and how often one was ended by its server | {}, {} |\n| acknowledged starts that one of them was not told of | {} |\n\
             | the import of 2,000 entries: status, entries | {}, {} |\n| from SIGTERM to the end, with a drain of 1 s | {} |\n| all of it | {} |\n\n\
             A client that keeps its connection sees `Connection: close` on the first answer after the signal, and opens the next one elsewhere. One that\n\
             sends nothing during the whole drain finds its connection closed; HTTP lets it send an idempotent request again (RFC 9110, 9.2.2), and\n\
             libraries do.\n",
            seen.requests,
            seen.writes,
            seen.failures.len(),
            seen.lost.len(),
            seen.streams.0,
            seen.streams.1,
            seen.streams.2.len(),
            seen.import.0,
            seen.import.1,
            shutdowns.join(", "),
            seconds(seen.took)
        );
    }

    pub fn begin_outages(&mut self, acquire_timeout: Duration) {
        add!(
            self,
            "\n## The database goes away (L5)\n\n\
             Four clients read and one writes all the time, with DATABASE_ACQUIRE_TIMEOUT={}. Each is told 503 with Retry-After while it lasts. Recovery is\n\
             the time from when the database is back until every client has been answered well.\n\n\
             | what happens | requests | told 503 | other errors | longest wait | recovery | liveness not 200 | writes acknowledged | lost |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
            seconds(acquire_timeout)
        );
    }

    pub fn outage(&mut self, what: &str, seen: &OutageReport) {
        add!(
            self,
            "| {what} | {} | {} | {} | {} | {} | {} of {} | {} | {} |\n",
            seen.requests,
            seen.unavailable,
            seen.wrong.len(),
            seconds(seen.longest),
            seconds(seen.recovery),
            seen.liveness.1,
            seen.liveness.0,
            seen.writes,
            seen.lost.len()
        );
        for wrong in seen.wrong.iter().chain(&seen.lost).take(5) {
            println!("    {wrong}");
        }
    }

    pub fn missing_outage(&mut self, what: &str, why: &str) {
        add!(self, "| {what} | not measured: {why} | | | | | | | |\n");
    }

    pub fn end_outages(&mut self) {
        add!(
            self,
            "\nIf a database server stops answering, requests that wait for it fail after half of DATABASE_ACQUIRE_TIMEOUT and half a second: within\n\
             that time the server must accept another connection. A statement that is only slow goes on. The standby of these\n\
             measurements is synchronous; what an asynchronous one has not received when the primary dies is PostgreSQL's to lose.\n"
        );
    }

    pub fn crashed(&mut self, seen: &CrashReport) {
        add!(
            self,
            "\n## The server is killed\n\n\
             SIGKILL at another moment each time, after some writes or when the import has just been answered, while one client starts, edits and stops entries and another imports 500 of them.\n\n\
             | | |\n|---|---:|\n\
             | kills | {} |\n| starts, edits and stops that were acknowledged | {} |\n| imports, and those of them that were acknowledged | {}, {} |\n\
             | acknowledged writes lost, imports there by half, people with two running entries | {} |\n\
             | from the start of the process to ready, least, median, most | {} |\n",
            seen.kills,
            seen.writes,
            seen.imports.0,
            seen.imports.1,
            seen.lost.len(),
            three(spread(seen.starts.clone()))
        );
        for lost in seen.lost.iter().take(5) {
            println!("    {lost}");
        }
    }

    pub fn times(&mut self, times: &Times) {
        add!(
            self,
            "\n## Starting and stopping\n\n\
             | | least | median | most |\n|---|---:|---:|---:|\n| from the start of the process to ready | {} |\n\
             | from SIGTERM to the end, no drain, no connections | {} |\n| the same with ten idle connections that are kept | {} |\n\n\
             A connection that is busy when the drain ends is looked for once a second.\n",
            three(times.ready).replace(", ", " | "),
            three(times.idle).replace(", ", " | "),
            three(times.kept).replace(", ", " | ")
        );
    }

    pub fn write(mut self) {
        let before = std::fs::read_to_string(PATH).unwrap_or_default();
        let kept =
            before.split_once(STREAMS[0]).and_then(|(_, rest)| rest.split_once(STREAMS[1])).map(|(kept, _)| kept);
        add!(self, "\n## Event streams\n\n{}{}{}", STREAMS[0], kept.unwrap_or("Not measured yet.\n"), STREAMS[1]);
        add!(
            self,
            "\n## To measure it again\n\n\
             - `just reliability` does all of the above in some five minutes and writes this page; `just reliability 5 2000` with five kills and 2,000 requests.\n\
             - `just bench-streams` measures the event streams, and writes that section.\n\
             - `just test-server reliability` runs the same scenarios as tests.\n\
             - PgBouncer is taken from the `PATH`, or from `PGBOUNCER=/path/to/pgbouncer`; it must be 1.21 or newer.\n"
        );
        std::fs::write(PATH, self.0).unwrap();
    }
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn three(times: [Duration; 3]) -> String {
    times.map(seconds).join(", ")
}

/// The machine in general words.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = format!("a machine with {cores} cores");
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    if let Some(kibibytes) = kibibytes {
        let _ = write!(text, " and {:.0} GB of memory", kibibytes / 1e6);
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    if let Some(load) = load.split(' ').next().and_then(|load| load.parse::<f64>().ok()) {
        let _ = write!(text, " (busy with {load:.0} other tasks when it began)");
    }
    text
}
