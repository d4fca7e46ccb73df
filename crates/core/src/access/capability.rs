//! The table of capabilities: what each role may do, and how far. Nothing else decides.
//!
//! A capability is added with the first operation that needs it. `docs/ACCESS.md` is generated from this table and from
//! the operations.

use std::fmt;

use super::{Credential, Role, TokenScope};

/// How far a capability reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// What is the caller's own.
    Own,
    /// The same, and the entries of all members in the projects that the caller leads.
    Led,
    /// Everything in the workspace, of all members.
    Workspace,
}

/// What an operation needs: each type in [`needs`] names one capability.
pub trait Need: Clone + Copy + fmt::Debug + 'static {
    /// The capability.
    const CAPABILITY: Capability;
}

/// The reach that a word of the table stands for.
macro_rules! reach {
    (all) => {
        Some(Reach::Workspace)
    };
    (own) => {
        Some(Reach::Own)
    };
    (led) => {
        Some(Reach::Led)
    };
    (no) => {
        None
    };
}

macro_rules! capabilities {
    ($(
        $(#[doc = $about:literal])*
        $name:ident = $word:literal:
        $owner:ident $admin:ident $manager:ident $member:ident $viewer:ident, token $own:ident $all:ident;
    )*) => {
        /// Something that a caller may be allowed to do in a workspace.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Capability {
            $($(#[doc = $about])* $name,)*
        }

        impl Capability {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word that the API uses.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it is, in one sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($about),*).trim_ascii(),)* }
            }

            /// How far a role reaches; `None` when the role does not have the capability.
            #[must_use]
            pub fn of_role(self, role: Role) -> Option<Reach> {
                match (self, role) {
                    $(
                        (Self::$name, Role::Owner) => reach!($owner),
                        (Self::$name, Role::Admin) => reach!($admin),
                        (Self::$name, Role::Manager) => reach!($manager),
                        (Self::$name, Role::Member) => reach!($member),
                        (Self::$name, Role::Viewer) => reach!($viewer),
                    )*
                }
            }

            /// The smallest scope of a token that reaches so far.
            #[must_use]
            pub fn token_scope(self, reach: Reach) -> TokenScope {
                match (self, reach) {
                    $(
                        (Self::$name, Reach::Own) => TokenScope::$own,
                        (Self::$name, Reach::Led | Reach::Workspace) => TokenScope::$all,
                    )*
                }
            }
        }

        /// A type for each capability, for signatures.
        pub mod needs {
            use super::{Capability, Need};

            $(
                $(#[doc = $about])*
                #[derive(Clone, Copy, Debug)]
                pub struct $name;

                impl Need for $name {
                    const CAPABILITY: Capability = Capability::$name;
                }
            )*
        }
    };
}

// The columns are owner, admin, manager, member, viewer: how far each reaches. Then the smallest scope of a token for
// what is the caller's own, and for what is others'.
capabilities! {
    /// See the workspace, its projects, categories, clients and tags, and the names of its members.
    SeeWorkspace = "see_workspace":      all all all all all, token Read Read;
    /// See private projects, and track time on them; one's own are those that one is a member of.
    SeePrivateProjects = "see_private_projects": all all all own all, token Read Read;
    /// Change one's own name and settings.
    ChangeProfile = "change_profile":    own own own own own, token Track Track;
    /// Track time: start and stop the timer, make entries.
    TrackTime = "track_time":            own own own own no,  token Track Track;
    /// See entries.
    SeeEntries = "see_entries":          all all all led all, token Read Read;
    /// Change, delete and restore entries.
    ChangeEntries = "change_entries":    all all all led no,  token Track Manage;
    /// Make, change and delete tags.
    ManageTags = "manage_tags":          all all all all no,  token Track Track;
    /// Make, change, archive and delete clients, projects and categories.
    ManageProjects = "manage_projects":  all all all no  no,  token Manage Manage;
    /// Import files of other trackers, with the projects, people and tags in them.
    Import = "import":                   all all no  no  no,  token Admin Admin;
    /// Save reports under names.
    SaveReports = "save_reports":        own own own own own, token Track Track;
    /// See rates, amounts and costs.
    SeeAmounts = "see_amounts":          all all all no  no,  token Read Read;
    /// Change currencies, rates and fixed prices.
    ManageRates = "manage_rates":        all all all no  no,  token Manage Manage;
    /// Change the name and the settings of the workspace.
    ChangeWorkspace = "change_workspace": all all no no  no,  token Admin Admin;
    /// See the addresses of members, invite others, and change roles, up to one's own.
    ManageMembers = "manage_members":    all all no  no  no,  token Admin Admin;
    /// Remove members, up to one's own role; one's own membership ends by leaving.
    RemoveMembers = "remove_members":    all all own own own, token Admin Admin;
    /// Read and export the audit log of the workspace.
    SeeAuditLog = "see_audit_log":       all all no  no  no,  token Admin Admin;
    /// Delete the workspace.
    DeleteWorkspace = "delete_workspace": all no no  no  no,  token Admin Admin;
    /// Make owners, and change and remove them.
    ManageOwners = "manage_owners":      all no  no  no  no,  token Admin Admin;
}

