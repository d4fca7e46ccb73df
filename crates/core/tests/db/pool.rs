//! The pool: lazy, bounded, and honest about what is wrong.

use crate::postgres::{Postgres, TRUST, dead_port};
use crate::settings::{config, with_query};
use clockwork_core::db::constraint::is_unavailable;
use clockwork_core::db::{Db, DbConn, DbError, DbStatus};
use diesel::sql_types::Text;
use diesel_async::{AnsiTransactionManager, AsyncConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager};
use std::net::TcpListener;
use std::time::Duration;

#[derive(diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn setting(db: &Db, name: &str) -> String {
    let query = diesel::sql_query("SELECT current_setting($1) AS value").bind::<Text, _>(name);
    query.get_result::<Setting>(&mut *db.conn().await.unwrap()).await.unwrap().value
}

#[tokio::test]
async fn every_session_has_its_limits_and_its_name() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let db = Db::connect(&config(&[("DATABASE_URL", &database.url()), ("DATABASE_STATEMENT_TIMEOUT", "7s")])).unwrap();
    for (name, value) in [
        ("TimeZone", "UTC"),
        ("default_transaction_isolation", "read committed"),
        ("statement_timeout", "7s"),
        ("lock_timeout", "7s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("application_name", "clockwork-server"),
    ] {
        assert_eq!(setting(&db, name).await, value, "{name}");
    }
    let named = with_query(&database.url(), "application_name=mine");
    let db = Db::connect(&config(&[("DATABASE_URL", &named)])).unwrap();
    assert_eq!(setting(&db, "application_name").await, "mine");
}

/// Some errors are told by their words.
#[tokio::test]
async fn messages_are_asked_for_untranslated_where_that_is_allowed() {
    // As good as another language, which machines seldom have.
    let server = Postgres::start(&["lc_messages=POSIX"], TRUST, &[]).await;
    let admin = server.admin().await;
    admin.batch_execute("CREATE ROLE plain LOGIN").await.unwrap();
    let url = format!("postgres://plain@localhost:{}/clockwork", server.port);
    let db = || Db::connect(&config(&[("DATABASE_URL", &url)])).unwrap();
    assert_eq!(setting(&db(), "lc_messages").await, "POSIX");
    admin.batch_execute("GRANT SET ON PARAMETER lc_messages TO plain").await.unwrap();
    assert_eq!(setting(&db(), "lc_messages").await, "C");
}

#[tokio::test]
async fn a_connection_to_a_server_that_has_become_read_only_is_not_used_again() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let url = database.url();
    let db = Db::connect(&config(&[("DATABASE_URL", &url), ("DATABASE_MAX_CONNS", "1")])).unwrap();
    let session = async || setting(&db, "application_name").await;
    // As a demoted server is to its clients.
    let demote = "SET application_name = 'the first'; SET default_transaction_read_only = on";
    db.conn().await.unwrap().batch_execute(demote).await.unwrap();
    assert_eq!(session().await, "the first");
    let error = db.conn().await.unwrap().batch_execute("CREATE TABLE written (id int)").await.unwrap_err();
    assert!(is_unavailable(&error), "{error}");
    assert_eq!(session().await, "clockwork-server");
}

/// A connection, however long a busy machine takes to open it.
async fn opened(db: &Db) -> DbConn {
    let begun = std::time::Instant::now();
    loop {
        match db.conn().await {
            Ok(connection) => return connection,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(60), "{error}"),
        }
    }
}

#[tokio::test]
async fn a_pool_in_full_use_says_so_in_time() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let url = database.url();
    let variables =
        [("DATABASE_URL", url.as_str()), ("DATABASE_MAX_CONNS", "2"), ("DATABASE_ACQUIRE_TIMEOUT", "500ms")];
    let db = Db::connect(&config(&variables)).unwrap();
    assert_eq!(db.status(), DbStatus { max: 2, open: 0, idle: 0, waiting: 0 });
    let (first, second) = (opened(&db).await, opened(&db).await);
    assert_eq!(db.status(), DbStatus { max: 2, open: 2, idle: 0, waiting: 0 });
    let error = db.conn().await.err().unwrap();
    assert!(matches!(error, DbError::Exhausted { max_conns: 2, .. }), "{error}");
    drop(first);
    let _third = db.conn().await.unwrap();
    drop(second);
    assert_eq!(db.status(), DbStatus { max: 2, open: 2, idle: 1, waiting: 0 });
}

