//! CSV of RFC 4180.

use super::apportion::rounded;
use super::table::{Cell, Column};
use super::{Separator, TextStyle};
use crate::values::csv;
use crate::values::settings::DurationFormat;

/// Writes rows.
#[derive(Clone, Debug)]
pub struct CsvWriter {
    style: TextStyle,
    /// What of each column is not shown yet: durations that are written coarser than they are carry the rest on, so
    /// that what is written adds up to the rounded total.
    sums: Vec<i64>,
}

impl CsvWriter {
    /// Writes the head.
    #[must_use]
    pub fn new(style: TextStyle, columns: &[Column], out: &mut Vec<u8>) -> Self {
        if style.has_mark {
            out.extend("\u{feff}".as_bytes());
        }
        let mut writer = Self { style, sums: vec![0; columns.len()] };
        let titles: Vec<Cell> = columns.iter().map(|column| Cell::Text(column.title.to_owned())).collect();
        writer.row(&titles, out);
        writer
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Cell], out: &mut Vec<u8>) {
        for (number, cell) in cells.iter().enumerate() {
            if number > 0 {
                out.push(self.separator());
            }
            let text = self.text(number, cell);
            csv::push_field(&text, self.separator(), out);
        }
        out.extend(b"\r\n");
    }

    fn separator(&self) -> u8 {
        match self.style.separator {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        }
    }

    fn text(&mut self, column: usize, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => csv::defused(text),
            Cell::Date(date) => date.to_string(),
            Cell::Time(_, local) => local.format("%Y-%m-%d %H:%M:%S").to_string(),
            Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Duration(seconds) => {
                let shown = self.carry(column, *seconds);
                self.decimal(duration(shown, self.style.durations))
            }
            Cell::Amount(currency, amount) => self.decimal(currency.decimal(*amount)),
        }
    }

    /// What is shown of a duration: a multiple of what the format can show, within one of the true value.
    fn carry(&mut self, column: usize, seconds: i64) -> i64 {
        let unit = unit(self.style.durations);
        if self.style.rows_overlap {
            return rounded(seconds, unit);
        }
        let Some(sum) = self.sums.get_mut(column) else { return seconds };
        let shown = |sum: i64| (sum + unit / 2) / unit * unit;
        let before = shown(*sum);
        *sum += seconds;
        shown(*sum) - before
    }

    fn decimal(&self, text: String) -> String {
        if self.style.has_decimal_comma { text.replace('.', ",") } else { text }
    }
}

/// The smallest duration that a format can show, in seconds.
pub(super) fn unit(format: DurationFormat) -> i64 {
    match format {
        DurationFormat::HoursMinutesSeconds => 1,
        DurationFormat::HoursMinutes => 60,
        DurationFormat::Decimal => 36,
    }
}

pub(super) fn duration(seconds: i64, format: DurationFormat) -> String {
    let (hours, rest) = (seconds / 3600, seconds % 3600);
    match format {
        DurationFormat::HoursMinutesSeconds => format!("{hours}:{:02}:{:02}", rest / 60, rest % 60),
        DurationFormat::HoursMinutes => format!("{hours}:{:02}", rest / 60),
        DurationFormat::Decimal => format!("{hours}.{:02}", rest / 36),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::ColumnKind;
    use super::*;

    fn columns() -> Vec<Column> {
        vec![
            Column { key: "a", title: "A", kind: ColumnKind::Text },
            Column { key: "b", title: "B", kind: ColumnKind::Duration },
        ]
    }

    fn written(style: TextStyle, rows: &[[Cell; 2]]) -> String {
        let mut out = Vec::new();
        let mut writer = CsvWriter::new(style, &columns(), &mut out);
        rows.iter().for_each(|row| writer.row(row, &mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_quoted_and_formulas_are_texts() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let rows = [
            [text("a,b"), Cell::Duration(5400)],
            [text("say \"x\"\nagain"), Cell::Duration(0)],
            [text("=1+1"), Cell::Empty],
            [text("-2"), Cell::Empty],
            [text("@x"), Cell::Empty],
        ];
        let expected = "A,B\r\n\"a,b\",1:30:00\r\n\"say \"\"x\"\"\nagain\",0:00:00\r\n'=1+1,\r\n'-2,\r\n'@x,\r\n";
        assert_eq!(written(TextStyle::default(), &rows), expected);
        let style = TextStyle { separator: Separator::Semicolon, has_mark: true, ..TextStyle::default() };
        assert!(written(style, &rows).starts_with("\u{feff}A;B\r\na,b;1:30:00\r\n"));
    }

    #[test]
    fn coarse_durations_add_up() {
        let style = TextStyle { durations: DurationFormat::Decimal, has_decimal_comma: true, ..TextStyle::default() };
        let rows = [0; 3].map(|_| [Cell::Empty, Cell::Duration(1200)]);
        // 0.33 + 0.34 + 0.33 = 1.00.
        assert_eq!(written(style, &rows), "A,B\r\n,\"0,33\"\r\n,\"0,34\"\r\n,\"0,33\"\r\n");
        let style = TextStyle { durations: DurationFormat::HoursMinutes, ..TextStyle::default() };
        let rows = [29, 29, 29, 33].map(|seconds| [Cell::Empty, Cell::Duration(seconds)]);
        assert_eq!(written(style, &rows), "A,B\r\n,0:00\r\n,0:01\r\n,0:00\r\n,0:01\r\n");
        // Rows with the same entries say the same.
        let style = TextStyle { rows_overlap: true, ..style };
        let rows = [29, 29, 31].map(|seconds| [Cell::Empty, Cell::Duration(seconds)]);
        assert_eq!(written(style, &rows), "A,B\r\n,0:00\r\n,0:00\r\n,0:01\r\n");
    }
}
