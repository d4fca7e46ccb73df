//! Who may do what: every operation for every role, entries of others, members and projects, memberships that end, and
//! the generated page.

mod accounts;
mod document;
mod entries_of_others;
mod leads;
mod members;
mod membership;
mod private_projects;
mod walk;
