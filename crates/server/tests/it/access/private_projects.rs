//! Private projects: seen and tracked by their members and by those whose role sees all, in lists, single objects, the
//! timer and live updates.

use clockwork_core::access::{Capability, Credential, Reach, Role};
use serde_json::{Value, json};

use crate::harness::{As, Stream, TestApp};

struct World {
    app: TestApp,
    open: String,
    open_category: String,
    private: String,
    category: String,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::spawn().await;
        let open = app.project("Open").await;
        let open_category = app.category(&open, "Open").await;
        let body = json!({"name": "Secret", "private": true});
        let private = app.post("/api/projects", body).await.created();
        assert_eq!(private.json["private"], true);
        let private = private.id();
        let category = app.category(&private, "Plans").await;
        Self { app, open, open_category, private, category }
    }

    fn members(&self) -> String {
        format!("/api/projects/{}/members", self.private)
    }

    async fn put(&self, member: As<'_>, body: Value) {
        let path = format!("{}/{}", self.members(), member.caller.user());
        self.app.send(self.app.request(reqwest::Method::PUT, &path).json(&body)).await.ok();
    }

    async fn take_out(&self, member: As<'_>) {
        self.app.delete(&format!("{}/{}", self.members(), member.caller.user())).await.is(204);
    }

    /// Whether a caller sees the private project, asked in every way.
    async fn sees(&self, caller: As<'_>) -> bool {
        let Self { private, category, open, open_category, .. } = self;
        let mut answers = Vec::new();
        for (path, hidden) in [
            ("/api/projects".to_owned(), private),
            ("/api/projects?archived=false".to_owned(), private),
            ("/api/projects?limit=10".to_owned(), private),
            ("/api/categories".to_owned(), category),
        ] {
            let ids = caller.get(&path).await.ok().ids();
            assert!(ids.contains(if path.contains("categories") { open_category } else { open }), "{path}");
            answers.push(ids.contains(hidden));
        }
        for path in [
            format!("/api/projects/{private}"),
            format!("/api/projects/{private}/categories"),
            format!("/api/projects/{private}/categories/{category}"),
            self.members(),
        ] {
            let answer = caller.get(&path).await;
            assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.text);
            answers.push(answer.status == 200);
        }
        assert!(answers.iter().all(|sees| *sees == answers[0]), "{answers:?}");
        answers[0]
    }

    /// Whether a caller can track time on it, in every way.
    async fn tracks(&self, caller: As<'_>) -> bool {
        let category = &self.category;
        let entry = |category: &str| json!({"categoryId": category, "startedAt": "2026-03-02T07:00:00Z", "stoppedAt": "2026-03-02T08:00:00Z"});
        let own = caller.post("/api/time/entries", entry(&self.open_category)).await.created().id();
        let answers = [
            caller.post("/api/time/start", json!({"categoryId": category})).await,
            caller.post("/api/time/start", json!({"categoryId": category, "startedAt": "2026-03-02T08:59:00Z"})).await,
            caller.post("/api/time/entries", entry(category)).await,
            caller.patch(&format!("/api/time/entries/{own}"), json!({"categoryId": category})).await,
            caller
                .post("/api/time/entries/bulk-edit", json!({"ids": [own], "changes": {"categoryId": category}}))
                .await,
        ];
        let tracks: Vec<bool> =
            answers.iter().map(|answer| answer.status.is_success() || answer.status == 409).collect();
        for answer in answers.iter().filter(|answer| !answer.status.is_success() && answer.status != 409) {
            assert!(
                ["not_found", "invalid_category"].contains(&answer.json["code"].as_str().unwrap()),
                "{}",
                answer.text
            );
        }
        assert!(tracks.iter().all(|one| *one == tracks[0]), "{tracks:?}: {:?}", answers.map(|answer| answer.text));
        tracks[0]
    }
}

#[actix_web::test]
async fn a_private_project_is_there_for_its_members_and_for_roles_that_see_all() {
    let world = World::new().await;
    let app = &world.app;
    for (sender, sees) in [
        (app.as_owner().await, true),
        (app.as_admin().await, true),
        (app.as_manager().await, true),
        (app.as_viewer().await, true),
        (app.as_member().await, false),
    ] {
        assert_eq!(world.sees(sender).await, sees, "{}", sender.caller.role);
    }
    let member = app.as_member().await;
    assert!(!world.tracks(member).await);
    world.put(member, json!({})).await;
    assert!(world.sees(member).await && world.tracks(member).await);
    app.advance(chrono::TimeDelta::hours(1));
    let entry = member.post("/api/time/start", json!({"categoryId": world.category})).await.created().id();
    member.act("/api/time/stop").await.ok();
    world.take_out(member).await;
    assert!(!world.sees(member).await && !world.tracks(member).await);
    // What a user has tracked stays theirs.
    let path = format!("/api/time/entries/{entry}");
    member.patch(&path, json!({"description": "Mine"})).await.ok();
    member.act(&format!("{path}/resume")).await.refused(400, "invalid_category");
    member.act(&format!("{path}/duplicate")).await.refused(400, "invalid_category");

    app.patch(&format!("/api/projects/{}", world.private), json!({"private": false})).await.ok();
    assert!(world.sees(member).await && world.tracks(member).await);
}

