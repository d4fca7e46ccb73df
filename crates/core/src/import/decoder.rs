//! Bytes of an upload to UTF-8 text: byte order marks, UTF-16, and files that are no text at all.
//!
//! Nothing is guessed: what is not valid in the encoding that the file begins with is an error that names the place. A
//! replacement character in a project's name would be worse than a refusal.

/// Bytes looked at to recognise a byte order mark or another kind of file.
const HEAD: usize = 8;

/// What other files begin with, and what to call them. People pick the wrong one in a file dialog.
const OTHER_FILES: [(&[u8], &str); 10] = [
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"SQLite", "an SQLite database"),
    (b"\x7fELF", "a program"),
];

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The first bytes are those of a well-known other kind of file.
    #[error("the file is {0}, not a CSV text file")]
    OtherFile(&'static str),
    /// A byte that UTF-8 does not allow here. `line` and `byte` count from 1, `byte` within the line.
    #[error("line {line}, byte {byte}: 0x{value:02x} is not UTF-8 text; save the file with the encoding UTF-8")]
    InvalidUtf8 {
        /// Line, from 1.
        line: u64,
        /// Byte within the line, from 1.
        byte: u64,
        /// The byte itself.
        value: u8,
    },
    /// Half of a UTF-16 surrogate pair, or half of a unit.
    #[error("line {line}: the file begins as UTF-16 text but is broken here; save it with the encoding UTF-8")]
    InvalidUtf16 {
        /// Line, from 1.
        line: u64,
    },
    /// A NUL, which no text holds.
    #[error("line {line}, byte {byte}: a NUL character; this is not a text file")]
    Nul {
        /// Line, from 1.
        line: u64,
        /// Byte within the line, from 1.
        byte: u64,
    },
}

/// Counts lines as an editor shows them: LF, CRLF and a lone CR each end one.
#[derive(Debug, Clone)]
pub struct LineCounter {
    line: u64,
    byte: u64,
    after_cr: bool,
}

impl LineCounter {
    /// At the first byte of line 1.
    #[must_use]
    pub fn new() -> Self {
        Self { line: 1, byte: 1, after_cr: false }
    }

    /// Steps over `bytes`.
    pub fn advance(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.line += 1;
                    self.byte = 1;
                    self.after_cr = *byte == b'\r';
                }
                _ => {
                    self.byte += 1;
                    self.after_cr = false;
                }
            }
        }
    }

    /// The line of the next byte, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The place of the next byte within its line, from 1.
    #[must_use]
    pub fn byte(&self) -> u64 {
        self.byte
    }
}

impl Default for LineCounter {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Undecided,
    Utf8,
    Utf16 { big_endian: bool },
}

/// Turns the pieces of an upload into pieces of UTF-8 text, whatever their boundaries.
#[derive(Debug)]
pub struct TextDecoder {
    encoding: Encoding,
    /// Bytes not yet decoded: the head of the file, or the beginning of a character that a piece's end has cut.
    pending: Vec<u8>,
    place: LineCounter,
}

impl TextDecoder {
    /// At the beginning of a file.
    #[must_use]
    pub fn new() -> Self {
        Self { encoding: Encoding::Undecided, pending: Vec::new(), place: LineCounter::new() }
    }

    /// Decodes the next piece and appends its text to `text`.
    ///
    /// # Errors
    /// When the file is no text; the decoder is of no use afterwards.
    pub fn push(&mut self, piece: &[u8], text: &mut Vec<u8>) -> Result<(), TextError> {
        self.pending.extend_from_slice(piece);
        if self.encoding == Encoding::Undecided && self.pending.len() < HEAD {
            return Ok(());
        }
        self.decode(text, false)
    }

    /// Decodes what is left at the end of the file.
    ///
    /// # Errors
    /// As `push`, and when the file ends within a character.
    pub fn finish(&mut self, text: &mut Vec<u8>) -> Result<(), TextError> {
        self.decode(text, true)
    }

    fn decode(&mut self, text: &mut Vec<u8>, last: bool) -> Result<(), TextError> {
        let start = text.len();
        let result = match self.encoding {
            Encoding::Undecided => {
                self.encoding = self.recognise()?;
                return self.decode(text, last);
            }
            Encoding::Utf8 => self.decode_utf8(text, last),
            Encoding::Utf16 { big_endian } => self.decode_utf16(text, last, big_endian),
        };
        let decoded = text.get(start..).unwrap_or_default();
        // A NUL comes first when the text before an invalid byte has one: the place reported is the first bad one.
        if let Some(at) = decoded.iter().position(|byte| *byte == 0) {
            self.place.advance(decoded.split_at(at).0);
            return Err(TextError::Nul { line: self.place.line(), byte: self.place.byte() });
        }
        self.place.advance(decoded);
        let line = self.place.line();
        result.map_err(|bad| match bad {
            Some(value) => TextError::InvalidUtf8 { line, byte: self.place.byte(), value },
            None => TextError::InvalidUtf16 { line },
        })
    }

