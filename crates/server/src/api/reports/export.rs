//! Reports as files, written while they are read: CSV, JSON, XLSX, iCalendar. PDF is a file of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{self, ContentEncoding, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::database::DbConn;
use clockwork_core::models::report::ReportEntry;
use clockwork_core::reports::export::{
    CalendarWriter, Cell, Column, CsvWriter, ExportFormat, ExportKind, JsonWriter, PdfStyle, Separator, TextStyle,
    XlsxWriter, detailed_columns, detailed_row, summary_columns, summary_rows,
};
use clockwork_core::reports::{self, EntryCursor, Ranged, ReportQuery};
use clockwork_core::values::settings::DurationFormat;
use futures_util::stream::{self, Stream};
use tokio::io::AsyncReadExt as _;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;

use super::filters::ReportFilters;
use super::pdf::{self, Document, PdfQuery};
use super::query::{GroupQuery, RangeQuery, optional};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Allowed, FromQuery, Now, Pool, QueryParameters, UnreadParameters};
use crate::request::{self, HeadRequest};
use crate::state::AppState;

/// Rows that are read before the head of the answer is sent: few, so that the first byte comes soon.
const FIRST_ROWS: u16 = 100;
/// Rows of each further batch.
const ROWS: u16 = 2_000;
/// How long an export waits for others to end.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);
/// Pieces in which a finished file is sent, in bytes.
const PIECE: usize = 64 * 1024;

/// What the file is like.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ExportQuery {
    /// `detailed` (if left out): entry by entry. `summary`: the sums of the groups of the last level.
    #[param(value_type = Option<String>)]
    report: Option<ExportKind>,
    /// `csv` (if left out), `ndjson`, `json`, `xlsx`, `pdf` for at most 20,000 rows, or `ics` for entries.
    #[param(value_type = Option<String>)]
    format: Option<ExportFormat>,
    /// What stands between the cells of CSV: `comma` (if left out), `semicolon` or `tab`.
    #[param(value_type = Option<String>)]
    separator: Option<Separator>,
    /// Whether CSV begins with a byte order mark.
    byte_order_mark: Option<bool>,
    /// Whether decimals of CSV have a comma.
    decimal_comma: Option<bool>,
    /// How CSV and PDF show durations: `h:mm:ss` (if left out of CSV), `h:mm` (if left out of PDF) or `decimal`.
    /// Coarser ones add up to the rounded total.
    #[param(value_type = Option<String>)]
    durations: Option<DurationFormat>,
}

impl FromQuery for ExportQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self {
            report: optional(parameters, "report", ExportKind::parse)?,
            format: optional(parameters, "format", ExportFormat::parse)?,
            separator: optional(parameters, "separator", Separator::parse)?,
            byte_order_mark: parameters.flag("byteOrderMark")?,
            decimal_comma: parameters.flag("decimalComma")?,
            durations: optional(parameters, "durations", DurationFormat::parse)?,
        })
    }
}

impl ExportQuery {
    fn style(&self) -> TextStyle {
        TextStyle {
            separator: self.separator.unwrap_or(Separator::Comma),
            has_mark: self.byte_order_mark == Some(true),
            has_decimal_comma: self.decimal_comma == Some(true),
            durations: self.durations.unwrap_or(DurationFormat::HoursMinutesSeconds),
            rows_overlap: false,
        }
    }
}

/// A table that is written as text.
enum TextWriter {
    Csv(CsvWriter),
    Json(JsonWriter),
    Calendar(CalendarWriter),
}

impl TextWriter {
    fn new(format: ExportFormat, style: TextStyle, columns: &[Column], now: DateTime<Utc>, out: &mut Vec<u8>) -> Self {
        match format {
            ExportFormat::Json => Self::Json(JsonWriter::new(true, columns, out)),
            ExportFormat::Ndjson => Self::Json(JsonWriter::new(false, columns, out)),
            ExportFormat::Ics => Self::Calendar(CalendarWriter::new(now, out)),
            ExportFormat::Csv | ExportFormat::Xlsx | ExportFormat::Pdf => {
                Self::Csv(CsvWriter::new(style, columns, out))
            }
        }
    }

