//! The threads that answer requests, and whether each of them still comes round to what it is asked.
//!
//! One of them that hangs takes its share of the connections with it while the others go on, so asking the server for a page does not find it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

/// All workers of a server.
#[derive(Clone, Default)]
pub struct Workers(Arc<Mutex<Vec<Caller>>>);

/// How a worker is called; it answers by sending back.
type Caller = mpsc::UnboundedSender<oneshot::Sender<()>>;

impl Workers {
    /// Enlists the worker on whose thread it is called.
    pub(crate) fn enlist(&self) {
        let (caller, mut calls) = mpsc::unbounded_channel::<oneshot::Sender<()>>();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(caller);
        actix_web::rt::spawn(async move {
            while let Some(call) = calls.recv().await {
                let _ = call.send(());
            }
        });
    }

    /// Returns when every worker has answered: never, as long as one of them hangs. Those that have ended are not asked.
    pub async fn roll_call(&self) {
        let mut answers = Vec::new();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|worker| {
            let (call, answer) = oneshot::channel();
            answers.push(answer);
            worker.send(call).is_ok()
        });
        for answer in answers {
            // An error: it has ended, before or in between.
            let _ = answer.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};
    use std::thread::{self, JoinHandle};
    use std::time::Duration;

    use super::*;

    type Task = Box<dyn FnOnce() + Send>;

    /// A thread that works as an actix worker does. What is sent to it is what it does next, and nothing else meanwhile.
    fn worker(workers: &Workers) -> (mpsc::UnboundedSender<Task>, JoinHandle<()>) {
        let (tasks, mut taken) = mpsc::unbounded_channel::<Task>();
        let (ready, enlisted) = channel();
        let workers = workers.clone();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                workers.enlist();
                ready.send(()).unwrap();
                while let Some(task) = taken.recv().await {
                    task();
                }
            });
        });
        enlisted.recv().unwrap();
        (tasks, thread)
    }

    #[tokio::test]
    async fn a_roll_call_waits_for_the_one_that_hangs_and_not_for_those_that_have_ended() {
        let workers = Workers::default();
        workers.roll_call().await;
        let (well, _well) = worker(&workers);
        let (hangs, _hangs) = worker(&workers);
        let (ends, ended) = worker(&workers);
        workers.roll_call().await;

        drop(ends);
        ended.join().unwrap();
        workers.roll_call().await;
        assert_eq!(workers.0.lock().unwrap().len(), 2);

        let (release, held): (Sender<()>, _) = channel();
        hangs.send(Box::new(move || held.recv().unwrap())).unwrap();
        let mut call = Box::pin(workers.roll_call());
        assert!(tokio::time::timeout(Duration::from_millis(300), &mut call).await.is_err());
        release.send(()).unwrap();
        call.await;
        drop(well);
    }
}
