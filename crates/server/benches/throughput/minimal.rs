//! The yardstick: actix-web and tokio-postgres with nothing between them. It sends PostgreSQL the statements that Clockwork sends for the same
//! requests, prepared once for each connection, and answers with the same JSON; it checks nothing, logs nothing and knows no errors.

use std::str::FromStr;

use actix_web::web::{Data, Json, Query};
use actix_web::{App, HttpResponse, HttpServer, get, post};
use chrono::{DateTime, Utc};
use clockwork_core::ids::TimeEntryId;
use clockwork_core::workspaces::BUILT_IN_CALLER;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use serde::{Deserialize, Serialize};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};
use uuid::Uuid;

/// What makes the benchmark's binary serve instead of measure.
pub(crate) const ARGUMENT: &str = "minimal";

const LOCK: &str = r#"SELECT "users"."id" FROM "users" WHERE ("users"."id" = $1) LIMIT $2 FOR NO KEY UPDATE"#;
const DESTINATION: &str = "WITH RECURSIVE branch AS (
    SELECT project_id, parent_category_id, archived_at FROM categories WHERE workspace_id = $1 AND id = $2
    UNION ALL
    SELECT c.project_id, c.parent_category_id, c.archived_at FROM categories c JOIN branch b ON c.id = b.parent_category_id
) SELECT $2 AS category_id, p.id AS project_id, p.billable, p.archived_at IS NOT NULL AS project_archived,
         bool_or(b.archived_at IS NOT NULL) AS branch_archived
  FROM branch b JOIN projects p ON p.id = b.project_id GROUP BY p.id";
const STOP: &str = "UPDATE time_entries SET stopped_at = greatest(started_at, $1), updated_at = $2 WHERE user_id = $3 AND stopped_at IS NULL
    RETURNING workspace_id, id, stopped_at";
const INSERT: &str = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
    created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, DEFAULT, $7, $8, $9, $10)";
const OVERLAPPING: &str = "SELECT id FROM (
    SELECT id, started_at, stopped_at FROM time_entries
    WHERE workspace_id = $1 AND user_id = $2 AND duration_seconds < 86400 AND stopped_at > started_at
      AND started_at > coalesce($3::timestamptz, '-infinity') - interval '1 day' AND started_at <= coalesce($4::timestamptz, 'infinity')
      AND stopped_at > coalesce($3::timestamptz, '-infinity')
    UNION ALL
    SELECT id, started_at, stopped_at FROM time_entries
    WHERE workspace_id = $1 AND user_id = $2 AND duration_seconds >= 86400
      AND started_at <= coalesce($4::timestamptz, 'infinity') AND stopped_at > coalesce($3::timestamptz, '-infinity')
    UNION ALL
    SELECT id, started_at, $5::timestamptz FROM time_entries
    WHERE workspace_id = $1 AND user_id = $2 AND stopped_at IS NULL
      AND started_at < $5::timestamptz AND started_at <= coalesce($4::timestamptz, 'infinity') AND $5::timestamptz > coalesce($3::timestamptz, '-infinity')
) AS other WHERE id <> $6 AND started_at < $4::timestamptz ORDER BY started_at DESC, id DESC LIMIT $7";

/// The columns of an entry, with a condition behind them.
macro_rules! entry {
    ($condition:literal) => {
        concat!(
            "SELECT id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, duration_seconds, description, billable, \
             created_at, updated_at, revision, ARRAY(SELECT t.tag_id FROM time_entry_tags t WHERE t.workspace_id = time_entries.workspace_id \
             AND t.time_entry_id = time_entries.id ORDER BY t.tag_id) FROM time_entries WHERE ",
            $condition
        )
    };
}
const ONE: &str = entry!("workspace_id = $1 AND user_id = $2 AND id = $3 LIMIT $4");
const RUNNING: &str = entry!("user_id = $1 AND stopped_at IS NULL LIMIT $2");
const LIST: &str = entry!("workspace_id = $1 AND user_id = $2 ORDER BY started_at DESC, id DESC LIMIT $3");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: Uuid,
    category_id: Uuid,
    project_id: Uuid,
    started_at: DateTime<Utc>,
    stopped_at: Option<DateTime<Utc>>,
    duration_seconds: Option<i64>,
    description: String,
    tag_ids: Vec<Uuid>,
    billable: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overlaps: Option<Vec<Uuid>>,
}

impl From<&Row> for Entry {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get(0),
            project_id: row.get(3),
            category_id: row.get(4),
            started_at: row.get(5),
            stopped_at: row.get(6),
            duration_seconds: row.get(7),
            description: row.get(8),
            billable: row.get(9),
            created_at: row.get(10),
            updated_at: row.get(11),
            tag_ids: row.get(13),
            overlaps: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    category_id: Uuid,
}

