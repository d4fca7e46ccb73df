//! Requests below `/api` that no operation takes: 405 when the path knows other methods, else 404.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, HttpResponse};

use super::docs;
use crate::error::{ApiError, ApiResult};
use crate::middleware::route;
use crate::openapi;

/// Every path of the API with the methods that it answers.
static PATHS: LazyLock<Vec<(ResourceDef, String)>> = LazyLock::new(|| {
    let described = openapi::document().paths.paths.iter();
    let described = described.map(|(path, item)| (path.as_str(), openapi::methods(item)));
    let docs = docs::PATHS.map(|path| (path, "GET, HEAD".to_owned()));
    described.chain(docs).map(|(path, methods)| (ResourceDef::new(path), methods)).collect()
});

/// Refuses.
pub async fn refuse(req: HttpRequest) -> ApiResult<HttpResponse> {
    match PATHS.iter().find(|(path, _)| path.is_match(route::path(&req))) {
        Some((_, methods)) => Err(ApiError::method_not_allowed(methods.clone())),
        None => Err(ApiError::not_found("path")),
    }
}
