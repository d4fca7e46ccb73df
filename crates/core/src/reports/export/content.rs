//! What a report says as a whole, for files that are written when all of it has been read: documents, and workbooks
//! that are sent by mail.

use super::table::{Cell, Column};
use crate::models::report::TimeTotals;
use crate::reports::tree::Worth;

/// Most rows of a report that is read as a whole: some 500 pages of a document.
pub const CONTENT_ROWS_MAX: usize = 20_000;

/// A bar of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What stands below it.
    pub label: String,
    /// How long it is.
    pub seconds: i64,
    /// The billable part of it.
    pub billable: i64,
}

/// What a report says.
#[derive(Clone, Debug)]
pub struct ReportContent {
    /// The title.
    pub title: String,
    /// What the report is about: the range, the filters.
    pub about: Vec<String>,
    /// The bars of the chart, in the order of time.
    pub bars: Vec<Bar>,
    /// The columns of the table.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// The totals of all rows.
    pub totals: TimeTotals,
    /// What they are worth in each currency.
    pub worth: Worth,
    /// Whether entries are in several rows, so that rows add up to more than the totals.
    pub rows_overlap: bool,
}
