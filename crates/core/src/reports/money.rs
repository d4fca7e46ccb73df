//! Rates as stretches of time, for the statement.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::models::report::MoneyPlan;
use crate::models::{Category, CurrencyOf, FixedPrice, HourlyRate};
use crate::money::{RATES_MAX, RateKind};
use crate::values::ids::{CategoryId, ProjectId, WorkspaceId};
use crate::values::{TimeZone, TrackedTime};

/// From when on a target has which rate, in order; `None` is none.
type Timeline = BTreeMap<NaiveDate, Option<i64>>;

/// What a report needs to know to compute amounts, and the instants at which rates change.
///
/// # Errors
/// Those of the database.
pub(super) async fn money(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    zone: &TimeZone,
) -> QueryResult<(MoneyPlan, Vec<DateTime<Utc>>)> {
    let rates = HourlyRate::list(conn, workspace, RATES_MAX).await?;
    let currencies = CurrencyOf::list(conn, workspace).await?;
    let fixed = FixedPrice::list(conn, workspace).await?;
    let projects: BTreeSet<ProjectId> =
        rates.iter().filter(|rate| rate.category_id.is_some()).filter_map(|rate| rate.project_id).collect();
    let projects: Vec<ProjectId> = projects.into_iter().collect();
    let parents = if projects.is_empty() {
        HashMap::new()
    } else {
        Category::parents(conn, workspace, &projects).await?.into_iter().collect()
    };
    let mut plan = plan(&rates, &parents, zone);
    for row in currencies {
        match row.client_id {
            None => plan.currency = Some(row.currency),
            Some(client) => {
                plan.clients.push(client.into());
                plan.client_currencies.push(row.currency);
            }
        }
    }
    plan.fixed_price_projects = fixed.into_iter().map(|price| price.project_id.into()).collect();
    let days: BTreeSet<NaiveDate> = rates.iter().map(|rate| rate.valid_from).collect();
    Ok((plan, days.into_iter().map(|day| zone.start_of_day(day)).collect()))
}

fn plan(rates: &[HourlyRate], parents: &HashMap<CategoryId, Option<CategoryId>>, zone: &TimeZone) -> MoneyPlan {
    let mut billable: [BTreeMap<(Uuid, Uuid), Timeline>; 6] = Default::default();
    let mut cost: [BTreeMap<(Uuid, Uuid), Timeline>; 2] = Default::default();
    for rate in rates {
        let nil = Uuid::nil();
        let member = rate.user_id.map(Uuid::from);
        let [of_project_members, of_categories, of_projects, of_clients, of_members, of_workspace] = &mut billable;
        let [cost_of_members, cost_of_workspace] = &mut cost;
        let is_cost = rate.kind == RateKind::Cost.as_str();
        let (timelines, target) = match (rate.project_id, rate.category_id, rate.client_id, member) {
            (_, _, _, Some(member)) if is_cost => (cost_of_members, (member, nil)),
            _ if is_cost => (cost_of_workspace, (nil, nil)),
            (_, Some(category), _, _) => (of_categories, (category.into(), nil)),
            (Some(project), None, _, Some(member)) => (of_project_members, (project.into(), member)),
            (Some(project), None, _, None) => (of_projects, (project.into(), nil)),
            (None, None, Some(client), _) => (of_clients, (client.into(), nil)),
            (None, None, None, Some(member)) => (of_members, (member, nil)),
            (None, None, None, None) => (of_workspace, (nil, nil)),
        };
        timelines.entry(target).or_default().insert(rate.valid_from, rate.hourly);
    }
    billable[1] = inherited(&billable[1], parents);
    let mut plan = MoneyPlan::default();
    let all = billable.iter().zip(&mut plan.billable).chain(cost.iter().zip(&mut plan.cost));
    for (timelines, spans) in all {
        for (target, timeline) in timelines {
            let ends = timeline.keys().skip(1).map(|day| zone.start_of_day(*day)).chain([TrackedTime::bounds().1]);
            for ((from, hourly), to) in timeline.iter().zip(ends) {
                if let Some(hourly) = hourly {
                    spans.push(*target, zone.start_of_day(*from), to, *hourly);
                }
            }
        }
    }
    plan
}

