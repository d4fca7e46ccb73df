//! Where the server listens, and which sites' pages may call it.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net};
use url::Url;

use super::parse;
use super::reader::Reader;
use super::values::Environment;
use super::variable::{DefaultValue, Variable};

const HOST: Variable = Variable {
    name: "HOST",
    alias: None,
    expected: "an IP address such as 0.0.0.0 or ::",
    default: DefaultValue::Always("0.0.0.0"),
    secret: false,
    about: "The address the server listens on. `config/development.toml`, which applies in a checkout and in development, \
            has 127.0.0.1.",
};
const PORT: Variable = Variable {
    name: "PORT",
    alias: None,
    expected: "a port number from 0 to 65535",
    default: DefaultValue::Always(crate::probe::DEFAULT_PORT),
    secret: false,
    about: "The port the server listens on. 0 takes a free one, and the log says which.",
};
const ALLOWED_ORIGINS: Variable = Variable {
    name: "ALLOWED_ORIGINS",
    alias: Some("CORS_ORIGINS"),
    expected: "a comma-separated list of origins such as https://time.example.com, without path; `*` only outside production",
    default: DefaultValue::Development("*", ""),
    secret: false,
    about: "Which other sites' pages may call the API from a browser (CORS). The server's own page always may. \
            Unset in staging and production means no other site. Left at its default in development, pages of every site may read, \
            and only those of this machine (`localhost`, `127.0.0.1`) may change something; `*` set by hand lets all of them.",
};
const PUBLIC_URL: Variable = Variable {
    name: "PUBLIC_URL",
    alias: None,
    expected: "an http or https address such as https://time.example.com, without path, query or fragment",
    default: DefaultValue::Unset("derived from the request"),
    secret: false,
    about: "The address under which people reach the server. When it is set, and always in development, requests to another name \
            in the public DNS are refused with 421, which is what stops a strange site whose name is made to lead here (DNS rebinding). \
            Addresses in numbers, `localhost`, names without a dot and those of private networks (`.local`, `.internal`, `.lan`, \
            `.home.arpa`, `.svc`, `.test`) are always taken. With https in production, browsers are told to stay with https (HSTS).",
};
const BASE_PATH: Variable = Variable {
    name: "BASE_PATH",
    alias: None,
    expected: "a path such as /clockwork or /tools/time, of letters, digits, `-`, `_`, `.` and `~`, whose first part is no path of the \
               server's own (api, assets, health, …)",
    default: DefaultValue::Always("/"),
    secret: false,
    about: "The path under which a proxy publishes the server beside other sites, as in https://example.com/clockwork. The page, its \
            links, redirects and the description of the API are then below it. Requests are taken with the path and without it: \
            the proxy may pass it on or cut it off, and probes go on asking for /livez.",
};
const TRUSTED_PROXIES: Variable = Variable {
    name: "TRUSTED_PROXIES",
    alias: None,
    expected: "a comma-separated list of addresses and networks such as 10.0.0.0/8, 192.0.2.7 or fd00::/8",
    default: DefaultValue::Unset("none: who opens the connection is the caller"),
    secret: false,
    about: "The reverse proxies and load balancers in front of the server. Only theirs is the word about the caller's address \
            (`X-Forwarded-For`, or `Forwarded` when there is no such header) and about https (`X-Forwarded-Proto`) believed. \
            Behind a proxy that is not listed, all callers share one rate limit.",
};
const CSP_REPORT_URI: Variable = Variable {
    name: "CSP_REPORT_URI",
    alias: None,
    expected: "an http or https address",
    default: DefaultValue::Unset("violations are not reported"),
    secret: false,
    about: "Where browsers send reports about violations of the Content-Security-Policy (`report-uri` and `report-to`).",
};
const HTTP_READ_TIMEOUT: Variable = Variable {
    name: "HTTP_READ_TIMEOUT",
    alias: None,
    expected: "a time span from 100ms to 10m, such as 15s",
    default: DefaultValue::Always("15s"),
    secret: false,
    about: "How long the headers of a request may take to arrive, and how long its body may make no progress. A body that goes on \
            may take a second more for each KiB of it. What is slower is answered with 408.",
};
const HTTP_WRITE_TIMEOUT: Variable = Variable {
    name: "HTTP_WRITE_TIMEOUT",
    alias: None,
    expected: "a time span from 1s to 10m, such as 15s",
    default: DefaultValue::Always("15s"),
    secret: false,
    about: "How long an answer may make no progress because the client does not read it, or its network does not confirm it, before the connection is \
            closed. An event stream on which nothing is due is not concerned. On Linux only (TCP_USER_TIMEOUT).",
};
const HTTP_IDLE_TIMEOUT: Variable = Variable {
    name: "HTTP_IDLE_TIMEOUT",
    alias: None,
    expected: "a time span from 1s to 1h, such as 60s",
    default: DefaultValue::Always("60s"),
    secret: false,
    about: "How long a connection stays open between two requests. A load balancer in front should close its own earlier.",
};

pub(super) const VARIABLES: &[&Variable] = &[
    &HOST,
    &PORT,
    &ALLOWED_ORIGINS,
    &PUBLIC_URL,
    &BASE_PATH,
    &TRUSTED_PROXIES,
    &CSP_REPORT_URI,
    &HTTP_READ_TIMEOUT,
    &HTTP_WRITE_TIMEOUT,
    &HTTP_IDLE_TIMEOUT,
];

