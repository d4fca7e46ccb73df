//! Currencies, dated rates and fixed prices.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::schema::{currencies, fixed_prices, rates};
use crate::values::ids::{CategoryId, ClientId, CurrencyId, ProjectId, RateId, UserId, WorkspaceId};

/// A row of `currencies`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = currencies)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct CurrencyOf {
    pub id: CurrencyId,
    pub workspace_id: WorkspaceId,
    pub client_id: Option<ClientId>,
    pub currency: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

impl CurrencyOf {
    /// That of the workspace, if it has one, and then those of its clients.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<Vec<Self>> {
        currencies::table
            .filter(currencies::workspace_id.eq(workspace))
            .order((currencies::client_id.asc().nulls_first(), currencies::id))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Sets the currency of a workspace or a client; may violate `currencies_client_fkey`.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn set(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        client: Option<ClientId>,
        currency: &str,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::insert_into(currencies::table)
            .values((
                currencies::id.eq(CurrencyId::new()),
                currencies::workspace_id.eq(workspace),
                currencies::client_id.eq(client),
                currencies::currency.eq(currency),
                currencies::created_at.eq(now),
                currencies::updated_at.eq(now),
            ))
            .on_conflict((currencies::workspace_id, currencies::client_id))
            .do_update()
            .set((currencies::currency.eq(currency), currencies::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes one; how many there were.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: CurrencyId) -> QueryResult<usize> {
        diesel::delete(currencies::table.filter(currencies::workspace_id.eq(workspace).and(currencies::id.eq(id))))
            .execute(conn)
            .await
    }
}

/// A row of `rates`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = rates)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct HourlyRate {
    pub id: RateId,
    pub workspace_id: WorkspaceId,
    pub kind: String,
    pub user_id: Option<UserId>,
    pub client_id: Option<ClientId>,
    pub project_id: Option<ProjectId>,
    pub category_id: Option<CategoryId>,
    pub valid_from: NaiveDate,
    pub hourly: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

/// A rate to insert.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = rates)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewHourlyRate {
    pub id: RateId,
    pub workspace_id: WorkspaceId,
    pub kind: &'static str,
    pub user_id: Option<UserId>,
    pub client_id: Option<ClientId>,
    pub project_id: Option<ProjectId>,
    pub category_id: Option<CategoryId>,
    pub valid_from: NaiveDate,
    pub hourly: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a rate; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = rates)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct HourlyRateChanges {
    pub valid_from: Option<NaiveDate>,
    pub hourly: Option<Option<i64>>,
}

impl NewHourlyRate {
    /// Inserts; may violate `rates_target_key` and the foreign keys of the target.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<HourlyRate> {
        diesel::insert_into(rates::table).values(self).returning(HourlyRate::as_returning()).get_result(conn).await
    }
}

impl HourlyRate {
    /// All rates of a workspace, at most so many, the earliest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId, limit: i64) -> QueryResult<Vec<Self>> {
        rates::table
            .filter(rates::workspace_id.eq(workspace))
            .order((rates::valid_from, rates::id))
            .limit(limit)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// How many rates a workspace has.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<i64> {
        rates::table.filter(rates::workspace_id.eq(workspace)).count().get_result(conn).await
    }

    /// One rate, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: RateId) -> QueryResult<Option<Self>> {
        rates::table
            .filter(rates::workspace_id.eq(workspace).and(rates::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the row; may violate `rates_target_key`.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &HourlyRateChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((changes, rates::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes the row.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(self).execute(conn).await
    }
}

/// A row of `fixed_prices`.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = fixed_prices)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct FixedPrice {
    pub project_id: ProjectId,
    pub price: i64,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

impl FixedPrice {
    /// All of a workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<Vec<Self>> {
        fixed_prices::table
            .filter(fixed_prices::workspace_id.eq(workspace))
            .order(fixed_prices::project_id)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Sets the price of a project; may violate `fixed_prices_project_fkey`.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn set(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        price: i64,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::insert_into(fixed_prices::table)
            .values((
                fixed_prices::workspace_id.eq(workspace),
                fixed_prices::project_id.eq(project),
                fixed_prices::price.eq(price),
                fixed_prices::created_at.eq(now),
                fixed_prices::updated_at.eq(now),
            ))
            .on_conflict((fixed_prices::workspace_id, fixed_prices::project_id))
            .do_update()
            .set((fixed_prices::price.eq(price), fixed_prices::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes one; how many there were.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
    ) -> QueryResult<usize> {
        let one = fixed_prices::workspace_id.eq(workspace).and(fixed_prices::project_id.eq(project));
        diesel::delete(fixed_prices::table.filter(one)).execute(conn).await
    }
}
