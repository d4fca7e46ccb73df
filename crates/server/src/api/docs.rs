//! The description of the API, for programs and for people. All assets are our own.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa_swagger_ui::Config;

use crate::error::{ApiError, ApiResult};
use crate::middleware::base_path;
use crate::openapi;

/// Where it is served; each path answers GET.
pub const PATHS: [&str; 3] = ["/api/openapi.json", "/api/docs", "/api/docs/{file:.+}"];

/// Mounts the description, which is not part of itself.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(get_openapi).service(get_docs).service(get_docs_file);
}

#[get("/openapi.json")]
async fn get_openapi(req: HttpRequest) -> HttpResponse {
    match base_path::of(&req) {
        "" => HttpResponse::Ok().json(openapi::document()),
        base => HttpResponse::Ok().json(openapi::document_below(base)),
    }
}

#[get("/docs")]
async fn get_docs(req: HttpRequest) -> HttpResponse {
    let page = format!("{}/api/docs/index.html", base_path::of(&req));
    HttpResponse::Found().insert_header((header::LOCATION, page)).finish()
}

#[get("/docs/{file:.+}")]
async fn get_docs_file(req: HttpRequest, file: web::Path<String>) -> ApiResult<HttpResponse> {
    let document = format!("{}/api/openapi.json", base_path::of(&req));
    let page = Config::from(document).try_it_out_enabled(true).display_operation_id(true);
    match utoipa_swagger_ui::serve(&file, Arc::new(page)) {
        Ok(Some(asset)) => Ok(HttpResponse::Ok().content_type(asset.content_type).body(asset.bytes.into_owned())),
        Ok(None) => Err(ApiError::not_found("page")),
        Err(error) => Err(ApiError::internal(anyhow::anyhow!(error.to_string()))),
    }
}
