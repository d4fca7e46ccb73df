//! Setting the installation up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use clockwork_core::accounts::attempts::Attempt;
use clockwork_core::accounts::audit::By;
use clockwork_core::accounts::passwords::NewPassword;
use clockwork_core::accounts::setup::{self, Authority, Owner};
use clockwork_core::accounts::sign_in;
use clockwork_core::values::{DisplayName, EmailAddress};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{SessionView, show};
use super::with_session;
use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::extract::{Anyone, JsonBody, Now, Sender};
use crate::state::AppState;

/// Mounts the operation.
pub fn configure(config: &mut impl Routes) {
    config.operation(set_up, __path_set_up);
}

/// The first administrator, who owns the workspace that is there from the beginning.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetUp {
    /// The token that the server's log shows once at its start; `server setup-token` makes another one.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
    /// How the administrator is called.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// The address to sign in with.
    #[schema(required, value_type = String, min_length = 1, max_length = 254)]
    email: Option<String>,
    /// 12 to 256 characters; none of those that are guessed first.
    #[schema(required, value_type = String, min_length = 12, max_length = 256)]
    password: Option<String>,
}

/// Makes the first administrator, and signs them in.
#[utoipa::path(
    post,
    path = "/auth/setup",
    tag = "auth",
    request_body = SetUp,
    responses(
        (status = 201, body = SessionView),
        (status = 400, description = "invalid_token, invalid_name, invalid_email, invalid_password"),
        (status = 403, description = "token_refused, passwords_disabled"),
        (status = 409, description = "already_set_up, accounts_disabled, email_taken"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn set_up(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<SetUp>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let name = fields.required("name", ErrorCode::InvalidName, body.name.as_deref(), DisplayName::parse);
    let email = fields.required("email", ErrorCode::InvalidEmail, body.email.as_deref(), EmailAddress::parse);
    let password = fields.new_password("password", body.password.as_deref(), email.as_ref());
    let values = token.zip(name).zip(email.zip(password));
    let ((token, name), (email, password)) = fields.done(values)?;
    state.password_accounts()?;
    {
        let mut conn = state.db.conn().await?;
        // Before the hash, which costs something. A token that is wrong counts for the network.
        let attempt = Attempt::secret(sender.address);
        attempt.begin(&mut conn, now).await?;
        setup::check(&mut conn, &token, now).await?;
        attempt.take_back(&mut conn).await?;
    }
    let hash = hash(&state, &password).await?;
    let owner = Owner { name: Some(name), email, password_hash: Some(&hash) };
    let by = By::anonymous(None, sender.address);
    let mut conn = state.db.conn().await?;
    let signed_in = sign_in::set_up(
        &mut conn,
        Authority::Token(&token),
        &owner,
        by,
        sender.device(),
        state.credentials.limits(),
        now,
    )
    .await?;
    state.installation.set_up();
    let view = show(&state, &mut conn, Some((signed_in.user, now))).await?;
    let mark = signed_in.device_mark.as_ref();
    Ok(with_session(&state, &sender, StatusCode::CREATED, &signed_in.session, mark)?.json(view))
}

async fn hash(state: &AppState, password: &NewPassword) -> ApiResult<String> {
    state.passwords.hash(password).await.map_err(ApiError::from)
}
