//! `/api/members`: who is in the workspace, and what they may do.

use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, Role, needs};
use clockwork_core::accounts::{members, placeholders};
use clockwork_core::models::{Member, Page};
use clockwork_core::values::InvalidValue;
use clockwork_core::values::ids::UserId;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{
    Allowed, FromQuery, IfMatch, JsonBody, Now, PathId, Pool, QueryParameters, Representation, Sender,
    UnreadParameters, show,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_members, __path_list_members)
        .operation(update_member, __path_update_member)
        .operation(remove_member, __path_remove_member)
        .operation(merge_member, __path_merge_member);
}

/// A member of the workspace.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub struct MemberView {
    /// The user's id, as in `userId` of entries.
    id: Uuid,
    name: String,
    /// Null when there is none, or the caller may not manage members. That of a placeholder is from the imported file:
    /// nobody signs in with it, and nothing is sent to it.
    #[schema(required)]
    email: Option<String>,
    /// Whether the member has no account: an import has made it for a person of a file. It is claimed by an invitation
    /// that names it.
    placeholder: bool,
    /// The member who has claimed the placeholder, and whose its entries are about to become; null for others.
    #[schema(required)]
    claimed_by: Option<Uuid>,
    /// `owner`, `admin`, `manager`, `member` or `viewer`.
    role: String,
    /// Since when the user is a member, for the first time.
    joined_at: DateTime<Utc>,
    /// When the membership ended; null for present members.
    #[schema(required)]
    left_at: Option<DateTime<Utc>>,
    /// The number in the ETag of the member; `If-Match` takes it as `W/"<revision>"`.
    revision: i64,
}

impl From<Member> for MemberView {
    fn from(row: Member) -> Self {
        Self {
            id: row.user_id.into(),
            role: row.role_word().to_owned(),
            name: row.name,
            email: row.email,
            placeholder: row.user_id.is_placeholder(),
            claimed_by: row.claimed_by.map(Uuid::from),
            joined_at: row.created_at,
            left_at: row.left_at,
            revision: row.revision,
        }
    }
}

impl Representation for MemberView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// Reads a role.
pub(super) fn role(word: &str) -> Result<Role, InvalidValue> {
    Role::parse(word).ok_or_else(|| InvalidValue::not_allowed(&Role::WORDS, word))
}

/// Changes to a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateMember {
    /// `owner`, `admin`, `manager`, `member` or `viewer`, up to the caller's own.
    #[serde(default, deserialize_with = "patch")]
    #[schema(required, value_type = String)]
    role: Patch<String>,
}

impl UpdateMember {
    fn parse(self) -> ApiResult<Role> {
        let mut fields = FieldErrors::new();
        let role = fields.required("role", ErrorCode::InvalidRole, self.role.flatten().as_deref(), role);
        fields.done(role)
    }
}

/// Whom a placeholder turns out to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MergeMember {
    /// The id of a present member with an account.
    #[schema(required, value_type = Uuid)]
    member_id: Option<String>,
}

impl MergeMember {
    fn parse(self) -> ApiResult<UserId> {
        let mut fields = FieldErrors::new();
        let member = fields.id("memberId", self.member_id.as_deref());
        fields.done(member)
    }
}

/// Which ones to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct MembersFilter {
    /// Only former ones (`true`) or only present ones (`false`).
    pub former: Option<bool>,
}

impl FromQuery for MembersFilter {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self { former: parameters.flag("former")? })
    }
}

struct Members {
    caller: Permit<needs::SeeWorkspace>,
    former: Option<bool>,
}

impl List for Members {
    type Row = Member;
    type View = MemberView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Member>> {
        Ok(members::list(conn, self.caller, self.former, page).await?)
    }
}

/// Lists the members, oldest first. Former ones are among them: entries go on naming them.
#[utoipa::path(
    get,
    path = "/members",
    tag = "members",
    params(MembersFilter, PageQuery),
    responses(
        (status = 200, body = Vec<MemberView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_members(
    caller: Allowed<needs::SeeWorkspace>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters((filter, page)): QueryParameters<(MembersFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let conn = pool.0.conn().await?;
    lists::answer(&request, &pool.0, conn, Members { caller: caller.0, former: filter.former }, page).await
}

/// Gives a member another role, up to the caller's own.
#[utoipa::path(
    patch,
    path = "/members/{memberId}",
    tag = "members",
    request_body = UpdateMember,
    responses(
        (status = 200, body = MemberView),
        (status = 400, description = "invalid_role"),
        (status = 404, description = "not_found"),
        (status = 409, description = "last_owner, placeholder_member"),
    )
)]
pub(crate) async fn update_member(
    caller: Allowed<needs::ManageMembers>,
    sender: Sender,
    pool: Pool,
    PathId(user): PathId<UserId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateMember>,
) -> ApiResult<HttpResponse> {
    let role = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let member = members::change_role(&mut conn, caller.0, user, expected, role, sender.by(caller.actor), now).await?;
    Ok(show(&MemberView::from(member)))
}

/// Removes a member; with the caller's own id, leaves. What the member tracked stays, with their name; their running
/// timer stops. A placeholder without entries is deleted.
#[utoipa::path(
    delete,
    path = "/members/{memberId}",
    tag = "members",
    responses(
        (status = 204, description = "removed"),
        (status = 404, description = "not_found"),
        (status = 409, description = "last_owner, placeholder_claimed"),
    )
)]
pub(crate) async fn remove_member(
    caller: Allowed<needs::RemoveMembers>,
    sender: Sender,
    pool: Pool,
    PathId(user): PathId<UserId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    members::remove(&mut conn, caller.0, user, expected, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Says that a placeholder is a present member, for instance one whose address is another one than the file's. What the
/// import has brought for the placeholder becomes the member's, all of it at once: a job does it, and the placeholder
/// shows `claimedBy` until then. Of entries that imports have brought for both, the member's stay. Answers with the
/// member. A second call has the same answer.
#[utoipa::path(
    post,
    path = "/members/{memberId}/merge",
    tag = "members",
    request_body = MergeMember,
    responses(
        (status = 200, body = MemberView),
        (status = 400, description = "invalid_id, invalid_member"),
        (status = 404, description = "not_found"),
        (status = 409, description = "not_placeholder, placeholder_claimed"),
    )
)]
pub(crate) async fn merge_member(
    caller: Allowed<needs::ManageMembers>,
    sender: Sender,
    pool: Pool,
    PathId(placeholder): PathId<UserId>,
    Now(now): Now,
    JsonBody(body): JsonBody<MergeMember>,
) -> ApiResult<HttpResponse> {
    let member = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let member = placeholders::merge(&mut conn, caller.0, placeholder, member, sender.by(caller.actor), now).await?;
    Ok(show(&MemberView::from(member)))
}
