//! `/api/budgets`

use chrono::TimeDelta;
use clockwork_core::database::Db;
use serde_json::{Value, json};

use super::reports::{HOUR, Office, Tracked};
use crate::harness::config;

async fn budgets(office: &Office) -> Vec<Value> {
    office.get("/api/budgets").await.ok().json.as_array().unwrap().clone()
}

#[actix_web::test]
async fn a_budget_of_time_knows_what_is_used_left_and_to_come() {
    let office = Office::new().await;
    let body = json!({"projectId": office.website, "measure": "time", "period": "month", "durationSeconds": 40 * HOUR, "alertPercents": [80, 50, 80]});
    let made = office.post("/api/budgets", body.clone()).await.created();
    assert_eq!((&made.json["alertPercents"], &made.json["durationSeconds"]), (&json!([50, 80]), &json!(40 * HOUR)));
    office.post("/api/budgets", body).await.refused(409, "duplicate_budget");
    // The test begins on the second of March at 9; an entry of February counts for February.
    office.tracked(Tracked::mine(&office.design, "2026-02-27T08:00:00Z", "2026-02-27T18:00:00Z")).await;
    office.tracked(Tracked::mine(&office.design, "2026-03-01T08:00:00Z", "2026-03-01T18:00:00Z")).await;
    office.tracked(Tracked::mine(&office.meetings, "2026-03-01T08:00:00Z", "2026-03-01T18:00:00Z")).await;
    let state = budgets(&office).await.remove(0);
    assert_eq!(
        (&state["used"], &state["left"]),
        (&json!({"durationSeconds": 10 * HOUR}), &json!({"durationSeconds": 30 * HOUR}))
    );
    assert_eq!(
        (&state["percent"], &state["periodStart"], &state["currency"]),
        (&json!(25), &json!("2026-03-01"), &Value::Null)
    );
    // Ten hours in 33 of the month's 744.
    assert_eq!(state["forecast"], json!({"durationSeconds": 10 * HOUR * 744 / 33}));
    // In the next month it begins anew.
    office.advance(TimeDelta::days(31));
    assert_eq!(budgets(&office).await[0]["used"], json!({"durationSeconds": 0}));
}

#[actix_web::test]
async fn a_budget_of_money_counts_what_clients_pay() {
    let office = Office::new().await;
    office.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    office.post("/api/rates", json!({"kind": "billable", "hourly": "100"})).await.created();
    let body = json!({"clientId": office.acme, "measure": "money", "period": "total", "amount": "1000"});
    let id = office.post("/api/budgets", body).await.created().id();
    office
        .tracked(Tracked {
            billable: true,
            ..Tracked::mine(&office.design, "2026-02-27T08:00:00Z", "2026-02-27T12:20:00Z")
        })
        .await;
    office.tracked(Tracked::mine(&office.design, "2026-02-28T08:00:00Z", "2026-02-28T12:20:00Z")).await;
    let state = budgets(&office).await.remove(0);
    assert_eq!((&state["used"], &state["left"]), (&json!({"amount": "433.33"}), &json!({"amount": "566.67"})));
    assert_eq!((&state["percent"], &state["forecast"], &state["currency"]), (&json!(43), &Value::Null, &json!("EUR")));
    let path = format!("/api/budgets/{id}");
    office.patch(&path, json!({"durationSeconds": 60})).await.refused(400, "invalid_target");
    assert_eq!(office.patch(&path, json!({"amount": "400"})).await.ok().json["amount"], "400.00");
    assert_eq!(budgets(&office).await[0]["left"], json!({"amount": "-33.33"}));
    office.delete(&path).await.is(204);
    assert_eq!(budgets(&office).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn an_alert_comes_once_however_many_servers_look() {
    let office = Office::new().await;
    let body = json!({"projectId": office.website, "measure": "time", "period": "month", "durationSeconds": 10 * HOUR, "alertPercents": [50, 100]});
    office.post("/api/budgets", body).await.created();
    let db = Db::connect(&config(&office.database.url()).database).unwrap();
    let record = async || clockwork_core::reports::record_alerts(&db, office.now()).await.unwrap();
    assert_eq!(record().await, 0);
    office.tracked(Tracked::mine(&office.design, "2026-03-01T08:00:00Z", "2026-03-01T14:00:00Z")).await;
    let both = tokio::join!(record(), record());
    assert_eq!(both.0 + both.1, 1);
    office.tracked(Tracked::mine(&office.design, "2026-03-01T15:00:00Z", "2026-03-01T20:00:00Z")).await;
    assert_eq!((record().await, record().await), (1, 0));
    let percents: Vec<i64> = budgets(&office).await[0]["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["percent"].as_i64().unwrap())
        .collect();
    assert_eq!(percents, [50, 100]);
    office.advance(TimeDelta::days(31));
    assert_eq!((record().await, budgets(&office).await[0]["alerts"].clone()), (0, json!([])));
}

#[actix_web::test]
async fn a_budget_has_one_target_and_one_measure() {
    let office = Office::new().await;
    for (change, field) in [
        (json!({"projectId": null}), "projectId"),
        (json!({"clientId": office.acme}), "clientId"),
        (json!({"durationSeconds": null}), "durationSeconds"),
        (json!({"measure": "money"}), "amount"),
        (json!({"projectId": "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10"}), "projectId"),
    ] {
        let mut body =
            json!({"projectId": office.website, "measure": "time", "period": "total", "durationSeconds": 60});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = office.post("/api/budgets", body).await.refused(400, "invalid_target");
        assert_eq!(refused.json["fields"][0]["field"], field, "{}", refused.text);
    }
    let body = json!({"projectId": office.website, "measure": "time", "period": "total", "durationSeconds": 60});
    office.as_member().await.post("/api/budgets", body.clone()).await.refused(403, "forbidden");
    office.as_viewer().await.get("/api/budgets").await.refused(403, "forbidden");
    office.as_manager().await.post("/api/budgets", body).await.created();
}
