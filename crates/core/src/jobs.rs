//! Adds jobs: work that a server does after a request. [`crate::operations::jobs`] has the workers.
//!
//! A job is added in the transaction that causes it. It may run more than once: if a server dies after the work and
//! before it has stored the end, another server does the job again.

use std::time::Duration;

use diesel::QueryResult;
use diesel::result::Error;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::models::Job;

/// The payload of a job: one type for each kind.
pub trait Payload: Serialize + DeserializeOwned {
    /// The kind, as the table has it: `[a-z_]{1,64}`. It never changes, because jobs outlive releases.
    const KIND: &'static str;
}

/// When a job is due, and whether another job of its kind replaces it.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobOptions<'a> {
    /// The shortest time before the job runs.
    pub delay: Duration,
    /// While a job of the kind with this key waits or runs, no second one is added.
    pub unique_key: Option<&'a str>,
}

/// Adds a job. Returns false if a job with its key waits or runs.
///
/// # Errors
/// Those of the database.
pub async fn enqueue<P: Payload>(
    conn: &mut AsyncPgConnection,
    payload: &P,
    options: JobOptions<'_>,
) -> QueryResult<bool> {
    let json = serde_json::to_value(payload).map_err(|error| Error::SerializationError(error.into()))?;
    Job::insert(conn, P::KIND, &json, options.unique_key, options.delay).await.map(|rows| rows == 1)
}
