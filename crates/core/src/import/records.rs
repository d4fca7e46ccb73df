//! Text to records: quoting, line breaks within quotes, and the line at which each record begins.
//!
//! `csv-core` does the reading. What is added here is what an account of a person's file needs: true line numbers, a
//! bound on how long a record may be, and the quotation mark that is never closed.

use csv_core::ReadRecordResult;

use super::decoder::LineCounter;

/// The longest record, in bytes: a hundred times what any tracker writes. Beyond it a file is something else.
pub const RECORD_MAX_BYTES: usize = 1024 * 1024;

/// The most columns: several times what any tracker writes.
const COLUMNS_MAX: usize = 1024;

/// One record: its cells, and where it stands in the file.
#[derive(Debug, Clone, Default)]
pub struct Record {
    text: String,
    ends: Vec<usize>,
    line: u64,
    last_line: u64,
}

impl Record {
    /// The line at which the record begins, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many lines the record takes; more than one when a quoted cell has line breaks.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.last_line - self.line + 1
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at `index`, unquoted, or nothing when the record is too short.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    /// All cells, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// Why text cannot be taken apart into records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A record of more than [`RECORD_MAX_BYTES`] or of an absurd number of cells.
    #[error(
        "line {line}: a record of more than 1 MiB or 1,024 cells; this is not a table of time entries, or a quotation mark is not closed"
    )]
    TooLong {
        /// The line at which the record begins, from 1.
        line: u64,
    },
    /// The file ends within quotes.
    #[error(
        "line {line}: a quotation mark opened in this record is never closed, so the rest of the file cannot be told apart"
    )]
    UnclosedQuote {
        /// The line at which the record begins, from 1.
        line: u64,
    },
}

/// Takes UTF-8 text apart, piece by piece.
#[derive(Debug)]
pub struct RecordSplitter {
    reader: csv_core::Reader,
    text: Vec<u8>,
    text_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
    place: LineCounter,
    /// Where the record being read began; nothing between records.
    began: Option<u64>,
}

