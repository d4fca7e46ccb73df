//! What an import recognises its own entries by, so that a file read twice, or a later export that overlaps it, adds
//! only what is new.
//!
//! The key is a hash over what the tracker's entry is: the source, whose, from when to when, where and what. It leaves
//! out what people change later (tags, billable) and what depends on the file (line, zone, format). Entries alike in
//! all of that are told apart by their number among their likes.
//!
//! The times in it are instants by rules of time zones that never change
//! ([`TimeZone::unchanging`](crate::values::time_zone::TimeZone::unchanging)): a release that knows a country's new
//! rules finds the entries that were imported before it, and two exports of one entry in two time zones have one key.
//!
//! The texts in it are in Normalization Form C. Earlier releases took them as the file had them, so a row that is
//! written in another form has two keys: the one that it gets, and the one that an earlier import may have given it.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use hashbrown::HashTable;
use sha2::{Digest, Sha256};

use super::block::{BLOCK_BYTES, Block};

/// A SHA-256.
pub type ImportKey = [u8; 32];

/// Keys in one block of memory.
const KEYS_PER_BLOCK: usize = BLOCK_BYTES / size_of::<ImportKey>();

/// Keys, in the order in which they were made.
#[derive(Debug, Default)]
pub struct ImportKeys {
    /// Each but the last holds [`KEYS_PER_BLOCK`].
    blocks: Vec<Block>,
}

impl ImportKeys {
    fn push(&mut self, key: &ImportKey) {
        if self.blocks.last().is_none_or(|block| !block.has_room(key.len())) {
            self.blocks.push(Block::new(BLOCK_BYTES));
        }
        if let Some(block) = self.blocks.last_mut() {
            block.extend(key);
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks().map(<[ImportKey]>::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The key of this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&ImportKey> {
        self.blocks.get(number / KEYS_PER_BLOCK)?.as_chunks().0.get(number % KEYS_PER_BLOCK)
    }

    /// All of them, some thousand at a time.
    pub fn chunks(&self) -> impl Iterator<Item = &[ImportKey]> {
        self.blocks.iter().map(|block| block.as_chunks().0)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &ImportKey> {
        self.chunks().flatten()
    }
}

/// Makes keys, and counts entries that are alike, while a file is read.
#[derive(Debug, Default)]
pub struct KeyMaker {
    keys: ImportKeys,
    len: usize,
    /// Numbers of the first entries of their kind, whose digests are their keys: four bytes an entry beside its key,
    /// not forty.
    first: HashTable<u32>,
    /// How many there are of the kinds that have several.
    alike: HashMap<ImportKey, u32>,
    hasher: RandomState,
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
    /// Makes the key of the next entry.
    pub fn add(&mut self, identity: &Identity<'_>) {
        let digest = digest(identity);
        let key = if self.is_first(&digest) {
            digest
        } else {
            let count = self.alike.entry(digest).or_insert(1);
            let number = *count;
            *count += 1;
            Sha256::new().chain_update(digest).chain_update(number.to_be_bytes()).finalize().into()
        };
        self.keys.push(&key);
        self.len += 1;
    }

    /// All keys, in the order in which they were made.
    #[must_use]
    pub fn into_keys(self) -> ImportKeys {
        self.keys
    }

    /// Whether no entry before was like this; the next ones will not be the first.
    fn is_first(&mut self, digest: &ImportKey) -> bool {
        let Self { keys, len, first, hasher, .. } = self;
        let key = |number: u32| keys.get(number as usize).unwrap_or(digest);
        let hash = hasher.hash_one(digest);
        if first.find(hash, |number| key(*number) == digest).is_some() {
            return false;
        }
        // A file has fewer rows than that.
        let number = u32::try_from(*len).unwrap_or(u32::MAX);
        first.insert_unique(hash, number, |number| hasher.hash_one(key(*number)));
        true
    }
}

/// Every part is preceded by its length, so that no two different entries write the same bytes. Changing anything here
/// makes every entry imported before unknown.
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
