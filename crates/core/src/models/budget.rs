//! Budgets, and the alerts that they have had.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::schema::{budget_alerts, budgets, projects};
use crate::values::ids::{BudgetId, ClientId, ProjectId, WorkspaceId};

/// A row of `budgets`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = budgets)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Budget {
    pub id: BudgetId,
    pub workspace_id: WorkspaceId,
    pub client_id: Option<ClientId>,
    pub project_id: Option<ProjectId>,
    pub measure: String,
    pub period: String,
    pub size: i64,
    pub alert_percents: Vec<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

/// A budget to insert.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = budgets)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewBudget {
    pub id: BudgetId,
    pub workspace_id: WorkspaceId,
    pub client_id: Option<ClientId>,
    pub project_id: Option<ProjectId>,
    pub measure: &'static str,
    pub period: &'static str,
    pub size: i64,
    pub alert_percents: Vec<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl NewBudget {
    /// Inserts; may violate `budgets_target_key`, `budgets_client_fkey` or `budgets_project_fkey`.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Budget> {
        diesel::insert_into(budgets::table).values(self).returning(Budget::as_returning()).get_result(conn).await
    }
}

impl Budget {
    /// All budgets of a workspace, at most so many, the oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId, limit: i64) -> QueryResult<Vec<Self>> {
        budgets::table
            .filter(budgets::workspace_id.eq(workspace))
            .order((budgets::created_at, budgets::id))
            .limit(limit)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// The same, each with its client: its own, or that of its project.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list_with_clients(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        limit: i64,
    ) -> QueryResult<Vec<(Self, Option<ClientId>)>> {
        let of_project =
            projects::workspace_id.eq(budgets::workspace_id).and(budgets::project_id.eq(projects::id.nullable()));
        let rows: Vec<(Self, Option<ClientId>)> = budgets::table
            .left_join(projects::table.on(of_project))
            .filter(budgets::workspace_id.eq(workspace))
            .order((budgets::created_at, budgets::id))
            .limit(limit)
            .select((Self::as_select(), projects::client_id.nullable()))
            .load(conn)
            .await?;
        let with_client = |(budget, of_project): (Self, Option<ClientId>)| {
            let client = budget.client_id.or(of_project);
            (budget, client)
        };
        Ok(rows.into_iter().map(with_client).collect())
    }

    /// The workspaces that have budgets with alerts, by their ids: at most so many, after one of them.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn watched(
        conn: &mut AsyncPgConnection,
        after: Option<WorkspaceId>,
        limit: i64,
    ) -> QueryResult<Vec<WorkspaceId>> {
        let none: Vec<i32> = Vec::new();
        let mut query = budgets::table
            .filter(budgets::alert_percents.ne(none))
            .select(budgets::workspace_id)
            .distinct()
            .order(budgets::workspace_id)
            .limit(limit)
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(budgets::workspace_id.gt(after));
        }
        query.load(conn).await
    }

    /// One budget, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: BudgetId) -> QueryResult<Option<Self>> {
        budgets::table
            .filter(budgets::workspace_id.eq(workspace).and(budgets::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the size and the alerts.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        size: i64,
        alert_percents: &[i32],
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((budgets::size.eq(size), budgets::alert_percents.eq(alert_percents), budgets::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes the row with its alerts.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(self).execute(conn).await
    }
}

/// A row of `budget_alerts`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = budget_alerts)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct BudgetAlert {
    pub workspace_id: WorkspaceId,
    pub budget_id: BudgetId,
    pub period_start: NaiveDate,
    pub percent: i32,
    pub reached_at: DateTime<Utc>,
}

impl BudgetAlert {
    /// All alerts that budgets of a workspace have had, by budget, period and percentage.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<Vec<Self>> {
        budget_alerts::table
            .filter(budget_alerts::workspace_id.eq(workspace))
            .order((budget_alerts::budget_id, budget_alerts::period_start, budget_alerts::percent))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Notes alerts, each unless it is there; how many are new.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn note(conn: &mut AsyncPgConnection, alerts: &[Self]) -> QueryResult<usize> {
        diesel::insert_into(budget_alerts::table).values(alerts).on_conflict_do_nothing().execute(conn).await
    }
}
