//! What the monitoring is told, and where.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use super::parse;
use super::reader::Reader;
use super::variable::{DefaultValue, Variable};

const METRICS_PORT: Variable = Variable {
    name: "METRICS_PORT",
    alias: None,
    expected: "a port number from 0 to 65535, other than PORT",
    default: DefaultValue::Always("9090"),
    secret: false,
    about: "The port of the Prometheus metrics, `/metrics`, at the address HOST (docs/METRICS.md). 0 turns them off. A port that is \
            taken stops the start; in development it is a warning.",
};
const OTEL_EXPORTER_OTLP_ENDPOINT: Variable = Variable {
    name: "OTEL_EXPORTER_OTLP_ENDPOINT",
    alias: None,
    expected: "the http or https address of a collector that takes OTLP over HTTP, such as http://collector:4318",
    default: DefaultValue::Unset("no traces"),
    secret: true,
    about: "Where traces are sent, as protobuf over HTTP; `/v1/traces` is added to the path. A name and a password in it are sent as \
            HTTP's basic authentication. A collector that is slow or away \
            slows no request: what does not fit into memory is dropped.",
};
const OTEL_EXPORTER_OTLP_PROTOCOL: Variable = Variable {
    name: "OTEL_EXPORTER_OTLP_PROTOCOL",
    alias: None,
    expected: "http/protobuf, the one protocol that the server speaks",
    default: DefaultValue::Unset("http/protobuf"),
    secret: false,
    about: "The protocol of the collector. OTLP over gRPC is not spoken: a collector takes HTTP as well, on port 4318 unless it is told otherwise. An \
            endpoint with the port of gRPC, 4317, is refused unless this is set, because every trace would be lost.",
};
const OTEL_EXPORTER_OTLP_HEADERS: Variable = Variable {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    alias: None,
    expected: "a list such as authorization=Bearer%20abc,x-tenant=1, with values percent-encoded",
    default: DefaultValue::Unset("none"),
    secret: true,
    about: "Headers for the collector, such as credentials.",
};
const OTEL_SERVICE_NAME: Variable = Variable {
    name: "OTEL_SERVICE_NAME",
    alias: None,
    expected: "a name",
    default: DefaultValue::Always("clockwork"),
    secret: false,
    about: "What traces call this server.",
};
const OTEL_RESOURCE_ATTRIBUTES: Variable = Variable {
    name: "OTEL_RESOURCE_ATTRIBUTES",
    alias: None,
    expected: "a list such as deployment.environment.name=production,host.name=a, with values percent-encoded",
    default: DefaultValue::Unset("none"),
    secret: false,
    about: "What traces say about this server beside its name and version.",
};
const OTEL_TRACES_SAMPLER: Variable = Variable {
    name: "OTEL_TRACES_SAMPLER",
    alias: None,
    expected: "always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio",
    default: DefaultValue::Always("parentbased_always_on"),
    secret: false,
    about: "Which requests are traced. `parentbased_…` does what the caller's `traceparent` says, if there is one.",
};
const OTEL_TRACES_SAMPLER_ARG: Variable = Variable {
    name: "OTEL_TRACES_SAMPLER_ARG",
    alias: None,
    expected: "a number from 0 to 1",
    default: DefaultValue::Always("1.0"),
    secret: false,
    about: "The part of the requests that `…traceidratio` traces.",
};
const SENTRY_DSN: Variable = Variable {
    name: "SENTRY_DSN",
    alias: None,
    expected: "the http or https address that Sentry shows in a project's settings, such as https://key@sentry.example.com/1",
    default: DefaultValue::Unset("no reports"),
    secret: true,
    about: "Where failures are reported to: answers of 5xx and panics, by kind and place, without the words of errors.",
};

pub(super) const VARIABLES: &[&Variable] = &[
    &METRICS_PORT,
    &OTEL_EXPORTER_OTLP_ENDPOINT,
    &OTEL_EXPORTER_OTLP_PROTOCOL,
    &OTEL_EXPORTER_OTLP_HEADERS,
    &OTEL_SERVICE_NAME,
    &OTEL_RESOURCE_ATTRIBUTES,
    &OTEL_TRACES_SAMPLER,
    &OTEL_TRACES_SAMPLER_ARG,
    &SENTRY_DSN,
];

/// A secret. `Debug` prints `***`, and there is no `Display`; call [`Self::reveal`] to use it.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub(super) fn new(secret: T) -> Self {
        Self(secret)
    }

    /// The secret.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What the monitoring is told, and where.
#[derive(Debug, Clone)]
pub struct TelemetryConfig {
    /// The port of the metrics; `None` when they are off.
    pub metrics_port: Option<u16>,
    /// Where traces go; `None` when there are none.
    pub traces: Option<TracesConfig>,
    /// Where failures are reported to; `None` when they are not.
    pub sentry: Option<Secret<String>>,
}

/// Where traces go, and what is in them.
#[derive(Debug, Clone)]
pub struct TracesConfig {
    /// The address that takes them.
    pub endpoint: Url,
    /// Headers that go with them.
    pub headers: Secret<Vec<(String, String)>>,
    /// What they call this server.
    pub service_name: String,
    /// What else they say about it.
    pub resource: Vec<(String, String)>,
    /// Which requests are traced.
    pub sampler: TraceSampler,
}

