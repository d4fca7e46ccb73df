//! The mailboxes of all subscriptions, by workspace and user.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::mailbox::{Batch, Mailbox};
use super::{Changes, Event, Position};
use crate::access::EntryScope;
use crate::values::ids::{UserId, WorkspaceId};

/// If more users have subscribed, the log is read for all: PostgreSQL compares each event with each of them.
const AUDIENCE_MAX: usize = 100;

/// The mailboxes of a user's subscriptions in a workspace.
type Users = HashMap<UserId, Vec<Arc<Mailbox>>>;

/// The open subscriptions of a process. Workspaces and users without one take no memory.
#[derive(Debug, Default)]
pub(super) struct Subscribers {
    workspaces: HashMap<WorkspaceId, Users>,
    /// How many subscriptions there have been.
    added: u64,
}

/// The subscribers that a page of the log is read for.
#[derive(Debug)]
pub(super) enum Audience {
    /// The page has no events, only the position.
    Empty,
    /// The page has what concerns these users in these workspaces, and perhaps more.
    Some {
        workspaces: Vec<Uuid>,
        users: Vec<Uuid>,
        /// [`Subscribers::added`] at that time.
        added: u64,
    },
    /// The page has all events.
    All,
}

impl Subscribers {
    pub(super) fn is_empty(&self) -> bool {
        self.workspaces.is_empty()
    }

    /// The current subscribers.
    pub(super) fn audience(&self) -> Audience {
        if self.is_empty() {
            return Audience::Empty;
        }
        let users: HashSet<UserId> =
            self.workspaces.values().flat_map(HashMap::keys).copied().take(AUDIENCE_MAX + 1).collect();
        if users.len() > AUDIENCE_MAX {
            return Audience::All;
        }
        Audience::Some {
            workspaces: self.workspaces.keys().map(|workspace| workspace.0).collect(),
            users: users.into_iter().map(|user| user.0).collect(),
            added: self.added,
        }
    }

    /// Whether a page that was read for these has what the subscriptions of now need.
    pub(super) fn are_covered_by(&self, audience: &Audience) -> bool {
        match audience {
            Audience::Empty => self.is_empty(),
            Audience::Some { added, .. } => self.added == *added,
            Audience::All => true,
        }
    }

    pub(super) fn add(&mut self, workspace: WorkspaceId, user: UserId, mailbox: Arc<Mailbox>) {
        self.added += 1;
        self.workspaces.entry(workspace).or_default().entry(user).or_default().push(mailbox);
    }

    pub(super) fn remove(&mut self, workspace: WorkspaceId, user: UserId, mailbox: &Arc<Mailbox>) {
        let Some(users) = self.workspaces.get_mut(&workspace) else { return };
        let Some(mailboxes) = users.get_mut(&user) else { return };
        if let Some(place) = mailboxes.iter().position(|other| Arc::ptr_eq(other, mailbox)) {
            mailboxes.swap_remove(place);
        }
        if mailboxes.is_empty() {
            users.remove(&user);
        }
        if users.is_empty() {
            self.workspaces.remove(&workspace);
        }
    }

    /// Delivers the events of one look at the log, each to the subscriptions that it concerns, and returns to how many.
    /// A subscription gets one batch, with what all members see and what its user alone sees in the order of the log:
    /// what one transaction changed stays together.
    pub(super) fn deliver(&self, events: Vec<Event>, position: &Arc<Position>) -> u64 {
        let mut by_workspace: HashMap<WorkspaceId, Vec<Event>> = HashMap::new();
        for event in events.into_iter().filter(|event| self.workspaces.contains_key(&event.workspace)) {
            by_workspace.entry(event.workspace).or_default().push(event);
        }
        let mut deliveries = 0;
        let mut push = |mailboxes: &[Arc<Mailbox>], changes: &Arc<Changes>| {
            for mailbox in mailboxes {
                mailbox.push(Batch { changes: Arc::clone(changes), position: Arc::clone(position) });
                deliveries += 1;
            }
        };
        for (workspace, events) in by_workspace {
            let Some(users) = self.workspaces.get(&workspace) else { continue };
            let concerned: HashSet<UserId> = events.iter().filter_map(|event| event.user).collect();
            for (user, mailboxes) in concerned.iter().filter_map(|user| users.get_key_value(user)) {
                let own = events.iter().filter(|event| event.is_in(EntryScope::own(workspace, *user)));
                push(mailboxes, &Changes::new(own.cloned().collect()));
            }
            let shared: Vec<Event> = events.into_iter().filter(|event| event.user.is_none()).collect();
            if !shared.is_empty() {
                let shared = Changes::new(shared);
                for (_, mailboxes) in users.iter().filter(|(user, _)| !concerned.contains(user)) {
                    push(mailboxes, &shared);
                }
            }
        }
        deliveries
    }

