//! Fields of CSV (RFC 4180).

/// Characters at the beginning of a text that make it a formula for spreadsheet programs.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that no spreadsheet program takes for a formula.
#[must_use]
pub(crate) fn defused(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// Appends a field, in quotes if it needs them.
pub(crate) fn push_field(text: &str, separator: u8, out: &mut Vec<u8>) {
    let is_plain = text.bytes().all(|byte| byte != separator && !matches!(byte, b'"' | b'\r' | b'\n'));
    if is_plain {
        out.extend(text.as_bytes());
    } else {
        out.push(b'"');
        out.extend(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    }
}
