//! Filters of reports: each of them, and its opposite.

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
