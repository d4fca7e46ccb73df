//! `/api/time/entries`

mod actions;
mod bulk;
mod create;
mod delete;
mod edit;
mod list;
mod overlap;
pub mod pages;
mod search;
mod shapes;
mod streamed;
