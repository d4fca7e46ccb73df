//! Signing in and out.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use actix_web::web::Data;
use clockwork_core::accounts::passwords::TypedPassword;
use clockwork_core::accounts::sessions;
use clockwork_core::accounts::sign_in::{self, Confirmation, PasswordSignIn};
use clockwork_core::values::EmailAddress;
use serde::Deserialize;
use utoipa::ToSchema;

use super::sign_on::DepartureView;
use super::view::{SessionView, show};
use super::with_session;
use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Anyone, JsonBody, Now, Pool, Sender, SessionUser};
use crate::identity;
use crate::site::{CookieName, Site};
use crate::state::{AppState, Identity};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(get_session, __path_get_session)
        .operation(sign_in, __path_sign_in)
        .operation(confirm_password, __path_confirm_password)
        .operation(sign_out, __path_sign_out);
}

/// What a user types to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignIn {
    /// The address of the account.
    #[schema(required, value_type = String, min_length = 1, max_length = 254)]
    email: Option<String>,
    /// The password.
    #[schema(required, value_type = String, max_length = 256)]
    password: Option<String>,
    /// A code of the second factor, or a recovery code; asked for by `code_required`.
    #[schema(max_length = 32)]
    code: Option<String>,
}

/// What a user types once more before a sensitive change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfirmPassword {
    /// The password.
    #[schema(required, value_type = String, max_length = 256)]
    password: Option<String>,
    /// A code of the second factor, or a recovery code; asked for by `code_required`.
    #[schema(max_length = 32)]
    code: Option<String>,
}

/// How users sign in here, and who is signed in.
#[utoipa::path(
    get,
    path = "/auth/session",
    tag = "auth",
    responses((status = 200, body = SessionView))
)]
pub(crate) async fn get_session(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let identity = identity::of(sender.request()).await?;
    let mut conn = pool.0.conn().await?;
    let user = match identity {
        Identity::Owner(owner) => owner.session.map(|session| (owner.actor.user, session.at)),
        _ => None,
    };
    let view = show(&state, &mut conn, user).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Signs a user in with a password.
#[utoipa::path(
    post,
    path = "/auth/sign-in",
    tag = "auth",
    request_body = SignIn,
    responses(
        (status = 200, body = SessionView),
        (status = 400, description = "invalid_email, invalid_password, invalid_code"),
        (status = 401, description = "wrong_credentials, code_required, wrong_code"),
        (status = 403, description = "passwords_disabled"),
        (status = 409, description = "accounts_disabled"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn sign_in(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<SignIn>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let email = fields.required("email", ErrorCode::InvalidEmail, body.email.as_deref(), EmailAddress::parse);
    let password = fields.typed_password("password", body.password.as_deref());
    let code = fields.code("code", body.code.as_deref());
    let (email, password) = fields.done(email.zip(password))?;
    state.password_accounts()?;
    let (session, mark) = (sender.cookie(CookieName::Session), sender.cookie(CookieName::Device));
    let request = PasswordSignIn {
        email,
        password,
        code: code.as_deref(),
        device: sender.device(),
        device_mark: mark.as_deref(),
        session: session.as_deref(),
    };
    let limits = state.credentials.limits();
    let notify = state.notify.as_ref();
    let signed_in = sign_in::with_password(&state.db, &state.passwords, notify, limits, &request, now).await?;
    // The session that the browser had has ended.
    state.credentials.forget();
    let view = show(&state, &mut *state.db.conn().await?, Some((signed_in.user, now))).await?;
    let mark = signed_in.device_mark.as_ref();
    Ok(with_session(&state, &sender, StatusCode::OK, &signed_in.session, mark)?.json(view))
}

/// Shows once more who the user is, so that sensitive changes are allowed for ten minutes.
#[utoipa::path(
    post,
    path = "/auth/confirm",
    tag = "auth",
    request_body = ConfirmPassword,
    responses(
        (status = 200, body = SessionView),
        (status = 400, description = "invalid_password, invalid_code"),
        (status = 401, description = "wrong_credentials, code_required, wrong_code"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn confirm_password(
    caller: SessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ConfirmPassword>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let password = fields.typed_password("password", body.password.as_deref());
    let code = fields.code("code", body.code.as_deref());
    let password = fields.done(password)?;
    state.accounts()?;
    let secret = confirm(&caller, &sender, &state, password, code.as_deref(), now).await?;
    let view = show(&state, &mut *state.db.conn().await?, Some((caller.user(), now))).await?;
    Ok(match secret {
        Some(secret) => with_session(&state, &sender, StatusCode::OK, &secret, None)?.json(view),
        None => HttpResponse::Ok().json(view),
    })
}

/// Looks at the password of the caller; the new secret of the session.
pub(super) async fn confirm(
    caller: &SessionUser,
    sender: &Sender,
    state: &AppState,
    password: TypedPassword,
    code: Option<&str>,
    now: chrono::DateTime<chrono::Utc>,
) -> ApiResult<Option<clockwork_core::values::secret_token::SecretToken>> {
    let mark = sender.cookie(CookieName::Device);
    let request = Confirmation { password, code, address: sender.address, device_mark: mark.as_deref() };
    let (user, session) = (caller.user(), caller.session_id());
    let secret = sign_in::confirm(&state.db, &state.passwords, user, session, &request, now).await?;
    state.credentials.forget();
    Ok(secret)
}

/// Ends the session of the browser. Without one, nothing happens. If a provider of single sign-on vouched for the user
/// and has a page for it, the answer says where the browser signs out there.
#[utoipa::path(
    post,
    path = "/auth/sign-out",
    tag = "auth",
    responses((status = 200, body = DepartureView), (status = 204))
)]
pub(crate) async fn sign_out(_: Anyone, sender: Sender, state: Data<AppState>) -> ApiResult<HttpResponse> {
    let site = Site::of(sender.request())?;
    let mut departure = None;
    if let Some(secret) = sender.cookie(CookieName::Session) {
        let provider = sessions::end_presented(&mut *state.db.conn().await?, &secret).await?;
        state.credentials.forget();
        if let Some(provider) = provider {
            departure = DepartureView::of_sign_out(&state, site, &provider).await;
        }
    }
    let status = if departure.is_some() { StatusCode::OK } else { StatusCode::NO_CONTENT };
    let mut response = HttpResponse::build(status);
    response.insert_header((SET_COOKIE, site.forget_cookie(sender.request(), CookieName::Session)?));
    // Whatever the browser keeps of the pages of this user goes as well.
    response.insert_header(("Clear-Site-Data", "\"cache\""));
    Ok(match departure {
        Some(departure) => response.json(departure),
        None => response.finish(),
    })
}
