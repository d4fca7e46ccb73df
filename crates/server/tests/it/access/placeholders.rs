//! Placeholders: what they cannot do, and how they are claimed, by an invitation or by those who manage members.

use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use clockwork_core::accounts::placeholders::{self, ClaimPlaceholder, Claimed};
use clockwork_core::values::ids::UserId;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::api::imports::{classic, import_as};
use crate::harness::{Answer, As, TestApp};

const ACCEPT: &str = "/api/account/invitations/accept";
const EVERYBODY: [(&str, &str); 1] = [("people", "everybody")];

impl TestApp {
    /// What the job does for a claimed placeholder.
    async fn move_claimed(&self, placeholder: &str) -> Claimed {
        let db = self.db();
        let mut conn = db.conn().await.unwrap();
        let placeholder = UserId(placeholder.parse().unwrap());
        let job = ClaimPlaceholder { workspace: self.workspace(), placeholder };
        placeholders::move_claimed(&mut conn, job, self.now()).await.unwrap()
    }

    async fn owned(&self, user: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM time_entries WHERE user_id = '{user}'")).await
    }
}

fn id_of(user: As<'_>) -> String {
    user.caller.user().to_string()
}

/// A file with entries of these people at hours of one day.
fn file(rows: &[(&str, u32)]) -> String {
    let row = |(email, hour): &(&str, u32)| {
        format!(
            "Name of {email},{email},,Website,,Work,,2016-07-01,{hour:02}:00,2016-07-01,{hour:02}:30,0:30:00,urgent"
        )
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    classic(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Imports for a person whom the workspace does not know, and returns the placeholder's id.
async fn placeholder(admin: As<'_>, email: &str, entries: u32) -> String {
    let rows: Vec<_> = (0..entries).map(|n| (email, n)).collect();
    import_as(admin, &EVERYBODY, file(&rows)).await.ok();
    let members = admin.get("/api/members").await.ok().json;
    let found = members.as_array().unwrap().iter().find(|m| m["placeholder"] == true && m["email"] == email);
    found.unwrap_or_else(|| panic!("{members}"))["id"].as_str().unwrap().to_owned()
}

async fn user_with<'a>(app: &'a TestApp, email: &str) -> As<'a> {
    let user = app.acting_as(app.add_workspace().await);
    app.execute(&format!("UPDATE users SET email = '{email}' WHERE id = '{}'", user.caller.user())).await;
    user
}

fn secret(sent: &Answer) -> String {
    sent.json["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned()
}

async fn invite(admin: As<'_>, email: &str, placeholder: &str) -> Answer {
    admin.post("/api/invitations", json!({"email": email, "role": "manager", "placeholderId": placeholder})).await
}

async fn member(admin: As<'_>, id: &str) -> Value {
    let members = admin.get("/api/members").await.ok().json;
    members.as_array().unwrap().iter().find(|member| member["id"] == id).cloned().unwrap_or(Value::Null)
}

#[actix_web::test]
async fn an_accepted_invitation_makes_everything_of_the_placeholder_the_user_s() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let ghost = placeholder(admin, "ada@old.example", 3).await;
    let project = app.count("SELECT count(*) FROM projects").await;
    assert_eq!(project, 1);
    let projects = admin.get("/api/projects").await.ok();
    let project = &projects.ids()[0];
    let path = format!("/api/projects/{project}/members/{ghost}");
    admin.send(reqwest::Method::PUT, &path, Some(json!({"lead": false}))).await.ok();
    admin
        .post("/api/rates", json!({"kind": "cost", "memberId": ghost, "hourly": "50", "validFrom": "2016-01-01"}))
        .await
        .created();
    admin.post("/api/saved-reports", json!({"name": "Hers", "query": format!("member={ghost}")})).await.created();

    // The address of the invitation is another one than the file's.
    let sent = invite(admin, "ada@example.org", &ghost).await.created();
    assert_eq!(sent.json["invitation"]["placeholderId"], json!(ghost));
    invite(admin, "eve@example.org", &ghost).await.refused(409, "already_invited");
    let ada = user_with(&app, "ada@example.org").await;
    let there = ada.post(ACCEPT, json!({"token": secret(&sent)})).await.ok().json;
    assert_eq!(there["role"], "manager");
    // The job has not run: all of it is the placeholder's, which says whose it will be.
    assert_eq!((app.owned(&ghost).await, app.owned(&id_of(ada)).await), (3, 0));
    assert_eq!(member(admin, &ghost).await["claimedBy"], json!(id_of(ada)));
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'claim_placeholder'").await, 1);
    admin.delete(&format!("/api/members/{ghost}")).await.refused(409, "placeholder_claimed");
    invite(admin, "eve@example.org", &ghost).await.refused(400, "invalid_member").names("placeholderId", "not_found");

    let revisions = app.count("SELECT sum(revision)::bigint FROM time_entries").await;
    assert_eq!(app.move_claimed(&ghost).await, Claimed::Done);
    assert_eq!((app.owned(&ghost).await, app.owned(&id_of(ada)).await), (0, 3));
    assert_eq!(app.count("SELECT sum(revision)::bigint FROM time_entries").await, revisions + 3);
    assert_eq!(member(admin, &ghost).await, Value::Null);
    assert_eq!(app.count(&format!("SELECT count(*) FROM users WHERE id = '{ghost}'")).await, 0);
    for table in ["project_members", "rates", "imported_people"] {
        let theirs = format!("SELECT count(*) FROM {table} WHERE user_id = '{}'", id_of(ada));
        assert_eq!(app.count(&theirs).await, 1, "{table}");
    }
    let query = format!("SELECT count(*) FROM saved_reports WHERE query = 'member={}'", id_of(ada));
    assert_eq!(app.count(&query).await, 1);
    let moved = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'membership.placeholder_moved' AND object_id = '{}'
         AND details->>'placeholder' = '{ghost}' AND details->>'entries' = '3'",
        id_of(ada)
    );
    assert_eq!(app.count(&moved).await, 1);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE action = 'membership.placeholder_claimed'").await, 1);
    // A second attempt of the job, and the link again, change nothing.
    assert_eq!(app.move_claimed(&ghost).await, Claimed::Done);
    ada.post(ACCEPT, json!({"token": secret(&sent)})).await.ok();
    // A later file finds her, whatever her address is.
    let again = import_as(admin, &EVERYBODY, file(&[("ada@old.example", 0), ("ada@old.example", 5)])).await.ok();
    assert_eq!(again.json["entries"]["created"], 1);
    assert_eq!(again.json["people"][0]["becomes"], "member");
    assert_eq!(app.owned(&id_of(ada)).await, 4);
}

