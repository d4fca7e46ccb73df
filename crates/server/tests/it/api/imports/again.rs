//! The same entries a second time, later, and at once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::{classic, entries, import, rows};
use crate::harness::TestApp;

fn row(n: u32) -> String {
    format!(
        "Ada,a@example.com,Acme,Site {},Task,Entry {n},Yes,2016-07-01,09:00,2016-07-01,10:00,01:00:00,Tag {}",
        n % 3,
        n % 5
    )
}

fn file(numbers: impl IntoIterator<Item = u32>) -> String {
    let rows: Vec<String> = numbers.into_iter().map(row).collect();
    classic(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

#[actix_web::test]
async fn the_same_file_twice_adds_nothing() {
    let app = TestApp::spawn().await;
    assert_eq!(entries(&import(&app, &[], file(0..20)).await.ok()), [20, 0, 0]);
    let before = rows(&app).await;
    app.advance(TimeDelta::hours(1));
    let again = import(&app, &[], file(0..20)).await.ok();
    assert_eq!(entries(&again), [0, 20, 0]);
    assert_eq!(again.json["projects"], json!({"created": [], "existing": 3}));
    assert_eq!(again.json["tags"], json!({"created": [], "existing": 6}));
    assert_eq!(rows(&app).await, before);
    assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE revision <> 1").await, 0);
}

#[actix_web::test]
async fn a_later_export_adds_what_is_new_whatever_its_format() {
    let app = TestApp::spawn().await;
    let twice = classic(&[
        "Ada,a@example.com,,Site,,x,Yes,2016-07-01,09:00:00,2016-07-01,10:00:00,01:00:00,one",
        "Ada,a@example.com,,Site,,x,Yes,2016-07-01,09:00:00,2016-07-01,10:00:00,01:00:00,two",
    ]);
    assert_eq!(entries(&import(&app, &[], twice).await.ok()), [2, 0, 0], "alike, but both are meant");
    let later = "Member;Email;Start date;Start time;Stop date;Stop time;Description;Client;Project;Task;Tags\n\
                 Ada;a@example.com;07/13/2016;9:00 AM;07/13/2016;10:00 AM;new;-;Site;-;-\n\
                 Ada;a@example.com;07/01/2016;9:00 AM;07/01/2016;10:00 AM;x;-;Site;-;two\n\
                 Ada;a@example.com;07/01/2016;9:00 AM;07/01/2016;10:00 AM;x;-;Site;-;one\n";
    assert_eq!(entries(&import(&app, &[], later).await.ok()), [1, 2, 0]);
    assert_eq!(rows(&app).await[0], 3);
}

#[actix_web::test]
async fn what_was_edited_since_stays_edited() {
    let app = TestApp::spawn().await;
    import(&app, &[], file([1])).await.ok();
    let project = app.get("/api/projects").await.ok().ids().remove(0);
    app.patch(&format!("/api/projects/{project}"), json!({"name": "Renamed"})).await.ok();
    let entry = app.get("/api/time/entries").await.ok().ids().remove(0);
    let edit = json!({"description": "mine", "startedAt": "2016-07-01T08:00:00Z", "tagIds": []});
    app.patch(&format!("/api/time/entries/{entry}"), edit).await.ok();
    let tag = app.get("/api/tags").await.ok().ids().remove(0);
    app.delete(&format!("/api/tags/{tag}")).await.is(204);
    let before = rows(&app).await;

    let again = import(&app, &[], file([1])).await.ok();
    assert_eq!(entries(&again), [0, 1, 0]);
    assert_eq!(again.json["projects"], json!({"created": [], "existing": 0}), "not made anew under its old name");
    assert_eq!(rows(&app).await, before);
    assert_eq!(app.get(&format!("/api/time/entries/{entry}")).await.ok().json["description"], "mine");
}

#[actix_web::test]
async fn a_deleted_entry_comes_back() {
    let app = TestApp::spawn().await;
    import(&app, &[], file([1])).await.ok();
    let entry = app.get("/api/time/entries").await.ok().ids().remove(0);
    app.delete(&format!("/api/time/entries/{entry}")).await.is(204);
    assert_eq!(entries(&import(&app, &[], file([1])).await.ok()), [1, 0, 0]);
    app.act(&format!("/api/time/entries/{entry}/restore")).await.refused(409, "entry_imported_again");
}

#[actix_web::test]
async fn imports_at_the_same_moment_make_no_doubles() {
    let app = TestApp::spawn().await;
    let all = join_all((0..6).map(|_| import(&app, &[], file(0..200)))).await;
    let mut created: Vec<u64> = all.into_iter().map(|answer| entries(&answer.ok())[0]).collect();
    created.sort_unstable();
    assert_eq!(created, [0, 0, 0, 0, 0, 200]);
    assert_eq!(rows(&app).await, [200, 400, 1, 3, 3, 6]);

    // Files that overlap, in opposite orders.
    let (up, down) = (file(150..400), file((150..400).rev()));
    let (one, other) = futures_util::future::join(import(&app, &[], up), import(&app, &[], down)).await;
    assert_eq!(entries(&one.ok())[0] + entries(&other.ok())[0], 200);
    assert_eq!(rows(&app).await[0], 400);
}

/// Names of projects may repeat, so no unique index keeps two imports from making the same one.
#[actix_web::test]
async fn imports_of_other_entries_at_the_same_moment_share_their_projects() {
    let app = TestApp::spawn().await;
    let plot = |n: u32| format!(",,,Plot {},,Entry {n},,2016-07-01,09:00,2016-07-01,10:00,,", n % 3);
    let file = |first: u32| {
        let rows: Vec<String> = (first..first + 100).map(plot).collect();
        classic(&rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let all = join_all((0..6).map(|n| import(&app, &[], file(n * 100)))).await;
    for answer in all {
        assert_eq!(entries(&answer.ok()), [100, 0, 0]);
    }
    assert_eq!(rows(&app).await, [600, 0, 0, 3, 3, 0]);
}

#[actix_web::test]
async fn names_created_concurrently_are_reused() {
    let app = TestApp::spawn().await;
    let rivals = join_all((0..5).map(|n| app.tag_or_conflict(format!("tag {n}"))));
    let (answer, _) = futures_util::future::join(import(&app, &[], file(0..200)), rivals).await;
    assert_eq!(entries(&answer.ok()), [200, 0, 0]);
    assert_eq!(rows(&app).await[5], 6);
}

#[actix_web::test]
async fn canonically_equal_names_are_one_and_keys_of_earlier_releases_are_known() {
    let app = TestApp::spawn().await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests/fixtures/imports/nfc-nfd.csv");
    let file = std::fs::read(path).unwrap();
    let answer = import(&app, &[], file.clone()).await.ok();
    assert_eq!(answer.json["projects"], json!({"created": ["Caf\u{e9}"], "existing": 0}));
    assert_eq!(entries(&answer), [2, 0, 0]);
    let text = String::from_utf8(file.clone()).unwrap();
    for again in [file.clone(), text.replace("Cafe\u{301}", "Caf\u{e9}").into_bytes()] {
        assert_eq!(entries(&import(&app, &[], again).await.ok()), [0, 2, 0]);
    }
    // The key that a release made which did not normalise names.
    let key = "334fdd2a26829c37c1fd0aaf439bbdaccffbaebc9feca5a3ada6c86064880d1e";
    app.execute(&format!("UPDATE time_entries SET import_key = decode('{key}', 'hex') WHERE description = 'y'")).await;
    assert_eq!(entries(&import(&app, &[], file).await.ok()), [0, 2, 0]);
}

impl TestApp {
    /// Makes a tag unless the import was faster.
    async fn tag_or_conflict(&self, name: String) {
        let answer = self.post("/api/tags", json!({"name": name})).await;
        assert!([201, 409].contains(&answer.status.as_u16()), "{}", answer.text);
    }
}
