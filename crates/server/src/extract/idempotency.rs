//! `Idempotency-Key`: a POST that is sent twice has its effect once.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use clockwork_core::idempotency::{self, Answer, IdempotencyKey, Outcome};
use clockwork_core::models::timer_lock::{LockedTimer, Timers};
use clockwork_core::models::{KeyedAnswer, WrittenEntry};
use clockwork_core::tracking::entries::EntryError;
use diesel_async::AsyncPgConnection;
use sha2::{Digest, Sha256};

use super::json::BodyDigest;
use super::{Allowed, Representation};
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::state::AppState;

/// Longest key, in characters.
const KEY_MAX: usize = 255;

/// Says that an answer is not the first of its key.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A POST whose effect happens once per `Idempotency-Key`, when the request carries one.
#[derive(Clone, Debug)]
pub struct IdempotentRequest {
    request: HttpRequest,
    key: Option<String>,
}

impl FromRequest for IdempotentRequest {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key(req).map(|key| Self { request: req.clone(), key }))
    }
}

impl Describe for IdempotentRequest {
    fn describe(operation: &mut Description) {
        let about = "1 to 255 visible ASCII characters; the answer is stored and replayed for 24 hours";
        operation.header("Idempotency-Key", "^[!-~]{1,255}$", about);
        operation.code(ErrorCode::IdempotencyKeyReused);
    }
}

fn key(req: &HttpRequest) -> ApiResult<Option<String>> {
    let Some(value) = req.headers().get("Idempotency-Key") else { return Ok(None) };
    let sane = value
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
    sane.map(|key| Some(key.to_owned())).ok_or_else(|| {
        let message = format!("must be 1 to {KEY_MAX} visible ASCII characters");
        ApiError::field(ErrorCode::InvalidHeader, FieldError::format("Idempotency-Key", "ascii", message))
    })
}

impl IdempotentRequest {
    /// Runs `effect` in a transaction and answers with `status` and what it returns. With a key, effect and answer are
    /// committed together, and a repeated request is answered with what was stored. `effect` may run several times:
    /// after a deadlock it is run again.
    ///
    /// # Errors
    /// Those of `effect`; 409 `idempotency_key_reused` if the key belongs to another request; 503 if no connection is
    /// free or the database is unavailable.
    pub async fn run<N, T, E, F>(self, caller: Allowed<N>, status: StatusCode, effect: F) -> ApiResult<HttpResponse>
    where
        T: Representation,
        ApiError: From<E>,
        F: AsyncFn(&mut AsyncPgConnection) -> Result<T, E>,
    {
        let state = AppState::of(&self.request)?;
        let (key, now) = (self.key(), state.clock.now());
        let mut conn = state.db.conn().await?;
        let effect = async |conn: &mut AsyncPgConnection| answer(status, &effect(conn).await?);
        conclude(idempotency::run::<ApiError, _>(&mut conn, caller.caller().into(), key.as_ref(), now, effect).await?)
    }

    /// The same for an effect that needs timers locked.
    ///
    /// # Errors
    /// Those of [`Self::run`], and 503 if the lock of a timer is not free within `lock_timeout`.
    pub async fn run_with_timer<N, T, E, F>(
        self,
        timers: Timers<'_>,
        caller: Allowed<N>,
        status: StatusCode,
        effect: F,
    ) -> ApiResult<HttpResponse>
    where
        T: Representation,
        ApiError: From<E>,
        F: AsyncFn(&mut AsyncPgConnection, LockedTimer) -> Result<T, E>,
    {
        let state = AppState::of(&self.request)?;
        let (key, now) = (self.key(), state.clock.now());
        let mut conn = state.db.conn().await?;
        let effect = async |conn: &mut AsyncPgConnection, timer| answer(status, &effect(conn, timer).await?);
        let owner = caller.caller().into();
        let outcome =
            idempotency::run_with_timer::<ApiError, _>(&mut conn, timers, owner, key.as_ref(), now, effect).await?;
        conclude(outcome)
    }

    /// The same for an effect on the caller's timer that shows one entry, and is one statement where nothing is in its
    /// way: `at_once` tries that, and stores the answer itself.
    ///
    /// # Errors
    /// Those of [`Self::run_with_timer`] and of `at_once`.
    pub async fn run_at_once<N, T, E, F, S>(
        self,
        caller: Allowed<N>,
        status: StatusCode,
        at_once: S,
        effect: F,
    ) -> ApiResult<HttpResponse>
    where
        T: Representation + From<WrittenEntry>,
        ApiError: From<E>,
        S: AsyncFnOnce(&mut AsyncPgConnection, Option<KeyedAnswer<'_>>) -> Result<Option<WrittenEntry>, EntryError>,
        F: AsyncFn(&mut AsyncPgConnection, LockedTimer) -> Result<T, E>,
    {
        let state = AppState::of(&self.request)?;
        let (key, now) = (self.key(), state.clock.now());
        let code = i16::try_from(status.as_u16()).map_err(ApiError::internal)?;
        let keyed = key.as_ref().map(|key| KeyedAnswer { key, status: code });
        let mut conn = state.db.conn().await?;
        if let Some(written) = at_once(&mut conn, keyed).await? {
            return Ok(respond(answer(status, &T::from(written))?));
        }
        let effect = async |conn: &mut AsyncPgConnection, timer| answer(status, &effect(conn, timer).await?);
        match idempotency::run_with_timer::<ApiError, _>(
            &mut conn,
            Timers::Of(caller.user()),
            caller.caller().into(),
            key.as_ref(),
            now,
            effect,
        )
        .await?
        {
            Outcome::ReplayEntry { written, .. } => Ok(replayed(answer(status, &T::from(*written))?)),
            outcome => conclude(outcome),
        }
    }

    fn key(&self) -> Option<IdempotencyKey> {
        self.key.as_ref().map(|key| IdempotencyKey { key: key.clone(), digest: self.digest() })
    }

    /// What makes two requests the same: method, path, query and body.
    fn digest(&self) -> [u8; 32] {
        let body = self.request.extensions().get::<BodyDigest>().map_or([0; 32], |digest| digest.0);
        let line = format!("{} {}\n", self.request.method(), self.request.uri());
        Sha256::new().chain_update(line).chain_update(body).finalize().into()
    }
}

fn conclude(outcome: Outcome) -> ApiResult<HttpResponse> {
    match outcome {
        Outcome::First(answer) => Ok(respond(answer)),
        Outcome::Replay(answer) => Ok(replayed(answer)),
        Outcome::ReplayEntry { .. } | Outcome::OtherRequest => {
            let message = "this Idempotency-Key was used for another request; make a new one for each";
            Err(ApiError::new(ErrorCode::IdempotencyKeyReused, message))
        }
    }
}

fn replayed(answer: Answer) -> HttpResponse {
    let mut response = respond(answer);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn answer<T: Representation>(status: StatusCode, made: &T) -> ApiResult<Answer> {
    let body = serde_json::to_vec(made).map_err(ApiError::internal)?;
    let status = i16::try_from(status.as_u16()).map_err(ApiError::internal)?;
    Ok(Answer { status, etag: made.entity_tag(), body: Some(body) })
}

fn respond(answer: Answer) -> HttpResponse {
    let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = HttpResponse::build(status.unwrap_or(StatusCode::OK));
    if let Some(etag) = &answer.etag {
        response.insert_header((header::ETAG, etag.as_str()));
    }
    match answer.body {
        Some(body) => response.content_type(ContentType::json()).body(body),
        None => response.finish(),
    }
}
