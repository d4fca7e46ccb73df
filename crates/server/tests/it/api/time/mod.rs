//! `/api/time`

mod active;
pub mod entries;
mod overlaps;
mod start;
mod stop;
mod strangers;
mod totals;
mod usage;

use std::ops::Deref;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, start_of_test};

/// A server with one project and one category in it, ready to track time.
pub struct TrackerApp {
    app: TestApp,
    /// The project.
    pub project: String,
    /// Its category.
    pub category: String,
}

impl Deref for TrackerApp {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl TrackerApp {
    /// Sets the server up.
    pub async fn new() -> Self {
        Self::at(TestApp::spawn().await).await
    }

    /// The same at a server that is there already.
    pub async fn at(app: TestApp) -> Self {
        let project = app.project("Website").await;
        let category = app.category(&project, "Design").await;
        Self { app, project, category }
    }

    /// Starts a timer at the server's present.
    pub async fn start(&self) -> Answer {
        self.post("/api/time/start", json!({"categoryId": self.category})).await.created()
    }

    /// Reads an entry.
    pub async fn read(&self, id: &str) -> Answer {
        self.get(&entry(id)).await.ok()
    }

    /// Archives the object at a path, or brings it back.
    pub async fn archive(&self, path: &str, archived: bool) {
        self.patch(path, json!({"archived": archived})).await.ok();
    }

    /// The path of the category.
    pub fn category_path(&self) -> String {
        format!("/api/projects/{}/categories/{}", self.project, self.category)
    }
}

/// The path of an entry.
pub fn entry(id: &str) -> String {
    format!("/api/time/entries/{id}")
}

/// Minutes after the start of the test.
pub fn minute(minutes: i64) -> DateTime<Utc> {
    start_of_test() + TimeDelta::minutes(minutes)
}

/// The same as it is written in JSON.
pub fn at(minutes: i64) -> Value {
    json!(minute(minutes))
}

/// An id that nothing has.
pub const UNKNOWN_ID: &str = "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";
