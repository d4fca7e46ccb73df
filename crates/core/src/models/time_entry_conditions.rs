//! Conditions of reports on entries: several values of each kind, and each also negated.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Timestamptz, Uuid};

use super::deleted_tags;
use super::time_entry_search::SearchText;
use crate::access::Role;
use crate::values::ids::{CategoryId, ClientId, ProjectId, TagId, UserId, WorkspaceId};

/// Values of one kind that an entry has, and others that it has not. Empty means that any will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<T> {
    /// One of these.
    pub any_of: Vec<T>,
    /// None of these.
    pub none_of: Vec<T>,
}

impl<T> Default for Choice<T> {
    fn default() -> Self {
        Self { any_of: Vec::new(), none_of: Vec::new() }
    }
}

impl<T> Choice<T> {
    /// Whether any value will do.
    pub(crate) fn is_any(&self) -> bool {
        self.any_of.is_empty() && self.none_of.is_empty()
    }

    /// Whether the value that `is_it` recognizes will do.
    pub(crate) fn admits(&self, is_it: impl Fn(&T) -> bool) -> bool {
        (self.any_of.is_empty() || self.any_of.iter().any(&is_it)) && !self.none_of.iter().any(&is_it)
    }
}

/// How long an entry is, in seconds. Running entries are as long as they are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LengthRange {
    /// At least.
    pub min: Option<i64>,
    /// At most.
    pub max: Option<i64>,
    /// Whether the length is outside of the range instead.
    pub is_negated: bool,
}

/// The times of day at which entries begin, half-open. A range that ends before it begins goes over midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimesOfDay {
    /// From this second of the day on.
    pub from: i32,
    /// Until before this one.
    pub to: i32,
    /// The instants at which the clocks of the time zone change, the first of all before any entry.
    pub changes: Vec<DateTime<Utc>>,
    /// By how many seconds the clocks are ahead of UTC from then on.
    pub offsets: Vec<i32>,
}

/// What a report asks of entries beside the filters of lists. The default asks nothing.
#[derive(Clone, Debug, Default)]
pub struct EntryConditions {
    /// The project.
    pub projects: Choice<ProjectId>,
    /// The category. The list is whole: what is below a category is in it.
    pub categories: Choice<CategoryId>,
    /// The client of the project.
    pub clients: Choice<ClientId>,
    /// The member.
    pub members: Choice<UserId>,
    /// The role of the member.
    pub roles: Choice<Role>,
    /// A tag.
    pub tags: Choice<TagId>,
    /// Whether the project has a client.
    pub has_client: Option<bool>,
    /// Whether the entry has a tag.
    pub has_tags: Option<bool>,
    /// Whether the entry has a description.
    pub has_description: Option<bool>,
    /// The whole description.
    pub description: Option<String>,
    /// Words that are not all found.
    pub no_text: Option<SearchText>,
    /// How long it is.
    pub length: Option<LengthRange>,
    /// When it begins.
    pub times_of_day: Option<TimesOfDay>,
    /// Until when running entries count, for their length.
    pub now: DateTime<Utc>,
}

/// Appends `= ANY` and `<> ALL` with the values of a choice.
macro_rules! push_choice {
    ($out:ident, $column:literal, $choice:expr, $sql_type:ty) => {
        if !$choice.any_of.is_empty() {
            $out.push_sql(concat!(" AND ", $column, " = ANY ("));
            $out.push_bind_param::<Array<$sql_type>, _>(&$choice.any_of)?;
            $out.push_sql(")");
        }
        if !$choice.none_of.is_empty() {
            $out.push_sql(concat!(" AND ", $column, " <> ALL ("));
            $out.push_bind_param::<Array<$sql_type>, _>(&$choice.none_of)?;
            $out.push_sql(")");
        }
    };
}

impl EntryConditions {
    /// Whether nothing is asked.
    pub(super) fn is_any(&self) -> bool {
        self.projects.is_any()
            && self.categories.is_any()
            && self.clients.is_any()
            && self.members.is_any()
            && self.roles.is_any()
            && self.tags.is_any()
            && self.has_client.is_none()
            && self.has_tags.is_none()
            && self.has_description.is_none()
            && self.description.is_none()
            && self.no_text.is_none()
            && self.length.is_none()
            && self.times_of_day.is_none()
    }

