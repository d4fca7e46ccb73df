//! `/healthz`

use clockwork_core::values::clock::Clock;

use super::{fields, is_time};
use crate::harness::{Answer, TestApp, absent_database, application, config, start_of_test};

#[actix_web::test]
async fn with_a_database_it_is_200() {
    let app = TestApp::spawn().await;
    let healthy = app.get("/healthz").await.ok();
    assert_eq!(fields(&healthy.json), ["db", "ok", "time"]);
    assert_eq!((&healthy.json["ok"], &healthy.json["db"]), (&true.into(), &"up".into()));
    assert!(is_time(&healthy.json["time"]), "{}", healthy.text);
}

#[actix_web::test]
async fn without_a_database_it_is_503_and_still_that_answer() {
    let application = application(&config(&absent_database()), Clock::new(start_of_test));
    let (url, handle) = (format!("http://{}/healthz", application.address()), application.handle());
    let running = actix_web::rt::spawn(application.run());
    let unhealthy = Answer::read(TestApp::http_client().get(url).send().await.unwrap()).await.is(503);
    assert_eq!(fields(&unhealthy.json), ["db", "ok", "time"]);
    assert_eq!((&unhealthy.json["ok"], &unhealthy.json["db"]), (&false.into(), &"down".into()));
    assert!(is_time(&unhealthy.json["time"]), "{}", unhealthy.text);
    handle.stop(false).await;
    running.await.unwrap().unwrap();
}
