//! Who callers are, and how they sign in.

use std::time::Duration;

use super::http::HttpConfig;
use super::oidc::{Declared, OidcProvider};
use super::parse;
use super::reader::Reader;
use super::values::Environment;
use super::variable::{DefaultValue, Variable};

const AUTH_MODE: Variable = Variable {
    name: "AUTH_MODE",
    alias: None,
    expected: "accounts or none",
    default: DefaultValue::Development("none", "accounts"),
    secret: false,
    about: "`accounts`: users sign in; the first start asks for an owner (`server setup-token`, `server create-owner`). \
            `none`: every request is that of the one built-in user; for one person on a trusted machine, so outside development \
            `HOST` must be a loopback address then, unless `AUTH_NONE_ANYWHERE` is true. \
            A server that changes from `none` to `accounts` keeps everything: the owner that is set up is the built-in user.",
};
const AUTH_NONE_ANYWHERE: Variable = Variable {
    name: "AUTH_NONE_ANYWHERE",
    alias: None,
    expected: "true or false",
    default: DefaultValue::Always("false"),
    secret: false,
    about: "Whether a server with `AUTH_MODE=none` may listen on addresses that other machines reach, outside development. Every \
            caller who reaches such a server is its one user: allow it only in a private network, or behind a proxy that authenticates \
            callers. A container listens on all its addresses, so `none` in a container needs it.",
};
const AUTH_PASSWORDS: Variable = Variable {
    name: "AUTH_PASSWORDS",
    alias: None,
    expected: "true or false",
    default: DefaultValue::Always("true"),
    secret: false,
    about: "Whether users may sign in with a password. `false` leaves only single sign-on (`OIDC_*`).",
};
const SESSION_IDLE_TIMEOUT: Variable = Variable {
    name: "SESSION_IDLE_TIMEOUT",
    alias: None,
    expected: "a time span from 5m to 365days, such as 14days",
    default: DefaultValue::Always("14days"),
    secret: false,
    about: "A session ends when it was not used for so long. Uses are noted to the minute.",
};
const SESSION_MAX_AGE: Variable = Variable {
    name: "SESSION_MAX_AGE",
    alias: Some("SESSION_TTL"),
    expected: "a time span from 5m to 365days, such as 90days",
    default: DefaultValue::Always("90days"),
    secret: false,
    about: "A session ends so long after the sign-in, however much it is used.",
};
const AUDIT_LOG_RETENTION: Variable = Variable {
    name: "AUDIT_LOG_RETENTION",
    alias: None,
    expected: "a time span from 30days to 36500days, such as 730days",
    default: DefaultValue::Always("730days"),
    secret: false,
    about: "How long lines of the audit log are kept. The database lets no statement delete one of the last 30 days.",
};

pub(super) const VARIABLES: &[&Variable] =
    &[&AUTH_MODE, &AUTH_NONE_ANYWHERE, &AUTH_PASSWORDS, &SESSION_IDLE_TIMEOUT, &SESSION_MAX_AGE, &AUDIT_LOG_RETENTION];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Who callers are, and how they sign in.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// How callers are told apart.
    pub mode: AuthMode,
    /// Whether users may sign in with a password.
    pub passwords: bool,
    /// The providers of single sign-on.
    pub providers: Vec<OidcProvider>,
    /// A session ends when it was not used for so long.
    pub session_idle: Duration,
    /// A session ends so long after the sign-in.
    pub session_age: Duration,
    /// How long lines of the audit log are kept.
    pub audit_retention: Duration,
}

/// How callers are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// Not at all: every request is the built-in user's.
    None,
    /// By what they sign in with, or by a token.
    Accounts,
}

impl AuthMode {
    /// The word of the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Accounts => "accounts",
        }
    }
}

impl AuthConfig {
    pub(super) fn read(reader: &mut Reader, providers: &[Declared], http: Option<&HttpConfig>) -> Option<Self> {
        let has_public_url = http.is_some_and(|http| http.public_url.is_some());
        let mode =
            reader.optional(&AUTH_MODE, parse::word(&[("none", AuthMode::None), ("accounts", AuthMode::Accounts)]));
        let none_anywhere = reader.optional(&AUTH_NONE_ANYWHERE, parse::boolean);
        if let Some(host) = http.map(|http| http.host)
            && mode == Some(AuthMode::None)
            && none_anywhere == Some(false)
            && reader.environment() != Environment::Development
            && !host.to_canonical().is_loopback()
        {
            let found = format!(
                "none, while HOST is {host}, where other machines reach the server and every caller is its one user. Set \
                 AUTH_MODE=accounts, or HOST=127.0.0.1, or, in a private network or behind a proxy that authenticates callers, \
                 AUTH_NONE_ANYWHERE=true"
            );
            reader.problem(&AUTH_MODE, None, found);
        }
        let passwords = reader.optional(&AUTH_PASSWORDS, parse::boolean);
        let session_idle = reader.optional(&SESSION_IDLE_TIMEOUT, parse::duration(MINUTES..=365 * DAY));
        let session_age = reader.optional(&SESSION_MAX_AGE, parse::duration(MINUTES..=365 * DAY));
        let audit_retention = reader.optional(&AUDIT_LOG_RETENTION, parse::duration(30 * DAY..=36_500 * DAY));
        let providers: Vec<_> = providers.iter().map(|provider| provider.read(reader, has_public_url)).collect();
        if passwords == Some(false) && mode == Some(AuthMode::Accounts) && providers.is_empty() {
            let found = "false, without a provider to sign in with (OIDC_<NAME>_ISSUER)";
            reader.problem(&AUTH_PASSWORDS, None, found.to_owned());
        }
        Some(Self {
            mode: mode?,
            providers: providers.into_iter().collect::<Option<_>>()?,
            passwords: passwords?,
            session_idle: session_idle?,
            session_age: session_age?,
            audit_retention: audit_retention?,
        })
    }
}

/// The shortest life of a session.
const MINUTES: Duration = Duration::from_secs(5 * 60);
