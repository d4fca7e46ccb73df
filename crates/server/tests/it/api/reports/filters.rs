//! Filters of reports: each of them, and its opposite.

use serde_json::Value;

use super::{HOUR, ME, Office, Tracked, number};

const MARCH: &str = "fromDate=2026-03-01&toDate=2026-03-31&timeZone=Europe/Berlin";

#[actix_web::test]
async fn each_filter_and_its_opposite_divide_the_entries() {
    let office = Office::new().await;
    let member = office.as_member().await;
    let entry = Tracked {
        user: ME,
        category: &office.icons,
        start: "2026-03-02T08:00:00Z",
        stop: Some("2026-03-02T09:00:00Z"),
        description: "Draft of the logo",
        billable: true,
        tags: &[&office.urgent, &office.remote],
    };
    office.tracked(entry).await;
    let code = Tracked { category: &office.code, description: "Review", tags: &[&office.urgent], ..entry };
    office.tracked(Tracked { stop: Some("2026-03-02T10:00:00Z"), ..code }).await;
    let meeting = Tracked { category: &office.meetings, description: "", billable: false, tags: &[], ..entry };
    office.tracked(Tracked { stop: Some("2026-03-02T12:00:00Z"), ..meeting }).await;
    // 17:30 in Berlin, of another member.
    let (start, stop) = ("2026-03-03T16:30:00Z", Some("2026-03-04T00:30:00Z"));
    office.tracked(Tracked { start, stop, ..meeting }.of(member.caller)).await;
    let Office { acme, website, internal, design, sketches, icons, meetings, urgent, remote, .. } = &office;
    let me = ME.to_string();
    // What is asked, and the hours of the entries that pass: 1 in Icons, 2 in Code, 4 and 8 in Meetings.
    for (query, hours) in [
        (String::new(), 15),
        (format!("projectId={website}"), 3),
        (format!("notProjectId={website}"), 12),
        (format!("projectId={website}&projectId={internal}"), 15),
        (format!("categoryId={design}"), 0),
        (format!("categoryId={design}&includeSubcategories=true"), 1),
        (format!("notCategoryId={design}&includeSubcategories=true"), 14),
        (format!("categoryId={sketches}&categoryId={meetings}&includeSubcategories=true"), 13),
        (format!("categoryId={icons}&notCategoryId={icons}"), 0),
        (format!("clientId={acme}"), 3),
        (format!("notClientId={acme}"), 12),
        ("hasClient=true".to_owned(), 3),
        ("hasClient=false".to_owned(), 12),
        (format!("memberId={me}"), 7),
        (format!("notMemberId={me}"), 8),
        ("role=owner".to_owned(), 7),
        ("role=member&role=manager".to_owned(), 8),
        ("notRole=owner".to_owned(), 8),
        (format!("tagId={urgent}"), 3),
        (format!("tagId={urgent}&tagId={remote}"), 1),
        (format!("tagId={urgent}&tagId={remote}&tagMatch=any"), 3),
        (format!("tagId={urgent}&notTagId={remote}"), 2),
        (format!("notTagId={remote}"), 14),
        ("hasTags=true".to_owned(), 3),
        ("hasTags=false".to_owned(), 12),
        ("billable=true".to_owned(), 3),
        ("billable=false".to_owned(), 12),
        ("running=true".to_owned(), 0),
        ("running=false".to_owned(), 15),
        ("q=logo".to_owned(), 1),
        ("notQ=logo".to_owned(), 14),
        ("q=website&notQ=icons".to_owned(), 2),
        ("notQ=draft+logo".to_owned(), 14),
        ("description=Review".to_owned(), 2),
        ("hasDescription=true".to_owned(), 3),
        ("hasDescription=false".to_owned(), 12),
        ("minDuration=7200".to_owned(), 14),
        ("maxDuration=7200".to_owned(), 3),
        ("minDuration=7200&maxDuration=14400".to_owned(), 6),
        ("minDuration=7200&maxDuration=14400&notDuration=true".to_owned(), 9),
        ("startsFrom=09:00&startsTo=17:30".to_owned(), 7),
        ("startsFrom=17:30&startsTo=09:00".to_owned(), 8),
        ("startsFrom=17:30".to_owned(), 8),
        ("startsTo=17:31".to_owned(), 15),
        // Of 15 hours, 7 on a Monday from nine o'clock on, and 8 from half past five on Tuesday until Wednesday.
        ("weekday=monday".to_owned(), 7),
        ("notWeekday=monday".to_owned(), 8),
        ("weekday=sunday".to_owned(), 0),
        ("hour=09".to_owned(), 3),
        ("notHour=09".to_owned(), 12),
        ("weekday=monday&hour=09&hour=10".to_owned(), 5),
        ("weekday=monday&weekday=wednesday&notHour=01".to_owned(), 8),
        ("startsFrom=09:00&startsTo=09:01&hour=12".to_owned(), 1),
    ] {
        let report = office.summary(&format!("{MARCH}&{query}")).await;
        assert_eq!(number(&report["total"], "durationSeconds"), hours * HOUR, "{query}");
        let rows = office.detailed(&format!("{MARCH}&{query}")).await;
        let listed: i64 = rows.as_array().unwrap().iter().map(|row| number(row, "durationSeconds")).sum();
        assert_eq!(listed, hours * HOUR, "detailed: {query}");
    }
}

