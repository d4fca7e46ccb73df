//! The groups of a report as a tree: of the rows that the statement sums.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;

use uuid::Uuid;

use super::buckets::Bucket;
use super::words::{Group, Sort};
use crate::models::report::{NameKind, Names, ReportEntry, SumRow, TimeTotals};
use crate::values::ids::CategoryId;
use crate::values::money::Currency;

/// What the entries of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// Nothing: no client, no tag.
    None,
    /// A project, category, client, member or tag.
    Id(Uuid),
    /// Whether they are billable.
    Flag(bool),
    /// The description.
    Text(String),
    /// The number of the bucket of the level, from 0.
    Bucket(usize),
}

/// What time is worth, in minor units of each currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worth {
    /// What clients pay.
    pub amounts: BTreeMap<Currency, i128>,
    /// What members cost.
    pub costs: BTreeMap<Currency, i128>,
}

impl Worth {
    /// What a row adds to a group: its amounts, rounded.
    fn of(row: &SumRow, level: usize, tag: Option<usize>, costs: Option<Currency>) -> Self {
        let (paid, cost) = row.worth(level, tag);
        Self::rounded(row.currency.as_deref(), paid, cost, costs)
    }

    /// What an entry is worth.
    #[must_use]
    pub fn of_entry(entry: &ReportEntry, costs: Option<Currency>) -> Self {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok()).unwrap_or_default();
        Self::rounded(entry.currency.as_deref(), number(&entry.worth), number(&entry.cost), costs)
    }

    /// Seconds times rates as amounts: here, and nowhere else, they are rounded.
    fn rounded(currency: Option<&str>, paid: i128, cost: i128, costs: Option<Currency>) -> Self {
        let mut worth = Self::default();
        let currency = currency.and_then(|code| Currency::parse(code).ok());
        if let Some(currency) = currency.filter(|_| paid != 0) {
            worth.amounts.insert(currency, currency.amount(paid));
        }
        if let Some(currency) = costs.filter(|_| cost != 0) {
            worth.costs.insert(currency, currency.amount(cost));
        }
        worth
    }

    /// All amounts as one number, for an order.
    fn rank(&self) -> i64 {
        let scaled = |(currency, amount): (&Currency, &i128)| amount * 10_i128.pow(4 - currency.digits().min(4));
        i64::try_from(self.amounts.iter().map(scaled).sum::<i128>()).unwrap_or(i64::MAX)
    }
}

impl AddAssign for Worth {
    fn add_assign(&mut self, other: Self) {
        for (sums, added) in [(&mut self.amounts, other.amounts), (&mut self.costs, other.costs)] {
            for (currency, amount) in added {
                *sums.entry(currency).or_default() += amount;
            }
        }
    }
}

/// A level of groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// What it is grouped by.
    pub group: Group,
    /// The buckets, if these are groups of time.
    pub buckets: Vec<Bucket>,
}

/// A group with what is below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportGroup {
    /// What its entries have in common.
    pub key: GroupKey,
    /// Its totals; of a category, those of its own entries.
    pub totals: TimeTotals,
    /// With a level of categories at or above this group: the totals with those of the categories below.
    pub subtree: Option<TimeTotals>,
    /// What its time is worth.
    pub worth: Worth,
    /// The same with that of the categories below.
    pub subtree_worth: Worth,
    /// Of a category, how many categories are above it.
    pub depth: usize,
    /// Of a category, the one above it.
    pub parent: Option<Uuid>,
    /// The groups of the next level. Categories stand in the order of their tree, each before those below it.
    pub groups: Vec<ReportGroup>,
}

/// The groups of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportTree {
    /// The totals of everything, each entry once.
    pub total: TimeTotals,
    /// What all of it is worth.
    pub worth: Worth,
    /// The groups of the first level.
    pub groups: Vec<ReportGroup>,
}

/// How a tree is put together.
pub(super) struct Shape<'a> {
    pub(super) levels: &'a [Level],
    pub(super) names: &'a Names,
    pub(super) sort: Option<Sort>,
    pub(super) fill_empty: bool,
    /// The currency of costs, if amounts are wanted.
    pub(super) costs: Option<Currency>,
}

