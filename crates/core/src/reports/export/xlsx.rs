//! XLSX, written through a temporary file, so that a million rows take a few megabytes of memory.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::pdf::Words;
use super::table::{Cell, Column, ColumnKind};
use crate::models::report::TimeTotals;
use crate::reports::tree::Worth;
use crate::values::money::Currency;
use crate::values::settings::Language;

/// Rows of a sheet.
const SHEET_ROWS: u32 = 1_048_576;
/// Rows that are left for the totals: one for each currency of ISO 4217, and the note.
const TOTALS_MAX: u32 = 200;
/// Most rows of a sheet below its head; a further row begins another sheet.
const ROWS_MAX: u32 = SHEET_ROWS - 1 - TOTALS_MAX;
/// The longest text of a cell, in characters.
const TEXT_MAX: usize = 32_767;
const DAY: f64 = 86_400.0;
/// Most digits of a currency of ISO 4217.
const DIGITS_MAX: usize = 4;

/// Why a workbook was not written.
#[derive(Debug, thiserror::Error)]
pub enum XlsxError {
    /// The temporary folder cannot be written to, or a limit of the format was met.
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

/// Writes rows into a workbook: durations, dates and amounts are numbers with formats, amounts with the digits of their
/// currency. Below each sheet stand the totals of durations, and of amounts that are all in one currency, as formulas
/// with their values. Rows that overlap have their true totals instead.
pub struct XlsxWriter {
    workbook: Workbook,
    columns: Vec<Column>,
    formats: Formats,
    /// The number of the sheet, and of the next row in it.
    sheet: usize,
    row: u32,
    sums: Vec<Sum>,
    /// The totals of rows that overlap.
    given: Option<(TimeTotals, Worth)>,
}

/// What the cells of a column of the sheet come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sum {
    /// There is nothing to be summed.
    #[default]
    Nothing,
    /// Seconds.
    Seconds(i64),
    /// Minor units of the only currency.
    Amount(Currency, i128),
    /// Amounts of several currencies have no sum.
    Mixed,
}

impl Sum {
    fn and(self, cell: &Cell) -> Self {
        match (self, cell) {
            (Self::Nothing, Cell::Duration(seconds)) => Self::Seconds(*seconds),
            (Self::Seconds(sum), Cell::Duration(seconds)) => Self::Seconds(sum + seconds),
            (Self::Nothing, Cell::Amount(currency, amount)) => Self::Amount(*currency, *amount),
            (Self::Amount(one, sum), Cell::Amount(other, amount)) if one == *other => Self::Amount(one, sum + amount),
            (Self::Amount(..), Cell::Amount(..)) => Self::Mixed,
            (sum, _) => sum,
        }
    }
}

struct Formats {
    head: Format,
    date: Format,
    time: Format,
    duration: Format,
    duration_total: Format,
    /// By the digits of the currency.
    amounts: Vec<Format>,
    total: Format,
}

impl Formats {
    fn new() -> Self {
        let duration = Format::new().set_num_format("[h]:mm:ss");
        let amount = |digits: usize| match digits {
            0 => Format::new().set_num_format("#,##0"),
            _ => Format::new().set_num_format(format!("#,##0.{}", "0".repeat(digits))),
        };
        Self {
            head: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            duration_total: duration.clone().set_bold(),
            duration,
            amounts: (0..=DIGITS_MAX).map(amount).collect(),
            total: Format::new().set_bold(),
        }
    }

    fn amount(&self, currency: Currency) -> Format {
        self.amounts.get(currency.digits() as usize).cloned().unwrap_or_default()
    }
}

impl XlsxWriter {
    /// Begins a workbook.
    ///
    /// # Errors
    /// When the temporary folder cannot be written to.
    pub fn new(columns: &[Column]) -> Result<Self, XlsxError> {
        let mut writer = Self {
            workbook: Workbook::new(),
            columns: columns.to_vec(),
            formats: Formats::new(),
            sheet: 0,
            row: 0,
            sums: Vec::new(),
            given: None,
        };
        writer.begin_sheet()?;
        Ok(writer)
    }

