//! The people of a file, while all entries go to the one who imports: what says whose they were.
//!
//! Everybody else's name becomes a tag on their entries, so that nothing is lost and reports can tell people apart.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::account::PersonAccount;
use super::file::{ImportFile, PersonRef};
use crate::models::User;
use crate::values::TagName;

/// The people of a file.
#[derive(Debug)]
pub(super) struct People {
    /// For the account: each person once, also when the file calls one by two names.
    pub(super) accounts: Vec<PersonAccount>,
    /// By the file's number of a person: which of the accounts.
    numbers: Vec<Option<usize>>,
}

impl People {
    /// Finds out who is who. `me` imports.
    pub(super) fn new(file: &ImportFile, me: &User) -> Self {
        let tables = &file.tables;
        let mut people: IndexMap<String, PersonAccount> = IndexMap::new();
        let mut numbers = Vec::with_capacity(tables.people.len());
        for (index, PersonRef { name, email }) in tables.people.iter().enumerate() {
            let who = tables.who(index);
            numbers.push(if who.is_empty() {
                None
            } else {
                let entry = people.entry(who);
                let number = entry.index();
                entry.or_insert_with(|| PersonAccount {
                    name: tables.name(*name).map(str::to_owned),
                    email: tables.name(*email).map(str::to_owned),
                    entries: 0,
                    tag: None,
                });
                Some(number)
            });
        }
        let mut accounts: Vec<PersonAccount> = people.into_values().collect();
        for entry in &file.entries {
            if let Some(person) =
                numbers.get(entry.person).copied().flatten().and_then(|number| accounts.get_mut(number))
            {
                person.entries += 1;
            }
        }
        name_tags(&mut accounts, me);
        Self { accounts, numbers }
    }

    /// The tag for a person, by the file's number.
    pub(super) fn tag(&self, person: usize) -> Option<&str> {
        let number = self.numbers.get(person).copied().flatten()?;
        self.accounts.get(number)?.tag.as_deref()
    }

    /// The account, without those whose rows were all left out.
    pub(super) fn into_accounts(self) -> Vec<PersonAccount> {
        self.accounts.into_iter().filter(|person| person.entries > 0).collect()
    }
}

fn name_tags(people: &mut [PersonAccount], me: &User) {
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
fn is_me(person: &PersonAccount, me: &User) -> bool {
    match (&person.email, &me.email) {
        (Some(theirs), Some(mine)) => theirs.to_lowercase() == mine.to_lowercase(),
        _ => person.name.as_ref().is_some_and(|name| name.to_lowercase() == me.name.to_lowercase()),
    }
}
