//! The database: where it is, the connections to it, its schema and how that changes, and what its errors mean. The
//! queries are in [`crate::models`], not here.

mod checked_out;
mod connect;
pub mod constraint;
mod dead_server;
mod endpoint;
mod error;
pub mod failure;
mod metrics;
pub mod migrations;
mod pool;
mod pool_connection;
mod prepared;
mod probe;
#[expect(missing_docs, reason = "generated from the migrations, which say what tables and columns mean")]
pub mod schema;
mod shared;
mod tls;
pub(crate) mod transaction;
mod transport;

pub use connect::ConnectError;
pub(crate) use connect::OpenedConnection;
pub use error::{DbError, DbSetupError, DbStatus};
pub use pool::{Db, DbConn};
pub(crate) use pool_connection::SessionLimits;
pub(crate) use prepared::{Prepared, prepared};
pub use probe::ProbeConn;
pub use transaction::{Begin, DatabaseFailure, transaction};
pub(crate) use transport::Connection;

/// An error with its causes, on one line. PostgreSQL's own message is the cause of the library's.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}
