//! Conditional requests (RFC 9110, section 13). The entity tag of an object is its revision, and it is weak: answers to
//! writes carry more than answers to reads, and compression makes several byte sequences of one answer, all with the
//! same tag.
//!
//! RFC 9110 lets no weak tag match in `If-Match`, because bytes may differ. Here revisions are compared, which are
//! exact, so a weak tag matches; docs/API.md states this rule.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use clockwork_core::values::revision::{ExpectedRevision, Revisions};
use serde::Serialize;

use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};

/// What proxies append to the text of a tag when they compress an answer (Apache: `"5-gzip"`).
const CODING_SUFFIXES: [&str; 4] = ["-gzip", "-br", "-zstd", "-deflate"];

/// What an operation answers with.
pub trait Representation: Serialize {
    /// The revision, when it shows a single object.
    fn revision(&self) -> Option<i64>;

    /// The entity tag, when it has one.
    fn entity_tag(&self) -> Option<String> {
        self.revision().map(weak_tag)
    }
}

impl<T: Serialize> Representation for Vec<T> {
    fn revision(&self) -> Option<i64> {
        None
    }
}

/// Answers 200 with the object and its ETag.
pub fn show(shown: &impl Representation) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(tag) = shown.entity_tag() {
        response.insert_header((header::ETAG, tag));
    }
    response.json(shown)
}

/// A weak entity tag with this text.
pub fn weak_tag(text: impl std::fmt::Display) -> String {
    format!("W/\"{text}\"")
}

/// `If-Match`: the revisions from which the caller may change the object.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub ExpectedRevision);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(expected(req, revision).map(Self))
    }
}

/// What [`IfMatch`] is, as a regular expression.
const IF_MATCH: &str = r#"^(\*|(W/)?"[0-9]{1,18}"(, (W/)?"[0-9]{1,18}"){0,7})$"#;

impl Describe for IfMatch {
    fn describe(operation: &mut Description) {
        describe_if_match(operation, IF_MATCH);
    }
}

/// Describes `If-Match` with tags of this form.
pub fn describe_if_match(operation: &mut Description, pattern: &str) {
    operation.header("If-Match", pattern, "the ETag of the object that was read; 412 when it has changed since");
    operation.code(ErrorCode::PreconditionFailed);
    operation.etag();
}

/// Reads `If-Match`, with `read` finding the revision in the text of a tag.
///
/// # Errors
/// 400 when the header is not `*` or a list of tags that this server gave.
pub fn expected(req: &HttpRequest, read: impl Fn(&str) -> Option<i64>) -> ApiResult<ExpectedRevision> {
    let refused =
        |message: String| ApiError::field(ErrorCode::InvalidHeader, FieldError::format("If-Match", "etag", message));
    match Tags::read(req, "If-Match")? {
        Tags::Absent | Tags::Any => Ok(ExpectedRevision::Any),
        Tags::These(tags) => {
            let revisions: Option<Vec<i64>> = tags.iter().map(|tag| opaque(tag).and_then(&read)).collect();
            let revisions = revisions
                .filter(|revisions| !revisions.is_empty())
                .ok_or_else(|| refused("must be *, or ETags that this server gave, separated by commas".to_owned()))?;
            let revisions = Revisions::new(&revisions)
                .ok_or_else(|| refused(format!("must not list more than {} ETags", Revisions::MAX)))?;
            Ok(ExpectedRevision::OneOf(revisions))
        }
    }
}

/// `If-None-Match`: the tags of what the caller has.
#[derive(Clone, Debug)]
pub struct IfNoneMatch(Tags);

impl IfNoneMatch {
    /// The texts of the tags.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let tags: &[String] = if let Tags::These(tags) = &self.0 { tags } else { &[] };
        tags.iter().filter_map(|tag| opaque(tag))
    }

    /// Answers 304 when the caller has this state of the object already, else like [`show`].
    pub fn show(&self, shown: &impl Representation) -> HttpResponse {
        match shown.entity_tag() {
            Some(tag) if self.0.match_weakly(&tag) => {
                HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish()
            }
            _ => show(shown),
        }
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Tags::read(req, "If-None-Match").map(Self))
    }
}

impl Describe for IfNoneMatch {
    fn describe(operation: &mut Description) {
        let about = "ETags that the caller has; 304 when the object still has one of them";
        operation.header("If-None-Match", "^[ -~]*$", about);
        operation.not_modified();
        operation.etag();
    }
}

/// The value of a conditional header.
#[derive(Clone, Debug)]
enum Tags {
    Absent,
    Any,
    These(Vec<String>),
}

impl Tags {
    /// Reads all lines of a header as one list.
    fn read(req: &HttpRequest, name: &'static str) -> ApiResult<Self> {
        let mut tags = None::<Vec<String>>;
        for value in req.headers().get_all(name) {
            let line = value.to_str().map_err(|_| {
                let field = FieldError::format(name, "ascii", "must be visible ASCII");
                ApiError::field(ErrorCode::InvalidHeader, field)
            })?;
            // A list may have empty elements (RFC 9110, section 5.6.1).
            let items = line.split(',').map(str::trim).filter(|item| !item.is_empty());
            tags.get_or_insert_default().extend(items.map(str::to_owned));
        }
        Ok(match tags {
            None => Self::Absent,
            Some(tags) if tags == ["*"] => Self::Any,
            Some(tags) => Self::These(tags),
        })
    }

    /// The weak comparison of RFC 9110, section 8.8.3.2.
    fn match_weakly(&self, tag: &str) -> bool {
        match self {
            Self::Absent => false,
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|known| opaque(known).is_some_and(|known| Some(known) == opaque(tag))),
        }
    }
}

/// The text of a tag, without what proxies add to it.
fn opaque(tag: &str) -> Option<&str> {
    let text = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    Some(CODING_SUFFIXES.iter().find_map(|suffix| text.strip_suffix(suffix)).unwrap_or(text))
}

/// The revision in the text of a tag of an object.
pub fn revision(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}
