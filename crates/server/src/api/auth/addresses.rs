//! Changing the address of an account.

use actix_web::HttpResponse;
use actix_web::web::Data;
use clockwork_core::accounts::addresses;
use clockwork_core::accounts::audit::By;
use clockwork_core::values::EmailAddress;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Anyone, JsonBody, Now, RecentSessionUser, Sender};
use crate::site::Site;
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config.operation(change_address, __path_change_address).operation(confirm_address, __path_confirm_address);
}

/// A new address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ChangeAddress {
    /// The new address.
    #[schema(required, value_type = String, min_length = 1, max_length = 254)]
    email: Option<String>,
}

/// The token of a link to a new address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfirmAddress {
    /// The token of the link.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
}

/// How a change of an address goes on.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AddressChange)]
pub struct AddressChangeView {
    /// Whether a mail with a link is on its way to the new address.
    mailed: bool,
    /// The token to confirm with; null when it is sent by mail.
    #[schema(required)]
    token: Option<String>,
}

/// Begins to change the caller's address.
///
/// A link goes to the new address. If the server cannot send mail, the token is in the answer.
#[utoipa::path(
    post,
    path = "/auth/address",
    tag = "auth",
    request_body = ChangeAddress,
    responses(
        (status = 202, body = AddressChangeView),
        (status = 400, description = "invalid_email"),
        (status = 429, description = "too_many_attempts"),
    )
)]
pub(crate) async fn change_address(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ChangeAddress>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let email = fields.required("email", ErrorCode::InvalidEmail, body.email.as_deref(), EmailAddress::parse);
    let email = fields.done(email)?;
    state.accounts()?;
    let site = Site::of(sender.request())?;
    let link = |token: &str| site.link(&format!("/confirm-address#token={token}"));
    let mut conn = state.db.conn().await?;
    let (notify, address) = (state.notify.as_ref(), sender.address);
    let token = addresses::begin(&mut conn, notify, &link, caller.user(), &email, address, now).await?;
    let token = token.map(|token| token.reveal().to_owned());
    Ok(HttpResponse::Accepted().json(AddressChangeView { mailed: token.is_none(), token }))
}

/// Makes the address that a link was sent to the account's.
#[utoipa::path(
    post,
    path = "/auth/address/confirm",
    tag = "auth",
    request_body = ConfirmAddress,
    responses(
        (status = 204),
        (status = 400, description = "invalid_token"),
        (status = 403, description = "token_refused"),
        (status = 409, description = "accounts_disabled, email_taken"),
    )
)]
pub(crate) async fn confirm_address(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<ConfirmAddress>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let token = fields.done(token)?;
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let by = |user| By::anonymous(Some(user), sender.address);
    addresses::confirm(&mut conn, state.notify.as_ref(), &token, by, now).await?;
    Ok(HttpResponse::NoContent().finish())
}
