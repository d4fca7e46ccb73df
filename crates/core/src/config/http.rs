//! Where the server listens, and who may call it from a browser.

use super::Environment;
use super::parse;
use super::reader::Reader;
use super::variable::{Default, Variable};
use std::net::IpAddr;
use url::Url;

const HOST: Variable = Variable {
    name: "HOST",
    alias: None,
    expected: "an IP address such as 0.0.0.0 or ::",
    default: Default::Always("0.0.0.0"),
    secret: false,
    about: "The address the server listens on.",
};
const PORT: Variable = Variable {
    name: "PORT",
    alias: None,
    expected: "a port number from 0 to 65535",
    default: Default::Always(crate::probe::DEFAULT_PORT),
    secret: false,
    about: "The port the server listens on. 0 takes a free one, and the log says which.",
};
const ALLOWED_ORIGINS: Variable = Variable {
    name: "ALLOWED_ORIGINS",
    alias: Some("CORS_ORIGINS"),
    expected: "a comma-separated list of origins such as https://time.example.com, without path; `*` only outside production",
    default: Default::Development("*", ""),
    secret: false,
    about: "Which other sites' pages may call the API from a browser (CORS). The server's own page always may. \
            Unset in staging and production means no other site.",
};
const PUBLIC_URL: Variable = Variable {
    name: "PUBLIC_URL",
    alias: None,
    expected: "an http or https address such as https://time.example.com, without path, query or fragment",
    default: Default::Unset("derived from the request"),
    secret: false,
    about: "The address under which people reach the server.",
};

pub(super) const VARIABLES: &[&Variable] = &[&HOST, &PORT, &ALLOWED_ORIGINS, &PUBLIC_URL];

/// Where the server listens, and who may call it from a browser.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 for any free one.
    pub port: u16,
    /// Which other sites' pages may call the API.
    pub allowed_origins: AllowedOrigins,
    /// The address under which people reach the server.
    pub public_url: Option<Url>,
}

/// Which other sites' pages may call the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Every site's. Never so in production.
    Any,
    /// Those of these origins, as a browser writes them in the `Origin` header; empty for none.
    Listed(Vec<String>),
}

impl HttpConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let production = reader.environment == Environment::Production;
        let host = reader.optional(&HOST, |text| text.parse().map_err(|_| String::new()));
        let port = reader.optional(&PORT, parse::number(0..=u16::MAX));
        let allowed_origins = reader.optional(&ALLOWED_ORIGINS, |text| allowed_origins(text, production));
        let public_url = reader.optional(&PUBLIC_URL, bare_url);
        Some(Self {
            host: host?,
            port: port?,
            allowed_origins: allowed_origins.unwrap_or(AllowedOrigins::Listed(Vec::new())),
            public_url,
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
