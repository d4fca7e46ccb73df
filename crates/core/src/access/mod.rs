//! Access. Three questions, one place for each answer:
//!
//! - the *actor* ([`Actor`]): which user sent the request, and how the server knows;
//! - the *permission* ([`Capability`], [`Permit`]): what the actor may do in a workspace. [`Capability::reach`] is the
//!   only table;
//! - the *scope* ([`EntryScope`], [`ProjectScope`]): which entries and projects a statement may find.
//!
//! A rule that needs a permission takes a [`Permit`] instead of a [`Caller`]. Only [`Caller::permit`] makes one, so a
//! rule cannot be called without the check.

mod actor;
mod caller;
mod capability;
mod error;
mod role;
mod scope;

pub use actor::{Actor, Credential, TokenScope};
pub use caller::{Caller, Forbidden, Permit};
pub use capability::{Capability, Need, Reach, needs};
pub(crate) use error::OnViolation;
pub use error::{Rejection, RuleError};
pub use role::Role;
pub(crate) use scope::{CategoriesIn, event_in_scope, in_scope, project_in_scope};
pub use scope::{EntryScope, ProjectScope};
