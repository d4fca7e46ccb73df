//! Reads a file piece by piece as it arrives, so that an upload is never held whole: what stays is its entries.
//!
//! The order of dates is known only at the end of the file, so times are worked out in [`Parser::finish`].

use std::mem;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use indexmap::IndexMap;

use super::cells::{DateOrder, DateParts};
use super::dates::{DateOrderError, DateOrderEvidence};
use super::decoder::{TextDecoder, TextError};
use super::detect::{Detected, Detection, HEADER_MAX_BYTES, detect, known_sources, no_header};
use super::file::{Entries, Entry, ImportFile, PersonRef, PlaceRef, Tables};
use super::header::{Column, Header};
use super::key::{Identity, KeyMaker};
use super::packed_rows::PackedRows;
use super::pending::{Pending, PendingEntry, UncleanedTexts};
use super::problem::{LineProblems, ProblemCode, shorten};
use super::records::{Record, RecordError, RecordSplitter};
use super::source::{self, ImportRow, LocalTime, RowReader, Source, TimeColumns};
use super::times::{LocalSpan, TimeField, key_span, resolve};
use crate::values::time_zone::TimeZone;

/// Most different names, combinations of them and dates in a file. Each takes some hundred bytes until the import has
/// ended, which the budget of imports does not know beforehand.
pub const NAMES_MAX: usize = 100_000;

/// The most rows of one file. Twice what fits into 64 MiB of a tracker's rows; it bounds the memory that a file of tiny
/// rows takes.
pub const ROWS_MAX: u64 = 1_000_000;

/// Why a file cannot be read at all. Single bad lines are problems instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Not text.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Not a table.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// No source knows the header.
    #[error("{0}")]
    UnknownFormat(String),
    /// No source of this name.
    #[error("no source is called “{id}”; known are: {known}")]
    UnknownSource {
        /// What was asked for.
        id: String,
        /// The sources there are.
        known: String,
    },
    /// Nothing in it, or nothing below the header.
    #[error("the file is empty")]
    Empty,
    /// A header only.
    #[error("the file has a header but no entries below it")]
    NoRows,
    /// More than [`ROWS_MAX`].
    #[error("the file has more than {ROWS_MAX} rows; split it")]
    TooManyRows,
    /// More different names than [`NAMES_MAX`].
    #[error("the file has more than {NAMES_MAX} different projects, tasks, tags, people and dates; split it")]
    TooManyNames,
    /// The order of dates has to be said by the caller.
    #[error(transparent)]
    DateOrder(#[from] DateOrderError),
}

#[derive(Debug)]
struct Body {
    splitter: RecordSplitter,
    header: Header,
    source: &'static dyn Source,
    rows: Box<dyn RowReader>,
}

/// Reads one file.
#[derive(Debug)]
pub struct Parser {
    wanted: Option<&'static dyn Source>,
    decoder: TextDecoder,
    /// Text not yet split: the piece at work, or the header as long as it has not ended.
    text: Vec<u8>,
    /// With how many blanks and line breaks the file begins, as far as it has been read.
    blank: usize,
    body: Option<Body>,
    record: Record,
    rows: u64,
    pending: PackedRows,
    dates: IndexMap<Box<str>, DateParts>,
    evidence: DateOrderEvidence,
    tables: Tables,
    problems: LineProblems,
}

impl Parser {
    /// For a file of the source that the caller names, or of the one that its header shows.
    ///
    /// # Errors
    /// When there is no source of this name.
    pub fn new(source: Option<&str>) -> Result<Self, FileError> {
        let unknown = |id: &str| FileError::UnknownSource { id: shorten(id), known: known_sources() };
        let wanted = source.map(|id| source::by_id(id).ok_or_else(|| unknown(id))).transpose()?;
        Ok(Self {
            wanted,
            decoder: TextDecoder::new(),
            text: Vec::new(),
            blank: 0,
            body: None,
            record: Record::default(),
            rows: 0,
            pending: PackedRows::default(),
            dates: IndexMap::new(),
            evidence: DateOrderEvidence::default(),
            tables: Tables::default(),
            problems: LineProblems::default(),
        })
    }

