//! Sends a message.

use std::time::Duration;

use super::{JobContext, JobError};
use crate::mail::Message;
use crate::values::ids::JobId;

/// A mail server has 20 s for each of its answers, of which there are some eight.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// With the growing pauses, some four hours: longer than most outages, and shorter than most links are good for.
pub(super) const ATTEMPTS: i32 = 8;

pub(super) async fn run(context: &JobContext, id: JobId, message: &Message) -> Result<(), JobError> {
    context
        .mailer
        .send(id, message)
        .await
        .map_err(|error| JobError { is_permanent: error.is_permanent, text: error.to_string() })
}
