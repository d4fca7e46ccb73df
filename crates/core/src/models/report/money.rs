//! What the parts of entries are worth: the rate that held when the time was tracked.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::values::ids::WorkspaceId;

/// Rates of one kind of target, each for a stretch of time; those of one target do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateSpans {
    /// The target: a category, a project, a client, a member, or a member in a project. Nil for the workspace.
    pub targets: Vec<Uuid>,
    /// The member in the project; nil otherwise.
    pub members: Vec<Uuid>,
    /// When each begins.
    pub from: Vec<DateTime<Utc>>,
    /// When it ends.
    pub to: Vec<DateTime<Utc>>,
    /// Ten-thousandths of the currency for an hour.
    pub hourly: Vec<i64>,
}

impl RateSpans {
    /// Adds one.
    pub fn push(&mut self, target: (Uuid, Uuid), from: DateTime<Utc>, to: DateTime<Utc>, hourly: i64) {
        self.targets.push(target.0);
        self.members.push(target.1);
        self.from.push(from);
        self.to.push(to);
        self.hourly.push(hourly);
    }

    fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }
}

/// What a report needs to know to compute amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoneyPlan {
    /// In the order of precedence: of members in projects, categories, projects, clients, members, the workspace.
    pub billable: [RateSpans; 6],
    /// What members cost, and what members without a rate of their own do.
    pub cost: [RateSpans; 2],
    /// Clients with a currency of their own.
    pub clients: Vec<Uuid>,
    /// Their currencies.
    pub client_currencies: Vec<String>,
    /// The currency of the workspace, also of costs.
    pub currency: Option<String>,
    /// Projects that are paid as a whole.
    pub fixed_price_projects: Vec<Uuid>,
}

/// What a rate of each kind is joined by.
const TARGETS: [&str; 6] = [
    "{rate}.target = {part}.project_id AND {rate}.member = {part}.user_id",
    "{rate}.target = {part}.category_id",
    "{rate}.target = {part}.project_id",
    "{rate}.target = project.client_id",
    "{rate}.target = {part}.user_id",
    "true",
];
const COST_TARGETS: [&str; 2] = [TARGETS[4], TARGETS[5]];

impl MoneyPlan {
    /// Appends the joins that find what a part is worth: `part` is the FROM item with the part, its entry and the
    /// instant `at`.
    pub(super) fn push_joins<'b>(
        &'b self,
        workspace: &'b WorkspaceId,
        part: &str,
        out: &mut AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_sql(" JOIN projects AS project ON project.workspace_id = ");
        out.push_bind_param::<SqlUuid, _>(workspace)?;
        out.push_sql(&format!(" AND project.id = {part}.project_id LEFT JOIN ROWS FROM (unnest("));
        out.push_bind_param::<Array<SqlUuid>, _>(&self.clients)?;
        out.push_sql("), unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.client_currencies)?;
        out.push_sql(")) AS client_money (client_id, currency) ON client_money.client_id = project.client_id");
        for (kind, spans, targets) in
            [("rate", &self.billable[..], &TARGETS[..]), ("cost", &self.cost[..], &COST_TARGETS[..])]
        {
            for (number, (spans, target)) in spans.iter().zip(targets).enumerate() {
                if spans.is_empty() {
                    continue;
                }
                let name = format!("{kind}{number}");
                out.push_sql(" LEFT JOIN ROWS FROM (unnest(");
                out.push_bind_param::<Array<SqlUuid>, _>(&spans.targets)?;
                out.push_sql("), unnest(");
                out.push_bind_param::<Array<SqlUuid>, _>(&spans.members)?;
                out.push_sql("), unnest(");
                out.push_bind_param::<Array<Timestamptz>, _>(&spans.from)?;
                out.push_sql("), unnest(");
                out.push_bind_param::<Array<Timestamptz>, _>(&spans.to)?;
                out.push_sql("), unnest(");
                out.push_bind_param::<Array<BigInt>, _>(&spans.hourly)?;
                let target = target.replace("{rate}", &name).replace("{part}", part);
                out.push_sql(&format!(
                    ")) AS {name} (target, member, from_at, to_at, hourly)
                     ON {target} AND {part}.at >= {name}.from_at AND {part}.at < {name}.to_at"
                ));
            }
        }
        Ok(())
    }

    /// Appends the columns `currency`, `hourly` (what clients pay) and `hourly_cost`.
    pub(super) fn push_columns<'b>(&'b self, part: &str, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("coalesce(client_money.currency, ");
        out.push_bind_param::<Nullable<Text>, _>(&self.currency)?;
        out.push_sql(&format!(") AS currency, CASE WHEN {part}.billable AND {part}.project_id <> ALL ("));
        out.push_bind_param::<Array<SqlUuid>, _>(&self.fixed_price_projects)?;
        out.push_sql(") THEN ");
        out.push_sql(&first_of("rate", &self.billable));
        out.push_sql(" ELSE 0 END AS hourly, ");
        out.push_sql(&first_of("cost", &self.cost));
        out.push_sql(" AS hourly_cost");
        Ok(())
    }
}

/// The rate that goes before all others.
fn first_of(kind: &str, spans: &[RateSpans]) -> String {
    let there = spans.iter().enumerate().filter(|(_, spans)| !spans.is_empty());
    let rates: Vec<String> =
        there.map(|(number, _)| format!("{kind}{number}.hourly")).chain(["0".to_owned()]).collect();
    format!("coalesce({})::bigint", rates.join(", "))
}
