//! Starts the server process again when it dies under its users: killed, or out of memory.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::cluster::Site;

const INTERVAL: Duration = Duration::from_millis(500);
/// After a start that failed: the reason rarely goes away by itself.
const INTERVAL_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Watches until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// `port` is the one that the users know.
    pub(crate) fn over(site: Site, port: u16) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut interval = INTERVAL;
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                interval = INTERVAL;
                match site.restart_if_dead() {
                    Ok(None) => {}
                    Ok(Some(new)) if new == port => {
                        tracing::warn!("the private database had died and was started again");
                    }
                    Ok(Some(new)) => tracing::warn!(
                        "the private database had died and was started again on port {new}, \
                         because {port} was taken meanwhile: restart this process"
                    ),
                    Err(error) => {
                        tracing::warn!("the private database has died: {error}");
                        interval = INTERVAL_AFTER_FAILURE;
                    }
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}