/// Where the server listens, and which sites' pages may call it.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 for any free one.
    pub port: u16,
    /// Which other sites' pages may call the API.
    pub allowed_origins: AllowedOrigins,
    /// Whether pages of every site may change something as well: `*` is set, and not just the default.
    pub every_origin_may_write: bool,
    /// The address under which people reach the server.
    pub public_url: Option<Url>,
    /// The path under which the server is published.
    pub base_path: BasePath,
    /// The proxies whose word about the caller counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Where browsers report violations of the content security policy.
    pub csp_report_uri: Option<Url>,
    /// How long the head of a request may take, and how long its body may make no progress.
    pub read_timeout: Duration,
    /// How long an answer may make no progress.
    pub write_timeout: Duration,
    /// How long a connection stays open between two requests.
    pub idle_timeout: Duration,
}

/// Which other sites' pages may call the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Every site's. Never so in production.
    Any,
    /// Those of these origins, as a browser writes them in the `Origin` header; empty for none.
    Listed(Vec<String>),
}

/// A path below which a server is published beside others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// The first parts of the server's own paths. Requests are taken with the base path and without it, so that they
    /// must differ.
    const OWN: [&str; 8] = ["api", "assets", "health", "healthz", "livez", "ready", "readyz", "version"];

    /// What stands before each of the server's paths: empty, or parts that each begin with `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let Some(path) = text.strip_prefix('/') else { return Err(String::new()) };
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.is_empty() {
            return Ok(Self::default());
        }
        // What needs no percent-encoding (RFC 3986, 2.3), so that it reads the same wherever it is written.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        let good = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(plain);
        let own = path.split('/').next().is_some_and(|first| Self::OWN.contains(&first));
        if own || !path.split('/').all(good) { Err(String::new()) } else { Ok(Self(format!("/{path}"))) }
    }
}

impl HttpConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let production = reader.environment == Environment::Production;
        let host = reader.optional(&HOST, |text| text.parse().map_err(|_| String::new()));
        let port = reader.optional(&PORT, parse::number(0..=u16::MAX));
        let allowed_origins = reader.optional(&ALLOWED_ORIGINS, |text| allowed_origins(text, production));
        let public_url = reader.optional(&PUBLIC_URL, bare_url);
        let base_path = reader.optional(&BASE_PATH, BasePath::parse);
        let trusted_proxies = reader.optional(&TRUSTED_PROXIES, networks);
        let csp_report_uri = reader.optional(&CSP_REPORT_URI, web_address);
        let read_timeout =
            reader.optional(&HTTP_READ_TIMEOUT, parse::duration(Duration::from_millis(100)..=Duration::from_secs(600)));
        let write_timeout =
            reader.optional(&HTTP_WRITE_TIMEOUT, parse::duration(Duration::from_secs(1)..=Duration::from_secs(600)));
        let idle_timeout =
            reader.optional(&HTTP_IDLE_TIMEOUT, parse::duration(Duration::from_secs(1)..=Duration::from_secs(3600)));
        Some(Self {
            host: host?,
            port: port?,
            every_origin_may_write: allowed_origins == Some(AllowedOrigins::Any)
                && !reader.is_default(&ALLOWED_ORIGINS),
            allowed_origins: allowed_origins.unwrap_or(AllowedOrigins::Listed(Vec::new())),
            public_url,
            base_path: base_path?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            csp_report_uri,
            read_timeout: read_timeout?,
            write_timeout: write_timeout?,
            idle_timeout: idle_timeout?,
        })
    }
}

fn allowed_origins(text: &str, production: bool) -> Result<AllowedOrigins, String> {
    let origins: Vec<&str> = text.split(',').map(str::trim).filter(|origin| !origin.is_empty()).collect();
    match (origins.as_slice(), production) {
        (["*"], false) => Ok(AllowedOrigins::Any),
        (["*"], true) => Err("which would open the API to every site, in production".to_owned()),
        (origins, _) => origins
            .iter()
            .map(|origin| match bare_url(origin) {
                Ok(url) => Ok(url.origin().ascii_serialization()),
                Err(reason) => Err(format!("of which {origin:?} is not an origin {reason}").trim_end().to_owned()),
            })
            .collect::<Result<_, _>>()
            .map(AllowedOrigins::Listed),
    }
}

/// An http(s) address of a whole site.
fn bare_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("({error})"))?;
    let bare = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if bare { Ok(url) } else { Err(String::new()) }
}

/// Networks, and addresses as networks of one. Addresses of version 4 inside of version 6 are those of version 4.
fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map(unmapped).map_err(|_| format!("of which {part:?} is neither an address nor a network"))
        })
        .collect()
}

/// Callers are looked at as their addresses of version 4, where they have one.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let inner = mapped.prefix_len().checked_sub(96).zip(mapped.addr().to_ipv4_mapped());
    inner.and_then(|(length, address)| Ipv4Net::new(address, length).ok()).map_or(network, IpNet::V4)
}

/// An http(s) address that can stand in a header and among the sources of a policy.
fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("({error})"))?;
    // `;` and `,` separate what a policy consists of, and the parser leaves them as they are.
    let plain = matches!(url.scheme(), "http" | "https") && !url.as_str().contains([';', ',', '"', ' ']);
    if plain { Ok(url) } else { Err(String::new()) }
}
