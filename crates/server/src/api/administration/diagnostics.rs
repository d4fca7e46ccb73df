//! `/api/administration/diagnostics`: how the server sees itself, its database and its proxies; and a test message.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use clockwork_core::VERSION;
use clockwork_core::accounts::notices::Recipient;
use clockwork_core::mail::{Mail, Message};
use clockwork_core::models::Account;
use clockwork_core::operations::diagnostics::DatabaseFacts;
use clockwork_core::values::ids::JobId;
use clockwork_core::values::time_zone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::routes::Routes;
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::extract::{Administrator, NoParameters, QueryParameters, RecentAdministrator, Sender};
use crate::site::Site;
use crate::state::AppState;

/// Clocks of a server and its database that differ by more than this make timers that begin in the future for one of
/// them.
const CLOCK_DIFFERENCE_MAX: TimeDelta = TimeDelta::seconds(1);

/// The headers in which proxies say from where, and how, a request came.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];

/// Mounts the operations.
pub(super) fn configure(config: &mut impl Routes) {
    config.operation(get_diagnostics, __path_get_diagnostics).operation(send_test_message, __path_send_test_message);
}

/// How an installation is set up, as the server that answers sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Diagnostics)]
pub struct DiagnosticsView {
    /// The version of the server.
    version: &'static str,
    /// The release of the time zone database by which the server counts, such as `2026a`.
    time_zone_rules: &'static str,
    /// The clock of the server.
    server_time: DateTime<Utc>,
    database: DatabaseView,
    request: RequestView,
    /// The address with which links in mail begin (`PUBLIC_URL`); null when it is not set.
    #[schema(required)]
    public_url: Option<String>,
    /// Whether mail is sent.
    mail_is_sent: bool,
    /// What is probably wrong; empty when all is well.
    problems: Vec<Problem>,
}

/// How the database is set up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DatabaseDiagnostics)]
pub struct DatabaseView {
    /// The version of PostgreSQL, such as `17.2`.
    version: String,
    /// The time zone of new sessions. The server does not depend on it.
    time_zone: String,
    /// The encoding and the locale, such as `UTF8, C.UTF-8`.
    locale: String,
    size_bytes: i64,
    /// The newest migration that is applied.
    schema_version: String,
    /// By how much its clock is ahead of the server's; negative when it is behind.
    clock_difference_ms: i64,
}

/// How the server sees the request that asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RequestDiagnostics)]
pub struct RequestView {
    /// The address that rate limits and the audit log count for the caller.
    #[schema(required)]
    address: Option<String>,
    /// The address that the connection came from: the caller's, or that of the nearest proxy.
    #[schema(required)]
    peer: Option<String>,
    /// Whether that address is one of `TRUSTED_PROXIES`.
    peer_is_trusted: bool,
    /// The headers of proxies that the request has.
    forwarded_headers: Vec<&'static str>,
    /// Whether the browser came by https, as far as the server knows.
    https: bool,
    /// The host that the request names.
    #[schema(required)]
    host: Option<String>,
}

/// What is probably wrong with an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InstallationProblem)]
pub enum Problem {
    /// A proxy is in front that is not one of `TRUSTED_PROXIES`, so all callers have its address.
    UntrustedProxy,
    /// The browser did not come by https, and not from the same machine.
    NoHttps,
    /// `PUBLIC_URL` is not set: links in mail and single sign-on need it.
    NoPublicUrl,
    /// The clocks of the server and the database differ by more than a second.
    ClocksDiffer,
    /// Mail is not sent: links for invitations and passwords have to be passed on by hand.
    NoMail,
}

fn clocks_differ(difference: TimeDelta) -> bool {
    difference.abs() > CLOCK_DIFFERENCE_MAX
}

