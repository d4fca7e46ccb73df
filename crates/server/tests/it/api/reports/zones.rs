//! Days as the clocks of all kinds of time zones make them, and days of each member's own.

use serde_json::Value;

use super::{HOUR, Office, Tracked, named, number, summary_of, these};

#[actix_web::test]
async fn days_weeks_and_hours_are_as_long_as_the_clocks_make_them() {
    let office = Office::new().await;
    for (start, stop) in [
        ("2025-06-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2011-12-01T00:00:00Z", "2012-02-01T00:00:00Z"),
        ("2018-11-01T00:00:00Z", "2018-12-01T00:00:00Z"),
    ] {
        office.tracked(Tracked::mine(&office.design, start, stop)).await;
    }
    // A day without a pause, in minutes.
    for (zone, date, minutes) in [
        ("Europe/Berlin", "2026-03-29", 23 * 60),
        ("Europe/Berlin", "2026-10-25", 25 * 60),
        ("America/New_York", "2026-03-08", 23 * 60),
        ("America/New_York", "2026-11-01", 25 * 60),
        ("Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30),
        ("Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30),
        ("Asia/Kathmandu", "2026-03-29", 24 * 60),
        ("America/Sao_Paulo", "2018-11-04", 23 * 60),
        ("Pacific/Apia", "2011-12-29", 24 * 60),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2011-12-31", 24 * 60),
    ] {
        let range = format!("fromDate={date}&toDate={date}&timeZone={zone}");
        for group in ["day", "week", "month", "hour", "weekday"] {
            let report = office.summary(&format!("{range}&groupBy={group}")).await;
            assert_eq!(number(&report["total"], "durationSeconds"), minutes * 60, "{zone} {date}");
            let sum: i64 = named(&report["groups"]).iter().map(|group| group.1).sum();
            assert_eq!(sum, minutes * 60, "{zone} {date} by {group}");
        }
        let totals = office.get(&format!("/api/time/totals?{range}&days=true")).await.ok().json;
        assert_eq!(number(&totals, "durationSeconds"), minutes * 60, "{zone} {date}: the day's total");
    }
    let hours = |report: &Value| named(&report["groups"]).iter().map(|hour| hour.1 / 60).collect::<Vec<_>>();
    let spring = office.summary("fromDate=2026-03-29&toDate=2026-03-29&timeZone=Europe/Berlin&groupBy=hour").await;
    let all: Vec<i64> = [60; 23].to_vec();
    assert_eq!(
        (hours(&spring), &spring["groups"][2]["key"]),
        (all, &Value::from("03")),
        "the hour from 2 was not there"
    );
    let autumn = office.summary("fromDate=2026-10-25&toDate=2026-10-25&timeZone=Europe/Berlin&groupBy=hour").await;
    assert_eq!((hours(&autumn)[2], hours(&autumn).len()), (120, 24), "the hour from 2 came twice");
    let half = office.summary("fromDate=2026-10-04&toDate=2026-10-04&timeZone=Australia/Lord_Howe&groupBy=hour").await;
    assert_eq!((hours(&half)[2], hours(&half).len()), (30, 24), "clocks went from 2:00 to 2:30");
    let apia =
        office.summary("fromDate=2011-12-29&toDate=2011-12-31&timeZone=Pacific/Apia&groupBy=day&fillEmpty=true").await;
    assert_eq!(
        named(&apia["groups"]),
        these(&[("2011-12-29", 24 * HOUR), ("2011-12-30", 0), ("2011-12-31", 24 * HOUR)])
    );
}

#[actix_web::test]
async fn changing_one_s_time_zone_changes_no_day_of_a_report_that_names_its_own() {
    let office = Office::new().await;
    office.tracked(Tracked::mine(&office.design, "2026-03-02T22:30:00Z", "2026-03-02T23:30:00Z")).await;
    let query = "fromDate=2026-03-01&toDate=2026-03-07&groupBy=day";
    let named_zone = format!("{query}&timeZone=Europe/Berlin");
    let before = office.summary(&named_zone).await["groups"].take();
    assert_eq!(named(&before), these(&[("2026-03-02", HOUR / 2), ("2026-03-03", HOUR / 2)]));
    office.patch("/api/me", serde_json::json!({"timeZone": "Asia/Tokyo"})).await.ok();
    assert_eq!(office.summary(&named_zone).await["groups"], before);
    assert_eq!(named(&office.summary(query).await["groups"]), these(&[("2026-03-03", HOUR)]));
}

#[actix_web::test]
async fn each_member_s_days_can_be_by_their_own_clocks() {
    let office = Office::new().await;
    let (tokyo, none) = (office.as_member().await, office.as_member().await);
    office.patch("/api/workspace", serde_json::json!({"timeZone": "Europe/Berlin"})).await.ok();
    office.patch("/api/me", serde_json::json!({"timeZone": "America/New_York"})).await.ok();
    tokyo.patch("/api/me", serde_json::json!({"timeZone": "Asia/Tokyo"})).await.ok();
    let entry = Tracked::mine(&office.design, "2026-03-02T23:00:00Z", "2026-03-03T07:00:00Z");
    office.tracked(entry).await;
    office.tracked(entry.of(tokyo.caller)).await;
    office.tracked(entry.of(none.caller)).await;
    let manager = office.as_manager().await;
    let range = "fromDate=2026-03-02&toDate=2026-03-03&timeZone=member";
    let report = summary_of(manager, &format!("{range}&groupBy=member&groupBy=day")).await;
    assert_eq!(report["timeZone"], "member");
    let of = |user: String| {
        let groups = report["groups"].as_array().unwrap();
        named(&groups.iter().find(|group| group["key"] == user.as_str()).unwrap()["groups"])
    };
    // 18:00 to 2:00 in New York, 8:00 to 16:00 in Tokyo, 0:00 to 8:00 in Berlin.
    assert_eq!(of(super::ME.to_string()), these(&[("2026-03-02", 6 * HOUR), ("2026-03-03", 2 * HOUR)]));
    assert_eq!(of(tokyo.caller.user().to_string()), these(&[("2026-03-03", 8 * HOUR)]));
    assert_eq!(of(none.caller.user().to_string()), these(&[("2026-03-03", 8 * HOUR)]), "the workspace's time zone");
    // The range cuts each by its own midnight.
    let day = "fromDate=2026-03-03&toDate=2026-03-03&timeZone=member";
    let report = summary_of(manager, day).await;
    assert_eq!((number(&report["total"], "durationSeconds"), number(&report["total"], "entries")), (18 * HOUR, 3));
    let day = "fromDate=2026-03-02&toDate=2026-03-02&timeZone=member";
    let report = summary_of(manager, day).await;
    assert_eq!((number(&report["total"], "durationSeconds"), number(&report["total"], "entries")), (6 * HOUR, 1));
}