    fn recognise(&mut self) -> Result<Encoding, TextError> {
        for (magic, name) in OTHER_FILES {
            if self.pending.starts_with(magic) {
                return Err(TextError::OtherFile(name));
            }
        }
        let (encoding, mark) = match self.pending.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
            [0xff, 0xfe, ..] => (Encoding::Utf16 { big_endian: false }, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16 { big_endian: true }, 2),
            _ => (Encoding::Utf8, 0),
        };
        self.pending.drain(..mark);
        Ok(encoding)
    }

    /// `Err(Some(byte))` is the first byte that is not UTF-8; the text before it has been appended.
    fn decode_utf8(&mut self, text: &mut Vec<u8>, last: bool) -> Result<(), Option<u8>> {
        let (valid, broken) = match std::str::from_utf8(&self.pending) {
            Ok(_) => (self.pending.len(), false),
            Err(error) => (error.valid_up_to(), last || error.error_len().is_some()),
        };
        text.extend(self.pending.drain(..valid));
        if broken { Err(self.pending.first().copied()) } else { Ok(()) }
    }

    fn decode_utf16(&mut self, text: &mut Vec<u8>, last: bool, big_endian: bool) -> Result<(), Option<u8>> {
        let (pairs, _) = self.pending.as_chunks();
        let unit = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
        let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
        // The second half of a pair may be in the next piece.
        let cut = usize::from(!last && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)));
        let whole = units.len() - cut;
        let mut encoded = [0; 4];
        for character in char::decode_utf16(units.iter().take(whole).copied()) {
            let character = character.map_err(|_| None)?;
            text.extend_from_slice(character.encode_utf8(&mut encoded).as_bytes());
        }
        self.pending.drain(..whole * 2);
        if last && !self.pending.is_empty() { Err(None) } else { Ok(()) }
    }
}

impl Default for TextDecoder {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], piece: usize) -> Result<String, TextError> {
        let mut decoder = TextDecoder::new();
        let mut text = Vec::new();
        for piece in bytes.chunks(piece) {
            decoder.push(piece, &mut text)?;
        }
        decoder.finish(&mut text)?;
        Ok(String::from_utf8(text).expect("the decoder writes UTF-8"))
    }

    #[test]
    fn marks_are_taken_off_and_utf16_is_read() {
        let expected = "Ä,🦀\r\nb";
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(expected.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(expected.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let marked = [b"\xef\xbb\xbf", expected.as_bytes()].concat();
        for bytes in [expected.as_bytes(), &marked, &little, &big] {
            for piece in 1..=bytes.len() {
                assert_eq!(decode(bytes, piece).as_deref(), Ok(expected), "{bytes:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn invalid_bytes_are_named_with_their_place() {
        for piece in [1, 3, 100] {
            let expected = TextError::InvalidUtf8 { line: 3, byte: 5, value: 0xfc };
            assert_eq!(decode(b"a,b\r\nc,d\rGr\xc3\xbc\xfcn", piece), Err(expected));
        }
        assert_eq!(decode(b"abc\n\xe2\x82", 100), Err(TextError::InvalidUtf8 { line: 2, byte: 1, value: 0xe2 }));
        assert_eq!(decode(b"abc\nd\0f", 100), Err(TextError::Nul { line: 2, byte: 2 }));
        assert_eq!(decode(b"abc\nd\0f\xff", 100), Err(TextError::Nul { line: 2, byte: 2 }));
        assert_eq!(decode(b"\xff\xfea\0\n\0\x00\xd8", 100), Err(TextError::InvalidUtf16 { line: 2 }));
        assert_eq!(decode(b"\xff\xfea\0b", 100), Err(TextError::InvalidUtf16 { line: 1 }));
    }

    #[test]
    fn other_kinds_of_files_are_called_by_name() {
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 5), Err(TextError::OtherFile("a PNG image")));
        assert_eq!(decode(b"PK\x03\x04", 100), Err(TextError::OtherFile("a ZIP archive or an Excel workbook")));
    }
}
