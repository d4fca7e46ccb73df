//! `GET /api/reports/detailed`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{HOUR, ME, Office, Tracked, number};

const DAY: &str = "fromDate=2026-03-03&toDate=2026-03-03&timeZone=UTC";

#[actix_web::test]
async fn an_entry_has_the_names_of_what_it_belongs_to_and_its_time_in_the_range() {
    let office = Office::new().await;
    let id = office
        .tracked(Tracked {
            user: ME,
            category: &office.icons,
            start: "2026-03-02T22:00:00Z",
            stop: Some("2026-03-03T01:30:00Z"),
            description: "Logo",
            billable: true,
            tags: &[&office.urgent],
        })
        .await;
    let rows = office.detailed(DAY).await;
    assert_eq!(
        rows,
        json!([{
            "id": id,
            "member": {"id": ME, "name": "Me"},
            "client": {"id": office.acme, "name": "Acme"},
            "project": {"id": office.website, "name": "Website"},
            "category": {"id": office.icons, "path": ["Design", "Sketches", "Icons"]},
            "tags": [{"id": office.urgent, "name": "urgent"}],
            "description": "Logo",
            "billable": true,
            "startedAt": "2026-03-02T22:00:00Z",
            "stoppedAt": "2026-03-03T01:30:00Z",
            "durationSeconds": HOUR * 3 / 2,
            "roundedSeconds": HOUR * 3 / 2,
        }])
    );
}

#[actix_web::test]
async fn pages_follow_one_another_whatever_the_range_the_zone_and_the_rounding() {
    let office = Office::new().await;
    let member = office.as_member().await;
    for minute in 0..25 {
        let (start, stop) = (format!("2026-03-02T23:{minute:02}:00Z"), format!("2026-03-03T01:{minute:02}:30Z"));
        let entry = Tracked::mine(&office.design, &start, &stop);
        office.tracked(if minute % 2 == 0 { entry } else { entry.of(member.caller) }).await;
    }
    office.execute(&format!("UPDATE users SET time_zone = 'Asia/Tokyo' WHERE id = '{}'", member.caller.user())).await;
    let manager = office.as_manager().await;
    for (query, expected) in [
        (DAY.to_owned(), 25),
        (format!("{DAY}&attribution=start"), 0),
        (format!("{DAY}&round=up&roundTo=15"), 25),
        (format!("{DAY}&round=up&roundTo=15&roundPer=day"), 25),
        (DAY.replace("UTC", "member"), 25),
    ] {
        let mut path = format!("/api/reports/detailed?{query}&limit=4");
        let mut seen: Vec<Value> = Vec::new();
        loop {
            let page = manager.get(&path).await.ok();
            let rows = page.json.as_array().unwrap();
            seen.extend(rows.iter().cloned());
            let cursor = page.header("x-next-cursor");
            if cursor.is_empty() {
                break;
            }
            assert_eq!(rows.len(), 4, "{query}");
            path = format!("/api/reports/detailed?{query}&limit=4&cursor={cursor}");
        }
        let whole = manager.get(&format!("/api/reports/detailed?{query}&limit=1000")).await.ok().json;
        assert_eq!(Value::Array(seen), whole, "{query}");
        assert_eq!(whole.as_array().unwrap().len(), expected, "{query}");
        let starts: Vec<&str> =
            whole.as_array().unwrap().iter().map(|row| row["startedAt"].as_str().unwrap()).collect();
        assert!(starts.windows(2).all(|pair| pair[0] >= pair[1]), "{query}: newest first");
        let summary = manager.get(&format!("/api/reports/summary?{query}")).await.ok().json;
        let sum = |name: &str| -> i64 { whole.as_array().unwrap().iter().map(|row| number(row, name)).sum() };
        for name in ["durationSeconds", "roundedSeconds"] {
            assert_eq!(sum(name), number(&summary["total"], name), "{query}: {name}");
        }
    }
}

#[actix_web::test]
async fn a_running_entry_has_no_stop_and_time_until_now() {
    let office = Office::new().await;
    office.post("/api/time/start", json!({"categoryId": office.design})).await.created();
    office.advance(TimeDelta::minutes(90));
    let rows = office.detailed("fromDate=2026-03-02&toDate=2026-03-02&timeZone=UTC").await;
    assert_eq!((&rows[0]["stoppedAt"], number(&rows[0], "durationSeconds")), (&Value::Null, 5400));
}
