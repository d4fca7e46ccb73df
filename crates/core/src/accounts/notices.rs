//! What users are told by mail about their accounts. How it is sent, and in which words, is another module's matter:
//! the rules put a notice into their transaction, so that it is sent exactly when the change is made.

use std::future::Future;
use std::pin::Pin;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::mail::Mail;
use crate::models::Account;
use crate::values::EmailAddress;

/// To whom a notice goes.
#[derive(Clone)]
pub struct Recipient {
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
        Some(Self { email, language: account.language.clone() })
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
    fn queue<'a>(&'a self, conn: &'a mut AsyncPgConnection, to: &'a Recipient, mail: &'a Mail) -> Queued<'a>;

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

    fn queue<'a>(&'a self, _: &'a mut AsyncPgConnection, _: &'a Recipient, _: &'a Mail) -> Queued<'a> {
        Box::pin(async { Ok(()) })
    }
}
