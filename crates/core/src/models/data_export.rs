//! Archives of what the installation has about a user, and the rows that go into them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Integer, Jsonb, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::Position;
use crate::database::prepared;
use crate::values::ids::{DataExportId, JobLeaseId, UserId, WorkspaceId};

/// A row of `data_exports`.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct DataExport {
    #[diesel(sql_type = Uuid)]
    pub id: DataExportId,
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
    #[diesel(sql_type = Timestamptz)]
    pub requested_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub size: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// An object of an archive, and its place in the list that it is read from.
#[derive(Debug, QueryableByName)]
pub struct ExportedRow {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Uuid)]
    id: uuid::Uuid,
    /// The object.
    #[diesel(sql_type = Jsonb)]
    pub object: Value,
}

#[derive(QueryableByName)]
struct ObjectRow {
    #[diesel(sql_type = Jsonb)]
    object: Value,
}

#[derive(QueryableByName)]
struct ChunkRow {
    #[diesel(sql_type = Bytea)]
    content: Vec<u8>,
}

#[derive(QueryableByName)]
struct MembershipRow {
    #[diesel(sql_type = Uuid)]
    workspace_id: WorkspaceId,
}

/// One object about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportedObject {
    /// The account.
    Profile,
    /// The memberships, former ones as well.
    Memberships,
    /// The sessions, without their secrets.
    Sessions,
    /// The tokens, without their secrets.
    Tokens,
    /// The schedules of the user's own reports, and those that send reports to the user.
    ReportSchedules,
}

impl ExportedObject {
    /// The statement that reads it. All are bounded by what one user may have.
    fn statement(self) -> &'static str {
        match self {
            Self::Profile => {
                "SELECT jsonb_build_object(
                     'id', u.id, 'name', u.name, 'email', u.email, 'emailVerifiedAt', u.email_verified_at, 'timeZone', u.time_zone,
                     'language', u.language, 'hourCycle', u.hour_cycle, 'firstDayOfWeek', u.first_day_of_week,
                     'durationFormat', u.duration_format, 'density', u.density, 'theme', u.theme,
                     'singleKeyShortcuts', u.single_key_shortcuts, 'administrator', u.administrator, 'createdAt', u.created_at,
                     'hasPassword', u.password_hash IS NOT NULL, 'passwordChangedAt', u.password_changed_at,
                     'secondFactorSince', (SELECT f.confirmed_at FROM second_factors f WHERE f.user_id = u.id),
                     'signOn', coalesce((SELECT jsonb_agg(jsonb_build_object('provider', i.provider, 'subject', i.subject,
                         'createdAt', i.created_at, 'lastUsedAt', i.last_used_at) ORDER BY i.provider)
                         FROM sign_on_identities i WHERE i.user_id = u.id), '[]')
                 ) AS object FROM users u WHERE u.id = $1"
            }
            Self::Memberships => {
                "SELECT coalesce(jsonb_agg(jsonb_build_object('workspaceId', w.id, 'workspace', w.name, 'role', m.role,
                     'joinedAt', m.created_at, 'leftAt', m.left_at) ORDER BY m.created_at, w.id), '[]') AS object
                 FROM memberships m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL WHERE m.user_id = $1"
            }
            Self::Sessions => {
                "SELECT coalesce(jsonb_agg(jsonb_build_object('createdAt', s.created_at, 'lastSeenAt', s.last_seen_at,
                     'expiresAt', s.expires_at, 'userAgent', s.user_agent, 'address', s.address, 'provider', s.provider)
                     ORDER BY s.created_at, s.id), '[]') AS object
                 FROM sessions s WHERE s.user_id = $1"
            }
            Self::Tokens => {
                "SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'scope', t.scope,
                     'workspaceId', t.workspace_id, 'createdAt', t.created_at, 'expiresAt', t.expires_at,
                     'lastUsedAt', t.last_used_at) ORDER BY t.created_at, t.id), '[]') AS object
                 FROM api_tokens t WHERE t.user_id = $1"
            }
            Self::ReportSchedules => {
                "SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'workspaceId', s.workspace_id, 'report', r.name,
                     'own', r.user_id = $1, 'format', s.format, 'amounts', s.amounts, 'every', s.every, 'weekday', s.weekday,
                     'day', s.month_day, 'minuteOfDay', s.day_minute, 'timeZone', s.time_zone, 'nextRunAt', s.next_run_at,
                     'lastRunAt', s.last_run_at, 'createdAt', s.created_at) ORDER BY s.created_at, s.id), '[]') AS object
                 FROM report_schedules s
                 JOIN saved_reports r ON r.workspace_id = s.workspace_id AND r.id = s.saved_report_id
                 WHERE s.id IN (
                     SELECT o.id FROM report_schedules o
                     JOIN saved_reports q ON q.workspace_id = o.workspace_id AND q.id = o.saved_report_id
                     JOIN memberships m ON m.workspace_id = q.workspace_id AND m.user_id = q.user_id
                     WHERE m.user_id = $1
                     UNION
                     SELECT t.schedule_id FROM report_schedule_recipients t
                     JOIN memberships m ON m.workspace_id = t.workspace_id AND m.user_id = t.user_id
                     WHERE m.user_id = $1)"
            }
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn read(self, conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Value> {
        let row: ObjectRow = prepared(self.statement()).bind::<Uuid, _>(user).get_result(conn).await?;
        Ok(row.object)
    }
}

