//! The yardstick: starts and stops a timer as fast as a good programmer would make it who promises nothing else.
//!
//! actix-web, tokio-postgres and a pool of the same size as Clockwork's, on the schema of `yardstick.sql`. There are
//! two of them:
//!
//! - [`Form::Transactions`] is what is usually written: BEGIN, stop what runs, insert, COMMIT for a start, and one
//!   statement for a stop; five in all. With a key, the answer is one more statement in the same transaction.
//! - [`Form::Statements`] is the least that PostgreSQL can be asked: each request is one statement and thereby one
//!   transaction, which also stores the answer under the key.
//!
//! Every statement is prepared once for each connection. Both are correct when two requests of a person meet: the
//! partial unique index admits one running entry, and the one that loses tries again. A repeated key violates the
//! primary key of the stored answers, which undoes the effect, and the stored answer is sent.
//!
//! What it does not do, and Clockwork does: check that a project or category is archived, tell what overlaps, count
//! revisions, log what has changed for live updates, keep workspaces apart, compare a repeated request with the first,
//! log and count requests, limit rates, set security headers.

use std::str::FromStr;

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::web::{Data, Json};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError, post};
use chrono::{DateTime, Utc};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use serde::Deserialize;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};
use uuid::Uuid;

use super::people;

/// The argument that makes the benchmark's binary the yardstick.
pub(crate) const ARGUMENT: &str = "serve-yardstick";

pub(crate) const SCHEMA: &str = include_str!("yardstick.sql");

/// The argument behind it that chooses [`Form::Statements`].
pub(crate) const ONE_STATEMENT: &str = "--one-statement";

/// What a request sends to the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A transaction of some statements.
    Transactions,
    /// One statement, whatever it has to do.
    Statements,
}

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
const INSERT: &str = concat!(
    "INSERT INTO entries (id, user_id, category_id, started_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING ",
    json!()
);
const STOP_RUNNING: &str = concat!(stop!(), "stopped_at");
const STORE: &str = "INSERT INTO answers (user_id, key, status, body) VALUES ($1, $2, $3, $4)";
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
pub(crate) async fn serve(form: Form) -> anyhow::Result<()> {
    let config = tokio_postgres::Config::from_str(&super::variable("DATABASE_URL")?)?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let pool = Pool::builder(Manager::from_config(config, NoTls, recycling)).max_size(POOL_SIZE).build()?;
    let (pool, form) = (Data::new(pool), Data::new(form));
    let address = format!("{}:{}", super::variable("HOST")?, super::variable("PORT")?);
    HttpServer::new(move || App::new().app_data(pool.clone()).app_data(form.clone()).service(start).service(stop))
        .bind(address)?
        .run()
        .await?;
    Ok(())
}

#[post("/api/time/start")]
async fn start(
    pool: Data<Pool>,
    form: Data<Form>,
    request: HttpRequest,
    Json(body): Json<Start>,
) -> Result<HttpResponse, Failure> {
    let user = people::user_of(&request).ok_or(Failure::Request)?;
    let (id, now) = (Uuid::now_v7(), clockwork_core::values::clock::now());
    answer(&pool, **form, &request, Effect::Start { user, id, category: body.category_id, now }).await
}

#[post("/api/time/stop")]
async fn stop(pool: Data<Pool>, form: Data<Form>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let user = people::user_of(&request).ok_or(Failure::Request)?;
    answer(&pool, **form, &request, Effect::Stop { user, now: clockwork_core::values::clock::now() }).await
}

/// What a request is to do.
enum Effect {
    Start { user: Uuid, id: Uuid, category: Uuid, now: DateTime<Utc> },
    Stop { user: Uuid, now: DateTime<Utc> },
}

impl Effect {
    const fn user(&self) -> Uuid {
        match self {
            Self::Start { user, .. } | Self::Stop { user, .. } => *user,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Start { .. } => StatusCode::CREATED,
            Self::Stop { .. } => StatusCode::OK,
        }
    }