#[actix_web::test]
async fn a_placeholder_is_said_to_be_a_member_by_those_who_manage_members() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let (bob, eve) = (app.as_member().await, app.as_member().await);
    let ghost = placeholder(admin, "bob@old.example", 2).await;
    let path = format!("/api/members/{ghost}/merge");
    let body = |id: &str| json!({"memberId": id});
    for other in [app.as_manager().await, bob, app.as_viewer().await, admin.with_token(TokenScope::Manage)] {
        other.post(&path, body(&id_of(bob))).await.refused(403, "forbidden");
    }
    let elsewhere = app.acting_as(app.add_workspace().await);
    elsewhere.post(&path, body(&id_of(elsewhere))).await.refused(404, "not_found");
    // Only a present member of the workspace with an account.
    let gone = app.as_member().await;
    admin.delete(&format!("/api/members/{}", id_of(gone))).await.is(204);
    let other_ghost = placeholder(admin, "eve@old.example", 1).await;
    for id in [
        id_of(elsewhere),
        id_of(gone),
        other_ghost.clone(),
        ghost.clone(),
        "0198a000-0000-7000-8000-000000000000".into(),
    ] {
        admin.post(&path, body(&id)).await.refused(400, "invalid_member").names("memberId", "not_found");
    }
    admin.post(&format!("/api/members/{}/merge", id_of(bob)), body(&id_of(eve))).await.refused(409, "not_placeholder");
    admin.post(&path, json!({})).await.refused(400, "invalid_id").names("memberId", "invalid_format");

    // The invitation that names it ends, and so does the way for another member.
    let sent = invite(admin, "x@example.org", &ghost).await.created();
    assert_eq!(admin.post(&path, body(&id_of(bob))).await.ok().json["id"], json!(id_of(bob)));
    admin.post(&path, body(&id_of(bob))).await.ok();
    admin.post(&path, body(&id_of(eve))).await.refused(409, "placeholder_claimed");
    let invited = user_with(&app, "x@example.org").await;
    invited.post(ACCEPT, json!({"token": secret(&sent)})).await.refused(409, "invitation_ended");
    assert_eq!(app.count("SELECT count(*) FROM jobs WHERE kind = 'claim_placeholder'").await, 1);
    app.move_claimed(&ghost).await;
    assert_eq!(app.owned(&id_of(bob)).await, 2);
    admin.post(&path, body(&id_of(bob))).await.refused(404, "not_found");
}

