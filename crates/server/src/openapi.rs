//! The description of the API (OpenAPI 3.1), from the same registration that mounts the routes.
//!
//! Handlers name what is special to them: their answers, and the error codes of their own as `description = "code, code"`. What follows from
//! the rules that all share (ids in paths, conditional requests, idempotency keys, 500 and 503) is added here, once.

pub mod docs;

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use actix_web::App;
use bytes::Bytes;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Required};
use utoipa::{OpenApi, PartialSchema, ToSchema};
use utoipa_actix_web::{AppExt, scope};

use crate::api;
use crate::api::events::ChangesView;
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
        (name = "me", description = "Who calls, and the settings of the person and the workspace"),
        (name = "clients", description = "Whom projects are for"),
        (name = "projects", description = "What holds categories"),
        (name = "categories", description = "Trees of what time is tracked on"),
        (name = "tags", description = "Marks that entries of any project can carry"),
        (name = "time", description = "The timer and the entries"),
        (name = "imports", description = "Moving in from other trackers"),
        (name = "events", description = "Live updates"),
    ),
)]
struct Base;

static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
    let routes = scope("/api").configure(|config| api::configure_workspace(config));
    let mut document = App::new().into_utoipa_app().openapi(Base::openapi()).service(routes).split_for_parts().1;
    for (path, item) in &mut document.paths.paths {
        complete(path, item);
    }
    mount_for_workspaces(&mut document);
    document
});

/// The whole description.
pub fn document() -> &'static utoipa::openapi::OpenApi {
    &DOCUMENT
}

/// The description as JSON, for the path under which a server is published (`BASE_PATH`). It is written once, when it is first asked for.
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
fn methods(item: &PathItem) -> String {
    let known = [
        ("GET, HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    known.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

/// `If-Match` of objects, and of the settings, whose tags have three parts.
const IF_MATCH: &str = r#"^(\*|(W/)?"[0-9]{1,18}"(, (W/)?"[0-9]{1,18}"){0,7})$"#;
const IF_MATCH_SETTINGS: &str = r#"^(\*|(W/)?"[0-9]{1,18}\.[0-9]{1,18}\.[a-z]+")$"#;

fn complete(path: &str, item: &mut PathItem) {
    let settings = ["/api/me", "/api/workspace"].contains(&path);
    let single = path.ends_with('}') || settings;
    let imports = path.ends_with("/imports");
    if let Some(get) = &mut item.get {
        let code = if single { ErrorCode::InvalidHeader } else { ErrorCode::InvalidQuery };
        complete_operation(path, get, &[code]);
        if single {
            let about = "ETags that the caller has; 304 when the object still has one of them";
            header(get, "If-None-Match", "^[ -~]*$", about);
            respond(get, "304", Response::new("not modified"));
            etag(get, "200");
        }
    }
    if let Some(post) = &mut item.post {
        // An import knows its own entries again; it needs no key.
        let codes: &[ErrorCode] =
            if imports { &[] } else { &[ErrorCode::IdempotencyKeyReused, ErrorCode::InvalidHeader] };
        complete_operation(path, post, codes);
        if !imports {
            let about = "1 to 255 visible ASCII characters; the answer is stored and replayed for 24 hours";
            header(post, "Idempotency-Key", "^[!-~]{1,255}$", about);
        }
    }
    for operation in [&mut item.patch, &mut item.delete].into_iter().flatten() {
        if single {
            complete_operation(path, operation, &[ErrorCode::PreconditionFailed, ErrorCode::InvalidHeader]);
            let about = "the ETag of the object that was read; 412 when it has changed since";
            header(operation, "If-Match", if settings { IF_MATCH_SETTINGS } else { IF_MATCH }, about);
            etag(operation, "200");
        } else {
            complete_operation(path, operation, &[]);
        }
    }
    for operation in [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten() {
        add_code(operation, ErrorCode::CrossSiteRequest);
    }
}

/// Adds path parameters and the errors that follow from the shape of an operation, and gives all errors their body.
fn complete_operation(path: &str, operation: &mut Operation, extra: &[ErrorCode]) {
    let mut codes: BTreeSet<String> = extra.iter().map(|code| code.as_str().to_owned()).collect();
    let of_all = [ErrorCode::MisdirectedRequest, ErrorCode::RateLimited, ErrorCode::Internal, ErrorCode::Unavailable];
    codes.extend(of_all.map(|code| code.as_str().to_owned()));
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        parameter(operation, id_parameter(name));
        codes.insert(ErrorCode::InvalidId.as_str().to_owned());
    }
    if operation.request_body.is_some() {
        codes.insert(ErrorCode::RequestTimeout.as_str().to_owned());
    }
    if let Some(RefOr::T(body)) = &operation.request_body
        && body.content.contains_key("application/json")
    {
        let of_bodies = [ErrorCode::InvalidHeader, ErrorCode::InvalidJson, ErrorCode::PayloadTooLarge];
        codes.extend(of_bodies.map(|code| code.as_str().to_owned()));
    }
    for (status, response) in &operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            codes.extend(response.description.split(", ").map(str::to_owned));
        }
    }
    operation.responses.responses.retain(|status, _| !status.starts_with(['4', '5']));
    for (status, response) in &mut operation.responses.responses {
        // OpenAPI demands one, and utoipa leaves out what is empty.
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = if status == "201" { "what was made" } else { "what was asked for" }.to_owned();
        }
    }
    for status in ErrorCode::ALL.iter().map(|code| code.status()).collect::<BTreeSet<_>>() {
        let here: Vec<_> = ErrorCode::ALL
            .iter()
            .filter(|code| code.status() == status && codes.contains(code.as_str()))
            .map(|code| format!("`{code}`"))
            .collect();
        if !here.is_empty() {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
            let response =
                ResponseBuilder::new().description(here.join(", ")).content("application/json", body).build();
            respond(operation, status.as_str(), response);
        }
    }
}

