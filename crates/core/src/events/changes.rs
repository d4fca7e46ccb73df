//! What a subscriber is told at once, shared by all subscribers with the same audience.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use super::{Change, Event, Kind};

/// Events that became visible together.
#[derive(Debug)]
pub struct Changes {
    /// In the order of the log.
    events: Vec<Event>,
    merged: OnceLock<Vec<Event>>,
    text: OnceLock<Option<Box<str>>>,
}

impl Changes {
    pub(super) fn new(events: Vec<Event>) -> Arc<Self> {
        Arc::new(Self { events, merged: OnceLock::new(), text: OnceLock::new() })
    }

    /// As the log has them, of the same thing several times perhaps.
    pub(super) fn log(&self) -> &[Event] {
        &self.events
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// One event for each thing. Empty if this release knows none of the kinds.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.merged.get_or_init(|| merged(&self.events))
    }

    /// The events as text. It is written once for all subscribers, by the first one that asks; `None` if that failed.
    #[must_use]
    pub fn text(&self, write: impl FnOnce(&[Event]) -> Option<String>) -> Option<&str> {
        self.text.get_or_init(|| write(self.events()).map(String::into_boxed_str)).as_deref()
    }
}

/// One event for each thing: a change that follows another adds to it.
fn merged(events: &[Event]) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::with_capacity(events.len());
    let mut places: HashMap<(Kind, Option<Uuid>), usize> = HashMap::with_capacity(events.len());
    for event in events.iter().filter(|event| event.kind != Kind::Unknown) {
        let place = *places.entry((event.kind, event.object)).or_insert(merged.len());
        match merged.get_mut(place) {
            None => merged.push(event.clone()),
            Some(before) => {
                let change = match (before.change, event.change) {
                    // A reader that does not know the object must learn that it exists.
                    (Change::Created, Change::Updated) => Change::Created,
                    // It was there before: a restored entry, say.
                    (Change::Deleted, Change::Created) => Change::Updated,
                    (_, last) => last,
                };
                *before = Event { change, timer: before.timer || event.timer, ..event.clone() };
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::{Changes, merged};
    use crate::events::tests::event;
    use crate::events::{Change, Event, Kind};

    fn changed(change: Change, revision: i64, timer: bool) -> Event {
        let object = Some(uuid!("0b000000-0000-7000-8000-000000000005"));
        Event { change, object, revision: Some(revision), timer, ..event() }
    }

    #[test]
    fn changes_of_one_thing_become_one() {
        use Change::{Created, Deleted, Updated};
        for (changes, becomes) in [
            (vec![Created, Updated], Created),
            (vec![Updated, Updated], Updated),
            (vec![Created, Updated, Deleted], Deleted),
            (vec![Deleted, Created], Updated),
        ] {
            let events: Vec<_> =
                changes.iter().zip(1..).map(|(change, revision)| changed(*change, revision, revision == 1)).collect();
            let last = i64::try_from(changes.len()).unwrap();
            assert_eq!(merged(&events), [changed(becomes, last, true)], "{changes:?}");
        }
        let other = Event { object: None, ..changed(Change::Updated, 1, false) };
        let unknown = Event { kind: Kind::Unknown, ..changed(Change::Updated, 1, false) };
        let kept = [changed(Change::Updated, 1, false), other];
        assert_eq!(merged(&[&kept[..], &[unknown]].concat()), kept);
    }

    #[test]
    fn a_text_is_written_once() {
        let changes = Changes::new(vec![event(), event()]);
        assert_eq!(changes.text(|events| Some(events.len().to_string())), Some("1"));
        assert_eq!(changes.text(|_| panic!("it is written")), Some("1"));
        let failed = Changes::new(vec![event()]);
        assert_eq!(failed.text(|_| None), None);
    }
}
