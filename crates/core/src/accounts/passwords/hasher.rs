//! How passwords are kept: argon2id, with OWASP's parameters, and only so many at once.
//!
//! A hash costs 19 MiB and about 50 ms of a processor, on purpose. Without a bound, a storm of sign-ins would take all
//! memory and all processors from the requests of those who are signed in.

use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::policy::{NewPassword, TypedPassword};

/// Memory of one hash, in KiB; with two passes and one lane, OWASP's first choice for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// So long a request waits for its turn.
const DEADLINE: Duration = Duration::from_secs(2);

/// What is verified where there is no account, or none with a password, so that it takes the same time.
static DUMMY: LazyLock<Option<String>> = LazyLock::new(|| hash(b"a password of no user"));

/// Hashes passwords and compares them. Cheap to clone: all clones share the bound.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    turns: Arc<Semaphore>,
    patience: Duration,
}

/// Too many passwords wait to be hashed; nothing was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords wait to be hashed")]
pub struct HashingBusy;

/// What came of comparing a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is another one, or there is none.
    Wrong,
    /// It is the right one.
    Right,
    /// It is the right one, kept with other parameters than today's: the new hash is to be stored.
    Outdated(String),
}

impl Default for PasswordHasher {
    /// Half of the processors may hash at once, so that the other half goes on answering.
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self::with_turns((processors / 2).clamp(1, 8))
    }
}

impl PasswordHasher {
    /// A hasher that hashes so many at once.
    #[must_use]
    pub fn with_turns(turns: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(turns)), patience: DEADLINE }
    }

    /// The hash of a new password, as it is stored.
    ///
    /// # Errors
    /// When too many others wait.
    pub async fn hash(&self, password: &NewPassword) -> Result<String, HashingBusy> {
        let password = password.typed().copied();
        self.compute(move || hash(password.as_bytes())).await?.ok_or(HashingBusy)
    }

    /// Compares a password with a stored hash; without one it takes as long, and is wrong.
    ///
    /// # Errors
    /// When too many others wait.
    pub async fn verify(&self, password: &TypedPassword, stored: Option<&str>) -> Result<Verdict, HashingBusy> {
        let (password, stored) = (password.copied(), stored.map(str::to_owned));
        self.compute(move || verify(&password, stored.as_deref())).await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashingBusy> {
        let turn: OwnedSemaphorePermit = timeout(self.patience, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| HashingBusy)?
            .map_err(|_| HashingBusy)?;
        // The turn ends with the work, and not with a request whose client has gone.
        let work = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        work.await.map_err(|_| HashingBusy)
    }
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// `None` when there is no memory for it.
fn hash(password: &[u8]) -> Option<String> {
    argon2()?.hash_password(password).ok().map(|hash| hash.to_string())
}

fn verify(password: &TypedPassword, stored: Option<&str>) -> Verdict {
    let dummy = DUMMY.as_deref();
    let Some(parsed) = stored.or(dummy).and_then(|text| PasswordHash::new(text).ok()) else { return Verdict::Wrong };
    let Some(argon2) = argon2() else { return Verdict::Wrong };
    let right = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
    match stored {
        Some(_) if right && is_outdated(&parsed) => hash(password.as_bytes()).map_or(Verdict::Right, Verdict::Outdated),
        Some(_) if right => Verdict::Right,
        _ => Verdict::Wrong,
    }
}

fn is_outdated(hash: &PasswordHash) -> bool {
    let params = Params::try_from(hash);
    let same =
        params.is_ok_and(|params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES));
    !same || hash.algorithm.as_str() != "argon2id"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::EmailAddress;

    const GOOD: &str = "correct horse battery staple";

    fn typed(text: &str) -> TypedPassword {
        TypedPassword::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_stored_password_is_recognised_and_no_other() {
        let hasher = PasswordHasher::with_turns(1);
        let email = EmailAddress::parse("ada@example.org").unwrap();
        let stored = hasher.hash(&NewPassword::parse(GOOD, Some(&email)).unwrap()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(stored.len() <= 255);
        assert_eq!(hasher.verify(&typed(GOOD), Some(&stored)).await, Ok(Verdict::Right));
        assert_eq!(hasher.verify(&typed("correct horse battery stable"), Some(&stored)).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.verify(&typed(GOOD), None).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.verify(&typed("a password of no user"), None).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.verify(&typed(GOOD), Some("not a hash")).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_is_replaced() {
        let hasher = PasswordHasher::with_turns(1);
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 1, 1, None).unwrap());
        let stored = weak.hash_password(GOOD.as_bytes()).unwrap().to_string();
        let Ok(Verdict::Outdated(new)) = hasher.verify(&typed(GOOD), Some(&stored)).await else { panic!("kept") };
        assert_eq!(hasher.verify(&typed(GOOD), Some(&new)).await, Ok(Verdict::Right));
        assert_eq!(hasher.verify(&typed("another password"), Some(&stored)).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn what_gets_no_turn_in_time_is_told_so() {
        let hasher = PasswordHasher { patience: Duration::ZERO, ..PasswordHasher::with_turns(1) };
        let turn = Arc::clone(&hasher.turns).acquire_owned().await.unwrap();
        assert_eq!(hasher.verify(&typed(GOOD), None).await, Err(HashingBusy));
        drop(turn);
        assert_eq!(hasher.verify(&typed(GOOD), None).await, Ok(Verdict::Wrong));
    }
}
