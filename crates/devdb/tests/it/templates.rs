//! Databases for tests: cloned, separate, dropped.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU32, Ordering},
};

use clockwork_devdb::testing::{self, TestDb};
use futures_util::future::join_all;
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn count(database: &TestDb) -> i64 {
    connect(&database.url()).await.query_one("SELECT count(*) FROM things", &[]).await.unwrap().get(0)
}

async fn exists(name: &str) -> bool {
    let admin = connect(&testing::server().await.unwrap().url("postgres")).await;
    admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await.unwrap().is_some()
}

/// A fingerprint that no other test and no earlier run has.
fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{} {} {:?}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed), std::time::SystemTime::now())
}

async fn fill(url: String) -> Result<(), Infallible> {
    connect(&url)
        .await
        .batch_execute("CREATE TABLE things (name text); INSERT INTO things VALUES ('first')")
        .await
        .unwrap();
    Ok(())
}

#[tokio::test]
async fn a_template_is_made_once_for_many_clones_at_a_time() {
    let server = testing::server().await.unwrap();
    let (fingerprint, runs) = (fresh(), AtomicU32::new(0));
    let clones = join_all((0..12).map(|_| {
        server.cloned(&fingerprint, |url| {
            runs.fetch_add(1, Ordering::Relaxed);
            fill(url)
        })
    }))
    .await;
    let clones: Vec<TestDb> = clones.into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    for clone in &clones {
        assert_eq!(count(clone).await, 1);
    }
}

#[tokio::test]
async fn clones_are_separate() {
    let server = testing::server().await.unwrap();
    let fingerprint = fresh();
    let left = server.cloned(&fingerprint, fill).await.unwrap();
    let right = server.cloned(&fingerprint, fill).await.unwrap();
    connect(&left.url()).await.batch_execute("INSERT INTO things VALUES ('second')").await.unwrap();
    assert_eq!((count(&left).await, count(&right).await), (2, 1));
}

#[tokio::test]
async fn a_dropped_database_is_gone_even_with_open_connections() {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let name = database.name().to_owned();
    let _open = connect(&database.url()).await;
    let _administrator = connect(&database.admin_url()).await;
    assert!(exists(&name).await);
    drop(database);
    assert!(!exists(&name).await);
}

#[tokio::test]
async fn a_panicking_test_leaves_no_database() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let panicked = tokio::spawn(async move {
        let database = testing::server().await.unwrap().empty().await.unwrap();
        sender.send(database.name().to_owned()).unwrap();
        panic!("as a failing test does");
    })
    .await;
    assert!(panicked.unwrap_err().is_panic());
    assert!(!exists(&receiver.recv().unwrap()).await);
}

#[tokio::test]
async fn a_failed_template_says_why_and_is_tried_again() {
    let server = testing::server().await.unwrap();
    let fingerprint = fresh();
    let error = server.cloned(&fingerprint, |_| async { Err("no such column") }).await.unwrap_err();
    assert_eq!(error.to_string(), "the template database could not be made: no such column");
    assert_eq!(count(&server.cloned(&fingerprint, fill).await.unwrap()).await, 1);
}

#[tokio::test]
async fn a_connection_left_open_to_the_template_is_ended() {
    let server = testing::server().await.unwrap();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let clone = server
        .cloned(&fresh(), |url| async move {
            let client = connect(&url).await;
            client.batch_execute("CREATE TABLE things (name text)").await.map_err(|error| error.to_string())?;
            sender.send(client).map_err(|_| "the receiver is gone".to_owned())
        })
        .await
        .unwrap();
    let client = receiver.await.unwrap();
    assert!(client.query_one("SELECT 1", &[]).await.is_err());
    assert_eq!(count(&clone).await, 0);
}

#[tokio::test]
async fn the_application_s_role_is_no_superuser() {
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let row = connect(&database.url())
        .await
        .query_one("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", &[])
        .await
        .unwrap();
    assert!(!row.get::<_, bool>(0));
}
