//! Leads of projects, and lists of the entries of others.

use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{As, TestApp, start_of_test};

struct World {
    app: TestApp,
    led: String,
    categories: [String; 2],
}

fn entry(category: &str, minutes: i64) -> Value {
    let at = |minutes| start_of_test() + TimeDelta::minutes(minutes);
    json!({"categoryId": category, "startedAt": at(minutes), "stoppedAt": at(minutes + 30)})
}

impl World {
    async fn new() -> Self {
        let app = TestApp::spawn().await;
        let (led, other) = (app.project("Led").await, app.project("Other").await);
        let categories = [app.category(&led, "Design").await, app.category(&other, "Stock").await];
        Self { app, led, categories }
    }

    async fn make_lead(&self, member: As<'_>, lead: bool) {
        let path = format!("/api/projects/{}/members/{}", self.led, member.caller.user());
        self.app.send(self.app.request(Method::PUT, &path).json(&json!({"lead": lead}))).await.ok();
    }

    /// An entry of the member in each project.
    async fn entries_of(&self, member: As<'_>) -> [String; 2] {
        let first = member.post("/api/time/entries", entry(&self.categories[0], -120)).await.created().id();
        let second = member.post("/api/time/entries", entry(&self.categories[1], -60)).await.created().id();
        [first, second]
    }
}

#[actix_web::test]
async fn a_lead_sees_and_changes_everybody_s_entries_of_the_project_and_no_others() {
    let world = World::new().await;
    let (lead, colleague) = (world.app.as_member().await, world.app.as_member().await);
    let [inside, outside] = world.entries_of(colleague).await;
    let path = |id: &str| format!("/api/time/entries/{id}");
    lead.get(&path(&inside)).await.refused(404, "not_found");
    world.make_lead(lead, true).await;
    assert_eq!(lead.get(&path(&inside)).await.ok().json["userId"], json!(colleague.caller.user().to_string()));
    lead.patch(&path(&inside), json!({"description": "Corrected"})).await.ok();
    let ids = json!({"ids": [&inside], "changes": {"billable": true}});
    lead.post("/api/time/entries/bulk-edit", ids).await.ok();
    lead.delete(&path(&inside)).await.is(204);
    lead.act(&format!("{}/restore", path(&inside))).await.ok();
    lead.post("/api/time/entries/bulk-delete", json!({"ids": [&inside]})).await.ok();
    lead.post("/api/time/entries/bulk-restore", json!({"ids": [&inside]})).await.ok();
    let copy = lead.act(&format!("{}/duplicate", path(&inside))).await.created().json;
    assert_eq!(copy["userId"], json!(colleague.caller.user().to_string()), "a copy keeps the owner");

    for answer in [
        lead.get(&path(&outside)).await,
        lead.patch(&path(&outside), json!({})).await,
        lead.delete(&path(&outside)).await,
        lead.post("/api/time/entries/bulk-edit", json!({"ids": [&inside, &outside], "changes": {}})).await,
    ] {
        answer.refused(404, "not_found");
    }
    // A token that tracks opens what is the user's own; what is seen besides cannot be changed.
    let tracker = lead.with_token(TokenScope::Track);
    tracker.get(&path(&inside)).await.ok();
    tracker.patch(&path(&inside), json!({"description": "x"})).await.refused(403, "forbidden");
    lead.with_token(TokenScope::Manage).patch(&path(&inside), json!({"description": "x"})).await.ok();
    world.make_lead(lead, false).await;
    lead.get(&path(&inside)).await.refused(404, "not_found");
}

#[actix_web::test]
async fn lists_and_totals_are_of_the_members_that_are_asked_for_and_seen() {
    let world = World::new().await;
    let app = &world.app;
    let (manager, viewer) = (app.as_manager().await, app.as_viewer().await);
    let (one, other) = (app.as_member().await, app.as_member().await);
    let (of_one, of_other) = (world.entries_of(one).await, world.entries_of(other).await);
    let of_manager = world.entries_of(manager).await;
    let list = async |sender: As<'_>, query: &str| {
        let mut ids = sender.get(&format!("/api/time/entries?{query}")).await.ok().ids();
        let paged = sender.get(&format!("/api/time/entries?limit=1000&{query}")).await.ok().ids();
        assert_eq!(ids, paged, "{query}");
        let total = sender.get(&format!("/api/time/totals?{query}")).await.ok().json;
        assert_eq!(total["entries"], json!(ids.len()), "{query}");
        let days = "fromDate=2026-03-01&toDate=2026-03-03&days=true&timeZone=UTC";
        let by_day = sender.get(&format!("/api/time/totals?{days}&{query}")).await.ok().json;
        assert_eq!(by_day["entries"], total["entries"], "{query}");
        ids.sort();
        ids
    };
    let sorted = |sets: &[&[String; 2]]| {
        let mut ids: Vec<String> = sets.iter().flat_map(|set| set.iter().cloned()).collect();
        ids.sort();
        ids
    };
    let of = |members: &[As<'_>]| {
        members.iter().map(|member| format!("member={}", member.caller.user())).collect::<Vec<_>>().join("&")
    };
    for sender in [manager, viewer] {
        assert_eq!(list(sender, "member=all").await, sorted(&[&of_one, &of_other, &of_manager]));
        assert_eq!(list(sender, &of(&[one])).await, sorted(&[&of_one]));
        assert_eq!(list(sender, &of(&[one, other])).await, sorted(&[&of_one, &of_other]));
    }
    assert_eq!(list(manager, "running=false").await, sorted(&[&of_manager]), "the caller's own without a member");
    assert_eq!(list(one, "member=all").await, sorted(&[&of_one]));
    assert_eq!(list(one, &of(&[other])).await, [""; 0], "whom one does not see has no entries");
    assert_eq!(list(one, &of(&[one])).await, sorted(&[&of_one]));
    world.make_lead(one, true).await;
    let mut seen = sorted(&[&of_one]);
    seen.extend([of_other[0].clone(), of_manager[0].clone()]);
    seen.sort();
    assert_eq!(list(one, "member=all").await, seen);
    assert_eq!(list(one, &of(&[other])).await, [of_other[0].clone()]);
    assert_eq!(list(one, &format!("member=all&projectId={}", world.led)).await.len(), 3);

    let stranger = app.acting_as(app.add_workspace().await);
    assert_eq!(list(manager, &of(&[stranger])).await, [""; 0]);
    manager.get("/api/time/entries?member=x").await.refused(400, "invalid_id").names("member", "invalid_format");
    let many = vec!["member=019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10"; 101].join("&");
    manager.get(&format!("/api/time/entries?{many}")).await.refused(400, "invalid_query").names("member", "too_long");
}
