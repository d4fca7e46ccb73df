//! The calendar feed of a member: a secret address that calendars read again and again, with the member's own entries
//! of the last months.

use std::net::IpAddr;

use chrono::{DateTime, Days, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::export::CalendarWriter;
use super::query::{DateRange, ReportQuery, ReportZone, defaults};
use super::run::{Detailed, ReportError, detailed};
use super::times::TimesOfWeek;
use crate::access::{Actor, Caller, Credential, Permit, TokenScope, needs};
use crate::accounts::attempts::{Attempt, AttemptError};
use crate::accounts::audit::{self, By, Object};
use crate::database::transaction;
use crate::models::report::Attribution;
use crate::models::{CalendarFeed, Choice, EntryConditions, Page, TimeEntryFilter};
use crate::telemetry::RULE_TARGET;
use crate::values::secret_token::{SecretToken, TokenDigest};

/// So many days back a feed goes.
pub const FEED_DAYS: u64 = 90;
/// Most entries of a feed; the newest are in it.
pub const FEED_MAX: i64 = 5_000;

/// Why a feed was not shown.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The address is unknown or was revoked, or its owner is no member any more.
    #[error("there is no such feed")]
    NotFound,
    /// Too many wrong addresses from this network.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
    /// The entries cannot be read.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
}

/// When the caller's feed was made; `None` without one.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "calendar_feed::find", skip_all)]
pub async fn calendar_feed(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
) -> diesel::QueryResult<Option<DateTime<Utc>>> {
    CalendarFeed::created_at(conn, caller.workspace, caller.user()).await
}

/// Makes the caller's feed, and returns its secret. The address before stops working.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "calendar_feed::create", skip_all)]
pub async fn create_calendar_feed(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::TrackTime>,
    by: By,
    now: DateTime<Utc>,
) -> diesel::QueryResult<SecretToken> {
    let secret = SecretToken::generate();
    let digest = secret.digest();
    transaction(conn, async |conn| {
        CalendarFeed::put(conn, caller.workspace, caller.user(), digest, now).await?;
        record(conn, *caller, by, "calendar_feed.created", now).await
    })
    .await?;
    Ok(secret)
}

/// Revokes the caller's feed. False if there was none. Whoever has one may do so, also a viewer who has made it as a
/// member.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "calendar_feed::revoke", skip_all)]
pub async fn revoke_calendar_feed(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeProfile>,
    by: By,
    now: DateTime<Utc>,
) -> diesel::QueryResult<bool> {
    transaction(conn, async |conn| {
        if CalendarFeed::delete(conn, caller.workspace, caller.user()).await? == 0 {
            return Ok(false);
        }
        record(conn, *caller, by, "calendar_feed.revoked", now).await?;
        Ok(true)
    })
    .await
}

async fn record(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    by: By,
    action: &'static str,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    let object = Object::in_workspace(caller.workspace, "calendar_feed", caller.user());
    audit::record(conn, by, action, object, json!({}), now).await
}

/// The calendar behind an address: the owner's entries of the last [`FEED_DAYS`] days that have ended. The same entries
/// give the same bytes. An address that is not valid counts for the network.
///
/// # Errors
/// See [`FeedError`].
#[tracing::instrument(target = RULE_TARGET, name = "calendar_feed::open", skip_all)]
pub async fn open_calendar_feed(
    conn: &mut AsyncPgConnection,
    token: &str,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, FeedError> {
    let Some(feed) = CalendarFeed::open(conn, TokenDigest::of(token)).await? else {
        Attempt::secret(address).begin(conn, now).await?;
        return Err(FeedError::NotFound);
    };
    // It reads as a token with the smallest scope does.
    let actor = Actor { user: feed.owner, credential: Credential::Token(TokenScope::Read) };
    let caller = Caller { actor, workspace: feed.workspace, role: feed.role, leads: feed.leads };
    let caller = caller.permit::<needs::SeeEntries>().map_err(|_| FeedError::NotFound)?;
    let defaults = defaults(conn, caller).await?;
    let today = defaults.zone.local(now).date();
    let members = Choice { any_of: vec![feed.owner], none_of: Vec::new() };
    let query = ReportQuery {
        range: DateRange { from: today.checked_sub_days(Days::new(FEED_DAYS)).unwrap_or(today), to: today },
        zone: ReportZone::One(defaults.zone),
        week: defaults.week,
        attribution: Attribution::Start,
        filter: TimeEntryFilter {
            running: Some(false),
            conditions: EntryConditions { members, now, ..EntryConditions::default() },
            ..TimeEntryFilter::default()
        },
        times: TimesOfWeek::default(),
        groups: Vec::new(),
        category_depth: None,
        sort: None,
        fill_empty: false,
        comparison: None,
        rounding: None,
        amounts: false,
    };
    let page = Page { after: None, limit: FEED_MAX };
    let Detailed { entries, names, .. } = detailed(conn, caller, &query, page, now).await?;
    let mut out = Vec::new();
    let writer = CalendarWriter::feed(now, &mut out);
    entries.iter().for_each(|entry| writer.entry(entry, &names, &mut out));
    writer.end(&mut out);
    Ok(out)
}
