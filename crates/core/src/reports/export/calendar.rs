//! Entries as events of RFC 5545.

use chrono::{DateTime, Utc};

use crate::models::report::{NameKind, Names, ReportEntry};

/// Most octets of a line, without its end.
const LINE_MAX: usize = 75;

/// Writes entries as events. Times are UTC, so that no time zone has to be described; the identifier of an entry is
/// always the same.
#[derive(Clone, Copy, Debug)]
pub struct CalendarWriter {
    now: DateTime<Utc>,
    /// Whether the same entries give the same bytes: what says when an event was written then says when it ended.
    is_stable: bool,
}

impl CalendarWriter {
    /// Begins a calendar that is made at `now`.
    #[must_use]
    pub fn new(now: DateTime<Utc>, out: &mut Vec<u8>) -> Self {
        Self::begin(now, false, out)
    }

    /// Begins a calendar that is read again and again: the same entries give the same bytes.
    #[must_use]
    pub fn feed(now: DateTime<Utc>, out: &mut Vec<u8>) -> Self {
        Self::begin(now, true, out)
    }

    fn begin(now: DateTime<Utc>, is_stable: bool, out: &mut Vec<u8>) -> Self {
        for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Clockwork//Clockwork//EN", "X-WR-CALNAME:Clockwork"] {
            line(text, out);
        }
        Self { now, is_stable }
    }

    /// Writes an entry. One that runs has its time until now.
    pub fn entry(self, entry: &ReportEntry, names: &Names, out: &mut Vec<u8>) {
        let project = names.get(NameKind::Project, entry.project_id).map(|name| name.name.as_str());
        let path: Vec<&str> = names.path(entry.category_id).into_iter().map(|(_, name)| name.name.as_str()).collect();
        let place = project.into_iter().chain(path).collect::<Vec<_>>().join(" / ");
        let summary = if entry.description.is_empty() { place.clone() } else { entry.description.clone() };
        let tags = entry.tag_ids.iter().filter_map(|tag| names.get(NameKind::Tag, *tag));
        let tags: Vec<String> = tags.map(|tag| escaped(&tag.name)).collect();
        line("BEGIN:VEVENT", out);
        line(&format!("UID:{}@clockwork", entry.id), out);
        let end = entry.stopped_at.unwrap_or(self.now).max(entry.started_at);
        line(&format!("DTSTAMP:{}", utc(if self.is_stable { end } else { self.now })), out);
        line(&format!("DTSTART:{}", utc(entry.started_at)), out);
        line(&format!("DTEND:{}", utc(end)), out);
        line(&format!("SUMMARY:{}", escaped(&summary)), out);
        line(&format!("DESCRIPTION:{}", escaped(&place)), out);
        if !tags.is_empty() {
            line(&format!("CATEGORIES:{}", tags.join(",")), out);
        }
        line("TRANSP:TRANSPARENT", out);
        line("END:VEVENT", out);
    }

    /// Ends the calendar.
    pub fn end(self, out: &mut Vec<u8>) {
        line("END:VCALENDAR", out);
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\r', "").replace('\n', "\\n")
}

/// Writes a line, folded where it is too long, never within a character.
fn line(text: &str, out: &mut Vec<u8>) {
    let mut length = 0;
    for character in text.chars() {
        if length + character.len_utf8() > LINE_MAX {
            out.extend(b"\r\n ");
            length = 1;
        }
        let mut bytes = [0; 4];
        out.extend(character.encode_utf8(&mut bytes).as_bytes());
        length += character.len_utf8();
    }
    out.extend(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters_and_texts_escaped() {
        let mut out = Vec::new();
        line(&format!("SUMMARY:{}", "ü".repeat(60)), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_MAX), "{text}");
        assert_eq!(text.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "ü".repeat(60)));
        assert_eq!(escaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
    }
}
