//! One extractor per concern: a handler's signature names what it reads and its access rule.

mod allowed;
mod caller;
mod conditions;
mod idempotency;
mod json;
mod path_id;
mod person;
mod query;
mod signed_in;

pub use allowed::Allowed;
pub use conditions::{IfMatch, IfNoneMatch, Representation, describe_if_match, expected, revision, show, weak_tag};
pub use idempotency::IdempotentRequest;
pub use json::{BODY_MAX, JsonBody, object};
pub use path_id::{PathId, PathParameter, parse_id};
pub use person::{Administrator, Anyone, RecentAdministrator, RecentSessionUser, RecentSignIn, Sender, SessionUser};
pub use query::{Bound, FromQuery, NoParameters, QueryParameters, UnreadParameters};
pub use signed_in::{AccountNeed, Changes, Reads, SignedIn};

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};

use crate::describe::{Describe, Description};
use crate::error::ApiError;
use crate::state::AppState;

/// The instant of the request: read once, so that everything it does happens at one time.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub DateTime<Utc>);

impl FromRequest for Now {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(AppState::of(req).map(|state| Self(state.clock.now())))
    }
}

impl Describe for Now {
    fn describe(_: &mut Description) {}
}

/// The pool. Handlers take a connection as late as they can.
#[derive(Clone)]
pub struct Pool(pub clockwork_core::database::Db);

impl FromRequest for Pool {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(AppState::of(req).map(|state| Self(state.db.clone())))
    }
}

impl Describe for Pool {
    fn describe(_: &mut Description) {}
}
