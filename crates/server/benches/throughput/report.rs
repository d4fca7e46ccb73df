//! The tables that a run prints, in Markdown, ready to be kept in docs/BENCHMARKS.md.

use super::compare::{Case, Contender, Sample, Spread};

/// What the first server must reach of the second.
#[derive(Clone, Copy)]
pub(crate) struct MinimumRatio {
    /// For so many clients.
    pub(crate) clients: usize,
    /// With or without keys.
    pub(crate) keys: bool,
    pub(crate) ratio: f64,
}

pub(crate) fn head() {
    println!(
        "| clients | keys | server | answers/s | p50 ms | p99 ms | CPU of the server, µs/answer | CPU of PostgreSQL, µs/answer | ratio | from, to | floor |"
    );
    println!("|---:|---|---|---:|---:|---:|---:|---:|---:|---|---:|");
}

/// Prints what came of a case. Returns whether the first server reached its floor.
pub(crate) fn case(contenders: [&Contender; 2], case: Case, samples: &[[Sample; 2]], floors: &[MinimumRatio]) -> bool {
    let ratio = Spread::of(samples.iter().map(|[first, second]| first.per_second / second.per_second));
    let floor =
        floors.iter().find(|floor| (floor.clients, floor.keys) == (case.clients, case.keys)).map(|floor| floor.ratio);
    for (place, contender) in contenders.into_iter().enumerate() {
        let median =
            |value: fn(&Sample) -> f64| Spread::of(samples.iter().filter_map(|pair| pair.get(place)).map(value)).median;
        let verdict = if place == 0 {
            let floor = floor.map_or_else(|| "-".to_owned(), |floor| format!("{floor:.2}"));
            format!("**{:.2}** | {:.2}, {:.2} | {floor}", ratio.median, ratio.least, ratio.most)
        } else {
            "| |".to_owned()
        };
        println!(
            "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {verdict} |",
            case.clients,
            if case.keys { "yes" } else { "no" },
            contender.name,
            median(|sample| sample.per_second),
            median(|sample| sample.p50_ms),
            median(|sample| sample.p99_ms),
            median(|sample| sample.server_cpu),
            median(|sample| sample.postgres_cpu),
        );
        let conflicts = median(|sample| sample.conflicts);
        if conflicts > 0.0 {
            println!("| | | {:.0} % of these answers were \"no timer runs\" | | | | | | | | |", conflicts * 100.0);
        }
    }
    floor.is_none_or(|floor| ratio.median >= floor)
}
