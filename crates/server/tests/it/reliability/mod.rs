//! Operations L4 and L5: what happens while servers are replaced or killed, and while databases go away and come back.
//!
//! The same scenarios are measured, longer, by the reliability bench, which writes docs/RELIABILITY.md.

pub mod bouncer;
pub mod client;
pub mod crash;
pub mod database;
mod ledger;
pub mod outage;
mod proxy;
pub mod rolling;
mod rotation;
mod service;

use std::io;

use serde_json::json;

use crate::harness::Process;
use client::Reply;

/// Starts a server; other tasks go on meanwhile.
pub async fn server(environment: &[(&str, &str)]) -> Process {
    let environment: Vec<(String, String)> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let starting = tokio::task::spawn_blocking(move || {
        let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Process::start(&std::env::temp_dir(), &environment)
    });
    starting.await.unwrap()
}

/// Makes a project with a category, and returns the category's id.
async fn category(url: &str) -> String {
    let post = async |path: String| {
        let body = json!({"name": "Reliability"}).to_string();
        let reply = client::once(url, "POST", &path, "application/json", body.as_bytes()).await.unwrap();
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json["id"].as_str().unwrap().to_owned()
    };
    let project = post("/api/projects".to_owned()).await;
    post(format!("/api/projects/{project}/categories")).await
}

/// A file of so many entries of one project.
fn import_of(project: &str, entries: usize) -> String {
    let header =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n";
    let line = |n: usize| {
        let (day, minute) = (n / 1_000 + 1, n % 1_000);
        let at = |minute: usize| format!("2026-01-{day:02},{:02}:{:02}:00", minute / 60, minute % 60);
        format!("Me,me@example.com,,{project},,Line {n},No,{},{},00:01:00,\n", at(minute), at(minute + 1))
    };
    (0..entries).fold(header.to_owned(), |file, n| file + &line(n))
}

/// Imports a file.
async fn import(url: &str, file: &str) -> io::Result<Reply> {
    let boundary = "a-line-that-no-file-has";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"toggl.csv\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--{boundary}--\r\n"
    );
    let content_type = format!("multipart/form-data; boundary={boundary}");
    client::once(url, "POST", "/api/imports", &content_type, body.as_bytes()).await
}