impl Capability {
    /// How far a member of this role reaches with this credential: as far as the role, and no further than a token's
    /// scope. `None` when the member may not do it at all.
    #[must_use]
    pub fn reach(self, role: Role, credential: Credential) -> Option<Reach> {
        let farthest = self.of_role(role)?;
        let within = [Reach::Workspace, Reach::Led, Reach::Own].into_iter().filter(|reach| *reach <= farthest);
        within.into_iter().find(|reach| credential.covers(self.token_scope(*reach)))
    }
}

impl Role {
    /// Whether a member of this role has a timer. `lock_timer_of_member` and the statements that start one say the same
    /// in SQL.
    #[must_use]
    pub fn tracks_time(self) -> bool {
        Capability::TrackTime.of_role(self).is_some()
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_from_member_on_has_what_the_one_below_has() {
        let mut ordered = Role::ALL;
        ordered.sort_unstable();
        assert_eq!(ordered[0], Role::Viewer);
        for capability in Capability::ALL {
            // A viewer sees the entries of all members, which a member does not.
            for pair in ordered[1..].windows(2) {
                assert!(
                    capability.of_role(pair[0]) <= capability.of_role(pair[1]),
                    "{capability}: {} {}",
                    pair[0],
                    pair[1]
                );
            }
        }
    }

    #[test]
    fn a_token_opens_as_much_as_its_scope_and_its_user_s_role() {
        for capability in Capability::ALL {
            for role in Role::ALL {
                let whole = capability.of_role(role);
                assert_eq!(capability.reach(role, Credential::Session), whole);
                assert_eq!(capability.reach(role, Credential::BuiltIn), whole);
                assert_eq!(capability.reach(role, Credential::Token(TokenScope::Admin)), whole);
                let reaches = TokenScope::ALL.map(|scope| capability.reach(role, Credential::Token(scope)));
                assert!(
                    reaches.is_sorted() && reaches.iter().all(|reach| *reach <= whole),
                    "{capability} {role}: {reaches:?}"
                );
            }
        }
        let reach = |scope| Capability::ChangeEntries.reach(Role::Manager, Credential::Token(scope));
        assert_eq!(
            TokenScope::ALL.map(reach),
            [None, Some(Reach::Own), Some(Reach::Workspace), Some(Reach::Workspace)]
        );
    }

    #[test]
    fn words_lead_back() {
        assert!(Role::ALL.iter().all(|role| Role::parse(role.as_str()) == Some(*role)));
        assert!(TokenScope::ALL.iter().all(|scope| TokenScope::parse(scope.as_str()) == Some(*scope)));
        assert_eq!(Role::parse("root"), None);
        assert_eq!(Role::ALL.map(Role::as_str), Role::WORDS);
    }
}
