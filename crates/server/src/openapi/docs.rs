//! The description of the API, for programs and for people. All assets are our own.

use std::io::Read;
use std::sync::Arc;

use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, ContentType, Encoding, Header};
use actix_web::{HttpRequest, HttpResponse, get, web};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::error::{ApiError, ApiResult};
use crate::openapi::Description;
use crate::request;

/// Where it is served; each path answers GET.
pub const PATHS: [&str; 3] = ["/api/openapi.json", "/api/docs", "/api/docs/{file:.+}"];

/// Mounts the description, which is not part of itself.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(get_openapi).service(get_docs).service(get_docs_file);
}

#[get("/openapi.json")]
async fn get_openapi(req: HttpRequest, description: web::Data<Description>) -> ApiResult<HttpResponse> {
    let json = description.json(request::base_path(&req)).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(json))
}

#[get("/docs")]
async fn get_docs(req: HttpRequest) -> HttpResponse {
    let page = format!("{}/api/docs/index.html", request::base_path(&req));
    HttpResponse::Found().insert_header((header::LOCATION, page)).finish()
}

#[get("/docs/{file:.+}")]
async fn get_docs_file(req: HttpRequest, file: web::Path<String>) -> ApiResult<HttpResponse> {
    let document = format!("{}/api/openapi.json", request::base_path(&req));
    let page = Config::from(document).try_it_out_enabled(true).display_operation_id(true);
    let asset = utoipa_swagger_ui::serve(&file, Arc::new(page))
        .map_err(|error| ApiError::internal(anyhow::anyhow!(error.to_string())))?
        .ok_or_else(|| ApiError::not_found("page"))?;
    let mut response = HttpResponse::Ok();
    response.content_type(asset.content_type);
    if !asset.gzpipped {
        return Ok(response.body(asset.bytes.into_owned()));
    }
    // The program holds them compressed, as nearly every client accepts them.
    response.insert_header((header::VARY, header::ACCEPT_ENCODING.as_str()));
    if accepts_gzip(&req) {
        return Ok(response.insert_header(ContentEncoding::Gzip).body(asset.bytes.into_owned()));
    }
    let mut plain = Vec::new();
    GzDecoder::new(&*asset.bytes).read_to_end(&mut plain).map_err(ApiError::internal)?;
    Ok(response.body(plain))
}

fn accepts_gzip(req: &HttpRequest) -> bool {
    req.headers().contains_key(header::ACCEPT_ENCODING)
        && AcceptEncoding::parse(req).is_ok_and(|accepted| {
            accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter()) == Some(Encoding::gzip())
        })
}
