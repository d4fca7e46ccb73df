//! `GET /api/time/entries`: filters.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::{TrackerApp, UNKNOWN_ID, entry, minute};

/// Entries that differ in everything that a list can be filtered by.
struct Fixture {
    tracker: TrackerApp,
    /// By name: see [`fixture`].
    ids: Vec<(&'static str, String)>,
    names: Vec<(&'static str, String)>,
}

/// Two clients with a project each, and one project without. In `Website` there is the tree design > icons > arrows.
async fn fixture() -> Fixture {
    let tracker = TrackerApp::new().await;
    let client = |name: &'static str| {
        let tracker = &tracker;
        async move { tracker.post("/api/clients", json!({"name": name})).await.created().id() }
    };
    let (acme, zeta) = (client("Acme").await, client("Zeta").await);
    let project = |name: &'static str, client: &str| {
        let (tracker, body) = (&tracker, json!({"name": name, "clientId": client}));
        async move { tracker.post("/api/projects", body).await.created().id() }
    };
    let (shop, blog) = (project("Shop", &acme).await, project("Blog", &zeta).await);
    let (cart, posts) = (tracker.category(&shop, "Cart").await, tracker.category(&blog, "Posts").await);
    let icons = tracker.subcategory(&tracker.project, &tracker.category, "Icons").await;
    let arrows = tracker.subcategory(&tracker.project, &icons, "Arrows").await;
    let texts = tracker.category(&tracker.project, "Texts").await;
    let (urgent, remote) = (tracker.tag("urgent").await, tracker.tag("remote").await);

    let mut ids = Vec::new();
    for (name, start, category, description, tags, billable) in [
        ("design", 0, &tracker.category, "Überblick 100%", vec![&urgent], false),
        ("icons", 10, &icons, "snake_case", vec![&remote], true),
        ("arrows", 20, &arrows, r"back\slash", vec![&urgent, &remote], false),
        ("texts", 30, &texts, "100 words", vec![], true),
        ("cart", 40, &cart, "snakeXcase", vec![&urgent], true),
        ("posts", 50, &posts, "über alles", vec![], false),
    ] {
        let body = json!({
            "categoryId": category, "startedAt": minute(start), "stoppedAt": minute(start + 5),
            "description": description, "tagIds": tags, "billable": billable,
        });
        ids.push((name, tracker.post("/api/time/entries", body).await.created().id()));
    }
    tracker.advance(chrono::TimeDelta::minutes(60));
    ids.push(("running", tracker.start().await.id()));
    let names = vec![
        ("acme", acme),
        ("zeta", zeta),
        ("website", tracker.project.clone()),
        ("shop", shop),
        ("design", tracker.category.clone()),
        ("icons", icons),
        ("cart", cart),
        ("urgent", urgent),
        ("remote", remote),
        ("nobody", UNKNOWN_ID.to_owned()),
        ("m0", written(minute(0))),
        ("m10", written(minute(10))),
        ("m40", written(minute(40))),
        ("m50", written(minute(50))),
        ("after10", written(minute(10) + chrono::TimeDelta::microseconds(1))),
        ("before50", written(minute(50) - chrono::TimeDelta::microseconds(1))),
    ];
    Fixture { tracker, ids, names }
}

fn written(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

impl Fixture {
    /// The names of the entries that a query finds; `{name}` stands for an id or a time.
    async fn find(&self, query: &str) -> Vec<&'static str> {
        let filled = self.names.iter().fold(query.to_owned(), |q, (name, id)| q.replace(&format!("{{{name}}}"), id));
        let found = self.tracker.get(&format!("/api/time/entries?{filled}")).await.ok();
        assert_eq!((found.header("link"), found.header("x-next-cursor")), ("", ""), "{query}: all in one answer");
        let name = |id: &String| self.ids.iter().find(|(_, known)| known == id).unwrap().0;
        found.ids().iter().map(name).collect()
    }
}

