//! Bad input of every kind, for every operation of the OpenAPI document: the answer is a 4xx in the envelope that names
//! what is wrong, and the database stays as it was.

mod bodies;
mod fields;
mod headers;
mod paths;
mod queries;
mod size;

use clockwork_core::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;

/// An app with one of everything.
struct Fixture {
    app: TestApp,
    project: String,
    category: String,
    client: String,
    tag: String,
    entry: String,
    member: String,
    invitation: String,
    rate: String,
    budget: String,
    saved: String,
    schedule: String,
    currency: String,
    before: Vec<(String, Vec<String>)>,
}

/// An operation of the document, in its short form.
struct Operation {
    method: Method,
    path: String,
    description: Value,
}

impl Operation {
    /// The schema of its JSON body, if it takes one.
    fn body(&self, document: &Value) -> Option<Value> {
        let schema = &self.description["requestBody"]["content"]["application/json"]["schema"];
        schema.is_object().then(|| resolved(document, schema).clone())
    }

    /// Its parameters in a place: `path`, `query` or `header`.
    fn parameters(&self, place: &str) -> Vec<&Value> {
        self.description["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == place).collect()
    }
}

fn document() -> Value {
    serde_json::to_value(clockwork_server::openapi::document()).unwrap()
}

/// A schema, or what it refers to.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let reference = schema["$ref"].as_str().or_else(|| {
        let options = schema["oneOf"].as_array()?;
        options.iter().find_map(|option| option["$ref"].as_str())
    });
    reference.and_then(|reference| document.pointer(reference.strip_prefix('#')?)).unwrap_or(schema)
}

/// All operations; those of the long form are the same code.
fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap().iter();
    let short = paths.filter(|(path, _)| !path.starts_with("/api/workspaces/"));
    let operations = short.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, description)| Operation {
            method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
            path: path.clone(),
            description: description.clone(),
        })
    });
    operations.collect()
}

impl Fixture {
    async fn new() -> Self {
        let app = TestApp::spawn().await;
        let client = app.post("/api/clients", json!({"name": "Client"})).await.created().id();
        let project = app.project("Project").await;
        let category = app.category(&project, "Category").await;
        let tag = app.tag("Tag").await;
        let entry = app.entry(&category, 0, 60).await;
        let currency = app.post("/api/currencies", json!({"currency": "EUR", "clientId": client})).await.created().id();
        let rate = json!({"kind": "cost", "hourly": "50", "validFrom": "2026-01-01"});
        let rate = app.post("/api/rates", rate).await.created().id();
        let budget = json!({"clientId": client, "measure": "time", "period": "month", "durationSeconds": 3600});
        let budget = app.post("/api/budgets", budget).await.created().id();
        let saved = app.post("/api/saved-reports", json!({"name": "Saved", "query": ""})).await.created().id();
        let member = app.add_member(Role::Member).await.user().to_string();
        app.execute(&format!("UPDATE users SET email = 'member@example.org' WHERE id = '{member}'")).await;
        let schedule =
            json!({"format": "pdf", "every": "day", "time": "08:00", "timeZone": "UTC", "recipientIds": [member]});
        let schedules = format!("/api/saved-reports/{saved}/schedules");
        let schedule = app.post(&schedules, schedule).await.created().id();
        let body = json!({"email": "invited@example.org", "role": "member"});
        let invited = app.post("/api/invitations", body).await.created();
        let invitation = invited.json["invitation"]["id"].as_str().unwrap().to_owned();
        let before = app.contents().await;
        Self {
            app,
            project,
            category,
            client,
            tag,
            entry,
            member,
            invitation,
            rate,
            budget,
            saved,
            schedule,
            currency,
            before,
        }
    }

    /// A path with the ids of what there is, so that nothing is wrong with it.
    fn filled(&self, path: &str) -> String {
        let ids = [
            ("{projectId}", &self.project),
            ("{categoryId}", &self.category),
            ("{clientId}", &self.client),
            ("{tagId}", &self.tag),
            ("{entryId}", &self.entry),
            ("{memberId}", &self.member),
            ("{userId}", &self.member),
            ("{jobId}", &self.entry),
            ("{workspaceId}", &self.entry),
            ("{sessionId}", &self.entry),
            ("{tokenId}", &self.entry),
            ("{invitationId}", &self.invitation),
            ("{rateId}", &self.rate),
            ("{budgetId}", &self.budget),
            ("{savedReportId}", &self.saved),
            ("{reportLinkId}", &self.entry),
            ("{reportScheduleId}", &self.schedule),
            ("{currencyId}", &self.currency),
        ];
        ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }

    /// A good value for a field.
    fn good(&self, field: &str) -> Value {
        match field {
            "name" => json!("Good"),
            "role" => json!("member"),
            "categoryId" => json!(self.category),
            "startedAt" => json!("2026-03-02T12:00:00Z"),
            "stoppedAt" => json!("2026-03-02T13:00:00Z"),
            "at" => json!("2026-03-02T09:30:00Z"),
            "ids" => json!([self.entry]),
            "categoryIds" => json!([self.category]),
            "categories" => json!([{"name": format!("Good {}", fastrand::u64(..))}]),
            "changes" => json!({}),
            "email" => json!("ada@example.org"),
            "password" => json!("correct horse battery staple"),
            "token" => json!("a-token"),
            "code" => json!("123456"),
            "scope" => json!("read"),
            "provider" => json!("corp"),
            "currency" => json!("EUR"),
            "kind" => json!("billable"),
            "query" => json!("groupBy=project"),
            "measure" => json!("time"),
            "period" => json!("total"),
            "hourly" => json!("85.50"),
            "price" => json!("1200"),
            "projectId" => json!(self.project),
            "format" => json!("pdf"),
            "every" => json!("day"),
            "time" => json!("08:00"),
            "timeZone" => json!("Europe/Berlin"),
            "recipientIds" => json!([self.member]),
            "memberId" => json!(self.member),
            other => panic!("a new required field, {other}, wants an example here"),
        }
    }

    /// A body with all required fields, and nothing wrong.
    fn good_body(&self, schema: &Value) -> Value {
        let required = schema["required"].as_array().into_iter().flatten().map(|field| field.as_str().unwrap());
        Value::Object(required.map(|field| (field.to_owned(), self.good(field))).collect())
    }

    async fn assert_unchanged(&self, after: &str) {
        assert_eq!(self.app.contents().await, self.before, "{after}");
    }
}