    /// Appends the conditions on a row of `time_entries`.
    pub(super) fn push<'b>(&'b self, workspace: &'b WorkspaceId, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_choice!(out, "time_entries.project_id", self.projects, Uuid);
        push_choice!(out, "time_entries.category_id", self.categories, Uuid);
        push_choice!(out, "time_entries.user_id", self.members, Uuid);
        for (values, is_negated) in [(&self.clients.any_of, false), (&self.clients.none_of, true)] {
            if !values.is_empty() {
                push_projects(is_negated, workspace, out)?;
                out.push_sql("p.client_id = ANY (");
                out.push_bind_param::<Array<Uuid>, _>(values)?;
                out.push_sql("))");
            }
        }
        if let Some(has_client) = self.has_client {
            push_projects(!has_client, workspace, out)?;
            out.push_sql("p.client_id IS NOT NULL)");
        }
        self.push_roles(workspace, out)?;
        self.push_tags(workspace, out)?;
        if let Some(has_description) = self.has_description {
            out.push_sql(" AND (time_entries.description <> '') = ");
            out.push_bind_param::<Bool, _>(if has_description { &true } else { &false })?;
        }
        if let Some(description) = &self.description {
            out.push_sql(" AND time_entries.description = ");
            out.push_bind_param::<Text, _>(description)?;
        }
        if let Some(text) = &self.no_text {
            out.push_sql(" AND NOT (true");
            text.push_conditions(workspace, out)?;
            out.push_sql(")");
        }
        self.push_length(out)?;
        self.push_times_of_day(out)
    }

    fn push_roles<'b>(&'b self, workspace: &'b WorkspaceId, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (roles, is_negated) in [(&self.roles.any_of, false), (&self.roles.none_of, true)] {
            if roles.is_empty() {
                continue;
            }
            out.push_sql(if is_negated {
                " AND time_entries.user_id NOT IN ("
            } else {
                " AND time_entries.user_id IN ("
            });
            out.push_sql("SELECT m.user_id FROM memberships m WHERE m.workspace_id = ");
            out.push_bind_param::<Uuid, _>(workspace)?;
            // Words of this program, without quotes in them.
            let words: Vec<String> = roles.iter().map(|role| format!("'{role}'")).collect();
            out.push_sql(&format!(" AND m.role IN ({}))", words.join(", ")));
        }
        Ok(())
    }

    fn push_tags<'b>(&'b self, workspace: &'b WorkspaceId, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let push = |is_negated: bool, tags: Option<&'b Vec<TagId>>, out: &mut AstPass<'_, 'b, Pg>| {
            out.push_sql(if is_negated { " AND NOT EXISTS (" } else { " AND EXISTS (" });
            out.push_sql("SELECT FROM time_entry_tags t WHERE t.workspace_id = ");
            out.push_bind_param::<Uuid, _>(workspace)?;
            out.push_sql(" AND t.time_entry_id = time_entries.id AND t.tag_id <> ALL (");
            out.push_sql(deleted_tags!());
            out.push_sql(")");
            if let Some(tags) = tags {
                out.push_sql(" AND t.tag_id = ANY (");
                out.push_bind_param::<Array<Uuid>, _>(tags)?;
                out.push_sql(")");
            }
            out.push_sql(")");
            QueryResult::Ok(())
        };
        if !self.tags.any_of.is_empty() {
            push(false, Some(&self.tags.any_of), out)?;
        }
        if !self.tags.none_of.is_empty() {
            push(true, Some(&self.tags.none_of), out)?;
        }
        match self.has_tags {
            Some(has_tags) => push(!has_tags, None, out),
            None => Ok(()),
        }
    }

    fn push_length<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some(LengthRange { min, max, is_negated }) = &self.length else { return Ok(()) };
        out.push_sql(if *is_negated { " AND NOT (true" } else { " AND (true" });
        for (bound, comparison) in [(min, " >= "), (max, " <= ")] {
            if let Some(bound) = bound {
                out.push_sql(
                    " AND coalesce(time_entries.duration_seconds, floor(extract(epoch FROM greatest(time_entries.started_at, ",
                );
                out.push_bind_param::<Timestamptz, _>(&self.now)?;
                out.push_sql(") - time_entries.started_at))::bigint)");
                out.push_sql(comparison);
                out.push_bind_param::<BigInt, _>(bound)?;
            }
        }
        out.push_sql(")");
        Ok(())
    }

    /// Local times are found by the changes of the clocks, so that PostgreSQL's time zones are not asked.
    fn push_times_of_day<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some(TimesOfDay { from, to, changes, offsets }) = &self.times_of_day else { return Ok(()) };
        let between = if from <= to { " AND " } else { " OR " };
        for (bound, before, after) in [(from, " AND (", " >= "), (to, between, " < ")] {
            out.push_sql(before);
            out.push_sql("(floor(extract(epoch FROM time_entries.started_at))::bigint + (");
            out.push_bind_param::<Array<Integer>, _>(offsets)?;
            out.push_sql(")[width_bucket(time_entries.started_at, ");
            out.push_bind_param::<Array<Timestamptz>, _>(changes)?;
            out.push_sql(")] + 86400) % 86400");
            out.push_sql(after);
            out.push_bind_param::<Integer, _>(bound)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

/// Appends the beginning of a condition on the project, up to what is asked of `p`.
fn push_projects<'b>(is_negated: bool, workspace: &'b WorkspaceId, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    out.push_sql(if is_negated {
        " AND time_entries.project_id NOT IN ("
    } else {
        " AND time_entries.project_id IN ("
    });
    out.push_sql("SELECT p.id FROM projects p WHERE p.workspace_id = ");
    out.push_bind_param::<Uuid, _>(workspace)?;
    out.push_sql(" AND ");
    Ok(())
}
