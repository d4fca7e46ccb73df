//! One line of the file while a source reads it: its cells, and the problems found in them.
//!
//! A source asks for what it wants from a column; what cannot be had is noted as a problem of this line, column and
//! value, so that all sources report alike.

use std::borrow::Cow;

use chrono::NaiveTime;

use super::cells::{self, DateOrder, DateParts, Length};
use super::header::Column;
use super::problem::{LineProblems, ProblemCode};
use super::records::Record;
use crate::tracking::entries::TAGS_MAX;
use crate::values::clean_text;
use crate::values::{Description, InvalidValue};

/// A line being read.
#[derive(Debug)]
pub struct Line<'r, 'p> {
    record: &'r Record,
    problems: &'p mut LineProblems,
    /// What a file writes for "nothing" beside the empty cell.
    nothing: &'static str,
    bad: bool,
    cleaned: bool,
}

impl<'r, 'p> Line<'r, 'p> {
    /// For a record; `nothing` is what the source writes for an empty cell.
    #[must_use]
    pub fn new(record: &'r Record, problems: &'p mut LineProblems, nothing: &'static str) -> Self {
        Self { record, problems, nothing, bad: false, cleaned: false }
    }

    /// Whether an error has been noted.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.bad
    }

    /// Whether a name or the description was written in another form than it is kept in.
    #[must_use]
    pub fn is_cleaned(&self) -> bool {
        self.cleaned
    }

    /// A cell as releases that did not normalise kept it, for the keys that they made.
    #[must_use]
    pub fn uncleaned(&self, column: Option<&Column>) -> &'r str {
        let cell = column.and_then(|column| self.record.get(column.index)).unwrap_or_default().trim();
        if cell == self.nothing { "" } else { cell }
    }

    /// Notes that this line is bad.
    pub fn error(&mut self, column: &Column, code: ProblemCode, message: impl Into<String>) {
        self.bad = true;
        let cell = (column.name.as_str(), column.of(self.record));
        self.problems.error(self.record.line(), code, Some(cell), message.into());
    }

    /// Notes a remark.
    pub fn warning(&mut self, column: &Column, code: ProblemCode, message: impl Into<String>) {
        let cell = (column.name.as_str(), column.of(self.record));
        self.problems.warning(self.record.line(), code, Some(cell), message.into());
    }

    /// Notes a remark that holds for many lines: only the first is listed and counted.
    pub fn warning_once(&mut self, column: &Column, code: ProblemCode, message: impl Into<String>) {
        let cell = (column.name.as_str(), column.of(self.record));
        self.problems.warning_once(self.record.line(), code, Some(cell), message.into());
    }

    /// What the cell holds, without the blanks around it. Empty when there is no such column.
    #[must_use]
    pub fn cell(&self, column: Option<&Column>) -> &'r str {
        column.map(|column| column.of(self.record)).filter(|cell| *cell != self.nothing).unwrap_or_default()
    }

    /// A name as `parse` makes it; nothing when the cell is empty.
    pub fn name<T: Into<String>>(
        &mut self,
        column: Option<&Column>,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
    ) -> Option<Cow<'r, str>> {
        let (cell, found) = (self.cell(column), column?);
        if cell.is_empty() {
            return None;
        }
        let name = self.accepts(found, cell, parse).map(|name| unless_same(cell, name.into()))?;
        self.cleaned |= *name != *self.uncleaned(column);
        Some(name)
    }

    /// The tags in a cell that lists them with commas between: fewer than [`TAGS_MAX`], because the one for the person
    /// may join them.
    pub fn tags<T: Into<String>>(
        &mut self,
        column: Option<&Column>,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
    ) -> Vec<Cow<'r, str>> {
        let Some(found) = column else { return Vec::new() };
        let cells = self.cell(column).split(',').map(clean_text::trim).filter(|name| !name.is_empty());
        let names: Vec<&str> = cells.take(TAGS_MAX).collect();
        if names.len() == TAGS_MAX {
            let message = format!("more than {} tags", TAGS_MAX - 1);
            self.error(found, ProblemCode::TooLong, message);
            return Vec::new();
        }
        let kept = |name| self.accepts(found, name, &parse).map(|tag| unless_same(name, tag.into()));
        names.into_iter().filter_map(kept).collect()
    }

    /// A text that may hold line breaks and tabs.
    pub fn description(&mut self, column: Option<&Column>) -> Box<str> {
        let (cell, Some(found)) = (self.cell(column), column) else { return Box::default() };
        let description: String = self.accepts(found, cell, Description::parse).map(String::from).unwrap_or_default();
        self.cleaned |= description != old_description(self.uncleaned(column));
        description.into_boxed_str()
    }

    fn accepts<T>(
        &mut self,
        column: &Column,
        text: &str,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        match parse(text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.error(column, ProblemCode::from(&why), why.to_string());
                None
            }
        }
    }

    /// A date that must be there. It is taken apart only: the order of its parts is decided by the whole file.
    pub fn date(&mut self, column: &Column) -> Option<(&'r str, DateParts)> {
        let cell = self.required(column)?;
        // A date may be one in any order until the file has been seen.
        let orders = [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay];
        let parts = DateParts::parse(cell).filter(|parts| orders.iter().any(|order| parts.date(*order).is_some()));
        if parts.is_none() {
            self.error(
                column,
                ProblemCode::InvalidDate,
                "not a date; expected YYYY-MM-DD, DD/MM/YYYY or MM/DD/YYYY, and with dashes a year of four digits",
            );
        }
        Some((cell, parts?))
    }

    /// A time of day that must be there.
    pub fn time(&mut self, column: &Column) -> Option<NaiveTime> {
        let cell = self.required(column)?;
        let time = cells::time_of_day(cell);
        if time.is_none() {
            self.error(
                column,
                ProblemCode::InvalidTime,
                "not a time of day; expected HH:MM or HH:MM:SS, with AM or PM or without",
            );
        }
        time
    }

    /// A length of time; nothing when the cell is empty or cannot be read. The latter is an error when nothing else
    /// tells how long the entry took, `alone`. Beside a start and a stop the column only checks them, so it is a
    /// warning, once for the file.
    pub fn length(&mut self, column: Option<&Column>, alone: bool) -> Option<Length> {
        let (cell, column) = (self.cell(column), column?);
        if cell.is_empty() {
            return None;
        }
        let length = cells::length(cell);
        if length.is_none() && alone {
            self.error(
                column,
                ProblemCode::InvalidDuration,
                "not a length of time; expected H:MM:SS, M:SS min or 0.50 h",
            );
        } else if length.is_none() {
            let message =
                "not a length of time; start and stop are kept, and this column is not checked in rows like this one";
            self.warning_once(column, ProblemCode::InvalidDuration, message);
        }
        length
    }

    /// Yes or no; nothing when the cell is empty or in a language that is not known. The latter is a warning, once for
    /// the file.
    pub fn yes_or_no(&mut self, column: Option<&Column>) -> Option<bool> {
        let (cell, column) = (self.cell(column), column?);
        if cell.is_empty() {
            return None;
        }
        let answer = cells::yes_or_no(cell);
        if answer.is_none() {
            let message =
                "neither Yes nor No in a language that is known; rows like this one take the project's default";
            self.warning_once(column, ProblemCode::InvalidBillable, message);
        }
        answer
    }

    fn required(&mut self, column: &Column) -> Option<&'r str> {
        let cell = self.cell(Some(column));
        if cell.is_empty() {
            self.error(column, ProblemCode::Required, "empty; every entry needs one");
            return None;
        }
        Some(cell)
    }
}

/// A description as releases that did not normalise kept it.
#[must_use]
pub fn old_description(cell: &str) -> Cow<'_, str> {
    if cell.contains('\r') { Cow::Owned(cell.replace("\r\n", "\n").trim().to_owned()) } else { Cow::Borrowed(cell) }
}

/// Most cells are kept as they are, and are not copied then.
fn unless_same(cell: &str, kept: String) -> Cow<'_, str> {
    if kept == cell { Cow::Borrowed(cell) } else { Cow::Owned(kept) }
}
