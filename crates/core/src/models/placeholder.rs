//! Placeholders: members without an account, which an import makes for people of a file, until somebody claims them.
//!
//! A placeholder is a row of `users` whose id says so ([`UserId::is_placeholder`]), a membership of one workspace, and
//! a row of `imported_people` with what the file called the person.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;
use crate::values::ids::{InvitationId, TimeEntryId, UserId, WorkspaceId};

/// What the membership of a placeholder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Placeholder {
    /// The member whose its entries are about to become.
    #[diesel(sql_type = Nullable<Uuid>)]
    pub claimed_by: Option<UserId>,
    /// When the placeholder was removed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub left_at: Option<DateTime<Utc>>,
}

/// What has become of the entries of a claimed placeholder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MovedEntries {
    /// Entries that are the member's now.
    pub moved: usize,
    /// Entries that an import had brought for the member as well: those of the placeholder are deleted.
    pub duplicates: usize,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = Bool)]
    found: bool,
}

#[derive(QueryableByName)]
struct EntryIdRow {
    #[diesel(sql_type = Uuid)]
    id: TimeEntryId,
}

/// What a claim moves beside entries, in this order. `$1` is the workspace, `$2` the placeholder, `$3` the member, `$4`
/// the instant.
const MOVES: [&str; 8] = [
    "UPDATE deleted_time_entries SET user_id = $3 WHERE workspace_id = $1 AND user_id = $2 AND $4 IS NOT NULL",
    // What the member is in a project already stays as it is. A former member comes into none.
    "INSERT INTO project_members (workspace_id, project_id, user_id, lead, created_at, updated_at)
     SELECT p.workspace_id, p.project_id, $3, false, p.created_at, $4 FROM project_members p
     WHERE p.workspace_id = $1 AND p.user_id = $2
       AND EXISTS (SELECT FROM memberships m WHERE m.workspace_id = $1 AND m.user_id = $3 AND m.left_at IS NULL)
     ORDER BY p.project_id
     ON CONFLICT (workspace_id, project_id, user_id) DO NOTHING",
    "DELETE FROM project_members WHERE workspace_id = $1 AND user_id = $2 AND $3 <> $2 AND $4 IS NOT NULL",
    // Rates of the member stand before those of the placeholder.
    "UPDATE rates r SET user_id = $3, updated_at = $4 WHERE r.workspace_id = $1 AND r.user_id = $2
       AND NOT EXISTS (
           SELECT FROM rates o WHERE o.workspace_id = $1 AND o.user_id = $3 AND o.kind = r.kind
             AND o.client_id IS NOT DISTINCT FROM r.client_id AND o.project_id IS NOT DISTINCT FROM r.project_id
             AND o.category_id IS NOT DISTINCT FROM r.category_id AND o.valid_from = r.valid_from)",
    "DELETE FROM rates WHERE workspace_id = $1 AND user_id = $2 AND $3 <> $2 AND $4 IS NOT NULL",
    // The queries of saved reports name members by their ids.
    "UPDATE saved_reports SET query = replace(query, $2::text, $3::text), updated_at = $4
     WHERE workspace_id = $1 AND strpos(query, $2::text) > 0",
    // Of an account that was deleted meanwhile nothing personal is kept.
    "DELETE FROM imported_people WHERE workspace_id = $1 AND user_id = $2 AND $4 IS NOT NULL
       AND EXISTS (SELECT FROM users WHERE id = $3 AND erased_at IS NOT NULL)",
    "UPDATE imported_people SET user_id = $3 WHERE workspace_id = $1 AND user_id = $2 AND $4 IS NOT NULL",
];

impl Placeholder {
    /// A placeholder, locked until the transaction ends: nothing that refers to it is added meanwhile.
    ///
    /// # Errors
    /// If the statement fails, or waits longer than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: UserId) -> QueryResult<Option<Self>> {
        prepared(
            "SELECT claimed_by, left_at FROM memberships
             WHERE workspace_id = $1 AND user_id = $2 AND is_placeholder_id(user_id) FOR UPDATE",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .get_result(conn)
        .await
        .optional()
    }

    /// The same, for a rule that has locked the workspace, and so keeps other claims and removals away.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: UserId) -> QueryResult<Option<Self>> {
        prepared(
            "SELECT claimed_by, left_at FROM memberships
             WHERE workspace_id = $1 AND user_id = $2 AND is_placeholder_id(user_id)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .get_result(conn)
        .await
        .optional()
    }

