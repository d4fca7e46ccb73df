//! Settings that are parsed into values of their own. What uses them (connections, Redis, rate limits) takes them from
//! here.

mod certificate_authorities;
mod database_url;
mod environment;
mod rate_limit;
mod redis_url;
mod smtp_url;

pub use certificate_authorities::{CertificateAuthorities, CertificateError};
pub(crate) use database_url::host_name;
pub use database_url::{DatabaseUrl, DatabaseUrlError, SslMode};
pub use environment::Environment;
pub use rate_limit::RateLimit;
pub use redis_url::{RedisUrl, RedisUrlError};
pub use smtp_url::{SmtpSecurity, SmtpUrl, SmtpUrlError};
