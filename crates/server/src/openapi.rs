//! The description of the API (OpenAPI 3.1), from the same registration that mounts the routes.
//!
//! Nothing is guessed. A handler's attribute names what is special to the operation: its answers, and its own error
//! codes as `description = "code, code"`. Its extractors add the rest ([`crate::describe`]): who may call it, the ids
//! in its path, conditional requests, idempotency keys.

pub mod docs;

use std::sync::{LazyLock, OnceLock};

use bytes::Bytes;
use utoipa::OpenApi;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, RefOr};

use crate::api;
use crate::api::events::ChangesView;
use crate::api::routes::{Descriptions, operations};
use crate::describe::{SESSION_SCHEME, TOKEN_SCHEME, add_code, id_parameter};
use crate::error::{ErrorBody, ErrorCode, FieldError};
use crate::request::route::WORKSPACE_SCOPE;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Clockwork",
        description = "Time tracking that an operator can trust. docs/API.md holds the rules that a schema cannot say.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    servers((url = "/", description = "this server")),
    components(schemas(ChangesView, ErrorBody, FieldError)),
    tags(
        (name = "auth", description = "Signing in and out, and what a user signs in with"),
        (name = "me", description = "Who calls, and the settings of the person and the workspace"),
        (name = "workspaces", description = "Workspaces of a user"),
        (name = "members", description = "Who is in a workspace, and what they may do"),
        (name = "audit log", description = "The actions in a workspace that concern access"),
        (name = "administration", description = "The installation, for its administrators"),
        (name = "invitations", description = "Invitations to a workspace"),
        (name = "clients", description = "Whom projects are for"),
        (name = "projects", description = "What holds categories"),
        (name = "categories", description = "Trees of what time is tracked on"),
        (name = "tags", description = "Marks that entries of any project can carry"),
        (name = "time", description = "The timer and the entries"),
        (name = "reports", description = "Tracked time by groups, and entry by entry"),
        (name = "money", description = "Currencies, dated rates and fixed prices"),
        (name = "imports", description = "Moving in from other trackers"),
        (name = "events", description = "Live updates"),
    ),
)]
struct ApiInformation;

static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
    let mut document = ApiInformation::openapi();
    security_schemes(document.components.get_or_insert_default());
    let mut of_workspaces = Descriptions::default();
    api::configure_workspace(&mut of_workspaces);
    add(&mut document, of_workspaces);
    mount_for_workspaces(&mut document);
    let mut of_accounts = Descriptions::default();
    api::configure_account(&mut of_accounts);
    add(&mut document, of_accounts);
    let mut of_signing_in = Descriptions::default();
    api::configure_global(&mut of_signing_in);
    add(&mut document, of_signing_in);
    document
});

/// Adds operations below `/api`.
fn add(document: &mut utoipa::openapi::OpenApi, described: Descriptions) {
    document.components.get_or_insert_default().schemas.extend(described.schemas);
    for (path, mut item) in described.paths.paths {
        // A safe method changes nothing, wherever the request comes from.
        for operation in [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten() {
            add_code(operation, ErrorCode::CrossSiteRequest);
        }
        document.paths.paths.insert(format!("/api{path}"), item);
    }
}

/// How a request shows whose it is. No operation requires it: with `AUTH_MODE=none` every request is the built-in
/// user's.
fn security_schemes(components: &mut Components) {
    let cookie =
        ApiKeyValue::with_description("__Host-clockwork", "the session of a browser; not with `AUTH_MODE=none`");
    components.add_security_scheme(SESSION_SCHEME, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let about = "an API token, which opens no more than its scope and its user's role; not with `AUTH_MODE=none`";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about)).build();
    components.add_security_scheme(TOKEN_SCHEME, SecurityScheme::Http(bearer));
}

/// The whole description.
pub fn document() -> &'static utoipa::openapi::OpenApi {
    &DOCUMENT
}

/// The description as JSON, for the path under which a server is published (`BASE_PATH`). It is written once, when it
/// is first asked for.
#[derive(Debug, Default)]
pub struct Description(OnceLock<Bytes>);

impl Description {
    /// The JSON for a server below `base`, which is empty or such as `/clockwork`, and always the same.
    ///
    /// # Errors
    /// When the document cannot be written as JSON.
    pub fn json(&self, base: &str) -> serde_json::Result<Bytes> {
        if let Some(json) = self.0.get() {
            return Ok(json.clone());
        }
        let mut document = document().clone();
        for server in document.servers.iter_mut().flatten().filter(|_| !base.is_empty()) {
            base.clone_into(&mut server.url);
        }
        let json = Bytes::from(serde_json::to_vec(&document)?);
        Ok(self.0.get_or_init(|| json).clone())
    }
}

/// Every path below `/api` with its methods: those of the document, and those of its pages.
#[must_use]
pub fn paths() -> Vec<(String, String)> {
    let described = document().paths.paths.iter().map(|(path, item)| (path.clone(), methods(item)));
    described.chain(docs::PATHS.map(|path| (path.to_owned(), "GET, HEAD".to_owned()))).collect()
}

/// The methods that a path answers, as the `Allow` header lists them.
pub(crate) fn methods(item: &PathItem) -> String {
    let known = [
        ("GET, HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    known.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

/// Lists every path a second time, below the workspace that it is about.
fn mount_for_workspaces(document: &mut utoipa::openapi::OpenApi) {
    let short: Vec<_> = document.paths.paths.iter().map(|(path, item)| (path.clone(), item.clone())).collect();
    for (path, mut item) in short {
        let Some(rest) = path.strip_prefix("/api/") else { continue };
        for operation in operations(&mut item) {
            operation.operation_id = operation.operation_id.take().map(|id| format!("{id}_in_workspace"));
            operation.parameters.get_or_insert_default().insert(0, RefOr::T(id_parameter("workspaceId")));
            add_code(operation, ErrorCode::InvalidId);
            add_code(operation, ErrorCode::NotFound);
        }
        document.paths.paths.insert(format!("{WORKSPACE_SCOPE}/{rest}"), item);
    }
}
