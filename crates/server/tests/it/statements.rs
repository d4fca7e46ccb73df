//! How many statements each write operation sends to PostgreSQL, as its metrics count them. A change of a number is a
//! decision.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{TestApp, start_of_test};
use crate::metrics::Scrape;

/// How many statements of each kind have been sent so far.
async fn sent(app: &TestApp) -> BTreeMap<String, i64> {
    let scrape = Scrape::of(app).await;
    let statements = scrape.samples.iter().filter(|sample| sample.name == "database_query_duration_seconds_count");
    statements
        .map(|sample| (sample.labels["query_type"].clone(), format!("{}", sample.value).parse().unwrap()))
        .collect()
}

/// How many statements a request sends, whatever its answer is.
pub async fn sent_by(app: &TestApp, request: RequestBuilder) -> i64 {
    let before: i64 = sent(app).await.values().sum();
    app.send(request).await;
    sent(app).await.values().sum::<i64>() - before
}

/// How many statements a request sends.
#[expect(clippy::print_stdout, reason = "which statements there were too many of is shown when a test fails")]
async fn counted(app: &TestApp, request: RequestBuilder) -> i64 {
    let before = sent(app).await;
    let answer = app.send(request).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    // Reading the metrics, and whatever else the probe's connection is for, is not counted.
    let after = sent(app).await;
    let statements = after.iter().map(|(kind, count)| (kind, count - before.get(kind).copied().unwrap_or_default()));
    statements.inspect(|(kind, count)| println!("{kind}: {count}")).map(|(_, count)| count).sum()
}

