//! What the groups and the entries of a report are called: one statement for all of them.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::database::prepared;
use crate::values::ids::{CategoryId, WorkspaceId};

/// `$1` is the workspace, `$2` to `$6` the categories, projects, clients, members and tags. Of categories also those
/// above are found, of those their projects, and of projects their clients.
const NAMES: &str = "
    WITH RECURSIVE above AS (
        SELECT c.id, c.parent_category_id, c.project_id, c.name, c.color FROM categories c
        WHERE c.workspace_id = $1 AND c.id = ANY ($2)
        UNION
        SELECT c.id, c.parent_category_id, c.project_id, c.name, c.color FROM above a
        JOIN categories c ON c.workspace_id = $1 AND c.id = a.parent_category_id
    ), holders AS (
        SELECT p.id, p.client_id, p.name, p.color FROM projects p
        WHERE p.workspace_id = $1 AND p.id = ANY ($3 || ARRAY(SELECT DISTINCT a.project_id FROM above a))
    )
    SELECT 'category' AS kind, id, parent_category_id AS parent, project_id AS holder, name, color FROM above
    UNION ALL SELECT 'project', id, NULL, client_id, name, color FROM holders
    UNION ALL SELECT 'client', c.id, NULL, NULL, c.name, NULL FROM clients c
        WHERE c.workspace_id = $1 AND c.id = ANY ($4 || ARRAY(SELECT DISTINCT h.client_id FROM holders h))
    UNION ALL SELECT 'member', u.id, NULL, NULL, u.name, NULL FROM users u WHERE u.id = ANY ($5)
    UNION ALL SELECT 'tag', t.id, NULL, NULL, t.name, t.color FROM tags t WHERE t.workspace_id = $1 AND t.id = ANY ($6)";

/// What kind of thing a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// A category.
    Category,
    /// A project.
    Project,
    /// A client.
    Client,
    /// A member.
    Member,
    /// A tag.
    Tag,
}

impl NameKind {
    /// All of them, in the order of the statement's parameters.
    const ALL: [Self; 5] = [Self::Category, Self::Project, Self::Client, Self::Member, Self::Tag];

    fn word(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Project => "project",
            Self::Client => "client",
            Self::Member => "member",
            Self::Tag => "tag",
        }
    }
}

/// The things whose names are needed.
#[derive(Clone, Debug, Default)]
pub struct UsedIds(HashMap<NameKind, BTreeSet<Uuid>>);

impl UsedIds {
    /// Adds one.
    pub fn add(&mut self, kind: NameKind, id: Uuid) {
        self.0.entry(kind).or_default().insert(id);
    }

    fn is_empty(&self) -> bool {
        self.0.values().all(BTreeSet::is_empty)
    }

    fn of(&self, kind: NameKind) -> Vec<Uuid> {
        self.0.get(&kind).into_iter().flatten().copied().collect()
    }
}

/// What something is called, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its name.
    pub name: String,
    /// Its colour, if it has one.
    pub color: Option<String>,
    /// The category above a category.
    pub parent: Option<Uuid>,
    /// The project of a category, the client of a project.
    pub holder: Option<Uuid>,
}

/// The names of things.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<(NameKind, Uuid), Name>);

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    holder: Option<Uuid>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    color: Option<String>,
}

impl Names {
    /// The names of these things in a workspace, with those of what they belong to. Asks nothing if there are none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(conn: &mut AsyncPgConnection, workspace: WorkspaceId, used: &UsedIds) -> QueryResult<Self> {
        if used.is_empty() {
            return Ok(Self::default());
        }
        let mut query = prepared(NAMES).bind::<SqlUuid, _>(workspace);
        for kind in NameKind::ALL {
            query = query.bind::<Array<SqlUuid>, _>(used.of(kind));
        }
        let rows: Vec<NameRow> = query.load(conn).await?;
        let names = rows.into_iter().filter_map(|row| {
            let kind = NameKind::ALL.into_iter().find(|kind| kind.word() == row.kind)?;
            let NameRow { id, parent, holder, name, color, .. } = row;
            Some(((kind, id), Name { name, color, parent, holder }))
        });
        Ok(Self(names.collect()))
    }

    /// Adds the names of things that are not known yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn extend(
        &mut self,
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        used: &UsedIds,
    ) -> QueryResult<()> {
        let mut unknown = UsedIds::default();
        for (kind, ids) in &used.0 {
            ids.iter().filter(|id| !self.0.contains_key(&(*kind, **id))).for_each(|id| unknown.add(*kind, *id));
        }
        self.0.extend(Self::load(conn, workspace, &unknown).await?.0);
        Ok(())
    }

    /// The name of something; `None` if it is gone.
    #[must_use]
    pub fn get(&self, kind: NameKind, id: impl Into<Uuid>) -> Option<&Name> {
        self.0.get(&(kind, id.into()))
    }

    /// What something belongs to, which is of this kind.
    #[must_use]
    pub fn holder(&self, kind: NameKind, name: &Name) -> Option<(Uuid, &Name)> {
        let id = name.holder?;
        self.get(kind, id).map(|holder| (id, holder))
    }

    /// A category and those above it, the root first.
    #[must_use]
    pub fn path(&self, category: CategoryId) -> Vec<(CategoryId, &Name)> {
        let mut path = Vec::new();
        let mut next = Some(Uuid::from(category));
        while let Some(id) = next {
            let Some(name) = self.get(NameKind::Category, id) else { break };
            path.push((CategoryId::from(id), name));
            next = name.parent;
        }
        path.reverse();
        path
    }
}
