//! One message to the socket of a service manager: a file, or, when its name begins with `@`, one of Linux's abstract sockets.

use std::ffi::OsStr;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use tokio::time::timeout;

/// How long a service manager may take to have room for a message. It is told again; what must go on meanwhile is the server.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sends a message. The socket is opened each time: a service manager that starts anew has another one at the same place.
pub(super) async fn send(socket: &OsStr, message: &str) -> io::Result<()> {
    let datagram = tokio::net::UnixDatagram::from_std(connect(socket)?)?;
    timeout(PATIENCE, datagram.send(message.as_bytes())).await??;
    Ok(())
}

fn connect(socket: &OsStr) -> io::Result<UnixDatagram> {
    let datagram = UnixDatagram::unbound()?;
    datagram.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::unix::ffi::OsStrExt::as_bytes(socket).strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        datagram.connect_addr(&std::os::unix::net::SocketAddr::from_abstract_name(name)?)?;
        return Ok(datagram);
    }
    datagram.connect(socket)?;
    Ok(datagram)
}
