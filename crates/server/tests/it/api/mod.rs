//! `/api`

mod projects;
