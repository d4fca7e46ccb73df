//! Who belongs to which workspace.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{MemberAccess, Page, Paged, Position};
use crate::access::Role;
use crate::database::prepared;
use crate::database::schema::{memberships, users};
use crate::values::ids::{UserId, WorkspaceId};

/// A row of `memberships` with the name and the address of its user.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = memberships)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Member {
    pub user_id: UserId,
    #[diesel(select_expression = users::name)]
    pub name: String,
    /// The address of the account; of a placeholder, that of the imported file.
    #[diesel(select_expression = address(), select_expression_type = SqlLiteral<sql_types::Nullable<sql_types::Text>>)]
    pub email: Option<String>,
    role: String,
    pub claimed_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub left_at: Option<DateTime<Utc>>,
    pub revision: i64,
}

impl Member {
    /// What the member is in the workspace, or was.
    ///
    /// # Errors
    /// When the table has a word that this release does not know.
    pub fn role(&self) -> QueryResult<Role> {
        role_of(&self.role)
    }

    /// The word for it.
    #[must_use]
    pub fn role_word(&self) -> &str {
        &self.role
    }
}

/// The address of a member. Nobody signs in with that of a placeholder.
fn address() -> SqlLiteral<sql_types::Nullable<sql_types::Text>> {
    sql("coalesce(users.email, CASE WHEN is_placeholder_id(memberships.user_id) THEN (
             SELECT p.email FROM imported_people p
             WHERE p.workspace_id = memberships.workspace_id AND p.user_id = memberships.user_id AND p.email IS NOT NULL LIMIT 1
         ) END)")
}

impl Paged for Member {
    fn position(&self) -> Position {
        Position { at: self.created_at, id: self.user_id.into() }
    }
}

/// The columns `role` and `leads` of the membership `m`: what its user is in the workspace, and whether the user is a
/// member who leads a project there.
macro_rules! standing {
    () => {
        "m.role, m.role = 'member' AND EXISTS (
             SELECT FROM project_members p WHERE p.workspace_id = m.workspace_id AND p.user_id = m.user_id AND p.lead
         ) AS leads"
    };
}
pub(super) use standing;

/// The statements about `memberships`.
#[derive(Debug)]
pub struct Membership;

#[derive(QueryableByName)]
struct StandingRow {
    #[diesel(sql_type = sql_types::Text)]
    role: Role,
    #[diesel(sql_type = sql_types::Bool)]
    leads: bool,
}

