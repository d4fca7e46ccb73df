//! What is wrong with one field: a sentence for people, and the same as data, so that a client can write its own
//! sentence.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clockwork_core::values::InvalidValue;
use clockwork_core::values::text::shorten;
use serde::Serialize;
use utoipa::ToSchema;

/// How much of a value an error quotes, in characters.
const FOUND_MAX: usize = 100;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The path of the field, such as `name` or `changes.description`.
    pub field: String,
    /// `required`, `empty`, `too_short`, `too_long`, `control_characters`, `unknown_field`, `invalid_type`,
    /// `invalid_format`, `out_of_range`, `not_found` or `duplicate`; of a password also `common` or `like_address`, of
    /// a code `wrong_code`.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// What the field may be, for the codes that have limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Limits>, nullable = false)]
    pub limits: Option<Box<Limits>>,
    /// What the request has: a value, or the number that `limits` are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub found: Option<FoundValue>,
}

/// What a field may be. Which members there are depends on the code: `too_long` has `max`, `too_short` has `min`;
/// `out_of_range` has `min` and `max`, or `earliest` or `latest` or both; `invalid_format` has `format`, or `allowed`
/// where the values can be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldLimits)]
pub struct Limits {
    /// The smallest number, or the smallest count of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub min: Option<i64>,
    /// The largest number, or the largest count of characters, items, bytes or days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub max: Option<i64>,
    /// No earlier instant, or date where the field is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub earliest: Option<String>,
    /// No later instant, or date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub latest: Option<String>,
    /// The values that are allowed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Option<Vec<String>>, nullable = false)]
    pub allowed: &'static [&'static str],
    /// A word for the form: `uuid`, `timestamp`, `date`, `time_of_day`, `time_zone`, `color`, `email`, `token`, `code`,
    /// `provider`, `path`, `boolean`, `cursor`, `etag`, `ascii`, `utf8`, `identity` (no content encoding), `json`,
    /// `once` (given once), `alone` (not given together with another field), `last` (the last part of a form) or
    /// `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub format: Option<&'static str>,
}

/// What a request has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = FieldFound)]
pub enum FoundValue {
    /// A number, or a count.
    Number(i64),
    /// A value, cut to 100 characters.
    Text(String),
}

impl FieldError {
    /// A problem with a field that has no limits.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into(), limits: None, found: None }
    }

    /// The field is not of the form that `format`, one of the words of [`Limits::format`], stands for.
    pub fn format(field: impl Into<String>, format: &'static str, message: impl Into<String>) -> Self {
        Self::new(field, "invalid_format", message).limited(Limits { format: Some(format), ..Limits::default() })
    }

    /// The field has more characters, items, bytes or days than allowed.
    pub fn too_long(field: impl Into<String>, max: usize, message: impl Into<String>) -> Self {
        Self::new(field, "too_long", message).limited(Limits { max: number(max), ..Limits::default() })
    }

    /// A number, or a count of items, outside of its limits.
    pub fn out_of_range(field: impl Into<String>, min: i64, max: i64, message: impl Into<String>) -> Self {
        Self::new(field, "out_of_range", message).limited(Limits {
            min: Some(min),
            max: Some(max),
            ..Limits::default()
        })
    }

    /// An instant or a date outside of its limits.
    pub fn untimely<T: InstantOrDate>(
        field: impl Into<String>,
        earliest: Option<T>,
        latest: Option<T>,
        message: impl Into<String>,
    ) -> Self {
        let (earliest, latest) = (earliest.map(InstantOrDate::written), latest.map(InstantOrDate::written));
        Self::new(field, "out_of_range", message).limited(Limits { earliest, latest, ..Limits::default() })
    }

    /// A value, `text` in the request, that was refused.
    pub fn invalid(field: impl Into<String>, why: &InvalidValue, text: &str) -> Self {
        let error = Self::new(field, why.code(), why.to_string());
        match *why {
            InvalidValue::Empty => error,
            InvalidValue::TooLong { max, found } => {
                error.limited(Limits { max: number(max), ..Limits::default() }).found_number(found)
            }
            InvalidValue::ControlCharacter(character) => error.found(&format!("U+{character:04X}")),
            InvalidValue::Format { format, .. } => {
                error.limited(Limits { format: Some(format), ..Limits::default() }).found(text)
            }
            InvalidValue::NotAllowed { allowed, .. } => {
                error.limited(Limits { allowed, ..Limits::default() }).found(text)
            }
            InvalidValue::OutOfRange { earliest, latest, .. } => {
                Self::untimely(error.field, Some(earliest), Some(latest), error.message).found(text)
            }
        }
    }

    /// The same with what the field may be.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits: Some(Box::new(limits)), ..self }
    }

    /// The same with what the field holds.
    #[must_use]
    pub fn found(self, value: &str) -> Self {
        Self { found: Some(FoundValue::Text(shorten(value, FOUND_MAX))), ..self }
    }

    /// The same with the number or the count that the field has.
    #[must_use]
    pub fn found_number(self, value: usize) -> Self {
        Self { found: number(value).map(FoundValue::Number), ..self }
    }
}

/// An instant or a date, as JSON has it.
pub trait InstantOrDate {
    /// The text.
    fn written(self) -> String;
}

impl InstantOrDate for DateTime<Utc> {
    fn written(self) -> String {
        self.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

impl InstantOrDate for NaiveDate {
    fn written(self) -> String {
        self.to_string()
    }
}

fn number(value: usize) -> Option<i64> {
    i64::try_from(value).ok()
}
