//! The identity behind a request: by the configuration, a session or a token.
//!
//! The limits on requests and the extractors ask for the same request; it is found out once, and remembered with it.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clockwork_core::accounts::credentials::Secret;
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::config::AuthMode;
use clockwork_core::values::ids::{self, WorkspaceId};
use clockwork_core::values::secret_token::API_TOKEN_PREFIX;

use crate::error::ApiResult;
use crate::request::route;
use crate::site::Site;
use crate::state::{AppState, Identity};

/// What a request shows.
enum Shown {
    /// Nothing, or what cannot be valid.
    Nothing,
    /// The secret of a session or a token.
    Secret(Secret),
}

/// What is known of the request without a look at the database; `None` when the database has to be asked.
pub(crate) fn known(req: &HttpRequest) -> ApiResult<Option<Identity>> {
    if let Some(found) = req.extensions().get::<Identity>() {
        return Ok(Some(*found));
    }
    let state = AppState::of(req)?;
    if let Some(identity) = state.identified(req) {
        return Ok(Some(identity));
    }
    if state.auth.mode == AuthMode::None {
        return Ok(Some(Identity::Caller(BUILT_IN_CALLER)));
    }
    let Shown::Secret(secret) = shown(req)? else { return Ok(Some(Identity::Unknown)) };
    Ok(state.credentials.remembered(secret, named_workspace(req), state.clock.now()).map(Identity::Owner))
}

/// Whether the secret of a request was valid when this server last looked.
pub(crate) fn was_valid(req: &HttpRequest) -> bool {
    let (Ok(state), Ok(Shown::Secret(secret))) = (AppState::of(req), shown(req)) else { return false };
    state.credentials.was_valid(secret)
}

/// The identity behind a request.
pub(crate) async fn of(req: &HttpRequest) -> ApiResult<Identity> {
    let identity = match known(req)? {
        Some(identity) => identity,
        None => look_up(req).await?,
    };
    req.extensions_mut().insert(identity);
    Ok(identity)
}

async fn look_up(req: &HttpRequest) -> ApiResult<Identity> {
    let state = AppState::of(req)?;
    let Shown::Secret(secret) = shown(req)? else { return Ok(Identity::Unknown) };
    // Before the database is asked, so that what it says is not believed for longer than a second.
    let now = state.clock.now();
    let mut conn = state.db.conn().await?;
    let owner = state.credentials.owner(&mut conn, secret, named_workspace(req), now).await?;
    Ok(owner.map_or(Identity::Unknown, Identity::Owner))
}

/// The workspace that the path names. Before the routes have been matched, so from the text; a text that is no id is
/// refused by the extractor.
fn named_workspace(req: &HttpRequest) -> Option<WorkspaceId> {
    let rest = route::path(req).strip_prefix("/api/workspaces/")?;
    let id = rest.split('/').next()?;
    ids::parse(id).map(WorkspaceId)
}

/// A token in `Authorization` wins over the cookie. What a proxy puts there for itself is no token, and says nothing.
fn shown(req: &HttpRequest) -> ApiResult<Shown> {
    if let Some(token) = req.headers().get(header::AUTHORIZATION).and_then(api_token) {
        return Ok(Secret::of_token(&token).map_or(Shown::Nothing, Shown::Secret));
    }
    let cookie = Site::of(req)?.session_cookie(req);
    Ok(cookie.map_or(Shown::Nothing, |text| Shown::Secret(Secret::of_session(&text))))
}

/// The API token of `Authorization: Bearer`, or of `Basic`, where it is the name of the user: curl and old clients can
/// send that.
fn api_token(header: &HeaderValue) -> Option<String> {
    let (scheme, value) = header.to_str().ok()?.trim().split_once(' ')?;
    let token = if scheme.eq_ignore_ascii_case("bearer") {
        value.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
        decoded.split_once(':')?.0.to_owned()
    } else {
        return None;
    };
    token.starts_with(API_TOKEN_PREFIX).then_some(token)
}