#[tokio::test]
async fn connections_are_opened_ahead_of_need_and_never_too_many() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let url = database.url();
    for (max, wanted, expected) in [("5", 3, 3), ("2", 3, 2), ("5", 0, 0)] {
        let db = Db::connect(&config(&[("DATABASE_URL", &url), ("DATABASE_MAX_CONNS", max)])).unwrap();
        let warming = tokio::spawn({
            let db = db.clone();
            async move { db.keep_warm(wanted).await }
        });
        let begun = std::time::Instant::now();
        while db.status().idle < expected {
            assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", db.status());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!((db.status().open, db.status().idle), (expected, expected));
        // They are there to be used.
        db.conn().await.unwrap();
        warming.abort();
    }
}

#[tokio::test]
async fn a_closed_pool_turns_everybody_away() {
    let url = format!("postgres://u@127.0.0.1:{}/d", dead_port());
    let db = Db::connect(&config(&[("DATABASE_URL", &url)])).unwrap();
    db.close().await;
    assert!(matches!(db.conn().await.err().unwrap(), DbError::Closed));
}

#[tokio::test]
async fn a_silent_database_is_a_timeout_and_an_absent_one_is_unreachable() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = |port: u16| format!("postgres://u@127.0.0.1:{port}/d");
    let db = |port: u16| {
        Db::connect(&config(&[("DATABASE_URL", &url(port)), ("DATABASE_ACQUIRE_TIMEOUT", "200ms")])).unwrap()
    };
    let error = db(silent.local_addr().unwrap().port()).conn().await.err().unwrap();
    assert!(error.to_string().contains("200ms"), "{error}");
    let error = db(dead_port()).conn().await.err().unwrap();
    assert!(matches!(&error, DbError::Unreachable(reason) if reason.contains("Connection refused")), "{error}");
}

#[tokio::test]
async fn connections_that_the_server_has_ended_are_replaced() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let db = Db::connect(&config(&[("DATABASE_URL", &database.url())])).unwrap();
    let (mut first, second) = (db.conn().await.unwrap(), db.conn().await.unwrap());
    let end = "SELECT count(pg_terminate_backend(pid, 5000))::text AS value FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended = diesel::sql_query(end).get_result::<Setting>(&mut *first).await.unwrap().value;
    assert_eq!(ended, "1");
    drop((first, second));
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..4 {
        assert_eq!(setting(&db, "application_name").await, "clockwork-server");
    }
}

#[tokio::test]
async fn a_connection_given_back_within_a_transaction_is_not_used_again() {
    use diesel_async::{AsyncConnection, TransactionManager};
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let url = database.url();
    let db = Db::connect(&config(&[("DATABASE_URL", &url), ("DATABASE_MAX_CONNS", "1")])).unwrap();
    let mut connection = db.conn().await.unwrap();
    type Manager = <diesel_async::AsyncPgConnection as AsyncConnection>::TransactionManager;
    Manager::begin_transaction(&mut *connection).await.unwrap();
    diesel::sql_query("CREATE TABLE left_over (id int)").execute(&mut *connection).await.unwrap();
    drop(connection);
    let query = diesel::sql_query("SELECT coalesce(to_regclass('left_over')::text, 'none') AS value");
    let seen = query.get_result::<Setting>(&mut *db.conn().await.unwrap()).await.unwrap().value;
    assert_eq!(seen, "none");
}

/// Waits until a question about the sessions of a database is answered as wanted.
async fn until(observer: &tokio_postgres::Client, question: &str, wanted: i64) {
    let asking = async {
        while observer.query_one(question, &[]).await.unwrap().get::<_, i64>(0) != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("not in time: {question}"));
}

#[tokio::test]
async fn a_connection_dropped_within_a_transaction_is_closed_at_once() {
    const SESSIONS: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    const WAITING: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let db = Db::connect(&config(&[("DATABASE_URL", &database.url())])).unwrap();
    let (observer, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);

    // One that idles within its transaction.
    let mut conn = db.conn().await.unwrap();
    AnsiTransactionManager::begin_transaction(&mut *conn).await.unwrap();
    until(&observer, SESSIONS, 1).await;
    drop(conn);
    until(&observer, SESSIONS, 0).await;

    // One that waits for a lock, longer than this test does.
    let take = "SELECT pg_advisory_xact_lock(1)";
    observer.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();
    let waiting = tokio::spawn({
        let db = db.clone();
        async move {
            let mut conn = db.conn().await.unwrap();
            conn.transaction(async |conn| conn.batch_execute(take).await).await
        }
    });
    until(&observer, WAITING, 1).await;
    waiting.abort();
    until(&observer, SESSIONS, 0).await;
    assert_eq!(db.status().open, 0);

    // One that has finished its transaction goes back.
    observer.batch_execute("SELECT pg_advisory_unlock(1)").await.unwrap();
    let mut conn = db.conn().await.unwrap();
    conn.transaction(async |conn| conn.batch_execute(take).await).await.unwrap();
    drop(conn);
    assert_eq!((db.status().open, db.status().idle), (1, 1));
}