    /// Reads the next piece of the file.
    ///
    /// # Errors
    /// When the file cannot be read; the rest of it need not be looked at.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), FileError> {
        self.decoder.push(piece, &mut self.text)?;
        self.split(false)
    }

    /// Reads the end of the file and works out what could not be known before: times, and what entries are recognised
    /// by. `order` is the caller's word on dates, `zone` that of the file's times.
    ///
    /// # Errors
    /// When the file cannot be read, has no rows, or does not tell the order of its dates.
    pub fn finish(mut self, zone: &TimeZone, order: Option<DateOrder>) -> Result<ImportFile, FileError> {
        self.decoder.finish(&mut self.text)?;
        self.split(true)?;
        let Some(mut body) = self.body.take() else { return Err(FileError::Empty) };
        if body.splitter.finish(&mut self.record)? {
            self.row(&mut body)?;
        }
        if self.rows == 0 {
            return Err(FileError::NoRows);
        }
        let order = order.map_or_else(|| mem::take(&mut self.evidence).decide(), Ok)?;
        Ok(self.resolve(&body, zone, order))
    }

    fn split(&mut self, last: bool) -> Result<(), FileError> {
        if self.body.is_none() && !self.begin(last)? {
            return Ok(());
        }
        let (Some(mut body), text) = (self.body.take(), mem::take(&mut self.text)) else { return Ok(()) };
        let mut input = text.as_slice();
        while body.splitter.next(&mut input, &mut self.record)? {
            self.row(&mut body)?;
        }
        self.body = Some(body);
        // Its memory serves the next piece.
        self.text = text;
        self.text.clear();
        Ok(())
    }

    /// Whether the header has been found.
    fn begin(&mut self, last: bool) -> Result<bool, FileError> {
        // Only what is new is looked at, and not much is waited for: everything before the header is kept.
        let unseen = self.text.get(self.blank..).unwrap_or_default();
        self.blank += unseen.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if self.blank > HEADER_MAX_BYTES {
            return Err(FileError::UnknownFormat(no_header(self.wanted)));
        }
        if self.blank >= self.text.len() {
            return if last { Err(FileError::Empty) } else { Ok(false) };
        }
        let Detected { delimiter, separator_line, header, source, rows } = match detect(&self.text, last, self.wanted) {
            Detection::Found(detected) => detected,
            Detection::Unfinished => return Ok(false),
            Detection::Unknown(why) => return Err(FileError::UnknownFormat(why)),
        };
        let mut splitter = RecordSplitter::new(delimiter);
        let mut input = self.text.as_slice();
        if separator_line {
            splitter.next(&mut input, &mut self.record)?;
        }
        // The header has been read; in a file without a line break the splitter still holds it.
        if !splitter.next(&mut input, &mut self.record)? && last {
            return Err(FileError::NoRows);
        }
        let read = self.text.len() - input.len();
        self.text.drain(..read);
        let used: Vec<usize> = rows.columns().iter().map(|column| column.index).collect();
        for (_, name) in
            header.names().iter().enumerate().filter(|(index, name)| !used.contains(index) && !name.is_empty())
        {
            let message = format!("the column “{}” is not imported", shorten(name));
            self.problems.warning(self.record.line(), ProblemCode::IgnoredColumn, Some((name, "")), message);
        }
        self.body = Some(Body { splitter, header, source, rows });
        Ok(true)
    }

    /// Takes in the record that has just been read.
    fn row(&mut self, body: &mut Body) -> Result<(), FileError> {
        // A line of separators alone is what spreadsheets leave of deleted rows.
        if self.record.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        self.rows += 1;
        if self.rows > ROWS_MAX {
            return Err(FileError::TooManyRows);
        }
        let record = mem::take(&mut self.record);
        if self.fits(&record, body.header.len())
            && let Some(row) = body.rows.read(&record, &mut self.problems)
        {
            self.keep(record.line(), row);
        }
        self.record = record;
        if self.tables.len() + self.dates.len() > NAMES_MAX {
            return Err(FileError::TooManyNames);
        }
        Ok(())
    }

    /// Whether a record has the cells that the header announces. Empty ones at the end may be more.
    fn fits(&mut self, record: &Record, columns: usize) -> bool {
        if record.len() == columns
            || (record.len() > columns && record.iter().skip(columns).all(|cell| cell.trim().is_empty()))
        {
            return true;
        }
        let (found, lines) = (record.len(), record.lines());
        let quote = if lines > 1 {
            format!("; it runs over {lines} lines: is a quotation mark not closed?")
        } else {
            String::new()
        };
        let message = format!("{found} cells, but the header has {columns}{quote}");
        self.problems.error_of_line(record.line(), ProblemCode::WrongCellCount, &found.to_string(), message);
        false
    }

    fn keep(&mut self, line: u64, row: ImportRow<'_>) {
        let tables = &mut self.tables;
        let person = PersonRef {
            name: tables.intern(row.person.name.as_deref()),
            email: tables.intern(row.person.email.as_deref()),
        };
        let place = PlaceRef {
            client: tables.intern(row.client.as_deref()),
            project: tables.intern(row.project.as_deref()),
            task: tables.intern(row.task.as_deref()),
        };
        let mut tags: Vec<usize> = Vec::with_capacity(row.tags.len());
        for tag in row.tags {
            tags.extend(tables.intern(Some(&tag)).filter(|tag| !tags.contains(tag)));
        }
        let entry = PendingEntry {
            line,
            person: tables.people.insert_full(person).0,
            place: tables.places.insert_full(place).0,
            tags: tables.tag_sets.insert_full(tags.into_boxed_slice()).0,
            start: self.pending(line, row.start),
            stop: row.stop.map(|stop| self.pending(line, stop)),
            duration: row.duration,
            billable: row.billable,
            description: &row.description,
            uncleaned: row.uncleaned.as_deref().map(UncleanedTexts::from),
        };
        self.pending.push(|out| entry.pack(out));
    }

    fn pending(&mut self, line: u64, time: LocalTime<'_>) -> Pending {
        let date = self.dates.get_index_of(time.date).unwrap_or_else(|| {
            self.evidence.see(line, time.date, time.parts);
            self.dates.insert_full(time.date.into(), time.parts).0
        });
        Pending { date, time: time.time }
    }

    fn resolve(mut self, body: &Body, zone: &TimeZone, order: DateOrder) -> ImportFile {
        let columns = body.rows.time_columns();
        let days: Vec<Option<NaiveDate>> = self.dates.values().map(|parts| parts.date(order)).collect();
        let mut times = Times {
            columns,
            days: &days,
            dates: &self.dates,
            zone,
            key_zone: zone.unchanging(),
            order,
            problems: &mut self.problems,
        };
        let (mut keys, mut old_keys) = (KeyMaker::default(), KeyMaker::default());
        let mut old_numbers = Vec::new();
        let mut stated = None;
        let mut stated_by_person = vec![0; self.tables.people.len()];
        let mut entries = Entries::default();
        for block in self.pending.into_blocks() {
            let mut rows = &*block;
            while let Some(row) = PendingEntry::unpack(&mut rows) {
                let Some((local, started_at, stopped_at)) = times.of(&row) else { continue };
                if let Some(length) = row.duration {
                    *stated.get_or_insert(0) += i64::from(length.seconds);
                    if let Some(stated) = stated_by_person.get_mut(row.person) {
                        *stated += i64::from(length.seconds);
                    }
                }
                let PendingEntry { line, person, place, tags, billable, description, uncleaned, .. } = row;
                let Some(names) = self.tables.places.get_index(place).copied() else { continue };
                let who = self.tables.who(person);
                let identity = Identity {
                    source: body.source.id(),
                    who: &who,
                    span: key_span(local, &times.key_zone),
                    place: [names.client, names.project, names.task]
                        .map(|name| self.tables.name(name).unwrap_or_default()),
                    description,
                };
                keys.add(&identity);
                if let Some(UncleanedTexts { who, place, description }) = uncleaned {
                    old_numbers.push(entries.len());
                    old_keys.add(&Identity { who, place, description, ..identity });
                }
                let key = Default::default();
                entries.push(&Entry { line, person, place, tags, started_at, stopped_at, billable, description, key });
            }
        }
        let entries = entries.with_keys(keys.into_keys(), (old_numbers, old_keys.into_keys()));
        ImportFile {
            source: body.source.id(),
            rows: self.rows,
            entries,
            tables: self.tables,
            stated_seconds: stated,
            stated_by_person,
            has_clients: columns.has_clients,
            problems: self.problems,
        }
    }
}

