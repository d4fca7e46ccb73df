//! Entity tags of reports: a place in the log of changes. A repeated question costs one look at the log.

use actix_web::HttpResponse;
use actix_web::http::header;
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::LogCursor;
use clockwork_core::reports::{self, Freshness};
use diesel_async::AsyncPgConnection;

use crate::error::ApiResult;
use crate::extract::{IfNoneMatch, weak_tag};

/// What is known of an answer before it is made.
pub(super) enum Asked {
    /// The caller has it: this is the answer.
    Known(HttpResponse),
    /// It has to be made, and is of this place in the log.
    Unknown(LogCursor),
}

/// Looks whether the caller has the answer already.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    question: &str,
    if_none_match: &IfNoneMatch,
) -> ApiResult<Asked> {
    let known: Vec<LogCursor> = if_none_match.texts().filter_map(LogCursor::parse).collect();
    Ok(match reports::freshness(conn, caller.workspace, question, &known).await? {
        Freshness::Unchanged(cursor) => {
            Asked::Known(HttpResponse::NotModified().insert_header((header::ETAG, weak_tag(cursor))).finish())
        }
        Freshness::Unknown(cursor) => Asked::Unknown(cursor),
    })
}
