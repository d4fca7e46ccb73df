//! What every answer carries: the name of its request, which is also in errors and in the log, and the version that
//! gave it.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use uuid::Uuid;

use crate::request::{self, RequestId};

/// The header that carries it in and out.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header that says which build answered.
const X_DEPLOYMENT_VERSION: HeaderName = HeaderName::from_static("x-deployment-version");

/// Longest id that is taken from a request, in characters.
const LENGTH_MAX: usize = 128;

/// Takes the id from the request when it is sane, else makes one, and returns it with the answer.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn assign(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = sane(req.headers()).unwrap_or_else(make);
    req.extensions_mut().insert(RequestId(id.clone()));
    request::with_id(id.clone(), async {
        match next.call(req).await {
            Ok(mut response) => {
                stamp(response.headers_mut(), &id);
                Ok(response)
            }
            // A middleware refused or a handler panicked: the answer is made here, while the id is known.
            Err(error) => {
                let mut response = error.error_response();
                stamp(response.headers_mut(), &id);
                Err(InternalError::from_response(error, response).into())
            }
        }
    })
    .await
}

fn stamp(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    if let Ok(version) = HeaderValue::from_str(clockwork_core::build_info::deployment()) {
        headers.insert(X_DEPLOYMENT_VERSION, version);
    }
}

fn sane(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(&X_REQUEST_ID)?.to_str().ok()?;
    let visible = !text.is_empty() && text.len() <= LENGTH_MAX && text.bytes().all(|b| b.is_ascii_graphic());
    visible.then(|| text.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a request has no newtype of its own")]
fn make() -> String {
    Uuid::now_v7().to_string()
}