impl ExportedRow {
    /// Its place in the list.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { at: self.at, id: self.id }
    }

    /// A page of the entries of a user in a workspace, newest first, with the names that belong to them.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn entries(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        after: Option<Position>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT e.started_at AS at, e.id, jsonb_build_object(
                 'id', e.id, 'workspaceId', w.id, 'workspace', w.name, 'client', l.name, 'project', p.name, 'category', c.name,
                 'description', e.description,
                 'tags', coalesce((SELECT jsonb_agg(t.name ORDER BY t.created_at, t.id) FROM time_entry_tags et
                     JOIN tags t ON t.workspace_id = et.workspace_id AND t.id = et.tag_id AND t.deleted_at IS NULL
                     WHERE et.workspace_id = e.workspace_id AND et.time_entry_id = e.id), '[]'),
                 'startedAt', e.started_at, 'stoppedAt', e.stopped_at, 'durationSeconds', e.duration_seconds,
                 'billable', e.billable, 'createdAt', e.created_at, 'updatedAt', e.updated_at) AS object
             FROM time_entries e
             JOIN workspaces w ON w.id = e.workspace_id
             JOIN projects p ON p.workspace_id = e.workspace_id AND p.id = e.project_id
             LEFT JOIN clients l ON l.workspace_id = p.workspace_id AND l.id = p.client_id
             JOIN categories c ON c.workspace_id = e.workspace_id AND c.project_id = e.project_id AND c.id = e.category_id
             WHERE e.workspace_id = $1 AND e.user_id = $2
                 AND (e.started_at, e.id) < (coalesce($3, 'infinity'), coalesce($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
             ORDER BY e.started_at DESC, e.id DESC LIMIT $5",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(user)
        .bind::<Nullable<Timestamptz>, _>(after.map(|position| position.at))
        .bind::<Nullable<Uuid>, _>(after.map(|position| position.id))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
    }

    /// A page of the lines of the audit log that a user has written, or that are about the account, oldest first. Of
    /// what another user did, the network is not told.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn audit(
        conn: &mut AsyncPgConnection,
        user: UserId,
        after: Option<Position>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT l.created_at AS at, l.id, jsonb_build_object('at', l.created_at, 'workspaceId', l.workspace_id,
                 'actor', l.actor, 'own', l.user_id IS NOT DISTINCT FROM $1, 'action', l.action, 'object', l.object_kind,
                 'objectId', l.object_id, 'details', l.details,
                 'address', CASE WHEN l.user_id = $1 THEN l.address END) AS object
             FROM (
                 (SELECT * FROM audit_log WHERE user_id = $1
                      AND (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000')) ORDER BY created_at, id LIMIT $4)
                 UNION ALL
                 (SELECT * FROM audit_log WHERE object_kind IN ('user', 'membership') AND object_id = $1
                      AND user_id IS DISTINCT FROM $1
                      AND (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000')) ORDER BY created_at, id LIMIT $4)
             ) l ORDER BY l.created_at, l.id LIMIT $4",
        )
        .bind::<Uuid, _>(user)
        .bind::<Nullable<Timestamptz>, _>(after.map(|position| position.at))
        .bind::<Nullable<Uuid>, _>(after.map(|position| position.id))
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
    }
}

impl DataExport {
    /// The workspaces in which a user is or was a member, in the order of their ids, after one of them.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn next_workspace(
        conn: &mut AsyncPgConnection,
        user: UserId,
        after: Option<WorkspaceId>,
    ) -> QueryResult<Option<WorkspaceId>> {
        let row: Option<MembershipRow> = prepared(
            "SELECT m.workspace_id FROM memberships m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL
             WHERE m.user_id = $1 AND ($2::uuid IS NULL OR m.workspace_id > $2) ORDER BY m.workspace_id LIMIT 1",
        )
        .bind::<Uuid, _>(user)
        .bind::<Nullable<Uuid>, _>(after)
        .get_result(conn)
        .await
        .optional()?;
        Ok(row.map(|row| row.workspace_id))
    }

    /// Takes the place of the user's archive, unless one was requested since `requested_before` and did not fail.
    /// `None` if so, and nothing has happened.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn request(
        conn: &mut AsyncPgConnection,
        id: DataExportId,
        user: UserId,
        requested_before: DateTime<Utc>,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<Self>> {
        // Of two requests at once, the second INSERT waits for the first one's transaction, and then finds its row.
        prepared("DELETE FROM data_exports WHERE user_id = $1 AND (requested_at <= $2 OR failed_at IS NOT NULL)")
            .bind::<Uuid, _>(user)
            .bind::<Timestamptz, _>(requested_before)
            .execute(conn)
            .await?;
        prepared(
            "INSERT INTO data_exports (id, user_id, requested_at, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id) DO NOTHING
             RETURNING id, user_id, requested_at, finished_at, size, failed_at, expires_at",
        )
        .bind::<Uuid, _>(id)
        .bind::<Uuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(expires_at)
        .get_result(conn)
        .await
        .optional()
    }

    /// The archive of a user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Self>> {
        prepared(
            "SELECT id, user_id, requested_at, finished_at, size, failed_at, expires_at FROM data_exports WHERE user_id = $1",
        )
        .bind::<Uuid, _>(user)
        .get_result(conn)
        .await
        .optional()
    }

    /// Locks an archive that is not finished, until the end of the transaction: no piece is added to it meanwhile.
    /// False if there is none: it was written before, or is not wanted any more. One that failed is written after all
    /// when its job is tried again.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn lock_unfinished(conn: &mut AsyncPgConnection, id: DataExportId) -> QueryResult<bool> {
        // FOR UPDATE: the foreign key of a piece that is just being added waits for it, or is waited for.
        let found = prepared("SELECT 1 FROM data_exports WHERE id = $1 AND finished_at IS NULL FOR UPDATE")
            .bind::<Uuid, _>(id)
            .execute(conn)
            .await?;
        Ok(found > 0)
    }

    /// Forgets what an earlier attempt has written into a locked archive, and that it failed.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn begin_anew(conn: &mut AsyncPgConnection, id: DataExportId) -> QueryResult<()> {
        prepared("DELETE FROM data_export_chunks WHERE export_id = $1").bind::<Uuid, _>(id).execute(conn).await?;
        prepared("UPDATE data_exports SET failed_at = NULL WHERE id = $1 AND failed_at IS NOT NULL")
            .bind::<Uuid, _>(id)
            .execute(conn)
            .await?;
        Ok(())
    }

    /// Adds a piece, for the attempt that holds the job. 0 if another one does by now.
    ///
    /// # Errors
    /// A violation of `data_export_chunks_number_valid` when there are too many; any other error of the statement.
    pub async fn add_chunk(
        conn: &mut AsyncPgConnection,
        id: DataExportId,
        lease: JobLeaseId,
        number: i32,
        content: Vec<u8>,
    ) -> QueryResult<usize> {
        prepared(
            "INSERT INTO data_export_chunks (export_id, number, content)
             SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM jobs
                                            WHERE kind = 'export_data' AND unique_key = $1::text AND failed_at IS NULL
                                            AND lease = $4)",
        )
        .bind::<Uuid, _>(id)
        .bind::<Integer, _>(number)
        .bind::<Bytea, _>(content)
        .bind::<Uuid, _>(lease)
        .execute(conn)
        .await
    }

    /// A piece of a finished archive; `None` after the last one.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn chunk(conn: &mut AsyncPgConnection, id: DataExportId, number: i32) -> QueryResult<Option<Vec<u8>>> {
        let row: Option<ChunkRow> =
            prepared("SELECT content FROM data_export_chunks WHERE export_id = $1 AND number = $2")
                .bind::<Uuid, _>(id)
                .bind::<Integer, _>(number)
                .get_result(conn)
                .await
                .optional()?;
        Ok(row.map(|row| row.content))
    }

    /// Notes that the archive is whole: its pieces have `size` bytes together. 0 if they have not, because a late
    /// attempt has added one, or the archive is gone or finished.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn finish(
        conn: &mut AsyncPgConnection,
        id: DataExportId,
        lease: JobLeaseId,
        size: i64,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE data_exports SET finished_at = $4, size = $3, failed_at = NULL
             WHERE id = $1 AND finished_at IS NULL
               AND EXISTS (SELECT FROM jobs WHERE kind = 'export_data' AND unique_key = $1::text AND failed_at IS NULL AND lease = $2)
               AND (SELECT coalesce(sum(octet_length(content)), 0) FROM data_export_chunks WHERE export_id = $1) = $3",
        )
        .bind::<Uuid, _>(id)
        .bind::<Uuid, _>(lease)
        .bind::<BigInt, _>(size)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Notes that a locked archive could not be written, and forgets its pieces, for the attempt that holds the job.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn fail(
        conn: &mut AsyncPgConnection,
        id: DataExportId,
        lease: JobLeaseId,
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        let failed = prepared(
            "UPDATE data_exports SET failed_at = $3
             WHERE id = $1 AND finished_at IS NULL
               AND EXISTS (SELECT FROM jobs WHERE kind = 'export_data' AND unique_key = $1::text AND failed_at IS NULL AND lease = $2)",
        )
        .bind::<Uuid, _>(id)
        .bind::<Uuid, _>(lease)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
        if failed > 0 {
            prepared("DELETE FROM data_export_chunks WHERE export_id = $1").bind::<Uuid, _>(id).execute(conn).await?;
        }
        Ok(())
    }

    /// Deletes a batch of archives that expired before `before`: few, because each may have many pieces.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM data_exports WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM data_exports WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            10,
        )
        .await
    }
}