#[derive(Default)]
struct Node {
    totals: TimeTotals,
    subtree: TimeTotals,
    worth: Worth,
    subtree_worth: Worth,
    children: HashMap<GroupKey, Node>,
}

impl Node {
    /// Adds what a row has for each group on a path.
    fn add(&mut self, path: &[GroupKey], add: &mut impl FnMut(&mut Self, usize)) {
        let mut node = self;
        add(node, 0);
        for (at, key) in path.iter().enumerate() {
            node = node.children.entry(key.clone()).or_default();
            add(node, at + 1);
        }
    }
}

impl Shape<'_> {
    /// The tree of these rows.
    pub(super) fn tree(&self, rows: &[SumRow]) -> ReportTree {
        let mut root = Node::default();
        let position = |wanted: Group| self.levels.iter().position(|level| level.group == wanted);
        let (tag, category) = (position(Group::Tag), position(Group::Category));
        for row in rows {
            let mut path = self.path(row);
            let above = category.and_then(|at| Some((at, self.categories(path.get(at)?))));
            root.add(&path, &mut |node, level| {
                node.totals += row.share(level, tag);
                node.worth += Worth::of(row, level, tag, self.costs);
            });
            for (at, category) in above.into_iter().flat_map(|(at, above)| above.into_iter().map(move |key| (at, key)))
            {
                if let Some(key) = path.get_mut(at) {
                    *key = category;
                }
                root.add(&path, &mut |node, level| {
                    if level > at {
                        node.subtree += row.share(level, tag);
                        node.subtree_worth += Worth::of(row, level, tag, self.costs);
                    }
                });
            }
        }
        ReportTree { total: root.totals, worth: root.worth.clone(), groups: self.groups(root, 0, category) }
    }

    /// The keys of a row.
    fn path(&self, row: &SumRow) -> Vec<GroupKey> {
        let keyed = self.levels.iter().zip(row.keys());
        keyed.map(|(level, key)| self::key(level.group, key)).collect()
    }

    /// A category and those above it, the root first.
    fn categories(&self, key: &GroupKey) -> Vec<GroupKey> {
        let GroupKey::Id(id) = key else { return vec![key.clone()] };
        let path = self.names.path(CategoryId::from(*id));
        let keys: Vec<GroupKey> = path.into_iter().map(|(id, _)| GroupKey::Id(id.into())).collect();
        if keys.is_empty() { vec![key.clone()] } else { keys }
    }

    fn groups(&self, node: Node, at: usize, category: Option<usize>) -> Vec<ReportGroup> {
        let Some(level) = self.levels.get(at) else { return Vec::new() };
        let mut children = node.children;
        if self.fill_empty {
            for number in 0..level.buckets.len() {
                children.entry(GroupKey::Bucket(number)).or_default();
            }
        }
        let has_subtree = category.is_some_and(|category| category <= at);
        let groups = children.into_iter().map(|(key, node)| ReportGroup {
            key,
            totals: node.totals,
            subtree: has_subtree.then_some(node.subtree),
            worth: node.worth.clone(),
            subtree_worth: node.subtree_worth.clone(),
            depth: 0,
            parent: None,
            groups: self.groups(node, at + 1, category),
        });
        let mut groups: Vec<ReportGroup> = groups.collect();
        groups.sort_by_cached_key(|group| self.rank(level, group));
        if level.group == Group::Category { self.in_tree_order(groups) } else { groups }
    }

    /// The place of a group among its siblings: the smaller the earlier.
    fn rank(&self, level: &Level, group: &ReportGroup) -> (Rank, (bool, String), GroupKey) {
        let totals = group.subtree.unwrap_or(group.totals);
        let worth = if group.subtree.is_some() { &group.subtree_worth } else { &group.worth };
        let is_time = level.group.is_time();
        let sort = self.sort.unwrap_or(if is_time { Sort::Name } else { Sort::TimeDescending });
        let name = self.label(level, &group.key);
        // What has no name comes last.
        let named = (name.is_empty(), name.clone());
        let by_name = if let (true, GroupKey::Bucket(number)) = (is_time, &group.key) {
            Rank::Number(i64::try_from(*number).unwrap_or_default())
        } else {
            Rank::Name(name)
        };
        let first = match sort {
            Sort::Name => by_name,
            Sort::NameDescending => Rank::Reversed(Box::new(by_name)),
            Sort::Time => Rank::Number(totals.duration_seconds),
            Sort::TimeDescending => Rank::Number(-totals.duration_seconds),
            Sort::Billable => Rank::Number(totals.billable_seconds),
            Sort::BillableDescending => Rank::Number(-totals.billable_seconds),
            Sort::Amount => Rank::Number(worth.rank()),
            Sort::AmountDescending => Rank::Number(-worth.rank()),
        };
        (first, named, group.key.clone())
    }

    /// The name that a group is ordered by, without regard to case.
    fn label(&self, level: &Level, key: &GroupKey) -> String {
        let named = |kind: NameKind, id: Uuid| self.names.get(kind, id).map(|name| name.name.to_lowercase());
        match (level.group, key) {
            (_, GroupKey::None) => String::new(),
            (_, GroupKey::Text(text)) => text.to_lowercase(),
            (_, GroupKey::Flag(flag)) => flag.to_string(),
            (_, GroupKey::Bucket(number)) => {
                level.buckets.get(*number).map(|bucket| bucket.key.clone()).unwrap_or_default()
            }
            (group, GroupKey::Id(id)) => {
                name_kind(group).and_then(|kind| named(kind, *id)).unwrap_or_else(|| id.to_string())
            }
        }
    }

    /// Puts categories, which are in order among their siblings, into the order of their tree.
    fn in_tree_order(&self, groups: Vec<ReportGroup>) -> Vec<ReportGroup> {
        let mut below: HashMap<Option<Uuid>, Vec<ReportGroup>> = HashMap::new();
        for mut group in groups {
            if let GroupKey::Id(id) = group.key {
                group.parent = self.names.get(NameKind::Category, id).and_then(|name| name.parent);
            }
            below.entry(group.parent).or_default().push(group);
        }
        let mut ordered = Vec::new();
        place(None, 0, &mut below, &mut ordered);
        ordered
    }
}

