//! Which entries and projects may be found: the one predicate of visibility for each, in Rust and in SQL. For events
//! two places say it in SQL, [`event_in_scope`] and the function `read_events` of the migrations; a test compares them
//! with this one.
//!
//! Lists, single entries, live updates and reports all ask it. What a caller may not see is not found.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, sql_types};

use crate::database::schema::{categories, projects, time_entries};
use crate::values::ids::{UserId, WorkspaceId};

/// The entries that a statement may find: those of one member of a workspace, the same with all entries of the projects
/// that the member leads, or those of all members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryScope {
    workspace: WorkspaceId,
    owner: Option<UserId>,
    led: bool,
}

impl EntryScope {
    /// The entries of one user in a workspace.
    #[must_use]
    pub fn own(workspace: WorkspaceId, owner: UserId) -> Self {
        Self { workspace, owner: Some(owner), led: false }
    }

    /// The entries of one user in a workspace, and those of all members in the projects that the user leads.
    #[must_use]
    pub fn own_and_led(workspace: WorkspaceId, owner: UserId) -> Self {
        Self { workspace, owner: Some(owner), led: true }
    }

    /// All entries of a workspace.
    #[must_use]
    pub fn all_members(workspace: WorkspaceId) -> Self {
        Self { workspace, owner: None, led: false }
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

    /// The member whose entries they are; `None` for all members. A parameter of [`in_scope`] and [`event_in_scope`].
    #[must_use]
    pub fn owner(self) -> Option<UserId> {
        self.owner
    }

    /// Whether the entries of all members in the projects that the owner leads are in the scope as well. A parameter of
    /// [`in_scope`].
    #[must_use]
    pub fn led(self) -> bool {
        self.led
    }

    /// The user whose entries alone are in the scope, if it is so narrow.
    #[must_use]
    pub fn sole_owner(self) -> Option<UserId> {
        self.owner.filter(|_| !self.led)
    }

    /// Whether what belongs to `owner` in `workspace` is in the scope, whatever the project. What has no owner is seen
    /// by every member of the workspace.
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
        let Some(owner) = &self.owner else { return Ok(()) };
        if !self.led {
            out.push_sql(" AND time_entries.user_id = ");
            return out.push_bind_param::<sql_types::Uuid, _>(owner);
        }
        out.push_sql(" AND (time_entries.user_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(owner)?;
        out.push_sql(
            " OR time_entries.project_id = ANY (ARRAY(
                 SELECT led.project_id FROM project_members led WHERE led.workspace_id = ",
        );
        out.push_bind_param::<sql_types::Uuid, _>(&self.workspace)?;
        out.push_sql(" AND led.user_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(owner)?;
        out.push_sql(" AND led.lead)))");
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

/// The same for rows of `$table` with `workspace_id`, `project_id` and `user_id`, in SQL: `$workspace`, `$owner` and
/// `$led` are the parameters with the scope's workspace, its owner, and whether led projects are in it.
macro_rules! in_scope {
    ($table:literal, $workspace:literal, $owner:literal, $led:literal) => {
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
            " OR (",
            $led,
            "::boolean AND EXISTS (SELECT FROM project_members led WHERE led.workspace_id = ",
            $table,
            ".workspace_id AND led.project_id = ",
            $table,
            ".project_id AND led.user_id = ",
            $owner,
            " AND led.lead)))"
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

/// The projects that a statement may find: all of a workspace, or the open ones and those that the viewer is a member
/// of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectScope {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who must be a member of a private project; `None` for those who see all. A parameter of [`project_in_scope`].
    pub viewer: Option<UserId>,
}

impl ProjectScope {
    /// All projects of a workspace.
    #[must_use]
    pub fn everything(workspace: WorkspaceId) -> Self {
        Self { workspace, viewer: None }
    }

    /// The condition on a row of `projects`, beside that on the workspace.
    fn push_visible<'b>(&'b self, projects: &str, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some(viewer) = &self.viewer else {
            out.push_sql("true");
            return Ok(());
        };
        out.push_sql("(NOT ");
        out.push_sql(projects);
        out.push_sql(".private OR EXISTS (SELECT FROM project_members seen WHERE seen.workspace_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(&self.workspace)?;
        out.push_sql(" AND seen.project_id = ");
        out.push_sql(projects);
        out.push_sql(".id AND seen.user_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(viewer)?;
        out.push_sql("))");
        Ok(())
    }
}

/// The scope is itself the condition of diesel's statements on `projects`.
impl QueryFragment<Pg> for ProjectScope {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("projects.workspace_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(&self.workspace)?;
        out.push_sql(" AND ");
        self.push_visible("projects", &mut out)
    }
}

impl QueryId for ProjectScope {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for ProjectScope {
    type SqlType = sql_types::Bool;
}

impl AppearsOnTable<projects::table> for ProjectScope {}
impl SelectableExpression<projects::table> for ProjectScope {}

impl<G> ValidGrouping<G> for ProjectScope {
    type IsAggregate = is_aggregate::No;
}

/// The categories of the projects of a scope, as the condition of diesel's statements on `categories`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CategoriesIn(pub(crate) ProjectScope);

impl QueryFragment<Pg> for CategoriesIn {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("categories.workspace_id = ");
        out.push_bind_param::<sql_types::Uuid, _>(&self.0.workspace)?;
        if self.0.viewer.is_some() {
            out.push_sql(" AND EXISTS (SELECT FROM projects p WHERE p.id = categories.project_id AND ");
            self.0.push_visible("p", &mut out)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

impl QueryId for CategoriesIn {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for CategoriesIn {
    type SqlType = sql_types::Bool;
}

impl AppearsOnTable<categories::table> for CategoriesIn {}
impl SelectableExpression<categories::table> for CategoriesIn {}

impl<G> ValidGrouping<G> for CategoriesIn {
    type IsAggregate = is_aggregate::No;
}

/// The same for a row of `projects` that is called `$project`: `$viewer` is the parameter with the scope's viewer. The
/// workspace is compared elsewhere.
macro_rules! project_in_scope {
    ($project:literal, $viewer:literal) => {
        concat!(
            "(NOT ",
            $project,
            ".private OR ",
            $viewer,
            "::uuid IS NULL OR EXISTS (SELECT FROM project_members seen WHERE seen.workspace_id = ",
            $project,
            ".workspace_id AND seen.project_id = ",
            $project,
            ".id AND seen.user_id = ",
            $viewer,
            "))"
        )
    };
}
pub(crate) use project_in_scope;

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
        assert_eq!(owners.map(|owner| EntryScope::all_members(HERE).includes(HERE, owner)), [true; 3]);
        for scope in [EntryScope::own(HERE, ME), EntryScope::all_members(HERE)] {
            assert_eq!(owners.map(|owner| scope.includes(ELSEWHERE, owner)), [false; 3]);
        }
    }
}