#[actix_web::test]
async fn times_of_day_follow_the_clocks() {
    let office = Office::new().await;
    // 9:00 in Berlin, before and after the clocks change on the 29th.
    office.tracked(Tracked::mine(&office.design, "2026-03-27T08:00:00Z", "2026-03-27T09:00:00Z")).await;
    office.tracked(Tracked::mine(&office.design, "2026-03-30T07:00:00Z", "2026-03-30T08:00:00Z")).await;
    let count = async |query: &str| number(&office.summary(&format!("{MARCH}&{query}")).await["total"], "entries");
    assert_eq!(count("startsFrom=09:00&startsTo=09:01").await, 2);
    assert_eq!(count("startsFrom=09:01&startsTo=09:00").await, 0);
}

/// What a group or a total says.
fn figures(of: &Value) -> [i64; 5] {
    ["entries", "durationSeconds", "billableSeconds", "roundedSeconds", "roundedBillableSeconds"]
        .map(|name| number(of, name))
}

#[actix_web::test]
async fn the_time_of_a_weekday_and_an_hour_is_what_the_groups_by_them_have() {
    let office = Office::new().await;
    let member = office.as_member().await;
    office
        .execute(&format!("UPDATE users SET time_zone = 'Asia/Kathmandu' WHERE id = '{}'", member.caller.user()))
        .await;
    let mine = |start, stop| Tracked::mine(&office.design, start, stop);
    // Over the night in which the clocks of Berlin skip an hour; over more than a day; within an hour; without length.
    let night = mine("2026-03-28T22:30:20Z", "2026-03-29T02:30:00Z");
    office.tracked(Tracked { tags: &[&office.urgent, &office.remote], ..night }).await;
    office.tracked(Tracked { billable: true, ..mine("2026-03-10T20:00:00Z", "2026-03-12T01:07:30Z") }).await;
    office.tracked(Tracked { description: "Review", ..mine("2026-03-16T08:10:00Z", "2026-03-16T08:40:00Z") }).await;
    office.tracked(mine("2026-03-17T08:00:00Z", "2026-03-17T08:00:00Z")).await;
    office.tracked(mine("2026-03-17T08:20:00Z", "2026-03-17T10:05:00Z").of(member.caller)).await;
    office.tracked(Tracked { stop: None, ..mine("2026-03-02T07:40:00Z", "") }).await;
    let mut cells = 0;
    for variant in [
        "timeZone=Europe/Berlin",
        "timeZone=Europe/Berlin&attribution=start",
        "timeZone=America/New_York&round=up",
        "timeZone=Asia/Kathmandu&round=nearest&roundPer=day",
        "timeZone=member",
    ] {
        let range = format!("fromDate=2026-03-01&toDate=2026-03-31&{variant}");
        let summary = office.summary(&format!("{range}&groupBy=weekday&groupBy=hour")).await;
        for day in summary["groups"].as_array().unwrap() {
            let weekday = format!("{range}&weekday={}", day["key"].as_str().unwrap());
            assert_eq!(figures(&office.summary(&weekday).await["total"]), figures(day), "{weekday}");
            for group in day["groups"].as_array().unwrap() {
                cells += 1;
                let query = format!("{weekday}&hour={}", group["key"].as_str().unwrap());
                assert_eq!(figures(&office.summary(&query).await["total"]), figures(group), "{query}");
                // Entry by entry, in pages of two.
                let (mut listed, mut cursor) = ([0; 5], String::new());
                loop {
                    let page = office.get(&format!("/api/reports/detailed?{query}&limit=2{cursor}")).await.ok();
                    for row in page.json.as_array().unwrap() {
                        let billable = i64::from(row["billable"].as_bool().unwrap());
                        let (seconds, rounded) = (number(row, "durationSeconds"), number(row, "roundedSeconds"));
                        let row = [1, seconds, billable * seconds, rounded, billable * rounded];
                        listed.iter_mut().zip(row).for_each(|(sum, one)| *sum += one);
                    }
                    let Some(next) = page.headers.get("x-next-cursor") else { break };
                    cursor = format!("&cursor={}", next.to_str().unwrap());
                }
                assert_eq!(listed, figures(group), "detailed: {query}");
                let lines = office.get(&format!("/api/reports/export?format=ndjson&{query}")).await.ok().text;
                assert_eq!(lines.lines().count(), usize::try_from(listed[0]).unwrap(), "export: {query}");
            }
        }
        // Groups of a report that leaves time out add up to it, and other groups count each entry once.
        let some = format!("{range}&notHour=08&notWeekday=sunday");
        let total = figures(&office.summary(&some).await["total"]);
        for group in ["day", "project", "tag", "description"] {
            let report = office.summary(&format!("{some}&groupBy={group}")).await;
            assert_eq!(figures(&report["total"]), total, "{some} by {group}");
        }
        let opposite = [format!("{range}&hour=08"), format!("{range}&notHour=08&weekday=sunday")];
        let mut seconds = total[1];
        for part in opposite {
            seconds += figures(&office.summary(&part).await["total"])[1];
        }
        assert_eq!(seconds, number(&summary["total"], "durationSeconds"), "{some}");
    }
    assert!(cells > 150, "{cells}");
}