#[actix_web::test]
async fn of_two_claims_at_once_one_wins() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    for round in 0..5 {
        let (bob, eve) = (app.as_member().await, app.as_member().await);
        let ghost = placeholder(admin, &format!("p{round}@example.org"), 2).await;
        let path = format!("/api/members/{ghost}/merge");
        let answers = join(
            admin.post(&path, json!({"memberId": id_of(bob)})),
            admin.post(&path, json!({"memberId": id_of(eve)})),
        )
        .await;
        let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", answers.0.text, answers.1.text);
        // Two servers may have the job at once.
        join(app.move_claimed(&ghost), app.move_claimed(&ghost)).await;
        assert_eq!(app.owned(&id_of(bob)).await + app.owned(&id_of(eve)).await, 2);
    }
}

#[actix_web::test]
async fn entries_that_both_have_from_the_tracker_are_there_once() {
    let app = TestApp::spawn().await;
    let (admin, bob) = (app.as_admin().await, app.as_admin().await);
    // Bob imported his own file, in which he is known by a name only the file has.
    import_as(bob, &[], file(&[("bob@old.example", 0), ("bob@old.example", 1)])).await.ok();
    let ghost = placeholder(admin, "bob@old.example", 3).await;
    let (project, rate) = (
        admin.get("/api/projects").await.ok().ids()[0].clone(),
        |user: &str, hourly: &str| json!({"kind": "billable", "memberId": user, "hourly": hourly, "validFrom": "2016-01-01"}),
    );
    for (user, hourly) in [(&ghost, "10"), (&id_of(bob), "20")] {
        admin.post("/api/rates", rate(user, hourly)).await.created();
        let path = format!("/api/projects/{project}/members/{user}");
        admin.send(reqwest::Method::PUT, &path, Some(json!({"lead": user != &ghost}))).await.ok();
    }
    admin.post(&format!("/api/members/{ghost}/merge"), json!({"memberId": id_of(bob)})).await.ok();
    app.move_claimed(&ghost).await;
    assert_eq!((app.owned(&id_of(bob)).await, app.count("SELECT count(*) FROM time_entries").await), (3, 3));
    // What the member had stands.
    assert_eq!(app.count("SELECT count(*) FROM rates WHERE hourly = 200000").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM rates").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM project_members WHERE lead").await, 1);
    let noted = "SELECT count(*) FROM audit_log WHERE details @> '{\"entries\": 1, \"duplicates\": 2}'";
    assert_eq!(app.count(noted).await, 1);
}

