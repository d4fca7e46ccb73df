//! SIGTERM and SIGINT, by which a program is told to end.

use std::future::Future;
use std::{io, process};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, from when they are listened for on. Before that they end the process, as they do by themselves;
/// but not process 1 of a container, which the system sends no signal that it has no handler for.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSignal {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
}

impl EndSignal {
    /// What the signal is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "SIGINT",
        }
    }

    /// Ends the process at once, with the exit code that shells give to a process that the signal has ended.
    pub fn exit(self) -> ! {
        process::exit(match self {
            Self::Terminate => 143,
            Self::Interrupt => 130,
        })
    }
}

impl Signals {
    /// Listens.
    ///
    /// # Errors
    /// If a signal handler cannot be installed.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> EndSignal {
        tokio::select! {
            _ = self.terminate.recv() => EndSignal::Terminate,
            _ = self.interrupt.recv() => EndSignal::Interrupt,
        }
    }

    /// Does what may be cut off at any moment, such as a migration, which then leaves nothing behind. A signal ends the
    /// process at once: a statement that runs on another thread is not waited for.
    pub async fn unless_told<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            signal = self.next() => {
                tracing::warn!("{}: exiting at once", signal.name());
                signal.exit()
            }
        }
    }
}
