//! What a run of a schedule sends: the file, made with what the owner of the schedule may see at that moment.

use std::fs::File;
use std::io::{self, Read as _};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::export::{ExportFormat, ExportKind, PdfError, PdfStyle, ReportContent, XlsxError, XlsxWriter, write_pdf};
use super::files::report_content;
use super::query::ReportQuery;
use super::run::ReportError;
use super::saved_question::SavedQuestion;
use super::schedules::{ScheduleOutcome, SendReport};
use crate::access::{Actor, Caller, Credential, Permit, TokenScope, needs};
use crate::accounts::audit::{self, By, Object};
use crate::accounts::notices::{Notify, Recipient};
use crate::database::transaction::{Begin, begin, commit};
use crate::mail::{Links, Mail, PauseReason};
use crate::models::{Reader, ReportSchedule, RunningSchedule};
use crate::values::ids::{ReportScheduleId, WorkspaceId};
use crate::values::settings::Language;
use crate::values::{EmailAddress, TimeZone};

/// The largest file that a message carries, in bytes: with the third that its encoding adds, mail servers that take 15
/// MiB take it.
pub(crate) const FILE_MAX: usize = 10 * 1024 * 1024;

/// What a run does.
pub(crate) enum Run {
    /// Nothing: the schedule is gone, or was paused since it was due.
    Nothing,
    /// The owner has left: the schedule ends.
    Ends(WorkspaceId),
    /// The schedule is paused until its owner has looked at it.
    Pauses(Box<RunningSchedule>, ScheduleOutcome),
    /// It sends the report.
    Sends(Box<Sending>),
}

/// A report to be sent.
pub(crate) struct Sending {
    /// The schedule.
    pub(crate) schedule: RunningSchedule,
    /// The recipients, also those who were sent it.
    pub(crate) readers: Vec<Reader>,
    /// The days that the report is about.
    pub(crate) days: (NaiveDate, NaiveDate),
    caller: Permit<needs::SeeEntries>,
    query: ReportQuery,
    kind: ExportKind,
    format: ExportFormat,
}

