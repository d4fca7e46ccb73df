//! `/api`

mod categories;
mod clients;
mod envelope;
mod events;
mod imports;
mod lists;
mod me;
mod openapi;
mod projects;
mod reports;
mod settings;
mod tag_deletion;
mod tags;
pub mod time;
mod unicode;
mod workspaces;
