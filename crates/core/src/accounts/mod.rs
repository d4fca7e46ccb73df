//! Users and their workspaces.

pub mod workspaces;
