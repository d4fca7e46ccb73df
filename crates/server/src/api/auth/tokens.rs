//! The API tokens of the caller.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use clockwork_core::access::TokenScope;
use clockwork_core::accounts::api_tokens::{self, ApiToken, DEFAULT_LIFETIME, TokenRequest, never};
use clockwork_core::values::ids::{ApiTokenId, WorkspaceId};
use clockwork_core::values::{DisplayName, InvalidValue, TrackedTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::fields::{FieldErrors, Patch, patch};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{JsonBody, NoParameters, Now, PathId, QueryParameters, RecentSessionUser, Sender, SessionUser};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_tokens, __path_list_tokens)
        .operation(create_token, __path_create_token)
        .operation(revoke_token, __path_revoke_token);
}

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiToken)]
pub struct TokenView {
    id: Uuid,
    /// What it is for.
    name: String,
    /// The only workspace that it is for; null for all of the user's.
    #[schema(required)]
    workspace_id: Option<Uuid>,
    /// `read`, `track`, `manage` or `admin`.
    scope: String,
    created_at: DateTime<Utc>,
    /// Null when it does not end.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// To the minute; null when it was never used.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
}

/// A new API token, with its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewApiToken)]
pub struct NewTokenView {
    /// The secret, which is shown this once.
    secret: String,
    token: TokenView,
}

impl From<ApiToken> for TokenView {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.into(),
            name: token.name,
            workspace_id: token.workspace_id.map(Uuid::from),
            scope: token.scope,
            created_at: token.created_at,
            expires_at: Some(token.expires_at).filter(|end| *end < never()),
            last_used_at: token.last_used_at,
        }
    }
}

/// An API token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateToken {
    /// What it is for, 1 to 255 characters.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// `read`, `track`, `manage` or `admin`; each includes those before. A token never opens more than its user may.
    #[schema(required, value_type = String)]
    scope: Option<String>,
    /// The only workspace that it is for; null or absent for all of the user's.
    #[schema(format = Uuid)]
    workspace_id: Option<String>,
    /// When it ends; 90 days from now when absent, never when null.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Patch<String>,
}

/// The words for scopes.
const SCOPES: &[&str] = &["read", "track", "manage", "admin"];

fn scope(text: &str) -> Result<TokenScope, InvalidValue> {
    TokenScope::parse(text).ok_or_else(|| InvalidValue::not_allowed(SCOPES, text))
}

impl CreateToken {
    fn parse(self, now: DateTime<Utc>) -> ApiResult<TokenRequest> {
        let mut fields = FieldErrors::new();
        let name = fields.required("name", ErrorCode::InvalidName, self.name.as_deref(), DisplayName::parse);
        let scope = fields.required("scope", ErrorCode::InvalidScope, self.scope.as_deref(), scope);
        let workspace = self.workspace_id.map(|text| fields.id::<WorkspaceId>("workspaceId", Some(&text)));
        let end = fields.clearable("expiresAt", ErrorCode::InvalidTime, self.expires_at, TrackedTime::parse);
        let expires_at = match end {
            None => now + DEFAULT_LIFETIME,
            Some(None) => never(),
            Some(Some(time)) => time.get(),
        };
        let (name, scope) = fields.done(name.zip(scope))?;
        Ok(TokenRequest { name, workspace: workspace.flatten(), scope, expires_at })
    }
}

/// The caller's tokens, the newest first; at most a hundred.
#[utoipa::path(
    get,
    path = "/auth/tokens",
    tag = "auth",
    responses((status = 200, body = Vec<TokenView>))
)]
pub(crate) async fn list_tokens(
    caller: SessionUser,
    _: QueryParameters<NoParameters>,
    state: Data<AppState>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let tokens = api_tokens::list(&mut *state.db.conn().await?, caller.user()).await?;
    Ok(HttpResponse::Ok().json(tokens.into_iter().map(TokenView::from).collect::<Vec<_>>()))
}

/// Makes a token. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post,
    path = "/auth/tokens",
    tag = "auth",
    request_body = CreateToken,
    responses(
        (status = 201, body = NewTokenView),
        (status = 400, description = "invalid_name, invalid_scope, invalid_id, invalid_time, invalid_workspace"),
        (status = 409, description = "too_many_tokens"),
    )
)]
pub(crate) async fn create_token(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateToken>,
) -> ApiResult<HttpResponse> {
    let request = body.parse(now)?;
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let (token, secret) = api_tokens::create(&mut conn, caller.user(), &request, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::Created().json(NewTokenView { secret: secret.reveal().to_owned(), token: token.into() }))
}

/// Deletes a token of the caller, which then opens nothing.
#[utoipa::path(
    delete,
    path = "/auth/tokens/{tokenId}",
    tag = "auth",
    responses((status = 204), (status = 404, description = "not_found"))
)]
pub(crate) async fn revoke_token(
    caller: SessionUser,
    id: PathId<ApiTokenId>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    api_tokens::revoke(&mut conn, caller.user(), id.0, sender.by(caller.actor), now).await?;
    state.credentials.forget();
    Ok(HttpResponse::NoContent().finish())
}
