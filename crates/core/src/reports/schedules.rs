//! Schedules: a saved report that is sent by mail again and again, as a file, to members of the workspace.
//!
//! A schedule belongs to the member who saved the report, and sends what that member may see at the moment of sending.
//! Only that member may schedule it: a report of another member could be changed by them so that it shows more.
//!
//! Recipients are members. The workspace could not take an address outside of it off the list when somebody leaves a
//! client, and anyone could have mail sent to strangers; for readers outside there are links.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::saved::{is_own, own};
use super::saved_question::{SavedQuestion, UnreadableQuery};
use super::times::WeekdayWord;
use super::timing::{DayMinute, Every, Recurrence, Timing};
use crate::access::{Permit, Rejection, RuleError, needs};
use crate::accounts::attempts::{Attempt, AttemptError};
use crate::accounts::audit::{self, By, Object};
use crate::accounts::notices::Notify;
use crate::database::transaction;
use crate::jobs::{self, JobOptions, Payload};
use crate::models::{Candidate, DueSchedule, NewRecipient, ReportSchedule, SavedReport, StoppedRecipient};
use crate::telemetry::RULE_TARGET;
use crate::values::TimeZone;
use crate::values::ids::{ReportScheduleId, SavedReportId, UserId};
use crate::values::revision::ExpectedRevision;
use crate::values::secret_token::SecretToken;
use crate::values::settings::choice;

/// Most schedules of a saved report.
pub const SCHEDULES_MAX: i64 = 10;
/// Most schedules of a workspace. Two at once may go over by one, which harms nothing.
pub const WORKSPACE_SCHEDULES_MAX: i64 = 500;
/// Most recipients of a schedule.
pub const RECIPIENTS_MAX: usize = 20;

/// Due schedules that are read at a time.
const BATCH: i64 = 100;

choice!(
    /// The format of the file that a schedule sends.
    ScheduleFormat {
        /// A document for people.
        Pdf = "pdf",
        /// A workbook of spreadsheet programs.
        Xlsx = "xlsx",
    }
);

/// Why a schedule was not made, changed or tried.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleRejection {
    /// The report has [`SCHEDULES_MAX`] schedules.
    #[error("the report has {SCHEDULES_MAX} schedules")]
    TooMany,
    /// The workspace has [`WORKSPACE_SCHEDULES_MAX`] schedules.
    #[error("the workspace has {WORKSPACE_SCHEDULES_MAX} schedules")]
    TooManyInWorkspace,
    /// The recipient at this place of the list is no present member.
    #[error("a recipient is no member of the workspace")]
    NotAMember(usize),
    /// The recipient at this place of the list has no address.
    #[error("a recipient has no address")]
    NoAddress(usize),
    /// The caller has no address to send a trial to.
    #[error("the caller has no address")]
    NoOwnAddress,
    /// The server cannot send mail.
    #[error("mail is not set up")]
    MailNotSetUp,
    /// The query of the report cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableQuery),
}

impl Rejection for ScheduleRejection {
    const OBJECT: &'static str = "schedule";
}

/// Why a schedule was not read, made, changed or tried.
pub type ScheduleError = RuleError<ScheduleRejection>;

/// Why a recipient was not taken off the list.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// No recipient has the secret, or no longer.
    #[error("the link is not valid")]
    InvalidToken,
    /// Too many wrong tries.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
}

impl crate::database::DatabaseFailure for StopError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        if let Self::Database(error) = self { Some(error) } else { None }
    }
}

/// What came of a run, in the words of the database and the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleOutcome {
    /// Every recipient was sent the report.
    Sent,
    /// The report was too large: the message has a link to its page instead.
    SentWithoutFile,
    /// Not every recipient was sent the report: the mail server did not take the message, or the report could not be
    /// made. The server tries again for those who lack it, some four hours long.
    MailFailed,
    /// The server cannot send mail any more.
    MailNotSetUp,
    /// Paused: the owner may not see amounts any more.
    AmountsForbidden,
    /// Paused: the query of the report cannot be read any more.
    UnreadableReport,
    /// Paused: no recipient is a member with an address.
    NoRecipients,
    /// Paused: the owner's account is disabled.
    OwnerDisabled,
}

