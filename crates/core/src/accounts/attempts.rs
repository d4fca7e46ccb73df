//! What is counted so that it does not happen too often: wrong tries to sign in, and messages that anybody can have
//! sent.
//!
//! Wrong tries to sign in: the next ones have to wait longer and longer, and no stranger can keep an owner out.
//!
//! Tries are counted for an account from one network, for a network, and for an account from everywhere. Strangers can
//! drive these counts up, if they are many or share the owner's network. So a browser in which the user has signed in
//! before has a count of its own, which no stranger reaches, and none of the others concerns it. Counts are kept in the
//! database, so that several servers count together, and are written before a password is looked at, so that a hundred
//! tries at once are a hundred.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use sha2::{Digest, Sha256};

use crate::database::{DatabaseFailure, transaction};
use crate::models::{AttemptSubject, SignInAttempt};
use crate::values::ids::{ReportLinkId, UserId};
use crate::values::secret_token::TokenDigest;
use crate::values::{EmailAddress, network};

/// A count is forgotten after so long without a wrong try.
pub const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);

/// For an account from one network: a few slips, then up to a quarter of an hour.
const PAIR: (i32, i32) = (5, 900);
/// For a network, which may be a whole office.
const NETWORK: (i32, i32) = (50, 900);
/// For an account from everywhere.
const ACCOUNT: (i32, i32) = (20, 60);
/// For the password of a link to a report from everywhere.
const LINK: (i32, i32) = (50, 60);
/// For links by mail to one account, and from one network.
const MAIL_TO_ACCOUNT: (i32, i32) = (3, 3_600);
const MAIL_FROM_NETWORK: (i32, i32) = (20, 3_600);
/// For invitations to one address from everywhere, and from one user: as many as a workspace may have open.
const INVITATION_TO_ADDRESS: (i32, i32) = (3, 3_600);
const INVITATION_FROM_USER: (i32, i32) = (500, 3_600);

/// Whose account is tried: a user, or an address without one. Both are counted alike, so that nothing tells them apart.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// A user.
    User(UserId),
    /// An address that is no user's.
    Unknown(&'a EmailAddress),
}

/// A try that is to be counted.
#[derive(Clone, Debug)]
pub struct Attempt {
    subjects: Vec<AttemptSubject>,
    /// How many of the subjects are about the account; the first ones.
    of_account: usize,
}

/// Why a try is not looked at.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// After so long it is.
    #[error("too many wrong tries")]
    Wait(TimeDelta),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] diesel::result::Error),
}

impl DatabaseFailure for AttemptError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Wait(_) => None,
        }
    }
}

impl Attempt {
    /// A password, a code or a recovery code for an account. `known_device` is the browser, if the user has signed in
    /// with it before.
    #[must_use]
    pub fn sign_in(target: Target<'_>, address: Option<IpAddr>, known_device: Option<TokenDigest>) -> Self {
        let (target, network) = (describe(target), describe_network(address));
        if let Some(TokenDigest(device)) = known_device {
            return Self {
                subjects: vec![subject("sign-in device", &[target.as_bytes(), &device], PAIR)],
                of_account: 1,
            };
        }
        let (target, network) = (target.as_bytes(), network.as_bytes());
        let subjects = vec![
            subject("sign-in pair", &[target, network], PAIR),
            subject("sign-in account", &[target], ACCOUNT),
            subject("sign-in network", &[network], NETWORK),
        ];
        Self { subjects, of_account: 2 }
    }

    /// A link by mail to an account.
    #[must_use]
    pub fn mail(target: Target<'_>, address: Option<IpAddr>) -> Self {
        let (target, network) = (describe(target), describe_network(address));
        let subjects = vec![
            subject("mail account", &[target.as_bytes()], MAIL_TO_ACCOUNT),
            subject("mail network", &[network.as_bytes()], MAIL_FROM_NETWORK),
        ];
        Self { subjects, of_account: 1 }
    }

    /// An invitation by mail to an address, which need not be anybody's. Not counted with other links: who is invited
    /// too often still gets one for a forgotten password.
    #[must_use]
    pub fn invitation(to: &EmailAddress, inviter: UserId) -> Self {
        let (to, inviter) = (describe(Target::Unknown(to)), describe(Target::User(inviter)));
        let subjects = vec![
            subject("invitation address", &[to.as_bytes()], INVITATION_TO_ADDRESS),
            subject("invitation user", &[inviter.as_bytes()], INVITATION_FROM_USER),
        ];
        Self { subjects, of_account: 1 }
    }

