//! JSON bodies, read strictly: no unknown field, no wrong type, no second value. Content-Type is not looked at, because
//! clients such as curl send a form's.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use bytes::BytesMut;
use clockwork_core::values::text::shorten;
use futures_util::StreamExt;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_path_to_error::Track;
use sha2::{Digest, Sha256};

use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::request::is_too_slow;

/// Largest JSON body, in bytes: a bulk edit of 1,000 entries needs about 40 KiB, the longest description about 60.
pub const BODY_MAX: usize = 1024 * 1024;

/// So much of a body that is too large is still read, in bytes: a client that is told while it sends may never see the
/// answer.
const DRAIN_MAX: usize = 16 * 1024 * 1024;

/// So much of a body comes back in the words about what is wrong with it, in characters.
const QUOTED_MAX: usize = 500;

/// A body of type `T`.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

/// SHA-256 of the body, left in the request's extensions for [`super::IdempotentRequest`].
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyDigest(pub [u8; 32]);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            refuse_encoding(&req)?;
            let body = read(&mut payload).await?;
            req.extensions_mut().insert(BodyDigest(Sha256::digest(&body).into()));
            parse(&body).map(Self)
        })
    }
}

impl<T> Describe for JsonBody<T> {
    fn describe(operation: &mut Description) {
        let of_bodies = [ErrorCode::InvalidHeader, ErrorCode::InvalidJson, ErrorCode::PayloadTooLarge];
        operation.codes(of_bodies);
        operation.code(ErrorCode::RequestTimeout);
    }
}

/// A compressed body would only be called malformed; this says why.
fn refuse_encoding(req: &HttpRequest) -> ApiResult<()> {
    match req.headers().get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => {
            let field =
                FieldError::format("Content-Encoding", "identity", "must be left out: bodies are read as they are");
            Err(ApiError::field(ErrorCode::InvalidHeader, field))
        }
        _ => Ok(()),
    }
}

async fn read(payload: &mut Payload) -> ApiResult<BytesMut> {
    let mut body = BytesMut::new();
    let mut length = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(broken)?;
        length += chunk.len();
        if length <= BODY_MAX {
            body.extend_from_slice(&chunk);
        } else if length > DRAIN_MAX {
            break;
        }
    }
    if length > BODY_MAX {
        let message = format!("the body must have at most {BODY_MAX} bytes");
        return Err(ApiError::field(ErrorCode::PayloadTooLarge, FieldError::too_long("body", BODY_MAX, message)));
    }
    Ok(body)
}

/// The connection broke, or the transfer was malformed.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn broken(error: PayloadError) -> ApiError {
    if is_too_slow(&error) {
        return ApiError::too_slow();
    }
    ApiError::new(ErrorCode::InvalidJson, "the body ended early or was malformed")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::new(ErrorCode::InvalidJson, "the body is empty; a JSON object was expected"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let mut track = Track::new();
    let value = object(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = value.map_err(|error| match (track.path().to_string(), repeated(&error)) {
        (path, Some(field)) if path == "." => wrong_field(&field, &error),
        (path, None) if path == "." => malformed(&error),
        (path, _) => wrong_field(&path, &error),
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// The field that is there twice, if that is what is wrong: serde notices when it has left the field already.
fn repeated(error: &serde_json::Error) -> Option<String> {
    let reason = error.to_string();
    reason.strip_prefix("duplicate field `")?.split('`').next().map(str::to_owned)
}

/// Reads an object, and nothing that could stand for one: left to itself, serde takes a list of values for the fields
/// of a struct.
///
/// # Errors
/// If the input is no object, or does not deserialize into `T`.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_map(Object(PhantomData))
}

fn malformed(error: &serde_json::Error) -> ApiError {
    // Serde's words quote what it found, which may be a megabyte.
    let reason = shorten(&error.to_string(), QUOTED_MAX);
    ApiError::new(ErrorCode::InvalidJson, format!("the body is not the JSON that was expected: {reason}"))
}

fn wrong_field(path: &str, error: &serde_json::Error) -> ApiError {
    let (path, reason) = (shorten(path, QUOTED_MAX), shorten(&error.to_string(), QUOTED_MAX));
    let message = format!("is not as expected: {reason}");
    let field = if reason.starts_with("unknown field") {
        FieldError::new(path, "unknown_field", message)
    } else if reason.starts_with("missing field") {
        FieldError::new(path, "required", message)
    } else if reason.starts_with("duplicate field") {
        FieldError::format(path, "once", message)
    } else if error.is_data() {
        FieldError::new(path, "invalid_type", message)
    } else {
        FieldError::format(path, "json", message)
    };
    ApiError::field(ErrorCode::InvalidJson, field)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only whether it parses is looked at")]
        name: Option<String>,
    }

    fn refusal(body: &[u8]) -> String {
        parse::<Body>(body).map(|_| ()).expect_err("must be refused").to_string()
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        assert!(refusal(br#"{"name": 5}"#).contains("name is not as expected: invalid type: integer `5`"));
        assert!(
            refusal(br#"{"nam": "x"}"#).contains("nam is not as expected: unknown field `nam`"),
            "{}",
            refusal(br#"{"nam": "x"}"#)
        );
    }

    #[test]
    fn a_large_mistake_does_not_come_back_whole() {
        let large = "ä".repeat(100_000);
        for body in [format!("{{\"{large}\": 1}}"), format!("{{\"name\": [\"{large}\"]}}"), format!("\"{large}\"")] {
            assert!(refusal(body.as_bytes()).chars().count() < 1_200);
        }
    }

    #[test]
    fn takes_one_whole_value_only() {
        assert!(parse::<Body>(br#" {"name": "x"} "#).is_ok());
        for bad in [
            &b""[..],
            b"  ",
            b"{",
            b"[]",
            b"null",
            b"{} {}",
            b"{}x",
            b"\"x\"",
            b"{\"name\":\"\xff\"}",
            b"{\"name\":\"a\",\"name\":\"b\"}",
        ] {
            assert!(refusal(bad).starts_with("invalid_json"), "{bad:?}");
        }
    }
}
