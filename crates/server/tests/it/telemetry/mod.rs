//! Traces and failure reports of the real binary, read back by receivers of the tests' own, and what must be in none of
//! them.

mod failures;
mod marker;
mod traces;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::rt::task::JoinHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

/// One delivery: its path, its headers as text, its body.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub path: String,
    pub headers: String,
    pub body: Bytes,
}

/// Takes whatever is delivered to it.
pub struct Receiver {
    /// Its address, such as `127.0.0.1:40123`.
    pub address: String,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    running: JoinHandle<()>,
}

impl Receiver {
    pub fn start() -> Self {
        let deliveries: Arc<Mutex<Vec<Delivery>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let data = Data::from(deliveries.clone());
        let server = HttpServer::new(move || {
            App::new().app_data(data.clone()).app_data(web::PayloadConfig::new(64 << 20)).default_service(web::to(take))
        });
        let server = server.workers(1).listen(listener).unwrap().disable_signals().run();
        Self { address, deliveries, running: actix_web::rt::spawn(async move { server.await.unwrap() }) }
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn take(request: HttpRequest, body: Bytes, deliveries: Data<Mutex<Vec<Delivery>>>) -> HttpResponse {
    let headers = format!("{:?}", request.headers());
    deliveries.lock().unwrap().push(Delivery { path: request.path().to_owned(), headers, body });
    HttpResponse::Ok().finish()
}