/// What is needed to work out times at the end of the file.
struct Times<'a> {
    columns: &'a TimeColumns,
    days: &'a [Option<NaiveDate>],
    dates: &'a IndexMap<Box<str>, DateParts>,
    zone: &'a TimeZone,
    key_zone: TimeZone,
    order: DateOrder,
    problems: &'a mut LineProblems,
}

impl<'a> Times<'a> {
    /// Start and stop, as clocks showed them and as instants; nothing when there is no such date, or they make no sense
    /// together. Then the problem is noted.
    fn of(&mut self, row: &PendingEntry<'_>) -> Option<(LocalSpan, DateTime<Utc>, DateTime<Utc>)> {
        let start = self.local(row.line, TimeField::Start, row.start);
        let stop = row.stop.map(|stop| self.local(row.line, TimeField::Stop, stop));
        let (start, stop) = match (start?, stop) {
            (_, Some(None)) => return None,
            (start, stop) => (start, stop.flatten()),
        };
        let local = LocalSpan { start, stop, duration: row.duration };
        match resolve(local, self.zone) {
            Ok((started_at, stopped_at, remarks)) => {
                for remark in remarks {
                    let (column, value) = self.cell(row, remark.field);
                    self.problems.warning(row.line, remark.code, Some((column, &value)), remark.message);
                }
                Some((local, started_at, stopped_at))
            }
            Err(remark) => {
                let (column, value) = self.cell(row, remark.field);
                self.problems.error(row.line, remark.code, Some((column, &value)), remark.message);
                None
            }
        }
    }

