//! JSON: an array, or an object a line.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::table::{Cell, Column};

/// Writes rows as objects. Durations are seconds, amounts decimals in texts, times RFC 3339 in UTC.
#[derive(Clone, Debug)]
pub struct JsonWriter {
    columns: Vec<Column>,
    is_array: bool,
    rows: usize,
}

impl JsonWriter {
    /// Begins an array, or lines.
    #[must_use]
    pub fn new(is_array: bool, columns: &[Column], out: &mut Vec<u8>) -> Self {
        if is_array {
            out.push(b'[');
        }
        Self { columns: columns.to_vec(), is_array, rows: 0 }
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Cell], out: &mut Vec<u8>) {
        if self.is_array && self.rows > 0 {
            out.push(b',');
        }
        self.rows += 1;
        let fields = self.columns.iter().zip(cells).map(|(column, cell)| (column.key.to_owned(), value(cell)));
        out.extend(Value::Object(fields.collect::<Map<_, _>>()).to_string().as_bytes());
        if !self.is_array {
            out.push(b'\n');
        }
    }

    /// Ends the array.
    pub fn end(&self, out: &mut Vec<u8>) {
        if self.is_array {
            out.push(b']');
        }
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Date(date) => json!(date),
        Cell::Time(at, _) => json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        Cell::Flag(flag) => json!(flag),
        Cell::Number(number) | Cell::Duration(number) => json!(number),
        Cell::Amount(currency, amount) => json!(currency.decimal(*amount)),
    }
}
