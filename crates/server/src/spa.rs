//! The built client: every path that is no other's. Never below `/api`.
//!
//! Files below `assets/` have their content's hash in their name and never change. All others are asked for again each
//! time, and `index.html`, which names the assets, is never kept. A file has a smaller copy beside it (`.br`, `.gz`)
//! when the build made one; else the answer is compressed on its way out, as all are. The page itself is written anew
//! for each answer: its scripts carry a nonce, without which the browser runs none, and its addresses are put below
//! `BASE_PATH`.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use actix_files::NamedFile;
use actix_web::http::header::{self, Accept, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use clockwork_core::config::StaticFilesConfig;
use percent_encoding::percent_decode_str;

use crate::error::{ApiError, ApiResult};
use crate::middleware::security_headers::{self, SecurityHeaders};
use crate::request;
use crate::request::route::ClientPart;

const INDEX: &str = "index.html";
/// What stands in the page where the nonce goes: `html.cspNonce` of vite.config.ts.
const NONCE: &str = "__CSP_NONCE__";
/// How the page names its files: `base` of vite.config.ts makes the addresses relative, and a page of any depth is the
/// same page.
const RELATIVE: &str = "=\"./";
/// Where the build puts what has a hash in its name.
const HASHED: &str = "assets";
/// A year, which is for ever.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
/// A script that runs as a worker has this policy, not its page's; others have none of their own. The worker of live
/// updates asks for them.
const SCRIPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// Smaller copies, the smallest first.
const ENCODINGS: [(&str, ContentEncoding); 2] = [("br", ContentEncoding::Brotli), ("gz", ContentEncoding::Gzip)];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Clockwork</title>\
    <h1>The client is not built</h1>\
    <p>The server runs, and its API is at <a href=\"./api/docs\">/api/docs</a>. \
    Build the client with <code>just client</code>, or run <code>just dev</code>, and reload this page.</p></html>";

/// The built client.
#[derive(Debug)]
pub struct BuiltClient {
    dir: PathBuf,
    page: RwLock<Option<Page>>,
}

/// The page as it was last read.
#[derive(Clone, Debug)]
struct Page {
    modified: SystemTime,
    length: u64,
    text: Arc<str>,
}

impl BuiltClient {
    /// The client in `STATIC_DIR`, which may be built later.
    #[must_use]
    pub fn new(config: &StaticFilesConfig) -> Self {
        let client = Self { dir: config.dir.clone(), page: RwLock::default() };
        if !client.dir.join(INDEX).is_file() {
            tracing::warn!(dir = %client.dir.display(), "there is no built client: only the API is served");
        }
        client
    }

    /// The text of the page, which is read again only when the file has changed; `None` when there is none. Blocks.
    fn page(&self) -> io::Result<Option<Arc<str>>> {
        let path = self.dir.join(INDEX);
        let metadata = match std::fs::metadata(&path) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            metadata => metadata?,
        };
        let (modified, length) = (metadata.modified()?, metadata.len());
        let known = self.page.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.modified == modified && known.length == length) {
            return Ok(Some(known.text));
        }
        let text: Arc<str> = std::fs::read_to_string(&path)?.into();
        *self.page.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Page { modified, length, text: Arc::clone(&text) });
        Ok(Some(text))
    }
}

/// Runs what looks at the disk on a thread where it may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    web::block(work).await.map_err(ApiError::internal)
}

/// Answers with a file of the client, or with the client itself for a path of its own.
///
/// # Errors
/// 404 if there is no such file; 500 if it cannot be read.
pub async fn serve(
    req: HttpRequest,
    client: Data<BuiltClient>,
    headers: Data<SecurityHeaders>,
) -> ApiResult<HttpResponse> {
    if !matches!(*req.method(), Method::GET | Method::HEAD) {
        return Err(ApiError::method_not_allowed("GET, HEAD".to_owned()));
    }
    let Some(path) = FilePath::of(req.path()) else {
        return Err(ApiError::not_found("page"));
    };
    if path.is(INDEX) || path.is("") {
        return index(&req, client, &headers).await;
    }
    let wanted = RequestedFile {
        path: client.dir.join(&path.0),
        encodings: AcceptEncoding::parse(&req).ok(),
        part: is_part(&req),
    };
    if let Some(file) = blocking(move || wanted.open()).await? {
        ClientPart::File.mark(&req);
        let kept = if path.0.starts_with(HASHED) { IMMUTABLE } else { REVALIDATED };
        let mut response = respond(&req, file, kept);
        if path.0.extension().is_some_and(|extension| extension == "js") {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, SCRIPT);
        }
        return Ok(response);
    }
    if path.0.extension().is_none() && accepts_html(&req) {
        return index(&req, client, &headers).await;
    }
    Err(ApiError::not_found("page"))
}

