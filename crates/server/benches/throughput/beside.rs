//! Another server with the same API, on the same PostgreSQL.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::{Value, json};

use super::clockwork::Callers;
use super::compare::Contender;
use super::http::Connection;
use super::load::Person;
use super::program::Program;
use super::{BESIDE_FLOORS, Run, compare_all, start_clockwork, start_postgres};

/// Compares Clockwork with another program. That one has one user, so its clients share a timer; Clockwork's are
/// different people.
pub(crate) async fn beside_program(
    run: &Run,
    program: PathBuf,
    migrations: Option<PathBuf>,
    reset: String,
) -> anyhow::Result<bool> {
    let postgres = start_postgres(run, None).await?;
    let ours = start_clockwork(&postgres, "clockwork", "ours", Callers::Named, &[]).await?;
    let database_url = postgres.empty("theirs").await?;
    let migrations = migrations.map(|directory| directory.canonicalize()).transpose()?;
    let migrations = migrations.as_deref().and_then(|directory| directory.to_str()).unwrap_or_default();
    let settings = [("DB_AUTO_MIGRATE", "true"), ("MIGRATIONS_DIR", migrations), ("ENV", "production")];
    let path = program.canonicalize().with_context(|| program.display().to_string())?;
    let program = Program::start(path, &[], &database_url, &settings).await?;
    let category = make_category(&program.address).await?;
    let theirs = Contender {
        name: "the other".to_owned(),
        program,
        database_url,
        reset,
        clients: Box::new(move |count| vec![vec![Person { identity: None, category: category.clone() }]; count]),
        shared_timer: true,
    };
    // The other one knows no keys.
    compare_all(&postgres, [ours, theirs], run, &run.cases(&[1, 64], &[false]), &BESIDE_FLOORS).await
}

/// Makes a project with a category through the API, and returns the category's id.
async fn make_category(address: &str) -> anyhow::Result<String> {
    let mut connection = Connection::open(address).await?;
    let mut post = async |path: &str, body: Value| -> anyhow::Result<String> {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, answer) = connection.send(request.as_bytes()).await?;
        let made: Value = serde_json::from_slice(answer).with_context(|| format!("{path} answered with {status}"))?;
        let id = made["id"].as_str();
        id.map(str::to_owned).with_context(|| format!("{path} answered with {status} and no id"))
    };
    let project = post("/api/projects", json!({"name": "Project"})).await?;
    post(&format!("/api/projects/{project}/categories"), json!({"name": "Category"})).await
}
