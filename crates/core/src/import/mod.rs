//! Moving in from another tracker.
//!
//! The way of a file: [`decoder`] decodes it, [`records`] takes it apart, [`detect`] recognises its tracker, a
//! [`source`] turns each record into a neutral row, and [`parser`] gathers these into a [`file`] whose entries have
//! instants and keys. All of that is pure. [`run`](run()) then plans what is new in the workspace, tells it in a
//! [`report`], and writes it unless it was only asked.
//!
//! A file is never held: its rows are, packed into some tens of bytes each (`packed_rows`), from the moment they are
//! read until they are written. Nothing is written to a disk in between, because a container's `/tmp` often is memory
//! as well.
//!
//! A tracker is one file in `source/`. Nothing else here knows one.

mod block;
pub mod cells;
pub mod dates;
pub mod decoder;
pub mod detect;
mod error;
pub mod file;
pub mod header;
pub mod key;
pub mod line;
mod packed_rows;
pub mod parser;
mod pending;
mod people;
mod places;
mod plan;
pub mod problem;
mod queue;
pub mod records;
pub mod report;
mod run;
pub mod source;
pub mod times;
mod usage;
mod write;

use crate::values::CategoryName;
use crate::values::time_zone::TimeZone;

pub use error::ImportError;
pub use parser::{FileError, Parser};
pub use places::NO_PROJECT;
pub use queue::ImportQueue;
pub use run::{TURN_TIMEOUT, run};

/// The default name of the category for entries without a task.
pub const DEFAULT_CATEGORY: &str = "General";

/// How to import a file.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Only say what would happen.
    pub dry_run: bool,
    /// What a bad line does.
    pub on_error: OnError,
    /// The category for entries without a task.
    pub default_category: CategoryName,
    /// The zone that the file's times were read in, for the report.
    pub time_zone: TimeZone,
    /// Whose entries to import, and for whom. `None`: all of them, as the importing user's; where people have accounts,
    /// of files of one person only.
    pub people: Option<PeopleChoice>,
}

/// Whose entries of a file are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleChoice {
    /// The importing user's own.
    Mine,
    /// Those of everybody, each for the member that the person is, or for a placeholder.
    Everybody,
}

/// What a bad line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// Stops everything: all rows are imported or none.
    Stop,
    /// Is left out.
    Skip,
}
