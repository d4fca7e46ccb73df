//! Failures that a real server reports, and what they are taken for.

use std::time::Duration;

use clockwork_core::database::failure::is_unavailable;
use clockwork_core::database::{DatabaseFailure, Db, transaction};
use diesel::result::Error;
use diesel_async::SimpleAsyncConnection;

use crate::settings::config;

#[tokio::test]
async fn temporary_failures_of_a_server_are_recognised() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let db = Db::connect(&config(&[("DATABASE_URL", &database.url())])).unwrap();
    let (other, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    other.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();
    for (statements, temporary) in [
        ("SET statement_timeout = '50ms'; SELECT pg_sleep(3600)", true),
        ("SET lock_timeout = '50ms'; SELECT pg_advisory_lock(1)", true),
        ("SELECT pg_cancel_backend(pg_backend_pid()); SELECT pg_sleep(3600)", true),
        ("SELECT pg_terminate_backend(pg_backend_pid()); SELECT pg_sleep(3600)", true),
        ("SELECT 1 / 0", false),
        ("SELECT no_such_column", false),
        ("SELECT no_such_function()", false),
    ] {
        let error = db.conn().await.unwrap().batch_execute(statements).await.unwrap_err();
        assert_eq!(is_unavailable(&error), temporary, "{statements}: {error}");
        assert!(!error.is_retryable(), "{statements}: {error}");
    }
}

/// PostgreSQL ends one of two transactions that wait for each other. It is run again, and both succeed.
#[tokio::test]
async fn a_deadlock_is_recognised_and_its_transaction_run_again() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let db = Db::connect(&config(&[("DATABASE_URL", &database.url())])).unwrap();
    let both = tokio::sync::Barrier::new(2);
    // How often the two transactions were begun.
    let attempts = std::sync::atomic::AtomicU32::new(0);
    let run = async |first: i64, second: i64| {
        let mut conn = db.conn().await.unwrap();
        transaction::<(), Error, _>(&mut conn, async |conn| {
            let attempt = attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({first})")).await?;
            if attempt < 2 {
                both.wait().await;
            }
            conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({second})")).await
        })
        .await
    };
    let two = async { tokio::join!(run(1, 2), run(2, 1)) };
    let (one, other) = tokio::time::timeout(Duration::from_secs(60), two).await.expect("both end");
    assert_eq!((one, other), (Ok(()), Ok(())));
    assert_eq!(attempts.into_inner(), 3, "one of them was run again");
}
