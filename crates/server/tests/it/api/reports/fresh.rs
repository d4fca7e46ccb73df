//! A repeated question costs one look at the log of changes, and is answered anew after each change.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{Office, Tracked, number};
use crate::harness::{Answer, SentAs};

const MARCH: &str = "/api/reports/summary?fromDate=2026-03-01&toDate=2026-03-31&timeZone=UTC&groupBy=project";

async fn ask(office: &Office, tag: &str) -> Answer {
    office.send(office.request(Method::GET, MARCH).header("If-None-Match", tag)).await
}

#[actix_web::test]
async fn an_answer_that_is_still_right_is_not_made_again() {
    let office = Office::new().await;
    let member = office.as_member().await;
    let first = office.get(MARCH).await.ok();
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = ask(&office, &tag).await.is(304);
    assert_eq!((again.text.as_str(), again.header("etag")), ("", tag.as_str()));
    // Nothing of it helps with another question, or another caller's.
    let other = office.request(Method::GET, &MARCH.replace("project", "client")).header("If-None-Match", &tag);
    office.send(other).await.ok();
    office.send(office.request(Method::GET, MARCH).header("If-None-Match", &tag).sent_as(member.caller)).await.ok();
    for other in ["W/\"1\"", "*", "W/\"ab-1-2\"", "\"x\""] {
        ask(&office, other).await.ok();
    }
    // Each change that it may show makes it anew.
    let entry = office.entry(&office.design, 0, 60).await;
    let changed = ask(&office, &tag).await.ok();
    assert_eq!(number(&changed.json["total"], "durationSeconds"), 3600);
    let mut tag = changed.header("etag").to_owned();
    let colleague = Tracked::mine(&office.design, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z").of(member.caller);
    for change in 0..4 {
        ask(&office, &tag).await.is(304);
        match change {
            0 => drop(office.patch(&format!("/api/projects/{}", office.website), json!({"name": "Shop"})).await.ok()),
            1 => drop(office.delete(&format!("/api/time/entries/{entry}")).await.is(204)),
            2 => drop(office.tracked(colleague).await),
            _ => drop(member.patch("/api/me", json!({"name": "Renamed"})).await.ok()),
        }
        tag = ask(&office, &tag).await.ok().header("etag").to_owned();
    }
    let end = office.get(MARCH).await.ok();
    assert_eq!((number(&end.json["total"], "durationSeconds"), &end.json["groups"][0]["name"]), (3600, &json!("Shop")));
}

#[actix_web::test]
async fn what_runs_is_asked_for_anew() {
    let office = Office::new().await;
    office.post("/api/time/start", json!({"categoryId": office.design})).await.created();
    let first = office.get(MARCH).await.ok();
    assert_eq!(first.header("etag"), "");
    office.advance(TimeDelta::minutes(1));
    assert_eq!(number(&office.get(MARCH).await.ok().json["total"], "durationSeconds"), 60);
    office.act("/api/time/stop").await.ok();
    assert!(!office.get(MARCH).await.ok().header("etag").is_empty());
}
