//! The second factor of the caller.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use clockwork_core::accounts::profile;
use clockwork_core::accounts::second_factor::{self, RecoveryCodes};
use fast_qr::{ECL, QRBuilder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session;
use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult};
use crate::extract::{JsonBody, Now, RecentSessionUser, Sender};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(begin_second_factor, __path_begin_second_factor)
        .operation(confirm_second_factor, __path_confirm_second_factor)
        .operation(renew_recovery_codes, __path_renew_recovery_codes)
        .operation(remove_second_factor, __path_remove_second_factor);
}

/// What an authenticator app has to know.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondFactorSecret)]
pub struct SecretView {
    /// The secret in base32, to be typed in.
    secret: String,
    /// The same as the address that apps read from a QR code.
    uri: String,
    qr: QrView,
}

/// A QR code as a path of SVG: dark squares on a white ground, in a square of `size` units a side.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QrCode)]
pub struct QrView {
    /// Units a side, with the quiet zone around the code.
    size: usize,
    /// The attribute `d` of the path.
    path: String,
}

/// Units of white around a QR code, which readers need (ISO/IEC 18004).
const QUIET: usize = 4;

impl QrView {
    fn of(text: &str) -> ApiResult<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build();
        let code = code.map_err(|error| ApiError::internal(anyhow::anyhow!("no QR code: {error:?}")))?;
        let mut path = String::new();
        for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
            let mut x = 0;
            // One stroke for the dark squares beside each other.
            while x < code.size {
                let run = row.iter().skip(x).take_while(|square| square.value()).count();
                if run > 0 {
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
                }
                x += run.max(1);
            }
        }
        Ok(Self { size: code.size + 2 * QUIET, path })
    }
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfirmSecondFactor {
    /// Six digits.
    #[schema(required, value_type = String, min_length = 1, max_length = 32)]
    code: Option<String>,
}

/// The password, and a code, which removing the second factor asks for once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RemoveSecondFactor {
    /// The password.
    #[schema(required, value_type = String, max_length = 256)]
    password: Option<String>,
    /// A code of the second factor, or a recovery code.
    #[schema(max_length = 32)]
    code: Option<String>,
}

/// Codes for the day on which the app is lost, each of which works once. They are shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecoveryCodes)]
pub struct RecoveryCodesView {
    recovery_codes: Vec<String>,
}

impl From<RecoveryCodes> for RecoveryCodesView {
    fn from(codes: RecoveryCodes) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.to_string()).collect() }
    }
}

/// Begins a second factor: the secret for the app. It is asked for once a code of it is confirmed.
#[utoipa::path(
    post,
    path = "/auth/second-factor",
    tag = "auth",
    responses((status = 201, body = SecretView), (status = 409, description = "second_factor_exists"))
)]
pub(crate) async fn begin_second_factor(
    caller: RecentSessionUser,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let account = profile::of(&mut conn, caller.user()).await?;
    let secret = second_factor::begin(&mut conn, caller.user(), now).await?;
    let label = account.email.unwrap_or(account.name);
    let label = utf8_percent_encode(&label, NON_ALPHANUMERIC);
    let uri = format!("otpauth://totp/Clockwork:{label}?secret={}&issuer=Clockwork", *secret);
    let qr = QrView::of(&uri)?;
    Ok(HttpResponse::Created().json(SecretView { secret: secret.to_string(), uri, qr }))
}

/// Confirms the second factor by a code of the app. From now on signing in asks for one.
#[utoipa::path(
    post,
    path = "/auth/second-factor/confirm",
    tag = "auth",
    request_body = ConfirmSecondFactor,
    responses(
        (status = 200, body = RecoveryCodesView),
        (status = 400, description = "invalid_code"),
        (status = 409, description = "second_factor_exists, no_second_factor"),
    )
)]
pub(crate) async fn confirm_second_factor(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ConfirmSecondFactor>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let code = fields.required_code("code", body.code.as_deref());
    let code = fields.done(code)?;
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let codes = second_factor::confirm(&mut conn, caller.user(), &code, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::from(codes)))
}

/// Makes new recovery codes in place of all others.
#[utoipa::path(
    post,
    path = "/auth/second-factor/recovery-codes",
    tag = "auth",
    responses((status = 200, body = RecoveryCodesView), (status = 409, description = "no_second_factor"))
)]
pub(crate) async fn renew_recovery_codes(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let codes = second_factor::new_recovery_codes(&mut conn, caller.user(), sender.by(caller.actor), now).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesView::from(codes)))
}

/// Removes the second factor with its recovery codes.
#[utoipa::path(
    post,
    path = "/auth/second-factor/remove",
    tag = "auth",
    request_body = RemoveSecondFactor,
    responses(
        (status = 204),
        (status = 400, description = "invalid_password, invalid_code"),
        (status = 401, description = "wrong_credentials, code_required, wrong_code"),
        (status = 409, description = "no_second_factor"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn remove_second_factor(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<RemoveSecondFactor>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let password = fields.typed_password("password", body.password.as_deref());
    let code = fields.code("code", body.code.as_deref());
    let password = fields.done(password)?;
    state.accounts()?;
    let secret = session::confirm(&caller, &sender, &state, password, code.as_deref(), now).await?;
    let mut conn = state.db.conn().await?;
    second_factor::remove(&mut conn, state.notify.as_ref(), caller.user(), sender.by(caller.actor), now).await?;
    Ok(match secret {
        Some(secret) => super::with_session(&state, &sender, StatusCode::NO_CONTENT, &secret, None)?.finish(),
        None => HttpResponse::NoContent().finish(),
    })
}
