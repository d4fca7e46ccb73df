//! An actor in a workspace, and what it is permitted.

use std::marker::PhantomData;
use std::ops::Deref;

use super::{Actor, Capability, EntryScope, Need, ProjectScope, Reach, Role};
use crate::values::ids::{UserId, WorkspaceId};

/// An actor in a workspace where the user is a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The user and the credential.
    pub actor: Actor,
    /// The workspace that the request is about.
    pub workspace: WorkspaceId,
    /// The user's role there.
    pub role: Role,
    /// Whether the user is a member who leads a project there. It says nothing of other roles.
    pub leads: bool,
}

/// The caller may not do something in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the caller lacks the capability {0}")]
pub struct Forbidden(pub Capability);

/// Shows that a caller has a capability. Made by [`Caller::permit`] alone.
#[derive(Clone, Copy, Debug)]
pub struct Permit<N> {
    caller: Caller,
    reach: Reach,
    need: PhantomData<fn() -> N>,
}

impl Caller {
    /// The user.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.actor.user
    }

    /// The user's own entries.
    #[must_use]
    pub fn own_scope(&self) -> EntryScope {
        EntryScope::own(self.workspace, self.user())
    }

    /// The projects that the caller sees.
    #[must_use]
    pub fn project_scope(&self) -> ProjectScope {
        let everything = Capability::SeePrivateProjects.reach(self.role, self.actor.credential);
        let viewer = (everything != Some(Reach::Workspace)).then(|| self.user());
        ProjectScope { workspace: self.workspace, viewer }
    }

    /// Asks the table whether the caller has a capability.
    ///
    /// # Errors
    /// When the role of the caller, or the token that the request carried, does not have it.
    pub fn permit<N: Need>(self) -> Result<Permit<N>, Forbidden> {
        match N::CAPABILITY.reach(self.role, self.actor.credential) {
            Some(reach) => Ok(Permit { caller: self, reach, need: PhantomData }),
            None => Err(Forbidden(N::CAPABILITY)),
        }
    }
}

impl<N> Deref for Permit<N> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<N> Permit<N> {
    /// The caller.
    #[must_use]
    pub fn caller(&self) -> Caller {
        self.caller
    }

    /// Whether the permission reaches this member of the workspace.
    #[must_use]
    pub fn reaches(&self, member: UserId) -> bool {
        self.reach == Reach::Workspace || member == self.caller.user()
    }

    /// The entries that the permission reaches.
    #[must_use]
    pub fn scope(&self) -> EntryScope {
        match self.reach {
            Reach::Led if self.caller.leads => EntryScope::own_and_led(self.caller.workspace, self.caller.user()),
            Reach::Own | Reach::Led => self.caller.own_scope(),
            Reach::Workspace => EntryScope::all_members(self.caller.workspace),
        }
    }
}
