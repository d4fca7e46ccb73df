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
use super::error::ImportError;
use super::file::{Entry, ImportFile};
use super::people::{People, PeoplePlan};
use super::places::{NO_PROJECT, PlaceFinder, Places, RequestedPlace};
use super::problem::ProblemCode;
use super::report::{EntriesReport, ImportReport, NamesReport};
use super::usage::Usage;
use crate::access::Caller;
use crate::accounts::placeholders::PLACEHOLDERS_MAX;
use crate::models::{FoldedNames, NewTag, Placeholder, Tag, TimeEntry, User};
use crate::values::ids::{TagId, UserId};

/// What has to be written, and the report of it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) people: PeoplePlan,
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
    ) -> Result<Self, ImportError> {
        let me = User::find(conn, caller.user()).await?.ok_or(Error::NotFound)?;
        let people = People::find(conn, caller, file, options.people, &me).await?.map_err(ImportError::PeopleNeeded)?;
        let left_out = people.left_out();
        let known = known(conn, caller, file, &people.present_owners(caller.user()), &left_out).await?;
        let usage = Usage::of(file, &known, &left_out);

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
        let people = people.plan(&usage, caller.user());
        check_bound(conn, caller, &people).await?;
        let (good, created) = (file.entries.len() as u64 - usage.left_out, usage.fresh);
        let stated = file.stated_by_person.iter().zip(&left_out).filter(|(_, left_out)| **left_out);
        let stated_of_others: i64 = stated.map(|(stated, _)| stated).sum();
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
                skipped_of_others: usage.left_out,
                from: usage.from,
                to: usage.to,
                duration_seconds: usage.seconds,
                stated_seconds: file.stated_seconds.map(|stated| stated - stated_of_others),
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
            people: people.reports.clone(),
            problems_total: problems.total(),
            errors_total: problems.errors_total(),
            problems: problems.into_listed(),
        };
        Ok(Self { people, places, tags: tags.new, known, tag_ids: tags.ids, report })
    }

    /// Whose a new entry becomes.
    pub(super) fn owner_of(&self, entry: &Entry<'_>) -> Option<UserId> {
        self.people.owners.get(entry.person).copied()
    }

    /// The tags of a new entry.
    pub(super) fn tags_of(&self, entry: &Entry<'_>) -> &[TagId] {
        self.tag_ids.get(&(entry.tags, entry.person)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Checks that the workspace does not have more placeholders than it may. Only imports make them, and imports into one
/// workspace follow each other.
async fn check_bound(conn: &mut AsyncPgConnection, caller: Caller, people: &PeoplePlan) -> Result<(), ImportError> {
    let new = people.placeholders.len();
    if new == 0 {
        return Ok(());
    }
    let present = usize::try_from(Placeholder::count(conn, caller.workspace).await?).unwrap_or(usize::MAX);
    if present.saturating_add(new) > PLACEHOLDERS_MAX {
        return Err(ImportError::TooManyPlaceholders { new, present });
    }
    Ok(())
}

/// Of each entry, whether the workspace has it as an entry of the caller or of its person, or it is left out. `owners`
/// and `left_out` are by the file's number of a person.
async fn known(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    file: &ImportFile,
    owners: &[UserId],
    left_out: &[bool],
) -> QueryResult<Vec<bool>> {
    let mut known = vec![false; file.entries.len()];
    let owner = |person: usize| owners.get(person).copied().unwrap_or(caller.user());
    let mut of_entries = Vec::with_capacity(file.entries.len());
    for (entry, known) in file.entries.iter().zip(&mut known) {
        *known = left_out.get(entry.person) == Some(&true);
        // Numbers of people are few, and those of rows many.
        of_entries.push(u32::try_from(entry.person).unwrap_or(u32::MAX));
    }
    let owner_of = |entry: usize| owner(of_entries.get(entry).map_or(usize::MAX, |person| *person as usize));
    let mut first = 0;
    for keys in file.entries.keys().chunks() {
        let owners = (first..first + keys.len()).map(owner_of).collect();
        for position in TimeEntry::imported(conn, caller, owners, keys).await? {
            if let Some(known) = known.get_mut(first + position) {
                *known = true;
            }
        }
        first += keys.len();
    }
    let (mut numbers, keys) = file.entries.old_keys();
    for keys in keys.chunks() {
        let owners = numbers.iter().take(keys.len()).map(|number| owner_of(*number)).collect();
        for position in TimeEntry::imported(conn, caller, owners, keys).await? {
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
