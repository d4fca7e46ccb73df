//! How passwords are kept: argon2id, with OWASP's parameters, and only so many at once.
//!
//! A hash costs 19 MiB and about 25 ms of a processor, on purpose. Without a bound, a storm of sign-ins would take all
//! memory and all processors from the requests of those who are signed in. Hashing also has a lower priority than
//! answering, and rests after each password three times as long as the processor worked for it: in a storm it takes an
//! eighth of the processors. `just bench-sign-ins` shows what that is worth.

use std::sync::{Arc, LazyLock};
use std::thread::{self, available_parallelism};
use std::time::Duration;
#[cfg(not(target_os = "linux"))]
use std::time::Instant;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
#[cfg(target_os = "linux")]
use rustix::process::{getpriority_process, setpriority_process};
#[cfg(target_os = "linux")]
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use super::policy::{NewPassword, TypedPassword};

/// Memory of one hash, in KiB; with two passes and one lane, OWASP's first choice for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The nice value of the threads that hash, on Linux: where processors are short, a tenth of what a request gets, so
/// that sign-ins still come to an end.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// So many requests wait for each turn: what is hashed in about 1.5 s. Those beyond would wait in vain.
const WAITING_MAX: usize = 15;

/// A thread rests so many times as long as it has used a processor. A hash also slows what runs beside it on the same
/// core and in the same cache, so the median of other requests stays what it was only if most of them meet none.
const REST: u32 = 3;

/// So long a request waits for its turn.
const DEADLINE: Duration = Duration::from_secs(2);

/// What is verified where there is no account, or none with a password, so that it takes the same time.
static DUMMY: LazyLock<Option<String>> = LazyLock::new(|| hash(b"a password of no user"));

/// Hashes passwords and compares them. Cheap to clone: all clones share the bound.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
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
        let waiting = Arc::new(Semaphore::new(turns * WAITING_MAX));
        Self { turns: Arc::new(Semaphore::new(turns)), waiting, patience: DEADLINE }
    }

    /// Whether another password may wait for its turn. Asked before anything else is done for a sign-in: in a storm
    /// most of them are refused, and those should cost nothing.
    ///
    /// # Errors
    /// When too many others wait.
    pub fn check_room(&self) -> Result<(), HashingBusy> {
        if self.waiting.available_permits() == 0 { Err(HashingBusy) } else { Ok(()) }
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
        let waiting = self.waiting.try_acquire().map_err(|_| HashingBusy)?;
        let turn: OwnedSemaphorePermit = timeout(self.patience, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| HashingBusy)?
            .map_err(|_| HashingBusy)?;
        drop(waiting);
        let (done, result) = oneshot::channel();
        // A thread of its own for each hash, because a priority cannot be raised again. It costs a thousandth of a
        // hash. The turn ends with the work, and not with a request whose client has gone.
        let spawned = thread::Builder::new().name("password-hash".to_owned()).spawn(move || {
            lower_priority();
            let used = ProcessorTime::start();
            // The request has gone, if the result cannot be sent.
            let _ = done.send(work());
            thread::sleep(used.elapsed() * REST);
            drop(turn);
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread to hash a password");
            return Err(HashingBusy);
        }
        result.await.map_err(|_| HashingBusy)
    }
}

/// How long the calling thread has used a processor; elsewhere than on Linux how much time has passed. Where processors
/// are short, a hash takes long without using them.
struct ProcessorTime {
    #[cfg(target_os = "linux")]
    began: Duration,
    #[cfg(not(target_os = "linux"))]
    began: Instant,
}

#[cfg(target_os = "linux")]
impl ProcessorTime {
    fn start() -> Self {
        Self { began: Self::of_thread() }
    }

    fn elapsed(&self) -> Duration {
        Self::of_thread().saturating_sub(self.began)
    }

    fn of_thread() -> Duration {
        Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
    }
}

#[cfg(not(target_os = "linux"))]
impl ProcessorTime {
    fn start() -> Self {
        Self { began: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Of the calling thread. A sandbox may forbid it: then the bound on hashes has to do.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = getpriority_process(None).and_then(|nice| setpriority_process(None, nice.max(NICE))) {
        tracing::debug!(%error, "passwords are hashed at the priority of requests");
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

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_threads_that_hash_have_a_lower_priority_and_no_other_has() {
        let own = || getpriority_process(None).unwrap();
        let before = own();
        let hashing = PasswordHasher::with_turns(1).compute(own).await.unwrap();
        assert_eq!(hashing, before.max(NICE));
        assert_eq!(own(), before);
    }

    #[tokio::test]
    async fn a_turn_ends_after_a_rest_of_three_times_the_work() {
        let hasher = PasswordHasher::with_turns(1);
        let work = Duration::from_millis(20);
        let began = std::time::Instant::now();
        let spin = move || {
            let used = ProcessorTime::start();
            while used.elapsed() < work {}
        };
        hasher.compute(spin).await.unwrap();
        hasher.compute(|| ()).await.unwrap();
        assert!(began.elapsed() >= work * (1 + REST), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn only_so_many_wait_for_a_turn() {
        let hasher = PasswordHasher::with_turns(1);
        let turn = Arc::clone(&hasher.turns).acquire_owned().await.unwrap();
        let waiting: Vec<_> = (0..WAITING_MAX)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.compute(|| ()).await })
            })
            .collect();
        while hasher.check_room().is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(hasher.compute(|| ()).await, Err(HashingBusy));
        drop(turn);
        for waits in waiting {
            assert_eq!(waits.await.unwrap(), Ok(()));
        }
        assert_eq!(hasher.check_room(), Ok(()));
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