/// A file to attach.
pub(crate) struct ReportFile {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    #[error(transparent)]
    File(#[from] io::Error),
    #[error("the thread that writes the file was stopped")]
    Stopped,
}

/// Looks at what a run is to do.
///
/// # Errors
/// Those of the database.
pub(crate) async fn look(conn: &mut AsyncPgConnection, job: SendReport, now: DateTime<Utc>) -> QueryResult<Run> {
    let Some(schedule) = RunningSchedule::find(conn, job.schedule).await? else { return Ok(Run::Nothing) };
    let workspace = schedule.workspace;
    if schedule.left {
        return Ok(Run::Ends(workspace));
    }
    if schedule.paused && job.trial_of.is_none() {
        return Ok(Run::Nothing);
    }
    if schedule.disabled {
        return Ok(Run::Pauses(Box::new(schedule), ScheduleOutcome::OwnerDisabled));
    }
    // It reads as a token with the smallest scope does.
    let actor = Actor { user: schedule.owner, credential: Credential::Token(TokenScope::Read) };
    let caller = Caller { actor, workspace, role: schedule.role, leads: schedule.leads };
    if schedule.amounts && caller.permit::<needs::SeeAmounts>().is_err() {
        return Ok(Run::Pauses(Box::new(schedule), ScheduleOutcome::AmountsForbidden));
    }
    let Ok(caller) = caller.permit::<needs::SeeEntries>() else { return Ok(Run::Ends(workspace)) };
    let Ok(question) = SavedQuestion::parse(&schedule.query) else {
        return Ok(Run::Pauses(Box::new(schedule), ScheduleOutcome::UnreadableReport));
    };
    let readers = match job.trial_of {
        None => Reader::of_schedule(conn, workspace, job.schedule, job.run).await?,
        Some(user) => Reader::of_trial(conn, workspace, user).await?,
    };
    if readers.is_empty() {
        return Ok(match job.trial_of {
            None => Run::Pauses(Box::new(schedule), ScheduleOutcome::NoRecipients),
            Some(_) => Run::Nothing,
        });
    }
    let zone = TimeZone::parse(&schedule.time_zone).unwrap_or_else(|_| TimeZone::utc());
    let query = question.query_in(conn, caller, (zone, job.run), schedule.amounts, now).await?;
    let kind = if question.is_detailed { ExportKind::Detailed } else { ExportKind::Summary };
    let format = ExportFormat::parse(&schedule.format).unwrap_or(ExportFormat::Pdf);
    let days = (query.range.from, query.range.to);
    Ok(Run::Sends(Box::new(Sending { schedule, readers, days, caller, query, kind, format })))
}

impl Sending {
    /// Reads the report for a file in a language. `None` if it is too large for one, whatever its format. After an
    /// error the connection is in a transaction, and is closed when it goes back to the pool.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn read(
        &self,
        conn: &mut AsyncPgConnection,
        language: Language,
        now: DateTime<Utc>,
    ) -> Result<Option<ReportContent>, ReportError> {
        let title = Some(self.schedule.name.clone());
        match report_content(conn, self.caller, &self.query, self.kind, title, style(language), now).await {
            Ok(report) => Ok(Some(report)),
            Err(ReportError::TooManyRows | ReportError::TooManyGroups | ReportError::TooManyBuckets(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the file. `None` if it is too large for a message.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn write(
        &self,
        report: ReportContent,
        language: Language,
    ) -> Result<Option<ReportFile>, FileError> {
        let format = self.format;
        let written = spawn_blocking(move || match format {
            ExportFormat::Xlsx => workbook(&report),
            _ => Ok(write_pdf(&report, style(language))?),
        });
        let bytes = written.await.map_err(|_| FileError::Stopped)??;
        let report = if self.kind == ExportKind::Summary { "summary" } else { "entries" };
        // At most 30 characters: a longer name is cut into parts by RFC 2231, which not every program puts together.
        let day = |date: NaiveDate| date.format("%Y%m%d");
        let name = format!("{report}-{}-{}.{}", day(self.days.0), day(self.days.1), format.as_str());
        let file = ReportFile { name, media_type: format.media_type(), bytes };
        Ok((file.bytes.len() <= FILE_MAX).then_some(file))
    }
}

fn style(language: Language) -> PdfStyle {
    PdfStyle { language, ..PdfStyle::default() }
}

fn workbook(report: &ReportContent) -> Result<Vec<u8>, FileError> {
    let mut book = XlsxWriter::new(&report.columns)?;
    if report.rows_overlap {
        book = book.overlapping(report.totals, report.worth.clone());
    }
    report.rows.iter().try_for_each(|row| book.row(row))?;
    let mut bytes = Vec::new();
    let file: File = book.finish()?;
    file.take(u64::try_from(FILE_MAX).unwrap_or(u64::MAX) + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Deletes the schedule of a member who has left.
///
/// # Errors
/// Those of the database.
pub(crate) async fn end(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    id: ReportScheduleId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    begin(conn, &Begin::Plain).await?;
    if ReportSchedule::delete(conn, workspace, id).await? > 0 {
        let object = Object::in_workspace(workspace, "report_schedule", id);
        audit::record(conn, By::job(), "report_schedule.ended", object, json!({}), now).await?;
    }
    commit(conn).await
}

/// Pauses a schedule that cannot send its report, and tells its owner once, unless the account is disabled: nobody
/// could follow the link. `links` has the page of the report.
///
/// # Errors
/// Those of the database.
pub(crate) async fn pause(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    links: &Links,
    schedule: &RunningSchedule,
    id: ReportScheduleId,
    outcome: ScheduleOutcome,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    begin(conn, &Begin::Plain).await?;
    let was_due = RunningSchedule::pause(conn, id, outcome.as_str(), now).await?;
    if was_due == Some(true) {
        let object = Object::in_workspace(schedule.workspace, "report_schedule", id);
        let details = json!({"reason": outcome.as_str()});
        audit::record(conn, By::job(), "report_schedule.paused", object, details, now).await?;
        let reason = match outcome {
            ScheduleOutcome::AmountsForbidden => Some(PauseReason::AmountsForbidden),
            ScheduleOutcome::UnreadableReport => Some(PauseReason::UnreadableReport),
            ScheduleOutcome::NoRecipients => Some(PauseReason::NoRecipients),
            _ => None,
        };
        if let (Some(reason), Some(recipient)) = (reason, owner(schedule)) {
            let query = if reason == PauseReason::UnreadableReport { "" } else { &schedule.query };
            let mail = Mail::SchedulePaused {
                report: schedule.name.clone(),
                workspace: schedule.workspace_name.clone(),
                reason,
                link: report_page(links, query),
            };
            notify.queue(conn, &recipient, &mail).await?;
        }
    }
    commit(conn).await
}

fn owner(schedule: &RunningSchedule) -> Option<Recipient> {
    let email = EmailAddress::parse(schedule.owner_email.as_deref()?).ok()?;
    Some(Recipient { email, language: schedule.owner_language.clone() })
}

/// The page of a report, whose query is what a member has typed.
pub(crate) fn report_page(links: &Links, query: &str) -> String {
    let pairs = url::form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    links.to(&format!("reports?{query}"))
}
