//! What an import recognises its own entries by, so that a file read twice, or a later export that overlaps it, adds only what is new.
//!
//! The key is a hash over what the tracker's entry is: the source, whose, from when to when, where and what. It leaves out what
//! people change later (tags, billable) and what depends on the file (line, zone, format). Entries alike in all of that are told
//! apart by their number among their likes.
//!
//! The times in it are instants by rules of time zones that never change ([`TimeZone::unchanging`](crate::time_zone::TimeZone::unchanging)):
//! a release that knows a country's new rules finds the entries that were imported before it, and two exports of one entry in two
//! time zones have one key.
//!
//! The texts in it are in Normalization Form C. Earlier releases took them as the file had them, so a row that is written in another
//! form has two keys: the one that it gets, and the one that an earlier import may have given it.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type ImportKey = [u8; 32];

/// Counts entries that are alike while a file is read.
#[derive(Debug, Default)]
pub struct KeyMaker {
    seen: HashMap<ImportKey, u32>,
}

/// What an entry is recognised by.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The source's id.
    pub source: &'static str,
    /// The person's address in lower case, or the name.
    pub who: &'a str,
    /// Start and stop in seconds since 1970, by the rules that never change.
    pub span: (i64, i64),
    /// Client, project and task; empty where there is none.
    pub place: [&'a str; 3],
    /// What was done.
    pub description: &'a str,
}

impl KeyMaker {
    /// The key of the next entry of the file.
    pub fn key(&mut self, identity: &Identity<'_>) -> ImportKey {
        let alike = digest(identity);
        let count = self.seen.entry(alike).or_default();
        let number = *count;
        *count += 1;
        if number == 0 {
            return alike;
        }
        Sha256::new().chain_update(alike).chain_update(number.to_be_bytes()).finalize().into()
    }
}

/// Every part is preceded by its length, so that no two different entries write the same bytes. Changing anything here makes every
/// entry imported before a stranger.
fn digest(identity: &Identity<'_>) -> ImportKey {
    let mut hash = Sha256::new_with_prefix(b"clockwork import 1");
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(identity.source);
    part(identity.who);
    identity.place.into_iter().for_each(&mut part);
    part(identity.description);
    hash.update(identity.span.0.to_be_bytes());
    hash.update(identity.span.1.to_be_bytes());
    hash.finalize().into()
}
