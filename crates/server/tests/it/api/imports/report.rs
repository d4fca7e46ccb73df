//! What an import makes, and the report of it.

use serde_json::{Value, json};

use super::{classic, entries, import, problems, rows};
use crate::harness::TestApp;

const FILE: [&str; 3] = [
    "Ada,ada@example.com,Acme,Site,Design,Sketches,Yes,2016-07-01,09:00:01,2016-07-01,10:30:00,01:29:59,\"Web, Deep work\"",
    "Bob,bob@example.com,,Garden,,\"Dig, and \"\"dig\"\"\",No,2016-01-01,23:00:00,2016-01-02,01:00:00,02:00:00,",
    "Ada,ada@example.com,Acme,Site,,,Yes,2016-07-02,09:00:00,2016-07-02,10:00:00,01:00:00,Web",
];

/// A person whose entries become the caller's.
fn person(name: Option<&str>, email: &str, entries: u64, tag: Option<&str>) -> Value {
    json!({
        "name": name, "email": email, "entries": entries, "tag": tag,
        "becomes": if tag.is_some() { "tag" } else { "yours" }, "memberId": null, "memberName": null
    })
}

#[actix_web::test]
async fn a_dry_run_tells_everything_and_writes_nothing() {
    let app = TestApp::spawn().await;
    let answer = import(&app, &[("timeZone", "Europe/Berlin"), ("dryRun", "true")], classic(&FILE)).await.ok();
    assert_eq!(
        answer.json,
        json!({
            "source": "toggl", "dryRun": true, "timeZone": "Europe/Berlin", "committed": false, "rows": 3,
            "entries": {
                "created": 3, "unchanged": 0, "skipped": 0, "skippedOfOthers": 0, "from": "2016-01-01T22:00:00Z", "to": "2016-07-02T08:00:00Z",
                "durationSeconds": 16_199, "statedSeconds": 16_199
            },
            "clients": {"created": ["Acme"], "existing": 0},
            "projects": {"created": ["Site", "Garden"], "existing": 0},
            "categories": {
                "created": [
                    {"project": "Site", "name": "Design"}, {"project": "Garden", "name": "General"}, {"project": "Site", "name": "General"}
                ],
                "existing": 0
            },
            "tags": {"created": ["Web", "Deep work", "Ada", "Bob"], "existing": 0},
            "people": [
                person(Some("Ada"), "ada@example.com", 2, Some("Ada")),
                person(Some("Bob"), "bob@example.com", 1, Some("Bob"))
            ],
            "problems": [], "problemsTotal": 0, "errorsTotal": 0
        })
    );
    assert_eq!(rows(&app).await, [0; 6]);
}

#[actix_web::test]
async fn the_real_run_does_what_the_dry_run_said() {
    let app = TestApp::spawn().await;
    let options = [("timeZone", "Europe/Berlin")];
    let mut said = import(&app, &[options[0], ("dryRun", "true")], classic(&FILE)).await.ok().json;
    let did = import(&app, &options, classic(&FILE)).await.ok().json;
    said["dryRun"] = json!(false);
    said["committed"] = json!(true);
    assert_eq!(did, said);
    assert_eq!(rows(&app).await, [3, 6, 1, 2, 3, 4]);

    let list = app.get("/api/time/entries").await.ok();
    assert_eq!(list.each("startedAt"), ["2016-07-02T07:00:00Z", "2016-07-01T07:00:01Z", "2016-01-01T22:00:00Z"]);
    assert_eq!(list.each("stoppedAt"), ["2016-07-02T08:00:00Z", "2016-07-01T08:30:00Z", "2016-01-02T00:00:00Z"]);
    assert_eq!(list.each("durationSeconds"), [3600, 5399, 7200]);
    assert_eq!(list.each("description"), ["", "Sketches", "Dig, and \"dig\""]);
    assert_eq!(list.each("billable"), [true, true, false]);
    let tags = app.get("/api/tags").await.ok();
    let names = |ids: &serde_json::Value| -> Vec<String> {
        let name = |id: &serde_json::Value| {
            tags.json.as_array().unwrap().iter().find(|tag| tag["id"] == *id).unwrap()["name"].as_str().unwrap()
        };
        ids.as_array().unwrap().iter().map(|id| name(id).to_owned()).collect()
    };
    assert_eq!(
        list.each("tagIds").iter().map(names).collect::<Vec<_>>(),
        [vec!["Web", "Ada"], vec!["Web", "Deep work", "Ada"], vec!["Bob"]]
    );

    let projects = app.get("/api/projects").await.ok();
    assert_eq!(projects.each("billable"), [true, false], "as most of its entries are");
    let client = app.get("/api/clients").await.ok().ids().remove(0);
    assert_eq!(projects.each("clientId"), [json!(client), json!(null)]);
    assert_ne!(projects.each("color")[0], projects.each("color")[1]);
    let categories = app.get("/api/categories").await.ok();
    let of_entry = &list.each("categoryId")[1];
    let design =
        categories.json.as_array().unwrap().iter().find(|category| category["id"] == *of_entry).unwrap().clone();
    assert_eq!((&design["name"], &design["parentCategoryId"]), (&json!("Design"), &json!(null)));
}