#[actix_web::test]
async fn each_write_sends_as_many_statements_as_it_needs() {
    let app = TestApp::spawn().await;
    let project = app.project("Website").await;
    let category = app.category(&project, "Design").await;
    let tags = [app.tag("a").await, app.tag("b").await];
    let at = |minutes| json!(start_of_test() + TimeDelta::minutes(minutes));
    let entry = async || app.entry(&category, 0, 60).await;
    let deleted = async || {
        let id = entry().await;
        app.delete(&format!("/api/time/entries/{id}")).await.is(204);
        id
    };
    let post = |path: &str, body: Value| app.request(Method::POST, path).json(&body);
    let patch = |path: &str, body: Value| app.request(Method::PATCH, path).json(&body);
    let entry_path = |id: String, action: &str| format!("/api/time/entries/{id}{action}");
    let start = json!({"categoryId": category});
    let finished = json!({"categoryId": category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": tags});

    let mut number = 0;
    let mut keyed = |request: RequestBuilder| {
        number += 1;
        request.header("Idempotency-Key", format!("key-{number}"))
    };

    // One statement takes the lock, stops, inserts, and stores the answer.
    assert_eq!(counted(&app, post("/api/time/start", start.clone())).await, 1, "start");
    assert_eq!(counted(&app, keyed(post("/api/time/start", start.clone()))).await, 1, "start with a key");
    // BEGIN with the lock of the timer in one message, stop and insert, answer, COMMIT.
    app.advance(TimeDelta::minutes(10));
    let earlier = json!({"categoryId": category, "startedAt": at(5), "tagIds": tags});
    assert_eq!(counted(&app, keyed(post("/api/time/start", earlier))).await, 4, "start earlier, with tags and a key");
    // One statement.
    assert_eq!(counted(&app, keyed(app.request(Method::POST, "/api/time/stop"))).await, 1, "stop with a key");
    app.post("/api/time/start", start.clone()).await.created();
    assert_eq!(counted(&app, app.request(Method::POST, "/api/time/stop")).await, 1, "stop");
    // BEGIN, insert, COMMIT.
    assert_eq!(counted(&app, post("/api/time/entries", finished.clone())).await, 3, "create an entry");
    assert_eq!(counted(&app, keyed(post("/api/time/entries", finished))).await, 4, "create an entry with a key");
    // BEGIN with the lock, lock, read, change, COMMIT; a category is looked up, tags are one statement more.
    let path = entry_path(entry().await, "");
    assert_eq!(counted(&app, patch(&path, json!({"description": "x"}))).await, 5, "describe");
    assert_eq!(
        counted(&app, patch(&path, json!({"description": "x"}))).await,
        5,
        "describe as before: reads, writes nothing"
    );
    assert_eq!(counted(&app, patch(&path, json!({"tagIds": tags}))).await, 6, "tag");
    let other = app.category(&project, "Other").await;
    assert_eq!(counted(&app, patch(&path, json!({"categoryId": other}))).await, 6, "move");
    // BEGIN with the lock, lock, read, insert, COMMIT.
    let resume = app.request(Method::POST, &entry_path(entry().await, "/resume"));
    assert_eq!(counted(&app, resume).await, 5, "resume");
    let duplicate = app.request(Method::POST, &entry_path(entry().await, "/duplicate"));
    assert_eq!(counted(&app, duplicate).await, 5, "duplicate");
    // BEGIN with the lock, lock, read, change, insert, COMMIT.
    assert_eq!(counted(&app, post(&entry_path(entry().await, "/split"), json!({"at": at(30)}))).await, 6, "split");
    // BEGIN, lock, move, COMMIT.
    let delete = app.request(Method::DELETE, &entry_path(entry().await, ""));
    assert_eq!(counted(&app, delete).await, 4, "delete an entry");
    let bulk_delete = post("/api/time/entries/bulk-delete", json!({"ids": [entry().await, entry().await]}));
    assert_eq!(counted(&app, bulk_delete).await, 4, "delete entries");
    // BEGIN with the lock, lock of the categories, lock, move, COMMIT.
    let restore = app.request(Method::POST, &entry_path(deleted().await, "/restore"));
    assert_eq!(counted(&app, restore).await, 5, "restore an entry");
    let bulk_restore = post("/api/time/entries/bulk-restore", json!({"ids": [deleted().await, deleted().await]}));
    assert_eq!(counted(&app, bulk_restore).await, 5, "restore entries");
    // BEGIN, lock, category, change, read, COMMIT; tags: remove, add, count.
    let ids = [entry().await, entry().await];
    let edit = json!({"ids": ids, "changes": {"categoryId": other, "description": "y"}});
    assert_eq!(counted(&app, post("/api/time/entries/bulk-edit", edit)).await, 6, "edit entries");
    let retag = json!({"ids": ids, "changes": {"tagIds": tags}});
    assert_eq!(counted(&app, post("/api/time/entries/bulk-edit", retag)).await, 8, "tag entries");
}

#[actix_web::test]
async fn each_change_of_what_time_is_tracked_on_sends_as_many_statements_as_it_needs() {
    let app = TestApp::spawn().await;
    let project = app.project("Website").await;
    let parent = app.category(&project, "Design").await;
    let categories = format!("/api/projects/{project}/categories");
    let post = |path: &str, body: Value| app.request(Method::POST, path).json(&body);
    let patch = |path: &str, body: Value| app.request(Method::PATCH, path).json(&body);
    let delete = |path: &str| app.request(Method::DELETE, path);

    // BEGIN, insert, COMMIT.
    assert_eq!(counted(&app, post("/api/clients", json!({"name": "Acme"}))).await, 3, "create a client");
    assert_eq!(counted(&app, post("/api/tags", json!({"name": "urgent"}))).await, 3, "create a tag");
    let project_input = json!({"name": "Shop", "color": "#00ff00"});
    assert_eq!(counted(&app, post("/api/projects", project_input)).await, 3, "create a project");
    // BEGIN, lock of the project, parent, insert, COMMIT.
    let child = json!({"name": "Sketches", "parentCategoryId": parent});
    assert_eq!(counted(&app, post(&categories, child)).await, 5, "create a category");
    // The same with a look at their names, however many they are.
    let several = |names: &[&str]| {
        let all: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        post(&format!("{categories}/bulk-create"), json!({"parentCategoryId": parent, "categories": all}))
    };
    assert_eq!(counted(&app, several(&["One"])).await, 6, "create categories");
    assert_eq!(counted(&app, several(&["Two", "Three", "Four", "Five"])).await, 6, "create more of them");
    // BEGIN, lock, change, COMMIT.
    let client = format!("/api/clients/{}", app.post("/api/clients", json!({"name": "Zeta"})).await.id());
    assert_eq!(counted(&app, patch(&client, json!({"name": "Eta"}))).await, 4, "change a client");
    assert_eq!(counted(&app, delete(&client)).await, 4, "delete a client");
    let path = format!("/api/projects/{}", app.project("Garden").await);
    assert_eq!(counted(&app, patch(&path, json!({"name": "Park"}))).await, 4, "change a project");
    assert_eq!(counted(&app, patch(&path, json!({"name": "Park"}))).await, 3, "change nothing in a project");
    assert_eq!(counted(&app, delete(&path)).await, 4, "delete a project");
    let tag = format!("/api/tags/{}", app.tag("late").await);
    assert_eq!(counted(&app, patch(&tag, json!({"name": "later"}))).await, 4, "change a tag");
    // BEGIN, lock of the project, lock, change or delete, COMMIT; a new parent is looked up.
    let child = format!("{categories}/{}", app.category(&project, "Drafts").await);
    assert_eq!(counted(&app, patch(&child, json!({"name": "Ideas"}))).await, 5, "change a category");
    assert_eq!(counted(&app, patch(&child, json!({"parentCategoryId": parent}))).await, 6, "move a category");
    assert_eq!(counted(&app, delete(&child)).await, 5, "delete a category");
}

#[actix_web::test]
async fn each_question_about_entries_sends_as_many_statements_as_it_needs() {
    let app = TestApp::spawn().await;
    let project = app.project("Website").await;
    let category = app.category(&project, "Design").await;
    app.entry(&category, 0, 60).await;
    let get = |path: &str, query: &str| app.request(Method::GET, &format!("/api/time/{path}?{query}"));
    let zoned = "fromDate=2026-03-01&toDate=2026-03-07&timeZone=Europe/Berlin";
    let unzoned = "fromDate=2026-03-01&toDate=2026-03-07";
    let instants = "overlapFrom=2026-03-01T00:00:00Z&overlapTo=2026-03-08T00:00:00Z";
    let below = format!("categoryId={category}&includeSubcategories=true");
    // One for the entries or the sums; one for the time zone where days need it and the query does not name it; one for
    // a category.
    for (query, expected) in [
        (String::new(), 1),
        (instants.to_owned(), 1),
        (zoned.to_owned(), 1),
        (unzoned.to_owned(), 2),
        (format!("{zoned}&projectId={project}&billable=false&q=web+design"), 1),
        (format!("{zoned}&{below}"), 2),
        (format!("{unzoned}&{below}"), 3),
    ] {
        assert_eq!(counted(&app, get("entries", &query)).await, expected, "list: {query}");
        assert_eq!(counted(&app, get("totals", &query)).await, expected, "totals: {query}");
        if query.contains("fromDate") {
            let by_day = format!("{query}&days=true");
            assert_eq!(counted(&app, get("totals", &by_day)).await, expected, "totals: {by_day}");
        }
    }
}

#[actix_web::test]
async fn each_operation_on_links_to_reports_sends_as_many_statements_as_it_needs() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    app.entry(&category, -60, 0).await;
    let saved = app.post("/api/saved-reports", json!({"name": "Week", "query": "by=project"})).await.created().id();
    let links = format!("/api/saved-reports/{saved}/links");
    // BEGIN, lock of the report, count, insert, line of the audit log, COMMIT.
    assert_eq!(counted(&app, app.request(Method::POST, &links).json(&json!({}))).await, 6, "create a link");
    let made = app.post(&links, json!({})).await.created();
    let (_, token) = made.json["url"].as_str().unwrap().split_once("#token=").unwrap();
    // The report, its links.
    assert_eq!(counted(&app, app.request(Method::GET, &links)).await, 2, "list links");
    // The link with its owner, the time zone, the sums, the names.
    let open = || app.request(Method::POST, "/api/report-links/open").json(&json!({"token": token}));
    assert_eq!(counted(&app, open()).await, 4, "open a link");
    // BEGIN, lock of the report, delete, line of the audit log, COMMIT.
    let revoke = app.request(Method::DELETE, &format!("{links}/{}", made.id()));
    assert_eq!(counted(&app, revoke).await, 5, "revoke a link");
}

#[actix_web::test]
async fn each_operation_on_calendar_feeds_sends_as_many_statements_as_it_needs() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    app.entry(&category, -60, 0).await;
    // BEGIN, the feed, line of the audit log, COMMIT.
    assert_eq!(counted(&app, app.request(Method::POST, "/api/calendar-feed")).await, 4, "make a feed");
    let made = app.act("/api/calendar-feed").await.created();
    let (_, path) = made.json["url"].as_str().unwrap().split_once("/api/").unwrap();
    assert_eq!(counted(&app, app.request(Method::GET, "/api/calendar-feed")).await, 1, "look at the feed");
    // The feed with its owner, the time zone, the entries, the names.
    assert_eq!(counted(&app, app.request(Method::GET, &format!("/api/{path}"))).await, 4, "read a feed");
    // BEGIN, delete, line of the audit log, COMMIT.
    assert_eq!(counted(&app, app.request(Method::DELETE, "/api/calendar-feed")).await, 4, "revoke a feed");
}

