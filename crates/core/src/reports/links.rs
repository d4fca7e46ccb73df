//! Links to saved reports, for visitors without an account: a secret that the API shows once, perhaps with a password
//! and an end. A link shows its report and nothing else, with what the member who saved the report may see at that
//! moment. It never shows amounts.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::query::ReportQuery;
use super::run::{Detailed, ReportError, Summary, detailed, summary};
use super::saved::{is_own, own};
use super::saved_question::{SavedQuestion, UnreadableQuery};
use crate::access::{Actor, Caller, Credential, Permit, Rejection, RuleError, TokenScope, needs};
use crate::accounts::attempts::{Attempt, AttemptError};
use crate::accounts::audit::{self, By, Object};
use crate::accounts::passwords::{HashingBusy, PasswordHasher, TypedPassword, Verdict};
use crate::database::{Db, DbError, transaction};
use crate::models::{NewReportLink, OpenedLink, Page, ReportLink, SavedReport};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{ReportLinkId, SavedReportId};
use crate::values::revision::ExpectedRevision;
use crate::values::secret_token::{SecretToken, TokenDigest};

/// Most links of a saved report, with those that have expired.
pub const LINKS_MAX: i64 = 20;

/// Why a link was not made.
#[derive(Debug, thiserror::Error)]
pub enum LinkRejection {
    /// The report has [`LINKS_MAX`] links.
    #[error("the report has {LINKS_MAX} links")]
    TooMany,
    /// The end of the link has passed.
    #[error("the link would have expired already")]
    Ended,
    /// The query of the report cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableQuery),
}

impl Rejection for LinkRejection {
    const OBJECT: &'static str = "link";
}

/// Why a link was not made or revoked.
pub type LinkError = RuleError<LinkRejection>;

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The link is unknown, was revoked or has expired, or the member who saved the report has left: the answer does
    /// not tell which.
    #[error("the link is not valid")]
    InvalidToken,
    /// The link has a password.
    #[error("the link has a password")]
    PasswordRequired,
    /// The password is another one.
    #[error("the password of the link is another one")]
    WrongPassword,
    /// Too many wrong tries.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
    /// Too many passwords wait to be hashed.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The query of the report cannot be read any more: it was changed after the link was made.
    #[error(transparent)]
    Unreadable(#[from] UnreadableQuery),
    /// The report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// There is no connection.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
}

/// What a link is to be like.
#[derive(Debug)]
pub struct LinkOptions {
    /// The hash of its password, if it has one.
    pub password_hash: Option<String>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A report as a link shows it.
#[derive(Debug)]
pub struct OpenedReport {
    /// The name of the report.
    pub name: String,
    /// The name of the workspace.
    pub workspace: String,
    /// What it asks.
    pub query: ReportQuery,
    /// The sums.
    pub summary: Summary,
    /// A page of the entries of a detailed report.
    pub entries: Option<Detailed>,
}

/// What a visitor has sent, and from where.
#[derive(Debug)]
pub struct OpenRequest<'a> {
    /// The secret of the link.
    pub token: &'a str,
    /// The password, if one was typed.
    pub password: Option<&'a TypedPassword>,
    /// The address of the visitor.
    pub address: Option<IpAddr>,
}

/// The links of a saved report of the caller's own, the oldest first, also those that have expired.
///
/// # Errors
/// When there is no such report, or it is another member's.
#[tracing::instrument(target = RULE_TARGET, name = "report_links::list", skip_all)]
pub async fn links(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    report: SavedReportId,
) -> Result<Vec<ReportLink>, LinkError> {
    let found = SavedReport::find(conn, caller.workspace, caller.user(), report).await?;
    is_own(caller, found)?;
    Ok(ReportLink::list(conn, caller.workspace, report).await?)
}

/// Makes a link to a saved report of the caller's own, and returns it with its secret. The lock of the report makes the
/// bound exact.
///
/// # Errors
/// When there is no such report, it is another member's, or one of [`LinkRejection`] holds.
#[tracing::instrument(target = RULE_TARGET, name = "report_links::create", skip_all)]
pub async fn create_link(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    report: SavedReportId,
    options: &LinkOptions,
    by: By,
    now: DateTime<Utc>,
) -> Result<(ReportLink, SecretToken), LinkError> {
    if options.expires_at.is_some_and(|end| end <= now) {
        return Err(LinkRejection::Ended.into());
    }
    transaction(conn, async |conn| {
        let saved = own::<LinkRejection>(conn, caller, report, ExpectedRevision::Any).await?;
        SavedQuestion::parse(&saved.query).map_err(LinkRejection::from)?;
        if ReportLink::count(conn, caller.workspace, report).await? >= LINKS_MAX {
            return Err(LinkRejection::TooMany.into());
        }
        let secret = SecretToken::generate();
        let digest = secret.digest();
        let new = NewReportLink {
            id: ReportLinkId::new(),
            workspace_id: caller.workspace,
            saved_report_id: report,
            token_sha256: digest.as_bytes(),
            password_hash: options.password_hash.as_deref(),
            expires_at: options.expires_at,
            created_at: now,
        };
        let link = new.insert(conn).await?;
        record(conn, by, "report_link.created", &link, now).await?;
        Ok((link, secret))
    })
    .await
}

