//! The people of a file: whose their entries become.
//!
//! By default all entries are the importing user's, and a tag names every other person, so that nothing is lost and
//! reports can tell people apart. Where people have accounts, a file of several people says instead whether only the
//! caller's own entries are imported, or everybody's: then each person is the member that an earlier import has taken
//! them for, or a present member with the address, or becomes a placeholder.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use indexmap::IndexMap;

use super::PeopleChoice;
use super::file::{ImportFile, PersonRef, Tables};
use super::report::{Becomes, PersonReport};
use super::usage::Usage;
use crate::access::{Caller, Credential};
use crate::models::{KnownPerson, NewImportedPerson, NewPlaceholder, User};
use crate::values::ids::UserId;
use crate::values::{EmailAddress, TagName};

/// Whose the entries of a person become.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Owner {
    /// The importing user's.
    Caller,
    /// Another member's, or those of a placeholder.
    Member(UserId, String),
    /// Those of a placeholder that the workspace does not have yet.
    New,
}

/// A person: one also when the file calls them by two names.
#[derive(Debug)]
struct Person {
    name: Option<String>,
    email: Option<String>,
    owner: Owner,
    /// What a later import recognises the person by, unless one has remembered it already.
    unknown: Option<Identity>,
    /// Whether a member has the address.
    known_by_address: bool,
}

/// What a person of a file is recognised by: the address, or the name where there is none.
type Identity = (Option<String>, Option<String>);

/// The people of a file, matched with members.
#[derive(Debug)]
pub(super) struct People {
    choice: Option<PeopleChoice>,
    people: Vec<Person>,
    /// By the file's number of a person: which of `people`. Nothing where the file does not say.
    numbers: Vec<Option<usize>>,
    tags: Vec<Option<String>>,
}

/// What becomes of the people of a file.
#[derive(Debug, Default)]
pub(super) struct PeoplePlan {
    pub(super) reports: Vec<PersonReport>,
    pub(super) placeholders: Vec<NewPlaceholder>,
    /// People and members that a later import has to find again.
    pub(super) remembered: Vec<NewImportedPerson>,
    /// Placeholders that get new entries.
    pub(super) extended: Vec<UserId>,
    /// By the file's number of a person: whose the entries become.
    pub(super) owners: Vec<UserId>,
}

impl People {
    /// How many people have entries in the file, whatever it calls them.
    fn count(file: &ImportFile) -> usize {
        let mut found: Vec<Option<String>> = vec![None; file.tables.people.len()];
        if found.len() > 1 {
            for entry in file.entries.iter() {
                if let Some(who @ None) = found.get_mut(entry.person) {
                    *who = Some(file.tables.who(entry.person));
                }
            }
        }
        let mut found: Vec<String> = found.into_iter().flatten().filter(|who| !who.is_empty()).collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    }

    /// Matches the people. `me` imports. An error is the number of people of whom the caller has to choose.
    pub(super) async fn find(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        file: &ImportFile,
        choice: Option<PeopleChoice>,
        me: &User,
    ) -> QueryResult<Result<Self, usize>> {
        if choice.is_some() {
            return Self::matched(conn, caller, &file.tables, choice, me).await.map(Ok);
        }
        // Without accounts there is nobody else whose the entries could be.
        let count = Self::count(file);
        if count > 1 && caller.actor.credential != Credential::BuiltIn {
            return Ok(Err(count));
        }
        let keys = (0..file.tables.people.len()).map(|person| file.tables.who(person));
        let mut people = Self::grouped(&file.tables, None, keys, |_| (Owner::Caller, None));
        people.name_tags(me);
        Ok(Ok(people))
    }

