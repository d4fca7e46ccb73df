//! What users are told by mail about their accounts. How it is sent, and in which words, is another module's matter:
//! the rules put a notice into their transaction, so that it is sent exactly when the change is made.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::models::Account;
use crate::values::EmailAddress;
use crate::values::ids::UserId;

/// What a user is told.
#[derive(Clone)]
pub enum Notice {
    /// How to choose a new password; the link works once, for an hour.
    ResetPassword {
        /// The address of the page, with the token.
        link: String,
    },
    /// How to make a new address the account's; sent to the new address.
    ConfirmAddress {
        /// The address of the page, with the token.
        link: String,
    },
    /// The account has another address now; sent to the old one.
    AddressChanged,
    /// The account has another password now.
    PasswordChanged,
    /// The second factor was switched off.
    SecondFactorRemoved,
    /// A browser that was not known has signed in.
    NewDevice {
        /// What the browser calls itself.
        user_agent: String,
        /// Where it is.
        address: Option<String>,
    },
}

/// To whom a notice goes.
#[derive(Clone)]
pub struct Recipient {
    /// The user.
    pub user: UserId,
    /// The name to greet with.
    pub name: String,
    /// Where to.
    pub email: EmailAddress,
    /// The language of the user, if one was chosen: a tag of BCP 47.
    pub language: Option<String>,
}

impl Recipient {
    /// The user of an account, at its address; `None` without one.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        let email = EmailAddress::parse(account.email.as_deref()?).ok()?;
        Some(Self { user: account.id, name: account.name.clone(), email, language: account.language.clone() })
    }
}

/// A notice on its way.
pub type Queued<'a> = Pin<Box<dyn Future<Output = QueryResult<()>> + Send + 'a>>;

/// Sends notices.
pub trait Notify: Send + Sync {
    /// Whether there is a way to send anything. If not, links are shown to the user who makes them.
    fn is_set_up(&self) -> bool;

    /// Puts a notice into the transaction of the caller.
    ///
    /// # Errors
    /// Those of the database.
    fn queue<'a>(&'a self, conn: &'a mut AsyncPgConnection, to: &'a Recipient, notice: &'a Notice) -> Queued<'a>;

    /// Sends the statement of [`Self::queue`], and no mail, so that an answer about an unknown address takes as long as
    /// one about a known address.
    fn queue_placeholder<'a>(&'a self, _conn: &'a mut AsyncPgConnection) -> Queued<'a> {
        Box::pin(async { Ok(()) })
    }
}

/// Sends nothing: mail is not set up.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMail;

impl Notify for NoMail {
    fn is_set_up(&self) -> bool {
        false
    }

    fn queue<'a>(&'a self, _: &'a mut AsyncPgConnection, _: &'a Recipient, _: &'a Notice) -> Queued<'a> {
        Box::pin(async { Ok(()) })
    }
}

/// Neither links nor addresses: debug output ends in logs.
impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ResetPassword { .. } => "ResetPassword",
            Self::ConfirmAddress { .. } => "ConfirmAddress",
            Self::AddressChanged => "AddressChanged",
            Self::PasswordChanged => "PasswordChanged",
            Self::SecondFactorRemoved => "SecondFactorRemoved",
            Self::NewDevice { .. } => "NewDevice",
        })
    }
}
