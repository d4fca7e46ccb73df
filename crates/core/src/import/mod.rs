//! Moving in from another tracker.
//!
//! The way of a file: [`text`] decodes it, [`records`] takes it apart, [`detect`] recognises who wrote it, a [`source`] turns each
//! record into a neutral row, and [`parser`] gathers these into a [`file`] whose entries have instants and keys. All of that is pure.
//! [`run`](run()) then plans what is new in the workspace, tells it in an [`account`], and writes it unless it was only asked.
//!
//! A tracker is one file in `source/`. Nothing else here knows one.

pub mod account;
pub mod cells;
pub mod dates;
pub mod detect;
mod existing;
pub mod file;
pub mod header;
pub mod key;
pub mod line;
pub mod parser;
mod people;
mod places;
mod plan;
pub mod problem;
pub mod records;
mod run;
pub mod source;
pub mod text;
pub mod times;
mod write;

use crate::time_zone::TimeZone;
use crate::values::CategoryName;

pub use parser::{FileError, Parser};
pub use places::NO_PROJECT;
pub use run::{ImportError, run};

/// What a category is called that takes entries without a task, when nobody says otherwise.
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
    /// The zone that the file's times were read in, for the account.
    pub time_zone: TimeZone,
}

/// What a bad line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// Stops everything: all rows are imported or none.
    Stop,
    /// Is left out.
    Skip,
}
