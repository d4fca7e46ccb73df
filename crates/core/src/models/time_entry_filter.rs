//! Which entries a question is about. Lists, totals and whatever else asks for entries put their statements together
//! from the same parts: whose entries ([`EntryScope`]), which of them ([`TimeEntryFilter`]), and, beside these, an
//! order, a page or groups of their own.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz, Uuid};

use super::time_entry_conditions::EntryConditions;
use super::time_entry_search::SearchText;
use super::{Page, Position};
use crate::access::EntryScope;
use crate::values::ids::{CategoryId, ClientId, ProjectId, TagId, UserId};

/// Categories of one project. With their project they are found by an index; by themselves they are not.
#[derive(Clone, Debug)]
pub struct CategoryScope {
    /// The project that they all belong to.
    pub project: ProjectId,
    /// The categories.
    pub categories: Vec<CategoryId>,
}

/// A range of time, half-open, and the present. An entry overlaps the range if it has time in it: what only touches a
/// border does not. An entry without length has the instant of its start, and a running entry reaches until `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// From this instant on; `None` has no beginning.
    pub from: Option<DateTime<Utc>>,
    /// Until before this instant; `None` has no end.
    pub to: Option<DateTime<Utc>>,
    /// Until when a running entry counts.
    pub now: DateTime<Utc>,
}

impl TimeRange {
    /// All time, with running entries until `now`.
    #[must_use]
    pub fn always(now: DateTime<Utc>) -> Self {
        Self { from: None, to: None, now }
    }

    /// Whether no instant is in the range.
    fn is_empty(&self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if from >= to)
    }
}

/// Which entries are meant; the default means all.
#[derive(Clone, Debug, Default)]
pub struct TimeEntryFilter {
    /// Started at or after.
    pub from: Option<DateTime<Utc>>,
    /// Started at or before.
    pub to: Option<DateTime<Utc>>,
    /// With time in a range.
    pub overlap: Option<TimeRange>,
    /// Of a project.
    pub project: Option<ProjectId>,
    /// Of one of these categories.
    pub categories: Option<CategoryScope>,
    /// Of the projects of a client.
    pub client: Option<ClientId>,
    /// With all of these tags.
    pub tags: Vec<TagId>,
    /// With this text in the description or in the names that are shown with it.
    pub text: Option<SearchText>,
    /// Billable, or not.
    pub billable: Option<bool>,
    /// Running, or not.
    pub running: Option<bool>,
    /// Whose, of those that the caller sees.
    pub members: Members,
    /// What reports ask besides.
    pub conditions: EntryConditions,
}

/// Whose entries are meant, of those that the caller sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Members {
    /// The caller's own.
    #[default]
    Own,
    /// Those of these members. Whom the caller does not see has none.
    Some(Vec<UserId>),
    /// Those of all members.
    All,
}

impl TimeEntryFilter {
    /// Whether a connection keeps the prepared form of a statement with this filter. Every part that is there or not
    /// doubles the number of texts, and PostgreSQL keeps each for as long as the connection lives. So only statements
    /// with at most one filter beside one range of time are kept: no range, `from`, `to`, both, or an overlap with a
    /// beginning, an end or both, with one of seven filters or none. For lists, which have a cursor or not, that makes
    /// 112 texts. Any other is prepared each time, which is one round trip more, and so is a search for text, whose
    /// words make texts of their own, and so is whatever is about others' entries.
    pub(super) fn is_usual(&self) -> bool {
        let narrowed = [
            self.project.is_some(),
            self.categories.is_some(),
            self.client.is_some(),
            self.billable.is_some(),
            self.running.is_some(),
        ];
        let ranges = usize::from(self.from.is_some() || self.to.is_some()) + usize::from(self.overlap.is_some());
        let narrowed = narrowed.into_iter().filter(|there| *there).count() + self.tags.len();
        let is_own = self.members == Members::Own;
        narrowed <= 1 && ranges <= 1 && self.text.is_none() && is_own && self.conditions.is_any()
    }
}

/// The entries of a scope that pass a filter, as a FROM item that is called `time_entries` and has the columns of that
/// table.
pub(super) struct Selected<'a> {
    scope: EntryScope,
    filter: &'a TimeEntryFilter,
    order: Order,
}

/// In what order entries are selected.
enum Order {
    /// In none.
    Any,
    /// The newest first.
    Newest,
    /// A page of them, the newest first.
    Page(Page),
}

impl<'a> Selected<'a> {
    /// All of them, in no order.
    pub(super) fn all(scope: EntryScope, filter: &'a TimeEntryFilter) -> Self {
        Self { scope, filter, order: Order::Any }
    }

