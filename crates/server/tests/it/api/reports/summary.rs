//! `GET /api/reports/summary`: ranges, and who sees what.

use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use serde_json::{Value, json};

use super::{HOUR, Office, Tracked, named, number, summary_of, these};

const MARCH: &str = "fromDate=2026-03-01&toDate=2026-03-31&timeZone=UTC";

#[actix_web::test]
async fn an_empty_report_has_its_range_and_nothing_in_it() {
    let office = Office::new().await;
    let report = office.summary(&format!("{MARCH}&groupBy=project")).await;
    assert_eq!((&report["groups"], number(&report["total"], "entries")), (&json!([]), 0));
    assert_eq!(
        (&report["from"], &report["to"], &report["timeZone"], &report["firstDayOfWeek"], &report["attribution"]),
        (
            &json!("2026-03-01T00:00:00Z"),
            &json!("2026-04-01T00:00:00Z"),
            &json!("UTC"),
            &json!("monday"),
            &json!("split")
        )
    );
    assert_eq!((&report["rounding"], &report["groupsOverlap"]), (&Value::Null, &json!(false)));
    let empty = office.summary("fromDate=2026-03-02&toDate=2026-03-04&timeZone=UTC&groupBy=day&fillEmpty=true").await;
    assert_eq!(named(&empty["groups"]), these(&[("2026-03-02", 0), ("2026-03-03", 0), ("2026-03-04", 0)]));
}

#[actix_web::test]
async fn each_role_sees_what_it_may_and_its_total_is_of_that() {
    let office = Office::new().await;
    let (member, manager, viewer) = (office.as_member().await, office.as_manager().await, office.as_viewer().await);
    let entry = Tracked::mine(&office.design, "2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z");
    office.tracked(entry).await;
    office.tracked(Tracked { stop: Some("2026-03-02T09:00:00Z"), ..entry }.of(member.caller)).await;
    let query = format!("{MARCH}&groupBy=member");
    let seen =
        |report: &Value| (number(&report["total"], "durationSeconds"), report["groups"].as_array().unwrap().len());
    assert_eq!(seen(&summary_of(member, &query).await), (HOUR, 1));
    for sender in [manager, viewer, office.as_admin().await, office.as_owner().await] {
        assert_eq!(seen(&summary_of(sender, &query).await), (3 * HOUR, 2), "{}", sender.caller.role);
    }
    assert_eq!(seen(&summary_of(manager.with_token(TokenScope::Read), &query).await), (3 * HOUR, 2));
    // A member who names another one finds nothing of theirs.
    let others = format!("{query}&notMemberId={}", member.caller.user());
    assert_eq!(seen(&summary_of(member, &others).await), (0, 0));
    let stranger = office.acting_as(office.add_workspace().await);
    assert_eq!(seen(&summary_of(stranger, &query).await), (0, 0));
}

#[actix_web::test]
async fn a_running_entry_counts_up_to_the_instant_that_is_told() {
    let office = Office::new().await;
    office.post("/api/time/start", json!({"categoryId": office.design, "billable": true})).await.created();
    office.advance(TimeDelta::hours(20) + TimeDelta::milliseconds(600));
    let report = office.summary(&format!("{MARCH}&groupBy=day")).await;
    assert_eq!(report["asOf"], json!(office.now()));
    let midnight = 15 * HOUR - 1;
    assert_eq!(named(&report["groups"]), these(&[("2026-03-02", midnight), ("2026-03-03", 72_000 - midnight)]));
    let total = &report["total"];
    assert_eq!(
        ["entries", "running", "durationSeconds", "billableSeconds"].map(|name| number(total, name)),
        [1, 1, 72_000, 72_000]
    );
    assert_eq!(report["groups"][1]["running"], 1);
    // What is still to come has nothing of it.
    let later = office.summary("fromDate=2026-03-04&toDate=2026-03-31&timeZone=UTC").await;
    assert_eq!(number(&later["total"], "entries"), 0);
}

#[actix_web::test]
async fn an_entry_counts_where_it_began_or_where_its_time_is() {
    let office = Office::new().await;
    office.tracked(Tracked::mine(&office.design, "2026-03-31T23:00:00Z", "2026-04-01T02:00:00Z")).await;
    let days = "fromDate=2026-03-30&toDate=2026-04-02&timeZone=UTC&groupBy=day";
    let split = office.summary(days).await;
    assert_eq!(named(&split["groups"]), these(&[("2026-03-31", HOUR), ("2026-04-01", 2 * HOUR)]));
    assert_eq!(number(&split["total"], "entries"), 1, "in two days, and once in the total");
    let start = office.summary(&format!("{days}&attribution=start")).await;
    assert_eq!(named(&start["groups"]), these(&[("2026-03-31", 3 * HOUR)]));
    // The range cuts likewise.
    let april = "fromDate=2026-04-01&toDate=2026-04-30&timeZone=UTC";
    assert_eq!(number(&office.summary(april).await["total"], "durationSeconds"), 2 * HOUR);
    let april = format!("{april}&attribution=start");
    assert_eq!(number(&office.summary(&april).await["total"], "durationSeconds"), 0);
    let march = format!("{MARCH}&attribution=start");
    assert_eq!(number(&office.summary(&march).await["total"], "durationSeconds"), 3 * HOUR);
}

