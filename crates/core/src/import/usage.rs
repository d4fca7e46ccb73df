//! What the entries of a file use of its tables: counted in one pass, so that everything after it has to do with names
//! alone.

use chrono::{DateTime, Utc};
use indexmap::IndexSet;

use super::file::ImportFile;

/// How often things of a file's tables are used. Positions are the file's numbers.
#[derive(Debug)]
pub(super) struct Usage {
    /// Combinations of client, project and task.
    pub(super) places: Vec<PlaceUsage>,
    /// Entries of each person, those that are left out included.
    pub(super) people: Vec<u64>,
    /// New entries of each person.
    pub(super) fresh_people: Vec<u64>,
    /// Entries that are left out, because of their person.
    pub(super) left_out: u64,
    /// Combinations of tags and person, in the order of the file.
    pub(super) combinations: IndexSet<(usize, usize)>,
    /// Those of entries that are new.
    pub(super) fresh_combinations: IndexSet<(usize, usize)>,
    /// Entries that are new.
    pub(super) fresh: u64,
    /// The first line of a new entry without a project, and how many there are.
    pub(super) without_project: Option<(u64, u64)>,
    /// The first start and the last stop of all entries.
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) to: Option<DateTime<Utc>>,
    /// How long all entries took.
    pub(super) seconds: i64,
}

/// How often a place is used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PlaceUsage {
    /// Whether any entry goes there.
    pub(super) used: bool,
    /// The line of the first new entry.
    pub(super) first_line: u64,
    /// New entries. What is missing is made for them only: an existing entry may have been moved since.
    pub(super) fresh: u64,
    /// Those of them that are billable.
    pub(super) billable: u64,
}

impl Usage {
    /// Counts. `known` says of each entry whether the workspace has it, `left_out` of each person whether their entries
    /// are not imported.
    pub(super) fn of(file: &ImportFile, known: &[bool], left_out: &[bool]) -> Self {
        let mut usage = Self {
            places: vec![PlaceUsage::default(); file.tables.places.len()],
            people: vec![0; file.tables.people.len()],
            fresh_people: vec![0; file.tables.people.len()],
            left_out: 0,
            combinations: IndexSet::new(),
            fresh_combinations: IndexSet::new(),
            fresh: 0,
            without_project: None,
            from: None,
            to: None,
            seconds: 0,
        };
        for (entry, known) in file.entries.iter().zip(known) {
            if let Some(entries) = usage.people.get_mut(entry.person) {
                *entries += 1;
            }
            if left_out.get(entry.person) == Some(&true) {
                usage.left_out += 1;
                continue;
            }
            usage.from = Some(usage.from.map_or(entry.started_at, |from| from.min(entry.started_at)));
            usage.to = usage.to.max(Some(entry.stopped_at));
            usage.seconds += entry.seconds();
            usage.combinations.insert((entry.tags, entry.person));
            let Some(place) = usage.places.get_mut(entry.place) else { continue };
            place.used = true;
            if *known {
                continue;
            }
            let has_project = file.tables.places.get_index(entry.place).is_some_and(|place| place.project.is_some());
            if !has_project {
                usage.without_project.get_or_insert((entry.line, 0)).1 += 1;
            }
            if place.fresh == 0 {
                place.first_line = entry.line;
            }
            place.fresh += 1;
            place.billable += u64::from(entry.billable == Some(true));
            usage.fresh += 1;
            if let Some(entries) = usage.fresh_people.get_mut(entry.person) {
                *entries += 1;
            }
            usage.fresh_combinations.insert((entry.tags, entry.person));
        }
        usage
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::parser::Parser;
    use crate::values::time_zone::TimeZone;

    #[test]
    fn only_new_entries_are_told_of_that_have_no_project() {
        let text = "Project,Start date,Start time,Duration\n\
                    ,2016-07-01,9:00,1:00:00\n\
                    Site,2016-07-02,9:00,1:00:00\n\
                    ,2016-07-03,9:00,1:00:00\n\
                    ,2016-07-04,9:00,1:00:00\n";
        let mut parser = Parser::new(None).expect("no source named");
        parser.push(text.as_bytes()).expect("text");
        let file = parser.finish(&TimeZone::utc(), None).expect("a readable file");
        let without_project = |known: &[bool]| Usage::of(&file, known, &[false]).without_project;
        assert_eq!(without_project(&[false; 4]), Some((2, 3)));
        assert_eq!(without_project(&[true, true, false, false]), Some((4, 2)));
        assert_eq!(without_project(&[true, false, true, true]), None);
    }
}
