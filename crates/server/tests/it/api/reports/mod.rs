//! `/api/reports`

mod detailed;
mod export;
mod filters;
mod fresh;
mod groups;
mod pdf;
mod plans;
mod rounding;
mod same_question;
mod summary;
mod zones;

use std::ops::Deref;

use clockwork_core::access::Caller;
use clockwork_core::values::ids::UserId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{As, TestApp};

/// The user of requests without a header.
pub const ME: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

/// A workspace with clients, trees of categories, tags and people.
pub struct Office {
    app: TestApp,
    /// Clients.
    pub acme: String,
    /// Of Acme.
    pub website: String,
    /// Of no client.
    pub internal: String,
    /// Root of the website, with `sketches` below it, and `icons` below that.
    pub design: String,
    /// Below it.
    pub sketches: String,
    /// The deepest category.
    pub icons: String,
    /// Root of the website.
    code: String,
    /// Root of the internal project.
    pub meetings: String,
    /// A tag.
    pub urgent: String,
    /// Another one.
    pub remote: String,
}

impl Deref for Office {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl Office {
    /// Sets the server up.
    pub async fn new() -> Self {
        let app = TestApp::spawn().await;
        let acme = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
        let website = app.post("/api/projects", json!({"name": "Website", "clientId": acme})).await.created().id();
        let internal = app.project("Internal").await;
        let design = app.category(&website, "Design").await;
        let sketches = app.subcategory(&website, &design, "Sketches").await;
        let icons = app.subcategory(&website, &sketches, "Icons").await;
        let code = app.category(&website, "Code").await;
        let meetings = app.category(&internal, "Meetings").await;
        let (urgent, remote) = (app.tag("urgent").await, app.tag("remote").await);
        Self { app, acme, website, internal, design, sketches, icons, code, meetings, urgent, remote }
    }

    /// Makes an entry behind the server's back.
    pub async fn tracked(&self, entry: Tracked<'_>) -> String {
        let id = Uuid::from_u128(fastrand::u128(..));
        let Tracked { user, category, start, stop, description, billable, tags } = entry;
        let stop = stop.map_or("NULL".to_owned(), |stop| format!("'{stop}'"));
        let mut sql = format!(
            "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, billable,
                                       description, created_at, updated_at)
             SELECT '{id}', c.workspace_id, '{user}', c.project_id, c.id, '{start}', {stop}, {billable}, '{description}', now(), now()
             FROM categories c WHERE c.id = '{category}';"
        );
        for tag in tags {
            sql.push_str(&format!(
                "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
                 SELECT workspace_id, id, '{tag}' FROM time_entries WHERE id = '{id}';"
            ));
        }
        self.execute(&sql).await;
        id.to_string()
    }

    /// A summary.
    pub async fn summary(&self, query: &str) -> Value {
        self.get(&format!("/api/reports/summary?{query}")).await.ok().json
    }

    /// A page of a detailed report.
    pub async fn detailed(&self, query: &str) -> Value {
        self.get(&format!("/api/reports/detailed?{query}")).await.ok().json
    }
}

/// An entry to make.
#[derive(Clone, Copy)]
pub struct Tracked<'a> {
    pub user: Uuid,
    pub category: &'a str,
    pub start: &'a str,
    pub stop: Option<&'a str>,
    pub description: &'a str,
    pub billable: bool,
    pub tags: &'a [&'a str],
}

impl<'a> Tracked<'a> {
    /// Mine, neither billable nor described nor tagged.
    pub fn mine(category: &'a str, start: &'a str, stop: &'a str) -> Self {
        Self { user: ME, category, start, stop: Some(stop), description: "", billable: false, tags: &[] }
    }

    /// The same of another one.
    pub fn of(self, caller: Caller) -> Self {
        Self { user: Uuid::from(UserId::from(Uuid::from(caller.user()))), ..self }
    }
}

async fn summary_of(sender: As<'_>, query: &str) -> Value {
    sender.get(&format!("/api/reports/summary?{query}")).await.ok().json
}

/// Names of groups with their seconds, in order.
fn named(groups: &Value) -> Vec<(String, i64)> {
    let groups = groups.as_array().into_iter().flatten();
    let name = |group: &Value| group["name"].as_str().or(group["key"].as_str()).unwrap_or("-").to_owned();
    groups.map(|group| (name(group), group["durationSeconds"].as_i64().unwrap())).collect()
}

/// The same to compare with.
fn these(groups: &[(&str, i64)]) -> Vec<(String, i64)> {
    groups.iter().map(|(name, seconds)| ((*name).to_owned(), *seconds)).collect()
}

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// An hour in seconds.
pub const HOUR: i64 = 3600;
