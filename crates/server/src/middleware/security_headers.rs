//! What browsers are told not to do, with every answer: Operations Z1.
//!
//! Three policies for content. The client's page runs the scripts that carry this answer's nonce, and nothing else; the
//! page of the API's description is a library's and needs styles in its elements; everything else is data, and may do
//! nothing at all when it is opened as a page.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clockwork_core::config::{Config, Environment};

use crate::client_address::Proxies;
use crate::error::{ApiError, ApiResult};
use crate::request::route;

/// A year, the time that browsers recommend. Not for subdomains: they may belong to other sites.
const STAY_WITH_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The same for everything.
const FIXED: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // URLs contain search texts, so other sites receive no referrer.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
             magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    // Not a word on CORS: an origin that is allowed reads all the same.
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Everything is listed, so that what is not listed is forbidden.
const CLIENT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
                      worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const DESCRIPTION: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
                           connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const DATA: HeaderValue =
    HeaderValue::from_static("default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");

/// The name of the group of reports, which two headers must agree on.
const GROUP: &str = "csp";

/// Where visitors without an account follow links, whose secret is in the request.
const LINKS: [&str; 3] = ["/api/report-links/", "/api/scheduled-reports/", "/api/calendar-feeds/"];

/// What answers to them say beside, errors as well: no search engine lists them, no other site learns of them, and
/// unless they say otherwise nothing keeps them.
const OF_LINKS: [(HeaderName, HeaderValue); 2] = [
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// The headers that this server sends.
pub struct SecurityHeaders {
    /// The client's policy without the nonce.
    client: String,
    description: HeaderValue,
    /// Where the group of reports goes.
    reporting: Option<HeaderValue>,
    https: Https,
}

/// When browsers are told to stay with https.
enum Https {
    Never,
    Always,
    /// When a proxy says that it was spoken to by https.
    WhenForwarded(Proxies),
}

impl SecurityHeaders {
    /// What the configuration says.
    ///
    /// # Errors
    /// When an address cannot stand in a header, which the configuration refuses.
    pub fn new(config: &Config) -> Result<Self, header::InvalidHeaderValue> {
        let uri = config.http.csp_report_uri.as_ref();
        let report = uri.map(|uri| format!("; report-uri {uri}; report-to {GROUP}")).unwrap_or_default();
        let https = match (config.environment, &config.http.public_url) {
            (Environment::Development | Environment::Staging, _) => Https::Never,
            (Environment::Production, Some(url)) if url.scheme() == "https" => Https::Always,
            (Environment::Production, Some(_)) => Https::Never,
            (Environment::Production, None) => Https::WhenForwarded(Proxies::new(&config.http)),
        };
        Ok(Self {
            client: format!("{CLIENT}{report}"),
            description: HeaderValue::from_str(&format!("{DESCRIPTION}{report}"))?,
            reporting: uri.map(|uri| HeaderValue::from_str(&format!("{GROUP}=\"{uri}\""))).transpose()?,
            https,
        })
    }

    /// The policy of the client's page whose scripts carry `nonce`.
    ///
    /// # Errors
    /// Never for a nonce of [`nonce`].
    pub fn client(&self, nonce: &str) -> ApiResult<HeaderValue> {
        // The second word allows what such a script imports, in browsers that do not pass the nonce on.
        let policy = format!("script-src 'nonce-{nonce}' 'strict-dynamic'; {}", self.client);
        HeaderValue::from_str(&policy).map_err(ApiError::internal)
    }

    fn stamp(&self, traits: &RequestTraits, headers: &mut HeaderMap) {
        if traits.link {
            OF_LINKS.into_iter().for_each(|(name, value)| drop(headers.insert(name, value)));
            if !headers.contains_key(header::CACHE_CONTROL) {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
        }
        for (name, value) in FIXED {
            // An answer may be stricter about itself.
            if name != header::REFERRER_POLICY || !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        }
        if traits.https {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, STAY_WITH_HTTPS);
        }
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            let policy = if traits.description { self.description.clone() } else { DATA };
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(reporting) = &self.reporting {
            headers.insert(HeaderName::from_static("reporting-endpoints"), reporting.clone());
        }
    }
}

/// What of the request matters for the answer's headers.
struct RequestTraits {
    /// For the page that describes the API.
    description: bool,
    /// Of a visitor who follows a link.
    link: bool,
    /// In a way that lets browsers be told to stay with https.
    https: bool,
}

/// 128 random bits, for one answer.
///
/// # Errors
/// When the system has no random numbers.
pub fn nonce() -> ApiResult<String> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|error| ApiError::internal(anyhow::anyhow!("no random numbers: {error}")))?;
    Ok(STANDARD.encode(bits))
}

/// Adds the headers to every answer.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn add(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(policies) = req.app_data::<Data<SecurityHeaders>>().cloned() else {
        return Err(ApiError::internal(anyhow::anyhow!("the application was built without its headers")).into());
    };
    let path = route::path(req.request());
    let traits = RequestTraits {
        description: path == "/api/docs" || path.starts_with("/api/docs/"),
        link: LINKS.iter().any(|links| path.starts_with(links)),
        https: match &policies.https {
            Https::Never => false,
            Https::Always => true,
            Https::WhenForwarded(proxies) => proxies.say_https(req.request()),
        },
    };
    match next.call(req).await {
        Ok(mut response) => {
            policies.stamp(&traits, response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            policies.stamp(&traits, response.headers_mut());
            Err(InternalError::from_response(error, response).into())
        }
    }
}