impl ScheduleOutcome {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::SentWithoutFile => "sent_without_file",
            Self::MailFailed => "mail_failed",
            Self::MailNotSetUp => "mail_not_set_up",
            Self::AmountsForbidden => "amounts_forbidden",
            Self::UnreadableReport => "unreadable_report",
            Self::NoRecipients => "no_recipients",
            Self::OwnerDisabled => "owner_disabled",
        }
    }
}

/// The job that sends the report of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReport {
    /// The schedule.
    pub schedule: ReportScheduleId,
    /// The time for which the schedule was due: ranges such as last month are those of that day, in every attempt.
    pub run: DateTime<Utc>,
    /// A trial: it goes to this member alone, and counts for nothing.
    pub trial_of: Option<UserId>,
}

impl Payload for SendReport {
    const KIND: &'static str = "send_report";
}

/// A schedule to make.
#[derive(Clone, Debug)]
pub struct ScheduleNew {
    /// PDF or XLSX.
    pub format: ScheduleFormat,
    /// Whether the file has amounts.
    pub amounts: bool,
    /// When it is due.
    pub timing: Timing,
    /// To whom it is sent.
    pub recipients: Vec<UserId>,
}

/// Changes to a schedule; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct SchedulePatch {
    /// PDF or XLSX.
    pub format: Option<ScheduleFormat>,
    /// Whether the file has amounts.
    pub amounts: Option<bool>,
    /// On which days.
    pub recurrence: Option<Recurrence>,
    /// At which time of day.
    pub at: Option<DayMinute>,
    /// On whose clocks.
    pub zone: Option<TimeZone>,
    /// To whom it is sent.
    pub recipients: Option<Vec<UserId>>,
    /// Whether it is paused.
    pub paused: Option<bool>,
}

/// The schedules of a saved report of the caller's own, the oldest first.
///
/// # Errors
/// When there is no such report, or it is another member's.
#[tracing::instrument(target = RULE_TARGET, name = "report_schedules::list", skip_all)]
pub async fn schedules(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    report: SavedReportId,
) -> Result<Vec<ReportSchedule>, ScheduleError> {
    let found = SavedReport::find(conn, caller.workspace, caller.user(), report).await?;
    is_own(caller, found)?;
    Ok(ReportSchedule::list(conn, caller.workspace, report).await?)
}

/// Makes a schedule of a saved report of the caller's own. The lock of the report makes its bound exact.
///
/// # Errors
/// When mail is not set up, there is no such report, it is another member's, the caller may not see amounts that the
/// file is to have, or one of [`ScheduleRejection`] holds.
#[tracing::instrument(target = RULE_TARGET, name = "report_schedules::create", skip_all)]
pub async fn create_schedule(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    caller: Permit<needs::SaveReports>,
    report: SavedReportId,
    new: &ScheduleNew,
    by: By,
    now: DateTime<Utc>,
) -> Result<ReportSchedule, ScheduleError> {
    if !notify.is_set_up() {
        return Err(ScheduleRejection::MailNotSetUp.into());
    }
    check_amounts(caller, new.amounts)?;
    transaction(conn, async |conn| {
        let recipients = recipients(conn, caller, &new.recipients).await?;
        let saved = own::<ScheduleRejection>(conn, caller, report, ExpectedRevision::Any).await?;
        SavedQuestion::parse(&saved.query).map_err(ScheduleRejection::from)?;
        let counts = ReportSchedule::count(conn, caller.workspace, report).await?;
        if counts.of_report >= SCHEDULES_MAX {
            return Err(ScheduleRejection::TooMany.into());
        }
        if counts.of_workspace >= WORKSPACE_SCHEDULES_MAX {
            return Err(ScheduleRejection::TooManyInWorkspace.into());
        }
        let mut schedule = ReportSchedule {
            id: ReportScheduleId::new(),
            workspace_id: caller.workspace,
            saved_report_id: report,
            format: new.format.as_str().to_owned(),
            amounts: new.amounts,
            every: String::new(),
            weekday: None,
            month_day: None,
            day_minute: 0,
            time_zone: String::new(),
            next_run_at: Some(new.timing.next_after(now)),
            last_run_at: None,
            last_outcome: None,
            created_at: now,
            updated_at: now,
            revision: 1,
            recipients: recipients.iter().map(|recipient| recipient.user).collect(),
        };
        set_timing(&mut schedule, &new.timing);
        schedule.insert(conn, &recipients).await?;
        record(conn, by, "report_schedule.created", &schedule, described(&schedule), now).await?;
        Ok(schedule)
    })
    .await
}