    /// How many placeholders a workspace has, removed ones included.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<i64> {
        let row: CountRow = prepared(
            "SELECT count(*) AS count FROM memberships WHERE workspace_id = $1 AND is_placeholder_id(user_id)",
        )
        .bind::<Uuid, _>(workspace)
        .get_result(conn)
        .await?;
        Ok(row.count)
    }

    /// Notes whose the entries of a present placeholder are about to become. Returns 0 if it was claimed or removed.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn claim(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
        member: UserId,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE memberships SET claimed_by = $3, claimed_at = $4, updated_at = $4
             WHERE workspace_id = $1 AND user_id = $2 AND is_placeholder_id(user_id) AND left_at IS NULL AND claimed_by IS NULL",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .bind::<Uuid, _>(member)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Revokes the open invitation that names a placeholder, but `except` one that is just being accepted, and lets
    /// others that have ended forget it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn end_invitations(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
        except: Option<InvitationId>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE invitations SET placeholder_id = NULL, updated_at = $4,
                 revoked_at = CASE WHEN accepted_at IS NULL AND id IS DISTINCT FROM $3 THEN coalesce(revoked_at, $4) ELSE revoked_at END
             WHERE workspace_id = $1 AND placeholder_id = $2",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .bind::<Nullable<Uuid>, _>(except)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Lets invitations that have ended, or expired, forget a placeholder; expired ones are revoked.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn forget_expired(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE invitations SET placeholder_id = NULL, updated_at = $3,
                 revoked_at = CASE WHEN accepted_at IS NULL THEN coalesce(revoked_at, $3) END
             WHERE workspace_id = $1 AND placeholder_id = $2
               AND (expires_at <= $3 OR accepted_at IS NOT NULL OR revoked_at IS NOT NULL)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Whether entries refer to a placeholder, deleted ones that can be restored included.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn has_entries(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: UserId) -> QueryResult<bool> {
        let row: FoundRow = prepared(
            "SELECT EXISTS (SELECT FROM time_entries WHERE workspace_id = $1 AND user_id = $2)
                 OR EXISTS (SELECT FROM deleted_time_entries WHERE workspace_id = $1 AND user_id = $2) AS found",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .get_result(conn)
        .await?;
        Ok(row.found)
    }

    /// The ids of the entries of a placeholder, in their order: 16 bytes each.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn entry_ids(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
    ) -> QueryResult<Vec<TimeEntryId>> {
        let rows: Vec<EntryIdRow> =
            prepared("SELECT id FROM time_entries WHERE workspace_id = $1 AND user_id = $2 ORDER BY id")
                .bind::<Uuid, _>(workspace)
                .bind::<Uuid, _>(id)
                .load(conn)
                .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Whether an import has brought entries of a member.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn has_imported(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        member: UserId,
    ) -> QueryResult<bool> {
        let row: FoundRow = prepared(
            "SELECT EXISTS (SELECT FROM time_entries WHERE workspace_id = $1 AND user_id = $2 AND import_key IS NOT NULL) AS found",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(member)
        .get_result(conn)
        .await?;
        Ok(row.found)
    }

    /// Deletes those of these entries of a placeholder that an import has brought for the member as well. The entries
    /// are locked in the order of their ids.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete_duplicates(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
        member: UserId,
        entries: &[TimeEntryId],
    ) -> QueryResult<usize> {
        prepared(
            "WITH locked AS MATERIALIZED (
                 SELECT id, import_key FROM time_entries
                 WHERE id = ANY ($4) AND workspace_id = $1 AND user_id = $2 AND import_key IS NOT NULL ORDER BY id FOR NO KEY UPDATE
             ), known AS MATERIALIZED (
                 SELECT l.id FROM locked l, LATERAL (
                     SELECT FROM time_entries t
                     WHERE t.workspace_id = $1 AND t.user_id = $3 AND t.import_key = l.import_key AND t.import_key IS NOT NULL OFFSET 0
                 ) AS own
             )
             DELETE FROM time_entries WHERE id IN (SELECT id FROM known)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .bind::<Uuid, _>(member)
        .bind::<Array<Uuid>, _>(entries)
        .execute(conn)
        .await
    }

    /// Makes these entries of a placeholder a member's.
    ///
    /// # Errors
    /// If the statement fails. An entry that an import has brought for the member since violates
    /// `time_entries_import_key`.
    pub async fn move_entries(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
        member: UserId,
        entries: &[TimeEntryId],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "WITH locked AS MATERIALIZED (
                 SELECT id FROM time_entries WHERE id = ANY ($5) AND workspace_id = $1 AND user_id = $2 ORDER BY id FOR NO KEY UPDATE
             )
             UPDATE time_entries SET user_id = $3, updated_at = $4 WHERE id IN (SELECT id FROM locked)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(id)
        .bind::<Uuid, _>(member)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Uuid>, _>(entries)
        .execute(conn)
        .await
    }

    /// Makes everything else that refers to a placeholder the member's.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn move_rest(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: UserId,
        member: UserId,
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        for statement in MOVES {
            prepared(statement)
                .bind::<Uuid, _>(workspace)
                .bind::<Uuid, _>(id)
                .bind::<Uuid, _>(member)
                .bind::<Timestamptz, _>(now)
                .execute(conn)
                .await?;
        }
        Ok(())
    }

    /// Deletes a placeholder that no entry refers to, with its user.
    ///
    /// # Errors
    /// A violation of `time_entries_member_fkey` if an entry does; any other error of the statement.
    pub async fn delete(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: UserId) -> QueryResult<usize> {
        prepared("DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2 AND is_placeholder_id(user_id)")
            .bind::<Uuid, _>(workspace)
            .bind::<Uuid, _>(id)
            .execute(conn)
            .await
    }

    /// Makes removed placeholders of these present again: an import has brought more of their entries.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn bring_back(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        ids: &[UserId],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE memberships SET left_at = NULL, updated_at = $3
             WHERE workspace_id = $1 AND user_id = ANY ($2) AND is_placeholder_id(user_id) AND left_at IS NOT NULL",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }
}

