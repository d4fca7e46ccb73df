//! `GET /api/time/overlaps`

use chrono::TimeDelta;
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::database::Db;
use clockwork_core::tracking::entries::{self, OVERLAPS_MAX};
use serde_json::{Value, json};

use super::{TrackerApp, at, minute};
use crate::harness::config;

/// The pairs of an answer: first, second, start, stop.
async fn pairs(tracker: &TrackerApp, query: &str) -> Vec<Value> {
    let answer = tracker.get(&format!("/api/time/overlaps{query}")).await.ok();
    let row = |o: &Value| json!([o["firstId"], o["secondId"], o["startedAt"], o["stoppedAt"], o["durationSeconds"]]);
    answer.json.as_array().unwrap().iter().map(row).collect()
}

#[actix_web::test]
async fn each_pair_that_shares_time_is_named_with_the_time() {
    let tracker = TrackerApp::new().await;
    assert_eq!(pairs(&tracker, "").await, Vec::<Value>::new());
    let a = tracker.entry(&tracker.category, 0, 60).await;
    let b = tracker.entry(&tracker.category, 50, 70).await;
    let c = tracker.entry(&tracker.category, 70, 80).await;
    tracker.entry(&tracker.category, 30, 30).await;
    assert_eq!(
        pairs(&tracker, "").await,
        [json!([a, b, at(50), at(60), 600])],
        "what touches or has no length is none"
    );
    let d = tracker.entry(&tracker.category, -10_000, 75).await;
    let mut found = pairs(&tracker, "").await;
    found.sort_by_key(ToString::to_string);
    let mut expected = vec![
        json!([d, a, at(0), at(60), 3600]),
        json!([a, b, at(50), at(60), 600]),
        json!([d, b, at(50), at(70), 1200]),
        json!([d, c, at(70), at(75), 300]),
    ];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(found, expected);
}

#[actix_web::test]
async fn a_range_narrows_it() {
    let tracker = TrackerApp::new().await;
    let a = tracker.entry(&tracker.category, 0, 60).await;
    let b = tracker.entry(&tracker.category, 50, 70).await;
    let pair = vec![json!([a, b, at(50), at(60), 600])];
    let stamp = |minutes| at(minutes).as_str().unwrap().to_owned();
    for (query, found) in [
        (format!("?from={}", stamp(59)), true),
        (format!("?from={}", stamp(60)), false),
        (format!("?to={}", stamp(50)), true),
        (format!("?to={}", stamp(49)), false),
        (format!("?from={}&to={}", stamp(40), stamp(55)), true),
        (format!("?from={}&to={}", stamp(61), stamp(90)), false),
    ] {
        assert_eq!(pairs(&tracker, &query).await, if found { pair.clone() } else { Vec::new() }, "{query}");
    }
    let refused = tracker.get(&format!("/api/time/overlaps?from={}&to={}", stamp(1), stamp(0))).await;
    refused.refused(400, "invalid_time_range").names("to", "out_of_range");
    tracker.get("/api/time/overlaps?from=x").await.refused(400, "invalid_time").names("from", "invalid_format");
    tracker.get("/api/time/overlaps?limit=5").await.refused(400, "invalid_query").names("limit", "unknown_field");
}

#[actix_web::test]
async fn long_entries_are_found_wherever_they_began() {
    let tracker = TrackerApp::new().await;
    let days = 24 * 60;
    let long = tracker.entry(&tracker.category, -400 * days, 30).await;
    let day = tracker.entry(&tracker.category, -days, 0).await;
    let short = tracker.entry(&tracker.category, 10, 20).await;
    let from = at(5).as_str().unwrap().to_owned();
    assert_eq!(pairs(&tracker, &format!("?from={from}")).await, [json!([long, short, at(10), at(20), 600])]);
    let from = at(-1).as_str().unwrap().to_owned();
    let found = pairs(&tracker, &format!("?from={from}")).await;
    assert_eq!(found, [json!([long, day, at(-days), at(0), 86_400]), json!([long, short, at(10), at(20), 600])]);
}

