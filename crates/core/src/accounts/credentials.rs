//! Whose a secret is: the look-up that every request with a session or a token makes.
//!
//! At most one statement a request, and none within a second of the last one for the same secret in the same workspace.
//! So a revocation is seen by every server within a second, without a message that could be lost.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use lru::LruCache;

use super::sessions::SessionLimits;
use crate::access::{Actor, Caller, Credential, TokenScope};
use crate::models::{ApiToken, Presented, Session};
use crate::values::ids::{SessionId, WorkspaceId};
use crate::values::secret_token::{TokenDigest, is_api_token};

/// So long an answer of the database is believed.
const BELIEVED_FOR: TimeDelta = TimeDelta::seconds(1);

/// Most answers that are remembered, about 3 MB. Only of secrets that are valid, so that inventing some pushes none
/// out.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

/// How exactly the last use of a session or token is noted.
const SEEN_EVERY: TimeDelta = TimeDelta::seconds(60);

/// A secret that came with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Secret {
    /// That of a session.
    Session(TokenDigest),
    /// An API token.
    Token(TokenDigest),
}

impl Secret {
    /// The secret of a session, from a cookie.
    #[must_use]
    pub fn of_session(text: &str) -> Self {
        Self::Session(TokenDigest::of(text))
    }

    /// An API token; `None` when the text has not the form of one.
    #[must_use]
    pub fn of_token(text: &str) -> Option<Self> {
        is_api_token(text).then(|| Self::Token(TokenDigest::of(text)))
    }
}

/// The owner of a secret, as the database knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user, and what the secret is.
    pub actor: Actor,
    /// The session; none of a token.
    pub session: Option<PresentedSession>,
    /// The only workspace that a token is for.
    pub bound_to: Option<WorkspaceId>,
    /// Whether the user runs the installation.
    pub administrator: bool,
    /// The user in the workspace of the request, or in their first one; none where the user is no member.
    pub caller: Option<Caller>,
}

/// A session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentedSession {
    /// Which one.
    pub session: SessionId,
    /// When the user last showed a password or another proof.
    pub at: DateTime<Utc>,
}

impl Owner {
    fn of(presented: &Presented) -> Option<Self> {
        let credential = match &presented.scope {
            // The table's CHECK knows the words that TokenScope does.
            Some(scope) => Credential::Token(TokenScope::parse(scope)?),
            None => Credential::Session,
        };
        let actor = Actor { user: presented.user_id, credential };
        let session = (credential == Credential::Session)
            .then_some(PresentedSession { session: SessionId(presented.id), at: presented.since });
        let caller = presented.membership();
        let caller = caller.map(|(workspace, role, leads)| Caller { actor, workspace, role, leads });
        Some(Self { actor, session, bound_to: presented.bound_to, administrator: presented.administrator, caller })
    }
}

/// Owners of secrets in a workspace, or in the user's first one, and when the database was asked.
type Remembered = LruCache<(Secret, Option<WorkspaceId>), (DateTime<Utc>, Owner)>;

/// Answers of the database from the last second. What was revoked on this server is forgotten at once.
#[derive(Debug)]
pub struct Credentials {
    remembered: Mutex<Remembered>,
    /// Secrets that were valid when the database was asked last.
    valid: Mutex<LruCache<Secret, ()>>,
    limits: SessionLimits,
}

impl Credentials {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self { remembered: Mutex::new(LruCache::unbounded()), valid: Mutex::new(LruCache::unbounded()), limits }
    }

    /// Whether the last answer of the database to this secret, however old, was that it is valid. It may have ended
    /// since.
    #[must_use]
    pub fn was_valid(&self, secret: Secret) -> bool {
        self.valid().get(&secret).is_some()
    }

    /// The owner of a secret, if the database was asked within the last second.
    #[must_use]
    pub fn remembered(&self, secret: Secret, workspace: Option<WorkspaceId>, now: DateTime<Utc>) -> Option<Owner> {
        let mut remembered = self.lock();
        let (asked, owner) = remembered.get(&(secret, workspace)).copied()?;
        // A clock that was put back makes an answer too new.
        let age = now - asked;
        if age >= TimeDelta::zero() && age < BELIEVED_FOR { Some(owner) } else { None }
    }

    /// The owner of a secret; `None` when there is none, or it has ended.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn owner(
        &self,
        conn: &mut AsyncPgConnection,
        secret: Secret,
        workspace: Option<WorkspaceId>,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<Owner>> {
        let seen_before = now - SEEN_EVERY;
        let presented = match secret {
            Secret::Session(digest) => {
                let idle_since = self.limits.idle_since(now);
                Session::present(conn, digest, workspace, now, idle_since, seen_before).await?
            }
            Secret::Token(digest) => ApiToken::present(conn, digest, workspace, now, seen_before).await?,
        };
        let owner = presented.as_ref().and_then(Owner::of);
        if let Some(owner) = owner {
            remember(&mut self.valid(), secret, ());
            // From before the question: what was revoked meanwhile is believed no longer than what was revoked after
            // it.
            remember(&mut self.lock(), (secret, workspace), (now, owner));
        } else {
            self.valid().pop(&secret);
        }
        Ok(owner)
    }

    /// Forgets everything: a session, a token, a role or an account has changed on this server.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// How long sessions last.
    #[must_use]
    pub fn limits(&self) -> SessionLimits {
        self.limits
    }

    fn valid(&self) -> MutexGuard<'_, LruCache<Secret, ()>> {
        self.valid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        // Nothing is left half done by a panic between two statements here.
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts something into a cache that has room for [`REMEMBERED_MAX`]: one that is made with a bound takes its memory at
/// once.
fn remember<K: Eq + Hash, V>(cache: &mut LruCache<K, V>, key: K, value: V) {
    cache.put(key, value);
    if cache.len() > REMEMBERED_MAX.get() {
        cache.pop_lru();
    }
}