/// The rates of categories with those of the nearest category above that has one at the time.
fn inherited(
    own: &BTreeMap<(Uuid, Uuid), Timeline>,
    parents: &HashMap<CategoryId, Option<CategoryId>>,
) -> BTreeMap<(Uuid, Uuid), Timeline> {
    let mut all = BTreeMap::new();
    for category in parents.keys() {
        let mut chain = Vec::new();
        let mut next = Some(*category);
        while let Some(id) = next {
            chain.extend(own.get(&(id.into(), Uuid::nil())));
            next = parents.get(&id).copied().flatten();
        }
        let days: BTreeSet<NaiveDate> = chain.iter().flat_map(|timeline| timeline.keys().copied()).collect();
        let at = |day: NaiveDate| {
            chain.iter().find_map(|timeline| timeline.range(..=day).next_back().and_then(|(_, hourly)| *hourly))
        };
        if !days.is_empty() {
            all.insert(((*category).into(), Uuid::nil()), days.into_iter().map(|day| (day, at(day))).collect());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::ids::{ClientId, RateId, UserId};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rate(valid_from: &str, hourly: Option<i64>) -> HourlyRate {
        HourlyRate {
            id: RateId(Uuid::nil()),
            workspace_id: WorkspaceId(Uuid::nil()),
            kind: "billable".to_owned(),
            user_id: None,
            client_id: None,
            project_id: None,
            category_id: None,
            valid_from: day(valid_from),
            hourly,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        }
    }

    #[test]
    fn a_rate_holds_until_the_next_one_and_may_end() {
        let rates = [rate("2026-01-01", Some(100)), rate("2026-03-01", Some(200)), rate("2026-05-01", None)];
        let plan = plan(&rates, &HashMap::new(), &TimeZone::parse("Europe/Berlin").unwrap());
        let spans = &plan.billable[5];
        let shown = |instants: &[DateTime<Utc>]| instants.iter().map(DateTime::to_rfc3339).collect::<Vec<_>>();
        assert_eq!(shown(&spans.from), ["2025-12-31T23:00:00+00:00", "2026-02-28T23:00:00+00:00"]);
        assert_eq!(shown(&spans.to), ["2026-02-28T23:00:00+00:00", "2026-04-30T22:00:00+00:00"]);
        assert_eq!(spans.hourly, [100, 200]);
    }

    #[test]
    fn each_target_has_its_place_and_costs_have_theirs() {
        let id = Uuid::from_u128;
        let base = rate("2026-01-01", Some(1));
        let rates = [
            HourlyRate { project_id: Some(ProjectId(id(1))), user_id: Some(UserId(id(2))), ..base.clone() },
            HourlyRate { project_id: Some(ProjectId(id(1))), ..base.clone() },
            HourlyRate { client_id: Some(ClientId(id(3))), ..base.clone() },
            HourlyRate { user_id: Some(UserId(id(2))), ..base.clone() },
            HourlyRate { user_id: Some(UserId(id(2))), kind: "cost".to_owned(), ..base.clone() },
            HourlyRate { kind: "cost".to_owned(), ..base },
        ];
        let plan = plan(&rates, &HashMap::new(), &TimeZone::utc());
        let counts = plan.billable.each_ref().map(|spans| spans.targets.clone());
        assert_eq!(counts, [vec![id(1)], vec![], vec![id(1)], vec![id(3)], vec![id(2)], vec![]]);
        assert_eq!(plan.billable[0].members, [id(2)]);
        assert_eq!(plan.cost.each_ref().map(|spans| spans.targets.clone()), [vec![id(2)], vec![Uuid::nil()]]);
    }

    #[test]
    fn a_category_has_the_rate_of_the_nearest_one_above_that_has_one_at_the_time() {
        let id = |number| CategoryId(Uuid::from_u128(number));
        let parents = HashMap::from([(id(1), None), (id(2), Some(id(1))), (id(3), Some(id(2)))]);
        let of = |category: CategoryId, from: &str, hourly| HourlyRate {
            project_id: Some(ProjectId(Uuid::nil())),
            category_id: Some(category),
            ..rate(from, hourly)
        };
        let rates = [
            of(id(1), "2026-01-01", Some(100)),
            of(id(2), "2026-02-01", Some(200)),
            of(id(2), "2026-03-01", None),
            of(id(1), "2026-04-01", Some(400)),
        ];
        let plan = plan(&rates, &parents, &TimeZone::utc());
        let spans = &plan.billable[1];
        let of_leaf: Vec<(String, i64)> = spans
            .targets
            .iter()
            .zip(&spans.from)
            .zip(&spans.hourly)
            .filter(|((target, _), _)| **target == Uuid::from(id(3)))
            .map(|((_, from), hourly)| (from.date_naive().to_string(), *hourly))
            .collect();
        let expected = [("2026-01-01", 100), ("2026-02-01", 200), ("2026-03-01", 100), ("2026-04-01", 400)];
        assert_eq!(of_leaf, expected.map(|(from, hourly)| (from.to_owned(), hourly)));
    }
}