impl Membership {
    /// What a user is in a workspace, and whether the user is a member who leads a project there. `None` where the user
    /// is no member, or no longer.
    ///
    /// # Errors
    /// If the statement fails, or the row has a role that this release does not know.
    pub async fn standing(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<Option<(Role, bool)>> {
        let row: Option<StandingRow> = prepared(concat!(
            "SELECT ",
            standing!(),
            " FROM memberships m WHERE m.workspace_id = $1 AND m.user_id = $2 AND m.left_at IS NULL",
        ))
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(user)
        .get_result(conn)
        .await
        .optional()?;
        Ok(row.map(|StandingRow { role, leads }| (role, leads)))
    }

    /// The role of a member, and whether the account is disabled. `None` for who is no member, or no longer.
    ///
    /// # Errors
    /// If the statement fails, or the row has a role that this release does not know.
    pub async fn role_and_disabled(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<Option<(Role, bool)>> {
        let found: Option<(String, bool)> = memberships::table
            .inner_join(users::table.on(users::id.eq(memberships::user_id)))
            .filter(memberships::workspace_id.eq(workspace).and(memberships::user_id.eq(user)))
            .filter(memberships::left_at.is_null())
            .select((memberships::role, users::disabled_at.is_not_null()))
            .first(conn)
            .await
            .optional()?;
        found.map(|(role, disabled)| Ok((role_of(&role)?, disabled))).transpose()
    }

    /// Inserts a membership unless there is one.
    ///
    /// # Errors
    /// If the statement fails, or there is no such workspace or user.
    pub async fn ensure(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        role: Role,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::insert_into(memberships::table)
            .values((
                memberships::workspace_id.eq(workspace),
                memberships::user_id.eq(user),
                memberships::role.eq(role.as_str()),
                memberships::created_at.eq(now),
                memberships::updated_at.eq(now),
            ))
            .on_conflict((memberships::workspace_id, memberships::user_id))
            .do_nothing()
            .execute(conn)
            .await
    }

    /// A page of the members of a workspace, oldest first: former ones, others, or both.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        former: Option<bool>,
        page: Page,
    ) -> QueryResult<Vec<Member>> {
        let mut query = memberships::table
            .inner_join(users::table.on(users::id.eq(memberships::user_id)))
            .filter(memberships::workspace_id.eq(workspace))
            .select(Member::as_select())
            .into_boxed();
        match former {
            Some(true) => query = query.filter(memberships::left_at.is_not_null()),
            Some(false) => query = query.filter(memberships::left_at.is_null()),
            None => {}
        }
        if let Some(Position { at, id }) = page.after {
            let later = memberships::created_at.gt(at).or(memberships::user_id.gt(id));
            query = query.filter(memberships::created_at.ge(at)).filter(later);
        }
        query.order((memberships::created_at, memberships::user_id)).limit(page.limit).load(conn).await
    }

    /// One member of a workspace, who may have left.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<Option<Member>> {
        memberships::table
            .inner_join(users::table.on(users::id.eq(memberships::user_id)))
            .filter(memberships::workspace_id.eq(workspace).and(memberships::user_id.eq(user)))
            .select(Member::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// The member of a workspace with this address, who may have left.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find_by_email(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        email: &str,
    ) -> QueryResult<Option<Member>> {
        let has_address = diesel::dsl::sql::<sql_types::Bool>("fold_name(users.email) = fold_name(")
            .bind::<sql_types::Text, _>(email)
            .sql(")");
        memberships::table
            .inner_join(users::table.on(users::id.eq(memberships::user_id)))
            .filter(memberships::workspace_id.eq(workspace))
            .filter(has_address)
            .select(Member::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// How many owners a workspace has.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count_owners(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<i64> {
        memberships::table
            .filter(memberships::workspace_id.eq(workspace).and(memberships::role.eq(Role::Owner.as_str())))
            .filter(memberships::left_at.is_null())
            .count()
            .get_result(conn)
            .await
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn set_role(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        role: Role,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(memberships::table)
            .filter(memberships::workspace_id.eq(workspace).and(memberships::user_id.eq(user)))
            .set((memberships::role.eq(role.as_str()), memberships::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Ends a membership.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(memberships::table)
            .filter(memberships::workspace_id.eq(workspace).and(memberships::user_id.eq(user)))
            .filter(memberships::left_at.is_null())
            .set((memberships::left_at.eq(now), memberships::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Ends all memberships of a workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end_all(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(memberships::table)
            .filter(memberships::workspace_id.eq(workspace).and(memberships::left_at.is_null()))
            .set((memberships::left_at.eq(now), memberships::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Makes a user a member, for the first time or again. A present member is left as they are. What a former one had
    /// opened to others does not come back: the removal has ended it, but for what the release before had left there.
    ///
    /// # Errors
    /// If a statement fails, or there is no such workspace or user.
    pub async fn begin(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        role: Role,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let former = memberships::workspace_id.eq(workspace).and(memberships::user_id.eq(user));
        let again = diesel::update(memberships::table)
            .filter(former.and(memberships::left_at.is_not_null()))
            .set((
                memberships::role.eq(role.as_str()),
                memberships::left_at.eq(None::<DateTime<Utc>>),
                memberships::updated_at.eq(now),
            ))
            .execute(conn)
            .await?;
        if again > 0 {
            MemberAccess::end(conn, workspace, user).await?;
            return Ok(again);
        }
        Self::ensure(conn, workspace, user, role, now).await
    }
}

/// The role that a word of the table stands for. The table's CHECK knows the words that [`Role`] does.
pub(super) fn role_of(word: &str) -> QueryResult<Role> {
    Role::parse(word).ok_or_else(|| diesel::result::Error::DeserializationError(format!("{word} is not a role").into()))
}
