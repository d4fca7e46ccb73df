//! One subscriber's end.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;

use super::mailbox::{Batch, Mailbox, Unread};
use super::shared::Shared;
use super::{Changes, Event, Kind, Position};
use crate::access::Caller;

/// What a subscriber is told.
#[derive(Debug)]
pub enum Message {
    /// These have changed, all at once: a transaction is never told in parts.
    Changes(Arc<Changes>),
    /// Anything may have changed: which changes were missed is not known any more.
    Reset,
    /// The last message: the server is shutting down, or the caller's access has to be checked again.
    Closed,
}

/// A mailbox that is known to the hub until this is dropped.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) caller: Caller,
    pub(super) shared: Arc<Shared>,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Registration {
    pub(super) fn new(shared: &Arc<Shared>, caller: Caller) -> Self {
        let mailbox = Arc::new(Mailbox::new(Arc::clone(&shared.backlog)));
        shared.subscribers().add(caller.workspace, caller.user(), Arc::clone(&mailbox));
        shared.open.fetch_add(1, Ordering::Relaxed);
        Self { caller, shared: Arc::clone(shared), mailbox }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.shared.subscribers().remove(self.caller.workspace, self.caller.user(), &self.mailbox);
        self.shared.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One subscriber's end.
#[derive(Debug)]
pub struct Subscription {
    pub(super) registration: Registration,
    pub(super) closing: watch::Receiver<bool>,
    pub(super) position: Arc<Position>,
    /// What was missed before this subscription, until it is told.
    pub(super) first: Option<Message>,
    pub(super) ends: bool,
    pub(super) number: u32,
}

impl Subscription {
    /// Waits for the next message. Can be dropped and called again without loss.
    pub async fn next(&mut self) -> Message {
        if let Some(first) = self.first.take() {
            return first;
        }
        while !self.ends {
            let waiting = tokio::select! {
                biased;
                _ = self.closing.wait_for(|closing| *closing) => break,
                waiting = self.registration.mailbox.take() => waiting,
            };
            match waiting {
                Unread::Batches(batches) => {
                    let news = self.read(&batches);
                    if let Some(last) = batches.into_iter().next_back() {
                        self.move_to(last.position);
                    }
                    // The caller's rights have changed: the next subscription will know them.
                    self.ends = news.events().iter().any(|event| event.kind == Kind::Membership);
                    if !news.events().is_empty() {
                        return Message::Changes(news);
                    }
                }
                Unread::Reset(position) => {
                    self.position = position;
                    return Message::Reset;
                }
            }
        }
        Message::Closed
    }

    /// What is new in batches.
    fn read(&self, batches: &[Batch]) -> Arc<Changes> {
        let caller = self.registration.caller;
        let is_new =
            |event: &Event| event.is_in(caller.own_scope()) && !self.position.cursor.has_seen(event.transaction);
        match batches {
            // The usual case: what others get as well is neither copied nor written again.
            [batch] if batch.changes.log().iter().all(is_new) => Arc::clone(&batch.changes),
            batches => {
                let events = batches.iter().flat_map(|batch| batch.changes.log());
                Changes::new(events.filter(|event| is_new(event)).cloned().collect())
            }
        }
    }

    /// How far everything has been told. It also moves while nothing concerns the subscriber, so that it does not get
    /// too old. `None` while missed changes are still to be told: a client that is cut off now has to come back with
    /// the position that it had.
    pub fn position(&mut self) -> Option<Arc<Position>> {
        if self.first.is_some() {
            return None;
        }
        let reached = self.registration.shared.reached();
        // In this order: batches are delivered before the position after them is known, so that a mailbox that is empty
        // afterwards has nothing before that position.
        if let Some(reached) = reached
            && self.registration.mailbox.is_empty()
        {
            self.move_to(reached.position);
        }
        Some(self.position.clone())
    }

    /// A number that no other subscription in this process has, until four thousand million later.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    fn move_to(&mut self, position: Arc<Position>) {
        if position.cursor.is_newer_than(&self.position.cursor) {
            self.position = position;
        }
    }
}
