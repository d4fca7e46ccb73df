//! What an import has to say about lines of the file: where, what was found, what was expected.

use std::collections::HashSet;

use crate::values::InvalidValue;
use crate::values::text;

/// How many problems an account lists. All are counted.
pub const LISTED_MAX: usize = 200;

/// How much of a cell a problem quotes, in characters.
const VALUE_MAX: usize = 100;

/// Whether a line could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The line is bad.
    Error,
    /// The line was read, with a remark.
    Warning,
}

/// What is the matter, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// A cell that must not be empty is.
    Required,
    /// More characters than fit.
    TooLong,
    /// Characters that cannot be shown.
    ControlCharacters,
    /// Not of the form expected.
    InvalidFormat,
    /// More or fewer cells than the header has.
    WrongCellCount,
    /// Not a date, or not one in the order of the file's dates.
    InvalidDate,
    /// Not a time of day.
    InvalidTime,
    /// Not a length of time.
    InvalidDuration,
    /// Neither yes nor no in a language that is known.
    InvalidBillable,
    /// The entry stops before it starts.
    StopBeforeStart,
    /// A time outside the supported range: before 1970 or after 2099.
    OutOfRange,
    /// The Duration is not the time between start and stop.
    DurationDiffers,
    /// A time of day that a change to summer time skipped.
    NonexistentTime,
    /// A time of day that the end of summer time repeated.
    AmbiguousTime,
    /// The entry is still running.
    RunningEntry,
    /// Entries without a project.
    NoProject,
    /// Entries of an archived project.
    ArchivedProject,
    /// Entries of an archived category.
    ArchivedCategory,
    /// A column that is not taken.
    IgnoredColumn,
}

impl ProblemCode {
    /// The code as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong => "too_long",
            Self::ControlCharacters => "control_characters",
            Self::InvalidFormat => "invalid_format",
            Self::WrongCellCount => "wrong_cell_count",
            Self::InvalidDate => "invalid_date",
            Self::InvalidTime => "invalid_time",
            Self::InvalidDuration => "invalid_duration",
            Self::InvalidBillable => "invalid_billable",
            Self::StopBeforeStart => "stop_before_start",
            Self::OutOfRange => "out_of_range",
            Self::DurationDiffers => "duration_differs",
            Self::NonexistentTime => "nonexistent_time",
            Self::AmbiguousTime => "ambiguous_time",
            Self::RunningEntry => "running_entry",
            Self::NoProject => "no_project",
            Self::ArchivedProject => "archived_project",
            Self::ArchivedCategory => "archived_category",
            Self::IgnoredColumn => "ignored_column",
        }
    }
}

impl From<&InvalidValue> for ProblemCode {
    fn from(why: &InvalidValue) -> Self {
        match why {
            InvalidValue::Empty => Self::Required,
            InvalidValue::TooLong { .. } => Self::TooLong,
            InvalidValue::ControlCharacter(_) => Self::ControlCharacters,
            InvalidValue::Format { .. } | InvalidValue::NotAllowed { .. } => Self::InvalidFormat,
            InvalidValue::OutOfRange { .. } => Self::OutOfRange,
        }
    }
}

/// One remark on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// The line, from 1 with the header, as an editor shows it.
    pub line: u64,
    /// The column's name as the file writes it; nothing when the whole line is meant.
    pub column: Option<String>,
    /// What is the matter, for programs.
    pub code: ProblemCode,
    /// What the cell holds; of what is not about a cell, the name or the number that the message is about. Cut to a
    /// length that can be shown.
    pub value: Option<String>,
    /// What is the matter and what was expected, for people.
    pub message: String,
    /// Whether the line is bad.
    pub severity: Severity,
}

/// The problems of a file: all counted, the first ones kept.
#[derive(Debug, Clone, Default)]
pub struct LineProblems {
    errors: Vec<LineProblem>,
    warnings: Vec<LineProblem>,
    said_once: HashSet<ProblemCode>,
    errors_total: u64,
    warnings_total: u64,
}

