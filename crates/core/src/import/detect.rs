//! The beginning of a file: which separator, which tracker.

use super::header::Header;
use super::problem::shorten;
use super::records::{Record, RecordSplitter};
use super::source::{RowReader, SOURCES, Source};

/// A header longer than this, in bytes, is none, and neither is one with as many blanks before it.
pub(super) const HEADER_MAX_BYTES: usize = 64 * 1024;

/// The separators that files come with.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// How a file is to be read.
#[derive(Debug)]
pub struct Detected {
    /// What separates its cells.
    pub delimiter: u8,
    /// Whether a line before the header says so.
    pub separator_line: bool,
    /// Its columns.
    pub header: Header,
    /// The tracker that wrote it.
    pub source: &'static dyn Source,
    /// What reads its rows.
    pub rows: Box<dyn RowReader>,
}

/// What the beginning of a file tells.
#[derive(Debug)]
pub enum Detection {
    /// How to read it.
    Found(Detected),
    /// The header has not ended yet.
    Unfinished,
    /// No source knows this header: a sentence that says what was found and what was expected.
    Unknown(String),
}

/// Looks for a known header at the beginning of `text`, which is the whole file when `last` is set. With `wanted`, only
/// that source's.
#[must_use]
pub fn detect(text: &[u8], last: bool, wanted: Option<&'static dyn Source>) -> Detection {
    let mut found: Option<Header> = None;
    let mut unfinished = false;
    let (separator, text) = separator_line(text);
    for delimiter in separator.into_iter().chain(DELIMITERS) {
        let Some(header) = header(text, delimiter, last) else {
            unfinished = true;
            continue;
        };
        let sources = SOURCES.into_iter().filter(|source| wanted.is_none_or(|wanted| wanted.id() == source.id()));
        for source in sources {
            if let Some(rows) = source.open(&header) {
                return Detection::Found(Detected {
                    delimiter,
                    separator_line: separator.is_some(),
                    header,
                    source,
                    rows,
                });
            }
        }
        if found.as_ref().is_none_or(|best| best.len() < header.len()) {
            found = Some(header);
        }
    }
    if unfinished && !last && text.len() < HEADER_MAX_BYTES {
        return Detection::Unfinished;
    }
    Detection::Unknown(unknown(found.as_ref(), wanted))
}

/// The separator that a first line like `sep=;` names, which spreadsheets write and read, and the text after that line.
fn separator_line(text: &[u8]) -> (Option<u8>, &[u8]) {
    let start = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let text = text.get(start..).unwrap_or_default();
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    // Quoted, or with more separators behind it, when a spreadsheet took the line for a record.
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    match line.split_at_checked(4) {
        Some((name, [separator, more @ ..]))
            if name.eq_ignore_ascii_case(b"sep=")
                && separator.is_ascii()
                && *separator != b'"'
                && !separator.is_ascii_alphanumeric()
                && more.iter().all(|byte| byte == separator || *byte == b'"') =>
        {
            (Some(*separator), rest)
        }
        _ => (None, text),
    }
}

fn header(text: &[u8], delimiter: u8, last: bool) -> Option<Header> {
    let mut splitter = RecordSplitter::new(delimiter);
    let mut record = Record::default();
    let mut input = text.get(..HEADER_MAX_BYTES).unwrap_or(text);
    let complete = splitter.next(&mut input, &mut record).ok()? || (last && splitter.finish(&mut record).ok()?);
    complete.then(|| Header::new(&record))
}

/// Why a file is not read that has blanks where its header should be.
pub(super) fn no_header(wanted: Option<&'static dyn Source>) -> String {
    unknown(None, wanted)
}

fn unknown(header: Option<&Header>, wanted: Option<&'static dyn Source>) -> String {
    let found = match header {
        Some(header) => {
            let names: Vec<String> =
                header.names().iter().take(30).map(|name| format!("“{}”", shorten(name))).collect();
            let more = if header.len() > names.len() { " and more" } else { "" };
            format!("the first line has the columns {}{more}", names.join(", "))
        }
        None => "no first line with the names of columns was found".to_owned(),
    };
    let sources = wanted.map_or(SOURCES.to_vec(), |wanted| vec![wanted]);
    let expected: Vec<String> =
        sources.iter().map(|source| format!("{} has {}", source.name(), source.expects())).collect();
    format!("{found}; a file of {}", expected.join("; of "))
}

/// The names by which callers choose a source, for messages.
#[must_use]
pub fn known_sources() -> String {
    SOURCES.map(Source::id).join(", ")
}
