//! The settings of mail.

use lettre::message::Mailbox;

use super::http::HttpConfig;
use super::reader::Reader;
use super::values::{CertificateAuthorities, Environment, SmtpUrl};
use super::variable::{DefaultValue, Variable};

const SMTP_URL: Variable = Variable {
    name: "SMTP_URL",
    alias: None,
    expected: "a URL such as smtp://user:password@mail.example.org:587, or smtps:// for TLS from the first byte",
    default: DefaultValue::Unset("no mail is sent"),
    secret: true,
    about: "The mail server that delivers the server's messages: invitations, forgotten passwords, changed addresses, sign-ins from new devices, scheduled reports. \
            `smtp://` demands STARTTLS; `?tls=opportunistic` goes on without it, and `?tls=none` never asks for it, which is for a relay on the \
            same machine. Needs EMAIL_FROM and PUBLIC_URL, from which all links are made. \
            Without it every flow but scheduled reports still works: the page shows the link to the member who creates it, to pass it on.",
};
const SMTP_CA_FILE: Variable = Variable {
    name: "SMTP_CA_FILE",
    alias: None,
    expected: "the path of a PEM file with certificates",
    default: DefaultValue::Unset("those that the operating system trusts"),
    secret: false,
    about: "The certificate authorities that may have signed the mail server's certificate, beside those that the operating system trusts.",
};
const EMAIL_FROM: Variable = Variable {
    name: "EMAIL_FROM",
    alias: None,
    expected: "an address such as clockwork@example.org or Clockwork <clockwork@example.org>",
    default: DefaultValue::Unset("required with SMTP_URL"),
    secret: false,
    about: "The sender of messages.",
};
const EMAIL_DRIVER: Variable = Variable {
    name: "EMAIL_DRIVER",
    alias: None,
    expected: "smtp or log; log only in development",
    default: DefaultValue::Unset("smtp if SMTP_URL is set; else log in development, and elsewhere no mail is sent"),
    secret: false,
    about: "`log` writes messages to the log instead of sending them, with their links, to try every flow without a mail server.",
};

pub(super) const VARIABLES: &[&Variable] = &[&SMTP_URL, &SMTP_CA_FILE, &EMAIL_FROM, &EMAIL_DRIVER];

/// The settings of mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// What sends messages.
    pub driver: MailDriver,
    /// The beginning of all links: the address of the installation with its base path, without a slash at the end.
    pub base_url: String,
}

/// What sends messages.
#[derive(Debug, Clone)]
pub enum MailDriver {
    /// Nothing: messages are dropped.
    Off,
    /// Messages are written to the log. Only in development.
    Log,
    /// A mail server.
    Smtp {
        /// Its address and credentials.
        url: SmtpUrl,
        /// Authorities that may have signed its certificate, beside those that the operating system trusts.
        authorities: Option<CertificateAuthorities>,
        /// The sender of messages.
        from: Box<Mailbox>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Driver {
    Smtp,
    Log,
}

impl MailConfig {
    /// Reads the section. `http` is absent if that section has errors.
    pub(super) fn read(reader: &mut Reader, http: Option<&HttpConfig>) -> Option<Self> {
        let url = reader.optional_shown(
            &SMTP_URL,
            |text| text.parse::<SmtpUrl>().map_err(|error| error.to_string()),
            |url, _| url.to_string(),
        );
        let authorities = reader
            .optional(&SMTP_CA_FILE, |text| CertificateAuthorities::read(text).map_err(|error| error.to_string()));
        let from = reader.optional(&EMAIL_FROM, |text| text.parse::<Mailbox>().map_err(|_| String::new()));
        let development = reader.environment == Environment::Development;
        let driver = reader.optional(&EMAIL_DRIVER, |text| match text {
            "smtp" => Ok(Driver::Smtp),
            "log" if development => Ok(Driver::Log),
            "log" => Err("which writes links that open accounts to the log; only in development".to_owned()),
            _ => Err(String::new()),
        });
        let driver = driver.or(match (&url, development) {
            (Some(_), _) => Some(Driver::Smtp),
            (None, true) => Some(Driver::Log),
            (None, false) => None,
        });
        let driver = match (driver, url) {
            (None, _) => MailDriver::Off,
            (Some(Driver::Log), _) => MailDriver::Log,
            (Some(Driver::Smtp), None) => {
                if !reader.has_problem(&SMTP_URL) {
                    reader.problem(&SMTP_URL, None, "not set, and required with EMAIL_DRIVER=smtp".to_owned());
                }
                return None;
            }
            (Some(Driver::Smtp), Some(url)) => {
                if from.is_none() && !reader.has_problem(&EMAIL_FROM) {
                    reader.problem(&EMAIL_FROM, None, "not set, and required with SMTP_URL".to_owned());
                }
                if http.is_some_and(|http| http.public_url.is_none()) {
                    let found = "found no PUBLIC_URL, from which the links in messages are made".to_owned();
                    reader.problem(&SMTP_URL, None, found);
                }
                MailDriver::Smtp { url, authorities, from: Box::new(from?) }
            }
        };
        let http = http?;
        let origin = match &http.public_url {
            Some(url) => url.origin().ascii_serialization(),
            // Only the log of development has links without PUBLIC_URL.
            None => format!("http://localhost:{}", http.port),
        };
        Some(Self { driver, base_url: format!("{origin}{}", http.base_path.as_str()) })
    }
}