    /// Has the effect, and returns the answer; `None` if nothing ran that could be stopped.
    async fn happen(
        &self,
        conn: &mut Object,
        form: Form,
        key: Option<&str>,
    ) -> Result<Option<String>, tokio_postgres::Error> {
        let row = match form {
            Form::Statements => self.in_one_statement(conn, key).await?,
            Form::Transactions => self.in_a_transaction(conn, key).await?,
        };
        Ok(row.map(|row| row.get(0)))
    }

    async fn in_one_statement(&self, conn: &Object, key: Option<&str>) -> Result<Option<Row>, tokio_postgres::Error> {
        let key = key.as_ref().map(|key| key as &(dyn ToSql + Sync));
        match self {
            Self::Start { user, id, category, now } => {
                let statement = conn.prepare_cached(if key.is_some() { START_ONCE } else { START }).await?;
                let values: [&(dyn ToSql + Sync); 4] = [user, now, id, category];
                conn.query_opt(&statement, &values.into_iter().chain(key).collect::<Vec<_>>()).await
            }
            Self::Stop { user, now } => {
                let statement = conn.prepare_cached(if key.is_some() { STOP_ONCE } else { STOP }).await?;
                let values: [&(dyn ToSql + Sync); 2] = [user, now];
                conn.query_opt(&statement, &values.into_iter().chain(key).collect::<Vec<_>>()).await
            }
        }
    }

    async fn in_a_transaction(
        &self,
        conn: &mut Object,
        key: Option<&str>,
    ) -> Result<Option<Row>, tokio_postgres::Error> {
        if let (Self::Stop { user, now }, None) = (self, key) {
            let statement = conn.prepare_cached(STOP).await?;
            return conn.query_opt(&statement, &[user, now]).await;
        }
        let transaction = conn.transaction().await?;
        let row = match self {
            Self::Start { user, id, category, now } => {
                let statement = transaction.prepare_cached(STOP_RUNNING).await?;
                let stopped = transaction.query_opt(&statement, &[user, now]).await?;
                let started: DateTime<Utc> = stopped.map_or(*now, |row| row.get(0));
                let insert = transaction.prepare_cached(INSERT).await?;
                transaction.query_opt(&insert, &[id, user, category, &started, now]).await?
            }
            Self::Stop { user, now } => {
                let statement = transaction.prepare_cached(STOP).await?;
                transaction.query_opt(&statement, &[user, now]).await?
            }
        };
        if let (Some(key), Some(row)) = (key, &row) {
            let store = transaction.prepare_cached(STORE).await?;
            let status = i16::try_from(self.status().as_u16()).unwrap_or_default();
            transaction.execute(&store, &[&self.user(), &key, &status, &row.get::<_, &str>(0)]).await?;
        }
        transaction.commit().await?;
        Ok(row)
    }
}

/// Does what a request asks for, once for each of its keys.
async fn answer(pool: &Pool, form: Form, request: &HttpRequest, effect: Effect) -> Result<HttpResponse, Failure> {
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
    let mut conn = pool.get().await?;
    for attempt in 1.. {
        let error = match effect.happen(&mut conn, form, key).await {
            Ok(Some(body)) => return Ok(respond(effect.status(), body)),
            Ok(None) => return Err(Failure::NoTimer),
            Err(error) => error,
        };
        let constraint = error.as_db_error().and_then(|error| error.constraint());
        match (error.code(), constraint, key) {
            (Some(&SqlState::UNIQUE_VIOLATION), Some("answers_pkey"), Some(key)) => {
                let find = conn.prepare_cached(FIND).await?;
                let row = conn.query_one(&find, &[&effect.user(), &key]).await?;
                let status =
                    u16::try_from(row.get::<_, i16>(1)).ok().and_then(|status| StatusCode::from_u16(status).ok());
                return Ok(respond(status.unwrap_or(StatusCode::OK), row.get(0)));
            }
            (Some(&SqlState::UNIQUE_VIOLATION), Some("one_running_per_user"), _) if attempt < ATTEMPTS => {}
            (Some(&SqlState::FOREIGN_KEY_VIOLATION), ..) => return Err(Failure::Request),
            _ => return Err(error.into()),
        }
    }
    unreachable!("the loop ends by returning")
}

fn respond(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::json()).body(body)
}
