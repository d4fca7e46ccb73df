//! The description of the API, for programs and for people. All assets are our own.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use utoipa_swagger_ui::Config;

use crate::error::{ApiError, ApiResult};
use crate::openapi;

/// Where it is served; each path answers GET.
pub const PATHS: [&str; 3] = ["/api/openapi.json", "/api/docs", "/api/docs/{file:.+}"];

/// Mounts the description, which is not part of itself.
pub fn configure(config: &mut web::ServiceConfig) {
    let page = Config::from("/api/openapi.json").try_it_out_enabled(true).display_operation_id(true);
    config.app_data(web::Data::new(page)).service(get_openapi).service(get_docs).service(get_docs_file);
}

#[get("/openapi.json")]
async fn get_openapi() -> HttpResponse {
    HttpResponse::Ok().json(openapi::document())
}

#[get("/docs")]
async fn get_docs() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/api/docs/index.html")).finish()
}

#[get("/docs/{file:.+}")]
async fn get_docs_file(file: web::Path<String>, config: web::Data<Config<'static>>) -> ApiResult<HttpResponse> {
    let config = Arc::clone(&config.into_inner());
    match utoipa_swagger_ui::serve(&file, config) {
        Ok(Some(asset)) => Ok(HttpResponse::Ok().content_type(asset.content_type).body(asset.bytes.into_owned())),
        Ok(None) => Err(ApiError::not_found("page")),
        Err(error) => Err(ApiError::internal(anyhow::anyhow!(error.to_string()))),
    }
}
