//! Which route a request took, as one of few words: what logs, metrics and traces call it.

use std::borrow::Cow;

use actix_web::{HttpMessage, HttpRequest};

/// Where the routes of a workspace are mounted a second time.
pub const WORKSPACE_SCOPE: &str = "/api/workspaces/{workspaceId}";

/// What there is no route for.
pub const UNMATCHED: &str = "unmatched";

/// The path as the table of routes reads it: without the escapes that it does not need. A decision by the path as it
/// was sent would differ from the table's about `/%61pi`.
#[must_use]
pub fn path(req: &HttpRequest) -> &str {
    req.match_info().as_str()
}

/// Which part of the built client was answered with. Its paths are in no table of routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientPart {
    /// The page.
    Page,
    /// One of its files.
    File,
}

impl ClientPart {
    /// Remembers it with the request.
    pub fn mark(self, req: &HttpRequest) {
        req.extensions_mut().insert(self);
    }
}

/// What a request without a template is called: `client`, `static` or `unmatched`.
#[must_use]
pub fn outside_the_table(req: &HttpRequest) -> &'static str {
    match req.extensions().get::<ClientPart>() {
        Some(ClientPart::Page) => "client",
        Some(ClientPart::File) => "static",
        None => UNMATCHED,
    }
}

/// The short form of a template: below a workspace's path are the same operations as without.
#[must_use]
pub fn operation(template: &str) -> Cow<'_, str> {
    match template.strip_prefix(WORKSPACE_SCOPE) {
        Some(rest) if rest.starts_with('/') => Cow::Owned(format!("/api{rest}")),
        _ => Cow::Borrowed(template),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_path_are_one_operation() {
        assert_eq!(operation("/api/workspaces/{workspaceId}/time/start"), "/api/time/start");
        assert_eq!(operation("/api/time/start"), "/api/time/start");
        assert_eq!(operation("/livez"), "/livez");
    }
}
