//! Tags: marks that entries of any project can carry.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::tags;
use crate::ids::{TagId, WorkspaceId};

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
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Tag> {
        diesel::insert_into(tags::table).values(self).returning(Tag::as_returning()).get_result(conn).await
    }
}

impl Tag {
    /// All tags of a workspace, oldest first.
    pub async fn list(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<Vec<Self>> {
        tags::table
            .filter(tags::workspace_id.eq(workspace))
            .order((tags::created_at, tags::id))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// One tag.
    pub async fn find(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: TagId) -> QueryResult<Option<Self>> {
        tags::table
            .filter(tags::workspace_id.eq(workspace).and(tags::id.eq(id)))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// One tag, locked until the transaction ends.
    pub async fn lock(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: TagId) -> QueryResult<Option<Self>> {
        tags::table
            .filter(tags::workspace_id.eq(workspace).and(tags::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Locks a tag also against being put on entries, until the transaction ends.
    pub async fn lock_against_use(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: TagId,
    ) -> QueryResult<Option<TagId>> {
        tags::table
            .filter(tags::workspace_id.eq(workspace).and(tags::id.eq(id)))
            .select(tags::id)
            .for_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the row.
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

    /// Deletes the row, and takes the tag off all entries.
    pub async fn delete(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(self).execute(conn).await
    }
}
