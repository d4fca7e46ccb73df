//! What the caller of the API is told when something goes wrong: one table of codes, one envelope, one place that logs.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use clockwork_core::categories::CategoryError;
use clockwork_core::clients::ClientError;
use clockwork_core::db::DbError;
use clockwork_core::entries::EntryError;
use clockwork_core::projects::ProjectError;
use clockwork_core::tags::TagError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::imports::AccountView;
use crate::middleware::request_id;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident;)*) => {
        /// Every code of the API, with its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// What the envelope says.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// The body is not the JSON that was expected.
    InvalidJson = "invalid_json", BAD_REQUEST;
    /// The body is not the form that was expected.
    InvalidMultipart = "invalid_multipart", BAD_REQUEST;
    /// A parameter of the query string is unknown, repeated or malformed.
    InvalidQuery = "invalid_query", BAD_REQUEST;
    /// A header is malformed.
    InvalidHeader = "invalid_header", BAD_REQUEST;
    /// Not a UUID.
    InvalidId = "invalid_id", BAD_REQUEST;
    /// Not a timestamp, or outside of the range.
    InvalidTime = "invalid_time", BAD_REQUEST;
    /// The end lies before the start.
    InvalidTimeRange = "invalid_time_range", BAD_REQUEST;
    /// Not an IANA time zone.
    InvalidTimeZone = "invalid_time_zone", BAD_REQUEST;
    /// A page size outside of 1 to 1,000.
    InvalidLimit = "invalid_limit", BAD_REQUEST;
    /// Not a cursor of this list.
    InvalidCursor = "invalid_cursor", BAD_REQUEST;
    /// A list of ids that is empty or too long.
    InvalidIds = "invalid_ids", BAD_REQUEST;
    /// The name of a person or workspace.
    InvalidName = "invalid_name", BAD_REQUEST;
    /// The name of a client.
    InvalidClientName = "invalid_client_name", BAD_REQUEST;
    /// The name of a project.
    InvalidProjectName = "invalid_project_name", BAD_REQUEST;
    /// The name of a category.
    InvalidCategoryName = "invalid_category_name", BAD_REQUEST;
    /// The name of a tag.
    InvalidTagName = "invalid_tag_name", BAD_REQUEST;
    /// A description.
    InvalidDescription = "invalid_description", BAD_REQUEST;
    /// A colour.
    InvalidColor = "invalid_color", BAD_REQUEST;
    /// The body names a client that does not exist.
    InvalidClient = "invalid_client", BAD_REQUEST;
    /// The body names a category that does not exist.
    InvalidCategory = "invalid_category", BAD_REQUEST;
    /// The body names a tag that does not exist.
    InvalidTag = "invalid_tag", BAD_REQUEST;
    /// The parent category does not exist.
    InvalidParent = "invalid_parent", BAD_REQUEST;
    /// The parent category belongs to another project.
    CrossProjectParent = "cross_project_parent", BAD_REQUEST;
    /// A file of a format that is not known.
    UnknownFormat = "unknown_format", BAD_REQUEST;
    /// An option of an import.
    InvalidOption = "invalid_option", BAD_REQUEST;
    /// A file with bad lines, of which nothing was imported.
    ImportFailed = "import_failed", BAD_REQUEST;
    /// There is no such thing, or not for this caller.
    NotFound = "not_found", NOT_FOUND;
    /// The path exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// A client has projects.
    ClientInUse = "client_in_use", CONFLICT;
    /// A project has categories.
    ProjectInUse = "project_in_use", CONFLICT;
    /// A category has time entries.
    CategoryInUse = "category_in_use", CONFLICT;
    /// Another client has the name.
    DuplicateClientName = "duplicate_client_name", CONFLICT;
    /// A sibling has the name.
    DuplicateCategoryName = "duplicate_category_name", CONFLICT;
    /// Another tag has the name.
    DuplicateTagName = "duplicate_tag_name", CONFLICT;
    /// A category would be below itself.
    CategoryCycle = "category_cycle", CONFLICT;
    /// The category or one above it is archived.
    CategoryArchived = "category_archived", CONFLICT;
    /// The project is archived.
    ProjectArchived = "project_archived", CONFLICT;
    /// Nothing is running.
    NoActiveTimer = "no_active_timer", CONFLICT;
    /// Something else is running.
    TimerRunning = "timer_running", CONFLICT;
    /// The timer would start before the running one did.
    StartsBeforeRunning = "starts_before_running", CONFLICT;
    /// The entry is still running.
    EntryRunning = "entry_running", CONFLICT;
    /// The deleted entry was imported again.
    EntryImportedAgain = "entry_imported_again", CONFLICT;
    /// Another import into the workspace is running.
    ImportRunning = "import_running", CONFLICT;
    /// The Idempotency-Key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT;
    /// Somebody else was faster.
    PreconditionFailed = "precondition_failed", PRECONDITION_FAILED;
    /// The body is too large.
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE;
    /// The database or the pool is out; `Retry-After` says when to come back.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
    /// A mistake of ours, logged with the request id.
    Internal = "internal_error", INTERNAL_SERVER_ERROR;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The path of the field, such as `name` or `changes.description`.
    pub field: String,
    /// `required`, `empty`, `too_long`, `control_characters`, `unknown_field`, `invalid_type`, `invalid_format`, `out_of_range` or `not_found`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl FieldError {
    /// A problem with a field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Error)]
pub struct ErrorBody {
    /// For programs; stable.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// What to quote when asking for help; also in the header `X-Request-ID`.
    pub request_id: String,
    /// Which fields are wrong, when it is about fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// What an import that failed found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AccountView>, nullable = false)]
    pub import: Option<serde_json::Value>,
}

/// A refusal or a failure, on its way to the caller.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: String,
    fields: Vec<FieldError>,
    import: Option<serde_json::Value>,
    allow: Option<String>,
    cause: Option<anyhow::Error>,
}

