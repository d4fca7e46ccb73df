//! The people of a file. All entries go to the importing user; a tag names the person.
//!
//! The name of every other person becomes a tag on their entries, so that nothing is lost and reports can tell people
//! apart.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::file::{PersonRef, Tables};
use super::report::PersonReport;
use crate::models::User;
use crate::values::TagName;

/// The people of a file.
#[derive(Debug)]
pub(super) struct People {
    /// For the report: each person once, also when the file calls one by two names.
    pub(super) reports: Vec<PersonReport>,
    /// By the file's number of a person: which of the reports.
    numbers: Vec<Option<usize>>,
}

impl People {
    /// Matches the people. `me` imports; `entries` says how many each person of the file has.
    pub(super) fn new(tables: &Tables, entries: &[u64], me: &User) -> Self {
        let mut people: IndexMap<String, PersonReport> = IndexMap::new();
        let mut numbers = Vec::with_capacity(tables.people.len());
        for (index, PersonRef { name, email }) in tables.people.iter().enumerate() {
            let who = tables.who(index);
            numbers.push(if who.is_empty() {
                None
            } else {
                let entry = people.entry(who);
                let number = entry.index();
                entry.or_insert_with(|| PersonReport {
                    name: tables.name(*name).map(str::to_owned),
                    email: tables.name(*email).map(str::to_owned),
                    entries: 0,
                    tag: None,
                });
                Some(number)
            });
        }
        let mut reports: Vec<PersonReport> = people.into_values().collect();
        for (number, entries) in numbers.iter().zip(entries) {
            if let Some(person) = number.and_then(|number: usize| reports.get_mut(number)) {
                person.entries += entries;
            }
        }
        name_tags(&mut reports, me);
        Self { reports, numbers }
    }

    /// The tag for a person, by the file's number.
    pub(super) fn tag(&self, person: usize) -> Option<&str> {
        let number = self.numbers.get(person).copied().flatten()?;
        self.reports.get(number)?.tag.as_deref()
    }

    /// The reports, without people whose rows were all skipped.
    pub(super) fn into_reports(self) -> Vec<PersonReport> {
        self.reports.into_iter().filter(|person| person.entries > 0).collect()
    }
}

fn name_tags(people: &mut [PersonReport], me: &User) {
    let mut bearers: HashMap<String, usize> = HashMap::new();
    for name in people.iter().filter_map(|person| person.name.as_ref()) {
        *bearers.entry(name.to_lowercase()).or_default() += 1;
    }
    for person in people.iter_mut().filter(|person| !is_me(person, me)) {
        let shared =
            person.name.as_ref().is_some_and(|name| bearers.get(&name.to_lowercase()).is_some_and(|count| *count > 1));
        person.tag = match (&person.name, &person.email) {
            // Two people of one name are told apart by their addresses.
            (Some(name), Some(email)) if shared => {
                TagName::parse(&format!("{name} ({email})")).map(String::from).ok().or_else(|| Some(email.clone()))
            }
            (Some(name), _) => Some(name.clone()),
            (None, email) => email.clone(),
        };
    }
}

/// By the address when both are known, else by the name.
fn is_me(person: &PersonReport, me: &User) -> bool {
    match (&person.email, &me.email) {
        (Some(theirs), Some(mine)) => theirs.to_lowercase() == mine.to_lowercase(),
        _ => person.name.as_ref().is_some_and(|name| name.to_lowercase() == me.name.to_lowercase()),
    }
}
