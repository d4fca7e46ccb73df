//! The configuration: one typed value, read once, checked before anything else happens, and passed down.
//!
//! Layers, low to high: defaults in the code, `config/{ENV}.toml` (committed, no secrets), `.env` (development only),
//! the environment, secrets files (`/run/secrets/<name in lower case>` and, above it, `NAME_FILE=/path`).
//!
//! What this buys: a start with a wrong setting fails at once and names every mistake, a secret never reaches a log,
//! `--print-config` shows the value and the layer of each setting, and docs/CONFIGURATION.md cannot differ from the
//! code. Most of the lines are the texts of that page.
//!
//! Each section has a file of its own with its variables, its type and how one becomes the other. A new variable is
//! declared there, listed in the section's `VARIABLES`, and read; tests hold these and the documentation together.

mod auth;
mod database;
mod database_url;
mod documentation;
mod environment;
mod error;
mod http;
mod logging;
mod mail;
mod oidc;
mod parse;
mod rate_limit;
mod reader;
mod redis;
mod shutdown;
mod sources;
mod static_files;
mod telemetry;
mod unread_variables;
mod values;
mod variable;

#[cfg(test)]
mod tests;

pub use auth::{AuthConfig, AuthMode};
pub use database::DatabaseConfig;
pub use database_url::DatabaseUrlFile;
pub use documentation::documentation;
pub use error::{ConfigError, EXIT_CODE, InvalidSetting};
pub use http::{AllowedOrigins, BasePath, HttpConfig};
pub use logging::LoggingConfig;
pub use mail::{MailConfig, MailDriver};
pub use oidc::OidcProvider;
pub use rate_limit::RateLimitConfig;
pub use reader::{Effective, Loaded};
pub use redis::RedisConfig;
pub use shutdown::ShutdownConfig;
pub use sources::{SecretFile, Sources};
pub use static_files::StaticFilesConfig;
pub use telemetry::{Secret, TelemetryConfig, TraceSampler, TracesConfig};
pub(crate) use values::host_name;
pub use values::{
    CertificateAuthorities, CertificateError, DatabaseUrl, DatabaseUrlError, Environment, RateLimit, RedisUrl,
    RedisUrlError, SmtpSecurity, SmtpUrl, SmtpUrlError, SslMode,
};
pub use variable::{DefaultValue, Variable};

use reader::Reader;

/// The sections, in the order of the documentation, with the title that each has there.
const SECTIONS: &[(&str, &[&Variable])] = &[
    ("Environment", &[&environment::ENV]),
    ("HTTP", http::VARIABLES),
    ("Rate limits", rate_limit::VARIABLES),
    ("Database", database::VARIABLES),
    ("Redis", redis::VARIABLES),
    ("Access", auth::VARIABLES),
    ("Mail", mail::VARIABLES),
    ("Client", static_files::VARIABLES),
    ("Logging", logging::VARIABLES),
    ("Telemetry", telemetry::VARIABLES),
    ("Shutdown", shutdown::VARIABLES),
];

fn every_variable() -> impl Iterator<Item = &'static Variable> {
    SECTIONS.iter().flat_map(|(_, variables)| variables.iter().copied())
}

/// Everything that the server can be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the process runs.
    pub environment: Environment,
    /// Where the server listens, and which sites' pages may call it.
    pub http: HttpConfig,
    /// How often one may ask.
    pub rate_limit: RateLimitConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// The optional Redis that servers share.
    pub redis: RedisConfig,
    /// Authentication.
    pub auth: AuthConfig,
    /// How mail is sent.
    pub mail: MailConfig,
    /// The built client.
    pub static_files: StaticFilesConfig,
    /// What is logged.
    pub logging: LoggingConfig,
    /// What the monitoring is told, and where.
    pub telemetry: TelemetryConfig,
    /// How the server ends.
    pub shutdown: ShutdownConfig,
}

impl Config {
    /// Reads and checks everything. The error lists every problem; a binary prints it and exits with [`EXIT_CODE`].
    ///
    /// # Errors
    /// When any value is wrong or missing.
    pub fn load(sources: &Sources) -> Result<Loaded<Self>, ConfigError> {
        let providers = oidc::declared(sources);
        let named = providers.iter().flat_map(oidc::Declared::variables);
        let known: Vec<_> = every_variable().chain(named).collect();
        let mut reader = Reader::new(sources, &known);
        let environment = read_environment(&mut reader);
        let http = HttpConfig::read(&mut reader);
        let rate_limit = RateLimitConfig::read(&mut reader);
        let database = DatabaseConfig::read(&mut reader);
        let redis = RedisConfig::read(&mut reader);
        let auth = AuthConfig::read(&mut reader, &providers, http.as_ref());
        let mail = MailConfig::read(&mut reader, http.as_ref());
        let static_files = StaticFilesConfig::read(&mut reader);
        let logging = LoggingConfig::read(&mut reader);
        let telemetry = TelemetryConfig::read(&mut reader, http.as_ref().map(|http| http.port));
        let shutdown = ShutdownConfig::read(&mut reader);
        let config = (|| {
            Some(Self {
                environment: environment?,
                http: http?,
                rate_limit: rate_limit?,
                database: database?,
                redis: redis?,
                auth: auth?,
                mail: mail?,
                static_files: static_files?,
                logging: logging?,
                telemetry: telemetry?,
                shutdown: shutdown?,
            })
        })();
        reader.finish(config)
    }
}

/// What the migrator needs to know. It runs where the server's other settings may be absent.
#[derive(Debug, Clone)]
pub struct MigratorConfig {
    /// Where the process runs.
    pub environment: Environment,
    /// The database.
    pub database: DatabaseConfig,
    /// What is logged.
    pub logging: LoggingConfig,
}

impl MigratorConfig {
    /// Reads and checks the settings of the migrator, and no others.
    ///
    /// # Errors
    /// When any value is wrong or missing.
    pub fn load(sources: &Sources) -> Result<Loaded<Self>, ConfigError> {
        let known: Vec<_> = every_variable().collect();
        let mut reader = Reader::new(sources, &known);
        let environment = read_environment(&mut reader);
        let database = DatabaseConfig::read(&mut reader);
        let logging = LoggingConfig::read(&mut reader);
        if database.as_ref().is_some_and(|database| database.url.is_none())
            && !reader.has_problem(&database_url::DATABASE_URL)
        {
            reader.problem(
                &database_url::DATABASE_URL,
                None,
                "not set; the migrator starts no database of its own".to_owned(),
            );
        }
        let config = (|| Some(Self { environment: environment?, database: database?, logging: logging? }))();
        reader.finish(config)
    }
}

fn read_environment(reader: &mut Reader) -> Option<Environment> {
    reader.optional(&environment::ENV, |text| Environment::parse(text).ok_or_else(String::new))
}
