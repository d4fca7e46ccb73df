//! The users of a cluster, kept by the kernel: file locks vanish with their process, however it ends.
//!
//! - `gate.lock`, exclusive: its holder is starting or stopping the cluster. Held for seconds.
//! - `users.lock`, shared: its holder uses the cluster. Held for the user's life. A process that gets it exclusively is
//!   the only one.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Seek, Write},
    thread,
    time::{Duration, Instant},
};

use crate::{error::DevDbError, home::Home};

/// Longer than any start or stop takes, crash recovery of a development database included.
const LOCK_TIMEOUT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A locked file. Closing it is not enough: a process that is just being started has the file open too, until its
/// program is loaded, and keeps the lock for as long.
#[derive(Debug)]
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // Fails only for what is no file; then there was no lock.
        let _ = self.0.unlock();
    }
}

/// The right to start or stop the cluster.
#[derive(Debug)]
pub(crate) struct StartStopLock {
    _lock: Locked,
}

impl StartStopLock {
    /// Waits for its turn.
    pub(crate) fn enter(home: &Home) -> Result<Self, DevDbError> {
        let path = home.gate();
        let file = home.create(&path)?;
        wait_for(home, || file.try_lock())?;
        let mut lock = Locked(file);
        // For the message of processes that wait.
        let file = &mut lock.0;
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
            .map_err(DevDbError::io("cannot write", &path))?;
        Ok(Self { _lock: lock })
    }
}

/// The right to use the cluster: while it is held, no process stops it.
#[derive(Debug)]
pub(crate) struct Lease {
    _lock: Locked,
}

impl Lease {
    /// Taken inside the gate. Waits while a supervisor stops the cluster behind the last user.
    pub(crate) fn take(home: &Home, _gate: &StartStopLock) -> Result<Self, DevDbError> {
        let file = home.create(&home.users())?;
        wait_for(home, || file.try_lock_shared())?;
        Ok(Self { _lock: Locked(file) })
    }
}

/// Proof that no process uses the cluster, and that none begins to.
#[derive(Debug)]
pub(crate) struct NoUsers {
    _lock: Locked,
}

impl NoUsers {
    /// `None` when a process uses the cluster.
    pub(crate) fn check(home: &Home, _gate: &StartStopLock) -> Result<Option<Self>, DevDbError> {
        let path = home.users();
        let file = home.create(&path)?;
        match file.try_lock() {
            Ok(()) => return Ok(Some(Self { _lock: Locked(file) })),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                return Err(DevDbError::io("cannot lock", path)(error));
            }
        }
        // Taken by users, or by the supervisor that is stopping the cluster: let that one finish.
        wait_for(home, || file.try_lock_shared())?;
        drop(Locked(file));
        Ok(None)
    }
}

fn wait_for(home: &Home, attempt: impl Fn() -> Result<(), TryLockError>) -> Result<(), DevDbError> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_TIMEOUT => thread::sleep(POLL_INTERVAL),
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(home.gate()).unwrap_or_default();
                return Err(DevDbError::Busy { dir: home.dir.clone(), holder, waited: begun.elapsed() });
            }
            Err(TryLockError::Error(error)) => return Err(lock_error(home, error)),
        }
    }
}

fn lock_error(home: &Home, error: io::Error) -> DevDbError {
    DevDbError::io("cannot lock a file in", &home.dir)(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ServerAccount;

    /// As in a process between its fork and its exec.
    fn open_elsewhere(lock: &Locked) -> File {
        lock.0.try_clone().unwrap()
    }

    #[test]
    fn what_is_given_back_is_free_although_a_process_is_just_being_started() {
        let place = tempfile::tempdir().unwrap();
        let home = Home::prepare(place.path().join("postgres"), ServerAccount::Own).unwrap();
        let gate = StartStopLock::enter(&home).unwrap();
        let lease = Lease::take(&home, &gate).unwrap();
        assert!(NoUsers::check(&home, &gate).unwrap().is_none());

        let copy = open_elsewhere(&lease._lock);
        drop(lease);
        let vacancy = NoUsers::check(&home, &gate).unwrap().expect("no process uses it");
        drop(copy);

        let copies = [open_elsewhere(&vacancy._lock), open_elsewhere(&gate._lock)];
        drop((vacancy, gate));
        let gate = StartStopLock::enter(&home).unwrap();
        Lease::take(&home, &gate).unwrap();
        drop(copies);
    }
}
