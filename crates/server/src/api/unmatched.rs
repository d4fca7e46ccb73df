//! Requests below `/api` that no operation takes: 405 when the path knows other methods, else 404.

use std::sync::OnceLock;

use actix_web::dev::ResourceDef;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::error::{ApiError, ApiResult};
use crate::request::route;

/// Every path below `/api` with the methods that it answers, as the `Allow` header lists them. Read when the first
/// request needs it.
pub struct KnownPaths {
    list: fn() -> Vec<(String, String)>,
    known: OnceLock<Vec<(ResourceDef, String)>>,
}

impl KnownPaths {
    /// The paths and methods that `list` names.
    #[must_use]
    pub fn new(list: fn() -> Vec<(String, String)>) -> Self {
        Self { list, known: OnceLock::new() }
    }

    fn methods(&self, path: &str) -> Option<&str> {
        let known = self.known.get_or_init(|| {
            (self.list)().into_iter().map(|(path, methods)| (ResourceDef::new(path), methods)).collect()
        });
        known.iter().find(|(known, _)| known.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}

/// Rejects the request.
///
/// # Errors
/// Always: 405 with the methods that the path answers, else 404.
pub async fn refuse(req: HttpRequest) -> ApiResult<HttpResponse> {
    let paths = req.app_data::<Data<KnownPaths>>();
    match paths.and_then(|paths| paths.methods(route::path(&req))) {
        Some(methods) => Err(ApiError::method_not_allowed(methods.to_owned())),
        None => Err(ApiError::not_found("path")),
    }
}
