//! `SMTP_URL`, checked once.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::Url;
use zeroize::Zeroizing;

/// How the connection to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// From the first byte: `smtps://`.
    Tls,
    /// After STARTTLS, without which nothing is sent.
    StartTls,
    /// After STARTTLS if the server offers it: `tls=opportunistic`.
    Opportunistic,
    /// Not at all: `tls=none`, for a relay on the same machine.
    None,
}

/// The address of a mail server, with credentials. Shown without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// The name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: SmtpSecurity,
    credentials: Option<(String, Zeroizing<String>)>,
}

/// What is wrong with the URL of a mail server. Never shows a part of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Another protocol, or none.
    #[error("it does not begin with smtp:// or smtps://")]
    Scheme,
    /// No host is named.
    #[error("it names no host")]
    NoHost,
    /// A query other than `tls=`.
    #[error("its query is not tls=required, tls=opportunistic or tls=none, which smtps:// does not take")]
    Query,
    /// A user without a password, or a password without a user.
    #[error("it has a user without a password, or a password without a user")]
    Credentials,
    /// The rest is not right.
    #[error("it is not a URL without a path")]
    Syntax,
}

impl SmtpUrl {
    /// The user and the password, if the server wants them.
    pub(crate) fn reveal(&self) -> Option<(&str, &str)> {
        self.credentials.as_ref().map(|(user, password)| (user.as_str(), password.as_str()))
    }
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let is_tls = text.starts_with("smtps://");
        if !is_tls && !text.starts_with("smtp://") {
            return Err(SmtpUrlError::Scheme);
        }
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::EmptyHost => SmtpUrlError::NoHost,
            _ => SmtpUrlError::Syntax,
        })?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpUrlError::NoHost)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlError::Syntax);
        }
        let security = match (is_tls, url.query()) {
            (true, None) => SmtpSecurity::Tls,
            (false, None | Some("tls=required")) => SmtpSecurity::StartTls,
            (false, Some("tls=opportunistic")) => SmtpSecurity::Opportunistic,
            (false, Some("tls=none")) => SmtpSecurity::None,
            _ => return Err(SmtpUrlError::Query),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            ("", Some(_)) | (_, None) => return Err(SmtpUrlError::Credentials),
            (user, Some(password)) => Some((decoded(user), Zeroizing::new(decoded(password)))),
        };
        let port = url.port().unwrap_or(if is_tls { 465 } else { 587 });
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, security, credentials })
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.security == SmtpSecurity::Tls { "smtps" } else { "smtp" };
        let user = self.credentials.as_ref().map(|(user, _)| format!("{user}:***@")).unwrap_or_default();
        let query = match self.security {
            SmtpSecurity::Tls | SmtpSecurity::StartTls => "",
            SmtpSecurity::Opportunistic => "?tls=opportunistic",
            SmtpSecurity::None => "?tls=none",
        };
        write!(f, "{scheme}://{user}{}:{}{query}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password_and_with_its_port() {
        for (text, shown) in [
            ("smtp://mail.example.org", "smtp://mail.example.org:587"),
            ("smtps://ada:hunter2@mail.example.org", "smtps://ada:***@mail.example.org:465"),
            ("smtp://ada%40example.org:h%3Anter2@relay:2525?tls=required", "smtp://ada@example.org:***@relay:2525"),
            ("smtp://127.0.0.1:25?tls=none", "smtp://127.0.0.1:25?tls=none"),
            ("smtp://relay?tls=opportunistic", "smtp://relay:587?tls=opportunistic"),
        ] {
            let url: SmtpUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("SmtpUrl({shown})"));
        }
        let url: SmtpUrl = "smtp://ada%40example.org:h%3Anter2@relay".parse().unwrap();
        assert_eq!(url.reveal(), Some(("ada@example.org", "h:nter2")));
    }

    #[test]
    fn what_is_wrong_with_a_url_is_told_without_repeating_it() {
        for (text, wrong) in [
            ("mail.example.org:587", SmtpUrlError::Scheme),
            ("http://mail", SmtpUrlError::Scheme),
            ("smtp://", SmtpUrlError::NoHost),
            ("smtp://ada@mail", SmtpUrlError::Credentials),
            ("smtp://:hunter2@mail", SmtpUrlError::Credentials),
            ("smtp://mail/path", SmtpUrlError::Syntax),
            ("smtp://mail:port", SmtpUrlError::Syntax),
            ("smtps://mail?tls=none", SmtpUrlError::Query),
            ("smtp://mail?tls=off", SmtpUrlError::Query),
        ] {
            assert_eq!(text.parse::<SmtpUrl>().unwrap_err(), wrong, "{text}");
        }
    }
}
