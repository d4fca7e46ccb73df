//! Memory of an import in blocks, which go back to the system when they are dropped.
//!
//! A file of several hundred thousand rows takes tens of megabytes. From the allocator they would not come back: it
//! keeps what was freed for the thread that freed it, and the next import runs on other threads and takes as much
//! again. So these blocks come from the system, each a mapping of its own; a page of one takes memory when it is first
//! written.

use std::ops::Deref;

use memmap2::MmapMut;

/// Size of a block, in bytes.
pub(super) const BLOCK_BYTES: usize = 256 * 1024;

/// Bytes that are appended, up to a capacity.
#[derive(Debug)]
pub(super) struct Block {
    memory: Memory,
    len: usize,
}

#[derive(Debug)]
enum Memory {
    Mapped(MmapMut),
    /// Where the system maps no more, as with a limit on the number of mappings.
    Allocated(Box<[u8]>),
}

impl Block {
    /// An empty block that takes [`BLOCK_BYTES`], or `least` bytes when that is more.
    pub(super) fn new(least: usize) -> Self {
        let capacity = least.max(BLOCK_BYTES);
        let memory = match MmapMut::map_anon(capacity) {
            Ok(memory) => Memory::Mapped(memory),
            Err(_) => Memory::Allocated(vec![0; capacity].into_boxed_slice()),
        };
        Self { memory, len: 0 }
    }

    /// Whether so many bytes can be appended.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        bytes <= self.memory.bytes().len() - self.len
    }

    /// Appends bytes, for which there must be room.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        let (_, room) = self.memory.bytes_mut().split_at_mut(self.len);
        room.split_at_mut(bytes.len()).0.copy_from_slice(bytes);
        self.len = end;
    }
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.bytes().split_at(self.len).0
    }
}

impl Memory {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(bytes) => bytes,
            Self::Allocated(bytes) => bytes,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Mapped(bytes) => bytes,
            Self::Allocated(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_takes_what_it_has_room_for() {
        for allocated in [false, true] {
            let mut block = Block::new(0);
            if allocated {
                block.memory = Memory::Allocated(vec![0; BLOCK_BYTES].into_boxed_slice());
            }
            assert!(block.is_empty());
            block.extend(&[7; BLOCK_BYTES - 1]);
            assert!(block.has_room(1) && !block.has_room(2));
            block.extend(&[8]);
            assert!(block.has_room(0) && !block.has_room(1));
            assert_eq!((block.len(), block[BLOCK_BYTES - 2], block[BLOCK_BYTES - 1]), (BLOCK_BYTES, 7, 8));
        }
        assert!(Block::new(BLOCK_BYTES + 1).has_room(BLOCK_BYTES + 1));
    }
}
