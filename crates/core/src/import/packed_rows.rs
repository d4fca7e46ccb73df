//! Rows in few bytes. A file of several hundred thousand rows is held from its first byte to the last statement, so
//! what counts is how much memory a row takes: numbers have as many bytes as they need (LEB128), and texts stand
//! between them.
//!
//! Rows are read in their order only, and blocks that have been read can be given back one by one.

use super::block::Block;

/// Rows one after the other.
#[derive(Debug, Default)]
pub(super) struct PackedRows {
    blocks: Vec<Block>,
    len: usize,
    /// Where a row is written before it is known how long it is.
    row: Vec<u8>,
}

impl PackedRows {
    /// Appends the row that `write` writes.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.row.clear();
        write(&mut self.row);
        if self.blocks.last().is_none_or(|block| !block.has_room(self.row.len())) {
            self.blocks.push(Block::new(self.row.len()));
        }
        if let Some(block) = self.blocks.last_mut() {
            block.extend(&self.row);
            self.len += 1;
        }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes of all rows, block by block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &[u8]> {
        self.blocks.iter().map(|block| &**block)
    }

    /// The same, to be freed one after the other.
    pub(super) fn into_blocks(self) -> impl Iterator<Item = Block> {
        self.blocks.into_iter()
    }
}

/// Writes a number.
#[expect(clippy::cast_possible_truncation, reason = "seven bits fit into a byte")]
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a number that [`take_index`] reads.
pub(super) fn put_index(out: &mut Vec<u8>, number: usize) {
    put(out, number as u64);
}

/// Writes a text.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_index(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Reads what [`put`] wrote, and takes it off `input`. Nothing at the end of a block.
pub(super) fn take(input: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = input.split_first()?;
        *input = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Reads what [`put_index`] wrote.
pub(super) fn take_index(input: &mut &[u8]) -> Option<usize> {
    take(input)?.try_into().ok()
}

/// Reads what [`put_text`] wrote.
pub(super) fn take_text<'a>(input: &mut &'a [u8]) -> Option<&'a str> {
    let length = take_index(input)?;
    let (text, rest) = input.split_at_checked(length)?;
    *input = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::block::BLOCK_BYTES;
    use super::*;

    #[test]
    fn rows_are_read_as_they_were_written() {
        let numbers = [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX];
        let texts = ["", "ä", &"x".repeat(20_000), &"y".repeat(BLOCK_BYTES)];
        let mut packed_rows = PackedRows::default();
        for round in 0..100 {
            packed_rows.push(|out| {
                put(out, numbers[round % numbers.len()]);
                put_text(out, texts[round % texts.len()]);
            });
        }
        let mut round = 0;
        for mut block in packed_rows.blocks() {
            while let Some(number) = take(&mut block) {
                assert_eq!(number, numbers[round % numbers.len()]);
                assert_eq!(take_text(&mut block), Some(texts[round % texts.len()]));
                round += 1;
            }
        }
        assert_eq!((round, packed_rows.len()), (100, 100));
        assert!(packed_rows.blocks.len() > 1);
        assert_eq!(take(&mut [0x80; 11].as_slice()), None, "longer than any number");
    }
}
