//! Encryption of the connection to the database.

use clockwork_core::database::Db;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::harness::{config, migrated_database};

/// Something between server and database that promises TLS and then hangs up, as a proxy with a broken certificate
/// does.
async fn broken_encryption(listener: TcpListener, database: String) {
    while let Ok((mut client, _)) = listener.accept().await {
        let database = database.clone();
        tokio::spawn(async move {
            // The length and the number of an SSLRequest, which is all of it.
            let mut request = [0; 8];
            client.read_exact(&mut request).await.unwrap();
            if request == [0, 0, 0, 8, 4, 210, 22, 47] {
                client.write_all(b"S").await.unwrap();
                // The ClientHello.
                let _ = client.read(&mut [0; 4096]).await;
                let _ = client.write_all(b"no TLS here").await;
                return;
            }
            let mut server = TcpStream::connect(database).await.unwrap();
            server.write_all(&request).await.unwrap();
            let _ = copy_bidirectional(&mut client, &mut server).await;
        });
    }
}

#[actix_web::test]
async fn a_failed_handshake_is_followed_by_an_unencrypted_connection_only_where_that_is_allowed() {
    let database = migrated_database().await;
    let mut url = Url::parse(&database.url()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(broken_encryption(listener, format!("127.0.0.1:{}", url.port().unwrap())));
    url.set_port(Some(port)).unwrap();
    for (mode, connects) in [("prefer", true), ("require", false)] {
        url.set_query(Some(&format!("sslmode={mode}")));
        let db = Db::connect(&config(url.as_str()).database).unwrap();
        assert_eq!(db.conn().await.is_ok(), connects, "{mode}");
    }
}
