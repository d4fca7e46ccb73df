//! `/metrics`: its names as docs/METRICS.md lists them, what they count, and that requests cannot add labels.

mod cardinality;
mod endpoint;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::harness::TestApp;

/// One line of the text format.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The name, with `_bucket`, `_sum` or `_count` for parts of a histogram.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

/// Everything that was scraped.
#[derive(Debug, Clone)]
pub struct Scrape {
    /// As it was written.
    pub text: String,
    /// The samples.
    pub samples: Vec<Sample>,
    /// The type of each metric.
    pub types: BTreeMap<String, String>,
}

impl Scrape {
    /// Reads the text format. Values of labels must not have quotes or commas in them, which none of ours has.
    pub fn parse(text: String) -> Self {
        let (mut samples, mut types) = (Vec::new(), BTreeMap::new());
        for line in text.lines() {
            if let Some(described) = line.strip_prefix("# TYPE ") {
                let (name, kind) = described.split_once(' ').unwrap();
                types.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
                let pairs = labels.strip_suffix('}').unwrap().split(',').filter(|pair| !pair.is_empty());
                let labels = pairs.map(|pair| {
                    let (label, value) = pair.split_once('=').unwrap();
                    let value = value.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
                    (label.to_owned(), value.to_owned())
                });
                let (name, labels) = (name.to_owned(), labels.collect());
                samples.push(Sample { name, labels, value: value.parse().unwrap() });
            }
        }
        Self { text, samples, types }
    }

    /// What this server tells now.
    pub async fn of(app: &TestApp) -> Self {
        Self::parse(app.metrics.text().await.unwrap())
    }

    /// The sum of the series of this name with these labels, and maybe others; `None` when there is none.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let matching = self.samples.iter().filter(|sample| {
            sample.name == name
                && labels.iter().all(|(label, value)| sample.labels.get(*label).is_some_and(|found| found == value))
        });
        matching.map(|sample| sample.value).reduce(|sum, value| sum + value)
    }

    /// All values of a label.
    pub fn values_of(&self, label: &str) -> BTreeSet<String> {
        self.samples.iter().filter_map(|sample| sample.labels.get(label).cloned()).collect()
    }
}

/// An address of this machine that no other test listens at, so that a fixed port is free there.
pub fn own_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let next = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes()[1];
    format!("127.{}.{low}.{next}", high.saturating_add(1))
}