    async fn matched(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        tables: &Tables,
        choice: Option<PeopleChoice>,
        me: &User,
    ) -> QueryResult<Self> {
        let identities: Vec<(Option<String>, Option<&str>)> = tables
            .people
            .iter()
            .map(|PersonRef { name, email }| {
                let email = tables.name(*email).map(|email| match EmailAddress::parse(email) {
                    Ok(address) => String::from(address),
                    Err(_) => email.to_owned(),
                });
                let name = if email.is_some() { None } else { tables.name(*name) };
                (email, name)
            })
            .collect();
        let emails = identities.iter().map(|(email, _)| email.as_deref()).collect();
        let names = identities.iter().map(|(_, name)| *name).collect();
        let mut known: Vec<Option<KnownPerson>> = vec![None; identities.len()];
        for row in KnownPerson::load(conn, caller.workspace, emails, names).await? {
            if let Some(place) = usize::try_from(row.number - 1).ok().and_then(|number| known.get_mut(number)) {
                *place = Some(row);
            }
        }
        let key = |(known, (email, _)): (&Option<KnownPerson>, &(Option<String>, _))| match known {
            // An address and a name that look alike are two people.
            Some(known) if !known.folded.is_empty() => format!("{} {}", u8::from(email.is_some()), known.folded),
            _ => String::new(),
        };
        let keys: Vec<String> = known.iter().zip(&identities).map(key).collect();
        Ok(Self::grouped(tables, choice, keys.into_iter(), |person| {
            let row = known.get(person).and_then(Option::as_ref);
            let identity = identities.get(person).map(|(email, name)| (email.clone(), name.map(str::to_owned)));
            match row.and_then(|row| Some((row, row.user_id?))) {
                Some((row, user)) if user == caller.user() => (Owner::Caller, identity.filter(|_| !row.remembered)),
                Some((row, user)) => {
                    let name = row.member_name.clone().unwrap_or_default();
                    (Owner::Member(user, name), identity.filter(|_| !row.remembered))
                }
                None if tables.people.get_index(person).is_some_and(|person| is_me(tables, *person, me)) => {
                    (Owner::Caller, None)
                }
                None => (Owner::New, identity),
            }
        }))
    }

    /// Puts together who is one by their keys; an empty one means that the file does not say.
    fn grouped(
        tables: &Tables,
        choice: Option<PeopleChoice>,
        keys: impl Iterator<Item = String>,
        owner: impl Fn(usize) -> (Owner, Option<Identity>),
    ) -> Self {
        let mut people: IndexMap<String, Person> = IndexMap::new();
        let mut numbers = Vec::with_capacity(tables.people.len());
        for (index, (PersonRef { name, email }, key)) in tables.people.iter().zip(keys).enumerate() {
            if key.is_empty() {
                numbers.push(None);
                continue;
            }
            let entry = people.entry(key);
            numbers.push(Some(entry.index()));
            entry.or_insert_with(|| {
                let (owner, unknown) = owner(index);
                let [name, email] = [name, email].map(|text| tables.name(*text).map(str::to_owned));
                Person { name, email, known_by_address: owner != Owner::New, owner, unknown }
            });
        }
        let people: Vec<Person> = people.into_values().collect();
        let tags = vec![None; people.len()];
        Self { choice, people, numbers, tags }
    }

    fn name_tags(&mut self, me: &User) {
        let mut bearers: HashMap<String, usize> = HashMap::new();
        for name in self.people.iter().filter_map(|person| person.name.as_ref()) {
            *bearers.entry(name.to_lowercase()).or_default() += 1;
        }
        for (person, tag) in self.people.iter().zip(&mut self.tags) {
            if is_same(person.name.as_deref(), person.email.as_deref(), me) {
                continue;
            }
            let shared = person
                .name
                .as_ref()
                .is_some_and(|name| bearers.get(&name.to_lowercase()).is_some_and(|count| *count > 1));
            *tag = match (&person.name, &person.email) {
                // Two people of one name are told apart by their addresses.
                (Some(name), Some(email)) if shared => {
                    TagName::parse(&format!("{name} ({email})")).map(String::from).ok().or_else(|| Some(email.clone()))
                }
                (Some(name), _) => Some(name.clone()),
                (None, email) => email.clone(),
            };
        }
    }

    fn number(&self, person: usize) -> Option<usize> {
        self.numbers.get(person).copied().flatten()
    }

