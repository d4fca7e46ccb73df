//! What an import would do: the same for a dry run and for the real one.
//!
//! Entries are recognised first; names are looked for afterwards, and made only for entries that are new. So a file imported twice
//! adds nothing, not even a project that was renamed in between.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::Error;
use diesel_async::AsyncPgConnection;
use indexmap::IndexSet;

use super::ImportOptions;
use super::account::{Account, EntriesAccount, NamesAccount};
use super::existing::{self, Folded};
use super::file::{Entry, ImportFile};
use super::people::People;
use super::places::{NO_PROJECT, PlaceFinder, Places, Wanted};
use super::problem::ProblemCode;
use crate::caller::Caller;
use crate::ids::TagId;
use crate::models::{NewTag, User};

/// What has to be written, and the account of it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) places: Places,
    pub(super) tags: Vec<NewTag>,
    /// The new entries, as numbers of the file's.
    pub(super) fresh: Vec<usize>,
    /// The tags of new entries, by their set and person.
    tag_ids: HashMap<(usize, usize), Vec<TagId>>,
    pub(super) account: Account,
}

impl Plan {
    /// Works out what the file would do to the workspace as it is now.
    pub(super) async fn make(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        file: &ImportFile,
        options: &ImportOptions,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        let me = User::find(conn, caller.user).await?.ok_or(Error::NotFound)?;
        let people = People::new(file, &me);
        let keys: Vec<_> = file.entries.iter().flat_map(Entry::keys).collect();
        let known = existing::keys(conn, caller, &keys).await?;
        let fresh: Vec<usize> = file
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.keys().any(|key| known.contains(key)))
            .map(|(index, _)| index)
            .collect();

        let wanted = Wanted::of(file, options.default_category.as_str(), &fresh);
        let mut names: IndexSet<&str> = wanted.iter().flat_map(Wanted::names).collect();
        for entry in &file.entries {
            names.extend(tag_names(file, &people, entry));
        }
        let names: Vec<&str> = names.into_iter().collect();
        let folded = Folded::load(conn, &names).await?;

        let finder = PlaceFinder { caller, now, wanted: &wanted, folded: &folded, has_clients: file.has_clients };
        let places = finder.find(conn).await?;
        let tags = Tags::find(conn, caller, file, &people, &folded, &fresh, now).await?;

        let mut problems = file.problems.clone();
        let homeless: Vec<u64> =
            file.entries.iter().filter(|entry| !has_project(file, entry)).map(|entry| entry.line).collect();
        if let Some(first) = homeless.first() {
            let message =
                format!("no project in {} of the rows; they go to the project “{NO_PROJECT}”", homeless.len());
            problems.warning(*first, ProblemCode::NoProject, None, message);
        }
        let account = Account {
            source: file.source,
            dry_run: options.dry_run,
            time_zone: options.time_zone.clone(),
            committed: false,
            rows: file.rows,
            entries: EntriesAccount::new(file, fresh.len()),
            clients: NamesAccount {
                created: places.clients.iter().map(|client| client.name.clone()).collect(),
                existing: places.existing.0,
            },
            projects: NamesAccount {
                created: places.projects.iter().map(|project| project.name.clone()).collect(),
                existing: places.existing.1,
            },
            categories: NamesAccount { created: places.category_names.clone(), existing: places.existing.2 },
            tags: NamesAccount {
                created: tags.new.iter().map(|tag| tag.name.clone()).collect(),
                existing: tags.existing,
            },
            people: people.into_accounts(),
            problems_total: problems.total(),
            errors_total: problems.errors_total(),
            problems: problems.into_listed(),
        };
        Ok(Self { places, tags: tags.new, fresh, tag_ids: tags.ids, account })
    }

    /// The tags of a new entry.
    pub(super) fn tags_of(&self, entry: &Entry) -> &[TagId] {
        self.tag_ids.get(&(entry.tags, entry.person)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn has_project(file: &ImportFile, entry: &Entry) -> bool {
    file.tables.places.get_index(entry.place).is_some_and(|place| place.project.is_some())
}

/// The names of an entry's tags, that for its person last.
fn tag_names<'a>(file: &'a ImportFile, people: &'a People, entry: &Entry) -> impl Iterator<Item = &'a str> {
    let tables = &file.tables;
    let set = tables.tag_sets.get_index(entry.tags).map(AsRef::as_ref).unwrap_or_default();
    set.iter().filter_map(|tag| tables.name(Some(*tag))).chain(people.tag(entry.person))
}

struct Tags {
    new: Vec<NewTag>,
    existing: usize,
    ids: HashMap<(usize, usize), Vec<TagId>>,
}

impl Tags {
    async fn find(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        file: &ImportFile,
        people: &People,
        folded: &Folded<'_>,
        fresh: &[usize],
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        let mut combinations: HashSet<(usize, usize)> = HashSet::new();
        let mut names: HashSet<&str> = HashSet::new();
        for entry in &file.entries {
            if combinations.insert((entry.tags, entry.person)) {
                names.extend(tag_names(file, people, entry).map(|name| folded.get(name)));
            }
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let mut known = existing::tags(conn, caller.workspace, &names).await?;
        let existing = known.len();
        let mut new = Vec::new();
        let mut ids: HashMap<(usize, usize), Vec<TagId>> = HashMap::new();
        for entry in fresh.iter().map(|index| &file.entries[*index]) {
            if ids.contains_key(&(entry.tags, entry.person)) {
                continue;
            }
            let mut of_entry: Vec<TagId> = Vec::new();
            for name in tag_names(file, people, entry) {
                let id = *known.entry(folded.get(name).to_owned()).or_insert_with(|| {
                    let id = TagId::new();
                    let name = name.to_owned();
                    new.push(NewTag {
                        id,
                        workspace_id: caller.workspace,
                        name,
                        color: None,
                        created_at: now,
                        updated_at: now,
                    });
                    id
                });
                if !of_entry.contains(&id) {
                    of_entry.push(id);
                }
            }
            ids.insert((entry.tags, entry.person), of_entry);
        }
        Ok(Self { new, existing, ids })
    }
}
