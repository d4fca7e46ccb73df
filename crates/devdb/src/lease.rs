//! Who uses a cluster, kept by the kernel: file locks vanish with their process, however it ends.
//!
//! - `gate.lock`, exclusive: its holder is starting or stopping the cluster. Held for seconds.
//! - `users.lock`, shared: its holder uses the cluster. Held for the user's life. Whoever gets it exclusively knows that nobody does.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Seek, Write},
    thread,
    time::{Duration, Instant},
};

use crate::{error::DevDbError, home::Home};

/// Longer than any start or stop takes, crash recovery of a development database included.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(20);

/// The right to start or stop the cluster.
#[derive(Debug)]
pub(crate) struct Gate {
    _lock: File,
}

impl Gate {
    /// Waits for its turn.
    pub(crate) fn enter(home: &Home) -> Result<Self, DevDbError> {
        let path = home.gate();
        let mut file = home.create(&path)?;
        wait_for(home, || file.try_lock())?;
        // For the message of those who wait.
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
            .map_err(DevDbError::io("cannot write", &path))?;
        Ok(Self { _lock: file })
    }
}

/// The right to use the cluster: while it is held, nobody stops it.
#[derive(Debug)]
pub(crate) struct Lease {
    _lock: File,
}

impl Lease {
    /// Taken inside the gate. Waits while a supervisor stops the cluster behind the last user.
    pub(crate) fn take(home: &Home, _gate: &Gate) -> Result<Self, DevDbError> {
        let file = home.create(&home.users())?;
        wait_for(home, || file.try_lock_shared())?;
        Ok(Self { _lock: file })
    }
}

/// Proof that nobody uses the cluster, and that nobody begins to.
#[derive(Debug)]
pub(crate) struct Vacancy {
    _lock: File,
}

impl Vacancy {
    /// `None` when somebody uses the cluster.
    pub(crate) fn check(home: &Home, _gate: &Gate) -> Result<Option<Self>, DevDbError> {
        let path = home.users();
        let file = home.create(&path)?;
        match file.try_lock() {
            Ok(()) => return Ok(Some(Self { _lock: file })),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                return Err(DevDbError::io("cannot lock", path)(error));
            }
        }
        // Taken by users, or by the supervisor that is stopping the cluster: let that one finish.
        wait_for(home, || file.try_lock_shared())?;
        Ok(None)
    }
}

fn wait_for(home: &Home, attempt: impl Fn() -> Result<(), TryLockError>) -> Result<(), DevDbError> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => thread::sleep(PAUSE),
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
