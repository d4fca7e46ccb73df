//! `/api`

mod categories;
mod clients;
mod envelope;
mod events;
mod imports;
mod me;
mod openapi;
mod projects;
mod tags;
mod time;
mod workspaces;
