//! Access: every operation for every role, entries of others, members and projects, memberships that end, the order of
//! the checks, and the generated page.

mod accounts;
mod audit_log;
mod document;
mod entries_of_others;
mod invitations;
mod leads;
mod members;
mod membership;
mod order;
mod placeholders;
mod private_projects;
mod walk;
