//! What the server knows of a request while it answers: its id, its route, the base path, whether it was a HEAD. The
//! middleware writes it; handlers, errors and logs read it.

mod id;
pub mod route;

use std::io;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::web::Data;
use clockwork_core::config::BasePath;

pub(crate) use id::with_id;
pub use id::{RequestId, current_id};

/// Marks a request that was a HEAD, for answers whose body would never end.
#[derive(Clone, Copy, Debug)]
pub struct HeadRequest;

/// The path before those that an answer names: empty, or such as `/clockwork`.
#[must_use]
pub fn base_path(req: &HttpRequest) -> &str {
    req.app_data::<Data<BasePath>>().map_or("", |base| base.as_str())
}

/// Whether a body ended because it arrived too slowly ([`crate::middleware::slow_body`]).
#[must_use]
pub fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
