//! The report of an import: what it did, or would do.

use chrono::{DateTime, Utc};

use super::problem::LineProblem;
use crate::values::ids::UserId;
use crate::values::time_zone::TimeZone;

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    /// The tracker that wrote the file.
    pub source: &'static str,
    /// Whether it was asked only what would happen.
    pub dry_run: bool,
    /// The zone that the file's times were read in.
    pub time_zone: TimeZone,
    /// Whether the database holds it now.
    pub committed: bool,
    /// Rows below the header.
    pub rows: u64,
    /// What becomes of them.
    pub entries: EntriesReport,
    /// Clients.
    pub clients: NamesReport<String>,
    /// Projects.
    pub projects: NamesReport<String>,
    /// Categories.
    pub categories: NamesReport<CategoryOfProject>,
    /// Tags, those for people included.
    pub tags: NamesReport<String>,
    /// Whose entries the file holds.
    pub people: Vec<PersonReport>,
    /// What there is to say about lines, in their order; at most 200.
    pub problems: Vec<LineProblem>,
    /// How many problems there are, listed or not.
    pub problems_total: u64,
    /// How many of them are errors.
    pub errors_total: u64,
}

/// What becomes of the rows. `created`, `unchanged` and `skipped` add up to all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntriesReport {
    /// New entries.
    pub created: u64,
    /// Entries that an earlier import has brought.
    pub unchanged: u64,
    /// Rows left out: bad ones, entries that were still running, and those of other people.
    pub skipped: u64,
    /// Rows left out because they are other people's.
    pub skipped_of_others: u64,
    /// The first start in the file.
    pub from: Option<DateTime<Utc>>,
    /// The last stop in the file.
    pub to: Option<DateTime<Utc>>,
    /// From starts to stops, over all rows that were not left out, in seconds.
    pub duration_seconds: i64,
    /// The same by the file's own durations, when it has any.
    pub stated_seconds: Option<i64>,
}

/// What becomes of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesReport<T> {
    /// Those that are new, in the order of the file.
    pub created: Vec<T>,
    /// How many of the file's were there before.
    pub existing: usize,
}

impl<T> Default for NamesReport<T> {
    fn default() -> Self {
        Self { created: Vec::new(), existing: 0 }
    }
}

/// A category by its name and its project's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryOfProject {
    /// The project.
    pub project: String,
    /// The category.
    pub name: String,
}

/// A person of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonReport {
    /// What the person is called.
    pub name: Option<String>,
    /// The person's address.
    pub email: Option<String>,
    /// How many of the entries that were not left out.
    pub entries: u64,
    /// The tag that marks the entries as this person's, where they become the importing user's.
    pub tag: Option<String>,
    /// What becomes of the entries.
    pub becomes: Becomes,
    /// The member or the present placeholder whose the entries become, and the name.
    pub member: Option<(UserId, String)>,
}

/// What becomes of the entries of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// They are the importing user's.
    Yours,
    /// They are the importing user's, with a tag that names the person.
    Tag,
    /// They are another member's.
    Member,
    /// They are those of a placeholder that an earlier import has made.
    Placeholder,
    /// A placeholder is made for them.
    NewPlaceholder,
    /// They are not imported.
    LeftOut,
}

impl Becomes {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Yours, Self::Tag, Self::Member, Self::Placeholder, Self::NewPlaceholder, Self::LeftOut];

    /// The word that the API uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yours => "yours",
            Self::Tag => "tag",
            Self::Member => "member",
            Self::Placeholder => "placeholder",
            Self::NewPlaceholder => "new_placeholder",
            Self::LeftOut => "left_out",
        }
    }
}
