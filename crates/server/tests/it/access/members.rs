//! Members: their visibility, roles that no member raises above their own, an owner at all times, and removals that
//! leave nothing open.

use clockwork_core::access::{Role, TokenScope};
use clockwork_core::accounts::workspaces::{self, BUILT_IN_CALLER};
use clockwork_core::database::Db;
use reqwest::Method;
use serde_json::{Value, json};

use super::entries_of_others::{lock_of, waiting};
use crate::harness::{Answer, As, Browser, SentAs, Stream, TestApp, config};

fn path_of(member: As<'_>) -> String {
    format!("/api/members/{}", member.caller.user())
}

async fn role_of(app: &TestApp, member: As<'_>) -> String {
    let members = app.get("/api/members?former=false").await.ok().json;
    let id = json!(member.caller.user().to_string());
    let row = members.as_array().unwrap().iter().find(|row| row["id"] == id);
    row.map_or("none".to_owned(), |row| row["role"].as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn everybody_sees_names_and_roles_and_those_who_manage_members_see_addresses() {
    let app = TestApp::spawn().await;
    let (admin, viewer) = (app.as_admin().await, app.as_viewer().await);
    let user = viewer.caller.user();
    app.execute(&format!("UPDATE users SET email = 'v@example.test', name = 'Vera' WHERE id = '{user}'")).await;
    let of = |answer: crate::harness::Answer| {
        let rows = answer.ok().json.as_array().unwrap().clone();
        rows.into_iter().find(|row| row["id"] == json!(user.to_string())).unwrap()
    };
    let seen = of(admin.get("/api/members").await);
    assert_eq!(
        (&seen["email"], &seen["name"], &seen["role"]),
        (&json!("v@example.test"), &json!("Vera"), &json!("viewer"))
    );
    for other in [viewer, app.as_manager().await, admin.with_token(TokenScope::Manage)] {
        let seen = of(other.get("/api/members").await);
        assert_eq!((&seen["email"], &seen["name"]), (&json!(null), &json!("Vera")));
    }
    let first = admin.get("/api/members?limit=2").await.ok();
    assert_eq!(first.ids().len(), 2);
    let rest = admin.get(&format!("/api/members?cursor={}", first.header("x-next-cursor"))).await.ok();
    assert_eq!([first.ids(), rest.ids()].concat(), admin.get("/api/members").await.ok().ids());
}

#[actix_web::test]
async fn nobody_gives_or_takes_a_role_above_their_own() {
    let app = TestApp::spawn().await;
    let (admin, manager, member) = (app.as_admin().await, app.as_manager().await, app.as_member().await);
    let owner = app.as_owner().await;
    let to = |role: &str| json!({"role": role});
    // Oneself.
    for (sender, role) in [(admin, "owner"), (manager, "admin"), (member, "manager")] {
        let refused = sender.patch(&path_of(sender), to(role)).await.refused(403, "forbidden");
        assert!(
            refused.text.contains(if role == "owner" { "manage_owners" } else { "manage_members" }),
            "{}",
            refused.text
        );
    }
    // Others.
    admin.patch(&path_of(member), to("owner")).await.refused(403, "forbidden");
    admin.patch(&path_of(owner), to("viewer")).await.refused(403, "forbidden");
    admin.delete(&path_of(owner)).await.refused(403, "forbidden");
    manager.delete(&path_of(member)).await.refused(403, "forbidden");
    assert_eq!(role_of(&app, owner).await, "owner");
    admin.patch(&path_of(member), to("admin")).await.ok();
    assert_eq!(role_of(&app, member).await, "admin");
    // The new role holds at once.
    member.patch(&path_of(manager), to("viewer")).await.ok();
    manager.post("/api/projects", json!({"name": "x"})).await.refused(403, "forbidden");
    owner.patch(&path_of(member), to("owner")).await.ok();
    owner.patch(&path_of(admin), to("root")).await.refused(400, "invalid_role").names("role", "invalid_format");
    let absent = "/api/members/019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";
    owner.patch(absent, to("viewer")).await.refused(404, "not_found");
    let elsewhere = app.acting_as(app.add_workspace().await);
    owner.patch(&path_of(elsewhere), to("viewer")).await.refused(404, "not_found");
    owner.delete(&path_of(elsewhere)).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_change_of_a_role_that_was_changed_meanwhile_is_refused() {
    let app = TestApp::spawn().await;
    let (owner, member) = (app.as_owner().await, app.as_member().await);
    let patch =
        |role: &str| app.request(Method::PATCH, &path_of(member)).json(&json!({"role": role})).sent_as(owner.caller);
    let changed = app.send(patch("manager").header("If-Match", "W/\"1\"")).await.ok();
    assert_eq!(changed.header("etag"), "W/\"2\"");
    app.send(patch("viewer").header("If-Match", "W/\"1\"")).await.refused(412, "precondition_failed");
    assert_eq!(app.send(patch("manager")).await.ok().json["revision"], 2, "nothing changes");
}

#[actix_web::test]
async fn the_last_owner_stays() {
    let app = TestApp::spawn().await;
    let elsewhere = app.add_workspace().await;
    let (owner, member) = (app.acting_as(elsewhere), app.add_member_of(elsewhere.workspace, Role::Member).await);
    owner.delete(&path_of(owner)).await.refused(409, "last_owner");
    owner.patch(&path_of(owner), json!({"role": "admin"})).await.refused(409, "last_owner");
    let member = app.acting_as(member);
    owner.patch(&path_of(member), json!({"role": "owner"})).await.ok();
    owner.delete(&path_of(owner)).await.is(204);
    owner.get("/api/me").await.refused(404, "not_found");
    member.delete(&path_of(member)).await.refused(409, "last_owner");
}

#[actix_web::test]
async fn of_two_owners_who_leave_at_the_same_moment_one_stays() {
    let app = TestApp::spawn().await;
    for round in 0..12 {
        let elsewhere = app.add_workspace().await;
        let first = app.acting_as(elsewhere);
        let second = app.acting_as(app.add_member_of(elsewhere.workspace, Role::Owner).await);
        let paths = [path_of(first), path_of(second)];
        // They leave, they demote themselves, they remove each other.
        let (one, other) = match round % 3 {
            0 => futures_util::join!(first.delete(&paths[0]), second.delete(&paths[1])),
            1 => {
                let down = || json!({"role": "admin"});
                futures_util::join!(first.patch(&paths[0], down()), second.patch(&paths[1], down()))
            }
            _ => futures_util::join!(first.delete(&paths[1]), second.delete(&paths[0])),
        };
        let done = [&one, &other].iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(done, 1, "{} {}", one.text, other.text);
        let owners = format!(
            "SELECT count(*) FROM memberships WHERE workspace_id = '{}' AND role = 'owner' AND left_at IS NULL",
            elsewhere.workspace
        );
        assert_eq!(app.count(&owners).await, 1);
    }
}

#[actix_web::test]
async fn a_removed_member_is_out_at_once_and_what_they_tracked_stays() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let (admin, member) = (app.as_admin().await, app.as_member().await);
    let entry = member.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    let mut stream = Stream::open_as(&app, member.caller).await;
    app.advance(chrono::TimeDelta::minutes(5));

    admin.delete(&path_of(member)).await.is(204);
    let removed = std::time::Instant::now();
    while stream.next().await.is_some() {}
    assert!(removed.elapsed() < std::time::Duration::from_secs(1), "{:?}", removed.elapsed());
    member.get("/api/me").await.refused(404, "not_found");
    member.post("/api/time/start", json!({"categoryId": category})).await.refused(404, "not_found");
    let path = format!("/api/time/entries/{entry}");
    member.get(&path).await.refused(404, "not_found");

    let kept = admin.get(&path).await.ok().json;
    assert_eq!(kept["stoppedAt"], json!(app.now()), "the running timer stops");
    assert_eq!(kept["userId"], json!(member.caller.user().to_string()));
    let former = admin.get("/api/members?former=true").await.ok();
    assert_eq!(former.each("name"), ["Test user"]);
    assert_eq!(former.each("leftAt"), [json!(app.now())]);
    assert!(!admin.get("/api/members?former=false").await.ok().ids().contains(&former.ids()[0]));
    admin.delete(&path_of(member)).await.refused(404, "not_found");
    admin.patch(&path_of(member), json!({"role": "viewer"})).await.refused(404, "not_found");
    let own = app.acting_as(app.add_workspace().await);
    let listed = own.get(&format!("/api/workspaces/{}/time/entries/{entry}", member.caller.workspace)).await;
    listed.refused(404, "not_found");
}

/// What a member sends while the removal of the member is under way.
#[derive(Clone, Copy, Debug)]
enum Starting {
    AtOnce,
    Earlier,
    Resume,
    Reopen,
    Restore,
}

impl Starting {
    const ALL: [Self; 5] = [Self::AtOnce, Self::Earlier, Self::Resume, Self::Reopen, Self::Restore];

    /// Sends it beside a request that ends what the member may do. Both wait for the lock of the timer, which the test
    /// holds until they do; whichever comes first gets it first.
    async fn beside(
        self,
        member: As<'_>,
        category: &str,
        end: impl Future<Output = Answer>,
        end_is_first: bool,
    ) -> (Answer, Answer) {
        let app = member.app;
        let (holder, watcher) = (app.sql().await, app.sql().await);
        let entry = member.post("/api/time/start", json!({"categoryId": category})).await.created().id();
        app.advance(chrono::TimeDelta::minutes(5));
        if matches!(self, Self::Restore) {
            member.delete(&format!("/api/time/entries/{entry}")).await.is(204);
        } else {
            member.act("/api/time/stop").await.ok();
        }
        let lock = format!("BEGIN; SELECT pg_advisory_xact_lock({})", lock_of(member.caller.user()));
        holder.batch_execute(&lock).await.unwrap();
        let until_waiting = async |requests: i64| {
            while waiting(&watcher).await < requests {
                tokio::task::yield_now().await;
            }
        };
        let start = async {
            until_waiting(i64::from(end_is_first)).await;
            self.send(member, category, &entry).await
        };
        let end = async {
            until_waiting(i64::from(!end_is_first)).await;
            end.await
        };
        let release = async {
            until_waiting(2).await;
            holder.batch_execute("COMMIT").await.unwrap();
        };
        let (started, ended, ()) = futures_util::join!(start, end, release);
        (started, ended)
    }

    async fn send(self, member: As<'_>, category: &str, entry: &str) -> Answer {
        match self {
            Self::AtOnce => member.post("/api/time/start", json!({"categoryId": category})).await,
            Self::Earlier => {
                let start =
                    json!({"categoryId": category, "startedAt": member.app.now() - chrono::TimeDelta::minutes(1)});
                member.post("/api/time/start", start).await
            }
            Self::Resume => member.act(&format!("/api/time/entries/{entry}/resume")).await,
            Self::Reopen => member.patch(&format!("/api/time/entries/{entry}"), json!({"stoppedAt": null})).await,
            Self::Restore => member.act(&format!("/api/time/entries/{entry}/restore")).await,
        }
    }
}

/// A removal and a request that sets a timer running wait for the same lock. Whichever gets it first, no timer of the
/// former member runs in the end.
#[actix_web::test]
async fn no_timer_of_a_former_member_runs_whatever_the_order_of_a_removal_and_a_start() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let admin = app.as_admin().await;
    for starting in Starting::ALL {
        for removal_is_first in [true, false] {
            let case = format!("{starting:?}, removal first: {removal_is_first}");
            let member = app.as_member().await;
            let path = path_of(member);
            let remove = admin.delete(&path);
            let (started, removed) = starting.beside(member, &category, remove, removal_is_first).await;
            removed.is(204);
            if removal_is_first {
                started.refused(404, "not_found");
            } else {
                assert!(started.status.is_success(), "{case}: {}", started.text);
            }
            assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 0, "{case}");
        }
    }
}

