//! The fields of an import, as text: what a form and a command line have in common.

use clockwork_core::import::cells::DateOrder;
use clockwork_core::import::{DEFAULT_CATEGORY, OnError, PeopleChoice};
use clockwork_core::values::{CategoryName, InvalidValue, TimeZone};

use crate::api::fields::FieldErrors;
use crate::error::{ApiResult, ErrorCode, FieldError, Limits};

/// The names of the fields, in the order of docs/API.md.
const FIELDS: [&str; 7] = ["source", "timeZone", "dryRun", "onError", "dateOrder", "defaultCategory", "people"];

/// The fields as they came; an empty text counts as left out, because that is what a form sends.
#[derive(Debug, Default)]
pub struct ImportFields([Option<String>; FIELDS.len()]);

/// The options of an import.
#[derive(Debug)]
pub struct ImportRequest {
    /// The tracker; recognised by the header when left out.
    pub source: Option<String>,
    /// The zone of the file's times; the workspace's when left out.
    pub time_zone: Option<TimeZone>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// What a bad line does.
    pub on_error: OnError,
    /// The order of the file's dates; found in the file when left out.
    pub date_order: Option<DateOrder>,
    /// The category of entries without a task.
    pub default_category: CategoryName,
    /// Whose entries to import. When left out, everything becomes the caller's, which with accounts is refused for a
    /// file of several people.
    pub people: Option<PeopleChoice>,
}

impl ImportFields {
    /// Takes a field.
    ///
    /// # Errors
    /// When there is no such field, or it came before.
    pub fn set(&mut self, name: &str, text: String) -> Result<(), FieldError> {
        let place = FIELDS.iter().position(|field| *field == name).and_then(|index| self.0.get_mut(index));
        match place {
            None => {
                let message = format!("is not a field of an import; those are {} and, last, file", FIELDS.join(", "));
                Err(FieldError::new(name, "unknown_field", message)
                    .limited(Limits { allowed: &FIELDS, ..Limits::default() }))
            }
            Some(Some(_)) => Err(FieldError::format(name, "once", "must be given once")),
            Some(place) => {
                *place = Some(text);
                Ok(())
            }
        }
    }

    /// Reads all fields.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn parse(self) -> ApiResult<ImportRequest> {
        let texts = self.0.map(|text| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
        let [source, time_zone, dry_run, on_error, date_order, default_category, people] = texts;
        let option = ErrorCode::InvalidOption;
        let mut fields = FieldErrors::new();
        let time_zone = fields.optional("timeZone", ErrorCode::InvalidTimeZone, time_zone.as_deref(), TimeZone::parse);
        let dry_run = fields.optional("dryRun", option, dry_run.as_deref(), boolean);
        let on_error = fields.optional("onError", option, on_error.as_deref(), on_error_of);
        let date_order = fields.optional("dateOrder", option, date_order.as_deref(), date_order_of);
        let people = fields.optional("people", option, people.as_deref(), people_of);
        let category = default_category.as_deref().or(Some(DEFAULT_CATEGORY));
        let default_category = fields.required("defaultCategory", option, category, CategoryName::parse);
        fields.done(default_category.map(|default_category| ImportRequest {
            source,
            time_zone,
            dry_run: dry_run.unwrap_or(false),
            on_error: on_error.unwrap_or(OnError::Stop),
            date_order: date_order.flatten(),
            default_category,
            people,
        }))
    }
}

fn boolean(text: &str) -> Result<bool, InvalidValue> {
    text.parse().map_err(|_| InvalidValue::not_allowed(&["true", "false"], text))
}

fn on_error_of(text: &str) -> Result<OnError, InvalidValue> {
    match text {
        "stop" => Ok(OnError::Stop),
        "skip" => Ok(OnError::Skip),
        _ => Err(InvalidValue::not_allowed(&["stop", "skip"], text)),
    }
}

fn people_of(text: &str) -> Result<PeopleChoice, InvalidValue> {
    match text {
        "mine" => Ok(PeopleChoice::Mine),
        "everybody" => Ok(PeopleChoice::Everybody),
        _ => Err(InvalidValue::not_allowed(&["mine", "everybody"], text)),
    }
}

fn date_order_of(text: &str) -> Result<Option<DateOrder>, InvalidValue> {
    match text {
        "auto" => Ok(None),
        "dmy" => Ok(Some(DateOrder::DayMonthYear)),
        "mdy" => Ok(Some(DateOrder::MonthDayYear)),
        "ymd" => Ok(Some(DateOrder::YearMonthDay)),
        _ => Err(InvalidValue::not_allowed(&["auto", "dmy", "mdy", "ymd"], text)),
    }
}
