//! Mail: the messages, in the languages of the page, and their delivery.
//!
//! A message is a job, added in the transaction of the change that it reports ([`enqueue`]). Links begin with
//! `PUBLIC_URL` and never come from a request. Without a mail server messages are dropped, and the API shows a link to
//! the caller that creates it.

mod content;
mod mailer;

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};

pub use content::Rendered;
pub use mailer::{Attached, Links, MailError, Mailer};

use crate::jobs::{self, JobOptions, Payload};
use crate::values::EmailAddress;
use crate::values::settings::Language;

/// A message to one reader.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    to: String,
    language: String,
    /// `None` is a placeholder, which is not sent.
    mail: Option<Mail>,
}

/// The content of a message.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    /// An invitation to a workspace.
    Invitation {
        /// The name of the workspace.
        workspace: String,
        /// The name of the inviter.
        inviter: String,
        /// The page that accepts it.
        link: String,
    },
    /// A new password can be chosen.
    ResetPassword {
        /// The page that sets it.
        link: String,
    },
    /// An account gets this address once the reader has opened the link.
    ConfirmAddress {
        /// The page that confirms the address.
        link: String,
    },
    /// Shows an administrator that mail arrives.
    Test,
    /// To the previous address of an account.
    AddressChanged,
    /// To the owner of an account whose password was changed.
    PasswordChanged,
    /// To the owner of an account whose second factor was switched off.
    SecondFactorRemoved,
    /// A browser that the account has not seen before has signed in.
    NewDevice {
        /// The name that the browser sends.
        device: String,
        /// The address of the browser.
        address: Option<String>,
    },
    /// The archive of the user's data is ready.
    DataReady {
        /// The page that has it.
        link: String,
    },
    /// The user has asked for the deletion of the account.
    AccountDeletion {
        /// The day of the deletion, as in `2026-12-05`.
        day: String,
    },
    /// The account was not deleted: a workspace or the installation would be without an owner.
    AccountDeletionCalledOff,
    /// A report that is sent on a schedule.
    ScheduledReport(Box<ScheduledReport>),
    /// To the owner of a report: the server has paused a schedule of it.
    SchedulePaused {
        /// The name of the report.
        report: String,
        /// The name of the workspace.
        workspace: String,
        /// Why.
        reason: PauseReason,
        /// The page of the report.
        link: String,
    },
}

/// Why the server pauses a schedule, and its owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The owner may not see amounts any more.
    AmountsForbidden,
    /// The query of the report cannot be read any more.
    UnreadableReport,
    /// No recipient is a member with an address.
    NoRecipients,
}

/// What a message with a report says.
#[derive(Clone, Serialize, Deserialize)]
pub struct ScheduledReport {
    /// The name of the report.
    pub report: String,
    /// The name of the workspace.
    pub workspace: String,
    /// The name of the member who has made the schedule; `None` if that is the reader.
    pub owner: Option<String>,
    /// The first day that the report is about.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// Whether the file is attached: it may be too large.
    pub has_file: bool,
    /// The page of the report.
    pub link: String,
    /// The page that takes the reader off the list; `None` for a reader who is not on it.
    pub stop: Option<String>,
}

/// Debug output has no links: a link gives access.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Invitation { .. } => "Invitation",
            Self::ResetPassword { .. } => "ResetPassword",
            Self::ConfirmAddress { .. } => "ConfirmAddress",
            Self::Test => "Test",
            Self::AddressChanged => "AddressChanged",
            Self::PasswordChanged => "PasswordChanged",
            Self::SecondFactorRemoved => "SecondFactorRemoved",
            Self::NewDevice { .. } => "NewDevice",
            Self::DataReady { .. } => "DataReady",
            Self::AccountDeletion { .. } => "AccountDeletion",
            Self::AccountDeletionCalledOff => "AccountDeletionCalledOff",
            Self::ScheduledReport(_) => "ScheduledReport",
            Self::SchedulePaused { .. } => "SchedulePaused",
        })
    }
}

impl Payload for Message {
    const KIND: &'static str = "send_mail";
}

impl Message {
    /// A message. `language` is the reader's setting, if any; the message is in English if this release does not know
    /// the language.
    #[must_use]
    pub fn new(to: &EmailAddress, language: Option<&str>, mail: Mail) -> Self {
        Self { to: to.as_str().to_owned(), language: language.unwrap_or_default().to_owned(), mail: Some(mail) }
    }

    /// A job without a message, which takes as long to queue as one with a message.
    pub(crate) fn placeholder() -> Self {
        Self { to: String::new(), language: String::new(), mail: None }
    }

    /// The subject and the bodies. `None` for a placeholder.
    ///
    /// # Errors
    /// If a template fails.
    pub fn render(&self) -> Result<Option<Rendered>, MailError> {
        let language = Language::parse(&self.language).unwrap_or(Language::English);
        let rendered = self.mail.as_ref().map(|mail| content::render(mail, language)).transpose();
        rendered.map_err(MailError::template)
    }

    /// The address of the reader, checked again, because it comes from the database.
    ///
    /// # Errors
    /// If it is not a valid address.
    pub(crate) fn recipient(&self) -> Result<EmailAddress, MailError> {
        EmailAddress::parse(&self.to).map_err(|_| MailError::address())
    }
}

/// Queues a message, which is sent if the transaction of the caller commits.
///
/// # Errors
/// If the statement fails.
pub async fn enqueue(conn: &mut AsyncPgConnection, message: &Message) -> QueryResult<()> {
    jobs::enqueue(conn, message, JobOptions::default()).await.map(|_| ())
}
