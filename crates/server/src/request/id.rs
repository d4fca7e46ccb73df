//! The id of a request: in its extensions, and for the task that works on it.

use std::future::Future;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of a request, in its extensions.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The id of the request that this task works on; empty outside of requests.
#[must_use]
pub fn current_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Works on the request of this id.
pub(crate) fn with_id<F: Future>(id: String, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, work)
}
