//! Sends notices by mail.

use diesel_async::AsyncPgConnection;

use super::notices::{Notice, Notify, Queued, Recipient};
use crate::mail::{self, Mail, Mailer, Message};

impl Notify for Mailer {
    fn is_set_up(&self) -> bool {
        self.delivers()
    }

    fn queue<'a>(&'a self, conn: &'a mut AsyncPgConnection, to: &'a Recipient, notice: &'a Notice) -> Queued<'a> {
        let mail = match notice {
            Notice::ResetPassword { link } => Mail::ResetPassword { link: link.clone() },
            Notice::ConfirmAddress { link } => Mail::ConfirmAddress { link: link.clone() },
            Notice::AddressChanged => Mail::AddressChanged,
            Notice::PasswordChanged => Mail::PasswordChanged,
            Notice::SecondFactorRemoved => Mail::SecondFactorRemoved,
            Notice::NewDevice { user_agent, address } => {
                Mail::NewDevice { device: user_agent.clone(), address: address.clone() }
            }
        };
        let message = Message::new(&to.email, to.language.as_deref(), mail);
        Box::pin(async move { mail::enqueue(conn, &message).await })
    }

    fn queue_placeholder<'a>(&'a self, conn: &'a mut AsyncPgConnection) -> Queued<'a> {
        Box::pin(async move { mail::enqueue(conn, &Message::placeholder()).await })
    }
}