impl RequestView {
    fn of(request: &HttpRequest, site: &Site) -> Self {
        let has = |name: &&str| request.headers().contains_key(*name);
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        Self {
            address: site.address(request).map(|address| address.to_string()),
            peer: request.peer_addr().map(|peer| peer.ip().to_canonical().to_string()),
            peer_is_trusted: site.trusts_peer(request),
            forwarded_headers: FORWARDED.into_iter().filter(has).collect(),
            https: site.is_secure(request),
            host: host.map(str::to_owned),
        }
    }
}

/// Says how the installation is set up, and what is probably wrong with it.
#[utoipa::path(
    get,
    path = "/administration/diagnostics",
    tag = "administration",
    responses((status = 200, body = DiagnosticsView))
)]
pub(crate) async fn get_diagnostics(
    _: Administrator,
    _: QueryParameters<NoParameters>,
    sender: Sender,
    state: Data<AppState>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let site = Site::of(sender.request())?;
    let mut conn = state.db.conn().await?;
    let before = state.clock.now();
    let facts = DatabaseFacts::read(&mut conn).await?;
    let server_time = state.clock.now();
    // The database read its clock somewhere between the two.
    let difference = facts.clock - (before + (server_time - before) / 2);
    let request = RequestView::of(sender.request(), site);
    let is_local = sender.address.is_some_and(|address| address.is_loopback());
    let found = [
        (Problem::UntrustedProxy, !request.forwarded_headers.is_empty() && !request.peer_is_trusted),
        (Problem::NoHttps, !request.https && !is_local),
        (Problem::NoPublicUrl, site.public_url().is_none()),
        (Problem::ClocksDiffer, clocks_differ(difference)),
        (Problem::NoMail, !state.mailer.delivers()),
    ];
    Ok(HttpResponse::Ok().json(DiagnosticsView {
        version: VERSION,
        time_zone_rules: time_zone::rules(),
        server_time,
        database: DatabaseView {
            version: facts.version,
            time_zone: facts.time_zone,
            locale: facts.locale,
            size_bytes: facts.size,
            schema_version: facts.schema_version,
            clock_difference_ms: difference.num_milliseconds(),
        },
        request,
        public_url: site.public_url(),
        mail_is_sent: state.mailer.delivers(),
        problems: found.into_iter().filter_map(|(problem, is_there)| is_there.then_some(problem)).collect(),
    }))
}

/// Sends a message to the caller, and waits until the mail server has taken it; `message` of a refusal says why.
#[utoipa::path(
    post,
    path = "/administration/test-message",
    tag = "administration",
    responses(
        (status = 204, description = "the mail server has taken the message"),
        (status = 409, description = "mail_not_set_up, no_email"),
        (status = 502, description = "mail_failed"),
    )
)]
pub(crate) async fn send_test_message(caller: RecentAdministrator, state: Data<AppState>) -> ApiResult<HttpResponse> {
    state.accounts()?;
    if !state.mailer.delivers() {
        return Err(ApiError::mail_not_set_up());
    }
    let mut conn = state.db.conn().await?;
    let account = Account::find(&mut conn, caller.user()).await?;
    // Not while a mail server takes its time.
    drop(conn);
    let recipient = account.as_ref().and_then(Recipient::of).ok_or_else(ApiError::own_address_missing)?;
    let message = Message::new(&recipient.email, recipient.language.as_deref(), Mail::Test);
    // The id of no job: none is queued, because the caller waits.
    let sent = state.mailer.send(JobId::new(), &message).await;
    sent.map_err(|error| ApiError::new(ErrorCode::MailFailed, error.to_string()))?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_differ_from_more_than_a_second_on() {
        for milliseconds in [-1_000, 0, 1_000] {
            assert!(!clocks_differ(TimeDelta::milliseconds(milliseconds)), "{milliseconds}");
        }
        for milliseconds in [-90_000, -1_001, 1_001] {
            assert!(clocks_differ(TimeDelta::milliseconds(milliseconds)), "{milliseconds}");
        }
    }
}