/// Changes a schedule of a saved report of the caller's own. Another time, or the end of a pause, makes the next run
/// that after now.
///
/// # Errors
/// When there is no such report or schedule, the report is another member's, the schedule has none of the expected
/// revisions, a pause is to end and mail is not set up, the caller may not see amounts that the file is to have, or one
/// of [`ScheduleRejection`] holds.
#[tracing::instrument(target = RULE_TARGET, name = "report_schedules::update", skip_all)]
#[expect(clippy::too_many_arguments, reason = "who, what, which, and how: each is another thing")]
pub async fn update_schedule(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    caller: Permit<needs::SaveReports>,
    (report, id): (SavedReportId, ReportScheduleId),
    expected: ExpectedRevision,
    patch: &SchedulePatch,
    by: By,
    now: DateTime<Utc>,
) -> Result<ReportSchedule, ScheduleError> {
    check_amounts(caller, patch.amounts == Some(true))?;
    if patch.paused == Some(false) && !notify.is_set_up() {
        return Err(ScheduleRejection::MailNotSetUp.into());
    }
    transaction(conn, async |conn| {
        let recipients = match &patch.recipients {
            Some(users) => Some(recipients(conn, caller, users).await?),
            None => None,
        };
        let saved = own::<ScheduleRejection>(conn, caller, report, ExpectedRevision::Any).await?;
        let before = ReportSchedule::lock(conn, caller.workspace, report, id).await?;
        let before = before.ok_or_else(ScheduleError::not_found)?;
        expected.check(before.revision)?;
        let mut after = before.clone();
        after.format = patch.format.map_or(after.format, |format| format.as_str().to_owned());
        after.amounts = patch.amounts.unwrap_or(after.amounts);
        let present = timing(&before);
        let timing = Timing {
            recurrence: patch.recurrence.unwrap_or(present.recurrence),
            at: patch.at.unwrap_or(present.at),
            zone: patch.zone.clone().unwrap_or_else(|| present.zone.clone()),
        };
        if timing != present {
            set_timing(&mut after, &timing);
            after.next_run_at = after.next_run_at.map(|_| timing.next_after(now));
        }
        match patch.paused {
            Some(true) => after.next_run_at = None,
            Some(false) if before.next_run_at.is_none() => {
                SavedQuestion::parse(&saved.query).map_err(ScheduleRejection::from)?;
                check_amounts(caller, after.amounts)?;
                after.next_run_at = Some(timing.next_after(now));
            }
            _ => {}
        }
        if let Some(recipients) = &recipients {
            after.recipients = recipients.iter().map(|recipient| recipient.user).collect();
        }
        if after == before {
            return Ok(before);
        }
        if let Some(recipients) = recipients.filter(|_| after.recipients != before.recipients) {
            NewRecipient::set_all(conn, caller.workspace, id, &recipients).await?;
        }
        after.updated_at = now;
        after.revision = after.update(conn).await?;
        let details = json!({"before": described(&before), "after": described(&after)});
        record(conn, by, "report_schedule.changed", &after, details, now).await?;
        Ok(after)
    })
    .await
}

