//! Every parameter of every query string.

use serde_json::Value;

use super::{Fixture, document, operations};

/// What a parameter must not be, as it stands in a URL.
fn bad_values(name: &str, schema: &Value) -> Vec<String> {
    let kind = |wanted: &str| {
        schema["type"] == wanted || schema["type"].as_array().is_some_and(|t| t.iter().any(|t| t == wanted))
    };
    let item = if kind("array") { &schema["items"] } else { schema };
    let mut bad = vec!["%00", "%ff", "a%c0%af"];
    bad.extend(match (item["format"].as_str(), name) {
        (Some("uuid"), _) => vec!["x", "019aa5b6", "%20", "null"],
        (Some("date-time"), _) => vec![
            "x",
            "2026-03-02",
            "2026-03-02T10:00:00",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2099-12-31T23:59:60Z",
            "1969-12-31T23:59:59Z",
            "99999999999999999999",
        ],
        (Some("date"), _) => vec![
            "x",
            "2026-3-2",
            "2026-02-30",
            "20260302",
            "2026-03-02T00:00:00Z",
            "1969-12-31",
            "2100-01-01",
            "+2026-03-02",
        ],
        // Of the right form, but a time that PostgreSQL cannot hold: the year -100,000, and the largest number.
        (_, "cursor") => vec![
            "x",
            "AAAA",
            "====",
            "0_36lA-7KABuAAAAAAAAAAAAAAAAAAAA",
            "f_________8AAAAAAAAAAAAAAAAAAAAA",
            "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ],
        (_, "limit") => vec!["0", "-1", "1001", "x", "1.5", "99999999999999999999", "%20"],
        // Any text may come from anywhere; one that is no place in the log begins anew.
        (_, "q" | "lastEventId" | "action") => vec![],
        (_, "member") => vec!["x", "019aa5b6", "ALL", "%20", "null"],
        (
            _,
            "attribution" | "compare" | "durations" | "format" | "report" | "separator" | "firstDayOfWeek" | "groupBy"
            | "language" | "notRole" | "paper" | "role" | "round" | "roundPer" | "sort" | "tagMatch",
        ) => vec!["x", "%20", "null", "0"],
        (_, "notQ" | "description") => vec![],
        (_, "title") => vec!["%20", "%09"],
        (_, "startsFrom" | "startsTo") => vec!["x", "9:00", "24:00", "09:60", "09:00:00", "-1:00", "09.00"],
        (_, "weekday" | "notWeekday") => vec!["x", "%20", "null", "0", "MONDAY", "mon", "monday,tuesday"],
        (_, "hour" | "notHour") => vec!["x", "%20", "null", "-1", "24", "9", "009", "1.5"],
        (_, "categoryDepth" | "roundTo") => vec!["x", "0", "101", "-1", "1.5", "99999999999999999999"],
        (_, "minDuration" | "maxDuration") => vec!["x", "-1", "1.5", "99999999999999999999"],
        (_, "timeZone") => vec!["x", "Mars/Olympus", "+02:00", "..%2Fetc%2Fpasswd", "Etc/Unknown"],
        _ if kind("boolean") => vec!["x", "1", "TRUE", "yes", "null"],
        other => panic!("a new kind of parameter, {other:?}, wants bad values here"),
    });
    bad.into_iter().map(str::to_owned).collect()
}

#[actix_web::test]
async fn every_parameter_is_checked_and_named() {
    let fixture = Fixture::new().await;
    let document = document();
    let mut tried = 0;
    for operation in operations(&document) {
        let path = fixture.filled(&operation.path);
        for parameter in operation.parameters("query") {
            let name = parameter["name"].as_str().unwrap();
            for bad in bad_values(name, &parameter["schema"]) {
                let answer = fixture
                    .app
                    .send(fixture.app.request(operation.method.clone(), &format!("{path}?{name}={bad}")))
                    .await;
                assert_eq!(answer.status, 400, "{path}?{name}={bad}: {}", answer.text);
                assert_eq!(answer.json["fields"][0]["field"], name, "{path}?{name}={bad}: {}", answer.text);
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
    fixture.assert_unchanged("queries").await;
}

#[actix_web::test]
async fn a_parameter_that_a_list_does_not_know_is_refused() {
    let fixture = Fixture::new().await;
    let document = document();
    for operation in operations(&document) {
        let list = operation.method == reqwest::Method::GET
            && operation.description["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array";
        if !list {
            continue;
        }
        let path = fixture.filled(&operation.path);
        for query in ["archivd=true", "Archived=true", "%00=1", "%ff=1", "%66rm=x"] {
            let answer = fixture.app.get(&format!("{path}?{query}")).await.refused(400, "invalid_query");
            assert!(answer.json["fields"][0]["field"].is_string(), "{}", answer.text);
        }
        for parameter in operation.parameters("query").into_iter().filter(|p| p["schema"]["type"] != "array") {
            let name = parameter["name"].as_str().unwrap();
            let twice = fixture.app.get(&format!("{path}?{name}=true&{name}=true")).await.refused(400, "invalid_query");
            twice.names(name, "invalid_format");
        }
    }
}

#[actix_web::test]
async fn more_tags_than_can_be_planned_are_not_looked_for() {
    let fixture = Fixture::new().await;
    let path = |tags: usize| {
        format!("/api/time/entries?{}", ["tagId=019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10"].repeat(tags).join("&"))
    };
    assert_eq!(fixture.app.get(&path(10)).await.ok().text, "[]");
    fixture.app.get(&path(11)).await.refused(400, "invalid_query").names("tagId", "too_long");
}

#[actix_web::test]
async fn texts_to_search_for_are_taken_literally() {
    let fixture = Fixture::new().await;
    for text in ["%25", "_", "%5C", "'", "%27%3B--", "%22", "%F0%9F%98%80", &"x".repeat(5_000)] {
        assert_eq!(fixture.app.get(&format!("/api/time/entries?q={text}")).await.ok().text, "[]", "{text}");
    }
}
