//! The URL of the database: `DATABASE_URL` as a whole, or its parts, as Secrets of cloud providers and operators hold
//! them. Each may come from a file that changes while the server runs.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::parse;
use super::reader::Reader;
use super::sources::SecretFile;
use super::telemetry::Secret;
use super::values::DatabaseUrl;
use super::variable::{DefaultValue, Variable};

pub(super) const DATABASE_URL: Variable = Variable {
    name: "DATABASE_URL",
    alias: None,
    expected: "a PostgreSQL URL such as postgres://user:password@host:5432/database?sslmode=verify-full, or DATABASE_HOST in its place",
    default: DefaultValue::RequiredOutsideDevelopment("", "a private PostgreSQL that the server starts by itself"),
    secret: true,
    about: "The database. Several hosts may be listed, `host1:5432,host2:5432`; with `target_session_attrs=read-write` the one \
            that accepts writes is used. `sslmode` is one of disable, prefer (the default), require, verify-ca and verify-full, \
            and means what it means to libpq; certificates must name the host in subjectAltName. A transaction-pooling proxy must \
            know prepared statements (PgBouncer 1.21 or newer with `max_prepared_statements` above 0), and the role behind it \
            should have its own `statement_timeout`; the migrator holds a session lock and must not go through one. Read from a file, it may \
            change while the server runs: from the moment when the new URL lets the server in, only that one is used, and until then the \
            one before. The migrator reads it once.",
};
pub(super) const DATABASE_HOST: Variable = Variable {
    name: "DATABASE_HOST",
    alias: None,
    expected: "the host of the database such as db.example.com, without DATABASE_URL",
    default: DefaultValue::Unset("DATABASE_URL names the host"),
    secret: false,
    about: "The database by its parts, in place of DATABASE_URL: with this host, DATABASE_USER and DATABASE_NAME are required, and DATABASE_PORT, \
            DATABASE_PASSWORD and DATABASE_SSLMODE are used. Several hosts are separated by commas; the one that accepts writes is used. \
            Beside DATABASE_URL it is an error.",
};
pub(super) const DATABASE_PORT: Variable = Variable {
    name: "DATABASE_PORT",
    alias: None,
    expected: "a port number from 1 to 65535",
    default: DefaultValue::Always("5432"),
    secret: false,
    about: "The port of DATABASE_HOST. Without a host it is not read.",
};
pub(super) const DATABASE_USER: Variable = Variable {
    name: "DATABASE_USER",
    alias: None,
    expected: "the name of a role",
    default: DefaultValue::Unset("DATABASE_URL names the role"),
    secret: false,
    about: "The role at DATABASE_HOST. Read from a file, it is followed like DATABASE_PASSWORD.",
};
pub(super) const DATABASE_PASSWORD: Variable = Variable {
    name: "DATABASE_PASSWORD",
    alias: None,
    expected: "the password of DATABASE_USER",
    default: DefaultValue::Unset("no password"),
    secret: true,
    about: "The password of DATABASE_USER, as it is: nothing in it needs to be escaped. Read from a file, it may change while the server runs, as \
            DATABASE_URL may.",
};
pub(super) const DATABASE_NAME: Variable = Variable {
    name: "DATABASE_NAME",
    alias: None,
    expected: "the name of a database",
    default: DefaultValue::Unset("DATABASE_URL names the database"),
    secret: false,
    about: "The database at DATABASE_HOST.",
};
pub(super) const DATABASE_SSLMODE: Variable = Variable {
    name: "DATABASE_SSLMODE",
    alias: None,
    expected: "disable, prefer, require, verify-ca or verify-full",
    default: DefaultValue::Unset("prefer"),
    secret: false,
    about: "`sslmode` for DATABASE_HOST, with libpq's meanings.",
};

/// What belongs to [`DATABASE_HOST`].
const PARTS: [&Variable; 5] = [&DATABASE_PORT, &DATABASE_USER, &DATABASE_PASSWORD, &DATABASE_NAME, &DATABASE_SSLMODE];

const SSL_MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The files that the URL comes from, which may change while the server runs.
#[derive(Debug, Clone)]
pub enum DatabaseUrlFile {
    /// One file holds the URL.
    Whole(SecretFile),
    /// Files hold the password, the name of the role, or both.
    Parts(Box<Parts>),
}

/// The parts of a URL.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Hosts and ports, as they stand in a URL.
    hosts: String,
    user: Part,
    password: Option<Part>,
    name: String,
    ssl_mode: Option<String>,
}

/// A text, or the file that holds it.
#[derive(Debug, Clone)]
enum Part {
    Text(Secret<String>),
    File(SecretFile),
}

impl Part {
    fn read(&self) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(text.reveal().clone()),
            Self::File(file) => file.read(),
        }
    }

    fn file(&self) -> Option<&SecretFile> {
        if let Self::File(file) = self { Some(file) } else { None }
    }
}

impl Parts {
    fn files(&self) -> impl Iterator<Item = &SecretFile> {
        std::iter::once(&self.user).chain(&self.password).filter_map(Part::file)
    }

