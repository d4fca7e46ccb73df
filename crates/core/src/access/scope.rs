//! Which entries may be found: the one predicate of visibility, in Rust and in SQL.
//!
//! Lists, single entries, live updates and reports all ask it. What a caller may not see is not found.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, sql_types};

use crate::database::schema::time_entries;
use crate::values::ids::{UserId, WorkspaceId};

/// The entries that a statement may find: those of one member of a workspace, or everybody's there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryScope {
    workspace: WorkspaceId,
    owner: Option<UserId>,
}

impl EntryScope {
    /// The entries of one user in a workspace.
    #[must_use]
    pub fn own(workspace: WorkspaceId, owner: UserId) -> Self {
        Self { workspace, owner: Some(owner) }
    }

    /// All entries of a workspace.
    #[must_use]
    pub fn everyone(workspace: WorkspaceId) -> Self {
        Self { workspace, owner: None }
    }

    /// The workspace.
    #[must_use]
    pub fn workspace(self) -> WorkspaceId {
        self.workspace
    }

    /// The same, for statements that borrow it.
    pub(crate) fn workspace_ref(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// Whose entries; `None` for everybody's. A parameter of [`in_scope`] and [`event_in_scope`].
    #[must_use]
    pub fn owner(self) -> Option<UserId> {
        self.owner
    }

    /// Whether what belongs to `owner` in `workspace` is in the scope. What has no owner is seen by every member of the
    /// workspace.
    #[must_use]
    pub fn includes(self, workspace: WorkspaceId, owner: Option<UserId>) -> bool {
        self.workspace == workspace && (self.owner.is_none() || owner.is_none() || self.owner == owner)
    }
}

/// The scope is itself the condition of diesel's statements on `time_entries`.
impl QueryFragment<Pg> for EntryScope {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("time_entries.workspace_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(&self.workspace)?;
        if let Some(owner) = &self.owner {
            out.push_sql(" AND time_entries.user_id = ");
            out.push_bind_param::<sql_types::Uuid, _>(owner)?;
        }
        Ok(())
    }
}

impl QueryId for EntryScope {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for EntryScope {
    type SqlType = sql_types::Bool;
}

impl AppearsOnTable<time_entries::table> for EntryScope {}
impl SelectableExpression<time_entries::table> for EntryScope {}

impl<G> ValidGrouping<G> for EntryScope {
    type IsAggregate = is_aggregate::No;
}

/// [`EntryScope::includes`] for rows of `$table` with `workspace_id` and `user_id`, in SQL: `$workspace` and `$owner`
/// are the parameters with the scope's workspace and owner.
macro_rules! in_scope {
    ($table:literal, $workspace:literal, $owner:literal) => {
        concat!(
            $table,
            ".workspace_id = ",
            $workspace,
            " AND (",
            $owner,
            "::uuid IS NULL OR ",
            $table,
            ".user_id = ",
            $owner,
            ")"
        )
    };
}
pub(crate) use in_scope;

/// The same for rows of `events`, which every member may know if they have no user.
macro_rules! event_in_scope {
    ($workspace:literal, $owner:literal) => {
        concat!(
            "workspace_id = ",
            $workspace,
            " AND (",
            $owner,
            "::uuid IS NULL OR user_id IS NULL OR user_id = ",
            $owner,
            ")"
        )
    };
}
pub(crate) use event_in_scope;

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: WorkspaceId = WorkspaceId(Uuid::from_u128(1));
    const ELSEWHERE: WorkspaceId = WorkspaceId(Uuid::from_u128(2));
    const ME: UserId = UserId(Uuid::from_u128(3));
    const OTHER: UserId = UserId(Uuid::from_u128(4));

    #[test]
    fn a_scope_ends_at_its_workspace_and_its_owner() {
        let owners = [Some(ME), Some(OTHER), None];
        assert_eq!(owners.map(|owner| EntryScope::own(HERE, ME).includes(HERE, owner)), [true, false, true]);
        assert_eq!(owners.map(|owner| EntryScope::everyone(HERE).includes(HERE, owner)), [true; 3]);
        for scope in [EntryScope::own(HERE, ME), EntryScope::everyone(HERE)] {
            assert_eq!(owners.map(|owner| scope.includes(ELSEWHERE, owner)), [false; 3]);
        }
    }
}
