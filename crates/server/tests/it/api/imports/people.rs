//! Whose the entries of a file become: the caller's, those of other members, or those of placeholders.

use clockwork_core::access::TokenScope;
use clockwork_core::accounts::placeholders::PLACEHOLDERS_MAX;
use serde_json::{Value, json};

use super::{classic, entries, import, import_as};
use crate::harness::{As, TestApp};
use crate::metrics::Scrape;

const MINE: (&str, &str) = ("people", "mine");
const EVERYBODY: (&str, &str) = ("people", "everybody");
const DRY: (&str, &str) = ("dryRun", "true");

/// A row of a person, at an hour of one day.
fn row(name: &str, email: &str, hour: u32) -> String {
    format!("{name},{email},Acme,Website,,Work,,2016-07-01,{hour:02}:00:00,2016-07-01,{hour:02}:30:00,0:30:00,")
}

fn file(rows: &[(&str, &str, u32)]) -> String {
    let rows: Vec<String> = rows.iter().map(|(name, email, hour)| row(name, email, *hour)).collect();
    classic(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

async fn name(app: &TestApp, user: As<'_>, name: &str, email: &str) {
    let id = user.caller.user();
    app.execute(&format!("UPDATE users SET name = '{name}', email = '{email}' WHERE id = '{id}'")).await;
}

/// `name becomes entries` of each person.
fn people(answer: &crate::harness::Answer) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let of = |p: &Value| format!("{} {} {}", text(&p["name"]), text(&p["becomes"]), p["entries"]);
    answer.json["people"].as_array().unwrap().iter().map(of).collect()
}

/// How many entries each present or former member has, by name.
async fn owners(app: &TestApp) -> Vec<(String, i64)> {
    let sql = app.sql().await;
    let rows = sql
        .query(
            "SELECT u.name, count(*) FROM time_entries e JOIN users u ON u.id = e.user_id GROUP BY u.id, u.name ORDER BY 1, 2",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn owned(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[actix_web::test]
async fn everybody_is_the_member_with_the_address_or_a_placeholder() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    name(&app, admin, "Ada", "ada@example.org").await;
    let (bob, gone) = (app.as_member().await, app.as_member().await);
    name(&app, bob, "Robert", "JÖRG@bücher.example").await;
    app.execute(&format!(
        "UPDATE users SET email = 'jo\u{308}rg@xn--bcher-kva.example' WHERE id = '{}'",
        bob.caller.user()
    ))
    .await;
    name(&app, gone, "Gone", "gone@example.org").await;
    admin.delete(&format!("/api/members/{}", gone.caller.user())).await.is(204);
    // A user of another workspace has an account with the address: it is not said, and not matched.
    let stranger = app.acting_as(app.add_workspace().await);
    name(&app, stranger, "Eve Elsewhere", "eve@example.org").await;

    let rows = [
        ("Ada L", "ADA@example.org", 8),
        ("Jörg", "Jörg@bücher.example", 9),
        ("Gone", "gone@example.org", 10),
        ("Eve", "eve@example.org", 11),
        ("Eve again", "EVE@example.org", 12),
        ("Only Name", "", 13),
        ("only name", "", 14),
        ("", "", 15),
    ];
    let file = file(&rows);
    let before = app.contents().await;
    let dry = import_as(admin, &[EVERYBODY, DRY], file.clone()).await.ok();
    assert_eq!(app.contents().await, before);
    let expected = [
        "Ada L yours 1",
        "Jörg member 1",
        "Gone new_placeholder 1",
        "Eve new_placeholder 2",
        "Only Name new_placeholder 2",
    ];
    assert_eq!(people(&dry), expected);
    assert_eq!(
        (&dry.json["people"][1]["memberId"], &dry.json["people"][1]["memberName"]),
        (&json!(bob.caller.user().to_string()), &json!("Robert"))
    );
    assert_eq!(dry.json["people"][3]["memberId"], Value::Null);

    let done = import_as(admin, &[EVERYBODY], file.clone()).await.ok();
    assert_eq!((people(&done), entries(&done)), (expected.map(str::to_owned).to_vec(), [8, 0, 0]));
    assert_eq!(done.json["tags"]["created"], json!([]), "no tag names a person");
    let after = owned(&[("Ada", 2), ("Eve", 2), ("Gone", 1), ("Only Name", 2), ("Robert", 1)]);
    assert_eq!(owners(&app).await, after);
    // They are members without rights, whose addresses are taken by nobody.
    let members = admin.get("/api/members").await.ok().json;
    let of = |name: &str| members.as_array().unwrap().iter().find(|m| m["name"] == name && m["placeholder"] == true);
    for (name, email) in
        [("Eve", json!("eve@example.org")), ("Gone", json!("gone@example.org")), ("Only Name", json!(null))]
    {
        let member = of(name).unwrap_or_else(|| panic!("{name} in {members}"));
        assert_eq!((&member["email"], &member["role"], &member["claimedBy"]), (&email, &json!("member"), &json!(null)));
    }
    assert!(of("Robert").is_none());
    let seen = app.as_viewer().await.get("/api/members").await.ok().json;
    assert!(seen.as_array().unwrap().iter().all(|member| member["email"] == Value::Null));
    let noted = "SELECT count(*) FROM audit_log WHERE action = 'workspace.placeholders_made' AND details = '{\"placeholders\": 3}'";
    assert_eq!(app.count(noted).await, 1);

    // The same file again adds nothing, also after a member has another address, and a placeholder another name.
    name(&app, bob, "Robert", "bob@example.org").await;
    app.execute("UPDATE users SET name = 'Eva' WHERE name = 'Eve'").await;
    let again = import_as(admin, &[EVERYBODY], file.clone()).await.ok();
    assert_eq!(entries(&again), [0, 8, 0]);
    assert_eq!(people(&again)[1..4], ["Jörg member 1", "Gone placeholder 1", "Eve placeholder 2"]);
    // An import of another administrator finds the same people.
    let other = app.as_admin().await;
    let more = self::file(&[
        ("Eve", "eve@example.org", 16),
        ("Jörg", "jörg@bücher.example", 17),
        ("Gone", "gone@example.org", 10),
    ]);
    assert_eq!(entries(&import_as(other, &[EVERYBODY], more).await.ok()), [2, 1, 0]);
    assert_eq!(owners(&app).await, owned(&[("Ada", 2), ("Eva", 3), ("Gone", 1), ("Only Name", 2), ("Robert", 2)]));

    // Reports and filters have placeholders as they have members.
    let sums = admin.get("/api/reports/summary?groupBy=member&fromDate=2016-07-01&toDate=2016-07-01").await.ok();
    for name in ["Eva", "Gone", "Only Name", "Robert", "Ada"] {
        assert!(sums.text.contains(&format!("\"{name}\"")), "{name} in {}", sums.text);
    }
    let eva = app.sql().await.query_one("SELECT id::text FROM users WHERE name = 'Eva'", &[]).await.unwrap();
    let listed = admin.get(&format!("/api/time/entries?member={}", eva.get::<_, String>(0))).await.ok();
    assert_eq!(listed.json.as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn mine_leaves_the_rows_of_others_out_and_says_how_many() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    name(&app, admin, "Ada", "ada@example.org").await;
    let rows =
        [("Ada", "Ada@Example.org", 8), ("Bob", "bob@example.org", 9), ("Bob", "bob@example.org", 10), ("", "", 11)];
    let done = import_as(admin, &[MINE], file(&rows)).await.ok();
    assert_eq!(
        (entries(&done), people(&done)),
        ([2, 0, 2], vec!["Ada yours 1".to_owned(), "Bob left_out 2".to_owned()])
    );
    let counts = &done.json["entries"];
    assert_eq!(
        (&counts["skippedOfOthers"], &counts["durationSeconds"], &counts["statedSeconds"]),
        (&json!(2), &json!(3600), &json!(3600))
    );
    assert_eq!(owners(&app).await, owned(&[("Ada", 2)]));
    assert_eq!(app.count("SELECT count(*) FROM users WHERE is_placeholder_id(id)").await, 0);
    // What is the caller's stays, and the rest comes for everybody.
    let rest = import_as(admin, &[EVERYBODY], file(&rows)).await.ok();
    assert_eq!(entries(&rest), [2, 2, 0]);
    assert_eq!(owners(&app).await, owned(&[("Ada", 2), ("Bob", 2)]));
    // A placeholder's rows are not the caller's either.
    assert_eq!(entries(&import_as(admin, &[MINE], file(&rows)).await.ok()), [0, 2, 2]);
}

#[actix_web::test]
async fn a_file_of_several_people_wants_a_choice_where_people_have_accounts() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let several = file(&[("Ada", "ada@example.org", 8), ("Bob", "bob@example.org", 9)]);
    let before = app.contents().await;
    for fields in [&[][..], &[DRY][..]] {
        let refused =
            import_as(admin, fields, several.clone()).await.refused(400, "invalid_option").names("people", "required");
        assert!(refused.text.contains("2 people"), "{}", refused.text);
    }
    import_as(admin, &[("people", "all")], several.clone())
        .await
        .refused(400, "invalid_option")
        .names("people", "invalid_format");
    assert_eq!(app.contents().await, before);
    // One person in two spellings is one.
    let one = file(&[("Ada", "ada@example.org", 8), ("Ada L", "ADA@example.org", 9)]);
    assert_eq!(people(&import_as(admin, &[], one).await.ok()), ["Ada tag 2"]);
    // Without accounts nothing is asked, and entries that are the caller's since then are not imported again.
    let done = import(&app, &[], several.clone()).await.ok();
    assert_eq!((entries(&done), people(&done)), ([2, 0, 0], vec!["Ada tag 1".to_owned(), "Bob tag 1".to_owned()]));
    let again = import(&app, &[EVERYBODY], several).await.ok();
    assert_eq!(
        (entries(&again), people(&again)),
        ([0, 2, 0], vec!["Ada yours 1".to_owned(), "Bob yours 1".to_owned()])
    );
    assert_eq!(app.count("SELECT count(*) FROM users WHERE is_placeholder_id(id)").await, 0);
}

#[actix_web::test]
async fn those_who_may_not_import_for_others_make_no_placeholders() {
    let app = TestApp::spawn().await;
    let file = file(&[("Ada", "ada@example.org", 8), ("Bob", "bob@example.org", 9)]);
    let admin = app.as_admin().await;
    let others =
        [app.as_manager().await, app.as_member().await, app.as_viewer().await, admin.with_token(TokenScope::Manage)];
    for sender in others {
        for choice in [EVERYBODY, MINE] {
            import_as(sender, &[choice], file.clone()).await.refused(403, "forbidden");
        }
    }
    let elsewhere = app.acting_as(app.add_workspace().await);
    import_as(elsewhere, &[EVERYBODY], file.clone()).await.ok();
    assert_eq!(
        app.count(&format!(
            "SELECT count(*) FROM memberships WHERE is_placeholder_id(user_id) AND workspace_id = '{}'",
            admin.caller.workspace
        ))
        .await,
        0,
        "placeholders belong to one workspace"
    );
    import_as(admin.with_token(TokenScope::Admin), &[EVERYBODY], file).await.ok();
    assert_eq!(app.count("SELECT count(*) FROM users WHERE is_placeholder_id(id)").await, 4);
}

/// How many statements the server has sent.
async fn statements(app: &TestApp) -> f64 {
    let scrape = Scrape::of(app).await;
    scrape.samples.iter().filter(|s| s.name == "database_query_duration_seconds_count").map(|s| s.value).sum()
}

#[actix_web::test]
async fn many_people_take_no_more_statements_than_few_and_have_a_bound() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let of = |first: usize, count: usize| {
        let rows: Vec<_> =
            (first..first + count).map(|n| row(&format!("P{n}"), &format!("p{n}@example.org"), 8)).collect();
        classic(&rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut sent = Vec::new();
    // The first one makes the project.
    import_as(admin, &[EVERYBODY], of(0, 1)).await.ok();
    for (first, count) in [(1, 2), (3, 500)] {
        let before = statements(&app).await;
        import_as(admin, &[EVERYBODY], of(first, count)).await.ok();
        sent.push(statements(&app).await - before);
    }
    // The transaction says that it changes many rows.
    assert!(sent[1] - sent[0] <= 1.0, "{sent:?}");
    let before = app.contents().await;
    let refused = import_as(admin, &[EVERYBODY], of(503, PLACEHOLDERS_MAX - 502)).await.refused(409, "limit_reached");
    assert!(refused.text.contains("503") && refused.text.contains("1000"), "{}", refused.text);
    assert_eq!(app.contents().await, before);
    import_as(admin, &[EVERYBODY], of(503, PLACEHOLDERS_MAX - 503)).await.ok();
}
