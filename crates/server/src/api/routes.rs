//! Where operations are registered. One registration mounts them while serving, and describes them for the document; a server that only
//! serves does not build descriptions, which each of its workers would make and throw away.

use actix_web::dev::HttpServiceFactory;
use actix_web::{Route, web};
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Takes operations.
pub trait Routes {
    /// Adds an operation.
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self;

    /// Adds a route that is no operation, and is not described.
    fn route(&mut self, path: &str, route: Route) -> &mut Self;

    /// Adds what belongs together.
    fn configure(&mut self, add: impl FnOnce(&mut Self)) -> &mut Self {
        add(self);
        self
    }
}

impl Routes for web::ServiceConfig {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }

    fn route(&mut self, path: &str, route: Route) -> &mut Self {
        Self::route(self, path, route)
    }
}

impl Routes for service_config::ServiceConfig<'_> {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }

    fn route(&mut self, path: &str, route: Route) -> &mut Self {
        Self::route(self, path, route)
    }
}
