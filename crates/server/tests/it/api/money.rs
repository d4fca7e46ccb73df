//! `/api/currencies`, `/api/rates`, `/api/fixed-prices`, and the amounts that reports make of them.

use clockwork_core::access::TokenScope;
use serde_json::{Value, json};

use super::reports::{HOUR, ME, Office, Tracked};
use crate::harness::As;

const MARCH: &str = "fromDate=2026-03-01&toDate=2026-03-31&timeZone=UTC&amounts=true";

async fn rate(office: &Office, body: Value) -> String {
    office.post("/api/rates", body).await.created().id()
}

async fn euros(office: &Office) {
    office.post("/api/currencies", json!({"currency": "eur"})).await.created();
}

/// Currency, amount and cost of each currency of a report's total.
fn total(report: &Value) -> Vec<[String; 3]> {
    let amounts = report["amounts"].as_array().unwrap_or_else(|| panic!("no amounts in {report}"));
    let of = |amount: &Value| ["currency", "amount", "cost"].map(|name| amount[name].as_str().unwrap().to_owned());
    amounts.iter().map(of).collect()
}

async fn amounts(office: &Office, query: &str) -> Vec<[String; 3]> {
    total(&office.summary(&format!("{MARCH}{query}")).await)
}

fn this(currency: &str, amount: &str, cost: &str) -> Vec<[String; 3]> {
    vec![[currency.to_owned(), amount.to_owned(), cost.to_owned()]]
}

/// Billable time of mine.
fn billable<'a>(category: &'a str, start: &'a str, stop: &'a str) -> Tracked<'a> {
    Tracked { billable: true, ..Tracked::mine(category, start, stop) }
}

