//! How long a server takes to be ready, and to be gone.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::harness::migrated_database;
use crate::reliability::client::{self, Connection};
use crate::reliability::server;

/// How often each is measured.
const TIMES: usize = 10;

/// Medians and extremes.
pub struct Times {
    /// From the start of the process to the first `200` of `/readyz`.
    pub ready: [Duration; 3],
    /// From the signal to the end of the process, without a drain and without connections.
    pub idle: [Duration; 3],
    /// The same with ten connections that are kept and idle.
    pub kept: [Duration; 3],
}

pub async fn measure() -> Times {
    let database = migrated_database().await;
    let url = database.url();
    let (mut ready, mut idle, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..TIMES * 2 {
        let begun = Instant::now();
        let mut process = server(&[("DATABASE_URL", &url), ("SHUTDOWN_DRAIN", "0s")]).await;
        while !client::once(&process.url, "GET", "/readyz", "application/json", b"")
            .await
            .is_ok_and(|r| r.status == 200)
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        ready.push(begun.elapsed());
        let mut connections = Vec::new();
        for _ in 0..if round % 2 == 0 { 0 } else { 10 } {
            let mut connection = Connection::open(&process.url).await.unwrap();
            connection.get("/livez").await.unwrap();
            connections.push(connection);
        }
        let told = Instant::now();
        process.signal(Signal::SIGTERM);
        tokio::task::spawn_blocking(move || process.wait()).await.unwrap();
        if round % 2 == 0 { &mut idle } else { &mut kept }.push(told.elapsed());
    }
    Times { ready: spread(ready), idle: spread(idle), kept: spread(kept) }
}

/// The smallest, the median and the largest.
pub fn spread(mut times: Vec<Duration>) -> [Duration; 3] {
    times.sort();
    [times[0], times[times.len() / 2], times[times.len() - 1]]
}
