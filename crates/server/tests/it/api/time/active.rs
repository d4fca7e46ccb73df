//! `GET /api/time/active`

use reqwest::Method;

use super::Desk;

#[actix_web::test]
async fn what_runs_is_an_entry_or_the_literal_null() {
    let desk = Desk::new().await;
    let nothing = desk.get("/api/time/active").await.ok();
    assert_eq!((nothing.text.as_str(), nothing.header("content-type")), ("null", "application/json"));

    let started = desk.start().await;
    let active = desk.get("/api/time/active").await.ok();
    assert_eq!(active.json, desk.read(&started.id()).await.json);
    assert_eq!(active.header("etag"), "", "an ETag of the running entry would be one of whichever entry runs next");

    let head = desk.send(desk.request(Method::HEAD, "/api/time/active")).await.ok();
    assert_eq!(head.text, "");
    desk.act("/api/time/stop").await.ok();
    assert_eq!(desk.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn what_runs_can_be_deleted_which_discards_it() {
    let desk = Desk::new().await;
    let running = desk.start().await.id();
    desk.delete(&super::entry(&running)).await.is(204);
    assert_eq!(desk.get("/api/time/active").await.ok().text, "null");
    desk.act("/api/time/stop").await.refused(409, "no_active_timer");
}
