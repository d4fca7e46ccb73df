//! The server is killed without a word, again and again, while it is written to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::client;
use super::ledger::Ledger;
use super::{category, import, import_of, server};
use crate::harness::migrated_database;

/// How many entries an import makes.
const IMPORTED: usize = 500;

/// What was seen.
#[derive(Debug)]
pub struct CrashReport {
    /// How often the server was killed.
    pub kills: usize,
    /// Starts, edits and stops that were acknowledged.
    pub writes: u64,
    /// Imports that were sent, and those of them that were acknowledged.
    pub imports: (usize, usize),
    /// What was acknowledged and is not there, and what is there by half.
    pub lost: Vec<String>,
    /// How long each start took, until the server was ready.
    pub starts: Vec<Duration>,
}

/// Kills a server so many times, each time under writes and an import.
pub async fn crash(kills: usize) -> CrashReport {
    let database = migrated_database().await;
    let url = database.url();
    let mut ledger = Ledger::default();
    let mut imports = Vec::new();
    let mut starts = Vec::new();
    let mut place = None;
    let acknowledged = Arc::new(AtomicU64::new(0));
    for kill in 0..kills {
        let begun = Instant::now();
        let mut process = server(&[("DATABASE_URL", &url)]).await;
        while !client::once(&process.url, "GET", "/readyz", "application/json", b"")
            .await
            .is_ok_and(|r| r.status == 200)
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        starts.push(begun.elapsed());
        if place.is_none() {
            place = Some(category(&process.url).await);
        }
        let category = place.clone().unwrap();
        let killed = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn({
            let (server, killed, acknowledged) = (process.url.clone(), Arc::clone(&killed), Arc::clone(&acknowledged));
            async move {
                for number in 0.. {
                    let send = |method, path: String, body: Vec<u8>| {
                        let server = server.clone();
                        async move { client::once(&server, method, &path, "application/json", &body).await }
                    };
                    acknowledged.store(ledger.writes, Ordering::Relaxed);
                    let round = ledger.round(&category, number, send).await;
                    if killed.load(Ordering::Relaxed) {
                        break;
                    }
                    assert!(matches!(round, Ok(None)), "{round:?}");
                }
                ledger
            }
        });
        let importing = tokio::spawn({
            let server = process.url.clone();
            async move { import(&server, &import_of(&format!("Import {kill}"), IMPORTED)).await }
        });
        // Other moments each time: after so many writes, or when the import is answered, and a little later.
        let import_ends = kill % 4 == 3;
        let writes = acknowledged.load(Ordering::Relaxed) + (kill as u64 * 5) % 13;
        while acknowledged.load(Ordering::Relaxed) < writes || (import_ends && !importing.is_finished()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis((kill as u64 * 37) % 50)).await;
        killed.store(true, Ordering::Relaxed);
        process.signal(Signal::SIGKILL);
        let _ = tokio::task::spawn_blocking(move || process.wait()).await.unwrap();
        ledger = writing.await.unwrap();
        imports.push(importing.await.unwrap().is_ok_and(|reply| reply.status == 200));
    }
    let mut lost = ledger.check(&url).await;
    lost.extend(halves(&url, &imports).await);
    let imported = imports.iter().filter(|acknowledged| **acknowledged).count();
    CrashReport { kills, writes: ledger.writes, imports: (imports.len(), imported), lost, starts }
}

/// Imports that are there by half, or that were acknowledged and are not there.
async fn halves(url: &str, imports: &[bool]) -> Vec<String> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    // PostgreSQL rolls back the open transactions of a killed server when it notices that the connections are closed.
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while client.query_one(others, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let count = "SELECT count(*) FROM time_entries e JOIN projects p ON p.id = e.project_id WHERE p.name = $1";
    let mut wrong = Vec::new();
    for (number, acknowledged) in imports.iter().enumerate() {
        let there: i64 = client.query_one(count, &[&format!("Import {number}")]).await.unwrap().get(0);
        if there != IMPORTED as i64 && (there != 0 || *acknowledged) {
            wrong.push(format!("import {number}, acknowledged: {acknowledged}: {there} entries"));
        }
    }
    wrong
}

#[actix_web::test]
async fn a_server_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged() {
    let seen = crash(5).await;
    assert!(seen.lost.is_empty(), "{seen:#?}");
    assert!(seen.writes > 0 && seen.imports.1 > 0, "{seen:#?}");
    assert_eq!((seen.kills, seen.imports.0, seen.starts.len()), (5, 5, 5), "{seen:#?}");
}
