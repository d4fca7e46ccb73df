//! The same question gives the same number everywhere: in the list, its totals, the week strip, summaries by every
//! group, and the detailed report.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::{ME, Office, number};
use crate::harness::{insert_scattered, seconds_within, utc};

const SEED: u64 = 20_261_127;

/// Entries of all kinds, some of them with tags.
async fn scatter(office: &Office, random: &mut fastrand::Rng) {
    let categories = [&office.design, &office.sketches, &office.icons, &office.code, &office.meetings];
    let entries = insert_scattered(random, ME, &categories.map(String::as_str), 150, 45);
    let (urgent, remote) = (&office.urgent, &office.remote);
    office
        .execute(&format!(
            "{entries};
             INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
             SELECT workspace_id, id, '{urgent}' FROM time_entries WHERE description IN ('note 1', 'note 2');
             INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
             SELECT workspace_id, id, '{remote}' FROM time_entries WHERE description = 'note 2'"
        ))
        .await;
}

/// The sums of the leaves below groups.
fn leaves(groups: &Value, name: &str) -> i64 {
    let sum = |group: &Value| {
        if group["groups"].is_array() { leaves(&group["groups"], name) } else { number(group, name) }
    };
    groups.as_array().unwrap().iter().map(sum).sum()
}

#[actix_web::test]
async fn every_surface_gives_the_same_number() {
    let mut random = fastrand::Rng::with_seed(SEED);
    let office = Office::new().await;
    scatter(&office, &mut random).await;
    office
        .post("/api/time/start", json!({"categoryId": office.code, "startedAt": "2026-02-27T21:30:00.5Z"}))
        .await
        .created();
    office.advance(TimeDelta::days(3));
    let Office { design, website, internal, acme, urgent, .. } = &office;
    // Filters that lists have as well.
    let filters = [
        String::new(),
        format!("&projectId={website}"),
        format!("&projectId={internal}&billable=false"),
        format!("&categoryId={design}&includeSubcategories=true"),
        format!("&clientId={acme}"),
        "&billable=true".to_owned(),
        "&q=note+2".to_owned(),
        "&q=sketches".to_owned(),
        format!("&tagId={urgent}&billable=false"),
        "&running=false".to_owned(),
    ];
    let zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"];
    let groups = [
        "project",
        "category",
        "client",
        "member",
        "billable",
        "description",
        "day",
        "week",
        "month",
        "weekday",
        "hour",
    ];
    let mut seen = 0;
    for round in 0..60 {
        let (zone, filter) = (random.choice(zones).unwrap(), random.choice(&filters).unwrap());
        let first = NaiveDate::from_ymd_opt(2026, 2, 10).unwrap() + TimeDelta::days(random.i64(0..50));
        let last = first + TimeDelta::days(random.i64(0..14));
        let range = format!("fromDate={first}&toDate={last}&timeZone={zone}{filter}");
        let said = format!("seed {SEED}, round {round}: {range}");
        let list = office.get(&format!("/api/time/entries?{range}")).await.ok().json;
        let totals = office.get(&format!("/api/time/totals?{range}&days=true")).await.ok().json;
        let (from, to, now) = (utc(&totals["from"]), utc(&totals["to"]), utc(&totals["asOf"]));
        let listed: i64 = list.as_array().unwrap().iter().map(|entry| seconds_within(entry, from, to, now)).sum();
        let entries = i64::try_from(list.as_array().unwrap().len()).unwrap();
        assert_eq!((number(&totals, "entries"), number(&totals, "durationSeconds")), (entries, listed), "{said}");

        // The week strip and a summary by day are the same cells.
        let by_day = office.summary(&format!("{range}&groupBy=day&fillEmpty=true")).await;
        assert_eq!((utc(&by_day["from"]), utc(&by_day["to"])), (from, to), "{said}");
        let cells = |days: &Value, date: &str| -> Vec<(String, [i64; 4])> {
            let names = ["entries", "running", "durationSeconds", "billableSeconds"];
            let cell = |day: &Value| (day[date].as_str().unwrap().to_owned(), names.map(|name| number(day, name)));
            days.as_array().unwrap().iter().map(cell).collect()
        };
        assert_eq!(cells(&totals["days"], "date"), cells(&by_day["groups"], "key"), "{said}");

        // Any three groups in any order have the same total, and add up to it.
        let mut chosen = groups.to_vec();
        random.shuffle(&mut chosen);
        let grouping: String =
            chosen.iter().take(random.usize(0..4)).map(|group| format!("&groupBy={group}")).collect();
        let summary = office.summary(&format!("{range}{grouping}")).await;
        for name in ["entries", "running", "durationSeconds", "billableSeconds"] {
            assert_eq!(number(&summary["total"], name), number(&totals, name), "{said}{grouping}: {name}");
        }
        if !grouping.is_empty() {
            for name in ["durationSeconds", "billableSeconds"] {
                assert_eq!(
                    leaves(&summary["groups"], name),
                    number(&totals, name),
                    "{said}{grouping}: {name} of groups"
                );
            }
        }
        let with_tags = office.summary(&format!("{range}&groupBy=tag&groupBy=day")).await;
        assert_eq!(with_tags["total"], summary["total"], "{said}: by tag");

        // The detailed report has the entries of the list, with their time in the range.
        let detailed = office.detailed(&format!("{range}&limit=1000")).await;
        let pairs = |rows: &Value, of: &dyn Fn(&Value) -> i64| -> Vec<(String, i64)> {
            rows.as_array().unwrap().iter().map(|row| (row["id"].as_str().unwrap().to_owned(), of(row))).collect()
        };
        assert_eq!(
            pairs(&detailed, &|row| number(row, "durationSeconds")),
            pairs(&list, &|entry| seconds_within(entry, from, to, now)),
            "{said}: entry by entry"
        );
        seen += entries;
    }
    assert!(seen > 300, "{seen}: the ranges have something in them");
}