/// Which requests are traced.
#[derive(Debug, Clone, PartialEq)]
pub enum TraceSampler {
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// A part of them, from 0 to 1, chosen by the id of the trace.
    Ratio(f64),
    /// What the caller says; without a caller's word, what is inside.
    ParentBased(Box<TraceSampler>),
}

impl TelemetryConfig {
    /// `port` is the server's, if it is known.
    pub(super) fn read(reader: &mut Reader, port: Option<u16>) -> Option<Self> {
        let metrics_port: Option<u16> = reader.optional(&METRICS_PORT, |text| {
            let number = parse::number(0..=u16::MAX)(text)?;
            if number != 0 && Some(number) == port { Err("which is PORT".to_owned()) } else { Ok(number) }
        });
        let any_port = !reader.is_default(&OTEL_EXPORTER_OTLP_PROTOCOL);
        let endpoint = reader.optional_shown(
            &OTEL_EXPORTER_OTLP_ENDPOINT,
            |text| Endpoint::parse(text, any_port),
            |endpoint, _| endpoint.shown(),
        );
        // There is nothing to choose, so nothing to remember.
        reader.optional(&OTEL_EXPORTER_OTLP_PROTOCOL, protocol);
        let headers = reader.optional_shown(&OTEL_EXPORTER_OTLP_HEADERS, pairs, |_, _| "***".to_owned());
        let service_name = reader.optional(&OTEL_SERVICE_NAME, |text| Ok(text.to_owned()));
        let resource = reader.optional(&OTEL_RESOURCE_ATTRIBUTES, pairs);
        let sampler = reader.optional(&OTEL_TRACES_SAMPLER, sampler);
        let ratio = reader.optional(&OTEL_TRACES_SAMPLER_ARG, parse::number(0.0..=1.0));
        let sentry = reader.optional_shown(&SENTRY_DSN, dsn, |_, _| "***".to_owned());
        let (service_name, sampler) = (service_name?, sampler?(ratio?));
        let traces = endpoint.map(|endpoint| TracesConfig {
            endpoint: endpoint.url,
            headers: Secret(endpoint.authorization.into_iter().chain(headers.unwrap_or_default()).collect()),
            service_name,
            resource: resource.unwrap_or_default(),
            sampler,
        });
        Some(Self { metrics_port: Some(metrics_port?).filter(|port| *port != 0), traces, sentry: sentry.map(Secret) })
    }
}

/// The port of collectors for OTLP over gRPC.
const GRPC_PORT: u16 = 4317;

fn protocol(text: &str) -> Result<(), String> {
    match text {
        "http/protobuf" => Ok(()),
        "grpc" => Err(
            "which the server does not speak: name the collector's port for HTTP, 4318, in OTEL_EXPORTER_OTLP_ENDPOINT"
                .to_owned(),
        ),
        _ => Err(String::new()),
    }
}

/// Where traces go, without credentials.
struct Endpoint {
    url: Url,
    authorization: Option<(String, String)>,
}

impl Endpoint {
    /// `any_port` says that the port takes HTTP, whatever its number.
    fn parse(text: &str, any_port: bool) -> Result<Self, String> {
        let mut url = Url::parse(text).map_err(|error| format!("found no address ({error})"))?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(String::new());
        }
        if url.port() == Some(GRPC_PORT) && !any_port {
            return Err(format!(
                "found port {GRPC_PORT}, which collectors have for gRPC, which the server does not speak: name the port for HTTP, 4318, or set \
                 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf if this one takes HTTP"
            ));
        }
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (name, password) = (decoded(url.username()), url.password().map(decoded).unwrap_or_default());
        let authorization = (!name.is_empty() || !password.is_empty()).then(|| {
            let basic = STANDARD.encode(format!("{name}:{password}"));
            ("authorization".to_owned(), format!("Basic {basic}"))
        });
        // These fail for addresses without a host, which http does not have.
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return Err(String::new());
        }
        let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Self { url, authorization })
    }

    fn shown(&self) -> String {
        let mark = if self.authorization.is_some() { "***@" } else { "" };
        self.url.as_str().replacen("://", &format!("://{mark}"), 1)
    }
}

/// `key=value,key=value`, as the W3C's baggage is written.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').ok_or_else(String::new)?;
        let value = percent_decode_str(value.trim()).decode_utf8().map_err(|_| String::new())?;
        let key = key.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(String::new());
        }
        Ok((key.to_owned(), value.into_owned()))
    });
    pairs.collect()
}

/// Answers what makes the sampler from the ratio, which is read next.
fn sampler(text: &str) -> Result<fn(f64) -> TraceSampler, String> {
    use TraceSampler::{AlwaysOff, AlwaysOn, ParentBased, Ratio};
    Ok(match text {
        "always_on" => |_| AlwaysOn,
        "always_off" => |_| AlwaysOff,
        "traceidratio" => Ratio,
        "parentbased_always_on" => |_| ParentBased(Box::new(AlwaysOn)),
        "parentbased_always_off" => |_| ParentBased(Box::new(AlwaysOff)),
        "parentbased_traceidratio" => |ratio| ParentBased(Box::new(Ratio(ratio))),
        _ => return Err(String::new()),
    })
}

fn dsn(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|_| String::new())?;
    let project = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
    let whole = matches!(url.scheme(), "http" | "https") && !url.username().is_empty() && !project.is_empty();
    if whole { Ok(text.to_owned()) } else { Err(String::new()) }
}
