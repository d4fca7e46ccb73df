//! `GET /api/time/entries`: pages.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{TrackerApp, at, entry};
use crate::harness::{Answer, TestApp};

/// Makes entries, several at each start so that only the id orders them, in one statement.
pub async fn fill(tracker: &TrackerApp, entries: i64, per_start: i64) {
    let sql = format!(
        "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, billable, created_at, updated_at)
         SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                '2026-03-01'::timestamptz + (n / {per_start}) * interval '1 minute', '2026-04-01', n % 2 = 0, now(), now()
         FROM categories, generate_series(0, {entries} - 1) AS n"
    );
    tracker.execute(&sql).await;
}

/// The URL of the next page, by the Link header.
pub fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link");
    if link.is_empty() {
        assert_eq!(answer.header("x-next-cursor"), "");
        return None;
    }
    let url = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
    assert!(url.ends_with(answer.header("x-next-cursor")), "{link}");
    Some(url.to_owned())
}

/// All pages from a URL on.
pub async fn follow(tracker: &TestApp, first: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut url = Some(first.to_owned());
    while let Some(page) = url {
        let answer = tracker.get(&page).await.ok();
        pages.push(answer.ids());
        url = next(&answer);
    }
    pages
}

#[actix_web::test]
async fn following_the_links_shows_each_entry_once_in_order() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 60, 7).await;
    let all = tracker.get("/api/time/entries?running=false").await.ok().ids();
    assert_eq!(all.len(), 60);
    for limit in [1, 7, 20, 59, 60, 61, 1000] {
        let pages = follow(&tracker, &format!("/api/time/entries?limit={limit}")).await;
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit), "{limit}");
        assert!(
            pages.len() == 1 || !pages.last().unwrap().is_empty(),
            "{limit}: a page is announced when there is one"
        );
        assert_eq!(pages.concat(), all, "{limit}");
    }
}

#[actix_web::test]
async fn the_links_keep_the_filters() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 30, 3).await;
    let tag = tracker.tag("a").await;
    let other = tracker.tag("b").await;
    let ids = tracker.get("/api/time/entries?billable=true").await.ok().ids();
    let changes = json!({"description": "50% & more", "tagIds": [tag, other]});
    tracker.post("/api/time/entries/bulk-edit", json!({"ids": ids[..9], "changes": changes})).await.ok();
    let workspace = tracker.get("/api/me").await.ok().json["workspace"]["id"].as_str().unwrap().to_owned();
    for root in ["/api".to_owned(), format!("/api/workspaces/{workspace}")] {
        let first = format!("{root}/time/entries?limit=2&q=50%25+%26&tagId={tag}&tagId={other}&billable=true");
        let pages = follow(&tracker, &first).await;
        assert_eq!((pages.len(), pages.concat()), (5, ids[..9].to_vec()));
        assert!(next(&tracker.get(&first).await).unwrap().starts_with(&root), "a link stays in its workspace");
    }
}

#[actix_web::test]
async fn without_a_filter_there_are_pages_of_a_hundred_and_with_one_everything() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 205, 4).await;
    let everything = tracker.get("/api/time/entries?from=2026-01-01T00:00:00Z").await.ok();
    assert_eq!((everything.ids().len(), next(&everything)), (205, None));
    let newest = tracker.get("/api/time/entries").await.ok();
    assert_eq!(newest.ids(), everything.ids()[..100]);
    let cursor = newest.header("x-next-cursor").to_owned();
    let second = tracker.get(&format!("/api/time/entries?cursor={cursor}")).await.ok();
    assert_eq!(second.ids(), everything.ids()[100..200], "100 is also the size when only a cursor is given");
    assert_eq!(follow(&tracker, "/api/time/entries").await.concat(), everything.ids());
}

#[actix_web::test]
async fn what_is_written_between_two_pages_moves_nothing() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 12, 3).await;
    let all = tracker.get("/api/time/entries?limit=1000").await.ok().ids();
    let first = tracker.get("/api/time/entries?limit=5").await.ok();
    // New ones on top, and one of the first page gone, the very one that the cursor names.
    tracker.entry(&tracker.category, 0, 1).await;
    tracker.entry(&tracker.category, 10, 11).await;
    tracker.delete(&entry(&all[4])).await.is(204);
    let mut seen = first.ids();
    seen.extend(follow(&tracker, &next(&first).unwrap()).await.concat());
    assert_eq!(seen, all);
    // One that is new but old by its time is met on its page.
    let body = json!({"categoryId": tracker.category, "startedAt": "2026-02-01T00:00:00Z", "stoppedAt": at(0)});
    let old = tracker.post("/api/time/entries", body).await.created().id();
    assert_eq!(follow(&tracker, &next(&first).unwrap()).await.concat().last(), Some(&old));
    let unique: BTreeSet<_> = seen.iter().collect();
    assert_eq!(unique.len(), seen.len());
}