/// The same of a member who becomes a viewer, who could not stop it.
#[actix_web::test]
async fn no_timer_of_a_viewer_runs_whatever_the_order_of_the_new_role_and_a_start() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let admin = app.as_admin().await;
    for starting in Starting::ALL {
        for role_is_first in [true, false] {
            let case = format!("{starting:?}, new role first: {role_is_first}");
            let member = app.as_member().await;
            let path = path_of(member);
            let demote = admin.patch(&path, json!({"role": "viewer"}));
            let (started, demoted) = starting.beside(member, &category, demote, role_is_first).await;
            demoted.ok();
            if role_is_first {
                let refused = started.refused(403, "forbidden");
                assert!(refused.text.contains("track_time"), "{case}: {}", refused.text);
            } else {
                assert!(started.status.is_success(), "{case}: {}", started.text);
            }
            assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 0, "{case}");
        }
    }
}

#[actix_web::test]
async fn the_timer_of_a_member_who_becomes_a_viewer_stops_and_that_of_others_goes_on() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let (admin, manager, member) = (app.as_admin().await, app.as_manager().await, app.as_member().await);
    let of_manager = manager.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    let entry = member.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    app.advance(chrono::TimeDelta::minutes(5));
    // Roles that track time keep it.
    admin.patch(&path_of(member), json!({"role": "manager"})).await.ok();
    admin.patch(&path_of(manager), json!({"role": "member"})).await.ok();
    assert_eq!(member.get("/api/time/active").await.ok().id(), entry);
    admin.patch(&path_of(member), json!({"role": "viewer"})).await.ok();
    let path = format!("/api/time/entries/{entry}");
    assert_eq!(admin.get(&path).await.ok().json["stoppedAt"], json!(app.now()));
    assert_eq!(manager.get("/api/time/active").await.ok().id(), of_manager);
    // Nobody sets it running again, and it is edited as before.
    admin.patch(&path, json!({"stoppedAt": null})).await.refused(409, "viewer_member");
    admin.patch(&path, json!({"description": "final"})).await.ok();
    app.execute(&format!("UPDATE time_entries SET stopped_at = NULL, updated_at = now() WHERE id = '{entry}'")).await;
    admin.delete(&path).await.is(204);
    admin.act(&format!("{path}/restore")).await.refused(409, "viewer_member");
    admin.post("/api/time/entries/bulk-restore", json!({"ids": [entry]})).await.refused(409, "viewer_member");
}

