//! `DATABASE_URL`, parsed once. tokio-postgres reads most of it; `sslmode` and `sslrootcert` are parsed here, because
//! it knows only three of the modes that libpq documents.

use std::fmt;

use percent_encoding::percent_decode_str;
use thiserror::Error;
use tokio_postgres::Config as Settings;
use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::{CertificateAuthorities, CertificateError};

/// The parameters that the query part of the URL may hold.
const PARAMETERS: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Where the database is and how to speak to it. Shown without the password.
#[derive(Clone, PartialEq)]
pub struct DatabaseUrl {
    pub(crate) settings: Settings,
    pub(crate) ssl_mode: SslMode,
    /// `sslrootcert`.
    pub(crate) authorities: Option<CertificateAuthorities>,
}

/// `sslmode`, with libpq's meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never encrypted.
    Disable,
    /// Encrypted if that succeeds, otherwise not.
    Prefer,
    /// Encrypted, with any server; with one that the authorities vouch for, if there are any.
    Require,
    /// Encrypted, with a server that the authorities vouch for.
    VerifyCa,
    /// Encrypted, with a server that the authorities vouch for under the name we call it by.
    VerifyFull,
}

/// What is wrong with a database URL. Never tells the password, nor text that may be a part of it.
#[derive(Debug, Error)]
pub enum DatabaseUrlError {
    /// Another protocol, or none.
    #[error("it does not begin with postgres:// or postgresql://")]
    Scheme,
    /// An unknown parameter after the `?`.
    #[error("parameter {name} is not known; the known ones are {known}", known = PARAMETERS.join(", "))]
    Parameter {
        /// The parameter.
        name: String,
    },
    /// A mode that is not one of libpq's, or `allow`.
    #[error("sslmode is not one of disable, prefer, require, verify-ca and verify-full")]
    SslMode,
    /// `sslrootcert=system` with a mode that does not check names, which libpq refuses as well.
    #[error("sslrootcert=system needs sslmode=verify-full")]
    WeakSystemMode,
    /// `sslrootcert` cannot be used.
    #[error("sslrootcert: {0}")]
    Certificate(#[from] CertificateError),
    /// The rest is not right.
    #[error("{0}")]
    Syntax(String),
    /// No host is named.
    #[error("it names no host")]
    NoHost,
    /// An `@` that is not escaped in the user or the password, so that what follows it is taken for a host.
    #[error("a host contains an @; an @ in the user or password is written %40")]
    HostWithAt,
}

impl DatabaseUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// When it is not one that libpq would take, or asks for what this program cannot do.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(DatabaseUrlError::Scheme);
        }
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut ssl_mode, mut root, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !PARAMETERS.contains(&name) {
                // A password with an unescaped `?` ends up here, so only what looks like a name is repeated.
                let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && name.len() <= 40;
                let name = if is_name { format!("`{name}`") } else { "after `?`".to_owned() };
                return Err(DatabaseUrlError::Parameter { name });
            }
            let decoded = percent_decode_str(value).decode_utf8_lossy();
            match name {
                "sslmode" => ssl_mode = Some(SslMode::parse(&decoded).ok_or(DatabaseUrlError::SslMode)?),
                "sslrootcert" => root = Some(decoded.into_owned()),
                _ => rest.push(pair),
            }
        }
        let authorities = root.as_deref().map(CertificateAuthorities::read).transpose()?;
        let system = matches!(authorities, Some(CertificateAuthorities::System));
        let ssl_mode = match (ssl_mode, system) {
            (None, true) => SslMode::VerifyFull,
            (Some(mode), true) if mode != SslMode::VerifyFull => return Err(DatabaseUrlError::WeakSystemMode),
            (mode, _) => mode.unwrap_or(SslMode::Prefer),
        };
        let settings: Settings = format!("{address}?{}", rest.join("&")).parse().map_err(|error| syntax(&error))?;
        if settings.get_hosts().is_empty() && settings.get_hostaddrs().is_empty() {
            return Err(DatabaseUrlError::NoHost);
        }
        if settings.get_hosts().iter().any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) {
            return Err(DatabaseUrlError::HostWithAt);
        }
        Ok(Self { settings, ssl_mode, authorities })
    }

    /// The same server, another database on it. Tests clone databases this way.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.settings.dbname(name);
        other
    }
}

/// The library's message and its cause; neither repeats what was written in the URL.
fn syntax(error: &tokio_postgres::Error) -> DatabaseUrlError {
    use std::error::Error as _;
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    DatabaseUrlError::Syntax(format!("{error}{cause}"))
}

impl SslMode {
    const ALL: [(&str, Self); 5] = [
        ("disable", Self::Disable),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == text).map(|(_, mode)| mode)
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.into_iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.settings.get_user() {
            let password = if self.settings.get_password().is_some() { ":***" } else { "" };
            write!(f, "{user}{password}@")?;
        }
        let ports = self.settings.get_ports();
        let names: Vec<String> = match self.settings.get_hosts() {
            [] => self.settings.get_hostaddrs().iter().map(ToString::to_string).collect(),
            hosts => hosts.iter().map(host_name).collect(),
        };
        for (position, name) in names.iter().enumerate() {
            let port = ports.get(position).or(ports.first()).copied().unwrap_or(5432);
            write!(f, "{}{name}:{port}", if position == 0 { "" } else { "," })?;
        }
        write!(f, "/{}?sslmode={}", self.settings.get_dbname().unwrap_or_default(), self.ssl_mode)?;
        match self.settings.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => f.write_str("&target_session_attrs=read-write"),
            TargetSessionAttrs::ReadOnly => f.write_str("&target_session_attrs=read-only"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// A host as it is written in messages.
pub(crate) fn host_name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    }
}