#[actix_web::test]
async fn the_rate_of_the_nearest_target_decides() {
    let office = Office::new().await;
    euros(&office).await;
    office.tracked(billable(&office.icons, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")).await;
    assert_eq!(amounts(&office, "").await, Vec::<[String; 3]>::new(), "no rate");
    // Each goes before the one made before it.
    for (target, hourly) in [
        (json!({}), "10"),
        (json!({"memberId": ME}), "20"),
        (json!({"clientId": office.acme}), "30"),
        (json!({"projectId": office.website}), "40"),
        (json!({"projectId": office.website, "categoryId": office.design}), "50"),
        (json!({"projectId": office.website, "categoryId": office.sketches}), "60"),
        (json!({"projectId": office.website, "memberId": ME}), "70.5"),
    ] {
        let mut body = target;
        body["kind"] = json!("billable");
        body["hourly"] = json!(hourly);
        rate(&office, body).await;
        let amount = format!("{:.2}", hourly.parse::<f64>().unwrap());
        assert_eq!(amounts(&office, "").await, this("EUR", &amount, "0.00"), "{hourly}");
    }
    // A rate that ends leaves the next target its place.
    let ended = json!({"kind": "billable", "projectId": office.website, "memberId": ME, "validFrom": "2026-01-01", "hourly": null});
    rate(&office, ended).await;
    assert_eq!(amounts(&office, "").await, this("EUR", "60.00", "0.00"));
}

#[actix_web::test]
async fn the_rate_that_held_when_the_time_was_tracked_holds_for_that_time() {
    let office = Office::new().await;
    euros(&office).await;
    office.patch("/api/workspace", json!({"timeZone": "Europe/Berlin"})).await.ok();
    rate(&office, json!({"kind": "billable", "hourly": "60"})).await;
    // An hour before and two after midnight in Berlin, at which the rate rises.
    office.tracked(billable(&office.design, "2026-03-09T22:00:00Z", "2026-03-10T01:00:00Z")).await;
    assert_eq!(amounts(&office, "").await, this("EUR", "180.00", "0.00"));
    let risen = rate(&office, json!({"kind": "billable", "hourly": "90", "validFrom": "2026-03-10"})).await;
    assert_eq!(amounts(&office, "").await, this("EUR", "240.00", "0.00"));
    let rows = office.detailed(MARCH).await;
    assert_eq!(
        (rows[0]["amounts"][0]["amount"].as_str(), rows[0]["durationSeconds"].as_i64()),
        (Some("240.00"), Some(3 * HOUR))
    );
    // All of it where it began.
    assert_eq!(amounts(&office, "&attribution=start").await, this("EUR", "180.00", "0.00"));
    // Today's rate changes no past amount; one that is dated back does.
    rate(&office, json!({"kind": "billable", "hourly": "500", "validFrom": "2026-04-01"})).await;
    assert_eq!(amounts(&office, "").await, this("EUR", "240.00", "0.00"));
    office.patch(&format!("/api/rates/{risen}"), json!({"validFrom": "2026-02-01"})).await.ok();
    assert_eq!(amounts(&office, "").await, this("EUR", "270.00", "0.00"));
    office.delete(&format!("/api/rates/{risen}")).await.is(204);
    assert_eq!(amounts(&office, "").await, this("EUR", "180.00", "0.00"));
}

#[actix_web::test]
async fn amounts_are_rounded_for_each_row_and_rows_add_up() {
    let office = Office::new().await;
    euros(&office).await;
    rate(&office, json!({"kind": "billable", "hourly": "100"})).await;
    // Three times 20 minutes, on three days.
    for day in 2..5 {
        let (start, stop) = (format!("2026-03-0{day}T08:00:00Z"), format!("2026-03-0{day}T08:20:00Z"));
        office.tracked(billable(&office.design, &start, &stop)).await;
    }
    assert_eq!(amounts(&office, "").await, this("EUR", "100.00", "0.00"), "one row");
    let by_day = office.summary(&format!("{MARCH}&groupBy=day")).await;
    assert_eq!(total(&by_day), this("EUR", "99.99", "0.00"), "three rows of 33.33");
    let rows: Vec<&str> =
        by_day["groups"].as_array().unwrap().iter().map(|day| day["amounts"][0]["amount"].as_str().unwrap()).collect();
    assert_eq!(rows, ["33.33"; 3]);
    // Categories that are told apart to a depth are the rows: what is below one is rounded with it.
    for (category, day) in [(&office.sketches, 9), (&office.icons, 10)] {
        let (start, stop) = (format!("2026-03-{day:02}T08:00:00Z"), format!("2026-03-{day:02}T08:20:00Z"));
        office.tracked(billable(category, &start, &stop)).await;
    }
    assert_eq!(amounts(&office, "&groupBy=category").await, this("EUR", "166.66", "0.00"), "100.00 and twice 33.33");
    let to_a_depth = amounts(&office, "&groupBy=category&categoryDepth=1").await;
    assert_eq!(to_a_depth, this("EUR", "166.67", "0.00"), "100 minutes of Design with what is below it");
    office.execute("DELETE FROM time_entries WHERE started_at >= '2026-03-09'").await;
    // Rounded time is what is paid for.
    assert_eq!(amounts(&office, "&round=up&roundTo=30").await, this("EUR", "150.00", "0.00"));
    let rounded = office.detailed(&format!("{MARCH}&round=up&roundTo=30")).await;
    assert_eq!(rounded[0]["amounts"][0]["amount"], "50.00");
    let bundled = office.detailed(&format!("{MARCH}&round=up&roundTo=30&roundPer=day")).await;
    assert_eq!(bundled[0]["amounts"][0]["amount"], "50.00");
}

#[actix_web::test]
async fn totals_are_by_currency_and_costs_are_in_the_workspace_s() {
    let office = Office::new().await;
    euros(&office).await;
    office.post("/api/currencies", json!({"currency": "JPY", "clientId": office.acme})).await.created();
    rate(&office, json!({"kind": "billable", "hourly": "100.5"})).await;
    rate(&office, json!({"kind": "cost", "hourly": "30"})).await;
    rate(&office, json!({"kind": "cost", "memberId": ME, "hourly": "40", "validFrom": "2026-03-03"})).await;
    office.tracked(billable(&office.design, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")).await;
    office.tracked(billable(&office.meetings, "2026-03-03T08:00:00Z", "2026-03-03T10:00:00Z")).await;
    // What is not billable costs all the same.
    office.tracked(Tracked::mine(&office.meetings, "2026-03-04T08:00:00Z", "2026-03-04T09:00:00Z")).await;
    let report = office.summary(&format!("{MARCH}&groupBy=project&sort=name")).await;
    let mut expected = this("EUR", "201.00", "150.00");
    expected.extend(this("JPY", "100", "0"));
    assert_eq!(total(&report), expected);
    assert_eq!(report["amounts"][0]["profit"], "51.00");
    assert_eq!(total(&report["groups"][0]), this("EUR", "201.00", "120.00"));
    // A project that is paid as a whole earns nothing by the hour.
    office.post("/api/fixed-prices", json!({"projectId": office.internal, "price": "5000"})).await.created();
    assert_eq!(
        total(&office.summary(&format!("{MARCH}&groupBy=project&sort=name")).await["groups"][0]),
        this("EUR", "0.00", "120.00")
    );
    assert_eq!(office.get("/api/fixed-prices").await.ok().json[0]["price"], "5000.00");
    office.delete(&format!("/api/fixed-prices/{}", office.internal)).await.is(204);
    assert_eq!(
        total(&office.summary(&format!("{MARCH}&groupBy=project&sort=name")).await["groups"][0]),
        this("EUR", "201.00", "120.00")
    );
}

#[actix_web::test]
async fn an_entry_has_the_rate_of_what_it_belongs_to_now() {
    let office = Office::new().await;
    euros(&office).await;
    rate(&office, json!({"kind": "billable", "clientId": office.acme, "hourly": "80"})).await;
    let id = office.tracked(billable(&office.design, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")).await;
    assert_eq!(amounts(&office, "").await, this("EUR", "80.00", "0.00"));
    // Moved to a project of no client, which has no rate.
    office.patch(&format!("/api/time/entries/{id}"), json!({"categoryId": office.meetings})).await.ok();
    assert_eq!(amounts(&office, "").await, Vec::<[String; 3]>::new());
}

#[actix_web::test]
async fn amounts_of_categories_are_rolled_up_and_of_tags_counted_once() {
    let office = Office::new().await;
    euros(&office).await;
    rate(&office, json!({"kind": "billable", "hourly": "100"})).await;
    let tags = [&*office.urgent, &*office.remote];
    office
        .tracked(Tracked { tags: &tags, ..billable(&office.icons, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z") })
        .await;
    office.tracked(billable(&office.design, "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z")).await;
    let categories = office.summary(&format!("{MARCH}&groupBy=category")).await;
    let subtree = |at: usize| categories["groups"][at]["subtreeAmounts"][0]["amount"].as_str().unwrap().to_owned();
    assert_eq!([subtree(0), subtree(1), subtree(2)], ["300.00", "100.00", "100.00"]);
    assert_eq!(total(&categories["groups"][0]), this("EUR", "200.00", "0.00"));
    let by_tag = office.summary(&format!("{MARCH}&groupBy=tag&sort=-amount")).await;
    assert_eq!(total(&by_tag), this("EUR", "300.00", "0.00"));
    let each: Vec<_> = by_tag["groups"].as_array().unwrap().iter().map(|tag| total(tag)[0][1].clone()).collect();
    assert_eq!(each, ["200.00", "100.00", "100.00"]);
}

#[actix_web::test]
async fn amounts_are_seen_and_rates_changed_by_managers() {
    let office = Office::new().await;
    euros(&office).await;
    let body = json!({"kind": "billable", "hourly": "100"});
    let summary = format!("/api/reports/summary?{MARCH}");
    let refused = async |sender: As<'_>| {
        let detailed = format!("/api/reports/detailed?{MARCH}");
        for path in [summary.as_str(), detailed.as_str(), "/api/rates", "/api/currencies", "/api/fixed-prices"] {
            sender.get(path).await.refused(403, "forbidden");
        }
        sender.post("/api/rates", body.clone()).await.refused(403, "forbidden");
    };
    refused(office.as_member().await).await;
    refused(office.as_viewer().await).await;
    let manager = office.as_manager().await;
    manager.with_token(TokenScope::Read).post("/api/rates", body.clone()).await.refused(403, "forbidden");
    manager.post("/api/rates", body.clone()).await.created();
    assert_eq!(manager.with_token(TokenScope::Read).get("/api/rates").await.ok().json[0]["hourly"], "100.00");
    manager.get(&summary).await.ok();
    manager.post("/api/rates", body).await.refused(409, "duplicate_rate");
    // Without the parameter there are no amounts.
    assert_eq!(manager.get(&summary.replace("&amounts=true", "")).await.ok().json.get("amounts"), None);
    let stranger = office.acting_as(office.add_workspace().await);
    assert_eq!(stranger.get("/api/rates").await.ok().json, json!([]));
}

#[actix_web::test]
async fn rates_are_of_targets_that_exist_and_fit() {
    let office = Office::new().await;
    let absent = "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";
    for (target, field, code) in [
        (json!({"memberId": absent}), "memberId", "not_found"),
        (json!({"clientId": absent}), "clientId", "not_found"),
        (json!({"projectId": absent}), "projectId", "not_found"),
        (json!({"projectId": office.website, "categoryId": office.meetings}), "categoryId", "not_found"),
        (json!({"categoryId": office.design}), "projectId", "required"),
        (json!({"clientId": office.acme, "projectId": office.website}), "clientId", "invalid_format"),
        (
            json!({"memberId": ME, "projectId": office.website, "categoryId": office.design}),
            "categoryId",
            "invalid_format",
        ),
        (json!({"kind": "cost", "projectId": office.website}), "kind", "invalid_format"),
    ] {
        let mut body = json!({"kind": "billable", "hourly": "1"});
        body.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
        office.post("/api/rates", body).await.refused(400, "invalid_target").names(field, code);
    }
    for (field, value) in [
        ("hourly", json!("1,5")),
        ("hourly", json!("100000")),
        ("validFrom", json!("2026-02-30")),
        ("kind", json!("both")),
    ] {
        let mut body = json!({"kind": "billable", "hourly": "1"});
        body[field] = value;
        office.post("/api/rates", body).await.refused(400, "invalid_money").names(field, "invalid_format");
    }
    office
        .post("/api/currencies", json!({"currency": "EURO"}))
        .await
        .refused(400, "invalid_money")
        .names("currency", "invalid_format");
    office.post("/api/currencies", json!({"currency": "EUR", "clientId": absent})).await.refused(400, "invalid_target");
    office.delete(&format!("/api/rates/{absent}")).await.refused(404, "not_found");
    office.delete(&format!("/api/currencies/{absent}")).await.refused(404, "not_found");
    office.delete(&format!("/api/fixed-prices/{absent}")).await.refused(404, "not_found");
}
