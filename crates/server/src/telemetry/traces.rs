//! Spans of requests, rules and statements, sent to a collector by OTLP over HTTP. They are gathered and sent by a
//! thread of the SDK's, in batches; when the collector is slow or away they are dropped, and requests do not notice.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clockwork_core::VERSION;
use clockwork_core::config::{TraceSampler, TracesConfig};
use clockwork_core::telemetry::{ExtraLayer, is_span_of_ours};
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;

use super::TelemetryError;
use super::delivery::{Deliveries, client};

/// The traces of a process.
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    pub(super) fn start(config: &TracesConfig) -> Result<Self, TelemetryError> {
        let sender =
            Sender { client: client()?, runtime: Handle::current(), deliveries: Arc::new(Deliveries::of("traces")) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(sender)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(config.endpoint.as_str())
            .with_headers(config.headers.reveal().iter().cloned().collect())
            .build()?;
        let attributes = config.resource.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let resource = Resource::builder()
            .with_attribute(KeyValue::new("service.version", VERSION))
            .with_attributes(attributes)
            .with_service_name(config.service_name.clone())
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler(&config.sampler))
            .with_resource(resource)
            .build();
        Ok(Self { provider })
    }

    /// Turns our spans into OpenTelemetry's. Spans only: events carry the words of errors, which may contain user data.
    pub(super) fn layer(&self) -> ExtraLayer {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("clockwork"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_span_of_ours))
            .boxed()
    }

    /// Sends what is left. The SDK blocks while it does, so a thread of its own waits.
    pub(super) async fn shutdown(self, timeout: Duration) {
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(timeout)).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "the last traces could not be delivered");
        }
    }
}

fn sampler(config: &TraceSampler) -> Sampler {
    match *config {
        TraceSampler::AlwaysOn => Sampler::AlwaysOn,
        TraceSampler::AlwaysOff => Sampler::AlwaysOff,
        TraceSampler::Ratio(ratio) => Sampler::TraceIdRatioBased(ratio),
        TraceSampler::ParentBased(ref root) => Sampler::ParentBased(Box::new(sampler(root))),
    }
}

/// Sends on the server's runtime what the SDK's thread, which has none, wants to be sent.
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
    deliveries: Arc<Deliveries>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { client.send_bytes(request).await }).await;
        let sent = sent.unwrap_or_else(|error| Err(error.into()));
        match &sent {
            Ok(response) if response.status().is_success() => self.deliveries.succeeded(),
            Ok(response) => self.deliveries.failed(&response.status()),
            // Not the error itself: it has the address, and that may have a password in it.
            Err(_) => self.deliveries.failed(&"the collector does not answer"),
        }
        sent
    }
}