    /// Tells every subscription to reload everything.
    pub(super) fn reset(&self, position: &Arc<Position>) {
        for mailbox in self.workspaces.values().flat_map(HashMap::values).flatten() {
            mailbox.reset(Arc::clone(position));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::events::mailbox::Unread;
    use crate::events::{Change, Kind, LogCursor};

    const HERE: WorkspaceId = WorkspaceId(Uuid::from_u128(1));
    const ELSEWHERE: WorkspaceId = WorkspaceId(Uuid::from_u128(2));
    const ANN: UserId = UserId(Uuid::from_u128(3));
    const BEN: UserId = UserId(Uuid::from_u128(4));
    const CLEO: UserId = UserId(Uuid::from_u128(5));

    fn event(transaction: i64, workspace: WorkspaceId, user: Option<UserId>) -> Event {
        let (kind, change) = (Kind::Entry, Change::Updated);
        Event { transaction, workspace, user, kind, change, object: None, revision: None, timer: false }
    }

    async fn told(mailbox: &Mailbox) -> Vec<i64> {
        if mailbox.is_empty() {
            return Vec::new();
        }
        let Unread::Batches(batches) = mailbox.take().await else { panic!("reset") };
        assert_eq!(batches.len(), 1);
        batches[0].changes.log().iter().map(|event| event.transaction).collect()
    }

    #[tokio::test]
    async fn each_subscription_gets_one_batch_with_what_concerns_it() {
        let mut subscribers = Subscribers::default();
        let [ann, ann_too, ben, elsewhere] = std::array::from_fn(|_| Arc::new(Mailbox::new(Arc::default())));
        subscribers.add(HERE, ANN, ann.clone());
        subscribers.add(HERE, ANN, ann_too.clone());
        subscribers.add(HERE, BEN, ben.clone());
        subscribers.add(ELSEWHERE, ANN, elsewhere.clone());
        let position = Position::new(LogCursor::of_snapshot(&"ab".into(), "9:9:").unwrap());

        let events = vec![
            event(1, HERE, Some(ANN)),
            event(2, HERE, None),
            event(3, HERE, Some(ANN)),
            event(4, HERE, Some(CLEO)),
            event(5, ELSEWHERE, Some(BEN)),
        ];
        assert_eq!(subscribers.deliver(events, &position), 3);
        assert_eq!(told(&ann).await, [1, 2, 3]);
        assert_eq!(told(&ann_too).await, [1, 2, 3]);
        assert_eq!(told(&ben).await, [2]);
        assert!(elsewhere.is_empty());

        // An event of one user reaches no other user's mailbox.
        assert_eq!(subscribers.deliver(vec![event(6, HERE, Some(BEN))], &position), 1);
        assert!(ann.is_empty() && ann_too.is_empty() && elsewhere.is_empty());
        assert_eq!(told(&ben).await, [6]);
    }

    #[test]
    fn nothing_is_kept_of_those_that_have_left() {
        let mut subscribers = Subscribers::default();
        let [first, second, third] = std::array::from_fn(|_| Arc::new(Mailbox::new(Arc::default())));
        subscribers.add(HERE, ANN, first.clone());
        subscribers.add(HERE, ANN, second.clone());
        subscribers.add(HERE, BEN, third.clone());
        subscribers.remove(HERE, ANN, &first);
        assert_eq!(subscribers.workspaces[&HERE][&ANN].len(), 1);
        subscribers.remove(HERE, ANN, &second);
        assert!(!subscribers.workspaces[&HERE].contains_key(&ANN));
        subscribers.remove(HERE, BEN, &third);
        assert!(subscribers.is_empty());
        subscribers.remove(HERE, BEN, &third);
    }
    #[test]
    fn a_page_covers_only_the_subscribers_at_its_read() {
        let mut subscribers = Subscribers::default();
        let mailbox = || Arc::new(Mailbox::new(Arc::default()));
        let empty = subscribers.audience();
        assert!(matches!(empty, Audience::Empty) && subscribers.are_covered_by(&empty));
        subscribers.add(HERE, ANN, mailbox());
        assert!(!subscribers.are_covered_by(&empty));
        let ben = mailbox();
        subscribers.add(ELSEWHERE, BEN, ben.clone());
        let both = subscribers.audience();
        let Audience::Some { workspaces, users, .. } = &both else { panic!("{both:?}") };
        assert_eq!(HashSet::<_>::from_iter(workspaces), HashSet::from([&HERE.0, &ELSEWHERE.0]));
        assert_eq!(HashSet::<_>::from_iter(users), HashSet::from([&ANN.0, &BEN.0]));
        assert!(subscribers.are_covered_by(&both));
        subscribers.remove(ELSEWHERE, BEN, &ben);
        assert!(subscribers.are_covered_by(&both), "it has more than is needed");
        subscribers.add(ELSEWHERE, BEN, mailbox());
        assert!(!subscribers.are_covered_by(&both));
        for user in 0..AUDIENCE_MAX as u128 {
            subscribers.add(HERE, UserId(Uuid::from_u128(1_000 + user)), mailbox());
        }
        let all = subscribers.audience();
        assert!(matches!(all, Audience::All));
        subscribers.add(HERE, CLEO, mailbox());
        assert!(subscribers.are_covered_by(&all));
    }
}
