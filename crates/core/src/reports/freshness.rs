//! Whether a report is still what it was: one look at the log of changes instead of the report.

use std::sync::Arc;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use sha2::{Digest as _, Sha256};

use crate::models::{EventLog, LogCursor};
use crate::values::ids::WorkspaceId;

/// What is known of a question and its earlier answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing that the answer shows has changed since the cursor.
    Unchanged(LogCursor),
    /// It may have; an answer that is made from now on is of this cursor or later.
    Unknown(LogCursor),
}

/// Looks whether anything in the workspace has changed since one of these cursors, which came with earlier answers to
/// the same question. `question` has everything that the answer depends on beside the database.
///
/// # Errors
/// Those of the database.
pub async fn freshness(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    question: &str,
    known: &[LogCursor],
) -> QueryResult<Freshness> {
    let newest = known.iter().reduce(|one, other| if other.is_newer_than(one) { other } else { one });
    let (page, has_changed) = EventLog::changes_of_workspace(conn, workspace, newest).await?;
    let digest = Sha256::digest(format!("{} {question}", page.server).as_bytes());
    let name: Arc<str> = hex::encode(digest).chars().take(16).collect::<String>().into();
    let unreadable = || diesel::result::Error::DeserializationError("a snapshot cannot be read".into());
    let here = page.cursor(&name).ok_or_else(unreadable)?;
    match newest {
        Some(cursor) if !has_changed && cursor.is_covered(&here, page.oldest) => {
            Ok(Freshness::Unchanged(cursor.clone()))
        }
        _ => Ok(Freshness::Unknown(here)),
    }
}