/// What handlers return.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error with a message for people; it ends up in front of the caller.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fields: Vec::new(), import: None, allow: None, cause: None }
    }

    /// One field is wrong.
    pub fn field(code: ErrorCode, field: FieldError) -> Self {
        Self::fields(code, vec![field])
    }

    /// Fields are wrong; the message names them all.
    pub fn fields(code: ErrorCode, fields: Vec<FieldError>) -> Self {
        let message = fields.iter().map(|f| format!("{} {}", f.field, f.message)).collect::<Vec<_>>().join("; ");
        Self { fields, ..Self::new(code, message) }
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    /// A mistake of ours: logged here, opaque to the caller.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let message = "something went wrong on our side; the request id finds it in the log";
        Self { cause: Some(cause.into()), ..Self::new(ErrorCode::Internal, message) }
    }

    /// The database cannot be asked at the moment.
    pub fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        let message = "the database cannot be reached at the moment; try again shortly";
        Self { cause: Some(cause.into()), ..Self::new(ErrorCode::Unavailable, message) }
    }

    /// The method is wrong; `allow` lists the right ones.
    pub fn method_not_allowed(allow: String) -> Self {
        let message = format!("this path answers {allow}");
        Self { allow: Some(allow), ..Self::new(ErrorCode::MethodNotAllowed, message) }
    }

    /// An import found bad lines; `account` says which.
    pub fn import_failed(message: impl Into<String>, account: serde_json::Value) -> Self {
        Self { import: Some(account), ..Self::new(ErrorCode::ImportFailed, message) }
    }

    /// Its code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What is wrong with which fields.
    pub fn into_fields(self) -> Vec<FieldError> {
        self.fields
    }

    /// What an import that failed found.
    pub fn into_import(self) -> Option<serde_json::Value> {
        self.import
    }

    fn log(&self) {
        let status = self.code.status();
        let Some(cause) = &self.cause else { return };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = format!("{cause:#}"), "request failed");
        } else {
            tracing::warn!(error = format!("{cause:#}"), code = self.code.as_str(), "request refused");
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let mut response = HttpResponse::build(self.code.status());
        if self.code == ErrorCode::Unavailable {
            // Long enough to let a pool drain or a fail-over happen, short enough for a person.
            response.insert_header((header::RETRY_AFTER, HeaderValue::from_static("2")));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        response.json(ErrorBody {
            code: self.code.as_str(),
            message: self.message.clone(),
            request_id: request_id::current(),
            fields: self.fields.clone(),
            import: self.import.clone(),
        })
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        Self::unavailable(error)
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        if clockwork_core::db::constraint::is_unavailable(&error) {
            Self::unavailable(error)
        } else {
            Self::internal(error)
        }
    }
}

fn stale(what: &str) -> ApiError {
    ApiError::new(ErrorCode::PreconditionFailed, format!("the {what} was changed since you read it; read it again"))
}

