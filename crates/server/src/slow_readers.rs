//! Connections whose client does not read its answer.

use std::any::Any;
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::SockRef;

/// Has the operating system close the connection when sent data is not confirmed, or cannot be sent because the client
/// does not read, for so long. actix-web has no time limit for writing: without this a client that stops reading holds
/// its connection and the rest of its answer for ever. A connection on which nothing is to be sent, such as a quiet
/// event stream, is not concerned. Only Linux knows such a limit.
pub fn give_up(connection: &dyn Any, after: Duration) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    #[cfg(target_os = "linux")]
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(after)) {
        tracing::debug!(%error, "the connection has no write timeout");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (SockRef::from(stream), after);
}
