//! Following the link of an invitation without an account: what it says, and the account that it makes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use clockwork_core::accounts::sign_up::{self, Preview, SignUp};
use clockwork_core::values::DisplayName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{SessionView, show};
use super::with_session;
use crate::api::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Anyone, JsonBody, Now, Pool, Sender};
use crate::site::CookieName;
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config.operation(show_invitation, __path_show_invitation).operation(sign_up, __path_sign_up);
}

/// The link of an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ShowInvitation {
    /// The part of the link after `#token=`.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
}

/// What an invitation says to a visitor who has its link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InvitationPreview)]
pub struct PreviewView {
    /// The name of the workspace.
    workspace: String,
    /// The name of the inviter.
    inviter: String,
    /// The invited address: only its account can accept.
    email: String,
    /// The role that the user gets: `owner`, `admin`, `manager`, `member` or `viewer`.
    role: String,
    /// Whether an account has the address: its user signs in and accepts. Otherwise `POST /api/auth/sign-up` makes one.
    has_account: bool,
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        let Preview { workspace, inviter, email, role, has_account } = preview;
        Self { workspace, inviter, email: email.as_str().to_owned(), role: role.as_str().to_owned(), has_account }
    }
}

/// An account to make by an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SignUp)]
pub struct SignUpBody {
    /// The part of the link after `#token=`.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
    /// How the user is called.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// 12 to 256 characters; none of those that are guessed first.
    #[schema(required, value_type = String, min_length = 12, max_length = 256)]
    password: Option<String>,
}

/// Shows an invitation to a visitor who has its link.
#[utoipa::path(
    post,
    path = "/auth/invitation",
    tag = "auth",
    request_body = ShowInvitation,
    responses(
        (status = 200, body = PreviewView),
        (status = 400, description = "invalid_token"),
        (status = 403, description = "token_refused"),
        (status = 409, description = "accounts_disabled"),
        (status = 429, description = "too_many_attempts"),
    )
)]
pub(crate) async fn show_invitation(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    pool: Pool,
    Now(now): Now,
    JsonBody(body): JsonBody<ShowInvitation>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let token = fields.done(token)?;
    state.accounts()?;
    let mut conn = pool.0.conn().await?;
    let preview = sign_up::preview(&mut conn, &token, sender.device(), now).await?;
    Ok(HttpResponse::Ok().json(PreviewView::from(preview)))
}

/// Makes an account for the invited address, accepts the invitation, and signs the user in.
#[utoipa::path(
    post,
    path = "/auth/sign-up",
    tag = "auth",
    request_body = SignUpBody,
    responses(
        (status = 201, body = SessionView),
        (status = 400, description = "invalid_token, invalid_name, invalid_password"),
        (status = 403, description = "token_refused, passwords_disabled"),
        (status = 409, description = "accounts_disabled, email_taken"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn sign_up(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<SignUpBody>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let name = fields.required("name", ErrorCode::InvalidName, body.name.as_deref(), DisplayName::parse);
    // The address, which it must not be made of, is known to the rule only.
    let password = fields.new_password("password", body.password.as_deref(), None);
    let ((token, name), _) = fields.done(token.zip(name).zip(password))?;
    state.password_accounts()?;
    let (session, text) = (sender.cookie(CookieName::Session), body.password.unwrap_or_default());
    let request = SignUp { token: &token, name, password: &text, device: sender.device(), session: session.as_deref() };
    let limits = state.credentials.limits();
    let signed_in = sign_up::with_invitation(&state.db, &state.passwords, limits, &request, now).await?;
    // The session that the browser had has ended.
    state.credentials.forget();
    let view = show(&state, &mut *state.db.conn().await?, Some((signed_in.user, now))).await?;
    let mark = signed_in.device_mark.as_ref();
    Ok(with_session(&state, &sender, StatusCode::CREATED, &signed_in.session, mark)?.json(view))
}
