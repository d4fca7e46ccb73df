//! Who may do what in a workspace.

pub mod caller;
