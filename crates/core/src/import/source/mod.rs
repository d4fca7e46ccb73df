//! The trackers whose files can be read: one file each.
//!
//! A source recognises its header and turns a record into an [`ImportRow`]. Everything else (encodings, quoting, zones,
//! the order of dates, names, recognising an entry again, planning and writing) is shared and knows no tracker.

mod toggl;

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveTime;

use super::cells::{DateParts, Length};
use super::header::{Column, Header};
use super::problem::LineProblems;
use super::records::Record;

/// A tracker whose files can be read.
pub trait Source: fmt::Debug + Sync {
    /// How callers name it, and what entries of it are recognised by: never to be changed.
    fn id(&self) -> &'static str;

    /// What people call it.
    fn name(&self) -> &'static str;

    /// The columns that a file must have, for messages.
    fn expects(&self) -> &'static str;

    /// A reader of the rows below this header, when it is one of this tracker's.
    fn open(&self, header: &Header) -> Option<Box<dyn RowReader>>;
}

/// Reads the rows of one file.
pub trait RowReader: fmt::Debug + Send {
    /// The columns that it reads.
    fn columns(&self) -> Vec<&Column>;

    /// The columns that times come from, for problems that show only when the whole file has been seen.
    fn time_columns(&self) -> &TimeColumns;

    /// Reads a row. Nothing when it is left out; why is in `problems` then.
    fn read<'r>(&self, record: &'r Record, problems: &mut LineProblems) -> Option<ImportRow<'r>>;
}

/// Where an entry's times stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeColumns {
    /// The day of the start.
    pub start_date: Column,
    /// Its time.
    pub start_time: Column,
    /// The day and the time of the stop, when the file has them.
    pub stop: Option<(Column, Column)>,
    /// The length.
    pub duration: Option<Column>,
    /// Whether the file has a client column at all: without one, projects are found by their name alone.
    pub has_clients: bool,
}

/// What a row says, independent of the tracker's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow<'r> {
    /// Whose entry it is.
    pub person: Person<'r>,
    /// The client of the project.
    pub client: Option<Cow<'r, str>>,
    /// The project.
    pub project: Option<Cow<'r, str>>,
    /// What became a category: the task or activity.
    pub task: Option<Cow<'r, str>>,
    /// What was done.
    pub description: Box<str>,
    /// Tags, in the order of the file.
    pub tags: Vec<Cow<'r, str>>,
    /// Nothing when the file does not say.
    pub billable: Option<bool>,
    /// When it began.
    pub start: LocalTime<'r>,
    /// When it ended. Without it the duration tells.
    pub stop: Option<LocalTime<'r>>,
    /// How long it took by the file's own account.
    pub duration: Option<Length>,
    /// What the row is recognised by, as the file writes it; only where it is kept in another form.
    pub uncleaned: Option<Box<Uncleaned>>,
}

/// Texts of a row as releases that did not normalise kept them: the keys that they made are over these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncleaned {
    /// The person's address in lower case, or the name.
    pub who: String,
    /// Client, project and task; empty where there is none.
    pub place: [String; 3],
    /// What was done.
    pub description: String,
}

/// A person as the file knows one. Either may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person<'r> {
    /// What the person is called.
    pub name: Option<Cow<'r, str>>,
    /// The person's address.
    pub email: Option<Cow<'r, str>>,
}

/// A day and a time in the zone of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime<'r> {
    /// The date as written.
    pub date: &'r str,
    /// The date taken apart.
    pub parts: DateParts,
    /// The time of day.
    pub time: NaiveTime,
}

/// All sources. The order decides when a header would fit several.
pub const SOURCES: [&dyn Source; 1] = [&toggl::Toggl];

/// The source that callers name so.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Source> {
    SOURCES.into_iter().find(|source| source.id() == id)
}
