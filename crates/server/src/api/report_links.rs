//! Links to saved reports: `/api/saved-reports/{savedReportId}/links`, and `/api/report-links/open`, which shows the
//! report of a link to every visitor who has it.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::{Page, Paged, ReportLink};
use clockwork_core::reports::{self, Detailed, LinkOptions, OpenRequest, OpenedReport};
use clockwork_core::values::TrackedTime;
use clockwork_core::values::ids::{ReportLinkId, SavedReportId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor;
use super::fields::FieldErrors;
use super::reports::detailed::ReportEntryView;
use super::reports::summary::SummaryView;
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Allowed, Anyone, JsonBody, NoParameters, Now, PathId, Pool, QueryParameters, Sender};
use crate::state::AppState;

/// The page of the client that takes the secret of a link.
const PAGE: &str = "shared-report";
/// Entries of a page of a detailed report.
const ENTRIES: i64 = 500;

/// Mounts the operations of a workspace.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_report_links, __path_list_report_links)
        .operation(create_report_link, __path_create_report_link)
        .operation(revoke_report_link, __path_revoke_report_link);
}

/// Mounts the operation of visitors.
pub fn configure_global(config: &mut impl Routes) {
    config.operation(open_report_link, __path_open_report_link);
}

/// A link to a saved report, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportLink)]
pub struct ReportLinkView {
    id: Uuid,
    saved_report_id: Uuid,
    /// Whether it asks for a password.
    has_password: bool,
    /// When it stops working by itself; null if it does not.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<ReportLink> for ReportLinkView {
    fn from(row: ReportLink) -> Self {
        Self {
            id: row.id.into(),
            saved_report_id: row.saved_report_id.into(),
            has_password: row.password_hash.is_some(),
            expires_at: row.expires_at,
            created_at: row.created_at,
        }
    }
}

/// A link that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewReportLink)]
pub struct NewReportLinkView {
    #[serde(flatten)]
    link: ReportLinkView,
    /// The page that shows the report. No other operation shows it.
    url: String,
}

/// A link to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateReportLink {
    /// 12 to 256 characters; none of those that are guessed first. Without one the link alone opens the report.
    #[schema(value_type = Option<String>, min_length = 12, max_length = 256)]
    password: Option<String>,
    /// When the link stops working by itself; only when it is revoked if left out.
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<String>,
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OpenReportLink {
    /// The part of the link after `#token=`.
    #[schema(required, value_type = String, min_length = 1, max_length = 128)]
    token: Option<String>,
    /// The password of the link, if it has one.
    #[schema(value_type = Option<String>, max_length = 256)]
    password: Option<String>,
    /// The `nextCursor` of the answer before.
    #[schema(value_type = Option<String>)]
    cursor: Option<String>,
}

/// A saved report as a link shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LinkedReport)]
pub struct LinkedReportView {
    /// The name of the report.
    name: String,
    /// The name of the workspace.
    workspace: String,
    /// The sums of the whole report. A detailed report has no groups.
    summary: SummaryView,
    /// A page of the entries of a detailed report, newest first; null for one of sums.
    #[schema(required)]
    entries: Option<Vec<ReportEntryView>>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl LinkedReportView {
    fn new(opened: OpenedReport, now: DateTime<Utc>) -> Self {
        let OpenedReport { name, workspace, query, summary, entries } = opened;
        let size = usize::try_from(ENTRIES).unwrap_or(usize::MAX);
        let next = entries.as_ref().filter(|page| page.entries.len() > size);
        let next_cursor = next.and_then(|page| page.entries.get(size - 1)).map(|last| cursor::encode(last.position()));
        let entries = entries.map(|Detailed { mut entries, names, costs }| {
            entries.truncate(size);
            ReportEntryView::all(entries, names, costs)
        });
        Self { name, workspace, summary: SummaryView::new(&query, summary, now), entries, next_cursor }
    }
}

/// The links of a saved report of one's own, the oldest first, also those that have expired; at most 20.
#[utoipa::path(
    get, path = "/saved-reports/{savedReportId}/links", tag = "reports",
    responses((status = 200, body = Vec<ReportLinkView>), (status = 404, description = "not_found"))
)]
pub(crate) async fn list_report_links(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let links = reports::links(&mut conn, caller.0, report).await?;
    Ok(HttpResponse::Ok().json(links.into_iter().map(ReportLinkView::from).collect::<Vec<_>>()))
}

/// Makes a link to a saved report of one's own, for visitors without an account. It shows that report and nothing else,
/// without amounts, with what the member who saved it may see at that moment. The link is in this answer and nowhere
/// else.
#[utoipa::path(
    post, path = "/saved-reports/{savedReportId}/links", tag = "reports", request_body = CreateReportLink,
    responses(
        (status = 201, body = NewReportLinkView),
        (status = 400, description = "invalid_password, invalid_time"),
        (status = 404, description = "not_found"),
        (status = 409, description = "limit_reached, unreadable_report"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn create_report_link(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateReportLink>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let password = body.password.as_deref().map(|text| fields.new_password("password", Some(text), None));
    let end = fields.optional("expiresAt", ErrorCode::InvalidTime, body.expires_at.as_deref(), TrackedTime::parse);
    fields.done(Some(()))?;
    let password_hash = match password.flatten() {
        Some(password) => Some(state.passwords.hash(&password).await?),
        None => None,
    };
    let options = LinkOptions { password_hash, expires_at: end.map(TrackedTime::get) };
    let mut conn = state.db.conn().await?;
    let by = sender.by(caller.actor);
    let (link, secret) = reports::create_link(&mut conn, caller.0, report, &options, by, now).await?;
    let url = state.mailer.links().with_secret(PAGE, &secret);
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(NewReportLinkView { link: link.into(), url }))
}

/// Revokes a link to a saved report of one's own: it opens nothing any more.
#[utoipa::path(
    delete, path = "/saved-reports/{savedReportId}/links/{reportLinkId}", tag = "reports",
    responses((status = 204, description = "revoked"), (status = 404, description = "not_found"))
)]
pub(crate) async fn revoke_report_link(
    caller: Allowed<needs::SaveReports>,
    PathId(report): PathId<SavedReportId>,
    PathId(link): PathId<ReportLinkId>,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    reports::revoke_link(&mut conn, caller.0, report, link, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows the report of a link to a visitor who has it. The query is that of the saved report, and nothing in the
/// request changes it; ranges such as last month are those of today.
#[utoipa::path(
    post, path = "/report-links/open", tag = "reports", request_body = OpenReportLink,
    responses(
        (status = 200, body = LinkedReportView),
        (status = 400, description = "invalid_token, invalid_password, invalid_cursor, invalid_time_range, report_too_large"),
        (status = 403, description = "token_refused, link_password_required, wrong_link_password"),
        (status = 409, description = "unreadable_report"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "sign_in_busy"),
    )
)]
pub(crate) async fn open_report_link(
    _: Anyone,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(body): JsonBody<OpenReportLink>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let token = fields.token("token", body.token.as_deref());
    let password = body.password.as_deref().map(|text| fields.typed_password("password", Some(text)));
    let token = fields.done(token)?;
    let after = body.cursor.as_deref().map(cursor::decode).transpose()?;
    let password = password.flatten();
    let request = OpenRequest { token: &token, password: password.as_ref(), address: sender.address };
    // One more than asked for tells whether there is a next page.
    let page = Page { after, limit: ENTRIES + 1 };
    let opened = reports::open_link(&state.db, &state.passwords, &request, page, now).await?;
    Ok(HttpResponse::Ok().json(LinkedReportView::new(opened, now)))
}
