//! A real team's export, which is not part of this repository: beside the checkout where there is one.

use std::path::Path;

use serde_json::json;

use super::{entries, import, rows};
use crate::harness::TestApp;

#[actix_web::test]
async fn a_real_teams_export_is_imported_to_the_second() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/toggl-detailed-team.csv");
    let Ok(file) = std::fs::read(&path) else {
        println!("skipped: there is no {}", path.display());
        return;
    };
    let app = TestApp::spawn().await;
    let options = [("timeZone", "America/New_York")];
    let dry = import(&app, &[options[0], ("dryRun", "true")], file.clone()).await.ok();
    assert_eq!(rows(&app).await, [0; 6]);
    assert_eq!((&dry.json["rows"], entries(&dry)), (&json!(652), [652, 0, 0]));
    assert_eq!(dry.json["entries"]["statedSeconds"], 3_188_866);
    assert_eq!(dry.json["entries"]["durationSeconds"], 3_188_860, "eight durations are a second off");
    assert_eq!(dry.json["problemsTotal"], 9, "and the amounts are not imported");
    assert_eq!(dry.json["tags"]["created"].as_array().unwrap().len(), 38 + 5);
    let people: Vec<_> =
        dry.json["people"].as_array().unwrap().iter().map(|person| person["entries"].as_u64().unwrap()).collect();
    assert_eq!(people, [107, 98, 191, 152, 104]);

    let done = import(&app, &options, file.clone()).await.ok();
    assert_eq!(entries(&done), [652, 0, 0]);
    assert_eq!(app.count("SELECT sum(duration_seconds)::bigint FROM time_entries").await, 3_188_860);
    assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE NOT billable").await, 14);
    let after = rows(&app).await;
    assert_eq!((after[0], after[2], after[3], after[4], after[5]), (652, 0, 1, 1, 43));

    assert_eq!(entries(&import(&app, &options, file).await.ok()), [0, 652, 0]);
    assert_eq!(rows(&app).await, after);
}
