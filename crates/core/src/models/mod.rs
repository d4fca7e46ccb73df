//! One file per table: its row, its New… and …Changes, and that table's queries as inherent methods.
//!
//! Queries take the connection first, then the scope (workspace, user), and return `QueryResult`. No rules and no
//! transactions here.

mod account;
mod account_deletion;
mod account_summary;
mod api_token;
mod audit_entry;
mod budget;
mod calendar_feed;
mod category;
mod client;
mod data_export;
mod deleted_time_entry;
mod event;
mod event_log;
mod idempotency_key;
mod import;
mod invitation;
mod job;
mod log_cursor;
mod member_access;
mod membership;
mod one_time_token;
mod page;
mod placeholder;
mod project;
mod project_member;
mod rate;
pub mod report;
mod report_link;
mod report_recipient;
mod report_run;
mod report_schedule;
mod saved_report;
mod second_factor;
mod session;
mod sign_in_attempt;
mod sign_on_identity;
mod tag;
mod time_entry;
mod time_entry_at_once;
mod time_entry_bulk;
mod time_entry_conditions;
mod time_entry_filter;
mod time_entry_list;
mod time_entry_search;
mod time_entry_span;
mod time_entry_usage;
mod time_entry_write;
pub mod timer_lock;
mod user;
mod workspace;
mod workspace_summary;

pub use account::Account;
pub use account_deletion::{DeletionMarks, SharedWorkspace};
pub use account_summary::AccountSummary;
pub use api_token::{ApiToken, NewApiToken};
pub use audit_entry::{AuditEntry, AuditFilter, NamedAuditEntry};
pub use budget::{Budget, BudgetAlert, NewBudget};
pub use calendar_feed::{CalendarFeed, OpenedFeed};
pub use category::{Category, CategoryChanges, Destination, NewCategory};
pub use client::{Client, ClientChanges, NewClient};
pub use data_export::{DataExport, ExportedObject, ExportedRow};
pub use deleted_time_entry::DeletedTimeEntry;
pub use event::{Change, Event, Kind};
pub use event_log::EventLog;
pub(crate) use event_log::{LOG_NAME, READ_MAX, SINCE, announce_bulk_change, many_rows};
pub use idempotency_key::{Answer, IdempotencyKey, KeyOwner, STORED_BODY_MAX, StoredAnswer};
pub(crate) use import::{FoldedNames, ImportedEntries, ImportedEntry, ImportedTags, NamedCategory, NamedProject};
pub use invitation::{Invitation, NewInvitation};
pub use job::{ClaimedJob, ClaimedKind, Job, JobCount, JobSchedule};
pub use log_cursor::LogCursor;
pub use member_access::MemberAccess;
pub use membership::{Member, Membership};
pub use one_time_token::{NewOneTimeToken, Redeemed};
pub use page::{Page, Paged, Position};
pub(crate) use placeholder::{KnownPerson, NewImportedPerson, NewPlaceholder};
pub use placeholder::{MovedEntries, Placeholder};
pub use project::{NewProject, Project, ProjectChanges, ProjectFilter};
pub use project_member::ProjectMember;
pub use rate::{CurrencyOf, FixedPrice, HourlyRate, HourlyRateChanges, NewHourlyRate};
pub use report_link::{NewReportLink, OpenedLink, ReportLink};
pub use report_recipient::{Candidate, NewRecipient, Reader, StoppedRecipient};
pub use report_run::{DueSchedule, RunningSchedule};
pub use report_schedule::{ReportSchedule, ScheduleCounts};
pub use saved_report::{NewSavedReport, SavedReport, SavedReportChanges};
pub use second_factor::{RecoveryCode, SecondFactor};
pub use session::{NewSession, Presented, Session};
pub use sign_in_attempt::{AttemptSubject, KnownDevice, SignInAttempt};
pub use sign_on_identity::SignOnIdentity;
pub use tag::{DeletedTag, NewTag, Tag, TagChanges};
pub(crate) use tag::{deleted_tags, existing_tag};
pub use time_entry::TimeEntry;
pub use time_entry_at_once::KeyedAnswer;
pub use time_entry_bulk::TimeEntryBulkChanges;
pub use time_entry_conditions::{Choice, EntryConditions, LengthRange, TimesOfDay};
pub use time_entry_filter::{CategoryScope, Members, TimeEntryFilter, TimeRange};
pub use time_entry_search::SearchText;
pub use time_entry_span::TimeSpan;
pub use time_entry_usage::Usage;
pub use time_entry_write::{NewTimeEntry, TimeEntryChanges, WrittenEntry};
pub use user::{NewUser, User, UserChanges, UserSettings};
pub use workspace::{OwnWorkspace, Workspace, WorkspaceChanges};
pub use workspace_summary::WorkspaceSummary;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;

/// Most rows that one statement deletes when a table is cleaned.
pub(crate) const PURGE_BATCH: i64 = 5_000;

/// Deletes a batch of old rows by a statement whose parameters are the instant and the size of the batch.
async fn purge(
    conn: &mut AsyncPgConnection,
    sql: &'static str,
    before: DateTime<Utc>,
    batch: i64,
) -> QueryResult<usize> {
    prepared(sql).bind::<Timestamptz, _>(before).bind::<BigInt, _>(batch).execute(conn).await
}
