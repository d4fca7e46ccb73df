//! Groups of summaries: every kind, in any order.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{HOUR, ME, Office, Tracked, named, number, these};

const WEEK: &str = "fromDate=2026-03-02&toDate=2026-03-08&timeZone=UTC";

/// An hour on Monday in Icons, two on Tuesday in Sketches, four on Wednesday in Design, eight on Thursday in Meetings.
async fn busy() -> Office {
    let office = Office::new().await;
    let hours = [
        (&office.icons, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", vec![&*office.urgent, &*office.remote], true),
        (&office.sketches, "2026-03-03T08:00:00Z", "2026-03-03T10:00:00Z", vec![&*office.urgent], true),
        (&office.design, "2026-03-04T08:00:00Z", "2026-03-04T12:00:00Z", vec![], false),
        (&office.meetings, "2026-03-05T08:00:00Z", "2026-03-05T16:00:00Z", vec![], false),
    ];
    for (category, start, stop, tags, billable) in hours {
        let description = if billable { "paid" } else { "" };
        office
            .tracked(Tracked { user: ME, category, start, stop: Some(stop), description, billable, tags: &tags })
            .await;
    }
    office
}

async fn groups(office: &Office, query: &str) -> Value {
    office.summary(&format!("{WEEK}&{query}")).await["groups"].take()
}

#[actix_web::test]
async fn groups_of_every_kind_have_their_names() {
    let office = busy().await;
    assert_eq!(
        named(&groups(&office, "groupBy=project").await),
        these(&[("Internal", 8 * HOUR), ("Website", 7 * HOUR)])
    );
    assert_eq!(named(&groups(&office, "groupBy=client").await), these(&[("-", 8 * HOUR), ("Acme", 7 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=member").await), these(&[("Me", 15 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=billable").await), these(&[("false", 12 * HOUR), ("true", 3 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=description").await), these(&[("-", 12 * HOUR), ("paid", 3 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=week").await), these(&[("2026-W10", 15 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=month").await), these(&[("2026-03", 15 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=quarter").await), these(&[("2026-Q1", 15 * HOUR)]));
    assert_eq!(named(&groups(&office, "groupBy=year").await), these(&[("2026", 15 * HOUR)]));
    assert_eq!(
        named(&groups(&office, "groupBy=weekday").await),
        these(&[("monday", HOUR), ("tuesday", 2 * HOUR), ("wednesday", 4 * HOUR), ("thursday", 8 * HOUR)])
    );
    assert_eq!(
        named(&groups(&office, "groupBy=hour").await)[..3],
        these(&[("08", 4 * HOUR), ("09", 3 * HOUR), ("10", 2 * HOUR)])
    );
    let project = groups(&office, "groupBy=project").await;
    assert_eq!(project[1]["belongsTo"], json!({"id": office.acme, "name": "Acme"}));
    assert_eq!((&project[1]["key"], project[1]["color"].is_string()), (&json!(office.website), true));
    let week = groups(&office, "groupBy=week&firstDayOfWeek=sunday").await;
    let dates =
        |group: &Value| ["key", "name", "fromDate", "toDate"].map(|name| group[name].as_str().unwrap().to_owned());
    assert_eq!(dates(&week[0]), ["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-07"]);
}

#[actix_web::test]
async fn categories_have_own_and_subtree_totals_in_the_order_of_their_tree() {
    let office = busy().await;
    let shown = |groups: &Value| -> Vec<(String, i64, i64, i64)> {
        let groups = groups.as_array().unwrap().iter();
        let of = |group: &Value| {
            let subtree = number(&group["subtree"], "durationSeconds") / HOUR;
            (
                group["name"].as_str().unwrap().to_owned(),
                number(group, "durationSeconds") / HOUR,
                subtree,
                number(group, "depth"),
            )
        };
        groups.map(of).collect()
    };
    let expected = |rows: &[(&str, i64, i64, i64)]| -> Vec<(String, i64, i64, i64)> {
        rows.iter().map(|(name, own, subtree, depth)| ((*name).to_owned(), *own, *subtree, *depth)).collect()
    };
    let all = groups(&office, "groupBy=category").await;
    assert_eq!(
        shown(&all),
        expected(&[("Meetings", 8, 8, 0), ("Design", 4, 7, 0), ("Sketches", 2, 3, 1), ("Icons", 1, 1, 2)])
    );
    assert_eq!(all[2]["parentCategoryId"], json!(office.design));
    assert_eq!(all[2]["belongsTo"], json!({"id": office.website, "name": "Website"}));
    assert_eq!(
        shown(&groups(&office, "groupBy=category&categoryDepth=2").await),
        expected(&[("Meetings", 8, 8, 0), ("Design", 4, 7, 0), ("Sketches", 3, 3, 1)])
    );
    // A category without time of its own is there for what is below it.
    let icons = format!("groupBy=category&categoryId={}", office.icons);
    assert_eq!(
        shown(&groups(&office, &icons).await),
        expected(&[("Design", 0, 1, 0), ("Sketches", 0, 1, 1), ("Icons", 1, 1, 2)])
    );
    // Groups below a category have subtrees as well, groups above have none.
    let by_day = groups(&office, "groupBy=project&groupBy=category&groupBy=day").await;
    assert_eq!(by_day[1].get("subtree"), None);
    let days = &by_day[1]["groups"][0]["groups"];
    let subtrees: Vec<i64> =
        days.as_array().unwrap().iter().map(|day| number(&day["subtree"], "durationSeconds") / HOUR).collect();
    assert_eq!((named(days).len(), subtrees), (3, vec![1, 2, 4]));
    assert_eq!(named(days), these(&[("2026-03-02", 0), ("2026-03-03", 0), ("2026-03-04", 4 * HOUR)]));
}

/// Time of the own groups of categories, deeper ones added to the one above them at a depth: entries, seconds,
/// billable, rounded and rounded billable seconds, by the keys of all groups.
fn folded(report: &Value, by: &[&str], depth: i64) -> BTreeMap<Vec<String>, [i64; 5]> {
    fn walk(groups: &Value, by: &[&str], depth: i64, keys: &[String], cells: &mut BTreeMap<Vec<String>, [i64; 5]>) {
        let mut above: Vec<(i64, String)> = Vec::new();
        for group in groups.as_array().unwrap() {
            let mut key = group["key"].to_string();
            if by[0] == "category" {
                let at = number(group, "depth");
                above.truncate(usize::try_from(at).unwrap());
                above.push((at, key.clone()));
                key.clone_from(&above[usize::try_from(at.min(depth - 1)).unwrap()].1);
            }
            let keys: Vec<String> = keys.iter().cloned().chain([key]).collect();
            if by.len() > 1 {
                walk(&group["groups"], &by[1..], depth, &keys, cells);
            } else {
                let cell = cells.entry(keys).or_default();
                let names =
                    ["entries", "durationSeconds", "billableSeconds", "roundedSeconds", "roundedBillableSeconds"];
                for (sum, name) in cell.iter_mut().zip(names) {
                    *sum += number(group, name);
                }
            }
        }
    }
    let mut cells = BTreeMap::new();
    walk(&report["groups"], by, depth, &[], &mut cells);
    cells.retain(|_, sums| *sums != [0; 5]);
    cells
}

#[actix_web::test]
async fn categories_to_a_depth_have_what_those_below_them_have_together() {
    let office = busy().await;
    // Across midnight, in two groups of a day, and one that is in all categories of a day.
    let drafts = office.subcategory(&office.website, &office.icons, "Drafts").await;
    for (category, start, stop) in [
        (&drafts, "2026-03-02T22:10:00Z", "2026-03-03T01:20:00Z"),
        (&office.icons, "2026-03-03T23:00:00Z", "2026-03-05T02:07:00Z"),
        (&office.sketches, "2026-03-02T08:00:00Z", "2026-03-02T08:13:00Z"),
    ] {
        let entry = Tracked { billable: true, tags: &[&office.urgent], ..Tracked::mine(category, start, stop) };
        office.tracked(entry).await;
    }
    for by in [
        vec!["category"],
        vec!["category", "day"],
        vec!["day", "category"],
        vec!["tag", "category", "week"],
        vec!["category", "tag", "day"],
        vec!["client", "category", "member"],
    ] {
        let groups: String = by.iter().map(|group| format!("&groupBy={group}")).collect();
        for more in ["", "&round=up&roundTo=30", "&round=up&roundTo=60&roundPer=day", "&compare=previous"] {
            let whole = office.summary(&format!("{WEEK}{groups}{more}")).await;
            for depth in 1..=4 {
                let query = format!("{WEEK}{groups}{more}&categoryDepth={depth}");
                let report = office.summary(&query).await;
                assert_eq!(report["total"], whole["total"], "{query}");
                assert_eq!(folded(&report, &by, 100), folded(&whole, &by, depth), "{query}");
                if let Some(compared) = whole.get("compared") {
                    assert_eq!(report["compared"]["total"], compared["total"], "{query}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn the_limit_of_groups_counts_categories_as_far_as_they_are_told_apart() {
    let office = Office::new().await;
    // 601 categories below Design, each with an hour on 50 days: 30,050 groups, of which an answer has 30,000.
    office
        .execute(&format!(
            "INSERT INTO categories (id, workspace_id, project_id, parent_category_id, name, created_at, updated_at)
             SELECT gen_random_uuid(), c.workspace_id, c.project_id, c.id, 'Part ' || n, now(), now()
             FROM categories c, generate_series(1, 600) n WHERE c.id = '{design}';
             INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description,
                                       created_at, updated_at)
             SELECT gen_random_uuid(), c.workspace_id, '{ME}', c.project_id, c.id, day + interval '8 hours', day + interval '9 hours',
                    '', now(), now()
             FROM categories c, generate_series(timestamptz '2026-01-01Z', '2026-02-19Z', interval '1 day') day
             WHERE c.parent_category_id = '{design}' OR c.id = '{icons}'",
            design = office.design,
            icons = office.icons,
        ))
        .await;
    let query = "fromDate=2026-01-01&toDate=2026-02-19&timeZone=UTC&groupBy=category&groupBy=day";
    let answer = office.get(&format!("/api/reports/summary?{query}")).await;
    answer.refused(400, "report_too_large").names("groupBy", "too_long");
    let report = office.summary(&format!("{query}&categoryDepth=1")).await;
    assert_eq!(named(&report["groups"]), these(&[("Design", 602 * 50 * HOUR)]));
    let days = report["groups"][0]["groups"].as_array().unwrap();
    assert_eq!((days.len(), number(&days[7], "durationSeconds")), (50, 602 * HOUR));
    // What the categories of a day have together.
    let leaves = office.summary("fromDate=2026-01-08&toDate=2026-01-08&timeZone=UTC&groupBy=category").await;
    let together = named(&leaves["groups"]).into_iter().map(|(_, seconds)| seconds).sum::<i64>();
    assert_eq!(together, number(&days[7], "durationSeconds"));
}

#[actix_web::test]
async fn an_entry_with_two_tags_is_in_both_groups_and_once_in_the_total() {
    let office = busy().await;
    let report = office.summary(&format!("{WEEK}&groupBy=tag")).await;
    assert_eq!(report["groupsOverlap"], true);
    assert_eq!(named(&report["groups"]), these(&[("-", 12 * HOUR), ("urgent", 3 * HOUR), ("remote", HOUR)]));
    assert_eq!(
        ["entries", "durationSeconds", "billableSeconds"].map(|name| number(&report["total"], name)),
        [4, 15 * HOUR, 3 * HOUR]
    );
    // Below another group its totals are right as well, and above one each tag has all of its own.
    let below = groups(&office, "groupBy=project&groupBy=tag").await;
    assert_eq!(number(&below[1], "durationSeconds"), 7 * HOUR);
    assert_eq!(named(&below[1]["groups"]), these(&[("-", 4 * HOUR), ("urgent", 3 * HOUR), ("remote", HOUR)]));
    let above = groups(&office, "groupBy=tag&groupBy=day").await;
    assert_eq!(named(&above[1]["groups"]), these(&[("2026-03-02", HOUR), ("2026-03-03", 2 * HOUR)]));
    // A deleted tag is gone at once.
    office.delete(&format!("/api/tags/{}", office.remote)).await.is(204);
    assert_eq!(named(&groups(&office, "groupBy=tag").await), these(&[("-", 12 * HOUR), ("urgent", 3 * HOUR)]));
}

#[actix_web::test]
async fn an_entry_is_counted_once_in_each_group() {
    let office = Office::new().await;
    // Three days and nights.
    office.tracked(Tracked::mine(&office.design, "2026-03-02T12:00:00Z", "2026-03-05T12:00:00Z")).await;
    let entries = |groups: &Value| -> Vec<i64> {
        groups.as_array().unwrap().iter().map(|group| number(group, "entries")).collect()
    };
    let days = office.summary(&format!("{WEEK}&groupBy=day")).await;
    assert_eq!((entries(&days["groups"]), number(&days["total"], "entries")), (vec![1; 4], 1));
    // In 72 hours each hour of the day came three times.
    let hours = groups(&office, "groupBy=hour").await;
    assert_eq!((entries(&hours), named(&hours)[0].1), (vec![1; 24], 3 * HOUR));
    let both = groups(&office, "groupBy=hour&groupBy=weekday").await;
    assert_eq!((entries(&both)[0], entries(&both[0]["groups"])), (1, vec![1; 3]));
    let project = groups(&office, "groupBy=project&groupBy=day&groupBy=hour").await;
    assert_eq!((entries(&project), entries(&project[0]["groups"])), (vec![1], vec![1; 4]));
}

#[actix_web::test]
async fn groups_are_ordered_as_asked() {
    let office = busy().await;
    let order = async |sort: &str| -> Vec<String> {
        let sorted = groups(&office, &format!("groupBy=project&sort={sort}")).await;
        named(&sorted).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(order("name").await, ["Internal", "Website"]);
    assert_eq!(order("-name").await, ["Website", "Internal"]);
    assert_eq!(order("time").await, ["Website", "Internal"]);
    assert_eq!(order("-time").await, ["Internal", "Website"]);
    assert_eq!(order("billable").await, ["Internal", "Website"]);
    assert_eq!(order("-billable").await, ["Website", "Internal"]);
    let days = groups(&office, "groupBy=day&sort=-time").await;
    assert_eq!(named(&days)[0].0, "2026-03-05");
    let last = groups(&office, "groupBy=client&sort=name").await;
    assert_eq!(named(&last)[1].0, "-", "what has no name comes last");
}

#[actix_web::test]
async fn empty_buckets_are_filled_below_other_groups_as_well() {
    let office = busy().await;
    let report = groups(&office, "groupBy=project&groupBy=day&fillEmpty=true").await;
    assert_eq!(report[0]["groups"].as_array().unwrap().len(), 7);
    assert_eq!(named(&report[1]["groups"])[..2], these(&[("2026-03-02", HOUR), ("2026-03-03", 2 * HOUR)]));
    assert_eq!(groups(&office, "groupBy=hour&fillEmpty=true").await.as_array().unwrap().len(), 24);
    let weekdays = groups(&office, "groupBy=weekday&fillEmpty=true&firstDayOfWeek=sunday").await;
    assert_eq!(named(&weekdays)[..2], these(&[("sunday", 0), ("monday", HOUR)]));
}
