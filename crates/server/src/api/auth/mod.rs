//! `/api/auth`: signing in and out, and what a user signs in with. These operations belong to no workspace.

pub mod addresses;
pub mod deletion;
pub mod export;
pub mod passwords;
pub mod second_factor;
pub mod session;
pub mod sessions;
pub mod setup;
pub mod sign_on;
pub mod sign_up;
pub mod tokens;
pub mod view;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use clockwork_core::values::secret_token::SecretToken;

use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::Sender;
use crate::site::{CookieName, DEVICE_AGE, Site};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .configure(session::configure)
        .configure(setup::configure)
        .configure(sign_up::configure)
        .configure(passwords::configure)
        .configure(addresses::configure)
        .configure(sessions::configure)
        .configure(tokens::configure)
        .configure(second_factor::configure)
        .configure(sign_on::configure)
        .configure(deletion::configure)
        .configure(export::configure);
}

/// An answer that gives the browser a session, and a mark if it is new.
fn with_session(
    state: &AppState,
    sender: &Sender,
    status: StatusCode,
    session: &SecretToken,
    device_mark: Option<&SecretToken>,
) -> ApiResult<actix_web::HttpResponseBuilder> {
    let (req, site) = (sender.request(), Site::of(sender.request())?);
    let mut response = HttpResponse::build(status);
    let age = state.credentials.limits().age;
    response.append_header((SET_COOKIE, site.set_cookie(req, CookieName::Session, session, age)?));
    if let Some(mark) = device_mark {
        response.append_header((SET_COOKIE, site.set_cookie(req, CookieName::Device, mark, DEVICE_AGE)?));
    }
    Ok(response)
}