    /// Says that entries are in several rows, whose sums would count them several times: the last sheet has these
    /// totals instead.
    #[must_use]
    pub fn overlapping(mut self, totals: TimeTotals, worth: Worth) -> Self {
        self.given = Some((totals, worth));
        self
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (number, column) in (0_u16..).zip(&self.columns) {
            let width = match column.kind {
                ColumnKind::Text => 24,
                ColumnKind::Time => 19,
                _ => 12,
            };
            sheet.set_column_width(number, width)?;
        }
        for (number, column) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, number, column.title, &self.formats.head)?;
        }
        self.row = 1;
        self.sums = vec![Sum::Nothing; self.columns.len()];
        Ok(())
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.row > ROWS_MAX {
            if self.given.is_none() {
                self.end_sheet()?;
            }
            self.sheet += 1;
            self.begin_sheet()?;
        }
        let row = self.row;
        self.row += 1;
        for (number, cell) in (0_u16..).zip(cells) {
            if let Some(sum) = self.sums.get_mut(usize::from(number)) {
                *sum = sum.and(cell);
            }
            let sheet = self.workbook.worksheet_from_index(self.sheet)?;
            write(sheet, row, number, cell, &self.formats)?;
        }
        Ok(())
    }

    /// The totals of the durations, and of the amounts if all are in one currency.
    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let row = self.row;
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        sheet.write_string_with_format(row, 0, "Total", &self.formats.total)?;
        for (number, sum) in (0_u16..).zip(&self.sums) {
            let (value, format) = match *sum {
                Sum::Nothing | Sum::Mixed => continue,
                Sum::Seconds(seconds) => (days(seconds), self.formats.duration_total.clone()),
                Sum::Amount(currency, amount) => {
                    // The column before names the currency.
                    sheet.write_string_with_format(
                        row,
                        number.saturating_sub(1),
                        currency.code(),
                        &self.formats.total,
                    )?;
                    (units(currency, amount), self.formats.amount(currency).set_bold())
                }
            };
            let letters = rust_xlsxwriter::utility::column_number_to_name(number);
            let formula = Formula::new(format!("=SUM({letters}2:{letters}{row})")).set_result(value.to_string());
            sheet.write_formula_with_format(row, number, formula, &format)?;
        }
        Ok(())
    }

    /// The true totals as values, one line for each currency, and why they are less than the sums of the rows.
    fn end_overlapping(&mut self, totals: &TimeTotals, worth: &Worth) -> Result<(), XlsxError> {
        let mut row = self.row;
        let Formats { total: bold, duration_total, .. } = &self.formats;
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        sheet.write_string_with_format(row, 0, "Total", bold)?;
        for (number, column) in (0_u16..).zip(&self.columns) {
            let seconds = match column.key {
                "durationSeconds" => totals.duration_seconds,
                "billableSeconds" => totals.billable_seconds,
                "roundedSeconds" => totals.rounded_seconds,
                "entries" => {
                    sheet.write_number_with_format(row, number, count(totals.entries), bold)?;
                    continue;
                }
                _ => continue,
            };
            sheet.write_number_with_format(row, number, days(seconds), duration_total)?;
        }
        let amounts = (0_u16..).zip(&self.columns).find(|(_, column)| column.kind == ColumnKind::Amount);
        if let Some((number, _)) = amounts {
            for (line, (currency, amount)) in (row..).zip(&worth.amounts) {
                let format = self.formats.amount(*currency).set_bold();
                sheet.write_string_with_format(line, number.saturating_sub(1), currency.code(), bold)?;
                sheet.write_number_with_format(line, number, units(*currency, *amount), &format)?;
                row = line;
            }
        }
        sheet.write_string(row + 1, 0, Words::new(Language::English).overlap())?;
        Ok(())
    }

    /// Ends the workbook: a file without a name, at its beginning, that is gone when it is closed.
    ///
    /// # Errors
    /// When the file, or a temporary one, cannot be written.
    pub fn finish(mut self) -> Result<File, XlsxError> {
        match self.given.take() {
            Some((totals, worth)) => self.end_overlapping(&totals, &worth)?,
            None => self.end_sheet()?,
        }
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// Seconds as the number that programs take for a duration.
#[expect(clippy::cast_precision_loss, reason = "seconds of all the time that can be tracked are exact")]
fn days(seconds: i64) -> f64 {
    seconds as f64 / DAY
}

/// An amount in units of its currency.
fn units(currency: Currency, amount: i128) -> f64 {
    currency.decimal(amount).parse().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "counts of entries are far below")]
fn count(number: i64) -> f64 {
    number as f64
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            let cut: String = text.chars().take(TEXT_MAX).collect();
            sheet.write_string(row, column, cut)?;
        }
        Cell::Date(date) => {
            sheet.write_datetime_with_format(
                row,
                column,
                &excel_time(&date.format("%Y-%m-%d").to_string())?,
                &formats.date,
            )?;
        }
        Cell::Time(_, local) => {
            let text = local.format("%Y-%m-%dT%H:%M:%S").to_string();
            sheet.write_datetime_with_format(row, column, &excel_time(&text)?, &formats.time)?;
        }
        Cell::Flag(flag) => {
            sheet.write_boolean(row, column, *flag)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, count(*number))?;
        }
        Cell::Duration(seconds) => {
            sheet.write_number_with_format(row, column, days(*seconds), &formats.duration)?;
        }
        Cell::Amount(currency, amount) => {
            let format = formats.amount(*currency);
            sheet.write_number_with_format(row, column, units(*currency, *amount), &format)?;
        }
    }
    Ok(())
}

fn excel_time(text: &str) -> Result<ExcelDateTime, rust_xlsxwriter::XlsxError> {
    ExcelDateTime::parse_from_str(text)
}
