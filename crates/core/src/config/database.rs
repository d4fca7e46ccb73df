//! How the database is reached, and what every connection to it may take.

use std::path::PathBuf;
use std::time::Duration;

use super::database_url::{self, DatabaseUrlFile};
use super::parse;
use super::reader::Reader;
use super::values::{CertificateAuthorities, DatabaseUrl};
use super::variable::{DefaultValue, Variable};

const DATABASE_CA_FILE: Variable = Variable {
    name: "DATABASE_CA_FILE",
    alias: None,
    expected: "the path of a readable PEM file with at least one certificate",
    default: DefaultValue::Unset("the system's certificate authorities, for verify-ca and verify-full"),
    secret: false,
    about: "The certificate authorities that may vouch for the database; like `sslrootcert` in the URL, which wins over it. \
            As with libpq, `sslmode=require` becomes verify-ca when it is set.",
};
const DATABASE_MAX_CONNS: Variable = Variable {
    name: "DATABASE_MAX_CONNS",
    alias: None,
    expected: "a whole number from 1 to 1000",
    default: DefaultValue::Always("25"),
    secret: false,
    about: "The largest size of one server's connection pool. Beside the pool a server opens two connections: one listens for live updates, one serves health checks and metrics. All servers together must stay below PostgreSQL's `max_connections`.",
};
const DATABASE_MIN_IDLE: Variable = Variable {
    name: "DATABASE_MIN_IDLE",
    alias: None,
    expected: "a whole number from 0 to 1000, not above DATABASE_MAX_CONNS",
    default: DefaultValue::Development("0", "2"),
    secret: false,
    about: "How many connections are opened ahead of need, so that no request has to wait for one to be opened after a quiet time.",
};
const DATABASE_ACQUIRE_TIMEOUT: Variable = Variable {
    name: "DATABASE_ACQUIRE_TIMEOUT",
    alias: None,
    expected: "a time span from 50ms to 5m, such as 5s",
    default: DefaultValue::Always("5s"),
    secret: false,
    about: "How long a request waits for a connection before it is answered with 503.",
};
const DATABASE_STATEMENT_TIMEOUT: Variable = Variable {
    name: "DATABASE_STATEMENT_TIMEOUT",
    alias: None,
    expected: "a time span from 100ms to 1h, such as 30s",
    default: DefaultValue::Always("30s"),
    secret: false,
    about: "How long one statement of the server may run. Migrations are not limited by it.",
};
const DB_AUTO_MIGRATE: Variable = Variable {
    name: "DB_AUTO_MIGRATE",
    alias: None,
    expected: "true or false",
    default: DefaultValue::Always("false"),
    secret: false,
    about: "Whether the server brings the schema up to date when it starts, as `migrator up` does. Many servers may start at once.",
};
const MIGRATIONS_DIR: Variable = Variable {
    name: "MIGRATIONS_DIR",
    alias: None,
    expected: "the path of a directory",
    default: DefaultValue::Unset("the migrations built into the binary"),
    secret: false,
    about: "Where the migrations are read from.",
};

pub(super) const VARIABLES: &[&Variable] = &[
    &database_url::DATABASE_URL,
    &database_url::DATABASE_HOST,
    &database_url::DATABASE_PORT,
    &database_url::DATABASE_USER,
    &database_url::DATABASE_PASSWORD,
    &database_url::DATABASE_NAME,
    &database_url::DATABASE_SSLMODE,
    &DATABASE_CA_FILE,
    &DATABASE_MAX_CONNS,
    &DATABASE_MIN_IDLE,
    &DATABASE_ACQUIRE_TIMEOUT,
    &DATABASE_STATEMENT_TIMEOUT,
    &DB_AUTO_MIGRATE,
    &MIGRATIONS_DIR,
];

/// How the database is reached, and what every connection to it may take.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Where it is. `None` in development only: the server then starts a database of its own and fills this in.
    pub url: Option<DatabaseUrl>,
    /// The files that `url` was read from, if it was: the server follows what they say later.
    pub url_file: Option<DatabaseUrlFile>,
    /// The certificate authorities of the database, unless the URL names others.
    pub authorities: Option<CertificateAuthorities>,
    /// How many connections the pool opens at most.
    pub max_conns: u16,
    /// How many idle connections the server keeps.
    pub min_idle: u16,
    /// How long to wait for a connection, be it free or new.
    pub acquire_timeout: Duration,
    /// `statement_timeout` of the pool's connections.
    pub statement_timeout: Duration,
    /// Whether the server migrates when it starts.
    pub auto_migrate: bool,
    /// Where migrations are read from; `None` for those built in.
    pub migrations_dir: Option<PathBuf>,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let (url, url_file) = database_url::read(reader);
        let authorities = reader
            .optional(&DATABASE_CA_FILE, |path| CertificateAuthorities::read(path).map_err(|error| error.to_string()));
        let max_conns = reader.optional(&DATABASE_MAX_CONNS, parse::number(1..=1000));
        // A pool smaller than the default of this setting is kept warm as a whole; only a number that is set can
        // contradict it.
        let min_idle_max = if reader.is_default(&DATABASE_MIN_IDLE) { 1000 } else { max_conns.unwrap_or(1000) };
        let min_idle = reader.optional(&DATABASE_MIN_IDLE, parse::number(0..=min_idle_max));
        let acquire_timeout = reader
            .optional(&DATABASE_ACQUIRE_TIMEOUT, parse::duration(Duration::from_millis(50)..=Duration::from_secs(300)));
        let statement_timeout = reader.optional(
            &DATABASE_STATEMENT_TIMEOUT,
            parse::duration(Duration::from_millis(100)..=Duration::from_secs(3600)),
        );
        let auto_migrate = reader.optional(&DB_AUTO_MIGRATE, parse::boolean);
        let migrations_dir = reader.optional(&MIGRATIONS_DIR, |text| {
            let path = PathBuf::from(text);
            if path.is_dir() { Ok(path) } else { Err("which is not a directory".to_owned()) }
        });
        Some(Self {
            url,
            url_file,
            authorities,
            max_conns: max_conns?,
            min_idle: min_idle?.min(max_conns?),
            acquire_timeout: acquire_timeout?,
            statement_timeout: statement_timeout?,
            auto_migrate: auto_migrate?,
            migrations_dir,
        })
    }
}