#[actix_web::test]
async fn members_of_a_project_are_members_of_the_workspace() {
    let world = World::new().await;
    let app = &world.app;
    let (member, manager, stranger) = (app.as_member().await, app.as_manager().await, app.add_workspace().await);
    let put = async |sender: As<'_>, user: &str, body: Value| {
        sender.send(reqwest::Method::PUT, &format!("{}/{user}", world.members()), Some(body)).await
    };
    let user = member.caller.user().to_string();
    put(member, &user, json!({"lead": true})).await.refused(403, "forbidden");
    let lead = put(manager, &user, json!({"lead": true})).await.ok().json;
    assert_eq!((&lead["lead"], &lead["id"]), (&json!(true), &json!(user)));
    put(manager, &user, json!({"lead": true})).await.ok();
    assert_eq!(put(manager, &user, json!({})).await.ok().json["lead"], false);
    put(manager, &stranger.user().to_string(), json!({})).await.refused(404, "not_found");
    assert_eq!(manager.get(&world.members()).await.ok().ids(), std::slice::from_ref(&user));

    // Who leaves the workspace is in no project any more, also after coming back.
    member.delete(&format!("/api/members/{user}")).await.is(204);
    put(manager, &user, json!({})).await.refused(404, "not_found");
    assert_eq!(manager.get(&world.members()).await.ok().json, json!([]));
    app.execute(&format!("UPDATE memberships SET left_at = NULL WHERE user_id = '{user}'")).await;
    assert!(!world.sees(member).await);
    manager.delete(&format!("{}/{user}", world.members())).await.refused(404, "not_found");
}

#[actix_web::test]
async fn live_updates_of_a_private_project_are_told_to_those_who_see_it() {
    let world = World::new().await;
    let app = &world.app;
    let (inside, outside, viewer) = (app.as_member().await, app.as_member().await, app.as_viewer().await);
    world.put(inside, json!({})).await;
    let mut streams = Vec::new();
    for sender in [inside, outside, viewer] {
        streams.push(Stream::open_as(app, sender.caller).await);
    }
    app.patch(&format!("/api/projects/{}", world.private), json!({"name": "Renamed"})).await.ok();
    let path = format!("/api/projects/{}/categories/{}", world.private, world.category);
    app.patch(&path, json!({"name": "Renamed"})).await.ok();
    let other = app.post("/api/projects", json!({"name": "Other", "private": true})).await.created().id();
    app.patch(&format!("/api/projects/{}", world.open), json!({"private": true})).await.ok();
    // Every member receives this event, after all earlier ones.
    let last = app.tag("last").await;
    let mut heard = Vec::new();
    for stream in &mut streams {
        let mut changes = Vec::new();
        loop {
            let more = stream.changes().await;
            let ends = more.iter().any(|change| change["id"] == json!(last));
            changes.extend(more);
            if ends {
                break;
            }
        }
        let of = |id: &str| -> Vec<String> {
            let told = changes.iter().filter(|change| change["id"] == json!(id));
            told.map(|change| change["change"].as_str().unwrap().to_owned()).collect()
        };
        heard.push([&world.private, &world.category, &other, &world.open].map(|id| of(id)));
    }
    let [inside, outside, viewer]: [[Vec<String>; 4]; 3] = heard.try_into().unwrap();
    assert!(inside[0].contains(&"updated".to_owned()) && inside[1].contains(&"updated".to_owned()), "{inside:?}");
    assert!(inside[2].is_empty(), "{inside:?}");
    assert!(outside[..3].iter().all(Vec::is_empty), "{outside:?}");
    assert_eq!((outside[3].last(), inside[3].last()), (Some(&"deleted".to_owned()), Some(&"deleted".to_owned())));
    assert_eq!(viewer[2], ["created"]);
    assert_eq!(viewer[3].last(), Some(&"updated".to_owned()), "{viewer:?}");
}

/// The table of capabilities and the function of the triggers: one predicate.
#[actix_web::test]
async fn the_database_and_the_program_know_the_same_viewers() {
    let world = World::new().await;
    let app = &world.app;
    for role in Role::ALL {
        let caller = app.add_member(role).await;
        let sees = Capability::SeePrivateProjects.reach(role, Credential::Session) == Some(Reach::Workspace);
        let viewers = format!(
            "SELECT count(*) FROM viewers_of_private_project('{}', '{}') AS v (id) WHERE id = '{}'",
            caller.workspace,
            world.private,
            caller.user()
        );
        assert_eq!(app.count(&viewers).await == 1, sees, "{role}");
        assert_eq!(caller.project_scope().viewer.is_none(), sees, "{role}");
    }
}
