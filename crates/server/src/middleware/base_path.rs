//! The path under which the server is published beside others: `BASE_PATH`.
//!
//! Requests are taken with it and without it. A proxy may leave the path as it is or cut it off, and the probes of an
//! orchestrator ask the server itself. Everything further in knows paths without it; what an answer names, it names
//! with it.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;

use crate::request;

/// Takes the base path off a request's own.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn take_off(
    mut req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(uri) = below(req.uri(), request::base_path(req.request())) {
        req.match_info_mut().get_mut().update(&uri);
        req.head_mut().uri = uri;
    }
    next.call(req).await
}

/// The same address below `base`; none when it is not below it.
fn below(uri: &Uri, base: &str) -> Option<Uri> {
    let rest =
        uri.path().strip_prefix(base).filter(|rest| !base.is_empty() && (rest.is_empty() || rest.starts_with('/')))?;
    let path = if rest.is_empty() { "/" } else { rest };
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_parts_are_taken_off() {
        let rest = |path: &str, base: &str| below(&path.parse().unwrap(), base).map(|uri| uri.to_string());
        for (path, expected) in [
            ("/clockwork", Some("/")),
            ("/clockwork/", Some("/")),
            ("/clockwork?a=b", Some("/?a=b")),
            ("/clockwork/api/projects?a=%2F", Some("/api/projects?a=%2F")),
            ("/clockwork//api", Some("//api")),
            ("/clockworks/api", None),
            ("/api/projects", None),
            ("/a/clockwork", None),
        ] {
            assert_eq!(rest(path, "/clockwork").as_deref(), expected, "{path}");
        }
        assert_eq!(rest("/api", ""), None);
        assert_eq!(rest("/tools/time/api", "/tools/time").as_deref(), Some("/api"));
    }
}
