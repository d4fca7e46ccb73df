//! XLSX, written through a temporary file, so that a million rows take a few megabytes of memory.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::table::{Cell, Column, ColumnKind};

/// Most rows of a sheet below its head; a further row begins another sheet. A row is left for the total.
const ROWS_MAX: u32 = 1_048_574;
/// The longest text of a cell, in characters.
const TEXT_MAX: usize = 32_767;
const DAY: f64 = 86_400.0;

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

/// Writes rows into a workbook: durations, dates and amounts are numbers with formats, and below each sheet stand the
/// totals as formulas with their values.
pub struct XlsxWriter {
    workbook: Workbook,
    columns: Vec<Column>,
    formats: Formats,
    /// The number of the sheet, and of the next row in it.
    sheet: usize,
    row: u32,
    sums: Vec<f64>,
}

struct Formats {
    head: Format,
    date: Format,
    time: Format,
    duration: Format,
    duration_total: Format,
    amount: Format,
    total: Format,
}

impl Formats {
    fn new() -> Self {
        let duration = Format::new().set_num_format("[h]:mm:ss");
        Self {
            head: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            duration_total: duration.clone().set_bold(),
            duration,
            amount: Format::new().set_num_format("#,##0.00"),
            total: Format::new().set_bold(),
        }
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
        };
        writer.begin_sheet()?;
        Ok(writer)
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
        self.sums = vec![0.0; self.columns.len()];
        Ok(())
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, XlsxError> {
        Ok(self.workbook.worksheet_from_index(self.sheet)?)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.row > ROWS_MAX {
            self.end_sheet()?;
            self.sheet += 1;
            self.begin_sheet()?;
        }
        let row = self.row;
        self.row += 1;
        for (number, cell) in (0_u16..).zip(cells) {
            if let Some(value) = summed(cell)
                && let Some(sum) = self.sums.get_mut(usize::from(number))
            {
                *sum += value;
            }
            let sheet = self.workbook.worksheet_from_index(self.sheet)?;
            write(sheet, row, number, cell, &self.formats)?;
        }
        Ok(())
    }

    /// The totals of the durations, and of the amounts if all are in one currency.
    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let row = self.row;
        let columns = self.columns.clone();
        let totals = (0_u16..).zip(columns).zip(self.sums.clone());
        let format = self.formats.duration_total.clone();
        let bold = self.formats.total.clone();
        let has_rows = row > 1;
        let sheet = self.sheet()?;
        sheet.write_string_with_format(row, 0, "Total", &bold)?;
        for ((number, column), sum) in totals {
            if column.kind != ColumnKind::Duration || !has_rows {
                continue;
            }
            let letters = letters(number);
            let formula = Formula::new(format!("=SUM({letters}2:{letters}{row})")).set_result(sum.to_string());
            sheet.write_formula_with_format(row, number, formula, &format)?;
        }
        Ok(())
    }

    /// Ends the workbook: a file without a name, at its beginning, that is gone when it is closed.
    ///
    /// # Errors
    /// When the file, or a temporary one, cannot be written.
    pub fn finish(mut self) -> Result<File, XlsxError> {
        self.end_sheet()?;
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// The letters of a column.
fn letters(number: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(number)
}

/// A cell as the number that formulas see.
fn summed(cell: &Cell) -> Option<f64> {
    match cell {
        #[expect(clippy::cast_precision_loss, reason = "seconds of all the time that can be tracked are exact")]
        Cell::Duration(seconds) => Some(*seconds as f64 / DAY),
        _ => None,
    }
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
            #[expect(clippy::cast_precision_loss, reason = "counts of entries are far below")]
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Duration(_) => {
            sheet.write_number_with_format(row, column, summed(cell).unwrap_or_default(), &formats.duration)?;
        }
        Cell::Amount(currency, amount) => {
            let number: f64 = currency.decimal(*amount).parse().unwrap_or_default();
            sheet.write_number_with_format(row, column, number, &formats.amount)?;
        }
    }
    Ok(())
}

fn excel_time(text: &str) -> Result<ExcelDateTime, rust_xlsxwriter::XlsxError> {
    ExcelDateTime::parse_from_str(text)
}
