//! Operations L5, with a real PostgreSQL: killed, paused, failed over, and behind a network that swallows everything.

use std::time::Duration;

use clockwork_devdb::testing::OwnServer;

use super::outage::{OutageReport, watch};
use super::proxy::Proxy;
use super::server;
use crate::harness::{migrate, migrated_database};

/// Starts a server on a database, and watches what its clients see while the database goes and comes back.
async fn with_outage(
    url: &str,
    acquire_timeout: Duration,
    outage: impl Future<Output = ()>,
    after: &str,
) -> OutageReport {
    let acquire_timeout = format!("{}ms", acquire_timeout.as_millis());
    let server = server(&[("DATABASE_URL", url), ("DATABASE_ACQUIRE_TIMEOUT", &acquire_timeout)]).await;
    watch(server, after, outage).await
}

/// PostgreSQL is killed with all its processes, and started again after a while.
pub async fn killed(acquire_timeout: Duration, away: Duration) -> OutageReport {
    let mut database = OwnServer::start().await.unwrap();
    let url = database.url();
    migrate(&url).await.unwrap();
    let outage = async {
        database.kill().unwrap();
        tokio::time::sleep(away).await;
        database.run_again().await.unwrap();
    };
    with_outage(&url, acquire_timeout, outage, &url).await
}

/// PostgreSQL's processes are all stopped where they are, and go on after a while.
pub async fn paused(acquire_timeout: Duration, away: Duration) -> OutageReport {
    let database = OwnServer::start().await.unwrap();
    let url = database.url();
    migrate(&url).await.unwrap();
    let outage = async {
        database.pause().unwrap();
        tokio::time::sleep(away).await;
        database.resume().unwrap();
    };
    with_outage(&url, acquire_timeout, outage, &url).await
}

/// The primary is killed for good, and its standby promoted.
pub async fn failed_over(acquire_timeout: Duration) -> OutageReport {
    let mut primary = OwnServer::start().await.unwrap();
    migrate(&primary.url()).await.unwrap();
    let standby = primary.standby().await.unwrap();
    let url = both(primary.port, standby.port);
    let outage = async {
        primary.kill().unwrap();
        standby.promote().await.unwrap();
    };
    with_outage(&url, acquire_timeout, outage, &standby.url()).await
}

/// The machine of the primary is gone from the network without a word, and its standby promoted.
pub async fn vanished(acquire_timeout: Duration, away: Duration) -> OutageReport {
    let mut primary = OwnServer::start().await.unwrap();
    migrate(&primary.url()).await.unwrap();
    let standby = primary.standby().await.unwrap();
    let proxy = Proxy::to(primary.port).await;
    let url = both(proxy.port, standby.port);
    let outage = async {
        proxy.swallow(true);
        tokio::time::sleep(away).await;
        // As a cluster manager does, so that no two servers take writes.
        primary.kill().unwrap();
        standby.promote().await.unwrap();
    };
    with_outage(&url, acquire_timeout, outage, &standby.url()).await
}

/// The network swallows everything for a while.
pub async fn swallowed(acquire_timeout: Duration, away: Duration) -> OutageReport {
    let database = migrated_database().await;
    let (before, rest) = database.url().split_once("127.0.0.1:").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (port, rest) = rest.split_once('/').unwrap();
    let proxy = Proxy::to(port.parse().unwrap()).await;
    let url = format!("{before}127.0.0.1:{}/{rest}", proxy.port);
    let outage = async {
        proxy.swallow(true);
        tokio::time::sleep(away).await;
        proxy.swallow(false);
    };
    with_outage(&url, acquire_timeout, outage, &database.url()).await
}

fn both(first: u16, second: u16) -> String {
    format!(
        "postgres://clockwork@127.0.0.1:{first},127.0.0.1:{second}/clockwork?sslmode=disable&target_session_attrs=read-write"
    )
}

/// `DATABASE_ACQUIRE_TIMEOUT` of the tests.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

#[actix_web::test]
async fn a_database_that_is_killed_and_started_again() {
    killed(ACQUIRE_TIMEOUT, Duration::from_millis(500)).await.as_promised(ACQUIRE_TIMEOUT);
}

#[actix_web::test]
async fn a_database_that_is_paused() {
    let seen = paused(ACQUIRE_TIMEOUT, Duration::from_secs(4)).await;
    seen.as_promised(ACQUIRE_TIMEOUT);
    assert!(seen.unavailable > 0, "no request waits until it goes on: {seen:#?}");
}

#[actix_web::test]
async fn a_failover_to_a_standby() {
    failed_over(ACQUIRE_TIMEOUT).await.as_promised(ACQUIRE_TIMEOUT);
}

#[actix_web::test]
async fn a_failover_from_a_machine_that_vanished() {
    vanished(ACQUIRE_TIMEOUT, Duration::from_secs(1)).await.as_promised(ACQUIRE_TIMEOUT);
}

#[actix_web::test]
async fn a_network_that_swallows_everything() {
    let seen = swallowed(ACQUIRE_TIMEOUT, Duration::from_secs(4)).await;
    seen.as_promised(ACQUIRE_TIMEOUT);
    assert!(seen.unavailable > 0, "no request waits for the network: {seen:#?}");
}
