//! Reports as the API shows them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use clockwork_core::models::report::{NameKind, Names, TimeTotals};
use clockwork_core::reports::{Group, GroupKey, Level, ReportGroup, Worth, name_kind};
use clockwork_core::values::money::Currency;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many entries, and how much time. Rounded time is by the rule of the report, and the same as the exact time
/// without one.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportTotals)]
pub struct ReportTotalsView {
    /// The number of entries with time here, each of them once.
    pub entries: i64,
    /// How many of them run: their time counts up to `asOf`.
    pub running: i64,
    /// Their time, in whole seconds.
    pub duration_seconds: i64,
    /// The billable part of it.
    pub billable_seconds: i64,
    /// Their time, rounded.
    pub rounded_seconds: i64,
    /// The billable part of that.
    pub rounded_billable_seconds: i64,
}

impl From<TimeTotals> for ReportTotalsView {
    fn from(totals: TimeTotals) -> Self {
        let TimeTotals {
            entries,
            running,
            duration_seconds,
            billable_seconds,
            rounded_seconds,
            rounded_billable_seconds,
        } = totals;
        Self { entries, running, duration_seconds, billable_seconds, rounded_seconds, rounded_billable_seconds }
    }
}

/// What time is worth, in one currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportAmount)]
pub struct AmountView {
    /// ISO 4217.
    pub currency: &'static str,
    /// What clients pay, as a decimal with the digits of the currency, such as `12.50`.
    pub amount: String,
    /// What members cost.
    pub cost: String,
    /// What is left of the amount: negative if members cost more.
    pub profit: String,
}

impl AmountView {
    /// The amounts of each currency, in the order of their codes.
    pub(super) fn all(worth: &Worth) -> Vec<Self> {
        let currencies: BTreeSet<Currency> = worth.amounts.keys().chain(worth.costs.keys()).copied().collect();
        let view = |currency: Currency| {
            let of = |sums: &BTreeMap<Currency, i128>| sums.get(&currency).copied().unwrap_or_default();
            let (amount, cost) = (of(&worth.amounts), of(&worth.costs));
            Self {
                currency: currency.code(),
                amount: currency.decimal(amount),
                cost: currency.decimal(cost),
                profit: currency.decimal(amount - cost),
            }
        };
        currencies.into_iter().map(view).collect()
    }
}

/// A group of a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportGroup)]
pub struct ReportGroupView {
    /// What the group is, for programs: an id, `true` or `false`, a description, or a stretch of time, such as
    /// `2026-11-27`, the first day of a week, `2026-11`, `2026-Q4`, `2026`, `monday` or `09`. Null for entries without
    /// one: without a client, a tag or a description.
    #[schema(required)]
    key: Option<String>,
    /// Its name, for people; null without one. Weeks that begin on Mondays are named by ISO 8601, such as `2026-W48`.
    #[schema(required)]
    name: Option<String>,
    /// The colour of a project, category or tag that has one.
    #[schema(required)]
    color: Option<String>,
    /// The project of a category, the client of a project.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    belongs_to: Option<BelongsTo>,
    /// The category above a category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parent_category_id: Option<Uuid>,
    /// How many categories are above a category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    depth: Option<usize>,
    /// The first day of a stretch of time in the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from_date: Option<NaiveDate>,
    /// Its last day in the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    to_date: Option<NaiveDate>,
    /// The totals of the group; of a category, and of what is below it, those of its own entries.
    #[serde(flatten)]
    totals: ReportTotalsView,
    /// With a level of categories at or above the group: the totals with those of the categories below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subtree: Option<ReportTotalsView>,
    /// What its time is worth in each currency; only with `amounts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amounts: Option<Vec<AmountView>>,
    /// The same with that of the categories below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subtree_amounts: Option<Vec<AmountView>>,
    /// The groups of the next level. Categories stand in the order of their tree, each before those below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion, value_type = Option<Vec<ReportGroupView>>, nullable = false)]
    groups: Vec<ReportGroupView>,
}

/// What a group belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportHolder)]
pub struct BelongsTo {
    id: Uuid,
    /// Its name.
    name: String,
}

impl ReportGroupView {
    /// Groups and what is below them.
    pub(super) fn all(groups: Vec<ReportGroup>, levels: &[Level], names: &Names, amounts: bool) -> Vec<Self> {
        let Some((level, below)) = levels.split_first() else { return Vec::new() };
        groups.into_iter().map(|group| Self::new(group, level, below, names, amounts)).collect()
    }

    fn new(group: ReportGroup, level: &Level, below: &[Level], names: &Names, amounts: bool) -> Self {
        let is_category = level.group == Group::Category;
        let mut view = Self {
            key: None,
            name: None,
            color: None,
            belongs_to: None,
            parent_category_id: group.parent,
            depth: is_category.then_some(group.depth),
            from_date: None,
            to_date: None,
            totals: group.totals.into(),
            subtree: group.subtree.map(ReportTotalsView::from),
            amounts: amounts.then(|| AmountView::all(&group.worth)),
            subtree_amounts: group.subtree.filter(|_| amounts).map(|_| AmountView::all(&group.subtree_worth)),
            groups: Self::all(group.groups, below, names, amounts),
        };
        match group.key {
            GroupKey::None => {}
            GroupKey::Flag(flag) => view.key = Some(flag.to_string()),
            GroupKey::Text(text) => {
                view.name = Some(text.clone());
                view.key = Some(text);
            }
            GroupKey::Bucket(number) => {
                if let Some(bucket) = level.buckets.get(number) {
                    view.key = Some(bucket.key.clone());
                    view.name = Some(bucket.name.clone());
                    view.from_date = bucket.dates.map(|(from, _)| from);
                    view.to_date = bucket.dates.map(|(_, to)| to);
                }
            }
            GroupKey::Id(id) => {
                view.key = Some(id.to_string());
                if let Some(name) = name_kind(level.group).and_then(|kind| names.get(kind, id)) {
                    view.name = Some(name.name.clone());
                    view.color.clone_from(&name.color);
                    let kind = if is_category { NameKind::Project } else { NameKind::Client };
                    let holder = names.holder(kind, name);
                    view.belongs_to = holder.map(|(id, holder)| BelongsTo { id, name: holder.name.clone() });
                }
            }
        }
        view
    }
}
