//! Several hosts in one URL.

use std::net::TcpListener;
use std::time::Duration;

use clockwork_core::database::{Db, DbError};
use diesel_async::RunQueryDsl;

use crate::postgres::{Postgres, TRUST, dead_port};
use crate::settings::{config, with_host_before};

#[derive(diesel::QueryableByName)]
struct Port {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    port: i32,
}

/// The port of the server that a URL leads to.
async fn port(db: &Db) -> Result<u16, DbError> {
    let mut connection = db.conn().await?;
    let query = diesel::sql_query("SELECT current_setting('port')::int AS port");
    Ok(query.get_result::<Port>(&mut *connection).await.unwrap().port.try_into().unwrap())
}

fn url(ports: &[u16], query: &str) -> String {
    let hosts: Vec<_> = ports.iter().map(|port| format!("localhost:{port}")).collect();
    format!("postgres://clockwork@{}/clockwork{query}", hosts.join(","))
}

fn db(url: &str) -> Db {
    Db::connect(&config(&[("DATABASE_URL", url), ("DATABASE_ACQUIRE_TIMEOUT", "4s")])).unwrap()
}

#[tokio::test]
async fn the_host_that_accepts_writes_is_found_and_followed() {
    let mut first = Postgres::start(&[], TRUST, &[]).await;
    let second = Postgres::start(&[], TRUST, &[]).await;
    // To its clients, a standby is a server that is read-only until it is promoted.
    set_read_only(&second, "on").await;
    let ports = [second.port, first.port];
    assert_eq!(port(&db(&url(&ports, ""))).await.unwrap(), second.port, "any host will do, in their order");
    let writer = db(&url(&ports, "?target_session_attrs=read-write"));
    assert_eq!(port(&writer).await.unwrap(), first.port);
    assert_eq!(port(&db(&url(&ports, "?target_session_attrs=read-only"))).await.unwrap(), second.port);

    // The failover: the writer dies, the reader is promoted, and the same pool finds it.
    first.stop();
    // Stopping has blocked this thread; the connection's own task learns of the end when it gets a turn.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = port(&writer).await.unwrap_err().to_string();
    assert!(error.contains("does not allow writes") && error.contains("Connection refused"), "{error}");
    set_read_only(&second, "off").await;
    assert_eq!(port(&writer).await.unwrap(), second.port);
}

async fn set_read_only(server: &Postgres, value: &str) {
    let admin = server.admin().await;
    let statements = [
        "SET default_transaction_read_only = off",
        &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"),
    ];
    for statement in statements {
        admin.batch_execute(statement).await.unwrap();
    }
    admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    // New sessions have the value once the server has read its files again.
    loop {
        let row = server.admin().await.query_one("SHOW default_transaction_read_only", &[]).await.unwrap();
        if row.get::<_, &str>(0) == value {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_dead_host_is_passed_over_and_named_when_there_is_no_other() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    let dead = dead_port();
    let through = db(&with_host_before(&database.url(), &format!("localhost:{dead}")));
    assert_eq!(port(&through).await.unwrap(), port(&db(&database.url())).await.unwrap());
    let others = [dead, dead_port()];
    let error = port(&db(&url(&others, ""))).await.unwrap_err().to_string();
    for port in others {
        assert!(error.contains(&format!("localhost:{port}: error connecting to server")), "{error}");
    }
}

#[tokio::test]
async fn a_silent_host_takes_only_its_share_of_the_time() {
    let database = clockwork_devdb::testing::server().await.unwrap().empty().await.unwrap();
    // It accepts, because the system does that, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    // Within the four seconds that there are for both.
    port(&db(&with_host_before(&database.url(), &address))).await.unwrap();
}
