//! What a file holds once it has been read: entries with times as instants, their names in tables, and what there is to say.

use chrono::{DateTime, Utc};
use indexmap::IndexSet;

use super::key::ImportKey;
use super::problem::Problems;

/// A file that has been read to its end. Nothing in it depends on what the database holds.
#[derive(Debug)]
pub struct ImportFile {
    /// Which tracker wrote it.
    pub source: &'static str,
    /// Rows below the header, bad ones and those left out included.
    pub rows: u64,
    /// The good ones, in the order of the file.
    pub entries: Vec<Entry>,
    /// Names and addresses that entries point to.
    pub tables: Tables,
    /// The sum of the file's own durations in seconds, when it has any, over the good rows.
    pub stated_seconds: Option<i64>,
    /// Whether there is a client column at all.
    pub has_clients: bool,
    /// What there is to say about lines.
    pub problems: Problems,
}

/// An entry of the file. The numbers point into [`Tables`].
#[derive(Debug)]
pub struct Entry {
    /// Its line, from 1.
    pub line: u64,
    /// Whose it is.
    pub person: usize,
    /// Its client, project and task.
    pub place: usize,
    /// Its tags.
    pub tags: usize,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub stopped_at: DateTime<Utc>,
    /// Whether it is billable; nothing when the file does not say.
    pub billable: Option<bool>,
    /// What was done.
    pub description: Box<str>,
    /// What it is recognised by.
    pub key: ImportKey,
    /// What an earlier release may have recognised it by, where that is another key.
    pub old_key: Option<Box<ImportKey>>,
}

impl Entry {
    /// Every key that it may have been imported with.
    pub fn keys(&self) -> impl Iterator<Item = &ImportKey> {
        std::iter::once(&self.key).chain(self.old_key.as_deref())
    }

    /// How long it took, in seconds.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        (self.stopped_at - self.started_at).num_seconds()
    }
}

/// Names are the same for thousands of entries: each is kept once.
#[derive(Debug, Default)]
pub struct Tables {
    /// Every name and address, as the file writes it.
    pub names: IndexSet<Box<str>>,
    /// Every person.
    pub people: IndexSet<PersonRef>,
    /// Every combination of client, project and task.
    pub places: IndexSet<PlaceRef>,
    /// Every combination of tags, in the order of the file.
    pub tag_sets: IndexSet<Box<[usize]>>,
}

/// A person. The numbers point into `names`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonRef {
    /// What the person is called.
    pub name: Option<usize>,
    /// The person's address.
    pub email: Option<usize>,
}

/// A client, project and task. The numbers point into `names`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlaceRef {
    /// The client.
    pub client: Option<usize>,
    /// The project.
    pub project: Option<usize>,
    /// The task.
    pub task: Option<usize>,
}

impl Tables {
    /// The name that a number stands for.
    #[must_use]
    pub fn name(&self, index: Option<usize>) -> Option<&str> {
        self.names.get_index(index?).map(AsRef::as_ref)
    }

    /// What a person is recognised by: the address without regard to case, or the name.
    #[must_use]
    pub fn who(&self, person: usize) -> String {
        let person = self.people.get_index(person);
        let address = person.and_then(|person| self.name(person.email)).map(str::to_lowercase);
        address.or_else(|| person.and_then(|person| self.name(person.name)).map(str::to_owned)).unwrap_or_default()
    }

    /// The number of a name; new names get the next one.
    pub fn intern(&mut self, name: Option<&str>) -> Option<usize> {
        let name = name?;
        Some(self.names.get_index_of(name).unwrap_or_else(|| self.names.insert_full(name.into()).0))
    }
}