#[actix_web::test]
async fn each_operation_on_schedules_sends_as_many_statements_as_it_needs() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    app.execute("UPDATE users SET email = 'me@example.org'").await;
    let me = app.get("/api/me").await.ok().json["user"]["id"].clone();
    let saved = app.post("/api/saved-reports", json!({"name": "Week", "query": "by=project"})).await.created().id();
    let schedules = format!("/api/saved-reports/{saved}/schedules");
    let body = json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": [me]});
    let post = |path: &str, body: &Value| app.request(Method::POST, path).json(body);
    // BEGIN, the recipients, lock of the report, count, insert, line of the audit log, COMMIT.
    assert_eq!(counted(&app, post(&schedules, &body)).await, 7, "create a schedule");
    let path = format!("{schedules}/{}", app.post(&schedules, body).await.created().id());
    // The report, its schedules with their recipients.
    assert_eq!(counted(&app, app.request(Method::GET, &schedules)).await, 2, "list schedules");
    // BEGIN, lock of the report, lock, the schedule with its recipients, change, line of the audit log, COMMIT.
    let patch = |body: Value| app.request(Method::PATCH, &path).json(&body);
    assert_eq!(counted(&app, patch(json!({"time": "09:00"}))).await, 7, "change a schedule");
    assert_eq!(counted(&app, patch(json!({"time": "09:00"}))).await, 5, "change nothing in a schedule");
    // BEGIN, the caller's address, lock of the report, lock, the schedule, the job, COMMIT.
    assert_eq!(counted(&app, app.request(Method::POST, &format!("{path}/send"))).await, 7, "try a schedule");
    // BEGIN, lock of the report, lock, the schedule with its recipients, delete, line of the audit log, COMMIT.
    assert_eq!(counted(&app, app.request(Method::DELETE, &path)).await, 7, "delete a schedule");
}