#[actix_web::test]
async fn a_placeholder_without_entries_goes_and_one_with_entries_leaves_its_name() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let ghost = placeholder(admin, "ada@example.org", 2).await;
    let sent = invite(admin, "ada@example.org", &ghost).await.created();
    admin.delete(&format!("/api/members/{ghost}")).await.is(204);
    assert_ne!(member(admin, &ghost).await["leftAt"], Value::Null);
    assert_eq!(app.owned(&ghost).await, 2);
    let ada = user_with(&app, "ada@example.org").await;
    ada.post(ACCEPT, json!({"token": secret(&sent)})).await.refused(409, "invitation_ended");
    admin
        .post(&format!("/api/members/{ghost}/merge"), json!({"memberId": id_of(admin)}))
        .await
        .refused(404, "not_found");
    // More of its entries make it present again.
    import_as(admin, &EVERYBODY, file(&[("ada@example.org", 9)])).await.ok();
    assert_eq!(member(admin, &ghost).await["leftAt"], Value::Null);

    let entries = admin.get(&format!("/api/time/entries?member={ghost}")).await.ok().ids();
    assert_eq!(entries.len(), 3);
    for entry in &entries {
        admin.delete(&format!("/api/time/entries/{entry}")).await.is(204);
    }
    app.execute("DELETE FROM deleted_time_entries").await;
    let sent = invite(admin, "ada@example.org", &ghost).await.created();
    admin.delete(&format!("/api/members/{ghost}")).await.is(204);
    for table in ["users WHERE id", "memberships WHERE user_id", "imported_people WHERE user_id"] {
        assert_eq!(app.count(&format!("SELECT count(*) FROM {table} = '{ghost}'")).await, 0, "{table}");
    }
    ada.post(ACCEPT, json!({"token": secret(&sent)})).await.refused(409, "invitation_ended");
    // A revoked invitation leaves the placeholder, which can be invited again.
    let ghost = placeholder(admin, "eve@example.org", 1).await;
    let sent = invite(admin, "eve@example.org", &ghost).await.created();
    let id = sent.json["invitation"]["id"].as_str().unwrap();
    admin.delete(&format!("/api/invitations/{id}")).await.is(204);
    assert_eq!(app.owned(&ghost).await, 1);
    invite(admin, "eve@example.org", &ghost).await.created();
    // So can one whose invitation has expired.
    app.advance(TimeDelta::days(8));
    invite(admin, "other@example.org", &ghost).await.created();
}

#[actix_web::test]
async fn a_placeholder_has_no_rights_and_no_timer() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let ghost = placeholder(admin, "ada@example.org", 1).await;
    admin.patch(&format!("/api/members/{ghost}"), json!({"role": "admin"})).await.refused(409, "placeholder_member");
    let project = admin.get("/api/projects").await.ok().ids()[0].clone();
    let path = format!("/api/projects/{project}/members/{ghost}");
    admin.send(reqwest::Method::PUT, &path, Some(json!({"lead": true}))).await.refused(409, "placeholder_member");
    let entry = admin.get(&format!("/api/time/entries?member={ghost}")).await.ok().ids()[0].clone();
    let path = format!("/api/time/entries/{entry}");
    admin.patch(&path, json!({"stoppedAt": null})).await.refused(409, "placeholder_member");
    admin.patch(&path, json!({"description": "Changed"})).await.ok();
    // An address that a placeholder has from a file is free: it is no account's, and no member has it.
    admin.post("/api/invitations", json!({"email": "ada@example.org", "role": "member"})).await.created();
    assert_eq!(app.count("SELECT count(*) FROM users WHERE email = 'ada@example.org'").await, 0);

    let (workspace, user) = (app.workspace(), &ghost);
    let token = "'\\x0000000000000000000000000000000000000000000000000000000000000000'";
    for (statement, constraint) in [
        (format!("UPDATE users SET email = 'x@example.org' WHERE id = '{user}'"), "users_placeholder_has_no_account"),
        (format!("UPDATE users SET administrator = true WHERE id = '{user}'"), "users_placeholder_has_no_account"),
        (
            format!("UPDATE memberships SET role = 'owner' WHERE user_id = '{user}'"),
            "memberships_placeholder_is_member",
        ),
        (
            format!("UPDATE time_entries SET stopped_at = NULL WHERE id = '{entry}'"),
            "time_entries_placeholder_not_running",
        ),
        (
            format!("INSERT INTO known_devices VALUES ('{user}', {token}, now(), now())"),
            "known_devices_not_of_placeholder",
        ),
        (
            format!("INSERT INTO calendar_feeds VALUES ('{workspace}', '{user}', {token}, now())"),
            "calendar_feeds_not_of_placeholder",
        ),
        (
            format!(
                "INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
                 VALUES ('{}', '{user}', 'member', now(), now())",
                app.add_workspace().await.workspace
            ),
            "memberships_placeholder_key",
        ),
        (
            format!("UPDATE memberships SET claimed_by = '{user}', claimed_at = now() WHERE user_id = '{user}'"),
            "memberships_claim_valid",
        ),
    ] {
        assert_eq!(app.violates(&statement).await, constraint, "{statement}");
    }
    // Every table of what accounts sign in with refuses placeholders.
    let tables = "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND convalidated
                  AND conname ~ '^(sessions|api_tokens|one_time_tokens|known_devices|second_factors|recovery_codes|sign_on_identities|data_exports|calendar_feeds|saved_reports|invitations)_not_(of|by)_placeholder$'";
    assert_eq!(app.count(tables).await, 11);
}

