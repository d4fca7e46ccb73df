//! `GET /api/time/active`

use reqwest::Method;

use super::TrackerApp;

#[actix_web::test]
async fn what_runs_is_an_entry_or_the_literal_null() {
    let tracker = TrackerApp::new().await;
    let nothing = tracker.get("/api/time/active").await.ok();
    assert_eq!((nothing.text.as_str(), nothing.header("content-type")), ("null", "application/json"));

    let started = tracker.start().await;
    let active = tracker.get("/api/time/active").await.ok();
    assert_eq!(active.json, tracker.read(&started.id()).await.json);
    assert_eq!(active.header("etag"), "", "an ETag of the running entry would be one of whichever entry runs next");

    let head = tracker.send(tracker.request(Method::HEAD, "/api/time/active")).await.ok();
    assert_eq!(head.text, "");
    tracker.act("/api/time/stop").await.ok();
    assert_eq!(tracker.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn what_runs_can_be_deleted_which_discards_it() {
    let tracker = TrackerApp::new().await;
    let running = tracker.start().await.id();
    tracker.delete(&super::entry(&running)).await.is(204);
    assert_eq!(tracker.get("/api/time/active").await.ok().text, "null");
    tracker.act("/api/time/stop").await.refused(409, "no_active_timer");
}