/// A path below the client's directory, and surely below it.
struct FilePath(PathBuf);

impl FilePath {
    fn of(path: &str) -> Option<Self> {
        let decoded = percent_decode_str(path).decode_utf8().ok()?;
        let mut path = PathBuf::new();
        for (position, part) in decoded.split('/').filter(|part| !part.is_empty()).enumerate() {
            // Nothing hidden, nothing above, nothing of another system, and nothing that the API has refused in another
            // spelling.
            if part.starts_with('.') || part.contains(['\\', '\0', ':']) || (position == 0 && part == "api") {
                return None;
            }
            path.push(part);
        }
        Some(Self(path))
    }

    fn is(&self, name: &str) -> bool {
        self.0 == Path::new(name)
    }
}

async fn index(req: &HttpRequest, client: Data<BuiltClient>, headers: &SecurityHeaders) -> ApiResult<HttpResponse> {
    ClientPart::Page.mark(req);
    let nonce = security_headers::nonce()?;
    let (status, page) = match blocking(move || client.page()).await?.map_err(ApiError::internal)? {
        Some(page) => (StatusCode::OK, page.replace(NONCE, &nonce)),
        None => (StatusCode::NOT_FOUND, NOT_BUILT.to_owned()),
    };
    let page = page.replace(RELATIVE, &format!("=\"{}/", request::base_path(req)));
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, NOT_KEPT))
        .insert_header((header::CONTENT_SECURITY_POLICY, headers.client(&nonce)?))
        .body(page))
}

/// A file that was asked for.
struct RequestedFile {
    path: PathBuf,
    encodings: Option<AcceptEncoding>,
    part: bool,
}

fn is_part(req: &HttpRequest) -> bool {
    req.headers().contains_key(header::RANGE)
}

impl RequestedFile {
    /// The file, or the smaller copy of it that the caller reads best. Blocks.
    fn open(&self) -> Option<NamedFile> {
        if !self.path.is_file() {
            return None;
        }
        let mime = mime_guess::from_path(&self.path).first_or_octet_stream();
        let (path, encoding) = match self.smaller_copy().filter(|_| !self.part) {
            Some((copy, encoding)) => (copy, Some(encoding)),
            // A part of a file cannot be compressed on its way: its numbers are those of the file.
            None => (self.path.clone(), self.part.then_some(ContentEncoding::Identity)),
        };
        let file = NamedFile::open(path).ok()?.set_content_type(mime).disable_content_disposition();
        Some(match encoding {
            Some(encoding) => file.set_content_encoding(encoding),
            None => file,
        })
    }

    fn smaller_copy(&self) -> Option<(PathBuf, ContentEncoding)> {
        let accepted = self.encodings.as_ref()?;
        let copies: Vec<_> = ENCODINGS
            .iter()
            .filter_map(|(extension, encoding)| {
                let mut copy = self.path.as_os_str().to_owned();
                copy.push(".");
                copy.push(extension);
                let copy = PathBuf::from(copy);
                copy.is_file().then_some((copy, *encoding))
            })
            .collect();
        let offers: Vec<Encoding> =
            copies.iter().map(|(_, encoding)| Encoding::Known(*encoding)).chain([Encoding::identity()]).collect();
        let chosen = accepted.negotiate(offers.iter())?;
        copies.into_iter().find(|(_, encoding)| Encoding::Known(*encoding) == chosen)
    }
}

fn respond(req: &HttpRequest, file: NamedFile, kept: HeaderValue) -> HttpResponse {
    // What has no encoding yet may be compressed on its way out: the same tag then stands for several byte sequences,
    // and is weak.
    let is_final = file.content_encoding().is_some();
    let mut response = file.into_response(req);
    if !is_final
        && let Some(strong) = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok())
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{strong}"))
    {
        response.headers_mut().insert(header::ETAG, weak);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// A browser that goes to a page says so; a program that looks for something else is not to take the client for it.
fn accepts_html(req: &HttpRequest) -> bool {
    let Ok(Accept(items)) = Accept::parse(req) else {
        return false;
    };
    items.is_empty()
        || items.iter().any(|item| {
            let (kind, subtype) = (item.item.type_().as_str(), item.item.subtype().as_str());
            item.quality > header::Quality::ZERO && matches!((kind, subtype), ("text", "html" | "*") | ("*", "*"))
        })
}
