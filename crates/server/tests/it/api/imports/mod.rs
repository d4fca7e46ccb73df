//! `/api/imports`

mod again;
mod budget;
mod command;
mod lines;
mod people;
mod refusals;
mod report;
mod team;
mod zones;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::harness::{Answer, As, SentAs, TestApp};

/// Toggl's classic header.
const HEADER: &str =
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n";

/// A classic export of these rows.
pub(crate) fn classic(rows: &[&str]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}

/// Sends a file with these fields before it.
pub(super) async fn import(app: &TestApp, fields: &[(&'static str, &str)], file: impl Into<Vec<u8>>) -> Answer {
    let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, (*value).to_owned()));
    send(app, form.part("file", Part::bytes(file.into()).file_name("toggl.csv"))).await
}

/// The same, of another caller than the built-in user.
pub(crate) async fn import_as(sender: As<'_>, fields: &[(&'static str, &str)], file: impl Into<Vec<u8>>) -> Answer {
    let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, (*value).to_owned()));
    let form = form.part("file", Part::bytes(file.into()).file_name("toggl.csv"));
    sender.app.send(sender.app.request(Method::POST, "/api/imports").sent_as(sender.caller).multipart(form)).await
}

async fn send(app: &TestApp, form: Form) -> Answer {
    app.send(app.request(Method::POST, "/api/imports").multipart(form)).await
}

/// `[created, unchanged, skipped]`
fn entries(answer: &Answer) -> [u64; 3] {
    let entries = &answer.json["entries"];
    ["created", "unchanged", "skipped"].map(|field| entries[field].as_u64().unwrap())
}

/// How much of everything there is: entries, tags on entries, clients, projects, categories, tags.
async fn rows(app: &TestApp) -> [i64; 6] {
    let tables = ["time_entries", "time_entry_tags", "clients", "projects", "categories", "tags"];
    let mut counts = [0; 6];
    for (count, table) in counts.iter_mut().zip(tables) {
        *count = app.count(&format!("SELECT count(*) FROM {table}")).await;
    }
    counts
}

/// `line column code severity` of every listed problem.
fn problems(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let problem =
        |p: &Value| format!("{} {} {} {}", p["line"], text(&p["column"]), text(&p["code"]), text(&p["severity"]));
    report["problems"].as_array().unwrap().iter().map(problem).collect()
}
