//! Groups of summaries: every kind, in any order.

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