    fn local(&mut self, line: u64, field: TimeField, time: Pending) -> Option<NaiveDateTime> {
        let date = self.days.get(time.date).copied().flatten();
        if date.is_none() {
            let column = match (field, &self.columns.stop) {
                (TimeField::Stop, Some((date, _))) => &date.name,
                _ => &self.columns.start_date.name,
            };
            let message = format!("there is no such day; the dates of this file are read as {}", self.order.pattern());
            self.problems.error(line, ProblemCode::InvalidDate, Some((column, self.written(time))), message);
        }
        date.map(|date| date.and_time(time.time))
    }

    fn written(&self, time: Pending) -> &'a str {
        self.dates.get_index(time.date).map_or("", |(text, _)| text)
    }

    /// The column that a remark is about, and what stands there.
    fn cell(&self, row: &PendingEntry<'_>, field: TimeField) -> (&'a str, String) {
        let cell =
            |column: &'a Column, time: Pending| (column.name.as_str(), format!("{} {}", self.written(time), time.time));
        match (field, &self.columns.stop, row.stop, &self.columns.duration) {
            (TimeField::Stop, Some((_, column)), Some(stop), _) => cell(column, stop),
            (TimeField::Duration, _, _, Some(column)) => {
                let seconds = row.duration.map_or(0, |length| length.seconds);
                (&column.name, format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
            }
            _ => cell(&self.columns.start_time, row.start),
        }
    }
}

#[cfg(test)]
mod tests;