#[actix_web::test]
async fn what_is_there_is_found_by_name_without_regard_to_case() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "ACME"})).await.created().id();
    let other = app.project("site").await;
    let site =
        app.post("/api/projects", json!({"name": "SITE", "clientId": client, "billable": true})).await.created().id();
    let web = app.category(&site, "Web").await;
    let design = app.subcategory(&site, &web, "design").await;
    app.tag("WEB").await;
    let file = classic(&[
        ",,acme,Site,Design,,,2016-07-01,09:00,2016-07-01,10:00,,\"web, Web\"",
        ",,Acme,site,Build,,,2016-07-01,10:00,2016-07-01,11:00,,",
    ]);
    let answer = import(&app, &[], file).await.ok();
    assert_eq!(answer.json["clients"], json!({"created": [], "existing": 1}));
    assert_eq!(answer.json["projects"], json!({"created": [], "existing": 1}));
    assert_eq!(answer.json["categories"], json!({"created": [{"project": "site", "name": "Build"}], "existing": 1}));
    assert_eq!(answer.json["tags"], json!({"created": [], "existing": 1}));
    assert_eq!(answer.json["people"], json!([]));
    let list = app.get("/api/time/entries").await.ok();
    assert_eq!(list.each("categoryId")[1], json!(design), "wherever in the tree it was moved to");
    assert_eq!(list.each("billable"), [true, true], "the project's default, as the file does not say");
    assert_eq!(list.each("tagIds")[1].as_array().unwrap().len(), 1);
    assert_eq!(app.get(&format!("/api/projects/{other}/categories")).await.ok().json, json!([]), "it has no client");
}

#[actix_web::test]
async fn without_a_client_column_projects_are_found_by_name_alone() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
    app.post("/api/projects", json!({"name": "Site", "clientId": client})).await.created();
    let answer = import(&app, &[], "Project,Start date,Start time,Duration\nsite,2016-07-01,9:00,1:00:00\n").await.ok();
    assert_eq!(answer.json["projects"], json!({"created": [], "existing": 1}));
}

#[actix_web::test]
async fn entries_without_project_or_task_have_a_place() {
    let app = TestApp::spawn().await;
    let file = "Description,Start date,Start time,Duration\nx,2016-07-01,9:00,1:00:00\ny,2016-07-01,9:00,1:00:00\n";
    let answer = import(&app, &[("defaultCategory", " Allgemein ")], file).await.ok();
    assert_eq!(answer.json["categories"]["created"], json!([{"project": "No project", "name": "Allgemein"}]));
    assert_eq!(problems(&answer.json), ["2 - no_project warning"]);
    assert!(
        answer.json["problems"][0]["value"].as_str().unwrap().parse::<u64>().is_ok(),
        "how many rows: {}",
        answer.text
    );
    assert_eq!(
        answer.json["problems"][0]["message"],
        "no project in 2 of the rows; they go to the project “No project”"
    );
}

#[actix_web::test]
async fn people_are_told_apart_and_the_caller_is_not_tagged() {
    let app = TestApp::spawn().await;
    app.patch("/api/me", json!({"name": "ada"})).await.ok();
    let row = |person: &str| format!("{person},,,,,,2016-07-01,09:00,2016-07-01,10:00,,");
    let file = classic(&[
        &row("Ada,ada@example.com"),
        &row("Eva,eva@a.example"),
        &row("eva,eva@b.example"),
        &row("Eva M.,EVA@a.example"),
        &row(",bob@example.com"),
        &row(","),
    ]);
    let answer = import(&app, &[], file).await.ok();
    assert_eq!(
        answer.json["people"],
        json!([
            person(Some("Ada"), "ada@example.com", 1, None),
            person(Some("Eva"), "eva@a.example", 2, Some("Eva (eva@a.example)")),
            person(Some("eva"), "eva@b.example", 1, Some("eva (eva@b.example)")),
            person(None, "bob@example.com", 1, Some("bob@example.com"))
        ])
    );
    assert_eq!(entries(&answer), [6, 0, 0], "alike but for the person");
}

#[actix_web::test]
async fn times_are_the_workspaces_unless_the_caller_says_otherwise() {
    let app = TestApp::spawn().await;
    app.patch("/api/workspace", json!({"timeZone": "America/New_York"})).await.ok();
    let file = "Start date,Start time,Duration\n2016-07-01,9:00,1:00:00\n";
    let answer = import(&app, &[("timeZone", "")], file).await.ok();
    assert_eq!(answer.json["timeZone"], "America/New_York");
    assert_eq!(app.get("/api/time/entries").await.ok().each("startedAt"), ["2016-07-01T13:00:00Z"]);
}