/// Moves the categories below one into `ordered`, each with those below it.
fn place(
    parent: Option<Uuid>,
    depth: usize,
    below: &mut HashMap<Option<Uuid>, Vec<ReportGroup>>,
    ordered: &mut Vec<ReportGroup>,
) {
    for group in below.remove(&parent).unwrap_or_default() {
        let id = if let GroupKey::Id(id) = group.key { Some(id) } else { None };
        ordered.push(ReportGroup { depth, ..group });
        if id.is_some() {
            place(id, depth + 1, below, ordered);
        }
    }
}

/// The kind of name that the ids of a group have.
#[must_use]
pub fn name_kind(group: Group) -> Option<NameKind> {
    match group {
        Group::Project => Some(NameKind::Project),
        Group::Category => Some(NameKind::Category),
        Group::Client => Some(NameKind::Client),
        Group::Member => Some(NameKind::Member),
        Group::Tag => Some(NameKind::Tag),
        _ => None,
    }
}

/// Reads a key as the statement writes it.
fn key(group: Group, text: Option<&str>) -> GroupKey {
    let Some(text) = text else { return GroupKey::None };
    match group {
        Group::Billable => GroupKey::Flag(text == "true" || text == "t"),
        Group::Description if text.is_empty() => GroupKey::None,
        Group::Description => GroupKey::Text(text.to_owned()),
        group if group.is_time() => text.parse().map_or(GroupKey::None, GroupKey::Bucket),
        _ => text.parse().map_or(GroupKey::None, GroupKey::Id),
    }
}

/// What siblings are ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rank {
    Number(i64),
    Name(String),
    Reversed(Box<Rank>),
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.cmp(other),
            (Self::Name(one), Self::Name(other)) => (one.is_empty(), one).cmp(&(other.is_empty(), other)),
            (Self::Reversed(one), Self::Reversed(other)) => other.cmp(one),
            // Siblings have ranks of one kind.
            _ => Ordering::Equal,
        }
    }
}
