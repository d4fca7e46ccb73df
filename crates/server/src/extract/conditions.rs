//! Conditional requests (RFC 9110, section 13): the ETag of an object is its revision.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use clockwork_core::revision::Expected;
use serde::Serialize;

use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};

/// What an operation answers with.
pub trait Representation: Serialize {
    /// The revision, when it shows a single object.
    fn revision(&self) -> Option<i64>;
}

impl<T: Serialize> Representation for Vec<T> {
    fn revision(&self) -> Option<i64> {
        None
    }
}

/// Answers 200 with the object and its ETag.
pub fn show(shown: &impl Representation) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(revision) = shown.revision() {
        response.insert_header((header::ETAG, etag(revision)));
    }
    response.json(shown)
}

/// The ETag of a revision.
pub fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// `If-Match`: change only what I have seen.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Expected);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if_match(req).map(Self))
    }
}

fn if_match(req: &HttpRequest) -> ApiResult<Expected> {
    let Some(text) = text(req, "If-Match")? else { return Ok(Expected::Any) };
    if text == "*" {
        return Ok(Expected::Any);
    }
    revision(text).map(Expected::Revision).ok_or_else(|| {
        let field = FieldError::new("If-Match", "invalid_format", "must be one ETag that this server gave, or *");
        ApiError::field(ErrorCode::InvalidHeader, field)
    })
}

/// `If-None-Match`: spare me what I have.
#[derive(Clone, Debug)]
pub struct IfNoneMatch(Vec<String>);

impl IfNoneMatch {
    /// Answers 304 when the caller has this revision already, else like [`show`].
    pub fn show(&self, shown: &impl Representation) -> HttpResponse {
        match shown.revision() {
            Some(now) if self.0.iter().any(|tag| tag == "*" || revision(tag) == Some(now)) => {
                HttpResponse::NotModified().insert_header((header::ETAG, etag(now))).finish()
            }
            _ => show(shown),
        }
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let tags = text(req, "If-None-Match");
        ready(tags.map(|tags| Self(tags.unwrap_or_default().split(',').map(|tag| tag.trim().to_owned()).collect())))
    }
}

fn text<'r>(req: &'r HttpRequest, name: &'static str) -> ApiResult<Option<&'r str>> {
    let Some(value) = req.headers().get(name) else { return Ok(None) };
    value.to_str().map(|text| Some(text.trim())).map_err(|_| {
        let field = FieldError::new(name, "invalid_format", "must be visible ASCII");
        ApiError::field(ErrorCode::InvalidHeader, field)
    })
}

/// The revision behind an ETag. A proxy that compresses may have marked it weak; the revision is the same.
fn revision(tag: &str) -> Option<i64> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}
