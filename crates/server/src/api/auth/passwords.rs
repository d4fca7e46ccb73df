//! Changing a password, and choosing one in place of a forgotten one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use clockwork_core::accounts::password_changes;
use clockwork_core::values::EmailAddress;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{SessionView, show};
use super::with_session;
use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Anyone, JsonBody, Now, RecentSessionUser, Sender};
use crate::site::Site;
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(change_password, __path_change_password)
        .operation(forgot_password, __path_forgot_password)
        .operation(reset_password, __path_reset_password);
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ChangePassword {
    /// 12 to 256 characters; none of those that are guessed first.
    #[schema(required, value_type = String, min_length = 12, max_length = 256)]
    password: Option<String>,
}

/// The address of the account with the forgotten password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ForgotPassword {
    /// The address of the account.
    #[schema(required, value_type = String, min_length = 1, max_length = 254)]
    email: Option<String>,
}

/// A new password in place of a forgotten one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResetPassword {
    /// The token of the link.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
    /// 12 to 256 characters; none of those that are guessed first.
    #[schema(required, value_type = String, min_length = 12, max_length = 256)]
    password: Option<String>,
}

/// Changes the caller's password. All other sessions end.
#[utoipa::path(
    put,
    path = "/auth/password",
    tag = "auth",
    request_body = ChangePassword,
    responses(
        (status = 200, body = SessionView),
        (status = 400, description = "invalid_password"),
        (status = 403, description = "passwords_disabled"),
        (status = 409, description = "signs_in_elsewhere, no_email"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn change_password(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ChangePassword>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    // The address, which it must not be made of, is known to the rule only.
    let password = fields.new_password("password", body.password.as_deref(), None);
    fields.done(password)?;
    state.password_accounts()?;
    let text = body.password.unwrap_or_default();
    let (user, session, by) = (caller.user(), caller.session_id(), sender.by(caller.actor));
    let (hasher, notify) = (&state.passwords, state.notify.as_ref());
    let secret = password_changes::change(&state.db, hasher, notify, user, session, &text, by, now).await?;
    state.credentials.forget();
    let view = show(&state, &mut *state.db.conn().await?, Some((user, now))).await?;
    Ok(match secret {
        Some(secret) => with_session(&state, &sender, StatusCode::OK, &secret, None)?.json(view),
        None => HttpResponse::Ok().json(view),
    })
}

/// Sends a link to choose a new password, if there is such an account. The answer is the same if there is none.
#[utoipa::path(
    post,
    path = "/auth/forgotten",
    tag = "auth",
    request_body = ForgotPassword,
    responses(
        (status = 202),
        (status = 400, description = "invalid_email"),
        (status = 403, description = "passwords_disabled"),
        (status = 409, description = "accounts_disabled"),
        (status = 429, description = "too_many_attempts"),
    )
)]
pub(crate) async fn forgot_password(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ForgotPassword>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let email = fields.required("email", ErrorCode::InvalidEmail, body.email.as_deref(), EmailAddress::parse);
    let email = fields.done(email)?;
    state.password_accounts()?;
    let site = Site::of(sender.request())?;
    let link = |token: &str| site.link(&format!("/reset#token={token}"));
    let mut conn = state.db.conn().await?;
    password_changes::forgotten(&mut conn, state.notify.as_ref(), &link, &email, sender.address, now).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Chooses a new password with a link. All sessions of the user end; the user signs in with the new password.
#[utoipa::path(
    post,
    path = "/auth/reset",
    tag = "auth",
    request_body = ResetPassword,
    responses(
        (status = 204),
        (status = 400, description = "invalid_token, invalid_password"),
        (status = 403, description = "token_refused, passwords_disabled"),
        (status = 409, description = "accounts_disabled, signs_in_elsewhere, no_email"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn reset_password(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ResetPassword>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let password = fields.new_password("password", body.password.as_deref(), None);
    let (token, _) = fields.done(token.zip(password))?;
    state.password_accounts()?;
    let text = body.password.unwrap_or_default();
    let (hasher, notify) = (&state.passwords, state.notify.as_ref());
    password_changes::reset(&state.db, hasher, notify, &token, &text, sender.address, now).await?;
    state.credentials.forget();
    Ok(HttpResponse::NoContent().finish())
}