    fn row(&mut self, cells: &[Cell], out: &mut Vec<u8>) {
        match self {
            Self::Csv(writer) => writer.row(cells, out),
            Self::Json(writer) => writer.row(cells, out),
            Self::Calendar(_) => {}
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        match self {
            Self::Csv(_) => {}
            Self::Json(writer) => writer.end(out),
            Self::Calendar(writer) => writer.end(out),
        }
    }
}

/// How entries become rows.
struct Rows {
    query: ReportQuery,
}

impl Rows {
    fn columns(&self) -> Vec<Column> {
        detailed_columns(self.query.rounding.is_some(), self.query.amounts)
    }

    fn cells(&self, entry: &ReportEntry, cursor: &EntryCursor) -> Vec<Cell> {
        let ReportQuery { rounding, amounts, .. } = &self.query;
        detailed_row(entry, &cursor.names, cursor.zone_of(entry.user_id), rounding.is_some(), *amounts)
    }
}

/// An export of entries that goes on. When it is dropped, the pool ends its query.
struct Running {
    conn: DbConn,
    cursor: EntryCursor,
    rows: Rows,
    writer: TextWriter,
    id: String,
    _turn: OwnedSemaphorePermit,
}

impl Running {
    /// Writes the next batch; false at the end.
    async fn write(&mut self, rows: u16, out: &mut Vec<u8>) -> ApiResult<bool> {
        let entries = self.cursor.next(&mut self.conn, rows).await?;
        for entry in &entries {
            match &self.writer {
                TextWriter::Calendar(writer) => writer.entry(entry, &self.cursor.names, out),
                _ => {
                    let cells = self.rows.cells(entry, &self.cursor);
                    self.writer.row(&cells, out);
                }
            }
        }
        if entries.len() < usize::from(rows) {
            self.writer.end(out);
            self.cursor.close(&mut self.conn).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// What follows the first batch. After an error the last chunk is missing, so that no client takes a part for the
    /// whole.
    fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> {
        stream::try_unfold(Some(self), |running| async move {
            let Some(mut running) = running else { return Ok(None) };
            let mut out = Vec::new();
            match running.write(ROWS, &mut out).await {
                Ok(true) => Ok(Some((Bytes::from(out), Some(running)))),
                Ok(false) if out.is_empty() => Ok(None),
                Ok(false) => Ok(Some((Bytes::from(out), None))),
                Err(error) => {
                    let kind = error.kind();
                    tracing::warn!(request_id = running.id, kind, "export aborted: entries could not be read");
                    Err(io::Error::other("entries of the export could not be read"))
                }
            }
        })
    }
}

/// A report as a file. Entries are read from one snapshot while the file is sent, so that its size takes no memory; an
/// answer that ends without its last chunk is not whole. XLSX is written to a temporary file first.
#[utoipa::path(
    get,
    path = "/reports/export",
    tag = "reports",
    params(RangeQuery, GroupQuery, ReportFilters, ExportQuery, PdfQuery),
    responses(
        (status = 200, content_type = "text/csv", body = String, description = "the file, of the media type of its format"),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_time_zone, report_too_large"),
        (status = 409, description = "exports_running"),
    )
)]
pub(crate) async fn export_report(
    caller: Allowed<needs::SeeEntries>,
    request: HttpRequest,
    state: Data<AppState>,
    pool: Pool,
    Now(now): Now,
    QueryParameters((range, groups, filters, files)): QueryParameters<(
        RangeQuery,
        GroupQuery,
        ReportFilters,
        (ExportQuery, PdfQuery),
    )>,
) -> ApiResult<HttpResponse> {
    let (export, document) = files;
    let format = export.format.unwrap_or(ExportFormat::Csv);
    let is_summary = export.report == Some(ExportKind::Summary);
    if is_summary && format == ExportFormat::Ics {
        let field = FieldError::format("format", "alone", "must not be ics with report=summary");
        return Err(ApiError::field(ErrorCode::InvalidQuery, field));
    }
    let turn = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&state.exports).acquire_owned()).await;
    let turn = turn.map_err(|_| {
        ApiError::new(ErrorCode::ExportsRunning, "other exports are running; try again when they have ended")
    })?;
    let turn = turn.map_err(ApiError::internal)?;
    let mut conn = pool.0.conn().await?;
    let query = range.query(&mut conn, caller.0, filters, groups, now).await?;
    let mut response = HttpResponse::Ok();
    response.content_type(format.media_type());
    response.insert_header((header::CONTENT_DISPOSITION, disposition(&query, is_summary, format)));
    if format == ExportFormat::Pdf {
        let kind = export.report.unwrap_or(ExportKind::Detailed);
        let durations = export.durations.unwrap_or(DurationFormat::HoursMinutes);
        let style = PdfStyle { durations, ..document.style() };
        let made = Document { caller: caller.0, query: &query, kind, pdf: &document, style };
        return pdf::answer(&request, response, conn, made, now).await;
    }
    if is_summary {
        let summary = reports::summary(&mut conn, caller.0, &query, now).await?;
        drop(conn);
        let Ranged { levels, tree, .. } = &summary.main;
        let (is_rounded, amounts) = (query.rounding.is_some(), query.amounts);
        let rows_overlap = query.rows_overlap();
        let columns = summary_columns(levels, is_rounded, amounts);
        let rows = summary_rows(&tree.groups, levels, &summary.names, is_rounded, amounts);
        if format == ExportFormat::Xlsx {
            let mut book = XlsxWriter::new(&columns).map_err(ApiError::internal)?;
            if rows_overlap {
                book = book.overlapping(tree.total, tree.worth.clone());
            }
            return Ok(response.streaming(file_stream(finish(workbook(book, rows).await?).await?)));
        }
        let mut out = Vec::new();
        let style = TextStyle { rows_overlap, ..export.style() };
        let mut writer = TextWriter::new(format, style, &columns, now, &mut out);
        rows.iter().for_each(|row| writer.row(row, &mut out));
        writer.end(&mut out);
        return Ok(response.body(out));
    }
    if request.extensions().contains::<HeadRequest>() {
        // Nothing of it would be sent, so nothing of it is read.
        return Ok(response.streaming(stream::empty::<io::Result<Bytes>>()));
    }
    let mut cursor = EntryCursor::open(&mut conn, caller.0, &query, now).await?;
    let rows = Rows { query };
    if format == ExportFormat::Xlsx {
        let mut book = XlsxWriter::new(&rows.columns()).map_err(ApiError::internal)?;
        loop {
            let entries = cursor.next(&mut conn, ROWS).await?;
            let is_last = entries.len() < usize::from(ROWS);
            let cells = entries.iter().map(|entry| rows.cells(entry, &cursor)).collect();
            book = workbook(book, cells).await?;
            if is_last {
                break;
            }
        }
        cursor.close(&mut conn).await?;
        drop(conn);
        return Ok(response.streaming(file_stream(finish(book).await?)));
    }
    let mut out = Vec::new();
    let writer = TextWriter::new(format, export.style(), &rows.columns(), now, &mut out);
    let mut running = Running { conn, cursor, rows, writer, id: request::current_id(), _turn: turn };
    if !running.write(FIRST_ROWS, &mut out).await? {
        return Ok(response.body(out));
    }
    // A compressor would keep the first rows back until it has enough of them.
    response.insert_header(ContentEncoding::Identity);
    let first = stream::iter([Ok(Bytes::from(out))]);
    Ok(response.streaming(futures_util::StreamExt::chain(first, running.into_stream())))
}

/// Writes rows where they may wait for the disk.
async fn workbook(mut book: XlsxWriter, rows: Vec<Vec<Cell>>) -> ApiResult<XlsxWriter> {
    let written = tokio::task::spawn_blocking(move || {
        rows.iter().try_for_each(|row| book.row(row))?;
        Ok::<_, clockwork_core::reports::export::XlsxError>(book)
    });
    written.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

/// The finished workbook as a file without a name, which is gone when it is closed.
async fn finish(book: XlsxWriter) -> ApiResult<std::fs::File> {
    let finished = tokio::task::spawn_blocking(move || book.finish());
    finished.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

fn file_stream(file: std::fs::File) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}

/// The name of the file: what is in it, and of which days.
fn disposition(query: &ReportQuery, is_summary: bool, format: ExportFormat) -> HeaderValue {
    let report = if is_summary { "summary" } else { "entries" };
    let (from, to) = (query.range.from, query.range.to);
    let name = format!("attachment; filename=\"clockwork-{report}-{from}-{to}.{}\"", format.as_str());
    HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"))
}
