//! Servers with settings of their own.

use clockwork_devdb::testing::OwnServer;
use tokio_postgres::NoTls;

async fn setting(server: &OwnServer, name: &str) -> String {
    let (client, connection) = tokio_postgres::connect(&server.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.query_one(&format!("SHOW {name}"), &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_durable_server_flushes_to_the_disk_and_others_do_not() {
    let durable = OwnServer::durable(&std::env::temp_dir(), None).await.unwrap();
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(setting(&durable, name).await, "on", "{name}");
    }
    let other = OwnServer::start().await.unwrap();
    assert_eq!(setting(&other, "fsync").await, "off");
}
