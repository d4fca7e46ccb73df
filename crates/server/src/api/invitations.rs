//! `/api/invitations`: invitations to the workspace, and their acceptance.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, Role, needs};
use clockwork_core::accounts::invitations::{self, Sent};
use clockwork_core::models::{Invitation, Page};
use clockwork_core::values::EmailAddress;
use clockwork_core::values::ids::{InvitationId, UserId};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::FieldErrors;
use super::members::role;
use super::workspaces::OwnWorkspaceView;
use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Allowed, Changes, JsonBody, Now, PathId, Pool, QueryParameters, Sender, SignedIn};
use crate::state::AppState;

/// Mounts the operations of a workspace.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_invitations, __path_list_invitations)
        .operation(create_invitation, __path_create_invitation)
        .operation(revoke_invitation, __path_revoke_invitation)
        .operation(resend_invitation, __path_resend_invitation);
}

/// Mounts the operation of the invited user's account.
pub fn configure_account(config: &mut impl Routes) {
    config.operation(accept_invitation, __path_accept_invitation);
}

/// An open invitation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invitation)]
pub struct InvitationView {
    id: Uuid,
    email: String,
    /// The role that the user gets: `owner`, `admin`, `manager`, `member` or `viewer`.
    role: String,
    /// The placeholder that the user claims by accepting: what an import has brought for it becomes the user's. Null
    /// when the invitation names none.
    #[schema(required)]
    placeholder_id: Option<Uuid>,
    /// The member who has made it, or sent it again.
    invited_by: Uuid,
    created_at: DateTime<Utc>,
    sent_at: DateTime<Utc>,
    /// The time at which it expires. An expired invitation can be sent again.
    expires_at: DateTime<Utc>,
}

impl From<Invitation> for InvitationView {
    fn from(row: Invitation) -> Self {
        Self {
            id: row.id.into(),
            role: row.role_word().to_owned(),
            email: row.email,
            placeholder_id: row.placeholder_id.map(Uuid::from),
            invited_by: row.invited_by.into(),
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
        }
    }
}

/// An invitation that was just sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SentInvitation)]
pub struct SentInvitationView {
    invitation: InvitationView,
    /// The page that accepts it, for the caller to pass on. No other operation shows it. Null if mail is set up: then
    /// only the message has the link.
    #[schema(required)]
    link: Option<String>,
}

impl SentInvitationView {
    fn new(sent: Sent) -> Self {
        let link = (!sent.invitation.mailed).then_some(sent.link);
        Self { invitation: sent.invitation.into(), link }
    }
}

/// An invitation to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateInvitation {
    /// An e-mail address.
    #[schema(required, value_type = String, min_length = 3, max_length = 254)]
    email: Option<String>,
    /// `owner`, `admin`, `manager`, `member` or `viewer`, up to the caller's own.
    #[schema(required, value_type = String)]
    role: Option<String>,
    /// The placeholder that the user claims by accepting: what an import has brought for it becomes the user's.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    placeholder_id: Option<String>,
}

impl CreateInvitation {
    fn parse(self) -> ApiResult<(EmailAddress, Role, Option<UserId>)> {
        let mut fields = FieldErrors::new();
        let email = fields.required("email", ErrorCode::InvalidEmail, self.email.as_deref(), EmailAddress::parse);
        let role = fields.required("role", ErrorCode::InvalidRole, self.role.as_deref(), role);
        let placeholder = self.placeholder_id.as_deref();
        let placeholder = placeholder.and_then(|text| fields.id::<UserId>("placeholderId", Some(text)));
        fields.done(email.zip(role).map(|(email, role)| (email, role, placeholder)))
    }
}

/// The secret of a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AcceptInvitation {
    /// The part of the link after `#token=`.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
}

struct Invitations {
    caller: Permit<needs::ManageMembers>,
}

impl List for Invitations {
    type Row = Invitation;
    type View = InvitationView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Invitation>> {
        Ok(invitations::list(conn, self.caller, page).await?)
    }
}

/// Lists the open invitations, oldest first, with the expired ones.
#[utoipa::path(
    get,
    path = "/invitations",
    tag = "invitations",
    params(PageQuery),
    responses(
        (status = 200, body = Vec<InvitationView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_invitations(
    caller: Allowed<needs::ManageMembers>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters(page): QueryParameters<PageQuery>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    lists::answer(&request, &pool.0, conn, Invitations { caller: caller.0 }, page).await
}

/// Invites an address. If mail is set up, the server sends the link to the address; otherwise the answer has it.
#[utoipa::path(
    post,
    path = "/invitations",
    tag = "invitations",
    request_body = CreateInvitation,
    responses(
        (status = 201, body = SentInvitationView),
        (status = 400, description = "invalid_email, invalid_role, invalid_id, invalid_member"),
        (status = 409, description = "already_member, already_invited, limit_reached"),
        (status = 429, description = "too_many_attempts"),
    )
)]
pub(crate) async fn create_invitation(
    caller: Allowed<needs::ManageMembers>,
    sender: Sender,
    pool: Pool,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateInvitation>,
) -> ApiResult<HttpResponse> {
    let (email, role, placeholder) = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let by = sender.by(caller.actor);
    let sent = invitations::create(&mut conn, caller.0, &state.mailer, (&email, role), placeholder, by, now).await?;
    Ok(HttpResponse::Created().json(SentInvitationView::new(sent)))
}

/// Revokes an open invitation: its link stops working.
#[utoipa::path(
    delete,
    path = "/invitations/{invitationId}",
    tag = "invitations",
    responses((status = 204, description = "revoked"), (status = 404, description = "not_found"))
)]
pub(crate) async fn revoke_invitation(
    caller: Allowed<needs::ManageMembers>,
    sender: Sender,
    pool: Pool,
    PathId(id): PathId<InvitationId>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    invitations::revoke(&mut conn, caller.0, id, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sends an open invitation again, with another link. The link before stops working.
#[utoipa::path(
    post,
    path = "/invitations/{invitationId}/resend",
    tag = "invitations",
    responses(
        (status = 200, body = SentInvitationView),
        (status = 404, description = "not_found"),
        (status = 429, description = "rate_limited, too_many_attempts"),
    )
)]
pub(crate) async fn resend_invitation(
    caller: Allowed<needs::ManageMembers>,
    sender: Sender,
    pool: Pool,
    state: Data<AppState>,
    PathId(id): PathId<InvitationId>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let sent = invitations::resend(&mut conn, caller.0, &state.mailer, id, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::Ok().json(SentInvitationView::new(sent)))
}

/// Accepts an invitation to the address of the user, and answers with the workspace. A second call has the same answer.
/// What was imported for the placeholder that the invitation names becomes the user's a moment later, all of it at
/// once.
#[utoipa::path(
    post,
    path = "/account/invitations/accept",
    tag = "invitations",
    request_body = AcceptInvitation,
    responses(
        (status = 200, body = OwnWorkspaceView),
        (status = 400, description = "invalid_token"),
        (status = 403, description = "invitation_for_another"),
        (status = 404, description = "not_found"),
        (status = 409, description = "invitation_ended"),
    )
)]
pub(crate) async fn accept_invitation(
    user: SignedIn<Changes>,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
    JsonBody(body): JsonBody<AcceptInvitation>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let token = fields.done(token)?;
    let mut conn = pool.0.conn().await?;
    let (workspace, role) = invitations::accept(&mut conn, *user, &token, sender.by(*user), now).await?;
    Ok(HttpResponse::Ok().json(OwnWorkspaceView::new(workspace, role)))
}
