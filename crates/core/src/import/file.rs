//! What a file holds once it has been read: entries with times as instants, their names in tables, and what there is to
//! say.

use chrono::{DateTime, Utc};
use indexmap::IndexSet;

use super::key::{ImportKey, ImportKeys};
use super::packed_rows::{PackedRows, put, put_index, put_text, take, take_index, take_text};
use super::problem::LineProblems;

/// A file that has been read to its end. Nothing in it depends on what the database holds.
#[derive(Debug)]
pub struct ImportFile {
    /// Which tracker wrote it.
    pub source: &'static str,
    /// Rows below the header, bad ones and those left out included.
    pub rows: u64,
    /// The good ones, in the order of the file.
    pub entries: Entries,
    /// Names and addresses that entries point to.
    pub tables: Tables,
    /// The sum of the file's own durations in seconds, when it has any, over the good rows.
    pub stated_seconds: Option<i64>,
    /// The same of each person.
    pub stated_by_person: Vec<i64>,
    /// Whether there is a client column at all.
    pub has_clients: bool,
    /// What there is to say about lines.
    pub problems: LineProblems,
}

/// An entry of the file. The numbers point into [`Tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
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
    pub description: &'a str,
    /// What it is recognised by.
    pub key: ImportKey,
}

impl Entry<'_> {
    /// How long it took, in seconds.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        (self.stopped_at - self.started_at).num_seconds()
    }
}

/// The entries of a file, in its order, in the form that takes the least memory.
#[derive(Debug, Default)]
pub struct Entries {
    packed_rows: PackedRows,
    keys: ImportKeys,
    /// Numbers of entries that an earlier release may have recognised by another key, and these keys.
    old: (Vec<usize>, ImportKeys),
}

impl Entries {
    /// Appends an entry, which lies within the range of [`TrackedTime`](crate::values::TrackedTime). Its key comes with
    /// [`Self::with_keys`].
    pub(super) fn push(&mut self, entry: &Entry<'_>) {
        let billable = match entry.billable {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        };
        self.packed_rows.push(|out| {
            put(out, billable);
            put(out, entry.line);
            for index in [entry.person, entry.place, entry.tags] {
                put_index(out, index);
            }
            put(out, u64::try_from(entry.started_at.timestamp()).unwrap_or_default());
            put(out, u64::try_from(entry.seconds()).unwrap_or_default());
            put_text(out, entry.description);
        });
    }

    /// With the key of each entry, and the numbers and keys of those that an earlier release may have recognised by
    /// another one.
    pub(super) fn with_keys(self, keys: ImportKeys, old: (Vec<usize>, ImportKeys)) -> Self {
        Self { keys, old, ..self }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packed_rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are recognised by, in the order of the file.
    #[must_use]
    pub fn keys(&self) -> &ImportKeys {
        &self.keys
    }

    /// Numbers of entries that an earlier release may have recognised by another key, and these keys.
    #[must_use]
    pub fn old_keys(&self) -> (&[usize], &ImportKeys) {
        (&self.old.0, &self.old.1)
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        let rows = self.packed_rows.blocks().flat_map(|mut block| std::iter::from_fn(move || unpack(&mut block)));
        rows.zip(self.keys.iter()).map(|(entry, key)| Entry { key: *key, ..entry })
    }
}

fn unpack<'a>(input: &mut &'a [u8]) -> Option<Entry<'a>> {
    let billable = match take(input)? {
        0 => None,
        number => Some(number == 2),
    };
    let line = take(input)?;
    let (person, place, tags) = (take_index(input)?, take_index(input)?, take_index(input)?);
    let started: i64 = take(input)?.try_into().ok()?;
    let seconds: i64 = take(input)?.try_into().ok()?;
    let (started_at, stopped_at) =
        (DateTime::from_timestamp(started, 0)?, DateTime::from_timestamp(started + seconds, 0)?);
    let description = take_text(input)?;
    Some(Entry { line, person, place, tags, started_at, stopped_at, billable, description, key: [0; 32] })
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
    /// How many names, people, places and combinations of tags there are.
    pub(super) fn len(&self) -> usize {
        self.names.len() + self.people.len() + self.places.len() + self.tag_sets.len()
    }

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
