//! What probes ask. Outside of the workspace's API, without authentication, never cached, and never telling a driver's
//! words.
//!
//! Operations H1 to H4. Several systems' paths lead to the same answers, so that each finds the one it expects.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use clockwork_core::build_info;
use clockwork_core::operations::health::{self, Check, Report};
use clockwork_core::probe;
use clockwork_core::values::time_zone;
use serde::Serialize;

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Mounts the probes. Called before everything else: `/api/health` is no part of the workspace's API.
pub fn configure(config: &mut web::ServiceConfig) {
    let probe = |path: &str| web::resource(path.to_owned()).default_service(web::to(refuse_method));
    config
        .service(probe(probe::LIVE).route(web::get().to(get_live)))
        .service(probe("/health/live").route(web::get().to(get_live)))
        .service(probe("/health").route(web::get().to(get_health)))
        .service(probe(probe::READY).route(web::get().to(get_ready)))
        .service(probe("/health/ready").route(web::get().to(get_ready)))
        .service(probe("/ready").route(web::get().to(get_ready_in_words)))
        .service(probe("/health/startup").route(web::get().to(get_startup)))
        .service(probe("/healthz").route(web::get().to(get_healthz)))
        .service(probe("/api/health").route(web::get().to(get_healthz)));
}

/// A process, as seen from itself.
#[derive(Serialize)]
struct ProcessView {
    status: &'static str,
    version: &'static str,
    /// The commit, and its time; unknown outside of releases.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<&'static str>,
    /// The release of the IANA time zone database that decides, such as `2026f`.
    time_zone_rules: &'static str,
    timestamp: String,
    uptime_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<BTreeMap<&'static str, CheckView>>,
}

#[derive(Serialize)]
struct CheckView {
    status: &'static str,
    latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The answer that clients of the first Clockwork know.
#[derive(Serialize)]
struct HealthzView {
    ok: bool,
    db: &'static str,
    time: String,
}

impl ProcessView {
    fn new(state: &AppState, status: &'static str) -> Self {
        Self {
            status,
            version: build_info::VERSION,
            revision: build_info::REVISION,
            created: build_info::CREATED,
            time_zone_rules: time_zone::rules(),
            timestamp: timestamp(state.clock.now()),
            uptime_seconds: state.health.uptime().as_secs(),
            error: None,
            checks: None,
        }
    }
}

impl CheckView {
    fn new(check: &Check) -> Self {
        Self {
            status: if check.error.is_none() { "up" } else { "down" },
            latency_ms: milliseconds(check.latency),
            error: check.error.clone(),
        }
    }
}

async fn get_live(req: HttpRequest) -> ApiResult<HttpResponse> {
    Ok(answer(true, &ProcessView::new(AppState::of(&req)?, "alive")))
}

async fn get_health(req: HttpRequest) -> ApiResult<HttpResponse> {
    Ok(answer(true, &ProcessView::new(AppState::of(&req)?, "ok")))
}

async fn get_ready(req: HttpRequest) -> ApiResult<HttpResponse> {
    let state = AppState::of(&req)?;
    let readiness = Readiness::of(state).await;
    let status = match &readiness {
        Readiness { draining: true, .. } => "draining",
        Readiness { report, .. } if report.is_ready() => "ready",
        Readiness { .. } => "degraded",
    };
    Ok(answer(readiness.is_ready(), &readiness.view(state, status)))
}

/// Like [`get_ready`] in the words of another system: `not ready`, and why, in one place.
async fn get_ready_in_words(req: HttpRequest) -> ApiResult<HttpResponse> {
    let state = AppState::of(&req)?;
    let readiness = Readiness::of(state).await;
    let mut view = readiness.view(state, if readiness.is_ready() { "ready" } else { "not ready" });
    view.error = if readiness.draining {
        Some("the server is shutting down".to_owned())
    } else {
        readiness.report.failed().map(in_words)
    };
    Ok(answer(readiness.is_ready(), &view))
}

async fn get_startup(req: HttpRequest) -> ApiResult<HttpResponse> {
    let state = AppState::of(&req)?;
    let started = state.health.has_started().await;
    Ok(answer(started, &ProcessView::new(state, if started { "started" } else { "starting" })))
}

async fn get_healthz(req: HttpRequest) -> ApiResult<HttpResponse> {
    let state = AppState::of(&req)?;
    let ok = state.health.report().await.has_database();
    let view = HealthzView { ok, db: if ok { "up" } else { "down" }, time: timestamp(state.clock.now()) };
    Ok(answer(ok, &view))
}

/// What is wrong, in one line. The message about migrations needs no introduction.
fn in_words(check: &Check) -> String {
    let error = check.error.as_deref().unwrap_or_default();
    if check.name == health::MIGRATIONS { error.to_owned() } else { format!("{}: {error}", check.name) }
}

async fn refuse_method() -> ApiResult<HttpResponse> {
    Err(ApiError::method_not_allowed("GET, HEAD".to_owned()))
}

struct Readiness {
    draining: bool,
    report: Arc<Report>,
}

impl Readiness {
    async fn of(state: &AppState) -> Self {
        Self { draining: state.health.is_draining(), report: state.health.report().await }
    }

    fn is_ready(&self) -> bool {
        !self.draining && self.report.is_ready()
    }

    fn view(&self, state: &AppState, status: &'static str) -> ProcessView {
        let checks = self.report.checks.iter().map(|check| (check.name, CheckView::new(check))).collect();
        ProcessView { checks: Some(checks), ..ProcessView::new(state, status) }
    }
}

fn answer(well: bool, view: &impl Serialize) -> HttpResponse {
    HttpResponse::build(if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE })
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(view)
}

fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// To the microsecond: more digits say nothing about a network.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}