#[actix_web::test]
async fn every_filter_alone_and_together() {
    let fixture = fixture().await;
    let all = ["running", "posts", "cart", "texts", "arrows", "icons", "design"];
    for (query, expected) in [
        ("", &all[..]),
        ("limit=&q=", &all),
        // Bounds are inclusive and work alone.
        ("from={m40}", &["running", "posts", "cart"]),
        ("to={m10}", &["icons", "design"]),
        ("from={m10}&to={m50}", &["posts", "cart", "texts", "arrows", "icons"]),
        ("from={after10}&to={before50}", &["cart", "texts", "arrows"]),
        ("from={m10}&to={m10}", &["icons"]),
        ("from=2026-03-02T10:40:00.123456%2B01:00&to={m50}", &["posts", "cart"]),
        ("from=2026-03-02T10:40:00.123456+01:00&to={m50}", &["posts", "cart"]),
        ("from=2030-01-01T00:00:00Z", &[]),
        // Places.
        ("categoryId={design}", &["running", "design"]),
        ("categoryId={design}&includeSubcategories=false", &["running", "design"]),
        ("categoryId={design}&includeSubcategories=true", &["running", "arrows", "icons", "design"]),
        ("categoryId={icons}&includeSubcategories=true", &["arrows", "icons"]),
        ("categoryId={nobody}", &[]),
        ("categoryId={nobody}&includeSubcategories=true", &[]),
        ("includeSubcategories=true", &all),
        ("projectId={website}", &["running", "texts", "arrows", "icons", "design"]),
        ("projectId={shop}", &["cart"]),
        ("projectId={shop}&categoryId={design}", &[]),
        ("projectId={website}&categoryId={icons}&includeSubcategories=true", &["arrows", "icons"]),
        ("projectId={nobody}", &[]),
        ("clientId={acme}", &["cart"]),
        ("clientId={zeta}", &["posts"]),
        ("clientId={acme}&projectId={website}", &[]),
        ("clientId={nobody}", &[]),
        // Tags: an entry has all that are named.
        ("tagId={urgent}", &["cart", "arrows", "design"]),
        ("tagId={urgent}&tagId={remote}", &["arrows"]),
        ("tagId={urgent}&tagId={urgent}", &["cart", "arrows", "design"]),
        ("tagId={urgent}&tagId={nobody}", &[]),
        // Text is taken literally, without regard to case.
        ("q=100%25", &["design"]),
        ("q=100", &["texts", "design"]),
        ("q=snake_case", &["icons"]),
        ("q=SNAKE", &["cart", "icons"]),
        ("q=%5C", &["arrows"]),
        ("q=%25", &["design"]),
        ("q=%C3%BCber", &["posts", "design"]),
        ("q=%C3%9CBER+ALLES", &["posts"]),
        ("q=nowhere", &[]),
        // Flags.
        ("billable=true", &["cart", "texts", "icons"]),
        ("billable=false", &["running", "posts", "arrows", "design"]),
        ("running=true", &["running"]),
        ("running=false", &all[1..]),
        // Together.
        ("billable=true&tagId={urgent}", &["cart"]),
        ("categoryId={design}&includeSubcategories=true&running=false&billable=false", &["arrows", "design"]),
        ("from={m10}&projectId={website}&tagId={remote}&q=s&billable=true&running=false", &["icons"]),
    ] {
        assert_eq!(fixture.find(query).await, expected, "{query}");
    }
}

#[actix_web::test]
async fn the_subtree_is_that_of_the_moment() {
    let fixture = fixture().await;
    let tracker = &fixture.tracker;
    let icons = &fixture.names.iter().find(|(name, _)| *name == "icons").unwrap().1;
    tracker
        .patch(&format!("/api/projects/{}/categories/{icons}", tracker.project), json!({"parentCategoryId": null}))
        .await
        .ok();
    let below = "categoryId={design}&includeSubcategories=true";
    assert_eq!(fixture.find(below).await, ["running", "design"]);
    tracker.archive(&tracker.category_path(), true).await;
    assert_eq!(fixture.find(below).await, ["running", "design"], "what is archived is still found");
}

#[actix_web::test]
async fn a_list_shows_entries_as_they_are_read_alone() {
    let fixture = fixture().await;
    let list = fixture.tracker.get("/api/time/entries?billable=true").await.ok();
    for shown in list.json.as_array().unwrap() {
        assert_eq!(*shown, fixture.tracker.get(&entry(shown["id"].as_str().unwrap())).await.ok().json);
    }
    let slash = fixture.tracker.get("/api/time/entries/?billable=true").await.ok();
    assert_eq!(slash.json, list.json);
    let head = fixture.tracker.send(fixture.tracker.request(Method::HEAD, "/api/time/entries?limit=2")).await.ok();
    assert_eq!(head.text, "");
    assert!(head.header("link").contains("rel=\"next\""));
}

#[actix_web::test]
async fn a_filter_that_cannot_be_read_is_refused() {
    let tracker = TrackerApp::new().await;
    for (query, code, field, problem) in [
        ("from=yesterday", "invalid_time", "from", "invalid_format"),
        ("to=2026-03-02", "invalid_time", "to", "invalid_format"),
        ("from=9999-01-01T00:00:00Z", "invalid_time", "from", "out_of_range"),
        ("from=2026-03-02T00:00:01Z&to=2026-03-02T00:00:00Z", "invalid_time_range", "to", "out_of_range"),
        ("categoryId=x", "invalid_id", "categoryId", "invalid_format"),
        ("projectId=x", "invalid_id", "projectId", "invalid_format"),
        ("clientId=x", "invalid_id", "clientId", "invalid_format"),
        ("tagId=x", "invalid_id", "tagId", "invalid_format"),
        ("limit=0", "invalid_limit", "limit", "out_of_range"),
        ("limit=1001", "invalid_limit", "limit", "out_of_range"),
        ("limit=many", "invalid_limit", "limit", "out_of_range"),
        ("cursor=x", "invalid_cursor", "cursor", "invalid_format"),
        // 24 bytes of zeros but for a year that PostgreSQL does not know.
        ("cursor=gICAgICAgIAAAAAAAAAAAAAAAAAAAAAA", "invalid_cursor", "cursor", "invalid_format"),
        ("cursor=cICAgICAgIAAAAAAAAAAAAAAAAAAAAAA", "invalid_cursor", "cursor", "invalid_format"),
        ("q=a%00b", "invalid_query", "q", "control_characters"),
        ("billable=yes", "invalid_query", "billable", "invalid_format"),
        ("running=1", "invalid_query", "running", "invalid_format"),
        ("includeSubcategories=maybe", "invalid_query", "includeSubcategories", "invalid_format"),
        ("billable=true&billable=false", "invalid_query", "billable", "invalid_format"),
        ("category=x", "invalid_query", "category", "unknown_field"),
    ] {
        tracker.get(&format!("/api/time/entries?{query}")).await.refused(400, code).names(field, problem);
    }
    assert_eq!(tracker.get("/api/time/entries").await.ok().json, Value::Array(Vec::new()));
}
