//! A row that has been read and waits for the end of the file, which tells the order of its dates.

use chrono::{NaiveTime, Timelike as _};

use super::cells::Length;
use super::packed_rows::{put, put_index, put_text, take, take_index, take_text};
use super::source::Uncleaned;

/// A time whose date waits for its order. `date` is a number of the parser's table of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) date: usize,
    /// To the second.
    pub(super) time: NaiveTime,
}

/// A row that waits. The numbers point into the tables of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PendingEntry<'a> {
    pub(super) line: u64,
    pub(super) person: usize,
    pub(super) place: usize,
    pub(super) tags: usize,
    pub(super) start: Pending,
    pub(super) stop: Option<Pending>,
    pub(super) duration: Option<Length>,
    pub(super) billable: Option<bool>,
    pub(super) description: &'a str,
    pub(super) uncleaned: Option<UncleanedTexts<'a>>,
}

/// [`Uncleaned`], borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UncleanedTexts<'a> {
    pub(super) who: &'a str,
    pub(super) place: [&'a str; 3],
    pub(super) description: &'a str,
}

impl<'a> From<&'a Uncleaned> for UncleanedTexts<'a> {
    fn from(texts: &'a Uncleaned) -> Self {
        let place = texts.place.each_ref().map(String::as_str);
        Self { who: &texts.who, place, description: &texts.description }
    }
}

/// Bits of the first number of a row: what else there is.
const STOP: u64 = 1;
const DURATION: u64 = 2;
const BILLABLE_KNOWN: u64 = 4;
const BILLABLE: u64 = 8;
const UNCLEANED: u64 = 16;

impl<'a> PendingEntry<'a> {
    /// Packs the row.
    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        let flag = |bit, is_set| if is_set { bit } else { 0 };
        put(
            out,
            flag(STOP, self.stop.is_some())
                | flag(DURATION, self.duration.is_some())
                | flag(BILLABLE_KNOWN, self.billable.is_some())
                | flag(BILLABLE, self.billable == Some(true))
                | flag(UNCLEANED, self.uncleaned.is_some()),
        );
        put(out, self.line);
        for index in [self.person, self.place, self.tags] {
            put_index(out, index);
        }
        for Pending { date, time } in [Some(self.start), self.stop].into_iter().flatten() {
            put_index(out, date);
            put(out, time.num_seconds_from_midnight().into());
        }
        if let Some(Length { seconds, precision }) = self.duration {
            put(out, seconds.into());
            put(out, precision.into());
        }
        put_text(out, self.description);
        if let Some(UncleanedTexts { who, place: [client, project, task], description }) = self.uncleaned {
            for text in [who, client, project, task, description] {
                put_text(out, text);
            }
        }
    }

    /// Reads the next row of a block.
    pub(super) fn unpack(input: &mut &'a [u8]) -> Option<Self> {
        let flags = take(input)?;
        let line = take(input)?;
        let (person, place, tags) = (take_index(input)?, take_index(input)?, take_index(input)?);
        let start = Pending::unpack(input)?;
        let stop = if flags & STOP == 0 { None } else { Some(Pending::unpack(input)?) };
        let duration = if flags & DURATION == 0 {
            None
        } else {
            Some(Length { seconds: take(input)?.try_into().ok()?, precision: take(input)?.try_into().ok()? })
        };
        let billable = (flags & BILLABLE_KNOWN != 0).then_some(flags & BILLABLE != 0);
        let description = take_text(input)?;
        let uncleaned = if flags & UNCLEANED == 0 {
            None
        } else {
            let who = take_text(input)?;
            let place = [take_text(input)?, take_text(input)?, take_text(input)?];
            Some(UncleanedTexts { who, place, description: take_text(input)? })
        };
        Some(Self { line, person, place, tags, start, stop, duration, billable, description, uncleaned })
    }
}

impl Pending {
    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let date = take_index(input)?;
        let time = NaiveTime::from_num_seconds_from_midnight_opt(take(input)?.try_into().ok()?, 0)?;
        Some(Self { date, time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was() {
        let time = |seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).expect("a time of day");
        let full = PendingEntry {
            line: 1_000_001,
            person: 3,
            place: 70_000,
            tags: 9,
            start: Pending { date: 365, time: time(0) },
            stop: Some(Pending { date: 366, time: time(86_399) }),
            duration: Some(Length { seconds: 0, precision: 36 }),
            billable: Some(false),
            description: "Grüße\n",
            uncleaned: Some(UncleanedTexts { who: "a", place: ["", "Cafe\u{301}", ""], description: "" }),
        };
        let bare =
            PendingEntry { stop: None, duration: None, billable: None, description: "", uncleaned: None, ..full };
        let yes = PendingEntry { billable: Some(true), ..bare };
        let mut bytes = Vec::new();
        for row in [&full, &bare, &yes] {
            row.pack(&mut bytes);
        }
        let mut input = bytes.as_slice();
        for row in [&full, &bare, &yes] {
            assert_eq!(PendingEntry::unpack(&mut input).as_ref(), Some(row));
        }
        assert_eq!(PendingEntry::unpack(&mut input), None);
    }
}
