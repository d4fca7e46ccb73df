//! Writes the archive of what the installation has about a user.

use std::time::Duration;

use serde_json::json;

use super::{JobContext, JobError};
use crate::accounts::data_export::{self, Archive, ExportData};
use crate::database::constraint::violated;
use crate::models::{ClaimedJob, DataExport, ExportedObject, ExportedRow, Position};
use crate::values::ids::WorkspaceId;

/// A million entries take some minutes.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30 * 60);

pub(super) const ATTEMPTS: i32 = 5;

/// Rows of a page.
const ROWS: i64 = 2_000;

/// The page that shows the archive to its user.
const PAGE: &str = "settings";

/// An archive, and where its pieces go.
struct Writing<'a> {
    context: &'a JobContext,
    job: ExportData,
    /// The attempt. Once another one has the job, this one stores nothing.
    claimed: &'a ClaimedJob,
    archive: Archive,
    pieces: i32,
    size: i64,
}

/// How entries are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
}

pub(super) async fn run(context: &JobContext, claimed: &ClaimedJob, job: &ExportData) -> Result<(), JobError> {
    if !data_export::begin(&mut *context.conn().await?, job.export).await? {
        return Ok(());
    }
    let writing = Writing { context, job: *job, claimed, archive: Archive::new(), pieces: 0, size: 0 };
    // On the heap: the future holds a page of everything that is written.
    Box::pin(writing.write()).await
}

/// The user is told, and may request another archive at once.
pub(super) async fn give_up(context: &JobContext, claimed: &ClaimedJob, job: &ExportData) -> Result<(), JobError> {
    let now = context.clock.now();
    data_export::fail(&mut *context.conn().await?, job.export, claimed.lease, now).await?;
    Ok(())
}

impl From<std::io::Error> for JobError {
    fn from(_: std::io::Error) -> Self {
        Self::permanent("the archive could not be compressed")
    }
}

impl Writing<'_> {
    async fn write(mut self) -> Result<(), JobError> {
        let objects = [
            ("profile.json", ExportedObject::Profile),
            ("workspaces.json", ExportedObject::Memberships),
            ("sessions.json", ExportedObject::Sessions),
            ("tokens.json", ExportedObject::Tokens),
            ("report-schedules.json", ExportedObject::ReportSchedules),
        ];
        for (name, object) in objects {
            let value = object.read(&mut *self.context.conn().await?, self.job.user).await?;
            self.archive.object(name, &value)?;
        }
        self.archive.list("audit-log.json")?;
        let mut after = None;
        while let Some(last) = self.audit(after).await? {
            after = Some(last);
        }
        self.archive.end_list()?;
        self.archive.list("entries.json")?;
        self.entries(Form::Json).await?;
        self.archive.end_list()?;
        self.archive.rows("entries.csv")?;
        self.entries(Form::Csv).await?;
        let now = self.context.clock.now();
        self.archive.object("about.json", &json!({"user": self.job.user, "writtenAt": now}))?;
        let Self { context, job, claimed, archive, mut pieces, mut size } = self;
        for piece in archive.finish()? {
            store(context, claimed, job, piece, &mut pieces, &mut size).await?;
        }
        let link = context.mailer.links().to(PAGE);
        let mut conn = context.conn().await?;
        if data_export::finish(&mut conn, &context.mailer, link, job, claimed.lease, size, now).await? {
            return Ok(());
        }
        Err(JobError::temporary("another attempt has written to the archive"))
    }

    /// Writes a page of the audit log; where it ends, unless it was the last one.
    async fn audit(&mut self, after: Option<Position>) -> Result<Option<Position>, JobError> {
        let rows = ExportedRow::audit(&mut *self.context.conn().await?, self.job.user, after, ROWS).await?;
        for row in &rows {
            self.archive.item(&row.object)?;
        }
        self.drain().await?;
        Ok(next(&rows))
    }

    async fn entries(&mut self, form: Form) -> Result<(), JobError> {
        let mut workspace = None;
        loop {
            let next = DataExport::next_workspace(&mut *self.context.conn().await?, self.job.user, workspace).await?;
            let Some(found) = next else { return Ok(()) };
            workspace = Some(found);
            let mut after = None;
            loop {
                after = self.page(form, found, after).await?;
                if after.is_none() {
                    break;
                }
            }
        }
    }

    async fn page(
        &mut self,
        form: Form,
        workspace: WorkspaceId,
        after: Option<Position>,
    ) -> Result<Option<Position>, JobError> {
        let mut conn = self.context.conn().await?;
        let rows = ExportedRow::entries(&mut conn, workspace, self.job.user, after, ROWS).await?;
        drop(conn);
        for row in &rows {
            match form {
                Form::Json => self.archive.item(&row.object)?,
                Form::Csv => self.archive.row(&row.object)?,
            }
        }
        self.drain().await?;
        Ok(next(&rows))
    }

    /// Stores what was compressed.
    async fn drain(&mut self) -> Result<(), JobError> {
        while let Some(piece) = self.archive.take_piece() {
            store(self.context, self.claimed, self.job, piece, &mut self.pieces, &mut self.size).await?;
        }
        Ok(())
    }
}

/// Where a full page ends.
fn next(rows: &[ExportedRow]) -> Option<Position> {
    let is_full = i64::try_from(rows.len()).is_ok_and(|found| found >= ROWS);
    rows.last().filter(|_| is_full).map(ExportedRow::position)
}

async fn store(
    context: &JobContext,
    claimed: &ClaimedJob,
    job: ExportData,
    piece: Vec<u8>,
    pieces: &mut i32,
    size: &mut i64,
) -> Result<(), JobError> {
    let bytes = i64::try_from(piece.len()).unwrap_or(i64::MAX);
    let stored = DataExport::add_chunk(&mut *context.conn().await?, job.export, claimed.lease, *pieces, piece).await;
    match stored {
        // This one is late: what it has written so far, the next one has forgotten.
        Ok(0) => return Err(JobError::temporary("another attempt writes the archive")),
        Err(error) if violated(&error) == Some("data_export_chunks_number_valid") => {
            return Err(JobError::permanent("the archive would have more than 256 MiB"));
        }
        // Requested anew, or deleted with the account: the next attempt finds that it is not wanted any more.
        Err(error) if violated(&error) == Some("data_export_chunks_export_fkey") => {
            return Err(JobError::temporary("the archive is gone"));
        }
        stored => stored?,
    };
    *pieces += 1;
    *size += bytes;
    Ok(())
}