/// Deletes a schedule of a saved report of the caller's own.
///
/// # Errors
/// When there is no such report or schedule, the report is another member's, or the schedule has none of the expected
/// revisions.
#[tracing::instrument(target = RULE_TARGET, name = "report_schedules::delete", skip_all)]
pub async fn delete_schedule(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    (report, id): (SavedReportId, ReportScheduleId),
    expected: ExpectedRevision,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), ScheduleError> {
    transaction(conn, async |conn| {
        own::<ScheduleRejection>(conn, caller, report, ExpectedRevision::Any).await?;
        let found = ReportSchedule::lock(conn, caller.workspace, report, id).await?;
        let schedule = found.ok_or_else(ScheduleError::not_found)?;
        expected.check(schedule.revision)?;
        ReportSchedule::delete(conn, caller.workspace, id).await?;
        Ok(record(conn, by, "report_schedule.deleted", &schedule, described(&schedule), now).await?)
    })
    .await
}

/// Sends the report of a schedule to the caller alone, as a trial: the schedule stays as it is. While a trial waits,
/// another one adds nothing.
///
/// # Errors
/// When mail is not set up, the caller has no address, there is no such report or schedule, or the report is another
/// member's.
#[tracing::instrument(target = RULE_TARGET, name = "report_schedules::try", skip_all)]
pub async fn try_schedule(
    conn: &mut AsyncPgConnection,
    notify: &dyn Notify,
    caller: Permit<needs::SaveReports>,
    (report, id): (SavedReportId, ReportScheduleId),
    now: DateTime<Utc>,
) -> Result<(), ScheduleError> {
    if !notify.is_set_up() {
        return Err(ScheduleRejection::MailNotSetUp.into());
    }
    transaction(conn, async |conn| {
        let candidates = Candidate::lock(conn, caller.workspace, &[caller.user()]).await?;
        if !candidates.iter().any(|candidate| candidate.has_address) {
            return Err(ScheduleRejection::NoOwnAddress.into());
        }
        own::<ScheduleRejection>(conn, caller, report, ExpectedRevision::Any).await?;
        let found = ReportSchedule::lock(conn, caller.workspace, report, id).await?;
        found.ok_or_else(ScheduleError::not_found)?;
        let job = SendReport { schedule: id, run: now, trial_of: Some(caller.user()) };
        let key = format!("{id} trial");
        jobs::enqueue(conn, &job, JobOptions { unique_key: Some(&key), ..JobOptions::default() }).await?;
        Ok(())
    })
    .await
}