#[derive(Deserialize)]
struct Page {
    limit: i64,
}

/// Serves where the environment says, until it is told to stop.
pub(crate) async fn serve() {
    let variable = |name| std::env::var(name).unwrap();
    let config = tokio_postgres::Config::from_str(&variable("DATABASE_URL")).unwrap();
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    // As many connections as Clockwork has unless told otherwise.
    let pool = Pool::builder(Manager::from_config(config, NoTls, recycling)).max_size(25).build().unwrap();
    let pool = Data::new(pool);
    let address = format!("{}:{}", variable("HOST"), variable("PORT"));
    HttpServer::new(move || {
        App::new().app_data(pool.clone()).service(start).service(stop).service(active).service(entries)
    })
    .bind(address)
    .unwrap()
    .run()
    .await
    .unwrap();
}

/// Sends a statement that is prepared once for each connection.
async fn query(conn: &Object, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
    let statement = conn.prepare_cached(sql).await.unwrap();
    conn.query(&statement, values).await.unwrap()
}

#[post("/api/time/start")]
async fn start(pool: Data<Pool>, Json(body): Json<Start>) -> HttpResponse {
    let (workspace, user) = caller();
    let conn = pool.get().await.unwrap();
    let (id, now) = (TimeEntryId::new().into(), now());
    conn.batch_execute("BEGIN").await.unwrap();
    query(&conn, LOCK, &[&user, &1_i64]).await;
    let place = query(&conn, DESTINATION, &[&workspace, &body.category_id]).await;
    let stopped = query(&conn, STOP, &[&now, &now, &user]).await;
    let started_at = stopped.first().map_or(now, |row| row.get(2));
    let (project, billable): (Uuid, bool) = (place[0].get(1), place[0].get(2));
    query(
        &conn,
        INSERT,
        &[&id, &workspace, &user, &project, &body.category_id, &started_at, &"", &billable, &now, &now],
    )
    .await;
    let entry = Entry { overlaps: Some(Vec::new()), ..one(&conn, id).await };
    conn.batch_execute("COMMIT").await.unwrap();
    HttpResponse::Created().json(entry)
}

#[post("/api/time/stop")]
async fn stop(pool: Data<Pool>) -> HttpResponse {
    let (workspace, user) = caller();
    let conn = pool.get().await.unwrap();
    let now = now();
    conn.batch_execute("BEGIN").await.unwrap();
    query(&conn, LOCK, &[&user, &1_i64]).await;
    let stopped = query(&conn, STOP, &[&now, &now, &user]).await;
    let Some(stopped) = stopped.first() else {
        conn.batch_execute("ROLLBACK").await.unwrap();
        return HttpResponse::Conflict().finish();
    };
    let mut entry = one(&conn, stopped.get(1)).await;
    let (from, to) = (entry.started_at, entry.stopped_at.unwrap_or(now));
    let overlaps = if from < to {
        query(&conn, OVERLAPPING, &[&workspace, &user, &from, &to, &now, &entry.id, &100_i64]).await
    } else {
        Vec::new()
    };
    entry.overlaps = Some(overlaps.iter().map(|row| row.get(0)).collect());
    conn.batch_execute("COMMIT").await.unwrap();
    HttpResponse::Ok().json(entry)
}

#[get("/api/time/active")]
async fn active(pool: Data<Pool>) -> HttpResponse {
    let conn = pool.get().await.unwrap();
    let rows = query(&conn, RUNNING, &[&caller().1, &1_i64]).await;
    HttpResponse::Ok().json(rows.first().map(Entry::from))
}

#[get("/api/time/entries")]
async fn entries(pool: Data<Pool>, Query(page): Query<Page>) -> HttpResponse {
    let (workspace, user) = caller();
    let conn = pool.get().await.unwrap();
    // One more than asked for tells whether there is a next page.
    let mut rows = query(&conn, LIST, &[&workspace, &user, &(page.limit + 1)]).await;
    rows.truncate(usize::try_from(page.limit).unwrap());
    HttpResponse::Ok().json(rows.iter().map(Entry::from).collect::<Vec<_>>())
}

async fn one(conn: &Object, id: Uuid) -> Entry {
    let (workspace, user) = caller();
    Entry::from(&query(conn, ONE, &[&workspace, &user, &id, &1_i64]).await[0])
}

fn caller() -> (Uuid, Uuid) {
    (BUILT_IN_CALLER.workspace.into(), BUILT_IN_CALLER.user.into())
}

fn now() -> DateTime<Utc> {
    clockwork_core::clock::now()
}