impl RecordSplitter {
    /// For cells separated by `delimiter`. Quotes are doubled, never escaped by a backslash.
    #[must_use]
    pub fn new(delimiter: u8) -> Self {
        Self {
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 4096],
            text_len: 0,
            ends: vec![0; 64],
            ends_len: 0,
            place: LineCounter::new(),
            began: None,
        }
    }

    /// Reads from `input`, takes off it what was read, and says whether `record` now holds a whole record. `false` asks
    /// for the next piece.
    ///
    /// # Errors
    /// When a record is too long; the splitter is of no use afterwards.
    pub fn next(&mut self, input: &mut &[u8], record: &mut Record) -> Result<bool, RecordError> {
        // Nothing to read would mean the end of the file to csv-core.
        if input.is_empty() {
            return Ok(false);
        }
        let began = match self.began {
            Some(line) => line,
            None => {
                // Empty lines are no records, but they count as lines.
                let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                let (blank, rest) = input.split_at(blank);
                self.place.advance(blank);
                *input = rest;
                if input.is_empty() {
                    return Ok(false);
                }
                self.place.line()
            }
        };
        self.began = Some(began);
        self.step(input, began, record)
    }

    /// The record that the end of the file ends, if there is one.
    ///
    /// # Errors
    /// When the file ends within quotes.
    pub fn finish(&mut self, record: &mut Record) -> Result<bool, RecordError> {
        let Some(line) = self.began else { return Ok(false) };
        // A line break ends a record anywhere but within quotes, and changes nothing else at the end of a file.
        if self.step(&mut b"\n".as_slice(), line, record)? {
            Ok(true)
        } else {
            Err(RecordError::UnclosedQuote { line })
        }
    }

    fn step(&mut self, input: &mut &[u8], began: u64, record: &mut Record) -> Result<bool, RecordError> {
        loop {
            let text = self.text.get_mut(self.text_len..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ends_len..).unwrap_or_default();
            let (result, read, written, cells) = self.reader.read_record(input, text, ends);
            // The break that ends the record belongs to its last line.
            let ended = usize::from(result == ReadRecordResult::Record && read > 0);
            let (consumed, rest) = input.split_at(read);
            let (body, line_break) = consumed.split_at(read - ended);
            self.place.advance(body);
            let last_line = self.place.line();
            self.place.advance(line_break);
            *input = rest;
            self.text_len += written;
            self.ends_len += cells;
            match result {
                ReadRecordResult::Record => {
                    self.hand_over(began, last_line, record);
                    return Ok(true);
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(false),
                ReadRecordResult::OutputFull if self.text.len() < RECORD_MAX_BYTES => {
                    self.text.resize(self.text.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < COLUMNS_MAX => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return Err(RecordError::TooLong { line: began });
                }
            }
        }
    }

    fn hand_over(&mut self, line: u64, last_line: u64, record: &mut Record) {
        record.text.clear();
        // The decoder has let only UTF-8 through, and cells are cut at ASCII characters.
        record.text.push_str(&String::from_utf8_lossy(self.text.get(..self.text_len).unwrap_or_default()));
        record.ends.clear();
        record.ends.extend(self.ends.iter().take(self.ends_len));
        record.line = line;
        record.last_line = last_line;
        (self.text_len, self.ends_len, self.began) = (0, 0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, delimiter: u8, piece: usize) -> Result<Vec<(u64, u64, Vec<String>)>, RecordError> {
        let mut splitter = RecordSplitter::new(delimiter);
        let mut record = Record::default();
        let mut records = Vec::new();
        let mut keep =
            |record: &Record| records.push((record.line(), record.lines(), record.iter().map(str::to_owned).collect()));
        for mut input in text.as_bytes().chunks(piece) {
            while splitter.next(&mut input, &mut record)? {
                keep(&record);
            }
        }
        if splitter.finish(&mut record)? {
            keep(&record);
        }
        Ok(records)
    }

    fn row(line: u64, lines: u64, cells: &[&str]) -> (u64, u64, Vec<String>) {
        (line, lines, cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    #[test]
    fn lines_are_those_an_editor_shows() {
        let text = "a,b\r\n\r\n\n\"x\r\ny\",\"he said \"\"no\"\"\"\r\nc,\\\"\n\n\"\\\",e\rlast,";
        let expected = [
            row(1, 1, &["a", "b"]),
            row(4, 2, &["x\r\ny", "he said \"no\""]),
            row(6, 1, &["c", "\\\""]),
            row(8, 1, &["\\", "e"]),
            row(9, 1, &["last", ""]),
        ];
        for piece in 1..=text.len() {
            assert_eq!(split(text, b',', piece).as_deref(), Ok(expected.as_slice()), "in pieces of {piece}");
        }
    }

    #[test]
    fn a_quote_left_open_is_told_from_a_last_line_without_a_break() {
        assert_eq!(split("a;b\n\"c;d\ne;f\n", b';', 3), Err(RecordError::UnclosedQuote { line: 2 }));
        assert_eq!(split("a;b\nc;\"d\"", b';', 3), Ok(vec![row(1, 1, &["a", "b"]), row(2, 1, &["c", "d"])]));
        assert_eq!(split("a;5\" nail", b';', 3), Ok(vec![row(1, 1, &["a", "5\" nail"])]));
    }

    #[test]
    fn a_record_has_a_longest_length() {
        let long = format!("a,b\n{},c\n", "x".repeat(RECORD_MAX_BYTES + 1));
        assert_eq!(split(&long, b',', 65_536), Err(RecordError::TooLong { line: 2 }));
        let wide = ",".repeat(COLUMNS_MAX * 2);
        assert_eq!(split(&wide, b',', 65_536), Err(RecordError::TooLong { line: 1 }));
        let fits = format!("{},c\n", "x".repeat(100_000));
        assert_eq!(split(&fits, b',', 65_536).map(|rows| rows.len()), Ok(1));
    }
}
