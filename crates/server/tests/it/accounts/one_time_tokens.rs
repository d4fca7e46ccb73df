//! Links and codes that work once.

use chrono::TimeDelta;
use clockwork_core::accounts::one_time_tokens::{self, Purpose};
use clockwork_core::database::{Db, transaction};
use diesel::result::Error;
use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{TestApp, config};

async fn database(app: &TestApp) -> Db {
    Db::connect(&config(&app.database.url()).database).unwrap()
}

#[actix_web::test]
async fn of_many_requests_with_one_token_one_gets_it() {
    let app = TestApp::spawn().await;
    let (db, user, now) = (database(&app).await, app.as_member().await.caller.user(), app.now());
    let mut conn = db.conn().await.unwrap();
    let payload = json!({"for": "a test"});
    let token = one_time_tokens::issue(&mut conn, Purpose::Reset, Some(user), payload.clone(), now).await.unwrap();
    let tries = (0..10).map(async |_| {
        let mut conn = db.conn().await.unwrap();
        one_time_tokens::redeem(&mut conn, Purpose::Reset, token.reveal(), now).await.unwrap()
    });
    let redeemed: Vec<_> = join_all(tries).await.into_iter().flatten().collect();
    assert_eq!(redeemed.len(), 1);
    assert_eq!((redeemed[0].user_id, &redeemed[0].payload), (Some(user), &payload));
    let stored = app.count("SELECT count(*) FROM one_time_tokens WHERE used_at IS NOT NULL").await;
    assert_eq!(stored, 1);
    let plain = format!("SELECT count(*) FROM one_time_tokens t WHERE t::text LIKE '%{}%'", token.reveal());
    assert_eq!(app.count(&plain).await, 0, "the secret itself is not stored");
}

#[actix_web::test]
async fn a_token_of_a_transaction_that_is_rolled_back_is_not_used() {
    let app = TestApp::spawn().await;
    let (db, now) = (database(&app).await, app.now());
    let mut conn = db.conn().await.unwrap();
    let token = one_time_tokens::issue(&mut conn, Purpose::Setup, None, json!({}), now).await.unwrap();
    let failed = transaction(&mut conn, async |conn| {
        let redeemed = one_time_tokens::redeem(conn, Purpose::Setup, token.reveal(), now).await?;
        assert!(redeemed.is_some());
        Err::<(), _>(Error::RollbackTransaction)
    });
    assert!(failed.await.is_err());
    let again = one_time_tokens::redeem(&mut conn, Purpose::Setup, token.reveal(), now).await.unwrap();
    assert!(again.is_some());
}

#[actix_web::test]
async fn a_token_is_for_one_purpose_for_a_while_and_the_newest_counts() {
    let app = TestApp::spawn().await;
    let (db, user, now) = (database(&app).await, app.as_member().await.caller.user(), app.now());
    let mut conn = db.conn().await.unwrap();
    let old = one_time_tokens::issue(&mut conn, Purpose::Reset, Some(user), json!({}), now).await.unwrap();
    let token = one_time_tokens::issue(&mut conn, Purpose::Reset, Some(user), json!({}), now).await.unwrap();
    let late = now + Purpose::Reset.valid_for() - TimeDelta::microseconds(1);
    for (purpose, text, at) in [
        (Purpose::Reset, old.reveal(), now),
        (Purpose::ChangeAddress, token.reveal(), now),
        (Purpose::Reset, &token.reveal()[1..], now),
        (Purpose::Reset, "", now),
        (Purpose::Reset, token.reveal(), now + Purpose::Reset.valid_for()),
    ] {
        assert_eq!(one_time_tokens::redeem(&mut conn, purpose, text, at).await.unwrap(), None);
    }
    assert!(one_time_tokens::peek(&mut conn, Purpose::Reset, token.reveal(), late).await.unwrap().is_some());
    assert!(one_time_tokens::redeem(&mut conn, Purpose::Reset, token.reveal(), late).await.unwrap().is_some());
    assert_eq!(one_time_tokens::peek(&mut conn, Purpose::Reset, token.reveal(), late).await.unwrap(), None);
}
