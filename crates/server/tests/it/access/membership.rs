//! A membership ends by a date: the user is no member any more, and what they tracked stays.

use clockwork_core::access::Caller;
use serde_json::json;

use crate::harness::{Stream, TestApp};

async fn end(app: &TestApp, caller: Caller) {
    let (workspace, user) = (caller.workspace, caller.user());
    app.execute(&format!(
        "UPDATE memberships SET left_at = now(), updated_at = now() WHERE workspace_id = '{workspace}' AND user_id = '{user}'"
    ))
    .await;
}

#[actix_web::test]
async fn a_former_member_finds_no_workspace_and_their_entries_stay() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let (manager, member) = (app.as_manager().await, app.as_member().await);
    let entry = member.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    member.act("/api/time/stop").await.ok();
    let (workspace, user) = (member.caller.workspace, member.caller.user());
    let delete = format!("DELETE FROM memberships WHERE workspace_id = '{workspace}' AND user_id = '{user}'");
    assert_eq!(app.violates(&delete).await, "time_entries_member_fkey");

    end(&app, member.caller).await;
    member.get("/api/me").await.refused(404, "not_found");
    member.get("/api/time/entries").await.refused(404, "not_found");
    let start = member.post("/api/time/start", json!({"categoryId": category})).await.refused(404, "not_found");
    assert_eq!(start.json["message"], "there is no such workspace");
    let path = format!("/api/time/entries/{entry}");
    assert_eq!(manager.get(&path).await.ok().id(), entry);
    manager.patch(&path, json!({"description": "Handed over"})).await.ok();

    app.execute(&format!(
        "UPDATE memberships SET left_at = NULL, updated_at = now() WHERE workspace_id = '{workspace}' AND user_id = '{user}'"
    ))
    .await;
    assert_eq!(member.get(&path).await.ok().json["description"], "Handed over", "back again, to what was theirs");
}

#[actix_web::test]
async fn the_stream_of_a_former_member_ends() {
    let app = TestApp::spawn().await;
    let member = app.as_member().await;
    let mut stream = Stream::open_as(&app, member.caller).await;
    end(&app, member.caller).await;
    // The stream begins with what happened in the last minute: the workspace and the membership were made.
    let is_end = |change: &serde_json::Value| change["kind"] == "membership" && change["change"] == "deleted";
    while !stream.changes().await.iter().any(is_end) {}
    while let Some(event) = stream.next().await {
        // The pause before the client comes back, and then the end.
        assert_eq!(event.name, "", "{event:?}");
    }
    // What happens to a colleague elsewhere is told to members, and to former ones no more.
    app.execute(&format!(
        "UPDATE users SET name = 'Renamed', updated_at = now() WHERE id = '{}'",
        member.caller.user()
    ))
    .await;
    assert_eq!(app.count("SELECT count(*) FROM events WHERE kind = 'user'").await, 0);
}
