//! The yardstick: starts and stops a timer as fast as a good programmer would make it who promises nothing else.
//!
//! actix-web, tokio-postgres and a pool of the same size as Clockwork's, on the schema of `yardstick.sql`. A request is one statement, sent
//! once and prepared once for each connection, and so is its transaction: PostgreSQL needs no BEGIN and no COMMIT for it. It is correct when two requests
//! of a person meet: the partial unique index admits one running entry, and the one that loses tries again.
//!
//! With a key, the answer is stored by the same statement, so both are committed or neither is. A repeated key violates the primary key,
//! which undoes the effect, and the stored answer is sent. That is as cheap as it gets: one more row and one more index entry.
//!
//! What it does not do, and Clockwork does: check that a project or category is archived, tell what overlaps, count revisions, log what has changed for live
//! updates, keep workspaces apart, compare a repeated request with the first, log and count requests, limit rates, set security headers.

use std::str::FromStr;

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{Data, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError, post};
use chrono::{DateTime, Utc};
use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod};
use serde::Deserialize;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};
use uuid::Uuid;

use super::people;

/// The argument that makes the benchmark's binary the yardstick.
pub(crate) const ARGUMENT: &str = "serve-yardstick";

pub(crate) const SCHEMA: &str = include_str!("yardstick.sql");

/// As many connections as Clockwork has unless it is configured otherwise.
const POOL_SIZE: usize = 25;
/// How often a request is tried that meets another one of the same person.
const ATTEMPTS: usize = 5;

/// What is written of an entry, as text, in an SQL statement.
macro_rules! json {
    () => {
        "json_build_object('id', id, 'categoryId', category_id, 'startedAt', started_at, 'stoppedAt', stopped_at, \
         'durationSeconds', floor(extract(epoch FROM stopped_at - started_at))::bigint, 'description', description, \
         'billable', billable, 'createdAt', created_at, 'updatedAt', updated_at)::text"
    };
}
macro_rules! stop {
    () => {
        "UPDATE entries SET stopped_at = greatest(started_at, $2), updated_at = $2 WHERE user_id = $1 AND stopped_at IS NULL RETURNING "
    };
}
macro_rules! start {
    () => {
        "INSERT INTO entries (id, user_id, category_id, started_at, created_at, updated_at)
         SELECT $3, $1, $4, coalesce((SELECT stopped_at FROM stopped), $2), $2, $2 RETURNING "
    };
}

const START: &str = concat!("WITH stopped AS (", stop!(), "stopped_at) ", start!(), json!());
const STOP: &str = concat!(stop!(), json!());
const START_ONCE: &str = concat!(
    "WITH stopped AS (",
    stop!(),
    "stopped_at), made AS (",
    start!(),
    json!(),
    " AS body) INSERT INTO answers (user_id, key, status, body) SELECT $1, $5, 201, body FROM made RETURNING body"
);
const STOP_ONCE: &str = concat!(
    "WITH made AS (",
    stop!(),
    json!(),
    " AS body) INSERT INTO answers (user_id, key, status, body) SELECT $1, $3, 200, body FROM made RETURNING body"
);
const FIND: &str = "SELECT body, status FROM answers WHERE user_id = $1 AND key = $2";

/// Why a request is answered with an error.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no connection: {0}")]
    Pool(#[from] PoolError),
    #[error("the database: {0}")]
    Database(#[from] tokio_postgres::Error),
    #[error("the request names no caller, or no category that exists")]
    Request,
    #[error("no timer runs")]
    NoTimer,
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Pool(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Request => StatusCode::BAD_REQUEST,
            Self::NoTimer => StatusCode::CONFLICT,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    category_id: Uuid,
}

/// Serves where the environment says, until the process is told to stop.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let config = tokio_postgres::Config::from_str(&super::variable("DATABASE_URL")?)?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let pool = Pool::builder(Manager::from_config(config, NoTls, recycling)).max_size(POOL_SIZE).build()?;
    let pool = Data::new(pool);
    let address = format!("{}:{}", super::variable("HOST")?, super::variable("PORT")?);
    HttpServer::new(move || App::new().app_data(pool.clone()).service(start).service(stop))
        .bind(address)?
        .run()
        .await?;
    Ok(())
}

#[post("/api/time/start")]
async fn start(pool: Data<Pool>, request: HttpRequest, Json(body): Json<Start>) -> Result<HttpResponse, Failure> {
    let user = people::user_of(&request).ok_or(Failure::Request)?;
    let (id, now) = (Uuid::now_v7(), clockwork_core::values::clock::now());
    let values: [&(dyn ToSql + Sync); 4] = [&user, &now, &id, &body.category_id];
    answer(&pool, &request, user, START, START_ONCE, &values, StatusCode::CREATED).await
}

#[post("/api/time/stop")]
async fn stop(pool: Data<Pool>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let user = people::user_of(&request).ok_or(Failure::Request)?;
    let now: DateTime<Utc> = clockwork_core::values::clock::now();
    answer(&pool, &request, user, STOP, STOP_ONCE, &[&user, &now], StatusCode::OK).await
}

/// Runs `plain`, or `once` when the request has a key.
async fn answer(
    pool: &Pool,
    request: &HttpRequest,
    user: Uuid,
    plain: &str,
    once: &str,
    values: &[&(dyn ToSql + Sync)],
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    let conn = pool.get().await?;
    let statement = conn.prepare_cached(if key.is_some() { once } else { plain }).await?;
    let values: Vec<_> = values.iter().copied().chain(key.as_ref().map(|key| key as &(dyn ToSql + Sync))).collect();
    for attempt in 1.. {
        let error = match conn.query_opt(&statement, &values).await {
            Ok(Some(row)) => return Ok(respond(status, &row)),
            Ok(None) => return Err(Failure::NoTimer),
            Err(error) => error,
        };
        let constraint = error.as_db_error().and_then(|error| error.constraint());
        match (error.code(), constraint, key) {
            (Some(&SqlState::UNIQUE_VIOLATION), Some("answers_pkey"), Some(key)) => {
                let find = conn.prepare_cached(FIND).await?;
                let row = conn.query_one(&find, &[&user, &key]).await?;
                let status =
                    u16::try_from(row.get::<_, i16>(1)).ok().and_then(|status| StatusCode::from_u16(status).ok());
                return Ok(respond(status.unwrap_or(StatusCode::OK), &row));
            }
            (Some(&SqlState::UNIQUE_VIOLATION), Some("one_running_per_user"), _) if attempt < ATTEMPTS => {}
            (Some(&SqlState::FOREIGN_KEY_VIOLATION), ..) => return Err(Failure::Request),
            _ => return Err(error.into()),
        }
    }
    unreachable!("the loop ends by returning")
}

fn respond(status: StatusCode, row: &Row) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::json()).body(row.get::<_, String>(0))
}