/// Whatever refers to users or memberships is either refused to placeholders or moved by a claim: a new table has to
/// decide.
#[actix_web::test]
async fn a_claim_leaves_nothing_behind() {
    let app = TestApp::spawn().await;
    let sql = app.sql().await;
    let rows = sql
        .query(
            "SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c
             WHERE c.contype = 'f' AND c.confrelid IN ('users'::regclass, 'memberships'::regclass)
               AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = c.conrelid AND n.contype = 'c' AND n.conname ~ 'not_of_placeholder$')
             ORDER BY 1",
            &[],
        )
        .await
        .unwrap();
    let tables: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let moved = ["deleted_time_entries", "imported_people", "project_members", "rates", "time_entries"];
    // Invitations forget it, and its membership goes.
    let others = ["invitations", "memberships"];
    let mut expected: Vec<&str> = moved.into_iter().chain(others).collect();
    expected.sort_unstable();
    assert_eq!(tables, expected);
}

#[actix_web::test]
async fn a_deleted_account_takes_what_files_called_it_and_placeholders_are_nobody_who_could_own() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let bob = app.signed_in("bob@example.org", "member").await;
    let own = bob.post("/api/workspaces", json!({"name": "Own place"})).await.created().id();
    app.execute(&format!(
        "INSERT INTO users (id, name, created_at, updated_at) VALUES ('0198a000-0000-8000-8000-000000000001', 'Ghost', now(), now());
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
         VALUES ('{own}', '0198a000-0000-8000-8000-000000000001', 'member', now(), now())"
    ))
    .await;
    let preview = bob.get("/api/auth/deletion").await.ok().json;
    let fate = preview["workspaces"].as_array().unwrap().iter().find(|workspace| workspace["id"] == json!(own));
    assert_eq!(fate.unwrap()["fate"], "deleted", "nobody else could own it");
}