/// The deletion of a workspace takes no lock of a timer. A start that was let in just before it commits is committed
/// after it, and goes with the rows.
#[actix_web::test]
async fn an_entry_that_begins_to_run_while_its_workspace_is_deleted_goes_with_it() {
    let app = TestApp::spawn().await;
    let own = app.add_workspace().await;
    let (owner, member) = (app.acting_as(own), app.acting_as(app.add_member_of(own.workspace, Role::Member).await));
    let project = owner.post("/api/projects", json!({"name": "Shop"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = owner.post(&categories, json!({"name": "Stock"})).await.created().id();
    let (workspace, user) = (own.workspace, member.caller.user());
    let starter = app.sql().await;
    let start = format!(
        "BEGIN; SELECT lock_timer_of_member({}, '{workspace}', '{user}');
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, created_at, updated_at)
         VALUES (gen_random_uuid(), '{workspace}', '{user}', '{project}', '{category}', now(), now(), now())",
        lock_of(user)
    );
    starter.batch_execute(&start).await.unwrap();
    let path = format!("/api/workspaces/{workspace}/workspace");
    owner.send(Method::DELETE, &path, Some(json!({"name": "Test workspace"}))).await.is(204);
    member.post("/api/time/start", json!({"categoryId": category})).await.refused(404, "not_found");
    let db = Db::connect(&config(&app.database.url()).database).unwrap();
    let erase = async || -> Result<(), diesel::result::Error> {
        while workspaces::erase_batch(&mut db.conn().await.unwrap(), workspace).await? {}
        Ok(())
    };
    let release = async {
        app.until_waiting(1).await;
        starter.batch_execute("COMMIT").await.unwrap();
    };
    let (attempt, ()) = futures_util::join!(erase(), release);
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, i64::from(attempt.is_err()), "{attempt:?}");
    // An attempt that has run into the entry is made again, as that of every job.
    erase().await.unwrap();
    for table in ["time_entries", "categories", "projects", "memberships", "workspaces"] {
        let column = if table == "workspaces" { "id" } else { "workspace_id" };
        let left = format!("SELECT count(*) FROM {table} WHERE {column} = '{workspace}'");
        assert_eq!(app.count(&left).await, 0, "{table}");
    }
}

#[actix_web::test]
async fn the_database_lets_those_roles_start_a_timer_that_the_table_of_capabilities_does() {
    let app = TestApp::spawn().await;
    for role in Role::ALL {
        let member = app.add_member(role).await;
        let ask = format!("SELECT lock_timer_of_member(1, '{}', '{}')", member.workspace, member.user());
        let answer: bool = app.sql().await.query_one(&ask, &[]).await.unwrap().get(0);
        assert_eq!(answer, role.tracks_time(), "{role}");
    }
}

/// The same of an account that is disabled. The start has been let in before: the disabling is not committed then.
#[actix_web::test]
async fn no_timer_of_a_disabled_account_runs_whatever_the_order_of_the_disabling_and_a_start() {
    let app = TestApp::with_accounts().await;
    let administrator = app.owned_by("ada@example.org").await;
    let owner = app.acting_as(BUILT_IN_CALLER);
    let project = owner.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = owner.post(&categories, json!({"name": "Design"})).await.created().id();
    for (number, starting) in Starting::ALL.into_iter().enumerate() {
        for disabling_is_first in [true, false] {
            let case = format!("{starting:?}, disabling first: {disabling_is_first}");
            let member = app.as_member().await;
            let (user, email) = (member.caller.user(), format!("{number}-{disabling_is_first}@example.org"));
            app.execute(&format!("UPDATE users SET email = '{email}' WHERE id = '{user}'")).await;
            // The time that passes in each round makes the sign-in too old.
            administrator.sign_in("ada@example.org").await.ok();
            let path = format!("/api/administration/users/{user}");
            let disable = administrator.send(Method::PATCH, &path, Some(json!({"disabled": true})));
            let (started, disabled) = starting.beside(member, &category, disable, disabling_is_first).await;
            disabled.ok();
            if disabling_is_first {
                started.refused(404, "not_found");
            } else {
                assert!(started.status.is_success(), "{case}: {}", started.text);
            }
            assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 0, "{case}");
        }
    }
    // Nor does a manager set one running.
    let entry = "SELECT e.id::text FROM time_entries e JOIN users u ON u.id = e.user_id WHERE u.disabled_at IS NOT NULL LIMIT 1";
    let entry: String = app.sql().await.query_one(entry, &[]).await.unwrap().get(0);
    let path = format!("/api/time/entries/{entry}");
    owner.patch(&path, json!({"stoppedAt": null})).await.refused(409, "account_disabled");
    owner.patch(&path, json!({"description": "final"})).await.ok();
}