/// Takes the recipient whose secret it is off the list of a schedule. A secret that is not valid counts for the
/// network.
///
/// # Errors
/// See [`StopError`].
#[tracing::instrument(target = RULE_TARGET, name = "report_schedules::stop", skip_all)]
pub async fn stop_scheduled_report(
    conn: &mut AsyncPgConnection,
    token: &str,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<(), StopError> {
    let stopped = transaction(conn, async |conn| {
        let Some(recipient) = StoppedRecipient::lock(conn, token).await? else { return Ok(false) };
        if recipient.remove(conn, token, now).await? == 0 {
            return Ok(false);
        }
        let by = By::anonymous(Some(recipient.user_id), address);
        let object = Object::in_workspace(recipient.workspace_id, "report_schedule", recipient.schedule_id);
        let details = json!({"recipientId": recipient.user_id});
        audit::record(conn, by, "report_schedule.recipient_left", object, details, now).await?;
        Ok::<_, diesel::result::Error>(true)
    })
    .await?;
    if stopped {
        return Ok(());
    }
    Attempt::secret(address).begin(conn, now).await?;
    Err(StopError::InvalidToken)
}

/// Adds the jobs of the schedules that are due, and moves these on. Of several servers one adds each. After an outage a
/// schedule is due once: for the last of the times that were missed.
///
/// # Errors
/// Those of the database.
pub async fn add_due_reports(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<()> {
    loop {
        let due = DueSchedule::list(conn, now, BATCH).await?;
        for schedule in &due {
            let timing = timing_of(
                (&schedule.every, schedule.weekday.as_deref(), schedule.month_day),
                schedule.day_minute,
                &schedule.time_zone,
            );
            let run = timing.latest_until(now).max(schedule.next_run_at);
            let job = SendReport { schedule: schedule.id, run, trial_of: None };
            let payload = serde_json::to_value(job).unwrap_or_default();
            schedule.move_on(conn, timing.next_after(now), SendReport::KIND, &payload).await?;
        }
        if i64::try_from(due.len()).is_ok_and(|found| found < BATCH) {
            return Ok(());
        }
    }
}

/// When a schedule is due. What this release does not know was written by a later one: such a schedule is due every
/// day, in UTC.
#[must_use]
pub fn timing(schedule: &ReportSchedule) -> Timing {
    let days = (schedule.every.as_str(), schedule.weekday.as_deref(), schedule.month_day);
    timing_of(days, schedule.day_minute, &schedule.time_zone)
}

fn timing_of((every, weekday, day): (&str, Option<&str>, Option<i16>), minute: i16, zone: &str) -> Timing {
    let recurrence = match (Every::parse(every), weekday.map(WeekdayWord::parse), day) {
        (Ok(Every::Week), Some(Ok(weekday)), _) => Recurrence::Week(weekday),
        (Ok(Every::Month), _, Some(day)) => Recurrence::Month(u8::try_from(day).unwrap_or(1)),
        (Ok(Every::MonthEnd), ..) => Recurrence::MonthEnd,
        _ => Recurrence::Day,
    };
    let zone = TimeZone::parse(zone).unwrap_or_else(|_| TimeZone::utc());
    Timing { recurrence, at: DayMinute::from_minutes(minute), zone }
}

fn set_timing(schedule: &mut ReportSchedule, Timing { recurrence, at, zone }: &Timing) {
    recurrence.every().as_str().clone_into(&mut schedule.every);
    schedule.weekday = recurrence.weekday().map(|day| day.as_str().to_owned());
    schedule.month_day = recurrence.month_day().map(i16::from);
    schedule.day_minute = at.minutes();
    zone.name().clone_into(&mut schedule.time_zone);
}

/// Amounts are for those who may see them.
fn check_amounts(caller: Permit<needs::SaveReports>, amounts: bool) -> Result<(), ScheduleError> {
    if amounts {
        caller.caller().permit::<needs::SeeAmounts>()?;
    }
    Ok(())
}

/// The recipients with secrets, in the order of their ids. Their memberships and the caller's are locked, before the
/// report is.
async fn recipients(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SaveReports>,
    users: &[UserId],
) -> Result<Vec<NewRecipient>, ScheduleError> {
    let mut wanted = users.to_vec();
    wanted.push(caller.user());
    let candidates = Candidate::lock(conn, caller.workspace, &wanted).await?;
    if !candidates.iter().any(|candidate| candidate.user_id == caller.user()) {
        return Err(ScheduleError::NotFound("saved report"));
    }
    for (number, user) in users.iter().enumerate() {
        let found = candidates.iter().find(|candidate| candidate.user_id == *user);
        let candidate = found.ok_or(ScheduleRejection::NotAMember(number))?;
        if !candidate.has_address {
            return Err(ScheduleRejection::NoAddress(number).into());
        }
    }
    let mut sorted = users.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let with_secret = |user| NewRecipient { user, stop_token: SecretToken::generate().reveal().to_owned() };
    Ok(sorted.into_iter().map(with_secret).collect())
}

/// What the audit log says of a schedule.
fn described(schedule: &ReportSchedule) -> Value {
    let timing = timing(schedule);
    json!({
        "savedReportId": schedule.saved_report_id,
        "format": schedule.format,
        "amounts": schedule.amounts,
        "every": schedule.every,
        "weekday": schedule.weekday,
        "day": schedule.month_day,
        "time": timing.at.to_string(),
        "timeZone": schedule.time_zone,
        "recipientIds": schedule.recipients,
        "paused": schedule.next_run_at.is_none(),
    })
}

async fn record(
    conn: &mut AsyncPgConnection,
    by: By,
    action: &'static str,
    schedule: &ReportSchedule,
    details: Value,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let object = Object::in_workspace(schedule.workspace_id, "report_schedule", schedule.id);
    audit::record(conn, by, action, object, details, now).await
}
