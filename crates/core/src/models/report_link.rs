//! Links to saved reports.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Bytea, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::membership::standing;
use crate::access::Role;
use crate::database::prepared;
use crate::database::schema::report_links;
use crate::values::ids::{ReportLinkId, SavedReportId, UserId, WorkspaceId};
use crate::values::secret_token::TokenDigest;

/// A row of `report_links`, without its secret.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = report_links)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ReportLink {
    pub id: ReportLinkId,
    pub workspace_id: WorkspaceId,
    pub saved_report_id: SavedReportId,
    pub password_hash: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// Debug output has no hash of a password.
impl std::fmt::Debug for ReportLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportLink").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A link to insert.
#[derive(Insertable)]
#[diesel(table_name = report_links)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
#[expect(missing_debug_implementations, reason = "it holds a hash of a password")]
pub struct NewReportLink<'a> {
    pub id: ReportLinkId,
    pub workspace_id: WorkspaceId,
    pub saved_report_id: SavedReportId,
    pub token_sha256: &'a [u8],
    pub password_hash: Option<&'a str>,
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A link that is valid, with the report that it shows and its owner, who is a present member.
#[derive(QueryableByName)]
#[expect(missing_debug_implementations, reason = "it holds a hash of a password")]
pub struct OpenedLink {
    /// The link.
    #[diesel(sql_type = Uuid)]
    pub id: ReportLinkId,
    /// The hash of its password, if it has one.
    #[diesel(sql_type = Nullable<Text>)]
    pub password_hash: Option<String>,
    /// The workspace.
    #[diesel(sql_type = Uuid)]
    pub workspace: WorkspaceId,
    /// The name of the workspace.
    #[diesel(sql_type = Text)]
    pub workspace_name: String,
    /// The name of the report.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The query of the report.
    #[diesel(sql_type = Text)]
    pub query: String,
    /// The member who saved the report.
    #[diesel(sql_type = Uuid)]
    pub owner: UserId,
    /// What the owner is in the workspace.
    #[diesel(sql_type = Text)]
    pub role: Role,
    /// Whether the owner is a member who leads a project.
    #[diesel(sql_type = Bool)]
    pub leads: bool,
}

impl NewReportLink<'_> {
    /// Inserts the link.
    ///
    /// # Errors
    /// If the statement fails, or there is no such saved report.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<ReportLink> {
        diesel::insert_into(report_links::table)
            .values(self)
            .returning(ReportLink::as_returning())
            .get_result(conn)
            .await
    }
}

impl ReportLink {
    /// The links of a saved report, the oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
    ) -> QueryResult<Vec<Self>> {
        report_links::table
            .filter(report_links::workspace_id.eq(workspace).and(report_links::saved_report_id.eq(report)))
            .order((report_links::created_at, report_links::id))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// How many links a saved report has.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
    ) -> QueryResult<i64> {
        let of_report = report_links::workspace_id.eq(workspace).and(report_links::saved_report_id.eq(report));
        report_links::table.filter(of_report).count().get_result(conn).await
    }

    /// Deletes a link of a saved report, and returns it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        report: SavedReportId,
        id: ReportLinkId,
    ) -> QueryResult<Option<Self>> {
        let of_report = report_links::workspace_id.eq(workspace).and(report_links::saved_report_id.eq(report));
        diesel::delete(report_links::table.filter(of_report.and(report_links::id.eq(id))))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
            .optional()
    }

    /// The link with a secret, in one statement with everything that decides whether it opens: it has not expired, its
    /// workspace is there, and its owner is a present member whose account is not disabled.
    ///
    /// # Errors
    /// If the statement fails, or the table has a role that this release does not know.
    pub async fn open(
        conn: &mut AsyncPgConnection,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<OpenedLink>> {
        prepared(concat!(
            "SELECT l.id, l.password_hash, l.workspace_id AS workspace, w.name AS workspace_name, s.user_id AS owner, s.name, s.query, ",
            standing!(),
            " FROM report_links l
             JOIN saved_reports s ON s.workspace_id = l.workspace_id AND s.id = l.saved_report_id
             JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id AND m.left_at IS NULL
             JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
             JOIN workspaces w ON w.id = s.workspace_id AND w.deleted_at IS NULL
             WHERE l.token_sha256 = $1 AND (l.expires_at IS NULL OR l.expires_at > $2)",
        ))
        .bind::<Bytea, _>(digest.0.to_vec())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()
    }
}
