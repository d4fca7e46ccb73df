//! Hands messages over to a mail server or to the log, or drops them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::Message;
use crate::config::{MailConfig, MailDriver, SmtpSecurity};
use crate::values::ids::JobId;
use crate::values::secret_token::SecretToken;

/// How long a mail server may take for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Makes links, from the configuration and never from a request, whose `Host` the client chooses.
#[derive(Clone, Debug)]
pub struct Links(Arc<str>);

impl Links {
    /// The address of a page that takes a secret. The secret is the fragment, which browsers send to no server and put
    /// into no `Referer`.
    #[must_use]
    pub fn with_secret(&self, page: &str, secret: &SecretToken) -> String {
        format!("{}/{page}#token={}", self.0, secret.reveal())
    }

    /// The address of a page.
    #[must_use]
    pub fn to(&self, page: &str) -> String {
        format!("{}/{page}", self.0)
    }
}

/// Hands messages over. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    transport: Transport,
    links: Links,
}

enum Transport {
    Off,
    Log,
    Smtp(Box<SmtpTransport>),
}

struct SmtpTransport {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a message was not handed over. The text does not name the reader.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct MailError {
    text: String,
    /// Whether trying again is of no use.
    pub is_permanent: bool,
}

impl MailError {
    fn permanent(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_permanent: true }
    }

    pub(super) fn template(error: impl fmt::Display) -> Self {
        Self::permanent(format!("the message could not be written: {error}"))
    }

    pub(super) fn address() -> Self {
        Self::permanent("the address is none that mail can be sent to")
    }

    /// The text of the server's answer may contain the address, so the error has only its code.
    fn smtp(error: &smtp::Error) -> Self {
        let text = match error.status() {
            Some(code) => format!("the mail server answered {code}"),
            None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
            None if error.is_tls() => "the connection to the mail server could not be encrypted".to_owned(),
            None if error.is_client() => "the mail server lacks something that the message needs".to_owned(),
            None => "the mail server could not be reached".to_owned(),
        };
        Self { text, is_permanent: error.is_permanent() }
    }
}

/// Marks the message as automatic, so that no vacation notice answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The address that takes the reader off a list (RFC 2369).
#[derive(Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // On the line of its name, however long it is: programs that look for it do not all know folded lines.
        let value = format!("<{}>", self.0);
        HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
    }
}

/// A POST to that address is enough: mail programs show a button for it (RFC 8058).
#[derive(Clone)]
struct UnsubscribePost;

impl Header for UnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// What a message has beside its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attached<'a> {
    /// A file: its name, in ASCII, its media type, and its bytes.
    pub file: Option<(&'a str, &'a str, &'a [u8])>,
    /// The address that takes the reader off a list when something is sent there.
    pub stop: Option<&'a str>,
}

impl Mailer {
    /// As it is configured. Nothing is connected yet.
    ///
    /// # Errors
    /// When the certificates for the mail server cannot be used.
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        let transport = match &config.driver {
            MailDriver::Off => Transport::Off,
            MailDriver::Log => Transport::Log,
            MailDriver::Smtp { url, authorities, from } => {
                let unusable = |error: &dyn fmt::Display| {
                    MailError::permanent(format!("the certificates for the mail server cannot be used: {error}"))
                };
                let mut parameters = TlsParameters::builder(url.host.clone());
                if let Some(authorities) = authorities {
                    for certificate in authorities.certificates().map_err(|error| unusable(&error))? {
                        let certificate =
                            Certificate::from_der(certificate.to_vec()).map_err(|error| unusable(&error))?;
                        parameters = parameters.add_root_certificate(certificate);
                    }
                }
                let tls = || parameters.build_rustls().map_err(|error| unusable(&error));
                let tls = match url.security {
                    SmtpSecurity::Tls => Tls::Wrapper(tls()?),
                    SmtpSecurity::StartTls => Tls::Required(tls()?),
                    SmtpSecurity::Opportunistic => Tls::Opportunistic(tls()?),
                    SmtpSecurity::None => Tls::None,
                };
                let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&url.host)
                    .port(url.port)
                    .tls(tls)
                    .timeout(Some(TIMEOUT));
                if let Some((user, password)) = url.reveal() {
                    transport = transport.credentials(Credentials::new(user.to_owned(), password.to_owned()));
                }
                Transport::Smtp(Box::new(SmtpTransport { server: transport.build(), from: from.as_ref().clone() }))
            }
        };
        Ok(Self(Arc::new(Inner { transport, links: Links(config.base_url.as_str().into()) })))
    }

    /// Nothing is sent; links lead to `base_url`.
    #[must_use]
    pub fn off(base_url: &str) -> Self {
        Self(Arc::new(Inner { transport: Transport::Off, links: Links(base_url.into()) }))
    }

    /// Whether messages reach their readers. If not, the API shows a link to the caller that creates it.
    #[must_use]
    pub fn delivers(&self) -> bool {
        matches!(self.0.transport, Transport::Smtp(_))
    }

    /// Makes links for messages.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.0.links
    }

    /// Whether messages are dropped.
    #[must_use]
    pub fn is_off(&self) -> bool {
        matches!(self.0.transport, Transport::Off)
    }

    /// Hands a message over. The id of its job makes the id of the message, so that one that is sent twice can be
    /// recognised.
    ///
    /// # Errors
    /// When the message has no reader, or the mail server does not take it.
    pub async fn send(&self, job: JobId, message: &Message) -> Result<(), MailError> {
        self.send_with(&job.to_string(), message, Attached::default()).await
    }

    /// The same with a file, or with the address that ends such messages. Of two messages with one id the reader's
    /// program shows one.
    ///
    /// # Errors
    /// When the message has no reader, or the mail server does not take it.
    pub async fn send_with(&self, id: &str, message: &Message, attached: Attached<'_>) -> Result<(), MailError> {
        let Some(rendered) = message.render()? else { return Ok(()) };
        let to = message.recipient()?;
        let smtp = match &self.0.transport {
            Transport::Off => {
                tracing::info!(mail = ?message.mail, "mail dropped: SMTP_URL is not set");
                return Ok(());
            }
            Transport::Log => {
                tracing::info!("mail, which EMAIL_DRIVER=log does not send: {}\n{}", rendered.subject, rendered.text);
                return Ok(());
            }
            Transport::Smtp(smtp) => smtp,
        };
        let address = Address::new(to.local_part(), to.domain()).map_err(|_| MailError::address())?;
        let mut mail = lettre::Message::builder()
            .from(smtp.from.clone())
            // The address alone, because names are free text.
            .to(Mailbox::new(None, address))
            .subject(rendered.subject)
            .message_id(Some(format!("<{id}@{}>", smtp.from.email.domain())))
            .header(AutoSubmitted);
        if let Some(stop) = attached.stop {
            mail = mail.header(Unsubscribe(stop.to_owned())).header(UnsubscribePost);
        }
        let text = MultiPart::alternative_plain_html(rendered.text, rendered.html);
        let body = match attached.file {
            None => text,
            Some((name, media_type, bytes)) => {
                let media_type = media_type.parse().map_err(|_| MailError::template("the type of the file"))?;
                let file = Attachment::new(name.to_owned()).body(bytes.to_vec(), media_type);
                MultiPart::mixed().multipart(text).singlepart(file)
            }
        };
        let mail = mail.multipart(body).map_err(MailError::template)?;
        smtp.server.send(mail).await.map(|_| ()).map_err(|error| MailError::smtp(&error))
    }
}