#[actix_web::test]
async fn without_a_range_the_last_year_is_searched() {
    let tracker = TrackerApp::new().await;
    let minutes = |days: i64| days * 24 * 60;
    let mut pairs_of = Vec::new();
    for days in [-367, -366, -365] {
        let (a, b) = (
            tracker.entry(&tracker.category, minutes(days), minutes(days) + 60).await,
            tracker.entry(&tracker.category, minutes(days) + 30, minutes(days) + 40).await,
        );
        pairs_of.push(json!([a, b, at(minutes(days) + 30), at(minutes(days) + 40), 600]));
    }
    assert_eq!(pairs(&tracker, "").await, pairs_of[1..]);
    let stamp = |minutes| at(minutes).as_str().unwrap().to_owned();
    assert_eq!(pairs(&tracker, &format!("?to={}", stamp(minutes(-366)))).await, pairs_of[..1]);
    assert_eq!(pairs(&tracker, &format!("?from={}", stamp(minutes(-1_000)))).await, pairs_of);
}

#[actix_web::test]
async fn what_runs_reaches_until_now() {
    let tracker = TrackerApp::new().await;
    let running = tracker.start().await.id();
    let planned = tracker.entry(&tracker.category, 30, 60).await;
    assert_eq!(pairs(&tracker, "").await, Vec::<Value>::new());
    tracker.advance(TimeDelta::minutes(40));
    assert_eq!(pairs(&tracker, "").await, [json!([running, planned, at(30), at(40), 600])]);
    let from = at(35).as_str().unwrap().to_owned();
    assert_eq!(pairs(&tracker, &format!("?from={from}")).await.len(), 1);
}

#[actix_web::test]
async fn at_most_a_thousand_pairs_are_named() {
    let tracker = TrackerApp::new().await;
    let sql = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
               SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                      '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', now(), now() FROM categories, generate_series(1, 60)";
    tracker.execute(sql).await;
    assert_eq!(pairs(&tracker, "").await.len(), 1_000);
}

#[derive(diesel::QueryableByName)]
struct RowsRead {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    rows: i64,
}

/// How many rows of entries PostgreSQL reads to find the first thousand pairs.
async fn rows_read_for_overlaps(db: &Db) -> i64 {
    use diesel_async::{AsyncConnection, RunQueryDsl};
    let mut conn = db.conn().await.unwrap();
    let caller = BUILT_IN_CALLER.permit().unwrap();
    let read = conn.transaction(async |conn| {
        let found = entries::overlaps(conn, caller, None, None, minute(0)).await?;
        assert_eq!(found.len(), OVERLAPS_MAX);
        let rows = "SELECT (seq_tup_read + idx_tup_fetch)::bigint AS rows FROM pg_stat_xact_user_tables WHERE relname = 'time_entries'";
        diesel::sql_query(rows).get_result::<RowsRead>(conn).await
    });
    read.await.unwrap().rows
}

#[actix_web::test]
async fn no_more_is_read_than_it_takes_to_find_a_thousand_pairs() {
    let tracker = TrackerApp::new().await;
    let sql = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
               SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                      '2026-01-02T08:00:00Z'::timestamptz + n * interval '1 minute', '2026-01-02T10:00:00Z'::timestamptz + n * interval '1 minute', now(), now()
               FROM categories, generate_series(1, 30000) AS n";
    tracker.execute(sql).await;
    tracker.execute("ANALYZE time_entries").await;
    let db = Db::connect(&config(&tracker.database.url()).database).unwrap();
    let rows = rows_read_for_overlaps(&db).await;
    assert!((1..5_000).contains(&rows), "{rows} of 30,000 rows");
}

#[actix_web::test]
async fn pairs_are_found_across_pages() {
    let tracker = TrackerApp::new().await;
    // Back to back, so that none shares time with the next; one long entry shares time with one of the last.
    let sql = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
               SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                      '2026-03-02T08:00:00Z'::timestamptz - n * interval '1 minute', '2026-03-02T08:01:00Z'::timestamptz - n * interval '1 minute', now(), now()
               FROM categories, generate_series(1, 2500) AS n";
    tracker.execute(sql).await;
    let first = tracker.entry(&tracker.category, 0, 60).await;
    let second = tracker.entry(&tracker.category, 50, 70).await;
    assert_eq!(pairs(&tracker, "").await, [json!([first, second, at(50), at(60), 600])]);
    let across = tracker.entry(&tracker.category, -2_000, 55).await;
    assert_eq!(pairs(&tracker, &format!("?from={}", at(-59).as_str().unwrap())).await.len(), 3, "with {across}");
    assert_eq!(pairs(&tracker, "").await.len(), 1_000);
}