/// A person of a file, and the member that the workspace knows of.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub(crate) struct KnownPerson {
    /// The position in the question, from 1.
    #[diesel(sql_type = BigInt)]
    pub(crate) number: i64,
    /// The address or the name as PostgreSQL compares it: people with the same one are one.
    #[diesel(sql_type = Text)]
    pub(crate) folded: String,
    /// The member that an earlier import has taken the person for, or that has the address.
    #[diesel(sql_type = Nullable<Uuid>)]
    pub(crate) user_id: Option<UserId>,
    /// What the member is called.
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) member_name: Option<String>,
    /// Whether `imported_people` has the person.
    #[diesel(sql_type = Bool)]
    pub(crate) remembered: bool,
}

/// A person of a file, to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewImportedPerson {
    pub(crate) user_id: UserId,
    /// The address of the file, or
    pub(crate) email: Option<String>,
    /// the name where it has none.
    pub(crate) name: Option<String>,
}

impl KnownPerson {
    /// Looks people of a file up: those that an earlier import has met first, then present members by their addresses.
    /// Of each there is an address or else a name.
    pub(crate) async fn load(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        emails: Vec<Option<&str>>,
        names: Vec<Option<&str>>,
    ) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT n.number, coalesce(fold_name(n.email), fold_name(n.name), '') AS folded, owner.id AS user_id,
                    owner.name AS member_name, met.user_id IS NOT NULL AS remembered
             FROM unnest($2, $3) WITH ORDINALITY AS n (email, name, number)
             LEFT JOIN LATERAL (
                 SELECT p.user_id FROM imported_people p
                 WHERE p.workspace_id = $1 AND p.email IS NOT NULL AND fold_name(p.email) = fold_name(n.email)
                 UNION ALL
                 SELECT p.user_id FROM imported_people p
                 WHERE p.workspace_id = $1 AND p.name IS NOT NULL AND n.email IS NULL AND fold_name(p.name) = fold_name(n.name)
             ) AS met ON true
             LEFT JOIN LATERAL (
                 SELECT u.id FROM users u JOIN memberships m ON m.workspace_id = $1 AND m.user_id = u.id AND m.left_at IS NULL
                 WHERE fold_name(u.email) = fold_name(n.email)
             ) AS member ON met.user_id IS NULL
             LEFT JOIN users owner ON owner.id = coalesce(met.user_id, member.id)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Nullable<Text>>, _>(emails)
        .bind::<Array<Nullable<Text>>, _>(names)
        .load(conn)
        .await
    }
}

/// A placeholder to insert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewPlaceholder {
    pub(crate) id: UserId,
    /// What it is called: a valid name of a user.
    pub(crate) name: String,
}

impl NewPlaceholder {
    /// Inserts many, as members of a workspace.
    pub(crate) async fn insert_all(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        rows: &[Self],
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<UserId> = rows.iter().map(|row| row.id).collect();
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        prepared("INSERT INTO users (id, name, created_at, updated_at) SELECT p.id, p.name, $3, $3 FROM unnest($1, $2) AS p (id, name)")
            .bind::<Array<Uuid>, _>(&ids)
            .bind::<Array<Text>, _>(names)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await?;
        prepared(
            "INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
             SELECT $1, p.id, 'member', $3, $3 FROM unnest($2) AS p (id)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(&ids)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
        Ok(())
    }
}

impl NewImportedPerson {
    /// Inserts many; one that another import has inserted since violates `imported_people_email_key` or
    /// `imported_people_name_key`.
    pub(crate) async fn insert_all(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        rows: &[Self],
        now: DateTime<Utc>,
    ) -> QueryResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<uuid::Uuid> = rows.iter().map(|_| UserId::new().into()).collect();
        let users: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
        let emails: Vec<Option<&str>> = rows.iter().map(|row| row.email.as_deref()).collect();
        let names: Vec<Option<&str>> = rows.iter().map(|row| row.name.as_deref()).collect();
        prepared(
            "INSERT INTO imported_people (workspace_id, created_at, id, user_id, email, name)
             SELECT $1, $2, p.* FROM unnest($3, $4, $5, $6) AS p",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Array<Uuid>, _>(users)
        .bind::<Array<Nullable<Text>>, _>(emails)
        .bind::<Array<Nullable<Text>>, _>(names)
        .execute(conn)
        .await?;
        Ok(())
    }
}
