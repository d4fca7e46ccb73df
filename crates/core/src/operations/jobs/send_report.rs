//! Sends the report of a schedule. The file is written by the job that sends it, so that nothing large is stored.
//!
//! Each recipient has a message. Those who have it are left out when an attempt fails and the next one begins. A server
//! that dies between the mail server's answer and the note of it has sent a message that the next attempt sends again,
//! with the same `Message-ID`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{JobContext, JobError};
use crate::mail::{Attached, Mail, Message, ScheduledReport};
use crate::models::{Reader, RunningSchedule};
use crate::reports::sending::{self, FileError, ReportFile, Run, Sending};
use crate::reports::{ReportError, ScheduleOutcome, SendReport};
use crate::values::EmailAddress;
use crate::values::ids::JobId;
use crate::values::settings::Language;

/// A report of 20,000 rows takes seconds; a mail server has 20 s for each of its answers.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// With the growing pauses, some four hours.
pub(super) const ATTEMPTS: i32 = 8;

/// What came of the messages of an attempt.
#[derive(Default)]
struct Sent {
    without_file: bool,
    failed: bool,
    /// The failure after which trying again is of use.
    temporary: Option<JobError>,
}

pub(super) async fn run(context: &JobContext, id: JobId, job: &SendReport) -> Result<(), JobError> {
    let now = context.clock.now();
    let found = sending::look(&mut *context.conn().await?, *job, now).await?;
    match found {
        Run::Nothing => Ok(()),
        Run::Ends(workspace) => Ok(sending::end(&mut *context.conn().await?, workspace, job.schedule, now).await?),
        Run::Pauses(schedule, outcome) => {
            let mut conn = context.conn().await?;
            let (mailer, links) = (&context.mailer, context.mailer.links());
            Ok(sending::pause(&mut conn, mailer, links, &schedule, job.schedule, outcome, now).await?)
        }
        Run::Sends(_) if context.mailer.is_off() => conclude(context, *job, ScheduleOutcome::MailNotSetUp, now).await,
        Run::Sends(sending) => {
            let sent = send(context, id, *job, &sending, now).await?;
            let outcome = match (sent.failed, sent.without_file) {
                (true, _) => ScheduleOutcome::MailFailed,
                (false, true) => ScheduleOutcome::SentWithoutFile,
                (false, false) => ScheduleOutcome::Sent,
            };
            conclude(context, *job, outcome, now).await?;
            sent.temporary.map_or(Ok(()), Err)
        }
    }
}

/// Notes what came of a run; a trial leaves no trace.
async fn conclude(
    context: &JobContext,
    job: SendReport,
    outcome: ScheduleOutcome,
    now: DateTime<Utc>,
) -> Result<(), JobError> {
    if job.trial_of.is_none() {
        RunningSchedule::conclude(&mut *context.conn().await?, job.schedule, outcome.as_str(), now).await?;
    }
    Ok(())
}

/// Those who look after the schedule see that its last message was not sent, also where the report could not be made.
pub(super) async fn give_up(context: &JobContext, job: &SendReport) -> Result<(), JobError> {
    conclude(context, *job, ScheduleOutcome::MailFailed, context.clock.now()).await
}

async fn send(
    context: &JobContext,
    id: JobId,
    job: SendReport,
    sending: &Sending,
    now: DateTime<Utc>,
) -> Result<Sent, JobError> {
    let mut sent = Sent::default();
    for language in [Language::English, Language::German] {
        let is_theirs = |reader: &&Reader| !reader.is_sent && language_of(reader) == language;
        let readers: Vec<&Reader> = sending.readers.iter().filter(is_theirs).collect();
        if readers.is_empty() {
            continue;
        }
        // The connection goes back before the file is written, and the messages are sent.
        let report = sending.read(&mut *context.conn().await?, language, now).await?;
        let file = match report {
            Some(report) => sending.write(report, language).await?,
            None => None,
        };
        sent.without_file |= file.is_none();
        for reader in readers {
            match send_to(context, id, sending, reader, file.as_ref()).await {
                Ok(()) => {
                    let mut conn = context.conn().await?;
                    if job.trial_of.is_none() {
                        reader.set_sent(&mut conn, sending.schedule.workspace, job.schedule, job.run).await?;
                    }
                }
                Err(error) => {
                    sent.failed = true;
                    if !error.is_permanent {
                        sent.temporary = Some(error);
                    }
                }
            }
        }
    }
    Ok(sent)
}

fn language_of(reader: &Reader) -> Language {
    reader.language.as_deref().and_then(|word| Language::parse(word).ok()).unwrap_or(Language::English)
}

async fn send_to(
    context: &JobContext,
    id: JobId,
    sending: &Sending,
    reader: &Reader,
    file: Option<&ReportFile>,
) -> Result<(), JobError> {
    let schedule = &sending.schedule;
    let links = context.mailer.links();
    let stop_token = reader.stop_token.as_ref();
    let mail = ScheduledReport {
        report: schedule.name.clone(),
        workspace: schedule.workspace_name.clone(),
        owner: (schedule.owner != reader.user_id).then(|| schedule.owner_name.clone()),
        from: sending.days.0,
        to: sending.days.1,
        has_file: file.is_some(),
        link: sending::report_page(links, &schedule.query),
        stop: stop_token.map(|token| links.to(&format!("stop-report#token={token}"))),
    };
    let to = EmailAddress::parse(&reader.email).map_err(|_| JobError::permanent("the address is none"))?;
    let message = Message::new(&to, reader.language.as_deref(), Mail::ScheduledReport(Box::new(mail)));
    let stop = stop_token.map(|token| links.to(&format!("api/scheduled-reports/{token}/stop")));
    let attached = Attached {
        file: file.map(|file| (file.name.as_str(), file.media_type, file.bytes.as_slice())),
        stop: stop.as_deref(),
    };
    let message_id = format!("{id}.{}", reader.user_id);
    let sent = context.mailer.send_with(&message_id, &message, attached).await;
    sent.map_err(|error| JobError { is_permanent: error.is_permanent, text: error.to_string() })
}

impl From<ReportError> for JobError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Database(error) => error.into(),
            ReportError::Connection(error) => error.into(),
            _ => Self::permanent("the report cannot be made"),
        }
    }
}

impl From<FileError> for JobError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Pdf(_) => Self::permanent("the file of the report cannot be written"),
            FileError::Stopped | FileError::File(_) | FileError::Xlsx(_) => {
                Self::temporary("the file of the report could not be written")
            }
        }
    }
}