fn respond(operation: &mut Operation, status: &str, response: Response) {
    operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
}

fn parameter(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn id_parameter(name: &str) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

fn header(operation: &mut Operation, name: &str, pattern: &str, about: &str) {
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build();
    let header = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build();
    parameter(operation, header);
}

fn etag(operation: &mut Operation, status: &str) {
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
        let header = utoipa::openapi::HeaderBuilder::new()
            .schema(Some(String::schema()))
            .description(Some("the revision, weak: `W/\"5\"`"))
            .build();
        response.headers.insert("ETag".to_owned(), RefOr::T(header));
    }
}

/// Lists every path a second time, below the workspace that it is about.
fn mount_for_workspaces(document: &mut utoipa::openapi::OpenApi) {
    let short: Vec<_> = document.paths.paths.iter().map(|(path, item)| (path.clone(), item.clone())).collect();
    for (path, mut item) in short {
        let Some(rest) = path.strip_prefix("/api/") else { continue };
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.operation_id = operation.operation_id.take().map(|id| format!("{id}_in_workspace"));
            operation.parameters.get_or_insert_default().insert(0, RefOr::T(id_parameter("workspaceId")));
            add_code(operation, ErrorCode::InvalidId);
            add_code(operation, ErrorCode::NotFound);
        }
        document.paths.paths.insert(format!("{WORKSPACE_SCOPE}/{rest}"), item);
    }
}

fn add_code(operation: &mut Operation, code: ErrorCode) {
    let name = format!("`{code}`");
    match operation.responses.responses.get_mut(code.status().as_str()) {
        Some(RefOr::T(response)) if !response.description.contains(&name) => {
            response.description = format!("{}, {name}", response.description);
        }
        Some(_) => {}
        None => {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
            let response = ResponseBuilder::new().description(name).content("application/json", body).build();
            respond(operation, code.status().as_str(), response);
        }
    }
}