    /// The URL that the parts make now.
    fn url(&self) -> Result<String, String> {
        let encoded = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let mut login = encoded(&self.user.read()?);
        if let Some(password) = &self.password {
            login = format!("{login}:{}", encoded(&password.read()?));
        }
        let mut query = Vec::new();
        if let Some(mode) = &self.ssl_mode {
            query.push(format!("sslmode={mode}"));
        }
        if self.hosts.contains(',') {
            query.push("target_session_attrs=read-write".to_owned());
        }
        Ok(format!("postgres://{login}@{}/{}?{}", self.hosts, encoded(&self.name), query.join("&")))
    }
}

impl DatabaseUrlFile {
    /// The URL that the files hold now.
    ///
    /// # Errors
    /// When a file cannot be read, or is empty. The reason holds nothing of what is in the files.
    pub fn read(&self) -> Result<String, String> {
        match self {
            Self::Whole(file) => file.read(),
            Self::Parts(parts) => parts.url(),
        }
    }
}

impl fmt::Display for DatabaseUrlFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(file) => file.fmt(f),
            Self::Parts(parts) => {
                let files: Vec<_> = parts.files().map(ToString::to_string).collect();
                f.write_str(&files.join(", "))
            }
        }
    }
}

/// The URL, and the files that it came from.
pub(super) fn read(reader: &mut Reader) -> (Option<DatabaseUrl>, Option<DatabaseUrlFile>) {
    if reader.is_default(&DATABASE_HOST) { whole(reader) } else { parts(reader) }
}

fn whole(reader: &mut Reader) -> (Option<DatabaseUrl>, Option<DatabaseUrlFile>) {
    let beside = if reader.is_default(&DATABASE_URL) { "without DATABASE_HOST" } else { "beside DATABASE_URL" };
    let url = reader.optional_shown(
        &DATABASE_URL,
        |text| DatabaseUrl::parse(text).map_err(|error| error.to_string()),
        |url, _| url.to_string(),
    );
    let file = reader.file_of(&DATABASE_URL).map(DatabaseUrlFile::Whole);
    reader.pass_over(&DATABASE_HOST);
    for part in PARTS {
        if !reader.is_default(part) {
            reader.warn(format!("{} is set but has no effect {beside}", part.name));
        }
        reader.pass_over(part);
    }
    (url, file)
}

fn parts(reader: &mut Reader) -> (Option<DatabaseUrl>, Option<DatabaseUrlFile>) {
    if !reader.is_default(&DATABASE_URL) {
        reader.problem(&DATABASE_HOST, None, "set beside DATABASE_URL, which names a host itself".to_owned());
    }
    reader.pass_over(&DATABASE_URL);
    let hosts = reader.optional(&DATABASE_HOST, hosts);
    let port: Option<u16> = reader.optional(&DATABASE_PORT, parse::number(1..=u16::MAX));
    let user = reader.optional(&DATABASE_USER, text);
    let password = reader.optional_shown(&DATABASE_PASSWORD, text, |_, _| "***".to_owned());
    let name = reader.optional(&DATABASE_NAME, text);
    let ssl_mode = reader.optional(&DATABASE_SSLMODE, |mode| {
        if SSL_MODES.contains(&mode) { Ok(mode.to_owned()) } else { Err(String::new()) }
    });
    for (variable, missing) in [(&DATABASE_USER, user.is_none()), (&DATABASE_NAME, name.is_none())] {
        if missing {
            reader.problem(variable, None, "not set, and DATABASE_HOST is".to_owned());
        }
    }
    let part = |text, variable| reader.file_of(variable).map_or_else(|| Part::Text(Secret::new(text)), Part::File);
    let (Some(hosts), Some(port), Some(user), Some(name)) = (hosts, port, user, name) else { return (None, None) };
    let parts = Parts {
        hosts: hosts.iter().map(|host| format!("{host}:{port}")).collect::<Vec<_>>().join(","),
        user: part(user, &DATABASE_USER),
        password: password.map(|password| part(password, &DATABASE_PASSWORD)),
        name,
        ssl_mode,
    };
    match parts.url().and_then(|url| DatabaseUrl::parse(&url).map_err(|error| error.to_string())) {
        Ok(url) => {
            let followed = parts.files().next().is_some();
            (Some(url), followed.then(|| DatabaseUrlFile::Parts(Box::new(parts))))
        }
        Err(reason) => {
            reader.problem(&DATABASE_HOST, None, reason);
            (None, None)
        }
    }
}

fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// The hosts, as they stand in a URL.
fn hosts(text: &str) -> Result<Vec<String>, String> {
    let hosts = text.split(',').map(str::trim).map(|host| match host.matches(':').count() {
        // The directory of a Unix socket, which may have colons in its name.
        _ if host.starts_with('/') => Ok(utf8_percent_encode(host, RESERVED).to_string()),
        0 if !host.is_empty() => Ok(utf8_percent_encode(host, RESERVED).to_string()),
        1 => Err("which has a port: that is DATABASE_PORT".to_owned()),
        0 => Err("which has an empty host".to_owned()),
        // An address of IPv6, with brackets or without.
        _ => Ok(format!("[{}]", host.trim_start_matches('[').trim_end_matches(']'))),
    });
    hosts.collect()
}
