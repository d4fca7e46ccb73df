//! Who may call an operation that belongs to no workspace.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use clockwork_core::access::{Actor, TokenScope};
use clockwork_core::values::ids::WorkspaceId;

use super::caller;
use crate::describe::{AccessRule, Describe, Description};
use crate::error::{ApiError, ErrorCode};

/// What an operation of an account does, as far as tokens are concerned.
pub trait AccountNeed: 'static {
    /// The smallest scope of a token that may do it.
    const SCOPE: TokenScope;
    /// Whether a token for one workspace may do it.
    const IN_ONE_WORKSPACE: bool;
}

/// The operation reads.
#[derive(Clone, Copy, Debug)]
pub struct Reads;

/// The operation changes something.
#[derive(Clone, Copy, Debug)]
pub struct Changes;

impl AccountNeed for Reads {
    const SCOPE: TokenScope = TokenScope::Read;
    const IN_ONE_WORKSPACE: bool = true;
}

impl AccountNeed for Changes {
    const SCOPE: TokenScope = TokenScope::Admin;
    // It makes the user a member of another one.
    const IN_ONE_WORKSPACE: bool = false;
}

/// A user whom the server knows, whatever workspaces they are in. The first argument of a handler whose operation
/// belongs to the account and to no workspace.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn<N> {
    actor: Actor,
    bound_to: Option<WorkspaceId>,
    need: PhantomData<fn() -> N>,
}

impl<N> SignedIn<N> {
    /// The only workspace that the token of the request is for. The operation says nothing of others.
    #[must_use]
    pub fn bound_to(&self) -> Option<WorkspaceId> {
        self.bound_to
    }
}

impl<N> Deref for SignedIn<N> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl<N: AccountNeed> FromRequest for SignedIn<N> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let (actor, bound_to) = caller::actor_of(&req).await?;
            // For the log of requests.
            req.extensions_mut().insert(actor);
            if bound_to.is_some() && !N::IN_ONE_WORKSPACE {
                let message = "this needs a session, or a token for all workspaces of its user";
                return Err(ApiError::new(ErrorCode::Forbidden, message));
            }
            if actor.credential.covers(N::SCOPE) {
                return Ok(Self { actor, bound_to, need: PhantomData });
            }
            let message = format!("this needs a session, or a token with the scope {}", N::SCOPE);
            Err(ApiError::new(ErrorCode::Forbidden, message))
        })
    }
}

impl<N: AccountNeed> Describe for SignedIn<N> {
    fn describe(operation: &mut Description) {
        operation.needs_account(N::SCOPE);
        operation.codes([ErrorCode::Unauthenticated, ErrorCode::Forbidden]);
        operation.common_codes();
    }
}

impl<N: AccountNeed> AccessRule for SignedIn<N> {}
