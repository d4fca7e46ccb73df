//! Sends notices by mail.

use diesel_async::AsyncPgConnection;

use super::notices::{Notify, Queued, Recipient};
use crate::mail::{self, Mail, Mailer, Message};

impl Notify for Mailer {
    fn is_set_up(&self) -> bool {
        self.delivers()
    }

    fn queue<'a>(&'a self, conn: &'a mut AsyncPgConnection, to: &'a Recipient, mail: &'a Mail) -> Queued<'a> {
        let message = Message::new(&to.email, to.language.as_deref(), mail.clone());
        Box::pin(async move { mail::enqueue(conn, &message).await })
    }

    fn queue_placeholder<'a>(&'a self, conn: &'a mut AsyncPgConnection) -> Queued<'a> {
        Box::pin(async move { mail::enqueue(conn, &Message::placeholder()).await })
    }
}
