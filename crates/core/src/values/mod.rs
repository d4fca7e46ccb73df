//! Values that are valid by construction: parsed once at the edge, trusted from there on.
//!
//! The database repeats these rules as CHECKs; the numbers must agree (`migrations/`).

pub(crate) mod changes;
pub mod clean_text;
pub mod clock;
pub(crate) mod csv;
mod email_address;
pub mod ids;
mod invalid;
pub mod money;
mod network;
pub mod revision;
pub mod secret_token;
pub mod settings;
pub mod text;
pub mod time_zone;

use std::fmt;

use chrono::{DateTime, SubsecRound, TimeDelta, TimeZone as _, Utc};
use serde::Serialize;

pub use email_address::{EMAIL_MAX, EmailAddress};
pub use invalid::InvalidValue;
pub use network::network;
pub use time_zone::TimeZone;

/// Longest name of a client, project, tag, user or workspace, in characters. Not below what other trackers allow (250),
/// so that imports fit.
pub const NAME_MAX: usize = 255;
/// Longest name of a category, in characters: Clockify allows tasks of this length.
pub const CATEGORY_NAME_MAX: usize = 1_000;
/// Longest description, in characters: solidtime's limit, and above Clockify's 3,000.
pub const DESCRIPTION_MAX: usize = 5_000;

/// Trims, normalises, and checks length and characters; `allowed` names the control characters that may stay.
fn clean(text: &str, max: usize, allowed: &[char]) -> Result<String, InvalidValue> {
    let text = clean_text::composed(clean_text::trim(text));
    if let Some(c) = text.chars().find(|c| c.is_control() && !allowed.contains(c)) {
        return Err(InvalidValue::ControlCharacter(u32::from(c)));
    }
    let found = text.chars().count();
    if found > max {
        return Err(InvalidValue::TooLong { max, found });
    }
    Ok(text.into_owned())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Trims `text` and brings it to Normalization Form C ([`clean_text`]); it must then have 1 to the type's
            /// maximum of characters, none of them a control character.
            ///
            /// # Errors
            /// If the rest is empty, too long, or contains a control character.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                let text = clean(text, $max, &[])?;
                if text.is_empty() { Err(InvalidValue::Empty) } else { Ok(Self(text)) }
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The name of a client.
    ClientName,
    NAME_MAX
);
name!(
    /// The name of a project.
    ProjectName,
    NAME_MAX
);
name!(
    /// The name of a category.
    CategoryName,
    CATEGORY_NAME_MAX
);
name!(
    /// The name of a tag.
    TagName,
    NAME_MAX
);
name!(
    /// The name of a person or of a workspace.
    DisplayName,
    NAME_MAX
);

/// Free text, possibly empty, possibly of several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Description(String);

impl Description {
    /// Trims `text`, brings it to Normalization Form C and makes its line ends `\n`; at most [`DESCRIPTION_MAX`]
    /// characters, no control characters but line breaks and tabs.
    ///
    /// # Errors
    /// If the rest is too long, or contains another control character.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        clean(&text.replace("\r\n", "\n"), DESCRIPTION_MAX, &['\n', '\t']).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, or `None` when it is empty: for columns where no description is NULL.
    pub fn into_option(self) -> Option<String> {
        (!self.0.is_empty()).then_some(self.0)
    }
}

impl From<Description> for String {
    fn from(description: Description) -> Self {
        description.0
    }
}

/// A colour, `#rrggbb` in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Color(String);

impl Color {
    /// The colours that projects are given when none is chosen: distinct beside each other, readable on white and on
    /// black.
    pub const PALETTE: [&str; 12] = [
        "#2f6fed", "#0f9d7a", "#d9822b", "#c23d5a", "#7b5cd6", "#1d8fb5", "#7a9a1f", "#b8509e", "#a8652f", "#5566aa",
        "#2e9e4f", "#cc5533",
    ];

    /// Reads `#rrggbb` in either case.
    ///
    /// # Errors
    /// If the text has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let digits = text.trim().strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        digits
            .map(|d| Self(format!("#{}", d.to_ascii_lowercase())))
            .ok_or(InvalidValue::Format { format: "color", expected: "a colour of the form #rrggbb" })
    }

    /// The number of the palette's colour after the newest one of the palette among `used`, newest first. As many
    /// colours as the palette has are enough to look at: a new thing then differs from those made just before it, and
    /// nothing has to be counted.
    pub fn number_after(used: &[String]) -> usize {
        let newest = used.iter().find_map(|color| Self::PALETTE.iter().position(|known| known == color));
        newest.map_or(0, |newest| newest + 1)
    }

    /// A colour of the palette; consecutive numbers give different ones.
    pub fn from_palette(number: usize) -> Self {
        let color = Self::PALETTE.get(number % Self::PALETTE.len()).unwrap_or(&Self::PALETTE[0]);
        Self((*color).to_owned())
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.0
    }
}

/// A start or stop of tracked time: from 1970 to the end of 2099, in microseconds, which is what PostgreSQL keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TrackedTime(DateTime<Utc>);

