//! Rounding: real and rounded time side by side.

use serde_json::Value;

use super::{Office, Tracked, named, number};

const WEEK: &str = "fromDate=2026-03-02&toDate=2026-03-08&timeZone=UTC";

fn rounded(report: &Value) -> (i64, i64) {
    (number(&report["total"], "durationSeconds") / 60, number(&report["total"], "roundedSeconds") / 60)
}

#[actix_web::test]
async fn each_entry_is_rounded_or_what_a_day_has_of_one_description() {
    let office = Office::new().await;
    // 20, 20 and 5 minutes on Monday, 15 on Tuesday.
    for (start, stop, description) in [
        ("2026-03-02T08:00:00Z", "2026-03-02T08:20:00Z", "a"),
        ("2026-03-02T09:00:00Z", "2026-03-02T09:20:00Z", "a"),
        ("2026-03-02T10:00:00Z", "2026-03-02T10:05:00Z", "b"),
        ("2026-03-03T10:00:00Z", "2026-03-03T10:15:00Z", "a"),
    ] {
        office.tracked(Tracked { description, billable: true, ..Tracked::mine(&office.design, start, stop) }).await;
    }
    for (rule, minutes) in [
        ("round=up", 30 + 30 + 15 + 15),
        ("round=down", 15 + 15 + 15),
        ("round=nearest", 15 + 15 + 15),
        ("round=up&roundTo=30", 30 + 30 + 30 + 30),
        ("round=up&roundPer=day", 45 + 15 + 15),
        ("round=down&roundPer=day", 30 + 15),
        ("round=nearest&roundTo=30&roundPer=day", 30 + 30),
        ("round=none", 60),
    ] {
        let report = office.summary(&format!("{WEEK}&{rule}&groupBy=project")).await;
        assert_eq!(rounded(&report), (60, minutes), "{rule}");
        assert_eq!(number(&report["total"], "roundedBillableSeconds"), minutes * 60, "{rule}");
        for groups in
            ["groupBy=day", "groupBy=description&groupBy=hour", "groupBy=category&groupBy=weekday", "groupBy=tag"]
        {
            let grouped = office.summary(&format!("{WEEK}&{rule}&{groups}")).await;
            let sum: i64 =
                grouped["groups"].as_array().unwrap().iter().map(|group| number(group, "roundedSeconds")).sum();
            assert_eq!(sum, minutes * 60, "{rule}&{groups}: groups add up to the rounded total");
        }
    }
}

#[actix_web::test]
async fn the_parts_of_a_rounded_entry_add_up_to_it() {
    let office = Office::new().await;
    // 20 minutes before midnight and 30 after it are an hour, rounded up to 15.
    office.tracked(Tracked::mine(&office.design, "2026-03-02T23:40:00Z", "2026-03-03T00:30:00Z")).await;
    let report = office.summary(&format!("{WEEK}&round=up&groupBy=day")).await;
    let days: Vec<i64> =
        report["groups"].as_array().unwrap().iter().map(|day| number(day, "roundedSeconds") / 60).collect();
    assert_eq!((rounded(&report), days), ((50, 60), vec![30, 30]));
    assert_eq!(named(&report["groups"]).iter().map(|day| day.1 / 60).collect::<Vec<_>>(), [20, 30]);
    // Two ranges that touch have together what the range of both has.
    let of = async |from: &str, to: &str| {
        rounded(&office.summary(&format!("fromDate={from}&toDate={to}&timeZone=UTC&round=up")).await).1
    };
    assert_eq!(of("2026-03-02", "2026-03-02").await + of("2026-03-03", "2026-03-08").await, 60);
}