    /// The password of a link to a report.
    #[must_use]
    pub fn link(link: ReportLinkId, address: Option<IpAddr>) -> Self {
        let (link, network) = (link.to_string(), describe_network(address));
        let (link, network) = (link.as_bytes(), network.as_bytes());
        let subjects = vec![
            subject("link pair", &[link, network], PAIR),
            subject("link", &[link], LINK),
            subject("link network", &[network], NETWORK),
        ];
        // Only the pair begins anew with the right password: a visitor who knows it must not clear what others have
        // tried.
        Self { subjects, of_account: 1 }
    }

    /// A secret that is no account's, such as the token for setting up.
    #[must_use]
    pub fn secret(address: Option<IpAddr>) -> Self {
        Self {
            subjects: vec![subject("secret network", &[describe_network(address).as_bytes()], NETWORK)],
            of_account: 0,
        }
    }

    /// Counts the try as a wrong one.
    ///
    /// # Errors
    /// When it has to wait; then nothing is counted. Those of the database.
    pub async fn begin(&self, conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<(), AttemptError> {
        let counted = transaction(conn, async |conn| {
            let counted = SignInAttempt::count(conn, &self.subjects, now, now - FORGOTTEN_AFTER).await?;
            // Rolled back unless every subject may try.
            if counted == self.subjects.len() { Ok(()) } else { Err(AttemptError::Wait(TimeDelta::zero())) }
        })
        .await;
        match counted {
            Err(AttemptError::Wait(_)) => {
                let until = SignInAttempt::blocked_until(conn, &self.subjects).await?;
                let wait = until.map_or(TimeDelta::zero(), |until| until - now);
                Err(AttemptError::Wait(wait.max(TimeDelta::seconds(1))))
            }
            other => other,
        }
    }

    /// The try was right: the account's counts begin anew, and the network's has one less. A network cannot begin anew
    /// by signing in to an account of its own.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn succeed(&self, conn: &mut AsyncPgConnection) -> diesel::QueryResult<()> {
        let (of_account, others) = self.subjects.split_at(self.of_account);
        SignInAttempt::forget(conn, of_account).await?;
        SignInAttempt::take_back(conn, others).await?;
        Ok(())
    }

    /// The try was not looked at after all.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take_back(&self, conn: &mut AsyncPgConnection) -> diesel::QueryResult<()> {
        SignInAttempt::take_back(conn, &self.subjects).await.map(|_| ())
    }
}

fn describe(target: Target<'_>) -> String {
    match target {
        Target::User(id) => format!("user {id}"),
        Target::Unknown(email) => format!("address {}", email.as_str().to_lowercase()),
    }
}

fn describe_network(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| network(address).to_string())
}

fn subject(kind: &str, parts: &[&[u8]], (free, longest): (i32, i32)) -> AttemptSubject {
    let mut hash = Sha256::new();
    for part in std::iter::once(&kind.as_bytes()).chain(parts) {
        hash.update(part);
        hash.update([0]);
    }
    AttemptSubject { digest: hash.finalize().into(), free, longest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_tell_accounts_and_networks_apart() {
        let email = |text| EmailAddress::parse(text).unwrap();
        let (ada, eve, loud) = (email("ada@example.org"), email("eve@example.org"), email("ADA@EXAMPLE.ORG"));
        let of = |email, address: &str, known| {
            Attempt::sign_in(Target::Unknown(email), address.parse().ok(), known).subjects
        };
        let first = of(&ada, "192.0.2.1", None);
        assert_eq!(first.len(), 3);
        assert_eq!(of(&loud, "192.0.2.1", None), first);
        let device = Some(TokenDigest::of("a browser"));
        let known = of(&ada, "192.0.2.1", device);
        assert_eq!(known, of(&ada, "192.0.2.2", device));
        assert!(known.len() == 1 && !first.contains(&known[0]), "what strangers do does not concern a known browser");
        let other = of(&eve, "192.0.2.1", None);
        assert!(other[0] != first[0] && other[1] != first[1] && other[2] == first[2]);
        let elsewhere = of(&ada, "192.0.2.2", None);
        assert!(elsewhere[0] != first[0] && elsewhere[1] == first[1] && elsewhere[2] != first[2]);
        assert_eq!(of(&ada, "2001:db8::1", None), of(&ada, "2001:db8::ffff:1", None));
    }
}
