//! What an import would do: the same for a dry run and for the real one.
//!
//! Entries are recognised first; names are looked for afterwards, and made only for entries that are new. So a file
//! imported twice adds nothing, not even a project that was renamed in between.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::Error;
use diesel_async::AsyncPgConnection;
use indexmap::IndexSet;

use super::ImportOptions;
use super::file::{Entry, ImportFile};
use super::people::People;
use super::places::{NO_PROJECT, PlaceFinder, Places, RequestedPlace};
use super::problem::ProblemCode;
use super::report::{EntriesReport, ImportReport, NamesReport};
use super::usage::Usage;
use crate::access::Caller;
use crate::models::{FoldedNames, NewTag, Tag, TimeEntry, User};
use crate::values::ids::TagId;

/// What has to be written, and the report of it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) places: Places,
    pub(super) tags: Vec<NewTag>,
    /// Of each entry of the file, whether the workspace has it.
    pub(super) known: Vec<bool>,
    /// The tags of new entries, by their set and person.
    tag_ids: HashMap<(usize, usize), Vec<TagId>>,
    pub(super) report: ImportReport,
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
        let me = User::find(conn, caller.user()).await?.ok_or(Error::NotFound)?;
        let known = known(conn, caller, file).await?;
        let usage = Usage::of(file, &known);
        let people = People::new(&file.tables, &usage.people, &me);

        let requested = RequestedPlace::of(&file.tables, options.default_category.as_str(), &usage);
        let mut names: IndexSet<&str> = requested.iter().flat_map(RequestedPlace::names).collect();
        for combination in &usage.combinations {
            names.extend(tag_names(file, &people, *combination));
        }
        let folded = FoldedNames::load(conn, names.into_iter().collect()).await?;

        let finder = PlaceFinder { caller, now, requested: &requested, folded: &folded, has_clients: file.has_clients };
        let places = finder.find(conn).await?;
        let tags = Tags::find(conn, caller, file, &people, &folded, &usage, now).await?;

        let mut problems = file.problems.clone();
        if let Some((line, rows)) = usage.without_project {
            let message = format!("no project in {rows} of the rows; they go to the project “{NO_PROJECT}”");
            problems.warning_of_line(line, ProblemCode::NoProject, &rows.to_string(), message);
        }
        for place in &places.archived {
            place.warn(&mut problems);
        }
        let (good, created) = (file.entries.len() as u64, usage.fresh);
        let report = ImportReport {
            source: file.source,
            dry_run: options.dry_run,
            time_zone: options.time_zone.clone(),
            committed: false,
            rows: file.rows,
            entries: EntriesReport {
                created,
                unchanged: good - created,
                skipped: file.rows - good,
                from: usage.from,
                to: usage.to,
                duration_seconds: usage.seconds,
                stated_seconds: file.stated_seconds,
            },
            clients: NamesReport {
                created: places.clients.iter().map(|client| client.name.clone()).collect(),
                existing: places.existing.0,
            },
            projects: NamesReport {
                created: places.projects.iter().map(|project| project.name.clone()).collect(),
                existing: places.existing.1,
            },
            categories: NamesReport { created: places.category_names.clone(), existing: places.existing.2 },
            tags: NamesReport {
                created: tags.new.iter().map(|tag| tag.name.clone()).collect(),
                existing: tags.existing,
            },
            people: people.into_reports(),
            problems_total: problems.total(),
            errors_total: problems.errors_total(),
            problems: problems.into_listed(),
        };
        Ok(Self { places, tags: tags.new, known, tag_ids: tags.ids, report })
    }

    /// The tags of a new entry.
    pub(super) fn tags_of(&self, entry: &Entry<'_>) -> &[TagId] {
        self.tag_ids.get(&(entry.tags, entry.person)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Of each entry, whether the workspace has it.
async fn known(conn: &mut AsyncPgConnection, caller: Caller, file: &ImportFile) -> QueryResult<Vec<bool>> {
    let mut known = vec![false; file.entries.len()];
    let mut first = 0;
    for keys in file.entries.keys().chunks() {
        for position in TimeEntry::imported(conn, caller, keys).await? {
            if let Some(known) = known.get_mut(first + position) {
                *known = true;
            }
        }
        first += keys.len();
    }
    let (mut numbers, keys) = file.entries.old_keys();
    for keys in keys.chunks() {
        for position in TimeEntry::imported(conn, caller, keys).await? {
            if let Some(known) = numbers.get(position).and_then(|number| known.get_mut(*number)) {
                *known = true;
            }
        }
        numbers = numbers.get(keys.len()..).unwrap_or_default();
    }
    Ok(known)
}

/// The names of a set of tags, that for the person last.
fn tag_names<'a>(
    file: &'a ImportFile,
    people: &'a People,
    (tags, person): (usize, usize),
) -> impl Iterator<Item = &'a str> {
    let tables = &file.tables;
    let set = tables.tag_sets.get_index(tags).map(AsRef::as_ref).unwrap_or_default();
    set.iter().filter_map(|tag| tables.name(Some(*tag))).chain(people.tag(person))
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
        folded: &FoldedNames<'_>,
        usage: &Usage,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        let mut names: HashSet<&str> = HashSet::new();
        for combination in &usage.combinations {
            names.extend(tag_names(file, people, *combination).map(|name| folded.get(name)));
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let mut known = Tag::by_names(conn, caller.workspace, names).await?;
        let existing = known.len();
        let mut new = Vec::new();
        let mut ids: HashMap<(usize, usize), Vec<TagId>> = HashMap::new();
        for combination in &usage.fresh_combinations {
            let mut of_entry: Vec<TagId> = Vec::new();
            for name in tag_names(file, people, *combination) {
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
            ids.insert(*combination, of_entry);
        }
        Ok(Self { new, existing, ids })
    }
}
