//! What can be wrong with a request about entries or the timer.

use crate::access::{Rejection, RuleError};

/// Why an entry was not made, changed, deleted or restored.
#[derive(Debug, thiserror::Error)]
pub enum EntryRejection {
    /// The workspace has no such category.
    #[error("no such category")]
    CategoryNotFound,
    /// The workspace lacks one of the tags.
    #[error("no such tag")]
    TagNotFound,
    /// An entry would carry more than [`TAGS_MAX`](super::TAGS_MAX) tags.
    #[error("a time entry cannot carry so many tags")]
    TooManyTags,
    /// The category or one of its ancestors is archived.
    #[error("the category is archived")]
    CategoryArchived,
    /// The project is archived.
    #[error("the project is archived")]
    ProjectArchived,
    /// It would stop before it starts.
    #[error("a time entry cannot stop before it starts")]
    StopBeforeStart,
    /// A running entry would start in the future.
    #[error("a running time entry cannot start in the future")]
    StartInFuture,
    /// A new timer would start before the running one did.
    #[error("the running time entry started later than that")]
    StartsBeforeRunning,
    /// Another entry of the person is running.
    #[error("another time entry is running")]
    TimerRunning,
    /// No entry of the person is running.
    #[error("no time entry is running")]
    NoActiveTimer,
    /// The entry would run, and its owner has left the workspace.
    #[error("the owner of the time entry has left the workspace")]
    OwnerLeft,
    /// The entry would run, and the account of its owner is disabled.
    #[error("the account of the owner of the time entry is disabled")]
    OwnerDisabled,
    /// The entry would run, and its owner is a viewer, who tracks no time.
    #[error("the owner of the time entry is a viewer")]
    OwnerIsViewer,
    /// The entry would run, and its owner is a placeholder, which has no timer.
    #[error("the owner of the time entry is a placeholder")]
    OwnerIsPlaceholder,
    /// It is running, and this needs a finished one.
    #[error("the time entry is still running")]
    StillRunning,
    /// A split outside of the entry, or at one of its ends.
    #[error("a time entry is split between its start and its stop")]
    SplitOutside,
    /// An import has brought the deleted entry back already.
    #[error("the time entry was imported again")]
    ImportedAgain,
}

impl Rejection for EntryRejection {
    const OBJECT: &'static str = "time entry";
}

/// Why an entry was not read, made, changed, deleted or restored.
pub type EntryError = RuleError<EntryRejection>;

impl EntryRejection {
    /// What it means that a statement which inserts or changes an entry violates a constraint.
    pub(crate) fn of_write(constraint: &str) -> Option<Self> {
        match constraint {
            "time_entries_one_running_per_user" => Some(Self::TimerRunning),
            "time_entries_stop_after_start" => Some(Self::StopBeforeStart),
            "time_entries_category_fkey" => Some(Self::CategoryNotFound),
            _ => Self::of_tagging(constraint),
        }
    }

    /// The same of a statement that puts tags on entries.
    pub(crate) fn of_tagging(constraint: &str) -> Option<Self> {
        (constraint == "time_entry_tags_tag_fkey").then_some(Self::TagNotFound)
    }

    /// The same of a statement that brings entries back, whose categories and tags are locked.
    pub(crate) fn of_restore(constraint: &str) -> Option<Self> {
        match constraint {
            "time_entries_one_running_per_user" => Some(Self::TimerRunning),
            "time_entries_import_key" => Some(Self::ImportedAgain),
            _ => None,
        }
    }
}