impl LineProblems {
    /// Notes that a line is bad.
    pub fn error(&mut self, line: u64, code: ProblemCode, cell: Option<(&str, &str)>, message: String) {
        self.errors_total += 1;
        if self.errors.len() < LISTED_MAX {
            self.errors.push(problem(line, code, cell, message, Severity::Error));
        }
    }

    /// Notes a remark on a line that was read.
    pub fn warning(&mut self, line: u64, code: ProblemCode, cell: Option<(&str, &str)>, message: String) {
        self.warnings_total += 1;
        if self.warnings.len() < LISTED_MAX {
            self.warnings.push(problem(line, code, cell, message, Severity::Warning));
        }
    }

    /// Notes that a line is bad, not one of its cells; `value` is the name or the number that the message is about.
    pub fn error_of_line(&mut self, line: u64, code: ProblemCode, value: &str, message: String) {
        self.errors_total += 1;
        if self.errors.len() < LISTED_MAX {
            let problem = problem(line, code, None, message, Severity::Error);
            self.errors.push(LineProblem { value: Some(shorten(value)), ..problem });
        }
    }

    /// Notes a remark that is about no cell; `value` is the name or the number that the message is about.
    pub fn warning_of_line(&mut self, line: u64, code: ProblemCode, value: &str, message: String) {
        self.warnings_total += 1;
        if self.warnings.len() < LISTED_MAX {
            let problem = problem(line, code, None, message, Severity::Warning);
            self.warnings.push(LineProblem { value: Some(shorten(value)), ..problem });
        }
    }

    /// Notes a remark of a kind that is said once for the whole file, at the first line that it is about.
    pub fn warning_once(&mut self, line: u64, code: ProblemCode, cell: Option<(&str, &str)>, message: String) {
        if self.said_once.insert(code) {
            self.warning(line, code, cell, message);
        }
    }

    /// How many errors there are, listed or not.
    #[must_use]
    pub fn errors_total(&self) -> u64 {
        self.errors_total
    }

    /// How many problems there are, listed or not.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.errors_total + self.warnings_total
    }

    /// At most [`LISTED_MAX`] problems by line. Errors come before warnings when there is no room for all.
    #[must_use]
    pub fn into_listed(self) -> Vec<LineProblem> {
        let mut listed = self.errors;
        listed.extend(self.warnings);
        listed.truncate(LISTED_MAX);
        listed.sort_by_key(|problem| (problem.line, problem.severity));
        listed
    }
}

/// `cell` is the column's name and what the cell holds.
fn problem(
    line: u64,
    code: ProblemCode,
    cell: Option<(&str, &str)>,
    message: String,
    severity: Severity,
) -> LineProblem {
    let (column, value) = cell.map(|(column, value)| (shorten(column), shorten(value))).unzip();
    LineProblem { line, column, code, value, message, severity }
}

/// Cuts `value` to a length that can be shown, and says so with an ellipsis.
#[must_use]
pub fn shorten(value: &str) -> String {
    text::shorten(value, VALUE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_listed_before_warnings_and_all_are_counted() {
        let mut problems = LineProblems::default();
        for line in 2..=300 {
            problems.warning(line, ProblemCode::DurationDiffers, None, String::new());
        }
        problems.error(301, ProblemCode::InvalidDate, Some(("Start date", "x")), String::new());
        assert_eq!((problems.total(), problems.errors_total()), (300, 1));
        let listed = problems.into_listed();
        assert_eq!(listed.len(), LISTED_MAX);
        assert_eq!(listed.last().map(|problem| (problem.line, problem.severity)), Some((301, Severity::Error)));
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(shorten(&"ä".repeat(100)), "ä".repeat(100));
        assert_eq!(shorten(&"ä".repeat(101)), format!("{}…", "ä".repeat(100)));
    }
}
