//! Which sites' pages may send writing requests, and which host names the server answers to. Operations Z1.
//!
//! A browser sends a page's requests with the user's credentials: a session, or only the position in the network when
//! `AUTH_MODE` is `none`. So a request from another site's page may change nothing unless that site is allowed. A
//! request that no browser sent carries only its sender's own credentials and passes. A site can also impersonate this
//! one with a host name of its own that resolves to this machine, so host names are checked as well.

use std::net::IpAddr;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{ResponseError, http::Method};
use clockwork_core::config::{AllowedOrigins, Config, Environment};
use clockwork_core::probe;
use url::{Host, Url};

use crate::error::{ApiError, ErrorCode};
use crate::request::route;

/// Ends of names that no stranger can have in the public DNS: reserved, or of private networks.
const PRIVATE: [&str; 7] = ["localhost", "local", "internal", "lan", "home.arpa", "svc", "test"];

/// Which origins may write, and by which names the server may be called.
pub struct SameSite {
    /// Origins that may write, besides the server's own.
    trusted: Vec<String>,
    /// All of them may.
    every_origin: bool,
    /// Pages of this machine may, as a client in development is one.
    local_origins: bool,
    names: Names,
}

/// Under which names the server may be called.
enum Names {
    /// Any: none is configured.
    Any,
    /// This one, if any, and those that cannot be a stranger's.
    Known(Option<String>),
}

impl SameSite {
    /// What the configuration says.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let http = &config.http;
        let public = http.public_url.as_ref();
        let (allowed, any) = match &http.allowed_origins {
            AllowedOrigins::Any => (Vec::new(), true),
            AllowedOrigins::Listed(origins) => (origins.clone(), false),
        };
        let own = public.map(|url| url.origin().ascii_serialization());
        let name = public.and_then(Url::host_str).map(str::to_owned);
        Self {
            trusted: allowed.into_iter().chain(own).collect(),
            every_origin: any && http.every_origin_may_write,
            local_origins: any,
            names: match config.environment {
                Environment::Development => Names::Known(name),
                Environment::Staging | Environment::Production if name.is_some() => Names::Known(name),
                Environment::Staging | Environment::Production => Names::Any,
            },
        }
    }

    fn check(&self, req: &ServiceRequest) -> Result<(), ApiError> {
        // A probe calls the server by its address.
        if !probe::PATHS.contains(&route::path(req.request())) && !self.knows_name(req.headers()) {
            let message = "this server does not answer under that name; PUBLIC_URL says which name is its own";
            return Err(ApiError::new(ErrorCode::MisdirectedRequest, message));
        }
        let safe = matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if !safe && !self.may_write(req.headers()) {
            let message = "another site's page may not change anything here; ALLOWED_ORIGINS says which may";
            return Err(ApiError::new(ErrorCode::CrossSiteRequest, message));
        }
        Ok(())
    }

    fn knows_name(&self, headers: &HeaderMap) -> bool {
        let Names::Known(own) = &self.names else { return true };
        // Without the header it is no browser.
        let Some(authority) = headers.get(header::HOST) else { return true };
        let Some(host) = authority.to_str().ok().and_then(name_of) else { return false };
        own.as_deref() == Some(host.as_str()) || is_private_name(&host)
    }

    /// What browsers say about the sender, the surest word first. `Sec-Fetch-Site` cannot be written by a page, and
    /// knows the server by the name that the page was loaded from, whatever a proxy makes of the host.
    fn may_write(&self, headers: &HeaderMap) -> bool {
        if self.every_origin {
            return true;
        }
        let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
        if let Some(origin) = origin
            && (self.trusted.iter().any(|trusted| trusted == origin) || self.local_origins && is_local_origin(origin))
        {
            return true;
        }
        if let Some(site) = headers.get("sec-fetch-site") {
            return site == "same-origin" || site == "none";
        }
        let Some(origin) = origin else { return true };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
    }
}

/// The name of an authority: without port, in small letters, without the dot at its end.
fn name_of(authority: &str) -> Option<String> {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    };
    Some(host.trim_end_matches('.').to_ascii_lowercase()).filter(|host| !host.is_empty())
}

fn is_private_name(host: &str) -> bool {
    let ends_with = |end: &&str| host.strip_suffix(*end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    host.parse::<IpAddr>().is_ok() || !host.contains('.') || PRIVATE.iter().any(ends_with)
}

/// Whether a page comes from this machine itself.
fn is_local_origin(origin: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    match origin.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Rejects writing requests of another site's page, and requests under a foreign host name.
///
/// # Errors
/// Those of the handler and of the inner middleware. 500 if the application was built without rules.
pub async fn check<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(rules) = req.app_data::<Data<SameSite>>().cloned() else {
        return Err(ApiError::internal(anyhow::anyhow!("the application was built without its rules")).into());
    };
    match rules.check(&req) {
        Ok(()) => Ok(next.call(req).await?.map_into_left_body()),
        Err(error) => Ok(req.into_response(error.error_response()).map_into_right_body()),
    }
}
