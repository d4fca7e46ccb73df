//! `/api`

mod budgets;
mod calendar_feed;
mod categories;
mod clients;
mod envelope;
mod events;
pub(crate) mod imports;
mod lists;
mod me;
mod money;
mod openapi;
mod projects;
pub mod report_links;
mod report_schedules;
mod reports;
mod saved_reports;
mod settings;
mod tag_deletion;
mod tags;
pub mod time;
mod unicode;
mod workspaces;
