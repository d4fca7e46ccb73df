//! The access rule of an operation.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use clockwork_core::access::{Need, Permit};

use super::caller;
use crate::describe::{AccessRule, Describe, Description};
use crate::error::{ApiError, ErrorCode};

/// A caller with a capability. The first argument of every handler: without one the handler does not compile into a
/// route.
///
/// The answers are, in this order: 401 when the request carries no known credentials, 404 when the caller is no member
/// of the workspace in the path, 403 when the caller's role or token does not have the capability.
#[derive(Clone, Copy, Debug)]
pub struct Allowed<N>(pub Permit<N>);

impl<N> Deref for Allowed<N> {
    type Target = Permit<N>;

    fn deref(&self) -> &Permit<N> {
        &self.0
    }
}

impl<N: Need> FromRequest for Allowed<N> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let caller = caller::of(&req).await?;
            // For the log of requests.
            req.extensions_mut().insert(caller);
            Ok(Self(caller.permit()?))
        })
    }
}

impl<N: Need> Describe for Allowed<N> {
    fn describe(operation: &mut Description) {
        operation.needs(N::CAPABILITY);
        operation.codes([ErrorCode::Unauthenticated, ErrorCode::Forbidden, ErrorCode::NotFound]);
        operation.common_codes();
    }
}

impl<N: Need> AccessRule for Allowed<N> {}
