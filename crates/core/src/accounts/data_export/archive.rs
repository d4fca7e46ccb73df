//! Writes an archive: a ZIP that is compressed while it is read from the database, so that its size takes no memory.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use crate::values::csv;

/// The bytes of a piece.
const PIECE: usize = 1 << 20;

/// The columns of the entries, by the names that the objects have.
const COLUMNS: [&str; 14] = [
    "id",
    "workspaceId",
    "workspace",
    "client",
    "project",
    "category",
    "description",
    "tags",
    "startedAt",
    "stoppedAt",
    "durationSeconds",
    "billable",
    "createdAt",
    "updatedAt",
];

/// What was compressed and not taken yet.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being written.
pub(crate) struct Archive {
    zip: ZipWriter<StreamWriter<Buffer>>,
    buffer: Buffer,
    /// Whether the list that is being written has an object already.
    has_object: bool,
}

impl Archive {
    pub(crate) fn new() -> Self {
        let buffer = Buffer::default();
        Self { zip: ZipWriter::new_stream(buffer.clone()), buffer, has_object: false }
    }

    /// Begins a file.
    pub(crate) fn file(&mut self, name: &str) -> io::Result<()> {
        // Sizes are known afterwards, and a list of entries may have more than 4 GiB.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
        self.zip.start_file(name, options).map_err(io::Error::other)
    }

    /// Writes a file of one value.
    pub(crate) fn object(&mut self, name: &str, value: &Value) -> io::Result<()> {
        self.file(name)?;
        serde_json::to_writer_pretty(&mut self.zip, value)?;
        self.zip.write_all(b"\n")
    }

    /// Begins a file with a list of objects.
    pub(crate) fn list(&mut self, name: &str) -> io::Result<()> {
        self.file(name)?;
        self.has_object = false;
        self.zip.write_all(b"[")
    }

    /// Adds an object to the list.
    pub(crate) fn item(&mut self, value: &Value) -> io::Result<()> {
        self.zip.write_all(if self.has_object { b",\n" } else { b"\n" })?;
        self.has_object = true;
        Ok(serde_json::to_writer(&mut self.zip, value)?)
    }

    /// Ends the list.
    pub(crate) fn end_list(&mut self) -> io::Result<()> {
        self.zip.write_all(b"\n]\n")
    }

    /// Begins a file with the entries as rows.
    pub(crate) fn rows(&mut self, name: &str) -> io::Result<()> {
        self.file(name)?;
        self.zip.write_all(&line(COLUMNS.iter().map(|column| (*column).to_owned())))
    }

    /// Adds an entry as a row.
    pub(crate) fn row(&mut self, entry: &Value) -> io::Result<()> {
        self.zip.write_all(&line(COLUMNS.iter().map(|column| cell(entry.get(*column)))))
    }

    /// Takes the next piece, if that many bytes have gathered.
    pub(crate) fn take_piece(&mut self) -> Option<Vec<u8>> {
        let mut buffer = self.buffer.lock();
        if buffer.len() < PIECE {
            return None;
        }
        let rest = buffer.split_off(PIECE);
        Some(std::mem::replace(&mut *buffer, rest))
    }

    /// Ends the archive: what is left of it, in pieces.
    pub(crate) fn finish(self) -> io::Result<Vec<Vec<u8>>> {
        let Self { zip, buffer, .. } = self;
        zip.finish().map_err(io::Error::other)?;
        let rest = std::mem::take(&mut *buffer.lock());
        Ok(rest.chunks(PIECE).map(<[u8]>::to_vec).collect())
    }
}

fn line(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        csv::push_field(&csv::defused(&cell), b',', &mut out);
    }
    out.extend(b"\r\n");
    out
}

/// A value as the text of a cell.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            texts.join(", ")
        }
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_quoted_and_no_formula() {
        let entry = json!({"id": "1", "description": "=1+1", "tags": ["a", "b, \"c\""], "durationSeconds": 60});
        let text = String::from_utf8(line(COLUMNS.iter().map(|column| cell(entry.get(*column))))).unwrap();
        assert_eq!(text, "1,,,,,,'=1+1,\"a, b, \"\"c\"\"\",,,60,,,\r\n");
    }

    #[test]
    fn what_is_compressed_comes_in_pieces_that_make_one_archive() {
        let mut archive = Archive::new();
        archive.object("a.json", &json!({"x": 1})).unwrap();
        archive.list("b.json").unwrap();
        let mut bytes = Vec::new();
        let mut pieces = 0;
        // Texts that hardly compress.
        let mut number: u64 = 1;
        for _ in 0..150_000 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            archive.item(&json!(format!("{number:x}"))).unwrap();
            while let Some(piece) = archive.take_piece() {
                assert_eq!(piece.len(), PIECE);
                pieces += 1;
                bytes.extend(piece);
            }
        }
        archive.end_list().unwrap();
        for piece in archive.finish().unwrap() {
            assert!(!piece.is_empty() && piece.len() <= PIECE);
            bytes.extend(piece);
        }
        assert!(pieces >= 1, "{}", bytes.len());
        let mut read = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        assert_eq!(read.len(), 2);
        let list: Vec<String> = serde_json::from_reader(read.by_name("b.json").unwrap()).unwrap();
        assert_eq!(list.len(), 150_000);
    }
}