/// What gives out data by itself ends with the membership; a member who comes back makes it anew.
#[actix_web::test]
async fn what_a_member_had_opened_stays_shut_when_the_member_comes_back() {
    let app = TestApp::with_accounts().await;
    app.owned_by("ada@example.org").await;
    let owner = app.acting_as(BUILT_IN_CALLER);
    let eve = app.signed_in("eve@example.org", "manager").await;
    let project = eve.post("/api/projects", json!({"name": "Website"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = eve.post(&categories, json!({"name": "Design"})).await.created().id();
    let entry = eve.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    let user = eve.get("/api/me").await.ok().json["user"]["id"].as_str().unwrap().to_owned();
    let saved = eve.post("/api/saved-reports", json!({"name": "Week", "query": "by=project"})).await.created().id();
    let report = format!("/api/saved-reports/{saved}");
    let daily = |recipients: Value| json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": recipients});
    let open = async || {
        let link =
            eve.post(&format!("{report}/links"), json!({})).await.created().json["url"].as_str().unwrap().to_owned();
        let feed = eve.act("/api/calendar-feed").await.created().json["url"].as_str().unwrap().to_owned();
        eve.post(&format!("{report}/schedules"), daily(json!([user]))).await.created();
        let token = json!({"name": "ci", "scope": "read", "workspaceId": app.workspace().to_string()});
        let token = eve.post("/api/auth/tokens", token).await.created().json["secret"].as_str().unwrap().to_owned();
        let link = link.split_once("#token=").unwrap().1.to_owned();
        (link, format!("/api/{}", feed.split_once("/api/").unwrap().1), format!("Bearer {token}"))
    };
    let nobody = Browser::new(&app);
    let works = async |(link, feed, token): &(String, String, String)| -> [bool; 3] {
        app.advance(chrono::TimeDelta::seconds(2));
        let opened = nobody.post("/api/report-links/open", json!({"token": link})).await.status.is_success();
        let read = nobody.get(feed).await.status.is_success();
        let with_token = Browser::new(&app).with("Authorization", token);
        [opened, read, with_token.get("/api/time/entries").await.status.is_success()]
    };
    let join = async || {
        let invited = owner.post("/api/invitations", json!({"email": "eve@example.org", "role": "manager"})).await;
        let link = invited.created().json["link"].as_str().unwrap().to_owned();
        let token = link.split_once("#token=").unwrap().1;
        eve.post("/api/account/invitations/accept", json!({"token": token})).await.ok();
        app.advance(chrono::TimeDelta::seconds(2));
    };
    let first = open().await;
    assert_eq!(works(&first).await, [true; 3]);
    owner.delete(&format!("/api/members/{user}")).await.is(204);
    assert_eq!(works(&first).await, [false; 3]);
    join().await;
    assert_eq!(works(&first).await, [false; 3], "old ones stay shut");
    assert_eq!(eve.get(&format!("{report}/schedules")).await.ok().json, json!([]));
    assert_eq!(eve.get(&format!("{report}/links")).await.ok().json, json!([]));
    eve.get("/api/calendar-feed").await.refused(404, "not_found");
    assert!(!eve.get("/api/auth/tokens").await.ok().text.contains("\"ci\""));
    // What was tracked and saved is there as before.
    assert_eq!(eve.get("/api/time/entries").await.ok().ids(), [entry]);
    assert_eq!(eve.get("/api/saved-reports").await.ok().ids(), [saved]);

    // A server of the release before has removed the member, and has left everything there.
    let second = open().await;
    assert_eq!(works(&second).await, [true; 3]);
    app.execute(&format!("UPDATE memberships SET left_at = now() WHERE user_id = '{user}'")).await;
    assert_eq!(works(&second).await, [false; 3]);
    join().await;
    assert_eq!(works(&second).await, [false; 3]);
    assert_eq!(eve.get(&format!("{report}/schedules")).await.ok().json, json!([]));
}

/// A manager cannot set it running either.
#[actix_web::test]
async fn an_entry_of_a_former_member_is_edited_but_does_not_run() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let (admin, member) = (app.as_admin().await, app.as_member().await);
    let entry = member.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    let path = format!("/api/time/entries/{entry}");
    app.advance(chrono::TimeDelta::minutes(5));
    admin.delete(&path).await.is(204);
    admin.delete(&path_of(member)).await.is(204);
    admin.act(&format!("{path}/restore")).await.refused(409, "former_member");
    admin.post("/api/time/entries/bulk-restore", json!({"ids": [entry]})).await.refused(409, "former_member");

    let other = app.as_member().await;
    let start = json!({"categoryId": category, "description": "draft"});
    let stopped = other.post("/api/time/start", start).await.created().id();
    app.advance(chrono::TimeDelta::minutes(5));
    admin.delete(&path_of(other)).await.is(204);
    let path = format!("/api/time/entries/{stopped}");
    admin.patch(&path, json!({"stoppedAt": null})).await.refused(409, "former_member");
    assert_eq!(admin.patch(&path, json!({"description": "final"})).await.ok().json["description"], "final");
}

#[actix_web::test]
async fn everybody_may_leave_and_only_leave() {
    let app = TestApp::spawn().await;
    let (viewer, member, manager) = (app.as_viewer().await, app.as_member().await, app.as_manager().await);
    for sender in [viewer, member, manager] {
        let refused = sender.delete(&path_of(app.as_member().await)).await.refused(403, "forbidden");
        assert!(refused.text.contains("remove_members"), "{}", refused.text);
        sender.with_token(TokenScope::Manage).delete(&path_of(sender)).await.refused(403, "forbidden");
        sender.delete(&path_of(sender)).await.is(204);
        sender.get("/api/me").await.refused(404, "not_found");
    }
    assert_eq!(app.get("/api/members?former=true").await.ok().ids().len(), 3);
}

#[actix_web::test]
async fn a_timer_in_another_workspace_goes_on_when_a_member_leaves() {
    let app = TestApp::spawn().await;
    let member = app.as_member().await;
    let elsewhere = app.add_workspace().await;
    let owner = app.acting_as(elsewhere);
    let project = owner.post("/api/projects", json!({"name": "Shop"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = owner.post(&categories, json!({"name": "Stock"})).await.created().id();
    let there = app.acting_as(app.join(member.caller.user(), elsewhere.workspace, Role::Member).await);
    let running = there.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    member.delete(&path_of(member)).await.is(204);
    assert_eq!(there.get("/api/time/active").await.ok().id(), running);
}
