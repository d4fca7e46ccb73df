//! `/api/time/entries`

mod actions;
mod bulk;
mod create;
mod delete;
mod edit;
mod list;
pub mod pages;
mod shapes;
mod streamed;
