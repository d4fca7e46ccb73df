//! Who may call an operation that belongs to no workspace.

use std::future::{Future, Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use clockwork_core::access::{Actor, Credential};
use clockwork_core::accounts::audit::By;
use clockwork_core::accounts::credentials::PresentedSession;
use clockwork_core::accounts::sessions::{Device, RECENT};
use clockwork_core::config::AuthMode;
use clockwork_core::values::ids::{SessionId, UserId};

use crate::describe::{Access, AccessRule, Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::identity;
use crate::site::{CookieName, Site};
use crate::state::{AppState, Identity};

/// Every visitor, signed in or not.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl FromRequest for Anyone {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

impl Describe for Anyone {
    fn describe(operation: &mut Description) {
        operation.access(Access::Anyone);
        operation.common_codes();
    }
}

impl AccessRule for Anyone {}

/// A user who has signed in, and not a program with a token: what concerns the account itself.
///
/// With `AUTH_MODE=none` it is the built-in user, who has no account: the handler answers by [`AppState::accounts`].
#[derive(Clone, Copy, Debug)]
pub struct SessionUser {
    /// The user, and how the server knows.
    pub actor: Actor,
    /// The session.
    pub session: Option<PresentedSession>,
}

impl SessionUser {
    /// The user.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.actor.user
    }

    /// The session.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.session.map(|session| session.session)
    }
}

impl FromRequest for SessionUser {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { signed_in(&req).await })
    }
}

async fn signed_in(req: &HttpRequest) -> ApiResult<SessionUser> {
    let identity = identity::of(req).await?;
    let Some(actor) = identity.actor() else { return Err(ApiError::unauthenticated()) };
    // For the log of requests.
    req.extensions_mut().insert(actor);
    if matches!(actor.credential, Credential::Token(_)) {
        let message = "this concerns the account itself: sign in with a browser, a token does not reach it";
        return Err(ApiError::new(ErrorCode::SessionRequired, message));
    }
    let session = match identity {
        Identity::Owner(owner) => owner.session,
        _ => None,
    };
    Ok(SessionUser { actor, session })
}

impl Describe for SessionUser {
    fn describe(operation: &mut Description) {
        operation.access(Access::SignedIn);
        operation.codes([ErrorCode::Unauthenticated, ErrorCode::SessionRequired, ErrorCode::AccountsDisabled]);
        operation.common_codes();
    }
}

impl AccessRule for SessionUser {}

/// A user who has signed in within the last ten minutes: what would lock the user out, or let another one in.
#[derive(Clone, Copy, Debug)]
pub struct RecentSessionUser(pub SessionUser);

impl std::ops::Deref for RecentSessionUser {
    type Target = SessionUser;

    fn deref(&self) -> &SessionUser {
        &self.0
    }
}

impl FromRequest for RecentSessionUser {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let caller = signed_in(&req).await?;
            check_recent(&req, caller.session)?;
            Ok(Self(caller))
        })
    }
}

/// An administrator of the installation who has signed in. What becomes of a role that is taken away meanwhile is the
/// rule's matter.
#[derive(Clone, Copy, Debug)]
pub struct Administrator(SessionUser);

impl std::ops::Deref for Administrator {
    type Target = SessionUser;

    fn deref(&self) -> &SessionUser {
        &self.0
    }
}

/// Without accounts there are no administrators: the handler answers that by [`AppState::accounts`].
async fn administrator(req: &HttpRequest) -> ApiResult<SessionUser> {
    let caller = signed_in(req).await?;
    let is_one = match identity::of(req).await? {
        Identity::Owner(owner) => owner.administrator,
        _ => AppState::of(req)?.auth.mode == AuthMode::None,
    };
    if is_one {
        return Ok(caller);
    }
    let message = "this is for administrators of the installation";
    Err(ApiError::new(ErrorCode::AdministratorRequired, message))
}

impl FromRequest for Administrator {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { administrator(&req).await.map(Self) })
    }
}

impl Describe for Administrator {
    fn describe(operation: &mut Description) {
        SessionUser::describe(operation);
        operation.access(Access::Administrator);
        operation.code(ErrorCode::AdministratorRequired);
    }
}

impl AccessRule for Administrator {}

/// An administrator who has signed in within the last ten minutes: what locks others out, or lets them in.
#[derive(Clone, Copy, Debug)]
pub struct RecentAdministrator(SessionUser);

impl std::ops::Deref for RecentAdministrator {
    type Target = SessionUser;

    fn deref(&self) -> &SessionUser {
        &self.0
    }
}

impl FromRequest for RecentAdministrator {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let caller = administrator(&req).await?;
            check_recent(&req, caller.session)?;
            Ok(Self(caller))
        })
    }
}

impl Describe for RecentAdministrator {
    fn describe(operation: &mut Description) {
        Administrator::describe(operation);
        operation.access(Access::RecentAdministrator);
        operation.code(ErrorCode::RecentSignInRequired);
    }
}

impl AccessRule for RecentAdministrator {}

/// Refuses a session whose sign-in is older than [`RECENT`]. Without a session the caller is the built-in user, a
/// token, or a test's.
fn check_recent(req: &HttpRequest, session: Option<PresentedSession>) -> ApiResult<()> {
    let now = AppState::of(req)?.clock.now();
    if session.is_some_and(|session| now - session.at > RECENT) {
        let message = "this asks for a sign-in not older than ten minutes; confirm your password first";
        return Err(ApiError::new(ErrorCode::RecentSignInRequired, message));
    }
    Ok(())
}

/// A further condition of an operation of a workspace that cannot be undone: a session whose sign-in is recent. A token
/// has its scope instead.
#[derive(Clone, Copy, Debug)]
pub struct RecentSignIn;

impl FromRequest for RecentSignIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            if let Identity::Owner(owner) = identity::of(&req).await? {
                check_recent(&req, owner.session)?;
            }
            Ok(Self)
        })
    }
}

impl Describe for RecentSignIn {
    fn describe(operation: &mut Description) {
        operation.code(ErrorCode::RecentSignInRequired);
    }
}

impl Describe for RecentSessionUser {
    fn describe(operation: &mut Description) {
        SessionUser::describe(operation);
        operation.access(Access::RecentlySignedIn);
        operation.code(ErrorCode::RecentSignInRequired);
    }
}

impl AccessRule for RecentSessionUser {}

/// Where a request comes from: the address and the browser, for sessions and the audit log.
#[derive(Clone, Debug)]
pub struct Sender {
    req: HttpRequest,
    /// The address of the caller.
    pub address: Option<IpAddr>,
    user_agent: String,
}

impl Sender {
    /// The browser.
    #[must_use]
    pub fn device(&self) -> Device<'_> {
        Device { user_agent: &self.user_agent, address: self.address }
    }

    /// A user who acts from here.
    #[must_use]
    pub fn by(&self, actor: Actor) -> By {
        By::actor(actor, self.address)
    }

    /// The request itself.
    pub(crate) fn request(&self) -> &HttpRequest {
        &self.req
    }

    /// A cookie that the browser sent.
    pub(crate) fn cookie(&self, name: CookieName) -> Option<String> {
        Site::of(&self.req).ok()?.read(&self.req, name)
    }
}

impl FromRequest for Sender {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let user_agent = user_agent.unwrap_or_default().to_owned();
        ready(Site::of(req).map(|site| Self { req: req.clone(), address: site.address(req), user_agent }))
    }
}

impl Describe for Sender {
    fn describe(_: &mut Description) {}
}
