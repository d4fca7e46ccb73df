//! The server's time zones decide, whatever PostgreSQL knows of them, and an entry is recognised whatever its zone's
//! rules were.

use std::path::Path;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use clockwork_core::values::time_zone::TimeZone;

use super::{entries, import};
use crate::harness::TestApp;

/// Where the rules of 2025b and of 2026f differ: the time zone, the file with an entry that began at nine, its right
/// start, and its key in a database that a release with the rules of 2025b has written.
const DIFFERENCES: [(&str, &str, &str, &str); 3] = [
    (
        "America/Vancouver",
        "zone-rules-vancouver",
        "2026-11-16T16:00:00Z",
        "8e19979a03a82687d1dd147c4a2b1d8ffa93c733ed0a6b1f3be5b60c7106ed6a",
    ),
    (
        "America/Edmonton",
        "zone-rules-edmonton",
        "2026-11-16T15:00:00Z",
        "d5cf8fdd913edd52a2ffa21b6c2a982ba67e65941b7a70121fe385a52317f1bd",
    ),
    (
        "Africa/Casablanca",
        "zone-rules-casablanca",
        "2026-10-05T09:00:00Z",
        "94a232a0510067cb64c95ca71210d70e11ff18c67570b7d9061c9a11b2160e98",
    ),
];

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../core/tests/fixtures/imports/{name}.csv"));
    std::fs::read_to_string(path).unwrap()
}

#[actix_web::test]
async fn instants_are_those_of_the_servers_rules_whatever_postgresql_knows() {
    let app = TestApp::spawn().await;
    let sql = app.sql().await;
    for (zone, file, start, _) in DIFFERENCES {
        assert_eq!(entries(&import(&app, &[("timeZone", zone)], fixture(file)).await.ok()), [1, 0, 0]);
        let start: DateTime<Utc> = start.parse().unwrap();
        let query = "SELECT started_at, started_at AT TIME ZONE $2 FROM time_entries WHERE started_at = $1";
        let row = sql.query_one(query, &[&start, &zone]).await.unwrap();
        assert_eq!(row.get::<_, DateTime<Utc>>(0), start);
        // An installed PostgreSQL is as old as the machine's time zones: it may say nine, or an hour beside it. So it
        // is not asked.
        let beside = (row.get::<_, NaiveDateTime>(1) - TimeZone::parse(zone).unwrap().local(start)).abs();
        assert!(beside <= TimeDelta::hours(1), "{zone}: {beside}");
    }
}

#[actix_web::test]
async fn an_entry_of_a_release_with_older_rules_is_the_same_row() {
    let app = TestApp::spawn().await;
    for (zone, file, start, key) in DIFFERENCES {
        assert_eq!(entries(&import(&app, &[("timeZone", zone)], fixture(file)).await.ok()), [1, 0, 0]);
        let key_is = format!("import_key = decode('{key}', 'hex')");
        assert_eq!(app.count(&format!("SELECT count(*) FROM time_entries WHERE {key_is}")).await, 1, "{zone}");
        // As that release left it: at the instants of its rules.
        let hour = if zone.starts_with("America") { 1 } else { -1 };
        app.execute(&format!(
            "UPDATE time_entries SET started_at = started_at + interval '{hour} hour', stopped_at = stopped_at + interval '{hour} hour' WHERE {key_is}"
        ))
        .await;
        assert_eq!(
            entries(&import(&app, &[("timeZone", zone)], fixture(file)).await.ok()),
            [0, 1, 0],
            "{zone} {start}"
        );
    }
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 3);
}

/// PostgreSQL's time zones are another reading of the same database. The years from 1994 to 2019 are settled: releases
/// of IANA have corrected earlier and later ones since 2025, so an installed PostgreSQL may differ there. Names without
/// a slash, such as CET, are abbreviations of one offset to AT TIME ZONE.
#[actix_web::test]
async fn settled_years_are_those_that_postgresql_knows() {
    let app = TestApp::spawn().await;
    let sql = app.sql().await;
    let names: Vec<String> = sql
        .query(
            "SELECT name FROM pg_timezone_names WHERE name LIKE '%/%' AND name !~ '^(posix|right)/' ORDER BY name",
            &[],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let query = "SELECT s, to_timestamp(s) AT TIME ZONE $1 FROM generate_series($2::bigint, 1577836800, $3) AS s";
    // A step that is no multiple of a day, another beginning for each time zone: together they meet every hour of the
    // year.
    let step = 86_400_i64 * 11 + 3_607;
    let mut compared = 0;
    for (number, name) in (1_i64..).zip(&names) {
        let Ok(zone) = TimeZone::parse(name) else { continue };
        for row in sql.query(query, &[name, &(757_382_400 + number * 1_801), &step]).await.unwrap() {
            let instant = DateTime::from_timestamp(row.get(0), 0).unwrap();
            assert_eq!(zone.local(instant), row.get::<_, NaiveDateTime>(1), "{name} at {instant}");
            compared += 1;
        }
    }
    assert!(compared > 100_000, "{compared}");
}
