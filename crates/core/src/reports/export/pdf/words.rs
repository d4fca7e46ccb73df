//! The words of documents in each language.

use chrono::NaiveDate;

use crate::values::settings::{FirstDayOfWeek, Language};

/// What a document says beside what members have typed.
#[derive(Clone, Copy, Debug)]
pub(in crate::reports) struct Words {
    language: Language,
}

/// English and German, in this order.
const COLUMNS: &[(&str, [&str; 2])] = &[
    ("date", ["Date", "Datum"]),
    ("startedAt", ["Start", "Beginn"]),
    ("stoppedAt", ["End", "Ende"]),
    ("member", ["Member", "Person"]),
    ("client", ["Client", "Kunde"]),
    ("project", ["Project", "Projekt"]),
    ("category", ["Category", "Kategorie"]),
    ("tag", ["Tag", "Tag"]),
    ("tags", ["Tags", "Tags"]),
    ("description", ["Description", "Beschreibung"]),
    ("billable", ["Billable", "Abrechenbar"]),
    ("durationSeconds", ["Duration", "Dauer"]),
    ("billableSeconds", ["Billable", "Abrechenbar"]),
    ("roundedSeconds", ["Rounded", "Gerundet"]),
    ("currency", ["Currency", "Währung"]),
    ("amount", ["Amount", "Betrag"]),
    ("entries", ["Entries", "Einträge"]),
    ("day", ["Day", "Datum"]),
    ("week", ["Week", "Woche"]),
    ("month", ["Month", "Monat"]),
    ("quarter", ["Quarter", "Quartal"]),
    ("year", ["Year", "Jahr"]),
    ("weekday", ["Weekday", "Wochentag"]),
    ("hour", ["Hour", "Stunde"]),
];

impl Words {
    pub(in crate::reports) fn new(language: Language) -> Self {
        Self { language }
    }

    fn of(self, words: [&'static str; 2]) -> &'static str {
        let [english, german] = words;
        match self.language {
            Language::English => english,
            Language::German => german,
        }
    }

    /// The title of a column.
    pub(super) fn column(self, key: &str, title: &'static str) -> &'static str {
        COLUMNS.iter().find(|(known, _)| *known == key).map_or(title, |(_, words)| self.of(*words))
    }

    pub(super) fn yes(self, yes: bool) -> &'static str {
        if yes { self.of(["yes", "ja"]) } else { self.of(["no", "nein"]) }
    }

    pub(super) fn total(self) -> &'static str {
        self.of(["Total", "Summe"])
    }

    pub(in crate::reports) fn overlap(self) -> &'static str {
        self.of([
            "An entry with several tags is in several rows; the total counts it once.",
            "Ein Eintrag mit mehreren Tags steht in mehreren Zeilen; die Summe zählt ihn einmal.",
        ])
    }

    pub(super) fn signatures(self) -> [&'static str; 2] {
        [
            self.of(["Date, signature (contractor)", "Datum, Unterschrift (Auftragnehmer)"]),
            self.of(["Date, signature (client)", "Datum, Unterschrift (Auftraggeber)"]),
        ]
    }

    pub(super) fn page(self, number: usize, of: usize) -> String {
        match self.language {
            Language::English => format!("Page {number} of {of}"),
            Language::German => format!("Seite {number} von {of}"),
        }
    }

    pub(super) fn chart(self) -> &'static str {
        self.of(["Hours; dark: billable", "Stunden; dunkel: abrechenbar"])
    }

    /// A day of the week.
    pub(in crate::reports) fn weekday(self, day: FirstDayOfWeek) -> &'static str {
        self.of(match day {
            FirstDayOfWeek::Monday => ["Monday", "Montag"],
            FirstDayOfWeek::Tuesday => ["Tuesday", "Dienstag"],
            FirstDayOfWeek::Wednesday => ["Wednesday", "Mittwoch"],
            FirstDayOfWeek::Thursday => ["Thursday", "Donnerstag"],
            FirstDayOfWeek::Friday => ["Friday", "Freitag"],
            FirstDayOfWeek::Saturday => ["Saturday", "Samstag"],
            FirstDayOfWeek::Sunday => ["Sunday", "Sonntag"],
        })
    }

    /// A day.
    pub(in crate::reports) fn date(self, date: NaiveDate) -> String {
        match self.language {
            Language::English => date.format("%Y-%m-%d").to_string(),
            Language::German => date.format("%d.%m.%Y").to_string(),
        }
    }

    /// A decimal as the language writes it.
    pub(super) fn decimal(self, text: String) -> String {
        match self.language {
            Language::English => text,
            Language::German => text.replace('.', ","),
        }
    }

    pub(in crate::reports) fn untitled(self, is_summary: bool) -> &'static str {
        if is_summary { self.of(["Time report", "Zeitbericht"]) } else { self.of(["Time sheet", "Stundenzettel"]) }
    }

    pub(in crate::reports) fn range(self, from: NaiveDate, to: NaiveDate, zone: &str) -> String {
        format!("{} – {} ({zone})", self.date(from), self.date(to))
    }

    /// In place of the name of a time zone.
    pub(in crate::reports) fn zone_of_each_member(self) -> &'static str {
        self.of(["each member’s time zone", "jeweils in der Zeitzone der Person"])
    }

    pub(in crate::reports) fn rounding(self, mode: [&'static str; 2], minutes: u8) -> String {
        let mode = self.of(mode);
        match self.language {
            Language::English => format!("Rounded {mode} to {minutes} minutes"),
            Language::German => format!("{mode} auf {minutes} Minuten gerundet"),
        }
    }

    /// A filter: what it is about, and its values.
    pub(in crate::reports) fn filter(self, name: [&'static str; 2], is_negated: bool, values: &str) -> String {
        let not = if is_negated { self.of(["not ", "nicht "]) } else { "" };
        format!("{}: {not}{values}", self.of(name))
    }

    /// A filter by yes or no.
    pub(in crate::reports) fn flag(self, name: [&'static str; 2], yes: bool) -> String {
        self.filter(name, false, self.yes(yes))
    }

    pub(in crate::reports) fn further(self, count: usize) -> String {
        format!("+ {count}")
    }
}