#[actix_web::test]
async fn a_report_is_compared_with_the_range_before_or_a_year_before() {
    let office = Office::new().await;
    for (start, stop) in [
        ("2026-03-10T08:00:00Z", "2026-03-10T11:00:00Z"),
        ("2026-02-10T08:00:00Z", "2026-02-10T10:00:00Z"),
        ("2025-03-10T08:00:00Z", "2025-03-10T09:00:00Z"),
    ] {
        office.tracked(Tracked::mine(&office.design, start, stop)).await;
    }
    for (compare, from, to, seconds) in
        [("previous", "2026-02-01", "2026-02-28", 2 * HOUR), ("year", "2025-03-01", "2025-03-31", HOUR)]
    {
        let report = office.summary(&format!("{MARCH}&groupBy=project&compare={compare}")).await;
        assert_eq!(named(&report["groups"]), these(&[("Website", 3 * HOUR)]));
        let compared = &report["compared"];
        assert_eq!((&compared["fromDate"], &compared["toDate"]), (&json!(from), &json!(to)));
        assert_eq!(named(&compared["groups"]), these(&[("Website", seconds)]));
    }
    let week = office.summary("fromDate=2026-03-09&toDate=2026-03-15&timeZone=UTC&compare=previous").await;
    let compared = &week["compared"];
    assert_eq!((&compared["fromDate"], &compared["toDate"]), (&json!("2026-03-02"), &json!("2026-03-08")));
    assert_eq!(office.summary(MARCH).await.get("compared"), None);
}

#[actix_web::test]
async fn a_report_needs_both_ends_and_has_bounds() {
    let office = Office::new().await;
    let refused =
        async |query: &str, code: &str| office.get(&format!("/api/reports/summary?{query}")).await.refused(400, code);
    refused("toDate=2026-03-02", "invalid_time_range").await.names("fromDate", "required");
    refused("fromDate=2026-03-02", "invalid_time_range").await.names("toDate", "required");
    refused("fromDate=2026-03-02&toDate=2026-03-01", "invalid_time_range").await.names("toDate", "out_of_range");
    refused(&format!("{MARCH}&groupBy=project&groupBy=project"), "invalid_query")
        .await
        .names("groupBy", "invalid_format");
    let four = format!("{MARCH}&groupBy=project&groupBy=day&groupBy=tag&groupBy=member");
    refused(&four, "invalid_query").await.names("groupBy", "too_long");
    refused(&format!("{MARCH}&roundTo=7"), "invalid_query").await.names("roundTo", "out_of_range");
    let ages = "fromDate=1970-01-01&toDate=2099-12-31&timeZone=UTC";
    refused(&format!("{ages}&groupBy=day"), "invalid_time_range").await.names("toDate", "too_long");
    refused(&format!("{ages}&groupBy=hour"), "invalid_time_range").await.names("toDate", "too_long");
    assert_eq!(office.summary(&format!("{ages}&groupBy=month")).await["groups"], json!([]));
    refused(&format!("{MARCH}&timeZone=member&startsFrom=09:00").replace("&timeZone=UTC", ""), "invalid_query")
        .await
        .names("startsFrom", "invalid_format");
}

#[actix_web::test]
async fn more_groups_than_an_answer_has_are_refused() {
    let office = Office::new().await;
    office
        .execute(&format!(
            "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description,
                                       created_at, updated_at)
             SELECT gen_random_uuid(), c.workspace_id, '{}', c.project_id, c.id, '2026-03-02T08:00:00Z', '2026-03-02T09:00:00Z',
                    'note ' || n, now(), now()
             FROM categories c, generate_series(1, 30001) n WHERE c.id = '{}'",
            super::ME,
            office.design
        ))
        .await;
    let query = format!("/api/reports/summary?{MARCH}&groupBy=description");
    office.get(&query).await.refused(400, "report_too_large").names("groupBy", "too_long");
    let fewer = office.summary(&format!("{MARCH}&groupBy=description&description=note+7")).await;
    assert_eq!(named(&fewer["groups"]), these(&[("note 7", HOUR)]));
}
