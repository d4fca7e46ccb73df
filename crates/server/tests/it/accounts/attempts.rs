//! Wrong tries: the pauses grow, exactly, also for many tries at once.

use chrono::{DateTime, TimeDelta, Utc};
use clockwork_core::accounts::attempts::{Attempt, AttemptError, Target};
use clockwork_core::database::Db;
use clockwork_core::values::EmailAddress;
use clockwork_core::values::secret_token::TokenDigest;
use futures_util::future::join_all;

use crate::harness::{TestApp, config};

struct TrackerApp {
    app: TestApp,
    db: Db,
}

impl TrackerApp {
    async fn new() -> Self {
        let app = TestApp::spawn().await;
        let db = Db::connect(&config(&app.database.url()).database).unwrap();
        Self { app, db }
    }

    /// How many seconds a try has to wait; none when it is counted.
    async fn wait(&self, attempt: &Attempt, now: DateTime<Utc>) -> Option<i64> {
        match attempt.begin(&mut self.db.conn().await.unwrap(), now).await {
            Ok(()) => None,
            Err(AttemptError::Wait(wait)) => Some(wait.num_seconds()),
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn attempt(email: &str, address: &str, device: Option<&str>) -> Attempt {
    let email = EmailAddress::parse(email).unwrap();
    Attempt::sign_in(Target::Unknown(&email), address.parse().ok(), device.map(TokenDigest::of))
}

#[actix_web::test]
async fn pauses_grow_and_end_with_the_right_password() {
    let tracker = TrackerApp::new().await;
    let tried = attempt("ada@example.org", "192.0.2.1", None);
    let mut now = tracker.app.now();
    for _ in 0..5 {
        assert_eq!(tracker.wait(&tried, now).await, None);
    }
    for pause in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert_eq!(tracker.wait(&tried, now).await, None);
        assert_eq!(tracker.wait(&tried, now).await, Some(pause));
        // A try that has to wait is not counted, and makes the pause no longer.
        assert_eq!(tracker.wait(&tried, now + TimeDelta::seconds(1)).await, Some(pause - 1));
        now += TimeDelta::seconds(pause);
    }
    assert_eq!(tracker.wait(&tried, now).await, None);
    let mut conn = tracker.db.conn().await.unwrap();
    tried.succeed(&mut conn).await.unwrap();
    for _ in 0..5 {
        assert_eq!(tracker.wait(&tried, now).await, None);
    }
}

#[actix_web::test]
async fn a_hundred_tries_at_once_are_as_many_as_one_after_the_other() {
    let tracker = TrackerApp::new().await;
    let (tried, now) = (attempt("ada@example.org", "192.0.2.1", None), tracker.app.now());
    let waits = join_all((0..100).map(|_| tracker.wait(&tried, now))).await;
    // Five without a pause, and the sixth, which has one after it.
    assert_eq!(waits.iter().filter(|wait| wait.is_none()).count(), 6);
}

#[actix_web::test]
async fn strangers_hold_up_no_browser_that_is_known() {
    let tracker = TrackerApp::new().await;
    let now = tracker.app.now();
    // From the owner's own network, and from everywhere.
    for network in ["192.0.2.1".to_owned()].into_iter().chain((1..60).map(|n| format!("198.51.100.{n}"))) {
        for _ in 0..6 {
            tracker.wait(&attempt("ada@example.org", &network, None), now).await;
        }
    }
    let strange = attempt("ada@example.org", "203.0.113.1", None);
    let pause = tracker.wait(&strange, now).await.expect("the account has seen too many wrong tries");
    assert!(pause <= 60, "a new browser waits a minute at most: {pause}");
    assert!(tracker.wait(&attempt("ada@example.org", "192.0.2.1", None), now).await.is_some());
    assert_eq!(tracker.wait(&attempt("ada@example.org", "192.0.2.1", Some("a browser")), now).await, None);
    assert_eq!(tracker.wait(&attempt("eve@example.org", "203.0.113.1", None), now).await, None, "another account");
}

#[actix_web::test]
async fn a_network_does_not_begin_anew_by_an_account_of_its_own() {
    let tracker = TrackerApp::new().await;
    let now = tracker.app.now();
    let own = attempt("eve@example.org", "192.0.2.1", None);
    let mut refused = 0;
    for n in 0..70 {
        if tracker.wait(&attempt(&format!("user{n}@example.org"), "192.0.2.1", None), now).await.is_some() {
            refused += 1;
        }
        if n % 5 == 0 && tracker.wait(&own, now).await.is_none() {
            own.succeed(&mut tracker.db.conn().await.unwrap()).await.unwrap();
        }
    }
    assert!(refused >= 15, "{refused}");
}

#[actix_web::test]
async fn what_was_wrong_a_day_ago_is_forgotten() {
    let tracker = TrackerApp::new().await;
    let (tried, now) = (attempt("ada@example.org", "192.0.2.1", None), tracker.app.now());
    for _ in 0..6 {
        assert_eq!(tracker.wait(&tried, now).await, None);
    }
    let later = now + TimeDelta::hours(24) + TimeDelta::seconds(1);
    for _ in 0..6 {
        assert_eq!(tracker.wait(&tried, later).await, None);
    }
    assert_eq!(tracker.wait(&tried, later).await, Some(2));
}