impl TrackedTime {
    /// When tracked time can begin, and before when it ends.
    #[must_use]
    pub fn bounds() -> (DateTime<Utc>, DateTime<Utc>) {
        let end = Utc.with_ymd_and_hms(2100, 1, 1, 0, 0, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC);
        (DateTime::<Utc>::UNIX_EPOCH, end)
    }

    /// Checks the range. Anything outside is a slip of the keyboard, and would stretch every report.
    ///
    /// # Errors
    /// If the time is before 1970 or after 2099.
    pub fn new(time: DateTime<Utc>) -> Result<Self, InvalidValue> {
        let (earliest, end) = Self::bounds();
        let refused = |expected| {
            let latest = end - TimeDelta::microseconds(1);
            Err(InvalidValue::OutOfRange { expected, earliest, latest })
        };
        // chrono counts a leap second as nanoseconds beyond the 59th second. PostgreSQL would make it the next minute's
        // first.
        if time.timestamp_subsec_nanos() >= 1_000_000_000 {
            return refused("a time that is no leap second");
        }
        if (earliest..end).contains(&time) {
            Ok(Self(time.trunc_subsecs(6)))
        } else {
            refused("a time from 1970-01-01 to 2099-12-31")
        }
    }

    /// Reads an RFC 3339 timestamp with any offset.
    ///
    /// # Errors
    /// If the text is no such timestamp, or the time is out of range.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let time = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| InvalidValue::Format {
            format: "timestamp",
            expected: "a timestamp of RFC 3339, such as 2026-11-21T09:30:00Z",
        })?;
        Self::new(time.with_timezone(&Utc))
    }

    /// The instant.
    pub fn get(self) -> DateTime<Utc> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_counted_in_characters_and_free_of_control_characters() {
        assert_eq!(ProjectName::parse("  Website \n").map(String::from), Ok("Website".to_owned()));
        assert_eq!(ProjectName::parse(" \t "), Err(InvalidValue::Empty));
        assert_eq!(ProjectName::parse("\u{200b}\u{2800}"), Err(InvalidValue::Empty));
        assert_eq!(ProjectName::parse("\u{feff}Cafe\u{301}\u{200b}").map(String::from), Ok("Café".to_owned()));
        assert!(ProjectName::parse(&"u\u{308}".repeat(255)).is_ok());
        assert!(ProjectName::parse(&"ü".repeat(255)).is_ok());
        assert_eq!(ProjectName::parse(&"ü".repeat(256)), Err(InvalidValue::TooLong { max: 255, found: 256 }));
        assert_eq!(ProjectName::parse("a\u{0}b"), Err(InvalidValue::ControlCharacter(0)));
        assert_eq!(ProjectName::parse("a\u{85}b"), Err(InvalidValue::ControlCharacter(0x85)));
        assert!(CategoryName::parse(&"x".repeat(1_000)).is_ok());
    }

    #[test]
    fn descriptions_keep_their_lines() {
        assert_eq!(Description::parse("one\r\ntwo\tx ").map(String::from), Ok("one\ntwo\tx".to_owned()));
        assert_eq!(Description::parse("a\u{7}"), Err(InvalidValue::ControlCharacter(7)));
        assert_eq!(Description::parse("  ").map(Description::into_option), Ok(None));
        assert_eq!(Description::parse("\u{2060}").map(Description::into_option), Ok(None));
    }

    #[test]
    fn colours_are_six_hexadecimal_digits() {
        assert_eq!(Color::parse("#A0b1C2").map(String::from), Ok("#a0b1c2".to_owned()));
        for bad in ["", "red", "#12345", "#1234567", "#12345g", "123456", "#ééé"] {
            assert!(Color::parse(bad).is_err(), "{bad}");
        }
        let after = |used: &[&str]| {
            let used: Vec<_> = used.iter().map(|color| (*color).to_owned()).collect();
            String::from(Color::from_palette(Color::number_after(&used)))
        };
        let palette = Color::PALETTE;
        assert_eq!(after(&[]), palette[0]);
        assert_eq!(after(&["#123456"]), palette[0], "not one of the palette");
        assert_eq!(after(&["#123456", palette[11], palette[3]]), palette[0], "the palette begins anew");
        assert_eq!(after(&[palette[3], palette[11]]), palette[4]);
        for color in Color::PALETTE {
            assert_eq!(Color::parse(color).map(String::from), Ok(color.to_owned()));
        }
    }

    #[test]
    fn tracked_time_ends_with_the_century() {
        assert!(TrackedTime::parse("2099-12-31T23:59:59.999999Z").is_ok());
        assert!(TrackedTime::parse("1970-01-01T00:00:00Z").is_ok());
        for bad in [
            "2100-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "9999-12-31T23:59:59Z",
            "2026-11-21",
            "2026-11-21T10:00:00",
            "2016-12-31T23:59:60Z",
            "2099-12-31T23:59:60Z",
            "soon",
        ] {
            assert!(TrackedTime::parse(bad).is_err(), "{bad}");
        }
        let fine = TrackedTime::parse("2026-11-21T10:00:00.123456789+01:00").map(|t| t.get().to_rfc3339());
        assert_eq!(fine, Ok("2026-11-21T09:00:00.123456+00:00".to_owned()));
    }
}