    /// All of them, newest first, so that the first ones can be read before the others are found. The statement around
    /// it has to say the order once more.
    pub(super) fn newest(scope: EntryScope, filter: &'a TimeEntryFilter) -> Self {
        Self { scope, filter, order: Order::Newest }
    }

    /// A page of them, newest first. The statement around it has to say the order and the limit once more.
    pub(super) fn page(scope: EntryScope, filter: &'a TimeEntryFilter, page: Page) -> Self {
        Self { scope, filter, order: Order::Page(page) }
    }

    /// The entries that overlap the range. Starts are indexed, stops are not, and an entry may have begun any time ago.
    /// So entries are looked for from a day before the range on, and of what began earlier only the few that are longer
    /// than a day (`time_entries_long`) and the one that runs. The first two parts have the order and the limit of the
    /// page, so that each is read from its index in order, and no further; the parts are merged.
    fn push_overlapping<'b>(&'b self, range: &'b TimeRange, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let TimeRange { from, to, now } = range;
        if range.is_empty() {
            return self.push_ordered_part(out, |out| {
                out.push_sql(" AND false");
                Ok(())
            });
        }
        let push_before = |out: &mut AstPass<'_, 'b, Pg>| {
            let Some(to) = to else { return Ok(()) };
            out.push_sql(" AND time_entries.started_at < ");
            out.push_bind_param::<Timestamptz, _>(to)
        };
        let Some(from) = from else { return self.push_ordered_part(out, push_before) };
        self.push_ordered_part(out, |out| {
            push_before(out)?;
            out.push_sql(" AND time_entries.started_at >= ");
            out.push_bind_param::<Timestamptz, _>(from)?;
            out.push_sql(" - interval '24 hours' AND (time_entries.started_at >= ");
            out.push_bind_param::<Timestamptz, _>(from)?;
            out.push_sql(" OR time_entries.stopped_at > ");
            out.push_bind_param::<Timestamptz, _>(from)?;
            out.push_sql(" OR time_entries.stopped_at IS NULL AND ");
            out.push_bind_param::<Timestamptz, _>(now)?;
            out.push_sql(" > ");
            out.push_bind_param::<Timestamptz, _>(from)?;
            out.push_sql(")");
            Ok(())
        })?;
        out.push_sql(" UNION ALL ");
        self.push_ordered_part(out, |out| {
            out.push_sql(" AND time_entries.duration_seconds >= 86400 AND time_entries.started_at < ");
            out.push_bind_param::<Timestamptz, _>(from)?;
            out.push_sql(" - interval '24 hours' AND time_entries.stopped_at > ");
            out.push_bind_param::<Timestamptz, _>(from)
        })?;
        out.push_sql(" UNION ALL ");
        // At most one of each person, and no index has them in the order.
        self.push_part(out, |out| {
            out.push_sql(" AND time_entries.stopped_at IS NULL AND time_entries.started_at < ");
            out.push_bind_param::<Timestamptz, _>(from)?;
            out.push_sql(" - interval '24 hours' AND ");
            out.push_bind_param::<Timestamptz, _>(now)?;
            out.push_sql(" > ");
            out.push_bind_param::<Timestamptz, _>(from)
        })
    }

    /// A part of the selection, with the order and the limit of the page.
    fn push_ordered_part<'b, 'c>(
        &'b self,
        out: &mut AstPass<'c, 'b, Pg>,
        push_range: impl FnOnce(&mut AstPass<'c, 'b, Pg>) -> QueryResult<()>,
    ) -> QueryResult<()> {
        out.push_sql("(");
        self.push_part(out, push_range)?;
        match &self.order {
            Order::Any => {}
            Order::Newest => out.push_sql(NEWEST_FIRST),
            Order::Page(page) => push_order(page, out)?,
        }
        out.push_sql(")");
        Ok(())
    }

    /// A part of the selection: the entries for which the conditions in `push_range` hold as well.
    fn push_part<'b, 'c>(
        &'b self,
        out: &mut AstPass<'c, 'b, Pg>,
        push_range: impl FnOnce(&mut AstPass<'c, 'b, Pg>) -> QueryResult<()>,
    ) -> QueryResult<()> {
        out.push_sql("SELECT * FROM time_entries WHERE ");
        self.scope.walk_ast(out.reborrow())?;
        push_range(out)?;
        self.push_conditions(out)?;
        if let Order::Page(Page { after: Some(Position { at, id }), .. }) = &self.order {
            // The first condition alone bounds the index scan.
            out.push_sql(" AND time_entries.started_at <= ");
            out.push_bind_param::<Timestamptz, _>(at)?;
            out.push_sql(" AND (time_entries.started_at < ");
            out.push_bind_param::<Timestamptz, _>(at)?;
            out.push_sql(" OR time_entries.id < ");
            out.push_bind_param::<Uuid, _>(id)?;
            out.push_sql(")");
        }
        Ok(())
    }

    /// The conditions on what is tracked, and on what.
    fn push_conditions<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let TimeEntryFilter {
            from,
            to,
            overlap: _,
            project,
            categories,
            client,
            tags,
            text,
            billable,
            running,
            members,
            conditions,
        } = self.filter;
        if let Some(from) = from {
            out.push_sql(" AND time_entries.started_at >= ");
            out.push_bind_param::<Timestamptz, _>(from)?;
        }
        if let Some(to) = to {
            out.push_sql(" AND time_entries.started_at <= ");
            out.push_bind_param::<Timestamptz, _>(to)?;
        }
        if let Some(project) = project {
            out.push_sql(" AND time_entries.project_id = ");
            out.push_bind_param::<Uuid, _>(project)?;
        }
        if let Some(CategoryScope { project, categories }) = categories {
            out.push_sql(" AND time_entries.project_id = ");
            out.push_bind_param::<Uuid, _>(project)?;
            out.push_sql(" AND time_entries.category_id = ANY (");
            out.push_bind_param::<Array<Uuid>, _>(categories)?;
            out.push_sql(")");
        }
        if let Some(client) = client {
            out.push_sql(" AND time_entries.project_id IN (SELECT p.id FROM projects p WHERE p.workspace_id = ");
            out.push_bind_param::<Uuid, _>(self.scope.workspace_ref())?;
            out.push_sql(" AND p.client_id = ");
            out.push_bind_param::<Uuid, _>(client)?;
            out.push_sql(")");
        }
        for tag in tags {
            out.push_sql(" AND EXISTS (SELECT FROM time_entry_tags t WHERE t.workspace_id = ");
            out.push_bind_param::<Uuid, _>(self.scope.workspace_ref())?;
            out.push_sql(" AND t.time_entry_id = time_entries.id AND t.tag_id = ");
            out.push_bind_param::<Uuid, _>(tag)?;
            out.push_sql(")");
        }
        if !tags.is_empty() {
            out.push_sql(" AND NOT EXISTS (SELECT FROM tags t WHERE t.deleted_at IS NOT NULL AND t.id = ANY (");
            out.push_bind_param::<Array<Uuid>, _>(tags)?;
            out.push_sql("))");
        }
        if let Some(text) = text {
            text.push_conditions(self.scope.workspace_ref(), out)?;
        }
        if let Some(billable) = billable {
            out.push_sql(" AND time_entries.billable = ");
            out.push_bind_param::<Bool, _>(billable)?;
        }
        match running {
            Some(true) => out.push_sql(" AND time_entries.stopped_at IS NULL"),
            Some(false) => out.push_sql(" AND time_entries.stopped_at IS NOT NULL"),
            None => {}
        }
        match members {
            // The scope of the statement says it.
            Members::Own | Members::All => {}
            // One by itself is found by an index.
            Members::Some(members) => match members.as_slice() {
                [only] => {
                    out.push_sql(" AND time_entries.user_id = ");
                    out.push_bind_param::<Uuid, _>(only)?;
                }
                _ => {
                    out.push_sql(" AND time_entries.user_id = ANY (");
                    out.push_bind_param::<Array<Uuid>, _>(members)?;
                    out.push_sql(")");
                }
            },
        }
        conditions.push(self.scope.workspace_ref(), out)
    }
}

const NEWEST_FIRST: &str = " ORDER BY time_entries.started_at DESC, time_entries.id DESC";

/// Appends the order and the limit of a page.
pub(super) fn push_order<'b>(page: &'b Page, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    out.push_sql(NEWEST_FIRST);
    out.push_sql(" LIMIT ");
    out.push_bind_param::<BigInt, _>(&page.limit)
}

impl QueryFragment<Pg> for Selected<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.filter.is_usual() {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("(");
        match &self.filter.overlap {
            Some(range) => self.push_overlapping(range, &mut out)?,
            None => self.push_ordered_part(&mut out, |_| Ok(()))?,
        }
        out.push_sql(") AS time_entries");
        Ok(())
    }
}

/// Makes a fragment that is a whole statement one that can be sent. Rows are read by name.
macro_rules! query_by_text {
    ($name:ident) => {
        /// The text tells statements apart, not the type.
        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = diesel::sql_types::Untyped;
        }
    };
}
pub(super) use query_by_text;
