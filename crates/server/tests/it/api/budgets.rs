//! `/api/budgets`

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::database::Db;
use clockwork_core::mail::Mailer;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::jobs::{JobContext, Workers};
use clockwork_core::reports::{self, WATCHED_AT_ONCE, WatchBudgets, watched_workspaces};
use clockwork_core::values::ids::WorkspaceId;
use serde_json::{Value, json};
use tokio::sync::Notify;

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
async fn a_budget_of_money_is_in_the_currency_of_its_client_before_anything_is_billable() {
    let office = Office::new().await;
    let zenith = office.post("/api/clients", json!({"name": "Zenith"})).await.created().id();
    let shop = office.post("/api/projects", json!({"name": "Shop", "clientId": zenith})).await.created().id();
    for target in [
        json!({"clientId": office.acme}),
        json!({"projectId": office.website}),
        json!({"clientId": zenith}),
        json!({"projectId": shop}),
        json!({"projectId": office.internal}),
    ] {
        let mut body = json!({"measure": "money", "period": "total", "amount": "1000.25"});
        body.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
        office.post("/api/budgets", body).await.created();
    }
    let shown = async || {
        let states = budgets(&office).await;
        let of = |state: &Value| (state["currency"].clone(), state["left"]["amount"].as_str().unwrap().to_owned());
        states.iter().map(of).collect::<Vec<_>>()
    };
    let none = (Value::Null, "0".to_owned());
    assert_eq!(shown().await, [none.clone(), none.clone(), none.clone(), none.clone(), none.clone()]);
    office.post("/api/currencies", json!({"currency": "JPY", "clientId": office.acme})).await.created();
    let (yen, euro) = ((json!("JPY"), "1000".to_owned()), (json!("EUR"), "1000.25".to_owned()));
    assert_eq!(shown().await, [yen.clone(), yen.clone(), none.clone(), none.clone(), none], "the workspace has none");
    office.post("/api/currencies", json!({"currency": "EUR"})).await.created();
    assert_eq!(shown().await, [yen.clone(), yen.clone(), euro.clone(), euro.clone(), euro.clone()]);
    // Nor does it change when there is something.
    office.post("/api/rates", json!({"kind": "billable", "hourly": "100"})).await.created();
    for category in [&office.design, &office.meetings] {
        let entry = Tracked::mine(category, "2026-02-27T08:00:00Z", "2026-02-27T09:00:00Z");
        office.tracked(Tracked { billable: true, ..entry }).await;
    }
    let less = |(currency, _): &(Value, String), left: &str| (currency.clone(), left.to_owned());
    let expected = [less(&yen, "900"), less(&yen, "900"), euro.clone(), euro.clone(), less(&euro, "900.25")];
    assert_eq!(shown().await, expected);
}

#[actix_web::test]
async fn a_workspace_that_fails_keeps_no_other_from_its_alerts_and_one_server_looks() {
    let office = Office::new().await;
    let other = office.acting_as(office.add_workspace().await);
    assert!(BUILT_IN_CALLER.workspace < other.caller.workspace, "the workspace that fails comes first");
    let project = other.post("/api/projects", json!({"name": "Elsewhere"})).await.created().id();
    let path = format!("/api/projects/{project}/categories");
    let category = other.post(&path, json!({"name": "Design"})).await.created().id();
    let entry = Tracked::mine(&category, "2026-03-01T08:00:00Z", "2026-03-01T18:00:00Z");
    office.tracked(entry.of(other.caller)).await;
    office.tracked(Tracked::mine(&office.design, "2026-03-01T08:00:00Z", "2026-03-01T18:00:00Z")).await;
    let body = |project: &str| json!({"projectId": project, "measure": "time", "period": "total", "durationSeconds": HOUR, "alertPercents": [50]});
    office.post("/api/budgets", body(&office.website)).await.created();
    other.post("/api/budgets", body(&project)).await.created();
    office
        .execute(&format!(
            "CREATE FUNCTION refuse_alert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
             CREATE TRIGGER refuse_alert BEFORE INSERT ON budget_alerts FOR EACH ROW
             WHEN (NEW.workspace_id = '{}') EXECUTE FUNCTION refuse_alert()",
            BUILT_IN_CALLER.workspace
        ))
        .await;
    let config = config(&office.database.url());
    let start = || {
        let context = JobContext::new(
            Db::connect(&config.database).unwrap(),
            office.shared_clock(),
            Mailer::new(&config.mail).unwrap(),
        );
        Workers::start(&context, &Arc::new(Notify::new()), &BackgroundMetrics::new())
    };
    let servers = [start(), start()];
    let begun = Instant::now();
    let alerts = async || other.get("/api/budgets").await.ok().json[0]["alerts"].clone();
    while alerts().await == json!([]) {
        assert!(begun.elapsed() < Duration::from_secs(60), "the other workspace has its alert");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(alerts().await[0]["percent"], 50);
    assert_eq!(budgets(&office).await[0]["alerts"], json!([]));
    // The round has ended, is not tried again before the next one, and was that of one server.
    while office.count("SELECT count(*) FROM jobs WHERE kind = 'watch_budgets'").await > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job ends well");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let next = "SELECT count(*) FROM job_schedules WHERE kind = 'watch_budgets'
                AND next_run_at BETWEEN now() + interval '8 minutes' AND now() + interval '10 minutes'";
    assert_eq!(office.count(next).await, 1);
    for server in servers {
        server.finish().await;
    }
}

#[actix_web::test]
async fn a_round_goes_on_after_the_workspaces_of_a_job() {
    let office = Office::new().await;
    office
        .execute(
            "INSERT INTO workspaces (id, name, created_at, updated_at)
             SELECT gen_random_uuid(), 'Workspace ' || n, now(), now() FROM generate_series(1, 230) n;
             INSERT INTO clients (id, workspace_id, name, created_at, updated_at)
             SELECT gen_random_uuid(), id, 'Client', now(), now() FROM workspaces WHERE name LIKE 'Workspace %';
             INSERT INTO budgets (id, workspace_id, client_id, measure, period, size, alert_percents, created_at, updated_at)
             SELECT gen_random_uuid(), workspace_id, id, 'time', 'total', 60, '{50}', now(), now() FROM clients
             WHERE name = 'Client'",
        )
        .await;
    let db = Db::connect(&config(&office.database.url()).database).unwrap();
    let mut conn = db.conn().await.unwrap();
    let (mut job, mut seen) = (WatchBudgets::default(), Vec::<WorkspaceId>::new());
    let mut parts = Vec::new();
    loop {
        let found = watched_workspaces(&mut conn, job).await.unwrap();
        parts.push(found.len());
        seen.extend(&found);
        if found.len() < WATCHED_AT_ONCE {
            break;
        }
        job = WatchBudgets { after: found.last().copied() };
    }
    assert_eq!(parts, [100, 100, 30]);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "each once, in order");
}

#[actix_web::test]
async fn an_alert_comes_once_however_many_servers_look() {
    let office = Office::new().await;
    let body = json!({"projectId": office.website, "measure": "time", "period": "month", "durationSeconds": 10 * HOUR, "alertPercents": [50, 100]});
    office.post("/api/budgets", body).await.created();
    let db = Db::connect(&config(&office.database.url()).database).unwrap();
    let record = async || {
        let mut conn = db.conn().await.unwrap();
        reports::record_alerts(&mut conn, BUILT_IN_CALLER.workspace, office.now()).await.unwrap()
    };
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