#[actix_web::test]
async fn each_operation_of_administrators_sends_as_many_statements_as_it_needs() {
    let app = TestApp::with_accounts().await;
    let cookies = app.owned_by("ada@example.org").await.cookies();
    let eve = app.add_account("eve@example.org", "member").await;
    let request = |method: Method, path: &str| {
        app.request(method, &format!("/api/administration/{path}")).header("Cookie", &cookies)
    };
    let account = format!("users/{eve}");
    let change = |body: Value| request(Method::PATCH, &account).json(&body);
    app.get("/api/administration/jobs").await.refused(401, "unauthenticated");
    let reset = request(Method::POST, &format!("{account}/reset-link"));
    app.execute(
        "INSERT INTO jobs (id, kind, payload, attempts, failed_at)
         VALUES ('019aa5b6-54c4-7d21-a0c9-000000000001', 'of_another_release', '{}', 8, now()),
                ('019aa5b6-54c4-7d21-a0c9-000000000002', 'of_another_release', '{}', 8, now())",
    )
    .await;
    let workspace = "019aa5b6-54c4-7d21-a0c9-000000000003";
    app.execute(&format!(
        "INSERT INTO workspaces (id, name, time_zone, created_at, updated_at) VALUES ('{workspace}', 'Shop', 'UTC', now(), now())"
    ))
    .await;
    let deletion = request(Method::DELETE, &format!("workspaces/{workspace}")).json(&json!({"name": "Shop"}));
    let job = |number: u8| format!("jobs/019aa5b6-54c4-7d21-a0c9-00000000000{number}");
    let mut found = Vec::new();
    for (name, request) in [
        ("make an administrator", change(json!({"administrator": true}))),
        ("one administrator less", change(json!({"administrator": false}))),
        ("disable an account", change(json!({"disabled": true}))),
        ("change nothing on an account", change(json!({"disabled": true}))),
        ("enable an account", change(json!({"disabled": false}))),
        ("make a link for a new password", reset),
        ("try a job again", request(Method::POST, &format!("{}/retry", job(1)))),
        ("delete a job", request(Method::DELETE, &job(2))),
        ("list jobs", request(Method::GET, "jobs")),
        ("list accounts", request(Method::GET, "users")),
        ("delete a workspace", deletion),
        ("list workspaces", request(Method::GET, "workspaces")),
    ] {
        found.push((name, counted(&app, request).await));
    }
    // BEGIN with the lock of the timer in one message; the lock of setting up, the caller, the lock of the account,
    // whether it is an account, the change, its line in the audit log, the account as it is then, COMMIT. A role that
    // is taken needs another administrator; what is disabled ends sessions and links, and stops the timer, in whichever
    // workspace of the user. A change makes the server forget whom it has seen within the last
    // second, so that the request after it begins with a look at the session.
    //
    // A workspace: BEGIN, the lock of setting up, the caller, the lock of the workspace, its mark, the ends of its
    // memberships and invitations, the job, the line in the audit log, COMMIT.
    let expected = [
        ("make an administrator", 10),
        ("one administrator less", 11),
        ("disable an account", 13),
        ("change nothing on an account", 8),
        ("enable an account", 10),
        ("make a link for a new password", 10),
        ("try a job again", 4),
        ("delete a job", 4),
        ("list jobs", 1),
        ("list accounts", 1),
        ("delete a workspace", 10),
        ("list workspaces", 1),
    ];
    assert_eq!(found, expected);
}
