//! Deleting what no request can ask for any more: answers of idempotency keys, entries whose deletion cannot be undone,
//! old events, sessions and links that have ended, old lines of the audit log, old invitations.
//!
//! Every server may do so at any time. Rows go in batches, each a statement of its own: none runs into the limit on a
//! statement's time, however much has gathered, and what is deleted stays deleted. A table that fails does not keep the
//! others from being cleaned.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;

use crate::accounts::{attempts, invitations};
use crate::database::{Db, DbError};
use crate::models::{ApiToken, AuditEntry, DataExport, KnownDevice, NewOneTimeToken, Session, SignInAttempt};
use crate::tracking::entries;
use crate::{events, idempotency};

/// Most batches of one table in one round; a longer backlog is left to the next round.
const BATCHES: usize = 400;

/// A table that is cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Answers to requests with a key, for 24 hours.
    IdempotencyKeys,
    /// Entries that can be restored, for a minute.
    DeletedTimeEntries,
    /// What live updates are told from, for an hour.
    Events,
    /// Sessions that have ended.
    Sessions,
    /// Tokens that ended a month ago: until then their users see that they did.
    ApiTokens,
    /// Links and codes, for a day after their end.
    OneTimeTokens,
    /// Wrong tries, for a day.
    SignInAttempts,
    /// Browsers without a sign-in for a year.
    KnownDevices,
    /// Lines of the audit log, for as long as `AUDIT_LOG_RETENTION` says.
    AuditLog,
    /// Invitations, until a month after their end.
    Invitations,
    /// Archives of users' data, for a week.
    DataExports,
}

/// What became of a table in a round.
#[derive(Debug)]
pub struct Cleaned {
    /// The table.
    pub table: Table,
    /// Rows that were deleted.
    pub rows: u64,
    /// Why it ended early, if it did.
    pub failure: Option<CleaningError>,
}

/// Why a table could not be cleaned.
#[derive(Debug, thiserror::Error)]
pub enum CleaningError {
    /// There is no connection.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// A statement failed.
    #[error(transparent)]
    Statement(#[from] diesel::result::Error),
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::IdempotencyKeys,
        Self::DeletedTimeEntries,
        Self::Events,
        Self::Sessions,
        Self::ApiTokens,
        Self::OneTimeTokens,
        Self::SignInAttempts,
        Self::KnownDevices,
        Self::AuditLog,
        Self::Invitations,
        Self::DataExports,
    ];

    /// Its name, as in SQL and as a label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdempotencyKeys => "idempotency_keys",
            Self::DeletedTimeEntries => "deleted_time_entries",
            Self::Events => "events",
            Self::Sessions => "sessions",
            Self::ApiTokens => "api_tokens",
            Self::OneTimeTokens => "one_time_tokens",
            Self::SignInAttempts => "sign_in_attempts",
            Self::KnownDevices => "known_devices",
            Self::AuditLog => "audit_log",
            Self::Invitations => "invitations",
            Self::DataExports => "data_exports",
        }
    }

    async fn delete_batch(
        self,
        conn: &mut AsyncPgConnection,
        now: DateTime<Utc>,
        audit_retention: Duration,
    ) -> diesel::QueryResult<usize> {
        match self {
            Self::IdempotencyKeys => idempotency::purge(conn, now).await,
            Self::DeletedTimeEntries => entries::purge_deleted(conn, now).await,
            Self::Events => events::purge(conn).await,
            Self::Sessions => Session::purge(conn, now).await,
            Self::ApiTokens => ApiToken::purge(conn, now - TimeDelta::days(30)).await,
            Self::OneTimeTokens => NewOneTimeToken::purge(conn, now - TimeDelta::days(1)).await,
            Self::SignInAttempts => SignInAttempt::purge(conn, now - attempts::FORGOTTEN_AFTER).await,
            Self::KnownDevices => KnownDevice::purge(conn, now - TimeDelta::days(365)).await,
            Self::AuditLog => {
                let kept = TimeDelta::from_std(audit_retention).unwrap_or(TimeDelta::days(36_500));
                AuditEntry::purge(conn, now - kept).await
            }
            Self::Invitations => invitations::purge(conn, now).await,
            Self::DataExports => DataExport::purge(conn, now).await,
        }
    }
}

/// Cleans every table, whatever happens to the others.
pub async fn clean_up(db: &Db, now: DateTime<Utc>, audit_retention: Duration) -> Vec<Cleaned> {
    let mut cleaned = Vec::with_capacity(Table::ALL.len());
    for table in Table::ALL {
        let mut rows = 0;
        let failure = delete_all(table, db, now, audit_retention, &mut rows).await.err();
        cleaned.push(Cleaned { table, rows, failure });
    }
    cleaned
}

/// Each batch borrows a connection anew, so that requests get their turn, and so that a connection which failed is not
/// used again.
async fn delete_all(
    table: Table,
    db: &Db,
    now: DateTime<Utc>,
    audit_retention: Duration,
    rows: &mut u64,
) -> Result<(), CleaningError> {
    for _ in 0..BATCHES {
        let deleted = table.delete_batch(&mut *db.conn().await?, now, audit_retention).await?;
        if deleted == 0 {
            break;
        }
        *rows += u64::try_from(deleted).unwrap_or_default();
    }
    Ok(())
}
