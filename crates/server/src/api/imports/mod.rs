//! `/api/imports`: moving in from another tracker.

mod form;
mod options;
mod view;

use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::accounts::audit::By;
use clockwork_core::accounts::workspaces;
use clockwork_core::import::{self, ImportError, ImportOptions, ImportQueue, Parser};
use clockwork_core::operations::background_metrics::BackgroundTask;
use clockwork_core::values::TimeZone;
use diesel_async::AsyncPgConnection;
use utoipa::ToSchema;

pub use options::{ImportFields, ImportRequest};
pub use view::{ImportReportView, SeverityView};

use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError, Limits};
use crate::extract::{Allowed, Now, Pool, Sender};
use crate::import_budget::ImportBudget;
use crate::state::AppState;
use form::ImportForm;

/// Mounts the operation.
pub fn configure(config: &mut impl Routes) {
    config.operation(create_import, __path_create_import);
}

/// A file to import and how to read it. The file is the last part.
#[derive(Debug, ToSchema)]
#[schema(as = Import)]
#[expect(dead_code, reason = "describes the form, which is read as it arrives")]
pub struct ImportBody {
    /// `toggl`; recognised by the header when left out.
    #[schema(nullable = false)]
    source: Option<String>,
    /// The IANA time zone of the file's times; the workspace's when left out.
    #[schema(nullable = false, rename = "timeZone")]
    time_zone: Option<String>,
    /// Only say what would happen.
    #[schema(nullable = false, rename = "dryRun", default = false)]
    dry_run: Option<bool>,
    /// What a bad line does: `stop` (nothing is imported) or `skip` (it is left out).
    #[schema(nullable = false, rename = "onError", default = "stop", pattern = "^(stop|skip)$")]
    on_error: Option<String>,
    /// How dates like 03/04/2016 are read: `auto` (the whole file decides), `dmy`, `mdy` or `ymd`.
    #[schema(nullable = false, rename = "dateOrder", default = "auto", pattern = "^(auto|dmy|mdy|ymd)$")]
    date_order: Option<String>,
    /// The category for entries without a task.
    #[schema(nullable = false, rename = "defaultCategory", default = "General", max_length = 1000)]
    default_category: Option<String>,
    /// Whose entries are imported: `mine` (rows of other people are left out) or `everybody` (each person is the member
    /// whom an earlier import has taken them for, or who has the address; for others placeholders are made, at most
    /// 1,000 in a workspace). When left out, everything becomes the caller's, with a tag for each other person; where
    /// people have accounts, that is refused for a file of several people.
    #[schema(nullable = false, pattern = "^(mine|everybody)$")]
    people: Option<String>,
    /// CSV of at most 64 MiB and 1,000,000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Imports time entries from another tracker's file, or says what that would do.
///
/// One transaction. An entry that an earlier import has brought is recognised: the same file twice adds nothing.
#[utoipa::path(
    post,
    path = "/imports",
    tag = "imports",
    request_body(content = ImportBody, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = ImportReportView),
        (status = 400, description = "invalid_multipart, invalid_option, invalid_time_zone, unknown_format, import_failed"),
        (status = 409, description = "import_running, limit_reached"),
        (status = 413, description = "payload_too_large"),
    )
)]
pub(crate) async fn create_import(
    caller: Allowed<needs::Import>,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let state = AppState::of(&request)?;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let _memory = match state.imports.memory(length, ImportBudget::deadline()).await {
        Ok(memory) => memory,
        Err(error) => return Err(form::refuse(payload, error).await),
    };
    let ImportForm { options, parser } = ImportForm::read(&request, payload).await?;
    let task = state.background.begin(BackgroundTask::Import);
    match run(&pool.0, state.imports.queue(), caller.0, options, parser, sender.by(caller.actor), now).await {
        Ok(report) => {
            task.succeed(now);
            Ok(HttpResponse::Ok().json(report))
        }
        Err(error) => {
            if error.code().status().is_client_error() {
                task.refuse();
            }
            Err(error)
        }
    }
}

/// Imports what `parser` has been given; shared with the command line.
///
/// # Errors
/// 400 if the file has no rows, bad rows that are not skipped, or dates of unknown order; 409 if another import into
/// the workspace runs; 503 if the database is unavailable or the server is shutting down.
pub async fn run(
    db: &clockwork_core::database::Db,
    queue: &ImportQueue,
    caller: Permit<needs::Import>,
    options: ImportRequest,
    parser: Parser,
    by: By,
    now: DateTime<Utc>,
) -> ApiResult<ImportReportView> {
    let zone = match options.time_zone {
        Some(zone) => zone,
        None => workspace_zone(&mut *db.conn().await?, caller).await?,
    };
    // Hundreds of milliseconds for a large file, so not on a thread that answers requests.
    let rules = zone.clone();
    let file = web::block(move || parser.finish(&rules, options.date_order)).await.map_err(ApiError::internal)??;
    let options = ImportOptions {
        dry_run: options.dry_run,
        on_error: options.on_error,
        default_category: options.default_category,
        time_zone: zone,
        people: options.people,
    };
    Ok(import::run(db, queue, caller, file, options, by, now).await?.into())
}

async fn workspace_zone(conn: &mut AsyncPgConnection, caller: Permit<needs::Import>) -> ApiResult<TimeZone> {
    let profile = workspaces::profile(conn, caller.permit()?).await?;
    // The workspace has no zone yet: UTC, which the report names.
    let name = profile.workspace.time_zone.as_deref().unwrap_or("UTC");
    TimeZone::parse(name).map_err(ApiError::internal)
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        match error {
            ImportError::BadLines(report) => match serde_json::to_value(ImportReportView::from(*report)) {
                Ok(report) => Self::import_failed(message, report),
                Err(error) => Self::internal(error),
            },
            ImportError::PeopleNeeded(_) => {
                let message = format!("is needed: {message}");
                let allowed = Limits { allowed: &["mine", "everybody"], ..Limits::default() };
                Self::field(ErrorCode::InvalidOption, FieldError::new("people", "required", message).limited(allowed))
            }
            ImportError::TooManyPlaceholders { .. } => Self::new(ErrorCode::LimitReached, message),
            ImportError::Busy => Self::new(ErrorCode::ImportRunning, message),
            ImportError::Unavailable(error) => error.into(),
            ImportError::Database(error) => error.into(),
            ImportError::CutShort => Self::new(ErrorCode::Unavailable, message),
        }
    }
}
