//! Where operations are registered. One registration mounts them while serving, and describes them for the document; a
//! server that only serves does not build descriptions, which each of its workers would make and throw away.
//!
//! A handler's arguments are read in their order, and its access rule comes first: the first argument names the
//! capability that the caller needs.
//!
//! ```
//! use actix_web::HttpResponse;
//! use clockwork_core::access::needs::SeeWorkspace;
//! use clockwork_server::api::routes::Routes;
//! use clockwork_server::extract::{Allowed, Now};
//!
//! /// Says what time it is.
//! #[utoipa::path(get, path = "/clock", responses((status = 200)))]
//! async fn get_clock(_: Allowed<SeeWorkspace>, now: Now) -> HttpResponse {
//!     HttpResponse::Ok().json(now.0)
//! }
//!
//! fn configure(config: &mut impl Routes) {
//!     config.operation(get_clock, __path_get_clock);
//! }
//! ```
//!
//! Without it the same handler is not accepted:
//!
//! ```compile_fail
//! use actix_web::HttpResponse;
//! use clockwork_server::api::routes::Routes;
//! use clockwork_server::extract::Now;
//!
//! /// Says what time it is.
//! #[utoipa::path(get, path = "/clock", responses((status = 200)))]
//! async fn get_clock(now: Now) -> HttpResponse {
//!     HttpResponse::Ok().json(now.0)
//! }
//!
//! fn configure(config: &mut impl Routes) {
//!     config.operation(get_clock, __path_get_clock);
//! }
//! ```

use std::any::type_name;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, Handler, HttpRequest, Responder, guard, http, web};
use utoipa::Path;
use utoipa::openapi::path::{HttpMethod, Paths};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{PathItem, RefOr};
use utoipa_actix_web::OpenApiFactory;

use super::unmatched;
use crate::describe::{Description, Signature};

/// Takes operations.
pub trait Routes {
    /// Adds an operation: its handler, and what `#[utoipa::path]` has made of the handler's attribute, which has the
    /// method and the path.
    fn operation<D, H, A>(&mut self, handler: H, described: D) -> &mut Self
    where
        D: Path + OpenApiFactory,
        H: Handler<A>,
        H::Output: Responder + 'static,
        A: Signature + 'static;

    /// Refuses every other method on a path. Without it, such a request would be taken for one on another path with a
    /// parameter.
    fn refuse_other_methods(&mut self, path: &str) -> &mut Self;

    /// Adds what belongs together.
    fn configure(&mut self, add: impl FnOnce(&mut Self)) -> &mut Self {
        add(self);
        self
    }
}

impl Routes for web::ServiceConfig {
    fn operation<D, H, A>(&mut self, handler: H, _: D) -> &mut Self
    where
        D: Path + OpenApiFactory,
        H: Handler<A>,
        H::Output: Responder + 'static,
        A: Signature + 'static,
    {
        for method in D::methods() {
            let resource = web::resource(D::path()).guard(guard::Method(method_of(&method)));
            let handler = handler.clone();
            self.service(resource.to(move |InOrder(arguments): InOrder<A>| handler.call(arguments)));
        }
        self
    }

    fn refuse_other_methods(&mut self, path: &str) -> &mut Self {
        self.route(path, web::route().to(unmatched::refuse))
    }
}

/// The arguments of a handler, read in their order. Those of an ordinary actix handler are read at the same time, and
/// the first that fails answers: a body that is read quickly would be refused before the caller is known.
struct InOrder<A>(A);

impl<A: Signature + 'static> FromRequest for InOrder<A> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move { A::extract(&request, &mut payload).await.map(Self) })
    }
}

/// The descriptions of operations.
#[derive(Default)]
pub struct Descriptions {
    /// The operations, by their paths.
    pub(crate) paths: Paths,
    /// The schemas that they refer to.
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Routes for Descriptions {
    fn operation<D, H, A>(&mut self, _: H, described: D) -> &mut Self
    where
        D: Path + OpenApiFactory,
        H: Handler<A>,
        H::Output: Responder + 'static,
        A: Signature + 'static,
    {
        described.schemas(&mut self.schemas);
        let mut paths = described.paths();
        for (path, item) in &mut paths.paths {
            for operation in operations(item) {
                // A function's type is called as the function, and the description names it as well.
                let handler = type_name::<H>().rsplit("::").next();
                assert_eq!(
                    handler,
                    operation.operation_id.as_deref(),
                    "{path} is described by another handler's attribute"
                );
                let mut description = Description::new(std::mem::take(operation));
                A::describe(&mut description);
                *operation = description.finish();
            }
        }
        self.paths.merge(paths);
        self
    }

    fn refuse_other_methods(&mut self, _: &str) -> &mut Self {
        self
    }
}

/// The operations of a path.
pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

fn method_of(method: &HttpMethod) -> http::Method {
    match method {
        HttpMethod::Get => http::Method::GET,
        HttpMethod::Post => http::Method::POST,
        HttpMethod::Put => http::Method::PUT,
        HttpMethod::Delete => http::Method::DELETE,
        HttpMethod::Options => http::Method::OPTIONS,
        HttpMethod::Head => http::Method::HEAD,
        HttpMethod::Patch => http::Method::PATCH,
        HttpMethod::Trace => http::Method::TRACE,
    }
}
