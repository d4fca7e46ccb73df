//! What time is tracked on: clients, their projects, the projects' categories, and tags. One file for each, with its
//! rules.

mod archive;
pub mod categories;
pub mod clients;
pub mod project_members;
pub mod projects;
pub mod tags;
