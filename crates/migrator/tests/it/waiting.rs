//! A database that is not there yet.

use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use crate::process::{Setup, command, finish};

/// An address without a listener.
async fn dead_address() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

/// A URL with another host and port, and its own.
fn moved(url: &str, address: &str) -> (String, String) {
    let (credentials, rest) = url.split_once('@').unwrap();
    let (own, path) = rest.split_once('/').unwrap();
    (format!("{credentials}@{address}/{path}"), own.to_owned())
}

#[tokio::test]
async fn the_migrator_waits_for_a_database_that_comes_up() {
    let setup = Setup::real().await;
    let address = dead_address().await;
    let (url, server) = moved(&setup.database.url(), &address);
    let mut migrator = command(&url, None, &["up", "--wait", "60s"]).spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(migrator.try_wait().unwrap().is_none(), "it did not wait");
    let door = TcpListener::bind(&address).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = door.accept().await {
            let mut server = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    let up = finish(migrator).await;
    assert_eq!(up.code, 0, "{}", up.stderr);
    assert_eq!(up.stderr.matches("waiting for the database").count(), 1, "{}", up.stderr);
    assert!(!setup.applied().await.is_empty());
}

#[tokio::test]
async fn it_gives_up_with_exit_code_3_and_the_reason() {
    let url = format!("postgres://u:hunter2@{}/d", dead_address().await);
    let up = finish(command(&url, None, &["up", "--wait", "500ms"]).spawn().unwrap()).await;
    assert_eq!(up.code, 3);
    assert!(up.stderr.contains("could not be reached within 500ms"), "{}", up.stderr);
    assert!(up.stderr.contains("Connection refused"), "{}", up.stderr);
    assert!(!up.stderr.contains("hunter2"), "{}", up.stderr);
}

/// As process 1 of a container it would otherwise go on until the end of the grace period.
#[tokio::test]
async fn a_migrator_that_waits_ends_when_it_is_told_to() {
    let setup = Setup::real().await;
    let (url, _) = moved(&setup.database.url(), &dead_address().await);
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let migrator = command(&url, None, &["up", "--wait", "60s"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let kill = format!("kill -{signal} {}", migrator.id().unwrap());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert_eq!(finish(migrator).await.code, code, "{signal}");
    }
}
