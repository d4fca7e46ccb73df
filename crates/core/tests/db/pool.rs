//! The pool: lazy, bounded, and honest about what is wrong.

use std::net::TcpListener;
use std::time::Duration;

use clockwork_core::database::failure::is_unavailable;
use clockwork_core::database::{Db, DbConn, DbError, DbStatus};
use diesel::sql_types::Text;
use diesel_async::{AnsiTransactionManager, AsyncConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager};
use futures_util::TryStreamExt;

use crate::postgres::{Postgres, TRUST, dead_port};
use crate::settings::{config, with_query};

#[derive(diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn setting(db: &Db, name: &str) -> String {
    let query = diesel::sql_query("SELECT current_setting($1) AS value").bind::<Text, _>(name);
    query.get_result::<Setting>(&mut db.conn().await.unwrap()).await.unwrap().value
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
        ("jit", "off"),
        ("hash_mem_multiplier", "8"),
        ("random_page_cost", "1.1"),
        ("application_name", "clockwork-server"),
    ] {
        assert_eq!(setting(&db, name).await, value, "{name}");
    }
    let named = with_query(&database.url(), "application_name=mine");
    let db = Db::connect(&config(&[("DATABASE_URL", &named)])).unwrap();
    assert_eq!(setting(&db, "application_name").await, "mine");
    // What an administrator has measured stays.
    let measured = with_query(&database.url(), "options=-c%20random_page_cost%3D2");
    let db = Db::connect(&config(&[("DATABASE_URL", &measured)])).unwrap();
    assert_eq!(setting(&db, "random_page_cost").await, "2");
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
async fn a_closed_pool_rejects_every_request() {
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

/// Those of a busy moment may never be used again.
#[tokio::test]
async fn idle_connections_that_the_server_has_ended_are_closed_without_being_used() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let db = Db::connect(&config(&[("DATABASE_URL", &database.url())])).unwrap();
    let (mut first, second, third) = (db.conn().await.unwrap(), db.conn().await.unwrap(), db.conn().await.unwrap());
    let end = "SELECT count(pg_terminate_backend(pid, 5000))::text AS value FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended = diesel::sql_query(end).get_result::<Setting>(&mut *first).await.unwrap().value;
    assert_eq!(ended, "2");
    drop((first, second, third));
    let warming = tokio::spawn({
        let db = db.clone();
        async move { db.keep_warm(0).await }
    });
    let begun = std::time::Instant::now();
    while db.status().open != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", db.status());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    warming.abort();
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
    let seen = query.get_result::<Setting>(&mut db.conn().await.unwrap()).await.unwrap().value;
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

/// A statement that never ends and answers nothing meanwhile, and one that sends rows for ever.
const ENDLESS_WITHOUT_ROWS: &str = "SELECT pg_sleep(86400)::text AS value";
const ENDLESS_ROWS: &str = "SELECT generate_series(1, 1000000000000)::text AS value";
/// How many of them run.
const RUNNING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
     AND (query LIKE '%pg_sleep(86400)%' OR query LIKE '%generate_series(1, 1000000000000)%') AND pid <> pg_backend_pid()";

/// A pool of one connection whose statements may run for an hour, and a client that observes its database.
async fn pool_of_one() -> (clockwork_devdb::testing::TestDb, Db, tokio_postgres::Client) {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let url = database.url();
    let variables = [("DATABASE_URL", url.as_str()), ("DATABASE_MAX_CONNS", "1"), ("DATABASE_STATEMENT_TIMEOUT", "1h")];
    let db = Db::connect(&config(&variables)).unwrap();
    let (observer, connection) = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    (database, db, observer)
}

/// The next one is answered, and what was left behind is cancelled.
async fn next_is_served(db: &Db, observer: &tokio_postgres::Client, what: &str) {
    let answered = tokio::time::timeout(Duration::from_secs(60), setting(db, "application_name")).await;
    assert_eq!(
        answered.unwrap_or_else(|_| panic!("{what}: waits behind a statement whose rows are not read")),
        "clockwork-server"
    );
    until(observer, RUNNING, 0).await;
    assert_eq!(db.status().open, 1, "{what}");
}

#[tokio::test]
async fn a_statement_whose_future_was_dropped_is_cancelled_and_its_connection_closed() {
    let (_database, db, observer) = pool_of_one().await;
    type Rows = Vec<Setting>;
    for kind in ["batch", "execute", "load", "pipelined"] {
        let running = tokio::spawn({
            let db = db.clone();
            async move {
                let mut conn = db.conn().await.unwrap();
                let (silent, first) =
                    (diesel::sql_query(ENDLESS_WITHOUT_ROWS), diesel::sql_query("SELECT 'a' AS value"));
                match kind {
                    "batch" => conn.batch_execute(ENDLESS_WITHOUT_ROWS).await.unwrap(),
                    "execute" => assert_eq!(silent.execute(&mut *conn).await.unwrap(), 1),
                    "load" => assert_eq!(silent.load::<Setting>(&mut *conn).await.unwrap().len(), 1),
                    _ => {
                        // The first one is answered, the second one is not.
                        let conn = &*conn;
                        let (mut one, mut other) = (conn, conn);
                        let both: (Rows, Rows) =
                            futures_util::future::try_join(first.load(&mut one), silent.load(&mut other))
                                .await
                                .unwrap();
                        drop(both);
                    }
                }
            }
        });
        until(&observer, RUNNING, 1).await;
        running.abort();
        next_is_served(&db, &observer, kind).await;
    }
}

#[tokio::test]
async fn rows_that_are_not_read_to_their_end_do_not_hold_up_the_next_statement() {
    let (_database, db, observer) = pool_of_one().await;
    let mut conn = db.conn().await.unwrap();
    let mut rows = diesel::sql_query(ENDLESS_ROWS).load_stream::<Setting>(&mut *conn).await.unwrap();
    assert_eq!(rows.try_next().await.unwrap().unwrap().value, "1");
    drop(rows);
    drop(conn);
    next_is_served(&db, &observer, "stream").await;

    // Nor a copy, which the driver does not even understand.
    let mut conn = db.conn().await.unwrap();
    let copied = conn.batch_execute(&format!("COPY ({ENDLESS_ROWS}) TO STDOUT")).await;
    assert!(copied.is_err());
    drop(conn);
    next_is_served(&db, &observer, "copy").await;
}

#[tokio::test]
async fn a_connection_whose_statement_failed_is_used_again() {
    let (_database, db, _observer) = pool_of_one().await;
    let backend = async || {
        let query = diesel::sql_query("SELECT pg_backend_pid()::text AS value");
        query.get_result::<Setting>(&mut db.conn().await.unwrap()).await.unwrap().value
    };
    let first = backend().await;
    for _ in 0..20 {
        assert!(db.conn().await.unwrap().batch_execute("SELECT 1 / 0").await.is_err());
        assert!(diesel::sql_query("SELECT 1 / 0").execute(&mut db.conn().await.unwrap()).await.is_err());
        // Nor is the rest of a result a reason, where only its first row was wanted.
        let three = diesel::sql_query("SELECT 'x' AS value FROM generate_series(1, 3)");
        assert_eq!(three.get_result::<Setting>(&mut db.conn().await.unwrap()).await.unwrap().value, "x");
    }
    assert_eq!(backend().await, first);
}

#[tokio::test]
async fn the_probe_has_one_connection_beside_the_pool_and_replaces_a_broken_one() {
    const PROBES: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'clockwork-server-probe'
         AND datname = current_database()";
    let (_database, db, observer) = pool_of_one().await;
    let taken = db.conn().await.unwrap();
    for _ in 0..3 {
        db.probe().await.unwrap().batch_execute("SELECT 1").await.unwrap();
        until(&observer, PROBES, 1).await;
    }
    assert_eq!(db.status(), DbStatus { max: 1, open: 1, idle: 0, waiting: 0 });
    // Dropped in the middle of a statement, as by a caller's timeout, it is closed and another one is opened.
    let asked = tokio::time::timeout(Duration::from_millis(50), async {
        db.probe().await.unwrap().batch_execute(ENDLESS_WITHOUT_ROWS).await
    });
    assert!(asked.await.is_err());
    db.probe().await.unwrap().batch_execute("SELECT 1").await.unwrap();
    until(&observer, PROBES, 1).await;
    drop(taken);
    db.close().await;
    until(&observer, PROBES, 0).await;
    assert!(matches!(db.probe().await.err().unwrap(), DbError::Closed));
}

/// A report, an export or an import may have a connection for minutes.
#[tokio::test]
async fn a_connection_that_is_long_in_use_does_not_cost_a_login_a_second() {
    let (database, db, observer) = pool_of_one().await;
    let sessions = async || {
        let question = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()";
        observer.query_one(question, &[]).await.unwrap().get::<_, i64>(0)
    };
    let before = sessions().await;
    let running = tokio::spawn({
        let db = db.clone();
        async move { db.conn().await.unwrap().batch_execute(ENDLESS_WITHOUT_ROWS).await }
    });
    until(&observer, RUNNING, 1).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    running.abort();
    until(&observer, RUNNING, 0).await;
    db.close().await;
    let opened = sessions().await - before;
    // The statement's and the probe's; some more when the machine is so busy that an answer takes a quarter of a
    // second.
    assert!(opened <= 4, "{opened} sessions");
    drop(database);
}
