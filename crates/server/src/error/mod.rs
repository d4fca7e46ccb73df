//! What the caller of the API is told when something goes wrong: one table of codes, one envelope, one place that logs.

mod accounts;
mod code;
mod field;
mod rules;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use clockwork_core::access::{Capability, Forbidden};
use clockwork_core::database::{DatabaseFailure, DbError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;

use crate::request;

pub(crate) use accounts::password_field;
pub use code::ErrorCode;
pub use field::{FieldError, Limits};

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
    #[schema(schema_with = import_report)]
    pub import: Option<serde_json::Value>,
}

/// The schema of an import report, by its name: the type stands with the operation.
fn import_report() -> Ref {
    let description = "What an import that failed found.".to_owned();
    let mut report = Ref::from_schema_name("ImportReport");
    report.description = description;
    report
}

/// A handler panicked; where it did is in the text.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked at {0}")]
pub struct Panicked(pub String);

/// A refusal or a failure, on its way to the caller.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: String,
    fields: Vec<FieldError>,
    import: Option<Box<serde_json::Value>>,
    allow: Option<String>,
    retry_after: Option<u64>,
    cause: Option<anyhow::Error>,
}

/// What handlers return.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error with a message for people; it ends up in front of the caller.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            import: None,
            allow: None,
            retry_after: None,
            cause: None,
        }
    }

    /// One field is wrong.
    pub fn field(code: ErrorCode, field: FieldError) -> Self {
        Self::fields(code, vec![field])
    }

    /// Fields are wrong; the message names them all.
    pub fn fields(code: ErrorCode, fields: Vec<FieldError>) -> Self {
        let message = listed(&fields).unwrap_or_default();
        Self { fields, ..Self::new(code, message) }
    }

    /// The same about a field that this request calls otherwise.
    #[must_use]
    pub fn renaming(mut self, field: &str, name: &str) -> Self {
        for error in self.fields.iter_mut().filter(|error| error.field == field) {
            name.clone_into(&mut error.field);
        }
        Self { message: listed(&self.fields).unwrap_or(self.message), ..self }
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    /// The server does not know whose the request is.
    pub fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated, "the request shows no valid session or token; sign in, or send a token")
    }

    /// The caller lacks a capability.
    pub fn forbidden(capability: Capability) -> Self {
        let message =
            format!("this needs the capability {capability}, which your role in the workspace, or your token, lacks");
        Self::new(ErrorCode::Forbidden, message)
    }

    /// A mistake of ours: logged here, opaque to the caller.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let message = "something went wrong on our side; the request id finds it in the log";
        Self { cause: Some(cause.into()), ..Self::new(ErrorCode::Internal, message) }
    }

    /// The database is unavailable at the moment.
    pub fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        let message = "the database cannot answer at the moment; try again shortly";
        Self { cause: Some(cause.into()), ..Self::new(ErrorCode::Unavailable, message) }
    }

    /// The method is wrong; `allow` lists the right ones.
    pub fn method_not_allowed(allow: String) -> Self {
        let message = format!("this path answers {allow}");
        Self { allow: Some(allow), ..Self::new(ErrorCode::MethodNotAllowed, message) }
    }

    /// Too many wrong tries; the next one is looked at after so many seconds.
    pub fn too_many_attempts(seconds: i64) -> Self {
        let seconds = u64::try_from(seconds).unwrap_or_default().max(1);
        let message = format!("too many wrong tries; try again in {seconds} s");
        Self { retry_after: Some(seconds), ..Self::new(ErrorCode::TooManyAttempts, message) }
    }

    /// The body did not arrive.
    pub fn too_slow() -> Self {
        Self::new(ErrorCode::RequestTimeout, "the body took too long to arrive")
    }

    /// An import found bad lines; `report` says which.
    pub fn import_failed(message: impl Into<String>, report: serde_json::Value) -> Self {
        Self { import: Some(Box::new(report)), ..Self::new(ErrorCode::ImportFailed, message) }
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
        self.import.map(|report| *report)
    }

    /// What kind of failure it is, in words of the program: no text that a driver or a caller made.
    #[must_use]
    pub fn kind(&self) -> String {
        use diesel::result::Error as QueryError;

        let Some(cause) = &self.cause else { return self.code.as_str().to_owned() };
        if let Some(panicked) = cause.downcast_ref::<Panicked>() {
            return panicked.to_string();
        }
        match (cause.downcast_ref::<QueryError>(), cause.downcast_ref::<DbError>()) {
            (Some(QueryError::DatabaseError(kind, about)), _) => match about.constraint_name() {
                Some(constraint) => format!("database: {kind:?} of {constraint}"),
                None => format!("database: {kind:?}"),
            },
            (Some(QueryError::NotFound), _) => "database: a row is missing".to_owned(),
            (Some(_), _) => "database: another error".to_owned(),
            (_, Some(DbError::Exhausted { .. })) => "database: all connections in use".to_owned(),
            (_, Some(DbError::Timeout(_))) => "database: no connection in time".to_owned(),
            (_, Some(DbError::Unreachable(_))) => "database: unreachable".to_owned(),
            (_, Some(DbError::Closed)) => "database: closed".to_owned(),
            (None, None) => self.code.as_str().to_owned(),
        }
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

/// What is wrong with which fields, in words; `None` when no field is meant.
fn listed(fields: &[FieldError]) -> Option<String> {
    let each = fields.iter().map(|field| format!("{} {}", field.field, field.message));
    each.reduce(|all, field| format!("{all}; {field}"))
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
        let retry_after = match self.code {
            // Long enough to let a pool drain or a fail-over happen, short enough for a person.
            ErrorCode::Unavailable | ErrorCode::SignInBusy => Some("2"),
            // Imports are large, and this one has waited already.
            ErrorCode::ImportRunning | ErrorCode::ExportsRunning => Some("10"),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.insert_header((header::RETRY_AFTER, HeaderValue::from_static(seconds)));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.code == ErrorCode::RequestTimeout {
            // The rest of the request may arrive later; no handler reads it any more.
            response.force_close();
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            // RFC 9110, section 15.5.2, demands it.
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        response.json(ErrorBody {
            code: self.code.as_str(),
            message: self.message.clone(),
            request_id: request::current_id(),
            fields: self.fields.clone(),
            import: self.import.as_deref().cloned(),
        })
    }
}

impl From<Forbidden> for ApiError {
    fn from(Forbidden(capability): Forbidden) -> Self {
        Self::forbidden(capability)
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        Self::unavailable(error)
    }
}

impl DatabaseFailure for ApiError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        self.cause.as_ref().and_then(|cause| cause.downcast_ref())
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        if clockwork_core::database::failure::is_unavailable(&error) {
            Self::unavailable(error)
        } else {
            Self::internal(error)
        }
    }
}
