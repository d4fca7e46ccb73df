//! Who may do what: every operation for every role, entries of others, memberships that end, and the generated page.

mod document;
mod entries_of_others;
mod membership;
mod walk;
