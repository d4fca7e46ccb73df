//! The archive of what the installation has about the caller.

use std::io;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ContentEncoding};
use actix_web::web::{Bytes, Data};
use chrono::{DateTime, Utc};
use clockwork_core::accounts::data_export::{self, DataExport};
use clockwork_core::database::Db;
use clockwork_core::values::ids::DataExportId;
use futures_util::Stream;
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Now, PathId, RecentSessionUser, Sender, SessionUser};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(get_data_export, __path_get_data_export)
        .operation(request_data_export, __path_request_data_export)
        .operation(download_data_export, __path_download_data_export);
}

/// Whether there is an archive of the caller's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DataExports)]
pub struct DataExportsView {
    /// The newest archive; null when there is none, or it has expired.
    #[schema(required)]
    export: Option<DataExportView>,
    /// When the next one can be requested; null when one can be requested now.
    #[schema(required)]
    next_at: Option<DateTime<Utc>>,
}

/// An archive of a user's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DataExport)]
pub struct DataExportView {
    id: Uuid,
    /// `pending`: it is being written. `ready`: it can be downloaded. `failed`: it could not be written, because it
    /// would have more than 256 MiB.
    state: String,
    requested_at: DateTime<Utc>,
    /// Until when it is kept.
    expires_at: DateTime<Utc>,
    /// Bytes; null unless it is ready.
    #[schema(required)]
    size: Option<i64>,
}

impl From<DataExport> for DataExportView {
    fn from(export: DataExport) -> Self {
        let state = match (export.finished_at, export.failed_at) {
            (Some(_), _) => "ready",
            (None, Some(_)) => "failed",
            (None, None) => "pending",
        };
        Self {
            id: export.id.into(),
            state: state.to_owned(),
            requested_at: export.requested_at,
            expires_at: export.expires_at,
            size: export.size,
        }
    }
}

fn view(export: Option<DataExport>, now: DateTime<Utc>) -> DataExportsView {
    let waits = export.as_ref().filter(|export| export.failed_at.is_none());
    let next_at = waits.map(|export| export.requested_at + data_export::PAUSE).filter(|at| *at > now);
    DataExportsView { export: export.map(DataExportView::from), next_at }
}

/// The archive of the caller's data, if there is one.
#[utoipa::path(
    get,
    path = "/auth/export",
    tag = "auth",
    responses((status = 200, body = DataExportsView))
)]
pub(crate) async fn get_data_export(
    caller: SessionUser,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let export = data_export::of(&mut *state.db.conn().await?, caller.user(), now).await?;
    Ok(HttpResponse::Ok().json(view(export, now)))
}

/// Requests an archive of what the installation has about the caller: the account, memberships, sessions, tokens
/// without their secrets, lines of the audit log, and the entries in all workspaces, as JSON and CSV. It takes the
/// place of an earlier one, and is kept for a week. When it is ready, a mail says so.
#[utoipa::path(
    post,
    path = "/auth/export",
    tag = "auth",
    responses((status = 202, body = DataExportsView), (status = 429, description = "rate_limited"))
)]
pub(crate) async fn request_data_export(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let export = data_export::request(&mut conn, caller.user(), sender.by(caller.actor), now).await?;
    Ok(HttpResponse::Accepted().json(view(Some(export), now)))
}

/// The archive as a ZIP. Only its user finds it.
#[utoipa::path(
    get,
    path = "/auth/export/{exportId}/archive",
    tag = "auth",
    responses(
        (status = 200, content_type = "application/zip", body = String, description = "the archive"),
        (status = 404, description = "not_found"),
        (status = 409, description = "export_not_ready"),
        (status = 410, description = "export_expired"),
    )
)]
pub(crate) async fn download_data_export(
    caller: SessionUser,
    id: PathId<DataExportId>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let by = sender.by(caller.actor);
    let size = data_export::open(&mut *state.db.conn().await?, caller.user(), id.0, by, now).await?;
    let size = u64::try_from(size).map_err(ApiError::internal)?;
    let name = format!("attachment; filename=\"clockwork-data-{}.zip\"", now.date_naive());
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        // It is compressed already.
        .insert_header(ContentEncoding::Identity)
        .body(SizedStream::new(size, pieces(state.db.clone(), id.0))))
}

/// The pieces of an archive. No connection is held while one is sent. If the archive goes meanwhile, the answer ends
/// before its announced length, so that no client takes a part for the whole.
fn pieces(db: Db, id: DataExportId) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(0, move |number| {
        let db = db.clone();
        async move {
            let failed = |_| io::Error::other("the archive could not be read");
            let mut conn = db.conn().await.map_err(|_| io::Error::other("no connection to the database"))?;
            let piece = data_export::piece(&mut conn, id, number).await.map_err(failed)?;
            Ok(piece.map(|bytes| (Bytes::from(bytes), number + 1)))
        }
    })
}