    /// The tag for a person, by the file's number.
    pub(super) fn tag(&self, person: usize) -> Option<&str> {
        self.tags.get(self.number(person)?)?.as_deref()
    }

    /// By the file's number of a person: whose entries an earlier import may have brought. Where the workspace does not
    /// know the person, the caller's: an import without a choice made them theirs.
    pub(super) fn present_owners(&self, caller: UserId) -> Vec<UserId> {
        let owner = |number: Option<usize>| match number.and_then(|number| self.people.get(number)) {
            Some(Person { owner: Owner::Member(user, _), .. }) => *user,
            _ => caller,
        };
        self.numbers.iter().map(|number| owner(*number)).collect()
    }

    /// By the file's number of a person: whether their entries are left out.
    pub(super) fn left_out(&self) -> Vec<bool> {
        let others = self.choice == Some(PeopleChoice::Mine);
        let is_other = |number: usize| self.people.get(number).is_some_and(|person| person.owner != Owner::Caller);
        self.numbers.iter().map(|number| others && number.is_some_and(is_other)).collect()
    }

    /// What becomes of the people, without those whose rows were all skipped.
    pub(super) fn plan(self, usage: &Usage, caller: UserId) -> PeoplePlan {
        let mut counts = vec![(0, 0); self.people.len()];
        for (number, (entries, fresh)) in self.numbers.iter().zip(usage.people.iter().zip(&usage.fresh_people)) {
            if let Some(count) = number.and_then(|number| counts.get_mut(number)) {
                count.0 += entries;
                count.1 += fresh;
            }
        }
        let mut plan = PeoplePlan::default();
        let mut owners = Vec::with_capacity(self.people.len());
        for ((person, tag), (entries, fresh)) in self.people.into_iter().zip(self.tags).zip(counts) {
            let left_out = self.choice == Some(PeopleChoice::Mine) && person.owner != Owner::Caller;
            let (becomes, owner, member) = match person.owner {
                Owner::Caller if tag.is_some() => (Becomes::Tag, caller, None),
                Owner::Caller => (Becomes::Yours, caller, None),
                Owner::Member(user, name) if user.is_placeholder() => (Becomes::Placeholder, user, Some((user, name))),
                Owner::Member(user, name) => (Becomes::Member, user, Some((user, name))),
                // All their entries are the caller's already, by an import without a choice.
                Owner::New if fresh == 0 => (Becomes::Yours, caller, None),
                Owner::New => (Becomes::NewPlaceholder, UserId::new_placeholder(), None),
            };
            let becomes = if left_out { Becomes::LeftOut } else { becomes };
            owners.push(owner);
            if entries == 0 {
                continue;
            }
            if becomes == Becomes::Placeholder && fresh > 0 {
                plan.extended.push(owner);
            }
            if becomes == Becomes::NewPlaceholder
                && let Some(name) = person.name.clone().or_else(|| person.email.clone())
            {
                plan.placeholders.push(NewPlaceholder { id: owner, name });
            }
            if let Some((email, name)) = person.unknown.filter(|_| becomes != Becomes::LeftOut)
                && (becomes == Becomes::NewPlaceholder || person.known_by_address)
            {
                plan.remembered.push(NewImportedPerson { user_id: owner, email, name });
            }
            let Person { name, email, .. } = person;
            plan.reports.push(PersonReport { name, email, entries, tag, becomes, member });
        }
        plan.owners = self
            .numbers
            .into_iter()
            .map(|number| number.and_then(|number| owners.get(number)).copied().unwrap_or(caller))
            .collect();
        plan
    }
}

fn is_me(tables: &Tables, PersonRef { name, email }: PersonRef, me: &User) -> bool {
    is_same(tables.name(name), tables.name(email), me)
}

/// By the address when both are known, else by the name.
fn is_same(name: Option<&str>, email: Option<&str>, me: &User) -> bool {
    match (email, &me.email) {
        (Some(theirs), Some(mine)) => theirs.to_lowercase() == mine.to_lowercase(),
        _ => name.is_some_and(|name| name.to_lowercase() == me.name.to_lowercase()),
    }
}
