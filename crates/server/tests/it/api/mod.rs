//! `/api`

mod imports;
mod projects;
