//! Tags: marks that entries of any project can carry.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::page::{oldest_first, paged_oldest_first};
use super::{Page, many_rows};
use crate::database::prepared;
use crate::database::schema::tags;
use crate::values::ids::{TagId, WorkspaceId};

/// A row of `tags`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = tags)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Tag {
    pub id: TagId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub color: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

paged_oldest_first!(Tag);

/// A tag to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = tags)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewTag {
    pub id: TagId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub color: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a tag; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = tags)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct TagChanges {
    pub name: Option<String>,
    pub color: Option<Option<String>>,
}

impl NewTag {
    /// Inserts; a name that is taken violates `tags_name_key`.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Tag> {
        diesel::insert_into(tags::table).values(self).returning(Tag::as_returning()).get_result(conn).await
    }
}

impl Tag {
    /// Tags of a workspace, oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId, page: Page) -> QueryResult<Vec<Self>> {
        let query = tags::table.filter(tags::workspace_id.eq(workspace).and(tags::deleted_at.is_null())).into_boxed();
        oldest_first!(query, tags, page).select(Self::as_select()).load(conn).await
    }

    /// One tag.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: TagId) -> QueryResult<Option<Self>> {
        tags::table
            .filter(tags::workspace_id.eq(workspace).and(tags::id.eq(id)).and(tags::deleted_at.is_null()))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// One tag, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: TagId) -> QueryResult<Option<Self>> {
        tags::table
            .filter(tags::workspace_id.eq(workspace).and(tags::id.eq(id)).and(tags::deleted_at.is_null()))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the row.
    ///
    /// # Errors
    /// `NotFound` if the row is gone; a violation of `tags_name_key` if another tag has the name; any other error of
    /// the statement.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &TagChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((changes, tags::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Marks the tag as deleted: no request sees it any more, and its name is free. The row stays until
    /// [`DeletedTag::finish`].
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn mark_deleted(&self, conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
        prepared("UPDATE tags SET name = gen_random_uuid()::text, deleted_at = $2, updated_at = $2 WHERE id = $1")
            .bind::<sql_types::Uuid, _>(self.id)
            .bind::<sql_types::Timestamptz, _>(now)
            .execute(conn)
            .await
    }
}

/// The ids of the tags that are being deleted, as an array. It is made once for a statement, from an index that holds
/// nothing else. A tag that is none of them is visible: `t.tag_id <> ALL (…)`.
macro_rules! deleted_tags {
    () => {
        "ARRAY(SELECT deleted.id FROM tags deleted WHERE deleted.deleted_at IS NOT NULL)"
    };
}
pub(crate) use deleted_tags;

/// The id of a tag that is to be put on an entry. Of one that is being deleted it is the nil id, which no tag has: so
/// that one violates `time_entry_tags_tag_fkey` as a tag does that does not exist.
macro_rules! existing_tag {
    ($id:literal) => {
        concat!(
            "CASE WHEN ",
            $id,
            " = ANY (",
            $crate::models::deleted_tags!(),
            ") THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE ",
            $id,
            " END"
        )
    };
}
pub(crate) use existing_tag;

/// A tag that is being deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct DeletedTag {
    /// The tag.
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: TagId,
}

impl DeletedTag {
    /// Takes one of these tags off at most `limit` entries of all users, and changes them by that. Returns the
    /// tag and the number of entries; `None` when there is no such tag that no other transaction has locked. The
    /// entries are locked in the order of their ids, as in every write.
    ///
    /// One statement, so that a job which dies leaves nothing half done. The ids go from part to part as arrays: of a
    /// list of unknown length PostgreSQL thinks that it is short, and looks each up in an index, where a join would
    /// read both tables whole for each batch.
    ///
    /// The statement's snapshot may be older than its lock of the tag: another server has finished a batch in between,
    /// and its links are still seen. Only what this statement deletes itself changes an entry.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock of an entry than `lock_timeout`.
    pub async fn take_off(
        conn: &mut AsyncPgConnection,
        only: Option<TagId>,
        limit: i64,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<(Self, i64)>> {
        let row: Option<RemovedTagRow> = prepared(concat!(
            "WITH tag AS MATERIALIZED (
                 SELECT id, workspace_id FROM tags
                 WHERE deleted_at IS NOT NULL AND ($1 IS NULL OR id = $1)
                 ORDER BY deleted_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
             ), links AS MATERIALIZED (
                 SELECT t.time_entry_id FROM time_entry_tags t
                 WHERE t.workspace_id = (SELECT workspace_id FROM tag) AND t.tag_id = (SELECT id FROM tag)
                 ORDER BY t.time_entry_id LIMIT $2
             ), entries AS MATERIALIZED (
                 SELECT e.id FROM time_entries e WHERE e.id = ANY (ARRAY(SELECT time_entry_id FROM links))
                 ORDER BY e.id FOR NO KEY UPDATE
             ), taken AS (
                 DELETE FROM time_entry_tags t
                 WHERE t.workspace_id = (SELECT workspace_id FROM tag) AND t.tag_id = (SELECT id FROM tag)
                   AND t.time_entry_id = ANY (ARRAY(SELECT id FROM entries))
                 RETURNING t.time_entry_id
             ), changed AS (
                 UPDATE time_entries SET updated_at = $3 WHERE id = ANY (ARRAY(SELECT time_entry_id FROM taken))
             )
             SELECT tag.id, counted.entries, CASE WHEN counted.entries > 100 THEN ",
            many_rows!(),
            " END FROM tag, (SELECT count(*) AS entries FROM links) AS counted",
        ))
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(only)
        .bind::<sql_types::BigInt, _>(limit)
        .bind::<sql_types::Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
        Ok(row.map(|RemovedTagRow { tag, entries }| (tag, entries)))
    }

    /// Locks the row also against being put on entries: waits for transactions that are just doing so.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock_against_use(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        prepared("SELECT id FROM tags WHERE id = $1 FOR UPDATE").bind::<sql_types::Uuid, _>(self.id).execute(conn).await
    }

    /// Deletes the row, which must be locked against use, unless an entry has the tag.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn finish(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        prepared(
            "DELETE FROM tags WHERE id = $1 AND NOT EXISTS (
                 SELECT FROM time_entry_tags t WHERE t.workspace_id = tags.workspace_id AND t.tag_id = tags.id)",
        )
        .bind::<sql_types::Uuid, _>(self.id)
        .execute(conn)
        .await
    }
}

#[derive(QueryableByName)]
struct RemovedTagRow {
    #[diesel(embed)]
    tag: DeletedTag,
    #[diesel(sql_type = sql_types::BigInt)]
    entries: i64,
}