fn bad_field(code: ErrorCode, field: &str, field_code: &'static str, message: &str) -> ApiError {
    ApiError::field(code, FieldError::new(field, field_code, message))
}

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::NotFound => Self::not_found("client"),
            ClientError::Stale => stale("client"),
            ClientError::DuplicateName => {
                Self::new(ErrorCode::DuplicateClientName, "there is already a client of this name")
            }
            ClientError::InUse => Self::new(
                ErrorCode::ClientInUse,
                "the client has projects; move or delete them first, or archive the client",
            ),
            ClientError::Database(error) => error.into(),
        }
    }
}

impl From<ProjectError> for ApiError {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::NotFound => Self::not_found("project"),
            ProjectError::Stale => stale("project"),
            ProjectError::ClientNotFound => {
                bad_field(ErrorCode::InvalidClient, "clientId", "not_found", "names no client of this workspace")
            }
            ProjectError::InUse => Self::new(
                ErrorCode::ProjectInUse,
                "the project has categories; delete them first, or archive the project",
            ),
            ProjectError::Database(error) => error.into(),
        }
    }
}

impl From<CategoryError> for ApiError {
    fn from(error: CategoryError) -> Self {
        match error {
            CategoryError::NotFound(what) => Self::not_found(what),
            CategoryError::Stale => stale("category"),
            CategoryError::ParentNotFound => bad_field(
                ErrorCode::InvalidParent,
                "parentCategoryId",
                "not_found",
                "names no category of this workspace",
            ),
            CategoryError::CrossProjectParent => bad_field(
                ErrorCode::CrossProjectParent,
                "parentCategoryId",
                "not_found",
                "names a category of another project",
            ),
            CategoryError::Cycle => Self::new(ErrorCode::CategoryCycle, "a category cannot be moved below itself"),
            CategoryError::DuplicateName => {
                Self::new(ErrorCode::DuplicateCategoryName, "there is already a category of this name at this place")
            }
            CategoryError::InUse => Self::new(
                ErrorCode::CategoryInUse,
                "the category has time entries; move them first, or archive the category",
            ),
            CategoryError::Database(error) => error.into(),
        }
    }
}

impl From<TagError> for ApiError {
    fn from(error: TagError) -> Self {
        match error {
            TagError::NotFound => Self::not_found("tag"),
            TagError::Stale => stale("tag"),
            TagError::DuplicateName => Self::new(ErrorCode::DuplicateTagName, "there is already a tag of this name"),
            TagError::Database(error) => error.into(),
        }
    }
}

impl From<EntryError> for ApiError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::NotFound => Self::not_found("time entry"),
            EntryError::Stale => stale("time entry"),
            EntryError::CategoryNotFound => {
                bad_field(ErrorCode::InvalidCategory, "categoryId", "not_found", "names no category of this workspace")
            }
            EntryError::TagNotFound => {
                bad_field(ErrorCode::InvalidTag, "tagIds", "not_found", "names a tag that this workspace does not have")
            }
            EntryError::CategoryArchived => {
                Self::new(ErrorCode::CategoryArchived, "the category is archived; choose another one or bring it back")
            }
            EntryError::ProjectArchived => {
                Self::new(ErrorCode::ProjectArchived, "the project is archived; choose another one or bring it back")
            }
            EntryError::StopBeforeStart => {
                bad_field(ErrorCode::InvalidTimeRange, "stoppedAt", "out_of_range", "must not lie before startedAt")
            }
            EntryError::StartInFuture => bad_field(
                ErrorCode::InvalidTime,
                "startedAt",
                "out_of_range",
                "must not lie in the future while the entry runs",
            ),
            EntryError::StartsBeforeRunning => Self::new(
                ErrorCode::StartsBeforeRunning,
                "the running entry started later than that; change its start first",
            ),
            EntryError::TimerRunning => Self::new(ErrorCode::TimerRunning, "another entry is running; stop it first"),
            EntryError::NoActiveTimer => Self::new(ErrorCode::NoActiveTimer, "no timer is running"),
            EntryError::StillRunning => Self::new(ErrorCode::EntryRunning, "the entry is still running; stop it first"),
            EntryError::SplitOutside => bad_field(
                ErrorCode::InvalidTime,
                "at",
                "out_of_range",
                "must lie between the start and the stop of the entry",
            ),
            EntryError::ImportedAgain => {
                Self::new(ErrorCode::EntryImportedAgain, "an import has brought this entry back already")
            }
            EntryError::Database(error) => error.into(),
        }
    }
}
