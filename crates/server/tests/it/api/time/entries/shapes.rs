//! The statements behind `GET /api/time/entries`: how many of their texts a connection keeps.

use chrono::{DateTime, TimeDelta, Utc};
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::database::Db;
use clockwork_core::models::{
    CategoryScope, Members, Page, Position, SearchText, TimeEntry, TimeEntryFilter, TimeRange,
};
use clockwork_core::values::ids::{CategoryId, ClientId, ProjectId, TagId};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::harness::{config, migrated_database};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Every combination of filters, by the bits of a number.
fn filter(bits: u32) -> TimeEntryFilter {
    let is = |bit: u32| bits & (1 << bit) != 0;
    let project = ProjectId(Uuid::nil());
    let epoch = DateTime::<Utc>::UNIX_EPOCH;
    let range = TimeRange { from: is(12).then_some(epoch), to: Some(epoch + TimeDelta::days(1)), now: epoch };
    TimeEntryFilter {
        from: is(0).then_some(epoch),
        to: is(1).then_some(epoch),
        overlap: is(11).then_some(range),
        project: is(2).then_some(project),
        categories: is(3).then(|| CategoryScope { project, categories: vec![CategoryId(Uuid::nil())] }),
        client: is(4).then_some(ClientId(Uuid::nil())),
        tags: vec![TagId(Uuid::nil()); usize::from(is(5)) + usize::from(is(6))],
        text: is(7).then(|| SearchText::new("a").unwrap()),
        billable: is(8).then_some(true),
        running: is(9).then_some(is(10)),
        members: Members::Own,
        ..TimeEntryFilter::default()
    }
}

#[actix_web::test]
async fn a_connection_keeps_few_of_the_many_texts_that_filters_make() {
    let database = migrated_database().await;
    let db = Db::connect(&config(&database.url()).database).unwrap();
    let mut conn = db.conn().await.unwrap();
    let kept = "SELECT count(*) AS count FROM pg_prepared_statements WHERE statement LIKE 'SELECT time_entries.%'";
    let after = Position { at: DateTime::<Utc>::UNIX_EPOCH, id: Uuid::nil() };
    // More of them together make no other texts that are kept.
    for bits in (0..1_u32 << 13).filter(|bits| bits.count_ones() <= 4) {
        for after in [None, Some(after)] {
            let page = Page { after, limit: 10 };
            TimeEntry::list(&mut conn, BUILT_IN_CALLER.own_scope(), &filter(bits), page).await.unwrap();
        }
    }
    let Count { count } = diesel::sql_query(kept).get_result(&mut *conn).await.unwrap();
    assert_eq!(count, 96, "and not one for each of some thousand combinations");
}
