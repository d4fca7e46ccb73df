//! `GET /metrics`, on a port of its own: it is for the monitoring alone, and it goes on answering while the server
//! drains and is closed.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use tokio::task::JoinHandle;

use super::Metrics;

/// The media type of Prometheus' text format.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The listener that monitoring asks.
pub struct MetricsEndpoint {
    address: SocketAddr,
    handle: ServerHandle,
    running: JoinHandle<io::Result<()>>,
}

impl MetricsEndpoint {
    /// Listens, and answers from now on. Port 0 takes a free one; [`Self::address`] says which.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(host: IpAddr, port: u16, metrics: Arc<Metrics>) -> io::Result<Self> {
        let listener = TcpListener::bind((host, port))?;
        let address = listener.local_addr()?;
        let metrics = Data::from(metrics);
        let server = HttpServer::new(move || {
            App::new().app_data(metrics.clone()).service(
                web::resource("/metrics")
                    .route(web::get().to(respond))
                    .route(web::head().to(respond))
                    .default_service(web::to(refuse)),
            )
        })
        // One scrape at a time is plenty, and each thread costs memory.
        .workers(1)
        .max_connections(64)
        .listen(listener)?
        .disable_signals()
        .shutdown_timeout(1)
        .run();
        let handle = server.handle();
        Ok(Self { address, handle, running: tokio::spawn(server) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Finishes the scrape in flight, for a second at most, and closes the port.
    ///
    /// # Errors
    /// When the listener had failed.
    pub async fn stop(self) -> io::Result<()> {
        self.handle.stop(true).await;
        self.running.await.map_err(io::Error::other)?
    }
}

async fn respond(metrics: Data<Metrics>) -> HttpResponse {
    match metrics.text().await {
        Ok(text) => HttpResponse::Ok().insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn refuse() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD")).finish()
}
