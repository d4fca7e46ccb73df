//! Reports as files: one table of typed cells, written row by row, so that a file of a million rows takes no more
//! memory than one of ten. A PDF, whose pages are numbered, is written as a whole and has a largest size.

mod apportion;
mod calendar;
mod content;
mod csv;
mod json;
mod pdf;
mod table;
mod xlsx;

pub use calendar::CalendarWriter;
pub use content::{Bar, CONTENT_ROWS_MAX, ReportContent};
pub use csv::CsvWriter;
pub use json::JsonWriter;
pub(in crate::reports) use pdf::Words;
pub use pdf::{Paper, PdfError, PdfStyle, write_pdf};
pub use table::{Cell, Column, ColumnKind, detailed_columns, detailed_row, summary_columns, summary_rows};
pub use xlsx::{XlsxError, XlsxWriter};

use crate::values::settings::{DurationFormat, choice};

choice!(
    /// The format of a file.
    ExportFormat {
        /// RFC 4180.
        Csv = "csv",
        /// A JSON object a line.
        Ndjson = "ndjson",
        /// A JSON array.
        Json = "json",
        /// A workbook of spreadsheet programs.
        Xlsx = "xlsx",
        /// A document for people.
        Pdf = "pdf",
        /// Events of RFC 5545, for calendars.
        Ics = "ics",
    }
);
choice!(
    /// Which report is exported.
    ExportKind {
        /// Entry by entry.
        Detailed = "detailed",
        /// Sums of the groups of the last level.
        Summary = "summary",
    }
);
choice!(
    /// What stands between the cells of a CSV file.
    Separator {
        /// `,`
        Comma = "comma",
        /// `;`
        Semicolon = "semicolon",
        /// A tabulator.
        Tab = "tab",
    }
);

impl ExportFormat {
    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
            Self::Json => "application/json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
            Self::Ics => "text/calendar; charset=utf-8",
        }
    }
}

/// How texts of a file look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// What stands between cells.
    pub separator: Separator,
    /// Whether the file begins with a byte order mark, by which some spreadsheet programs know UTF-8.
    pub has_mark: bool,
    /// Whether decimals have a comma instead of a point.
    pub has_decimal_comma: bool,
    /// How durations are written.
    pub durations: DurationFormat,
    /// Whether entries are in several rows: then rows add up to nothing, and each duration is rounded by itself.
    pub rows_overlap: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            separator: Separator::Comma,
            has_mark: false,
            has_decimal_comma: false,
            durations: DurationFormat::HoursMinutesSeconds,
            rows_overlap: false,
        }
    }
}
