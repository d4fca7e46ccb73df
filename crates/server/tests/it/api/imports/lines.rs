//! Bad lines: named, and by choice stopping everything or left out.

use std::fmt::Write as _;

use serde_json::json;

use super::{HEADER, classic, entries, import, problems, rows};
use crate::harness::TestApp;

#[actix_web::test]
async fn a_bad_line_stops_everything_or_is_left_out() {
    let app = TestApp::spawn().await;
    let file = classic(&[
        "A,,,P,,good,Yes,2016-01-02,09:00,2016-01-02,10:00,,",
        "A,,,P,,\"two\nlines\",Yes,2016-13-02,09:00,2016-01-02,10:00,,",
        "B,,,Q,,backwards,Yes,2016-01-02,11:00,2016-01-02,10:00,,only here",
    ]);
    let expected = ["3 Start date invalid_date error", "5 End time stop_before_start error"];

    for dry_run in ["true", "false"] {
        let answer = import(&app, &[("dryRun", dry_run)], file.clone()).await.refused(400, "import_failed");
        let account = &answer.json["import"];
        assert_eq!(problems(account), expected);
        assert_eq!(account["problems"][0]["value"], "2016-13-02");
        assert_eq!(account["problems"][1]["value"], "2016-01-02 10:00:00");
        assert_eq!(account["entries"]["skipped"], 2);
        assert_eq!((&account["committed"], &account["rows"]), (&json!(false), &json!(3)));
        assert_eq!((&account["problemsTotal"], &account["errorsTotal"]), (&json!(2), &json!(2)));
    }
    assert_eq!(rows(&app).await, [0; 6]);

    let answer = import(&app, &[("onError", "skip")], file).await.ok();
    assert_eq!(problems(&answer.json), expected);
    assert_eq!(entries(&answer), [1, 0, 2]);
    assert_eq!(answer.json["projects"]["created"], json!(["P"]), "nothing is made for lines that are left out");
    assert_eq!(rows(&app).await, [1, 1, 0, 1, 1, 1]);
}

#[actix_web::test]
async fn two_hundred_problems_are_listed_and_all_are_counted() {
    let app = TestApp::spawn().await;
    let mut file = HEADER.to_owned();
    for _ in 0..300 {
        file.push_str(",,,P,,,,2016-01-02,09:00,2016-01-02,10:00,00:59:59,\n");
    }
    for _ in 0..199 {
        file.push_str(",,,P,,,,2016-13-02,09:00,2016-01-02,10:00,,\n");
    }
    let answer = import(&app, &[("onError", "skip")], file).await.ok();
    let listed = problems(&answer.json);
    assert_eq!((listed.len(), listed[0].as_str()), (200, "2 Duration duration_differs warning"));
    assert!(listed[1..].iter().all(|problem| problem.ends_with("Start date invalid_date error")));
    assert_eq!((&answer.json["problemsTotal"], &answer.json["errorsTotal"]), (&json!(499), &json!(199)));
    assert_eq!(entries(&answer), [300, 0, 199]);
}

#[actix_web::test]
async fn lengths_and_characters_are_those_of_every_other_way_in() {
    let app = TestApp::spawn().await;
    let (name, category, description) = ("ä".repeat(255), "ö".repeat(1000), "ü".repeat(5000));
    let fits = format!("{name},,{name},{name},{category},{description},,2016-01-02,09:00,2016-01-02,10:00,,{name}");
    assert_eq!(entries(&import(&app, &[], classic(&[&fits])).await.ok()), [1, 0, 0]);

    let mut file = HEADER.to_owned();
    writeln!(file, "{name}x,,,,,,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,{name}x,,,,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,,{name}x,,,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,,,{category}x,,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,,,,{description}x,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,,,,,,2016-01-02,09:00,2016-01-02,10:00,,\"ok, {name}x\"").unwrap();
    writeln!(file, ",,,a\u{1b}b,,,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,,,,a\u{7}b,,2016-01-02,09:00,2016-01-02,10:00,,").unwrap();
    writeln!(file, ",,,,,,,9999-01-02,09:00,9999-01-02,10:00,,").unwrap();
    let answer = import(&app, &[], file).await.refused(400, "import_failed");
    assert_eq!(
        problems(&answer.json["import"]),
        [
            "2 User too_long error",
            "3 Client too_long error",
            "4 Project too_long error",
            "5 Task too_long error",
            "6 Description too_long error",
            "7 Tags too_long error",
            "8 Project control_characters error",
            "9 Description control_characters error",
            "10 Start time out_of_range error",
        ]
    );
    let value = answer.json["import"]["problems"][0]["value"].as_str().unwrap();
    assert_eq!(value.chars().count(), 101, "cut, with an ellipsis");
}

#[actix_web::test]
async fn a_line_has_fewer_tags_than_an_entry_may_carry() {
    let app = TestApp::spawn().await;
    let tags = |count: usize| (0..count).map(|n| format!("t{n}")).collect::<Vec<_>>().join(",");
    let row = |count| format!("Somebody,,,,,,,2016-01-02,09:00,2016-01-02,10:00,,\"{}\"", tags(count));
    assert_eq!(entries(&import(&app, &[], classic(&[&row(99)])).await.ok()), [1, 0, 0]);
    assert_eq!(app.count("SELECT count(*) FROM time_entry_tags").await, 100, "the person's is one of them");
    // So many in one record that comparing each with each would take long.
    for count in [100, 100_000] {
        let answer = import(&app, &[], classic(&[&row(count)])).await.refused(400, "import_failed");
        assert_eq!(problems(&answer.json["import"]), ["2 Tags too_long error"]);
    }
}

/// Names of every character that might be a control character to one side only.
#[actix_web::test]
async fn no_character_is_allowed_here_and_refused_by_the_database() {
    let app = TestApp::spawn().await;
    let characters = (0x80..0xa1)
        .chain(0x2000..0x2070)
        .chain([0x61c, 0xad, 0x180e, 0xfeff, 0xfff9, 0xfffc, 0xfffd, 0xe0001, 0x1f980]);
    let mut file = HEADER.to_owned();
    for character in characters.filter_map(char::from_u32) {
        writeln!(file, "u{character}u,,c{character}c,p{character}p,t{character}t,d{character}d,,2016-01-02,09:00,2016-01-02,10:00,,g{character}g").unwrap();
    }
    let answer = import(&app, &[("onError", "skip")], file).await.ok();
    assert!(entries(&answer)[0] > 100, "{:?}", entries(&answer));
}

#[actix_web::test]
async fn the_two_impossible_hours_are_read_and_told() {
    let app = TestApp::spawn().await;
    let file = classic(&[
        ",,,P,,skipped,,2016-03-27,02:30,2016-03-27,04:00,00:30:00,",
        ",,,P,,second,,2016-10-30,02:30,2016-10-30,03:00,00:30:00,",
        ",,,P,,first,,2016-10-30,02:30,2016-10-30,03:00,01:30:00,",
    ]);
    let answer = import(&app, &[("timeZone", "Europe/Berlin")], file).await.ok();
    assert_eq!(
        problems(&answer.json),
        [
            "2 Start time nonexistent_time warning",
            "3 Start time ambiguous_time warning",
            "4 Start time ambiguous_time warning"
        ]
    );
    let list = app.get("/api/time/entries?from=2016-01-01T00:00:00Z").await.ok();
    assert_eq!(list.each("description"), ["second", "first", "skipped"]);
    assert_eq!(list.each("startedAt"), ["2016-10-30T01:30:00Z", "2016-10-30T00:30:00Z", "2016-03-27T01:30:00Z"]);
}
