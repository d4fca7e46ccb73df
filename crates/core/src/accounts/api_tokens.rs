//! Tokens of programs: made by a user, for one workspace or all of theirs, with a scope and an end.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::audit::{self, By, Object};
use crate::access::{Rejection, RuleError, TokenScope};
use crate::database::transaction;
pub use crate::models::ApiToken;
use crate::models::{Account, Membership, NewApiToken};
use crate::telemetry::RULE_TARGET;
use crate::values::DisplayName;
use crate::values::ids::{ApiTokenId, UserId, WorkspaceId};
use crate::values::secret_token::SecretToken;

/// Most tokens of one user.
pub const TOKENS_MAX: i64 = 100;

/// How long a token lasts unless its maker says otherwise.
pub const DEFAULT_LIFETIME: TimeDelta = TimeDelta::days(90);

/// Why a token was not made or deleted.
#[derive(Debug, thiserror::Error)]
pub enum TokenRejection {
    /// The user has as many as one may have.
    #[error("the user has {TOKENS_MAX} tokens")]
    TooMany,
    /// The user is no member of the workspace.
    #[error("no such workspace")]
    WorkspaceNotFound,
    /// The end is not in the future.
    #[error("the end is not in the future")]
    Ended,
}

impl Rejection for TokenRejection {
    const OBJECT: &'static str = "token";
}

/// Why a token was not made or deleted.
pub type TokenError = RuleError<TokenRejection>;

/// A token to make.
#[derive(Debug)]
pub struct TokenRequest {
    /// What it is for, in the user's words.
    pub name: DisplayName,
    /// The only workspace that it is for; `None` for all of the user's.
    pub workspace: Option<WorkspaceId>,
    /// What it may be used for.
    pub scope: TokenScope,
    /// When it ends; [`never`] by choice.
    pub expires_at: DateTime<Utc>,
}

/// The end of a token that does not end.
#[must_use]
pub fn never() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(9999, 12, 31, 0, 0, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Makes a token. Its text is shown this once.
///
/// # Errors
/// When the user has too many, the workspace is not one of theirs, the end is past, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "api_tokens::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    user: UserId,
    request: &TokenRequest,
    by: By,
    now: DateTime<Utc>,
) -> Result<(ApiToken, SecretToken), TokenError> {
    if request.expires_at <= now {
        return Err(TokenRejection::Ended.into());
    }
    let secret = SecretToken::generate_api_token();
    let digest = secret.digest();
    let token = transaction(conn, async |conn| {
        // Two requests at once count one after the other.
        Account::lock(conn, user).await?;
        if ApiToken::count(conn, user).await? >= TOKENS_MAX {
            return Err(TokenRejection::TooMany.into());
        }
        if let Some(workspace) = request.workspace
            && Membership::standing(conn, workspace, user).await?.is_none()
        {
            return Err(TokenRejection::WorkspaceNotFound.into());
        }
        let new = NewApiToken {
            id: ApiTokenId::new(),
            user_id: user,
            workspace_id: request.workspace,
            name: request.name.as_str(),
            token_sha256: digest.as_bytes(),
            scope: request.scope.as_str(),
            created_at: now,
            expires_at: request.expires_at,
        };
        let token = new.insert(conn).await?;
        let object = Object::of_installation("token", Some(token.id.0));
        let details = json!({
            "scope": request.scope.as_str(), "workspaceId": request.workspace, "expiresAt": request.expires_at,
        });
        audit::record(conn, by, "token.created", object, details, now).await?;
        Ok::<_, TokenError>(token)
    })
    .await?;
    Ok((token, secret))
}

/// The tokens of a user, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<ApiToken>> {
    ApiToken::list(conn, user).await
}

/// Deletes a token of a user, which then opens nothing.
///
/// # Errors
/// When the user has no such token, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "api_tokens::revoke", skip_all)]
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: ApiTokenId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), TokenError> {
    transaction(conn, async |conn| {
        if ApiToken::delete(conn, user, id).await? == 0 {
            return Err(TokenError::not_found());
        }
        let object = Object::of_installation("token", Some(id.0));
        Ok(audit::record(conn, by, "token.revoked", object, json!({}), now).await?)
    })
    .await
}
