//! The application: the order of the middleware, and what is mounted where.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, NormalizePath, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use clockwork_core::config::{AllowedOrigins, Config};
use clockwork_core::events::Hub;

use crate::api;
use crate::api::unmatched::KnownPaths;
use crate::middleware::rate_limit::{self, RateLimits};
use crate::middleware::same_site::{self, SameSite};
use crate::middleware::security_headers::{self, SecurityHeaders};
use crate::middleware::slow_body::{self, BodyTimeout};
use crate::middleware::{base_path, built_in, draining, head, observe, panic, request_id, wake_subscribers};
use crate::openapi::{self, Description};
use crate::request::route::WORKSPACE_SCOPE;
use crate::site::Site;
use crate::slow_readers;
use crate::spa::{self, BuiltClient};
pub use crate::state::AppState;

/// A server that listens, and answers once it is run.
pub struct Application {
    address: SocketAddr,
    server: Server,
    events: Hub,
}

impl Application {
    /// Listens at the configured address. Port 0 takes a free one; [`Self::address`] says which.
    ///
    /// # Errors
    /// If the address cannot be bound, or a setting does not fit into a header.
    pub fn build(config: &Config, state: AppState) -> io::Result<Self> {
        let listener = TcpListener::bind((config.http.host, config.http.port))?;
        let address = listener.local_addr()?;
        let client = Data::new(BuiltClient::new(&config.static_files));
        let headers = Data::new(SecurityHeaders::new(config).map_err(io::Error::other)?);
        let same_site = Data::new(SameSite::new(config));
        let limits = Data::new(RateLimits::new(config, state.redis.clone()));
        let site = Data::new(Site::new(config));
        let timeout = Data::new(BodyTimeout(config.http.read_timeout));
        let events = state.events.clone();
        let base = Data::new(config.http.base_path.clone());
        let description = Data::new(Description::default());
        let paths = Data::new(KnownPaths::new(openapi::paths));
        let write_timeout = config.http.write_timeout;
        let (state, origins) = (Data::new(state), config.http.allowed_origins.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .app_data(client.clone())
                .app_data(headers.clone())
                .app_data(same_site.clone())
                .app_data(limits.clone())
                .app_data(site.clone())
                .app_data(timeout.clone())
                .app_data(base.clone())
                .app_data(description.clone())
                .app_data(paths.clone())
                .configure(configure)
                // The last one is the outermost: it sees a request first and an answer last.
                .wrap(from_fn(panic::catch))
                .wrap(from_fn(wake_subscribers::after_write))
                .wrap(from_fn(built_in::check_again_after_failure))
                .wrap(Compress::default())
                .wrap(from_fn(rate_limit::count))
                .wrap(from_fn(same_site::check))
                .wrap(cors(&origins))
                .wrap(from_fn(slow_body::limit))
                .wrap(from_fn(security_headers::add))
                .wrap(from_fn(observe::request))
                .wrap(from_fn(request_id::assign))
                .wrap(from_fn(draining::close_connections))
                .wrap(NormalizePath::trim())
                .wrap(from_fn(base_path::take_off))
                .wrap(from_fn(head::as_get))
        })
        // Before `listen`, which takes what is set by then.
        .on_connect(move |connection, _| slow_readers::give_up(connection, write_timeout))
        .listen(listener)?
        .client_request_timeout(config.http.read_timeout)
        .keep_alive(config.http.idle_timeout)
        // A client that has sent its request may close its sending half and read the answer. Without it such a client,
        // and each one that closes its connection, would break off the request.
        .h1_allow_half_closed(true)
        // `lifecycle` decides when it ends.
        .disable_signals()
        .shutdown_timeout(whole_seconds(config.shutdown.timeout))
        .run();
        Ok(Self { address, server, events })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops it.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// The event streams, which would never end by themselves.
    pub fn events(&self) -> Hub {
        self.events.clone()
    }

    /// Answers requests until it is stopped by its handle.
    ///
    /// # Errors
    /// If a worker thread fails.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
    }
}

fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(api::health::configure)
        .service(
            web::scope(WORKSPACE_SCOPE)
                .configure(api::configure_workspace)
                .default_service(web::to(api::unmatched::refuse)),
        )
        .service(
            web::scope("/api")
                // Before what is asked less often: paths are tried one after the other.
                .configure(api::configure_workspace)
                .configure(api::configure_global)
                .configure(api::configure_account)
                .configure(openapi::docs::configure)
                .default_service(web::to(api::unmatched::refuse)),
        )
        .default_service(web::to(spa::serve));
}

/// Rounded up: requests never get less time than was configured.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Cross-origin access exactly as configured, never with credentials.
fn cors(origins: &AllowedOrigins) -> Cors {
    let exposed = [
        "etag",
        "idempotency-replayed",
        "link",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "traceresponse",
        "x-deployment-version",
        "x-next-cursor",
        "x-request-id",
    ];
    // An hour: browsers cap it lower by themselves.
    let cors = Cors::default().allow_any_method().allow_any_header().expose_headers(exposed).max_age(3_600);
    match origins {
        AllowedOrigins::Any => cors.allow_any_origin().send_wildcard(),
        AllowedOrigins::Listed(origins) => origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin)),
    }
}