#[actix_web::test]
async fn an_import_does_not_touch_the_running_timer() {
    let app = TestApp::spawn().await;
    let category = {
        let project = app.project("Now").await;
        app.category(&project, "Now").await
    };
    let running = app.post("/api/time/start", json!({"categoryId": category})).await.created();
    let file = "Project,Start date,Start time,Stop date,Stop time,Duration\nP,2026-03-02,9:00,,,0:00:00\nP,2026-03-02,8:00,2026-03-02,9:00,1:00:00\n";
    let answer = import(&app, &[], file).await.ok();
    assert_eq!(entries(&answer), [1, 0, 1]);
    assert_eq!(problems(&answer.json), ["2 Stop time running_entry warning"]);
    assert_eq!(app.get("/api/time/active").await.ok().id(), running.id());
}

#[actix_web::test]
async fn the_workspace_may_be_named() {
    let app = TestApp::spawn().await;
    let me = app.get("/api/me").await.ok();
    let workspace = me.json["workspace"]["id"].as_str().unwrap().to_owned();
    let form = || {
        let file = reqwest::multipart::Part::text("Start date,Start time,Duration\n2016-07-01,9:00,1:00:00\n");
        reqwest::multipart::Form::new().part("file", file)
    };
    let post = |path: String| app.request(reqwest::Method::POST, &path).multipart(form());
    let answer = app.send(post(format!("/api/workspaces/{workspace}/imports"))).await.ok();
    assert_eq!(entries(&answer), [1, 0, 0]);
    let stranger = "01890000-0000-7000-8000-000000000000";
    app.send(post(format!("/api/workspaces/{stranger}/imports"))).await.refused(404, "not_found");
}

/// What happened is imported where it happened, and the report says so: once for each archived project or category.
#[actix_web::test]
async fn history_of_archived_projects_and_categories_is_imported_with_a_warning() {
    let app = TestApp::spawn().await;
    let (old, live) = (app.project("Old").await, app.project("Live").await);
    let (of_old, closed) = (app.category(&old, "Design").await, app.category(&live, "Closed").await);
    let below = app.subcategory(&live, &closed, "Below").await;
    app.patch(&format!("/api/projects/{old}"), json!({"archived": true})).await.ok();
    app.patch(&format!("/api/projects/{live}/categories/{closed}"), json!({"archived": true})).await.ok();
    let rows = [
        ",,,Live,Design,,,2016-07-01,08:00,2016-07-01,09:00,,",
        ",,,Old,Design,,,2016-07-01,09:00,2016-07-01,10:00,,",
        ",,,Old,Design,,,2016-07-02,09:00,2016-07-02,10:00,,",
        ",,,Live,closed,,,2016-07-03,09:00,2016-07-03,10:00,,",
        ",,,Old,Other,,,2016-07-04,09:00,2016-07-04,10:00,,",
        ",,,Live,Below,,,2016-07-05,09:00,2016-07-05,10:00,,",
    ];
    let said = import(&app, &[("dryRun", "true")], classic(&rows)).await.ok();
    let answer = import(&app, &[], classic(&rows)).await.ok();
    let expected = ["3 - archived_project warning", "5 - archived_category warning", "7 - archived_category warning"];
    for answer in [&said, &answer] {
        assert_eq!(problems(&answer.json), expected);
        assert_eq!(entries(answer), [6, 0, 0]);
    }
    let values: Vec<_> =
        answer.json["problems"].as_array().unwrap().iter().map(|p| p["value"].as_str().unwrap()).collect();
    assert_eq!(values, ["Old", "Live / closed", "Live / Below"]);
    assert_eq!(answer.json["problems"][1]["message"], "entries go to the archived category “closed” of “Live”");
    assert_eq!(answer.json["projects"], json!({"created": [], "existing": 2}));
    let list = app.get("/api/time/entries").await.ok();
    let categories = list.each("categoryId");
    assert_eq!((&categories[0], &categories[2]), (&json!(below), &json!(closed)));
    assert_eq!((&categories[3], &categories[4]), (&json!(of_old), &json!(of_old)));
    assert_eq!(app.get(&format!("/api/projects/{old}")).await.ok().json["archived"], true, "nothing is brought back");
    let again = import(&app, &[], classic(&rows)).await.ok();
    assert_eq!(problems(&again.json), [""; 0], "nothing new goes there");
    assert_eq!(entries(&again), [0, 6, 0]);
}

#[actix_web::test]
async fn a_project_or_category_in_use_is_meant_before_an_archived_one() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
    let old = app.project("Site").await;
    app.category(&old, "Task").await;
    app.patch(&format!("/api/projects/{old}"), json!({"archived": true})).await.ok();
    let live = app.post("/api/projects", json!({"name": "site", "clientId": client})).await.created().id();
    let (root, branch) = (app.category(&live, "Task").await, app.category(&live, "Branch").await);
    let below = app.subcategory(&live, &branch, "Task").await;
    app.patch(&format!("/api/projects/{live}/categories/{root}"), json!({"archived": true})).await.ok();
    let file = "Project,Task,Start date,Start time,Duration\nSite,Task,2016-07-01,9:00,1:00:00\n";
    let answer = import(&app, &[], file).await.ok();
    assert_eq!(problems(&answer.json), [""; 0]);
    assert_eq!(app.get("/api/time/entries").await.ok().each("categoryId"), [json!(below)]);
}
