//! HEAD is answered wherever GET is (RFC 9110, section 9.3.2): the routes see a GET, and the connection leaves the body
//! out.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use crate::request::HeadRequest;

/// Routes a HEAD request like GET.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn as_get(
    mut req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
        req.extensions_mut().insert(HeadRequest);
    }
    next.call(req).await
}
