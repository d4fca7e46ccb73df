//! So many requests to the API from one address, and no more: 429 with `Retry-After`. Operations Z2.
//!
//! Every counted answer says where its caller stands, in the words of the IETF's draft on RateLimit header fields:
//! `RateLimit-Policy` is the rule (`q` requests in `w` seconds), `RateLimit` what is left of it (`r` requests for `t`
//! seconds).

use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError};
use clockwork_core::config::{Config, RateLimit};
use clockwork_core::operations::rate_limit::{RateLimiter, Subject, Verdict};
use clockwork_core::operations::redis::Redis;
use clockwork_core::probe;

use crate::client_address::Proxies;
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::identity;
use crate::request::route;

/// The limits, and how an address is found.
pub struct RateLimits {
    limiter: Option<RateLimiter>,
    proxies: Proxies,
}

impl RateLimits {
    /// What the configuration says, together with other servers when there is a Redis.
    #[must_use]
    pub fn new(config: &Config, redis: Option<Redis>) -> Self {
        let limiter = config.rate_limit.per_address.map(|limit| RateLimiter::new(limit, redis));
        Self { limiter, proxies: Proxies::new(&config.http) }
    }

    /// The verdict on a request; none when it is not counted.
    async fn count(&self, req: &ServiceRequest) -> ApiResult<Option<(Subject, RateLimit, Verdict)>> {
        let limiter = self.limiter.as_ref().filter(|_| is_counted(req.method(), route::path(req.request())));
        let Some(limiter) = limiter else { return Ok(None) };
        let address = self.proxies.caller(req.request()).map(Subject::address);
        // Secrets that are made up cost a look at the database each. A network that has used up its requests gets none.
        // One that was valid is looked up all the same: strangers in a network do not lock out its users.
        if let (Ok(None), Some(address)) = (identity::known(req.request()), address)
            && !identity::was_valid(req.request())
            && let Some(verdict) = limiter.exhausted(address)
        {
            return Ok(Some((address, limiter.limit(), verdict)));
        }
        let actor = identity::of(req.request()).await?.actor();
        let actor = actor.filter(|actor| actor.credential.names_a_user());
        let Some(subject) = actor.map(|actor| Subject::User(actor.user)).or(address) else { return Ok(None) };
        Ok(Some((subject, limiter.limit(), limiter.count(subject).await)))
    }
}

/// Only what costs something: browsers and orchestrators request pages, files and probes by themselves, and these are
/// cheap.
fn is_counted(method: &Method, path: &str) -> bool {
    let below = |place: &str| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    method != Method::OPTIONS && below("/api") && !below("/api/docs") && !probe::PATHS.contains(&path)
}

/// Counts the request, and refuses it when it is one too many.
///
/// # Errors
/// Those of the handler and of the inner middleware. 429 is an answer, not an error.
pub async fn count<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(limits) = req.app_data::<Data<RateLimits>>().cloned() else {
        return Err(ApiError::internal(anyhow::anyhow!("the application was built without its limits")).into());
    };
    let (subject, limit, verdict) = match limits.count(&req).await {
        Ok(Some(counted)) => counted,
        Ok(None) => return Ok(next.call(req).await?.map_into_left_body()),
        // The database is away: the handler would only find out the same, and as late again.
        Err(error) => return Ok(req.into_response(error.error_response()).map_into_right_body()),
    };
    let mut response = if verdict.allowed {
        match next.call(req).await {
            Ok(response) => response.map_into_left_body(),
            Err(error) => return Err(error),
        }
    } else {
        let wait = seconds(verdict.reset_after).max(1);
        let message = format!("too many requests; try again in {wait} s");
        let mut response = ApiError::new(ErrorCode::RateLimited, message).error_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        req.into_response(response).map_into_right_body()
    };
    add_headers(response.headers_mut(), subject.policy(), limit, verdict);
    Ok(response)
}

fn add_headers(headers: &mut HeaderMap, policy: &str, limit: RateLimit, verdict: Verdict) {
    let rule = format!("\"{policy}\";q={};w={}", limit.requests, seconds(limit.window));
    let state = format!("\"{policy}\";r={};t={}", verdict.remaining, seconds(verdict.reset_after));
    for (name, value) in [("ratelimit-policy", rule), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Rounded up, so that a client that waits so many seconds is not too early.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_to_the_api_count() {
        for path in ["/api", "/api/projects", "/api/openapi.json", "/api/healthy", "/api/documents"] {
            assert!(is_counted(&Method::GET, path), "{path}");
            assert!(!is_counted(&Method::OPTIONS, path), "{path}");
        }
        for path in ["/", "/projects", "/assets/index.js", "/apiary", "/livez", "/readyz", "/api/health", "/api/docs/x"]
        {
            assert!(!is_counted(&Method::GET, path), "{path}");
        }
    }
}