#[actix_web::test]
async fn a_range_of_years_can_be_narrowed_to_an_hour_and_what_is_no_time_of_the_week_is_refused() {
    let office = Office::new().await;
    office.tracked(Tracked::mine(&office.design, "2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z")).await;
    let decade = "fromDate=2016-01-01&toDate=2026-12-31&timeZone=Europe/Berlin";
    let report = office.summary(&format!("{decade}&hour=09&weekday=monday")).await;
    assert_eq!(figures(&report["total"]), [1, HOUR, 0, HOUR, 0]);
    for (query, parameter, code) in [
        ("weekday=someday", "weekday", "invalid_format"),
        ("notWeekday=Monday", "notWeekday", "invalid_format"),
        ("hour=24", "hour", "invalid_format"),
        ("hour=9", "hour", "invalid_format"),
        ("notHour=-1", "notHour", "invalid_format"),
    ] {
        for surface in ["summary", "detailed", "export"] {
            let path = format!("/api/reports/{surface}?{decade}&{query}");
            office.get(&path).await.refused(400, "invalid_query").names(parameter, code);
        }
    }
    let repeated = "&hour=09".repeat(25);
    let answer = office.get(&format!("/api/reports/summary?{decade}{repeated}")).await;
    answer.refused(400, "invalid_query").names("hour", "too_long");
    let answer = office.get(&format!("/api/reports/summary?{decade}&hour=x")).await;
    let message = answer.json["message"].as_str().unwrap();
    assert!(message.contains("must be an hour of the day from 00 to 23"), "{message}");
}