/// A claim beside whatever else may happen to the placeholder and its entries: each has its effect or is refused, and
/// the entries are the placeholder's or the member's, all of them.
#[actix_web::test]
async fn a_claim_beside_imports_removals_and_edits_is_whole_and_never_deadlocks() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let operations = ["import", "remove", "merge", "edit", "delete", "restore", "tags", "project", "invite"];
    for (round, first) in operations.into_iter().enumerate() {
        for (again, second) in operations.into_iter().enumerate().skip(round) {
            let bob = app.as_member().await;
            let email = format!("p{round}-{again}@example.org");
            let ghost = placeholder(admin, &email, 4).await;
            let entries = admin.get(&format!("/api/time/entries?member={ghost}")).await.ok().ids();
            admin.delete(&format!("/api/time/entries/{}", entries[3])).await.is(204);
            let project = admin.get("/api/projects").await.ok().ids()[0].clone();
            let merge = format!("/api/members/{ghost}/merge");
            let is_claimed = (round + again) % 3 > 0;
            if is_claimed {
                admin.post(&merge, json!({"memberId": id_of(bob)})).await.ok();
            }
            let (app, ghost, email, entries) = (&app, &ghost, &email, &entries);
            let act = async |operation: &str| match operation {
                "import" => import_as(admin, &EVERYBODY, file(&[(email, 0), (email, 9)])).await,
                "remove" => admin.delete(&format!("/api/members/{ghost}")).await,
                "merge" => admin.post(&merge, json!({"memberId": id_of(bob)})).await,
                "edit" => admin.patch(&format!("/api/time/entries/{}", entries[0]), json!({"description": "x"})).await,
                "delete" => admin.post("/api/time/entries/bulk-delete", json!({"ids": [entries[1], entries[0]]})).await,
                "restore" => admin.act(&format!("/api/time/entries/{}/restore", entries[3])).await,
                "tags" => {
                    let body = json!({"ids": [entries[2], entries[1]], "changes": {"tagIds": []}});
                    admin.post("/api/time/entries/bulk-edit", body).await
                }
                "project" => {
                    let path = format!("/api/projects/{project}/members/{ghost}");
                    admin.send(reqwest::Method::PUT, &path, Some(json!({"lead": false}))).await
                }
                _ => invite(admin, email, ghost).await,
            };
            let (one, (two, _)) = join(act(first), join(act(second), app.move_claimed(ghost))).await;
            for (operation, answer) in [(first, one), (second, two)] {
                let about = format!("{operation} of {first} and {second}: {}", answer.text);
                assert!(!answer.status.is_server_error(), "{about}");
            }
            // What the claim has met too early is moved now.
            app.move_claimed(ghost).await;
            if is_claimed {
                assert_eq!(app.owned(ghost).await, 0, "{first} and {second}");
                let left = app.count(&format!("SELECT count(*) FROM users WHERE id = '{ghost}'")).await;
                assert_eq!(left, 0, "{first} and {second}");
            }
        }
    }
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(app.count(deadlocks).await, 0);
}

/// How long the largest claim takes, and what it holds up meanwhile.
#[actix_web::test]
#[ignore = "takes a minute, and is a measurement"]
async fn a_claim_of_400_000_entries() {
    let app = TestApp::spawn().await;
    let admin = app.as_admin().await;
    let bob = app.as_member().await;
    let ghost = placeholder(admin, "ada@example.org", 1).await;
    app.execute(&format!(
        "SET clockwork.many_rows = on;
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, import_key, created_at, updated_at)
         SELECT gen_random_uuid(), e.workspace_id, e.user_id, e.project_id, e.category_id, e.started_at - n * interval '10 minutes',
                e.stopped_at - n * interval '10 minutes', 'Entry ' || n, sha256(n::text::bytea), now(), now()
         FROM time_entries e, generate_series(1, 399999) AS n WHERE e.user_id = '{ghost}'"
    ))
    .await;
    admin.post(&format!("/api/members/{ghost}/merge"), json!({"memberId": id_of(bob)})).await.ok();
    let category = app.category(&app.project("Other").await, "Work").await;
    let begun = std::time::Instant::now();
    let meanwhile = async {
        let mut slowest = std::time::Duration::ZERO;
        for _ in 0..20 {
            let before = std::time::Instant::now();
            bob.post("/api/time/start", json!({"categoryId": category})).await.created();
            bob.act("/api/time/stop").await.ok();
            admin.patch("/api/workspace", json!({"name": "Renamed"})).await.ok();
            slowest = slowest.max(before.elapsed());
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        slowest
    };
    let (claimed, slowest) = join(app.move_claimed(&ghost), meanwhile).await;
    println!("{:?}; beside it a start, a stop and a change of the workspace took at most {slowest:?}", begun.elapsed());
    assert_eq!(claimed, Claimed::Done);
    assert_eq!((app.owned(&id_of(bob)).await, app.owned(&ghost).await), (400_020, 0));
}