/// Revokes a link to a saved report of the caller's own.
///
/// # Errors
/// When there is no such report or link, or the report is another member's.
#[tracing::instrument(target = RULE_TARGET, name = "report_links::revoke", skip_all)]
pub async fn revoke_link(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    report: SavedReportId,
    id: ReportLinkId,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), LinkError> {
    transaction(conn, async |conn| {
        own::<LinkRejection>(conn, caller, report, ExpectedRevision::Any).await?;
        let link = ReportLink::delete(conn, caller.workspace, report, id).await?.ok_or_else(LinkError::not_found)?;
        Ok(record(conn, by, "report_link.revoked", &link, now).await?)
    })
    .await
}

async fn record(
    conn: &mut AsyncPgConnection,
    by: By,
    action: &'static str,
    link: &ReportLink,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    let details = json!({
        "savedReportId": link.saved_report_id,
        "hasPassword": link.password_hash.is_some(),
        "expiresAt": link.expires_at,
    });
    let object = Object::in_workspace(link.workspace_id, "report_link", link.id);
    audit::record(conn, by, action, object, details, now).await
}

/// Opens a link: the report as it is now, and of a detailed report a page of its entries. A link that is not valid
/// counts for the network, a wrong password for the link as well. No connection is checked out while a password is
/// compared.
///
/// # Errors
/// See [`OpenError`].
#[tracing::instrument(target = RULE_TARGET, name = "report_links::open", skip_all)]
pub async fn open_link(
    db: &Db,
    hasher: &PasswordHasher,
    request: &OpenRequest<'_>,
    page: Page,
    now: DateTime<Utc>,
) -> Result<OpenedReport, OpenError> {
    let digest = TokenDigest::of(request.token);
    let found = find(db, digest, request.address, now).await?;
    let found = match found.password_hash.as_deref() {
        None => found,
        Some(stored) => {
            let password = request.password.ok_or(OpenError::PasswordRequired)?;
            check_password(db, hasher, found.id, stored, password, request.address, now).await?;
            // The link may have been revoked while the password was compared.
            find(db, digest, request.address, now).await?
        }
    };
    let mut conn = db.conn().await?;
    // A link reads as a token with the smallest scope does.
    let actor = Actor { user: found.owner, credential: Credential::Token(TokenScope::Read) };
    let caller = Caller { actor, workspace: found.workspace, role: found.role, leads: found.leads };
    let caller = caller.permit::<needs::SeeEntries>().map_err(|_| OpenError::InvalidToken)?;
    let question = SavedQuestion::parse(&found.query)?;
    let query = question.query(&mut conn, caller, false, now).await?;
    let summary = summary(&mut conn, caller, &query, now).await?;
    let entries = match question.is_detailed {
        true => Some(detailed(&mut conn, caller, &query, page, now).await?),
        false => None,
    };
    Ok(OpenedReport { name: found.name, workspace: found.workspace_name, query, summary, entries })
}

/// The link, if it is valid. Its secret cannot be guessed; what is counted keeps visitors from making the server look
/// without end.
async fn find(
    db: &Db,
    digest: TokenDigest,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<OpenedLink, OpenError> {
    let mut conn = db.conn().await?;
    if let Some(found) = ReportLink::open(&mut conn, digest, now).await? {
        return Ok(found);
    }
    Attempt::secret(address).begin(&mut conn, now).await?;
    Err(OpenError::InvalidToken)
}

async fn check_password(
    db: &Db,
    hasher: &PasswordHasher,
    link: ReportLinkId,
    stored: &str,
    password: &TypedPassword,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<(), OpenError> {
    let attempt = Attempt::link(link, address);
    attempt.begin(&mut *db.conn().await?, now).await?;
    let verdict = match hasher.verify(password, Some(stored)).await {
        Ok(verdict) => verdict,
        Err(busy) => {
            attempt.take_back(&mut *db.conn().await?).await?;
            return Err(busy.into());
        }
    };
    if verdict == Verdict::Wrong {
        return Err(OpenError::WrongPassword);
    }
    attempt.succeed(&mut *db.conn().await?).await?;
    Ok(())
}
