//! The form of an import, read as it arrives: the file goes straight to its parser, piece by piece, and is never held.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::web::Payload;
use clockwork_core::import::{FileError, Parser};
use futures_util::StreamExt;

use super::options::{ImportFields, ImportRequest};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError, Limits};
use crate::import_budget::FILE_MAX;
use crate::request::is_too_slow;

/// The largest of the other fields, in bytes: a category's name of 1,000 characters fits.
const FIELD_MAX: usize = 8 * 1024;

/// What a part counts at least when it is not looked at, in bytes: empty ones without end are an end as well.
const PART_LEAST: usize = 1024;

/// How much is read of a file that is refused, in bytes. A client that is answered while it still sends may never see
/// the answer.
const DRAIN_MAX: usize = 2 * FILE_MAX;

/// The form of an import.
#[derive(Debug)]
pub(super) struct ImportForm {
    pub(super) options: ImportRequest,
    /// Has seen the whole file, but not been told that it was the end.
    pub(super) parser: Parser,
}

impl ImportForm {
    /// Reads the body of a request.
    pub(super) async fn read(request: &HttpRequest, payload: Payload) -> ApiResult<Self> {
        let mut multipart = Multipart::new(request.headers(), payload);
        let mut raw = ImportFields::default();
        while let Some(part) = multipart.next().await {
            let mut part = part.map_err(|error| broken(&error))?;
            if part.name() == Some("file") {
                let form = Self::read_file(raw, &mut part).await;
                drop(part);
                let rest = multipart.next().await;
                return form.and_then(|form| match rest {
                    None => Ok(form),
                    Some(Err(error)) => Err(broken(&error)),
                    Some(Ok(_)) => {
                        let message = "must be the last part of the form: the fields before it say how to read it";
                        Err(bad_form(FieldError::format("file", "last", message)))
                    }
                });
            }
            if let Err(error) = read_option(&mut raw, &mut part).await {
                drop(part);
                let mut length = 0;
                while length <= DRAIN_MAX
                    && let Some(Ok(mut part)) = multipart.next().await
                {
                    length = drain(&mut part, length + PART_LEAST).await;
                }
                return Err(error);
            }
        }
        Err(bad_form(FieldError::new("file", "required", "is missing")))
    }

    async fn read_file(raw: ImportFields, field: &mut Field) -> ApiResult<Self> {
        let begun = raw.parse().and_then(|options| {
            let parser = Parser::new(options.source.as_deref())?;
            Ok(Self { options, parser })
        });
        let mut form = match begun {
            Ok(form) => form,
            Err(error) => return Err(refuse_file(field, 0, error).await),
        };
        let mut length = 0;
        while let Some(piece) = field.next().await {
            let piece = piece.map_err(|error| broken(&error))?;
            length += piece.len();
            if length > FILE_MAX {
                return Err(refuse_file(field, length, too_large()).await);
            }
            if let Err(error) = form.parser.push(&piece) {
                return Err(refuse_file(field, length, error.into()).await);
            }
        }
        Ok(form)
    }
}

/// Reads a part before the file.
async fn read_option(raw: &mut ImportFields, part: &mut Field) -> ApiResult<()> {
    let Some(name) = part.name().map(str::to_owned) else {
        return Err(ApiError::new(ErrorCode::InvalidMultipart, "a part of the form has no name"));
    };
    raw.set(&name, read_text(&name, part).await?).map_err(bad_form)
}

/// Reads on for the sake of `error`, which is the answer, unless the file turns out to be too large as well.
async fn refuse_file(field: &mut Field, length: usize, error: ApiError) -> ApiError {
    if drain(field, length).await > FILE_MAX { too_large() } else { error }
}

/// Reads a form that is refused whole, so that its sender sees the answer, which is `error`.
pub(super) async fn refuse(mut payload: Payload, error: ApiError) -> ApiError {
    let mut length = 0;
    while let Some(Ok(piece)) = payload.next().await {
        length += piece.len();
        if length > DRAIN_MAX {
            break;
        }
    }
    error
}

/// Reads what is left of a part, within limits, and says how long it is.
async fn drain(field: &mut Field, mut length: usize) -> usize {
    while let Some(Ok(piece)) = field.next().await {
        length += piece.len();
        if length > DRAIN_MAX {
            break;
        }
    }
    length
}

async fn read_text(name: &str, field: &mut Field) -> ApiResult<String> {
    let Ok(bytes) = field.bytes(FIELD_MAX).await else {
        return Err(bad_form(FieldError::too_long(name, FIELD_MAX, format!("must have at most {FIELD_MAX} bytes"))));
    };
    let bytes = bytes.map_err(|error| broken(&error))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| bad_form(FieldError::format(name, "utf8", "must be UTF-8 text")))
}

fn bad_form(field: FieldError) -> ApiError {
    ApiError::field(ErrorCode::InvalidMultipart, field)
}

fn too_large() -> ApiError {
    let message = format!("must have at most {} MiB; split it, for instance by years", FILE_MAX / 1024 / 1024);
    ApiError::field(ErrorCode::PayloadTooLarge, FieldError::too_long("file", FILE_MAX, message))
}

/// The form itself is not one, or ended early.
fn broken(error: &MultipartError) -> ApiError {
    if matches!(error, MultipartError::Payload(error) if is_too_slow(error)) {
        return ApiError::too_slow();
    }
    let message = format!("the body is not the multipart/form-data that was expected: {error}");
    ApiError::new(ErrorCode::InvalidMultipart, message)
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        let (code, field, field_code) = match &error {
            FileError::UnknownSource { .. } => (ErrorCode::InvalidOption, "source", "not_found"),
            FileError::DateOrder(_) => (ErrorCode::InvalidOption, "dateOrder", "required"),
            FileError::TooManyRows | FileError::TooManyNames => (ErrorCode::PayloadTooLarge, "file", "too_long"),
            FileError::Text(_)
            | FileError::Record(_)
            | FileError::UnknownFormat(_)
            | FileError::Empty
            | FileError::NoRows => (ErrorCode::UnknownFormat, "file", "invalid_format"),
        };
        let message = match field {
            "file" => format!("cannot be read: {error}"),
            "dateOrder" => format!("is needed: {error}"),
            _ => format!("is not known: {error}"),
        };
        let error = FieldError::new(field, field_code, message);
        let limits = match &error {
            FieldError { code: "too_long", .. } => {
                Limits { max: i64::try_from(clockwork_core::import::parser::ROWS_MAX).ok(), ..Limits::default() }
            }
            FieldError { code: "invalid_format", .. } => Limits { format: Some("file"), ..Limits::default() },
            _ => return Self::field(code, error),
        };
        Self::field(code, error.limited(limits))
    }
}
